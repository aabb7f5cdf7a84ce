"""The real server, started and ended as people and crashes do it."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from classifier.pipeline import load, rank_issues
from classifier.sources import read_issues
from classifier.types import Issue
from classifier.web.security.tokens import hash_of, new_token
from classifier.web.store.decisions import history, votes_on
from classifier.web.store.engine import open_engine, reading, using
from classifier.web.store.issues import find
from classifier.web.store.queue import Filter, page_of
from classifier.web.store.reviewers import find_reviewer, give_token
from classifier.web.store.standing import OPINIONS, Vote, standing_of
from classifier.web.store.tables import DecisionRow, IssueRow
from tests.web.conftest import EXAMPLES, NOW
from tests.web.serving import SILENTRANK, Served, wait_until

Serve = Callable[..., Served]


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*SILENTRANK, "serve", *arguments], capture_output=True, text=True, check=False, timeout=120
    )


def client_of(served: Served, token: str = "") -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=served.url, headers=headers, trust_env=False, timeout=60)


def test_it_ranks_the_examples_as_the_command_does_and_ends_by_ctrl_c(
    server: Served, examples: tuple[Issue, ...]
) -> None:
    ranking = rank_issues(read_issues([str(EXAMPLES)], lambda _: None), load())
    with client_of(server) as client:
        queue = client.get("/api/issues?size=100").raise_for_status().json()
        page = client.get("/").raise_for_status().text
        ready = client.get("/readyz").raise_for_status().json()

    assert [(row["repo"], row["number"]) for row in queue["issues"]] == [
        (entry.key.repo, entry.key.number) for entry in ranking.entries
    ]
    assert queue["total"] == len(examples)
    assert ready["model"] == ranking.model_id
    assert "<title>" in page
    assert server.interrupt() == 0
    log = server.log.read_text()
    assert "Traceback" not in log
    assert all(json.loads(line) for line in log.splitlines())
    assert not any(issue.title in log for issue in examples)


def test_started_again_it_has_what_it_had(
    serve: Serve, server: Served, examples: tuple[Issue, ...]
) -> None:
    server.interrupt()
    again = serve()

    assert again.count() == len(examples)


def test_it_answers_before_anything_is_read(serve: Serve) -> None:
    with client_of(serve(str(EXAMPLES))) as client:
        assert client.get("/healthz").status_code == httpx.codes.OK
        assert client.get("/").status_code == httpx.codes.OK


def test_a_source_that_never_answers_keeps_nobody_from_ending_it(
    serve: Serve, tmp_path: Path
) -> None:
    path = tmp_path / "pipe.jsonl"
    os.mkfifo(path)

    assert serve(str(path)).interrupt() == 0


@pytest.fixture
def token(database_url: str) -> str:
    """Ana's, in a database of either kind."""
    made = new_token()
    with using(database_url) as opened:
        give_token(opened, "Ana", hash_of(made), now=NOW)
    return made


@pytest.fixture
def crowd(database_url: str) -> list[str]:
    """The tokens of four reviewers."""
    made = [new_token() for _ in range(4)]
    with using(database_url) as opened:
        for number, one in enumerate(made):
            give_token(opened, f"reviewer {number}", hash_of(one), now=NOW)
    return made


def decide_until_it_dies(served: Served, token: str, turn: int, told: list[str]) -> None:
    """Send decisions as fast as they are taken; note those that were acknowledged."""
    with client_of(served, token) as client:
        for number in range(10_000):
            name = f"{turn}-{number}"
            said = {"verdict": OPINIONS[number % 3], "request_id": name, "note": "n" * 500}
            try:
                answer = client.post(f"/api/issues/{number % 5 + 1}/decisions", json=said)
            except httpx.TransportError:
                return
            if answer.status_code == httpx.codes.CREATED:
                told.append(name)


def kill_under_load(served: Served, crowd: list[str], turn: int, told: list[str]) -> None:
    """Kill a server once forty more decisions were acknowledged, and more are on their way."""
    enough = len(told) + 40
    with ThreadPoolExecutor(len(crowd)) as pool:
        for number, one in enumerate(crowd):
            pool.submit(decide_until_it_dies, served, one, turn * len(crowd) + number, told)
        wait_until(lambda: len(told) >= enough)
        served.kill()


def test_killed_under_load_it_has_every_decision_that_it_acknowledged(
    serve: Serve, database_url: str, crowd: list[str], fill: Callable[..., None]
) -> None:
    engine = open_engine(database_url)
    fill(engine)
    told: list[str] = []
    for turn in range(3):
        served = serve(database=database_url)
        kill_under_load(served, crowd, turn, told)

    assert len(told) >= 120
    with reading(engine) as opened:
        kept = set(opened.scalars(select(DecisionRow.request_id)))
        assert set(told) <= kept
        for issue_id in range(1, 6):
            issue = find(opened, issue_id)
            votes = votes_on(opened, issue_id)
            assert issue is not None
            assert len(votes) == len({vote.reviewer_id for vote in votes}) <= len(crowd)
            assert issue.standing == standing_of(
                Vote(vote.id, vote.verdict, vote.is_adjudication) for vote in votes
            )
            latest = {said.reviewer_id: said.id for said in history(opened, issue_id)}
            assert {vote.reviewer_id: vote.id for vote in votes} == latest
    engine.dispose()


