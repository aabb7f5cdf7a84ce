"""A table's rows become decisions: all checked first, then a few at a time, each once."""

import io
from threading import Thread

import pytest
from sqlalchemy import Engine, event, select

from classifier.errors import InputError
from classifier.labels import rows_in
from classifier.types import IssueKey
from classifier.web.labels_export import export_labels
from classifier.web.labels_import import Checked, Imported, check_labels, import_labels
from classifier.web.store.decisions import decide, history
from classifier.web.store.engine import reading, session
from classifier.web.store.issues import find_by_key
from classifier.web.store.reviewers import find_or_add
from classifier.web.store.said import Said
from classifier.web.store.tables import DecisionRow, IssueRow
from tests.web.conftest import NOW
from tests.web.serving import wait_until

FOCAL = "octo/layerkit,1187"


@pytest.fixture
def people(filled: Engine) -> list[int]:
    with session(filled) as opened:
        return [find_or_add(opened, name, now=NOW).id for name in ("Ana", "Ben", "Cleo", "Dan")]


def checked(engine: Engine, text: str, kind: str = "csv") -> Checked:
    with reading(engine) as opened:
        return check_labels(opened, rows_in(f"labels.{kind}", io.StringIO(text)), name="labels")


def take(
    engine: Engine, text: str, reviewer: int, *, kind: str = "csv", rows_at_once: int = 500
) -> Imported:
    given = checked(engine, text, kind)
    return import_labels(engine, given, reviewer_id=reviewer, now=NOW, rows_at_once=rows_at_once)


def table(*rows: str, columns: str = "repo,number,label") -> str:
    return "\n".join((columns, *rows, ""))


def everything(engine: Engine, label: str = "silent") -> str:
    """A label for each issue that is here."""
    with reading(engine) as opened:
        issues = opened.scalars(select(IssueRow)).all()
        return table(*(f"{issue.repo},{issue.number},{label}" for issue in issues))


def exported(engine: Engine, kind: str) -> str:
    stream = io.StringIO()
    with reading(engine) as opened:
        export_labels(opened, stream, kind=kind)
    return stream.getvalue()


def focal(engine: Engine) -> IssueRow:
    with reading(engine) as opened:
        issue = find_by_key(opened, IssueKey("octo/layerkit", 1187))
        assert issue is not None
        return issue


def words(engine: Engine) -> list[tuple[str, str | None]]:
    with reading(engine) as opened:
        return [(said.verdict, said.scenario) for said in history(opened, focal(engine).id)]


def test_others_decide_while_a_long_table_is_taken(filled: Engine, people: list[int]) -> None:
    ana, ben, *_ = people
    given = checked(filled, everything(filled))
    taking = Thread(
        target=lambda: import_labels(filled, given, reviewer_id=ana, now=NOW, rows_at_once=5)
    )

    taking.start()
    wait_until(lambda: words_of(filled, ana) > 0)
    with session(filled) as opened:
        between = decide(opened, Said(1, ben, "not silent"), now=NOW).id
    taking.join()

    with reading(filled) as opened:
        latest = opened.scalars(select(DecisionRow.id).order_by(DecisionRow.id.desc())).first()
    assert words_of(filled, ana) == len(given.said)
    assert latest is not None
    assert between < latest


def words_of(engine: Engine, reviewer: int) -> int:
    with reading(engine) as opened:
        mine = select(DecisionRow.id).where(DecisionRow.reviewer_id == reviewer)
        return len(opened.scalars(mine).all())


def test_a_table_whose_taking_was_cut_off_is_completed_by_the_same_table(
    filled: Engine, people: list[int]
) -> None:
    ana = people[0]
    text, commits = everything(filled), []

    @event.listens_for(filled, "commit")
    def cut_off(_: object) -> None:
        commits.append(1)
        if len(commits) == 3:
            raise KeyboardInterrupt

    given = checked(filled, text)
    with pytest.raises(KeyboardInterrupt):
        import_labels(filled, given, reviewer_id=ana, now=NOW, rows_at_once=5)
    event.remove(filled, "commit", cut_off)
    done = take(filled, text, ana)

    assert (done.added, done.same) == (len(given.said) - 10, 10)
    assert words_of(filled, ana) == len(given.said)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("octo/layerkit,1,maybe,,", "labels:39: 'maybe' is no label"),
        (f"octo/layerkit,1,silent,{'n' * 10_001},", "labels:39: The note has 10001 characters"),
        ("octo/layerkit,1,silent,,perhaps", "labels:39: is_adjudication 'perhaps' is neither"),
        (f"{FOCAL},not silent,,", "labels:39: octo/layerkit#1187 is 'not silent' here"),
    ],
)
def test_a_broken_last_row_refuses_the_whole_table_by_its_line(
    filled: Engine, people: list[int], row: str, message: str
) -> None:
    columns = "repo,number,label,note,is_adjudication"
    text = everything(filled).replace("repo,number,label", columns) + row + "\n"

    with pytest.raises(InputError, match=message):
        take(filled, text, people[0], rows_at_once=5)

    assert words_of(filled, people[0]) == 0


