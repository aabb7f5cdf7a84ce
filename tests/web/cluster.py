"""A PostgreSQL of the tests' own, on a socket that nobody else can reach."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

OWNER = "postgres"  # who runs it where the tests are root, whom it refuses
SETTINGS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=200"


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a server and yield the start of its databases' URLs; skip where there is none."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="silentrank-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        data = folder / "data"
        _run(programs / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "-N")
        start = ("-D", data, "-l", folder / "log", "-o", f"-k {folder} {SETTINGS}")
        _run(programs / "pg_ctl", *start, "-w", "start")
        try:
            yield f"postgresql://{OWNER}@/{{}}?host={folder}"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Where the server's programs are: Debian keeps them off the path."""
    pytest.importorskip("psycopg", reason="needs the extra postgresql")
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(OWNER)
        except KeyError:
            pytest.skip(f"needs a user {OWNER}: PostgreSQL does not run as root")
    places = [Path(found).parent for found in [shutil.which("pg_ctl")] if found]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "pg_ctl").exists() and (place / "initdb").exists():
            return place
    pytest.skip("needs PostgreSQL")


def _run(*command: str | Path) -> None:
    owner = OWNER if os.geteuid() == 0 else None
    quiet = subprocess.DEVNULL
    subprocess.run(command, check=True, stdout=quiet, cwd="/", user=owner, group=owner)
