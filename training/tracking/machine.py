"""Which processor, how much memory, which accelerator: what a run's seconds depend on."""

import platform
import shutil
import subprocess
from pathlib import Path

import psutil

CPU_INFO = Path("/proc/cpuinfo")
GIB = 1024**3


def machine() -> dict[str, str]:
    """Tags of this machine."""
    return {
        "cpu_model": _cpu_model(),
        "memory_gib": f"{psutil.virtual_memory().total / GIB:.1f}",
        "gpu": _gpus() or "none",
    }


def _cpu_model() -> str:
    try:
        lines = CPU_INFO.read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()


def _gpus() -> str:
    command = shutil.which("nvidia-smi")
    if command is None:
        return ""
    asked = [command, "--query-gpu=name", "--format=csv,noheader"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 fixed
    return ", ".join(found.stdout.splitlines()) if found.returncode == 0 else ""
