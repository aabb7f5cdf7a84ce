"""What the Action costs: from an event to its comment, and its packages on a machine without any.

GitHub is the tests' own, on this machine; the runner is the tests' too, and does what
``action.yml`` says. Beside it stand the packages of an Action that would run torch.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.names import ACTION, COMMENTING, INSTALLING, SCORING
from benchmarks.rows import Row, in_process
from classifier.pipeline import load, rank_issues
from classifier.sources import read_issues

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "issues.jsonl"
LIKELY = "divides by the wrong count"
WITH_TORCH = ("torch", "transformers", "PyGithub")


def costs(folder: Path, runs: int, *, is_installed: bool) -> Iterator[Row]:
    """Rows of the Action; its packages are installed anew only if asked."""
    spent = [in_process("action", "comment_seconds") for _ in range(runs)]
    for part in spent[0]:
        yield Row(ACTION, part, "s", tuple(one[part] for one in spent))
    if not is_installed:
        return
    own, torch = folder / "own", folder / "torch"
    for environment in (own, torch):
        environment.mkdir(parents=True)
    install = ["bash", str(ROOT / "action" / "install.sh")]
    yield from _installed("the Action", install, own, own / "silentrank")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    pins = ["--constraint", str(ROOT / "constraints.txt"), "--target", str(torch)]
    yield from _installed(
        f"one that runs {', '.join(WITH_TORCH)}", [*pip, *pins, *WITH_TORCH], torch, torch
    )


def comment_seconds() -> dict[str, float]:
    """Wall time from an event to the comment, and what scoring the issue takes of it."""
    from tests.action.runner import Runner  # noqa: PLC0415 - needs the extra dev
    from tests.fake_github import FakeGitHub  # noqa: PLC0415 - the same

    issue = next(one for one in read_issues([str(EXAMPLE)], lambda _: None) if LIKELY in one.title)
    with tempfile.TemporaryDirectory() as place, FakeGitHub(is_validated=False) as github:
        repository = github.add_repository("octo/demo")
        filed = repository.add_issue(issue.title, issue.body, author="alice")
        token = github.token_user("github-actions[bot]")
        runner = Runner(Path(place), github.url)
        start = time.perf_counter()
        outcome = runner.run(
            "issues", github.event(filed), token=token, mode="comment", threshold="0.01"
        )
        seconds = time.perf_counter() - start
    if not outcome.outputs["comment-id"]:
        raise RuntimeError(f"The Action did not comment:\n{outcome.log}")
    start = time.perf_counter()
    rank_issues([issue], load(), explain=True)
    return {COMMENTING: seconds, SCORING: time.perf_counter() - start}


def _installed(who: str, command: list[str], temporary: Path, folder: Path) -> Iterator[Row]:
    places = {
        "RUNNER_TEMP": str(temporary),
        "PYTHON": sys.executable,
        "GITHUB_OUTPUT": os.devnull,
        "GITHUB_STEP_SUMMARY": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
    }
    start = time.perf_counter()
    answer = subprocess.run(
        command, env=os.environ | places, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - start
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    if answer.returncode or not files:
        reason = ((answer.stderr or answer.stdout).strip().splitlines() or ["no answer"])[-1]
        yield Row(INSTALLING, who, "s", (), f"left out: {reason}")
        return
    size = sum(path.stat().st_size for path in files) / 1e6
    yield Row(INSTALLING, who, "s", (seconds,), f"{size:,.0f} MB")