def test_killed_while_it_fills_it_goes_on_where_it_was(
    serve: Serve, examples: tuple[Issue, ...], tmp_path: Path
) -> None:
    served = serve(str(EXAMPLES))
    served.wait_until_filled(1)
    served.kill()
    again = serve(str(EXAMPLES))
    again.wait_until_filled(len(examples))
    again.interrupt()

    engine = open_engine(str(tmp_path / "triage.db"))
    with reading(engine) as opened:
        assert opened.scalar(select(func.count()).select_from(IssueRow)) == len(examples)
        assert page_of(opened, Filter(), page=1, size=1).total == len(examples)
    engine.dispose()


@pytest.mark.parametrize(
    "reached",
    [["--host", "0.0.0.0"], ["--host", "127.0.0.1", "--allowed-host", "triage.example.org"]],  # noqa: S104
    ids=["directly", "behind a proxy"],
)
def test_where_others_reach_it_it_refuses_to_start_without_a_token(
    reached: list[str], tmp_path: Path
) -> None:
    process = run(*reached, "--database", str(tmp_path / "t.db"))

    assert reached[-1] in process.stderr

    assert process.returncode == 1
    assert "nobody has a token" in process.stderr
    assert "silentrank reviewers add NAME" in process.stderr


def test_beyond_this_machine_reading_needs_the_token(
    serve: Serve, database_url: str, token: str, fill: Callable[..., None]
) -> None:
    engine = open_engine(database_url)
    fill(engine)
    served = serve("--host", "0.0.0.0", database=database_url)  # noqa: S104
    with client_of(served) as stranger, client_of(served, token) as ana:
        assert stranger.get("/api/issues").status_code == httpx.codes.UNAUTHORIZED
        assert ana.get("/api/issues").json()["total"] > 0
        said = ana.post("/api/issues/1/decisions", json={"verdict": "silent"})
        assert said.status_code == httpx.codes.CREATED
    with reading(engine) as opened:
        ana_row = find_reviewer(opened, "Ana")
        assert ana_row is not None
        assert [one.reviewer_id for one in history(opened, 1)] == [ana_row.id]
    engine.dispose()


@pytest.mark.parametrize(
    ("named", "host"), [(["--allowed-host", "triage.example.org"], "triage.example.org"), ([], "")]
)
def test_beyond_this_machine_it_says_what_others_open(
    serve: Serve, token: str, database_url: str, named: list[str], host: str
) -> None:
    served = serve("--host", "0.0.0.0", *named, database=database_url)  # noqa: S104
    port = httpx.URL(served.url).port
    name = host or socket.gethostname()

    assert served.url == f"http://127.0.0.1:{port}"
    assert f"http://{name}:{port} elsewhere" in served.said
    with client_of(served, token) as client:
        asked = client.get("/api/issues", headers={"Host": f"{name}:{port}"})
        assert asked.status_code == httpx.codes.OK


@pytest.mark.parametrize(("level", "told"), [([], 0), (["--log-level", "info"], 1)])
def test_on_this_machine_requests_are_logged_if_one_asks_for_it(
    serve: Serve, level: list[str], told: int
) -> None:
    served = serve(*level)
    with client_of(served) as client:
        client.get("/").raise_for_status()
    served.interrupt()

    assert served.log.read_text().count('"message": "answered"') == told


def test_a_source_that_is_refused_leaves_no_database(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# No issues\n")
    process = run(
        *("--host", "0.0.0.0", "--port", "0"),  # noqa: S104
        *("--database", str(tmp_path / "t.db"), str(tmp_path / "README.md")),
    )

    assert process.returncode == 1
    assert "Unknown kind of source" in process.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = run("--port", port, "--database", str(tmp_path / "t.db"))

    assert process.returncode == 1
    assert f"Cannot listen on 127.0.0.1 port {port}" in process.stderr
    assert "--port" in process.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.jsonl"], "Cannot read nowhere.jsonl"),
        (["issues.doc"], "Cannot read issues.doc"),
        (["--model", "nothing"], "nothing"),
        (["--host", "no such host"], "is no address"),
        (["--profile", "nowhere.toml"], "Cannot read nowhere.toml"),
        (["--database", "mysql://here/there"], "kind mysql"),
    ],
)
def test_what_cannot_be_served_is_told_at_once(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    process = run("--port", "0", "--database", str(tmp_path / "t.db"), *arguments)

    assert process.returncode == 1
    assert message in process.stderr
    assert "Traceback" not in process.stderr


def test_told_to_end_by_its_supervisor_it_ends(server: Served) -> None:
    assert server.send(signal.SIGTERM) == -signal.SIGTERM
    assert "Traceback" not in server.log.read_text()
