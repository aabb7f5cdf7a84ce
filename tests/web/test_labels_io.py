"""Labels out of the triage page, into training, and back."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from classifier.cli import app
from classifier.errors import InputError
from classifier.labels import read_labels, rows_in
from classifier.types import Issue, IssueKey, Score
from classifier.web.labels_export import export_labels, labels_in
from classifier.web.labels_import import Imported, check_labels, write_down
from classifier.web.store.arrivals import Arrival, upsert
from classifier.web.store.decisions import decide, history
from classifier.web.store.engine import reading, session
from classifier.web.store.issues import find, find_by_key
from classifier.web.store.reviewers import find_or_add
from classifier.web.store.said import SCENARIOS, Said
from tests.web.conftest import EXAMPLES, NOW
from training.config import DataSettings
from training.own import read_own

DECISIONS = st.lists(
    st.builds(
        Said,
        st.integers(1, 37),
        st.just(1),
        st.sampled_from(["silent", "not silent", "unsure"]),
        scenario=st.sampled_from([None, *SCENARIOS]),
        impact=st.sampled_from([None, 1, 4]),
        note=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20),
    ),
    max_size=15,
    unique_by=lambda said: said.issue_id,
)


@pytest.fixture
def ana(filled: Engine) -> int:
    with session(filled) as opened:
        return find_or_add(opened, "Ana", now=NOW).id


def written(opened: Session, kind: str, **which: str) -> str:
    stream = io.StringIO()
    export_labels(opened, stream, kind=kind, **which)
    return stream.getvalue()


def taken(opened: Session, text: str, kind: str, reviewer: int) -> Imported:
    rows = rows_in(f"labels.{kind}", io.StringIO(text))
    checked = check_labels(opened, rows, name="labels")
    added = write_down(opened, checked.said, reviewer_id=reviewer, now=NOW)
    return Imported(added, len(checked.said) - added, checked.unknown, checked.first_unknown)


def said_of(opened: Session) -> list[tuple[object, ...]]:
    return [
        (label.repo, label.number, label.standing, label.scenario, label.impact, label.note)
        for label in labels_in(opened)
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(decisions=DECISIONS, kind=st.sampled_from(["csv", "jsonl"]))
def test_what_is_exported_can_be_imported_and_says_the_same(
    filled: Engine, ana: int, arrivals: tuple[Arrival, ...], decisions: list[Said], kind: str
) -> None:
    del arrivals
    with Session(filled.execution_options(writes=True)) as opened:  # undone at the end
        for said in decisions:
            decide(
                opened,
                Said(said.issue_id, ana, said.verdict, said.scenario, said.impact, said.note),
                now=NOW,
            )
        text, before = written(opened, kind), said_of(opened)
        opened.rollback()
        done = taken(opened, text, kind, ana)
        again = taken(opened, text, kind, ana)

        assert (done.added, done.same, done.unknown) == (len(decisions), 0, 0)
        assert (again.added, again.same) == (0, len(decisions))
        after = said_of(opened)
        if kind == "jsonl":  # to the letter; in CSV notes are one line
            assert after == before
        assert [row[:-1] for row in after] == [row[:-1] for row in before]


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_training_takes_the_table_as_it_is(
    filled: Engine, ana: int, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"labels.{suffix}"
    with session(filled) as opened:
        for issue_id in range(1, 11):
            verdict = ("silent", "not silent", "unsure")[issue_id % 3]
            decide(opened, Said(issue_id, ana, verdict, note="=1+1"), now=NOW)
        path.write_text(written(opened, suffix), encoding="utf-8")
        decided = {
            IssueKey(label.repo, label.number): label.label == "silent"
            for label in labels_in(opened)
            if label.label
        }

    assert read_labels(path) == decided
    own = read_own(DataSettings(issues=(str(EXAMPLES),), labels=path))
    assert {labelled.issue.key: labelled.is_silent for labelled in own} == decided


def test_a_row_tells_who_said_what_and_what_came_of_it(filled: Engine, ana: int) -> None:
    with session(filled) as opened:
        ben = find_or_add(opened, "Ben", now=NOW).id
        cleo = find_or_add(opened, "Cleo", now=NOW).id
        decide(opened, Said(1, ana, "silent", "shape", 2, note="a"), now=NOW)
        decide(opened, Said(1, ben, "not silent", note="b"), now=NOW)
        (disputed,) = labels_in(opened)
        decide(opened, Said(1, cleo, "silent", "saveload", 4, adjudicates=True), now=NOW)
        (settled,) = labels_in(opened)
        row = json.loads(written(opened, "jsonl"))

    assert (disputed.label, disputed.standing) == ("", "disagreed")
    assert (settled.label, settled.scenario, settled.impact) == ("silent", "saveload", 4)
    assert settled.votes == "Ana: silent; Ben: not silent; Cleo: silent"
    assert (disputed.is_adjudication, settled.is_adjudication) == (False, True)
    assert settled.note == "Ana: a\nBen: b"
    assert (row["labelled_by"], row["url"]) == ("human", settled.url)


def test_a_spreadsheet_runs_nothing_of_a_note(filled: Engine, ana: int) -> None:
    with session(filled) as opened:
        decide(opened, Said(1, ana, "silent", note="=HYPERLINK(1)\n+2"), now=NOW)
        text = written(opened, "csv")

    assert ",'=HYPERLINK(1) +2" in text


def test_one_repository_can_be_exported_alone(filled: Engine, ana: int) -> None:
    with session(filled) as opened:
        for issue_id in range(1, 38):
            decide(opened, Said(issue_id, ana, "silent"), now=NOW)
        lines = written(opened, "jsonl", repo="octo/layerkit").splitlines()

    assert {json.loads(line)["repo"] for line in lines} == {"octo/layerkit"}


def test_what_no_table_can_name_is_left_out_and_counted(engine: Engine) -> None:
    key = IssueKey()
    with session(engine) as opened:
        upsert(opened, [Arrival(Issue(key, "Wrong"), "", Score(key, 0.5))], model_id="m", now=NOW)
        ana = find_or_add(opened, "Ana", now=NOW).id
        decide(opened, Said(1, ana, "silent"), now=NOW)
        done = export_labels(opened, io.StringIO(), kind="csv")

    assert (done.written, done.unnamed) == (0, 1)


def test_labels_of_issues_that_are_not_here_are_counted(filled: Engine, ana: int) -> None:
    with session(filled) as opened:
        done = taken(opened, "repo,number,label\nocto/none,1,silent\n", "csv", ana)

    assert done == Imported(0, 0, 1, "octo/none#1")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("octo/layerkit,1187,maybe,,", "labels:2: 'maybe' is no label"),
        (",,silent,,", "labels:2: names no issue"),
        ("octo/layerkit,1187,silent,weather,", "labels:2: scenario 'weather'"),
        ("octo/layerkit,1187,silent,,5", "impact '5'"),
    ],
)
def test_a_broken_row_is_told_by_its_line(filled: Engine, ana: int, row: str, message: str) -> None:
    text = f"repo,number,label,scenario,impact\n{row}\n"
    with session(filled) as opened, pytest.raises(InputError, match=message):
        taken(opened, text, "csv", ana)


def test_an_import_does_not_bring_back_what_was_changed_since(filled: Engine, ana: int) -> None:
    text = "repo,number,label\nocto/layerkit,1187,silent\n"
    with session(filled) as opened:
        taken(opened, text, "csv", ana)
        issue = find_by_key(opened, IssueKey("octo/layerkit", 1187))
        assert issue is not None
        decide(opened, Said(issue.id, ana, "not silent"), now=NOW)
        done = taken(opened, text, "csv", ana)

        assert (done.same, issue.standing) == (1, "not silent")
        assert history(opened, issue.id)[0].channel == "import"


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_what_one_says_already_is_left_as_it_is(filled: Engine, ana: int, kind: str) -> None:
    with session(filled) as opened:
        ben = find_or_add(opened, "Ben", now=NOW).id
        decide(opened, Said(1, ana, "silent", "shape", 2, note="=a\nb"), now=NOW)
        decide(opened, Said(2, ana, "silent", note="mine"), now=NOW)
        decide(opened, Said(2, ben, "silent", "saveload", note="his"), now=NOW)
        done = taken(opened, written(opened, kind), kind, ana)

        assert (done.added, done.same) == (0, 2)
        assert len(history(opened, 1)) == 1


def test_what_came_by_import_was_shown_no_score(filled: Engine, ana: int) -> None:
    text = "repo,number,label\nocto/layerkit,1187,silent\n"
    with session(filled) as opened:
        taken(opened, text, "csv", ana)
        issue = find_by_key(opened, IssueKey("octo/layerkit", 1187))
        assert issue is not None
        (said,) = history(opened, issue.id)

    assert (said.channel, said.is_blind, said.shown_position) == ("import", True, None)


def test_the_commands_take_labels_from_one_database_to_another(
    filled: Engine, ana: int, tmp_path: Path
) -> None:
    url = filled.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with session(filled) as opened:
        decide(opened, Said(1, ana, "silent"), now=NOW)
    labels = tmp_path / "labels.jsonl"
    run = CliRunner().invoke
    out = run(app, ["labels", "export", "--database", url, "--out", str(labels)])
    back = run(app, ["labels", "import", str(labels), "--reviewer", "Ben", "--database", url])
    people = run(app, ["reviewers", "list", "--database", url])
    token = run(app, ["reviewers", "add", "Cleo", "--database", url])

    assert (out.exit_code, out.stderr) == (0, "1 labels\n")
    assert back.stderr == "1 labels added, 0 were there already\n"
    assert people.stdout == "Ana  no token\nBen  no token\n"
    assert token.stdout.startswith("silentrank_")
    with reading(filled) as opened:
        assert [said.verdict for said in history(opened, 1)] == ["silent", "silent"]
        assert find(opened, 1) is not None


def test_no_empty_database_is_made_by_a_mistyped_name(tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere.db")
    result = CliRunner().invoke(app, ["labels", "export", "--database", missing])

    assert isinstance(result.exception, InputError)
    assert not Path(missing).exists()
