import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from classifier.github.answers import SECONDS_KEPT, Answers, cache_directory

if TYPE_CHECKING:
    from tests.classifier.github.conftest import Connect
    from tests.fake_github import FakeGitHub

API = "https://api.github.com"


def kept(directory: Path, whose: str | None = None, api: str = API) -> Answers:
    return Answers(directory, api=api, token=whose)


def everything_in(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())


def test_what_is_kept_is_found_by_the_next_process(tmp_path: Path) -> None:
    first = kept(tmp_path, "a")
    first.set("key", b"value\0\xff")
    first.close()

    second = kept(tmp_path, "a")
    assert second.get("key") == b"value\0\xff"
    second.delete("key")
    assert second.get("key") is None
    second.close()


@pytest.mark.parametrize(
    ("api", "token"), [(API, "b"), (API, None), ("https://git.example.org/api/v3", "a")]
)
def test_each_server_and_token_has_answers_of_its_own(
    api: str, token: str | None, tmp_path: Path
) -> None:
    one, other = kept(tmp_path, "a"), kept(tmp_path, token, api)
    one.set("key", b"private")

    assert other.get("key") is None
    one.close()
    other.close()


def test_answers_are_for_their_owners_eyes(tmp_path: Path) -> None:
    answers = kept(tmp_path / "cache", "a")
    answers.close()

    (file,) = (tmp_path / "cache").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_token_never_gets_to_the_disk(
    asked_github: "FakeGitHub", connected: "Connect", tmp_path: Path
) -> None:
    asked_github.add_repository("octo/demo").add_issue("Loss is wrong")
    token = asked_github.token_user("alice")
    client = connected(token)

    for _ in range(2):
        client.get("/repos/octo/demo/issues")
    client.close()

    assert [request.status for request in asked_github.requests] == [200, 304]
    assert all(request.login == "alice" for request in asked_github.requests)
    assert b"Loss is wrong" in everything_in(tmp_path)
    assert token.encode() not in everything_in(tmp_path)


def test_nobody_reads_what_another_token_may_see(
    asked_github: "FakeGitHub", connected: "Connect"
) -> None:
    asked_github.add_repository("octo/demo")
    connected(asked_github.token_user("alice")).get("/repos/octo/demo/issues")
    connected(asked_github.token_user("bob")).get("/repos/octo/demo/issues")
    connected().get("/repos/octo/demo/issues")

    assert [request.is_conditional for request in asked_github.requests] == [False] * 3


@pytest.mark.parametrize(
    "damage", [b"not a database at all" * 100, b"SQLite format 3\0 and lies", b""]
)
def test_a_damaged_file_is_replaced(damage: bytes, tmp_path: Path) -> None:
    answers = kept(tmp_path)
    answers.set("key", b"value" * 5000)
    answers.close()
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)

    again = kept(tmp_path)
    assert again.get("key") is None
    again.set("key", b"new")
    again.close()

    third = kept(tmp_path)
    assert third.get("key") == b"new"
    third.close()


@pytest.mark.parametrize("seed", range(10))
def test_a_file_with_holes_gives_what_was_kept_or_nothing_and_heals(
    seed: int, tmp_path: Path
) -> None:
    values = {f"key {number}": f"{number}".encode() * 3000 for number in range(20)}
    answers = kept(tmp_path)
    answers.set_all(values)
    answers.close()
    (file,) = tmp_path.iterdir()
    content = bytearray(file.read_bytes())
    damage = random.Random(seed)  # noqa: S311 - which bytes is no secret
    start = damage.randrange(len(content))
    content[start : start + 5000] = damage.randbytes(len(content[start : start + 5000]))
    file.write_bytes(content)

    again = kept(tmp_path)
    for key in values:
        again.get(key)
    again.set_all(values)
    again.set_all(values)  # the first may have found it damaged
    assert again.get_all(values) == values
    again.close()


@pytest.mark.parametrize("place", ["a file", "no place"])
def test_a_place_that_cannot_be_written_to_costs_memory_alone(place: str, tmp_path: Path) -> None:
    directory = tmp_path / "file" / "cache" if place == "a file" else Path("/proc/nowhere")
    (tmp_path / "file").touch()

    answers = kept(directory)
    answers.set("key", b"value")

    assert answers.get("key") == b"value"
    answers.close()


def test_what_nobody_renewed_in_a_month_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = kept(tmp_path, "a")
    mine.set("old", b"value")
    mine.close()
    stranger = kept(tmp_path, "expired")
    stranger.close()
    now = time.time() + SECONDS_KEPT + 1
    monkeypatch.setattr("classifier.github.answers.time.time", lambda: now)

    again = kept(tmp_path, "a")

    assert again.get("old") is None
    assert len(list(tmp_path.iterdir())) == 1
    again.close()


WRITE_FOREVER = """
import sys
from pathlib import Path
from classifier.github.answers import Answers

answers = Answers(Path(sys.argv[1]), api="https://api.github.com", token=None)
count = 0
while True:
    count += 1
    answers.set(f"key {count % 7}", str(count).encode() * 40_000)
    print(count, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 5, 20])
def test_a_kill_while_writing_damages_nothing(lines: int, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_FOREVER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        written = [int(process.stdout.readline()) for _ in range(lines)]
        os.kill(process.pid, signal.SIGKILL)

    answers = kept(tmp_path)
    found = answers.get_all([f"key {number % 7}" for number in written])
    answers.close()

    assert found
    for value in found.values():
        number = value[: len(value) // 40_000]
        assert value == number * 40_000
    assert f"key {written[-1] % 7}" in found


def test_the_cache_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SILENTRANK_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_directory() == tmp_path / ".cache" / "silentrank"

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_directory() == tmp_path / "xdg" / "silentrank"

    monkeypatch.setenv("SILENTRANK_CACHE", "~/mine")
    assert cache_directory() == tmp_path / "mine"
