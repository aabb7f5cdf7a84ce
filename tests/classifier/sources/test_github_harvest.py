"""A large repository: what its reading takes, and what a kill costs."""

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.fake_github import FakeGitHub

HARVEST = """
import gc, sys
from classifier.sources import read_issues

count = most = 0
for issue in read_issues(sys.argv[1:], print):
    count += 1
    if count % 100 == 0:
        print(count, flush=True)
    if count % 500 == 0:
        gc.collect()
        most = max(most, sys.getallocatedblocks())
print(count, most)
"""


def harvest(source: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", HARVEST, source]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def result_of(source: str) -> tuple[int, int]:
    """How many issues there were, and the most blocks of memory that Python held at once."""
    with harvest(source) as process:
        output, _ = process.communicate()
    assert process.returncode == 0
    count, blocks = output.splitlines()[-1].split()
    return int(count), int(blocks)


def pages(github: "FakeGitHub") -> list[int]:
    return [
        int(request.query.get("page", "1"))
        for request in github.requests
        if request.path.endswith("/issues")
    ]


def test_ten_thousand_issues_take_a_hundred_requests_and_the_memory_of_a_few(
    asked_github: "FakeGitHub", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", asked_github.token_user("alice"))
    for name, count in (("octo/small", 500), ("octo/large", 10_000)):
        repository = asked_github.add_repository(name)
        for number in range(count):
            repository.add_issue(f"number {number}", "body")
    _, small = result_of("github:octo/small")
    asked_github.requests.clear()

    count, large = result_of("github:octo/large")

    assert count == 10_000
    assert pages(asked_github) == list(range(1, 101))
    assert len(asked_github.requests) == 101
    assert large - small < 9_500  # not so much as one block for each issue more


@pytest.mark.parametrize("killed_at", [100, 700, 1100, 1900])
def test_after_a_kill_only_what_is_missing_is_asked_for(
    killed_at: int, asked_github: "FakeGitHub"
) -> None:
    repository = asked_github.add_repository("octo/demo")
    for number in range(2000):
        repository.add_issue(f"number {number}")
    with harvest("github:octo/demo") as process:
        assert process.stdout
        while int(process.stdout.readline()) < killed_at:
            pass
        process.send_signal(signal.SIGKILL)
    asked_before = pages(asked_github)
    asked_github.requests.clear()

    count, _ = result_of("github:octo/demo")

    assert count == 2000
    again = set(asked_before) & set(pages(asked_github))
    assert again <= {asked_before[-1]}  # which may have been under way
    assert sorted({*asked_before, *pages(asked_github)}) == list(range(1, 21))
    assert not any(request.is_conditional for request in asked_github.requests)