def test_what_a_table_says_twice_of_an_issue_counts_as_it_was_said_last(
    filled: Engine, people: list[int]
) -> None:
    text = table(f"{FOCAL},silent,", f"{FOCAL},silent,shape", columns="repo,number,label,scenario")

    assert take(filled, text, people[0]) == Imported(1, 0, 0)
    assert take(filled, text, people[0]) == Imported(0, 1, 0)
    assert words(filled) == [("silent", "shape")]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
@pytest.mark.parametrize("channel", ["list", "import"])
@pytest.mark.parametrize(
    ("said", "edit"),
    [
        (("silent", "shape"), ("silent", "not silent")),
        (("silent", "shape"), ("shape", "saveload")),
        (("silent", None), None),
    ],
)
def test_a_correction_that_came_by_a_table_is_taken_back_by_the_table_before(
    filled: Engine,
    people: list[int],
    *,
    kind: str,
    channel: str,
    said: tuple[str, str | None],
    edit: tuple[str, str] | None,
) -> None:
    ana = people[0]
    with session(filled) as opened:
        decide(opened, Said(focal(filled).id, ana, *said, note="=why", channel=channel), now=NOW)
    original = exported(filled, kind)
    if edit:
        corrected = original.replace(f"{edit[0]}", f"{edit[1]}")
    elif kind == "csv":
        corrected = original.replace("silent,,", "silent,shape,", 1)
    else:
        corrected = original.replace('"scenario": ""', '"scenario": "shape"')

    for text, added in ((original, 0), (corrected, 1), (corrected, 0), (original, 1)):
        assert take(filled, text, ana, kind=kind).added == added
    assert take(filled, original, ana, kind=kind).added == 0

    assert words(filled)[-1] == said
    assert len(words(filled)) == 3


def test_a_table_brings_nothing_back_that_was_changed_by_hand_since(
    filled: Engine, people: list[int]
) -> None:
    text = table(f"{FOCAL},silent")
    take(filled, text, people[0])
    with session(filled) as opened:
        decide(opened, Said(focal(filled).id, people[0], "not silent"), now=NOW)

    assert take(filled, text, people[0]).added == 0
    assert focal(filled).standing == "not silent"


def disagree(engine: Engine, ana: int, ben: int) -> None:
    with session(engine) as opened:
        decide(opened, Said(focal(engine).id, ana, "silent"), now=NOW)
        decide(opened, Said(focal(engine).id, ben, "not silent"), now=NOW)


def test_a_row_settles_a_disagreement_only_if_it_says_so(filled: Engine, people: list[int]) -> None:
    ana, ben, cleo, _ = people
    disagree(filled, ana, ben)

    take(filled, table(f"{FOCAL},silent"), cleo)
    assert focal(filled).standing == "disagreed"

    said_so = table(f"{FOCAL},silent,true", columns="repo,number,label,is_adjudication")
    assert take(filled, said_so, people[3]).added == 1
    assert take(filled, said_so, people[3]).added == 0
    assert focal(filled).standing == "silent"


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_what_settled_a_disagreement_is_exported_corrected_and_brought_back_as_such(
    filled: Engine, people: list[int], kind: str
) -> None:
    ana, ben, cleo, _ = people
    disagree(filled, ana, ben)
    with session(filled) as opened:
        ruling = Said(focal(filled).id, cleo, "silent", "shape", adjudicates=True)
        decide(opened, ruling, now=NOW)
    original = exported(filled, kind)
    corrected = (
        original.replace(",silent,shape", ",not silent,shape")
        if kind == "csv"
        else original.replace('"label": "silent"', '"label": "not silent"')
    )

    assert take(filled, original, cleo, kind=kind).added == 0
    assert take(filled, corrected, cleo, kind=kind).added == 1
    assert focal(filled).standing == "not silent"
    assert take(filled, original, cleo, kind=kind).added == 1
    assert focal(filled).standing == "silent"


def test_a_row_that_settled_a_disagreement_elsewhere_is_a_vote_where_there_is_none(
    filled: Engine, people: list[int]
) -> None:
    columns = "repo,number,label,is_adjudication"

    assert take(filled, table(f"{FOCAL},silent,True", columns=columns), people[0]).added == 1

    with reading(filled) as opened:
        assert [one.is_adjudication for one in history(opened, focal(filled).id)] == [False]
    assert focal(filled).standing == "silent"
