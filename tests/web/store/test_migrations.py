"""Tables from nothing to the newest, and back, with what is in them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, delete, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from classifier.errors import InputError
from classifier.types import IssueKey
from classifier.web.duplicates import catch_up
from classifier.web.store.decisions import decide, history
from classifier.web.store.engine import migrate, open_engine, reading, session, using
from classifier.web.store.facts import cookie_secret
from classifier.web.store.hearing import is_older, note_heard
from classifier.web.store.queue import Filter, page_of
from classifier.web.store.reviewers import end_visits, find_or_add
from classifier.web.store.said import Said
from classifier.web.store.tables import Base, DecisionRow, IssueRow
from tests.web.conftest import NOW

SEARCH = Filter(text="sample_weight", standing="all")


@pytest.fixture
def decided(filled: Engine) -> Engine:
    """The examples, one of them decided."""
    with session(filled) as opened:
        ana = find_or_add(opened, "Ana", now=NOW)
        decide(opened, Said(1, ana.id, "silent", note="a note"), now=NOW)
    return filled


def test_the_migrations_make_the_tables_that_the_code_knows(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, Base.metadata)

    # indexes whose SQL the models cannot tell, and what each database searches with
    unexpected = [
        change
        for change in differences
        if not (change[0] == "remove_index" and change[1].table.name == "issues")
        and not (change[0] == "remove_table" and change[1].name.startswith("issue_texts"))
        and not (change[0] == "remove_column" and change[3].name == "words")
    ]
    assert unexpected == []


def test_a_step_down_and_up_again_keeps_issues_and_decisions(decided: Engine) -> None:
    migrate(decided, "0001")
    with reading(decided) as opened:
        assert [said.note for said in history(opened, 1)] == ["a note"]
    migrate(decided)

    with reading(decided) as opened:
        assert [said.note for said in history(opened, 1)] == ["a note"]
        assert page_of(opened, SEARCH, page=1, size=10).total == 1  # the index is filled again
    with session(decided) as opened, pytest.raises(DBAPIError, match="never changed"):
        opened.execute(update(DecisionRow).values(verdict="not silent"))


def test_how_new_an_issue_is_comes_and_goes_with_its_column(decided: Engine) -> None:
    key = IssueKey("octo/layerkit", 1203)
    with session(decided) as opened:
        note_heard(opened, key, NOW)
    migrate(decided, "0002")
    assert "heard_at" not in {column["name"] for column in inspect(decided).get_columns("issues")}
    migrate(decided)

    with session(decided) as opened:
        assert not is_older(opened, key, NOW - timedelta(days=1))  # nothing is known of it
        note_heard(opened, key, NOW)
        assert is_older(opened, key, NOW - timedelta(seconds=1))
        assert not is_older(opened, key, NOW)
        assert page_of(opened, SEARCH, page=1, size=10).total == 1


def test_cookies_of_before_a_sign_out_do_not_come_back_with_the_tables(decided: Engine) -> None:
    with session(decided) as opened:
        before, ana = cookie_secret(opened), find_or_add(opened, "Ana", now=NOW)
        end_visits(opened, ana.id)
    migrate(decided, "0003")
    assert "sign_outs" not in {
        column["name"] for column in inspect(decided).get_columns("reviewers")
    }
    migrate(decided)

    with session(decided) as opened:
        assert find_or_add(opened, "Ana", now=NOW).sign_outs == 0
        assert cookie_secret(opened) != before


def test_what_was_decided_on_an_earlier_text_is_undecided_from_the_newest_tables_on(
    decided: Engine,
) -> None:
    def standings(revision: str) -> list[str]:
        migrate(decided, revision)
        with reading(decided) as opened:
            wanted = select(IssueRow.standing).where(IssueRow.id <= 2).order_by(IssueRow.id)
            return list(opened.scalars(wanted))

    with session(decided) as opened:
        ben = find_or_add(opened, "Ben", now=NOW)
        decide(opened, Said(2, ben.id, "not silent"), now=NOW)
        opened.execute(update(IssueRow).where(IssueRow.id == 1).values(digest="of another text"))

    assert standings("0005") == ["silent", "not silent"]
    assert standings("head") == ["undecided", "not silent"]
    assert standings("0005") == ["silent", "not silent"]


def test_what_was_sketched_is_known_whichever_way_the_tables_went(decided: Engine) -> None:
    while catch_up(decided):
        pass
    migrate(decided, "0006")
    with decided.connect() as connection:
        count = text("SELECT count(*) FROM bands WHERE band = -1")
        issues = text("SELECT count(*) FROM issues")
        assert connection.execute(count).scalar_one() == connection.execute(issues).scalar_one()
    migrate(decided)

    assert catch_up(decided) is None
    with decided.connect() as connection:
        assert connection.execute(count).scalar() == 0


def test_how_long_texts_are_is_measured_as_the_code_measures_it(decided: Engine) -> None:
    def lengths() -> list[int]:
        with reading(decided) as opened:
            return list(opened.scalars(select(IssueRow.characters).order_by(IssueRow.id)))

    before = lengths()
    migrate(decided, "0007")
    migrate(decided)

    assert lengths() == before
    assert min(before) > 0


def test_all_the_way_down_nothing_is_left_and_up_again_all_is_empty(decided: Engine) -> None:
    migrate(decided, "base")
    assert inspect(decided).get_table_names() == ["alembic_version"]
    migrate(decided)

    with reading(decided) as opened:
        assert page_of(opened, Filter(), page=1, size=10).total == 0


def test_up_to_date_tables_are_left_alone(decided: Engine) -> None:
    migrate(decided)

    with reading(decided) as opened:
        assert len(history(opened, 1)) == 1


def test_tables_of_a_newer_version_are_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(InputError, match="newer silentrank") as refused:
        migrate(engine)
    assert "Upgrade" in refused.value.hint


@pytest.mark.parametrize(
    "change",
    [update(DecisionRow).values(note="other"), delete(DecisionRow)],
    ids=["update", "delete"],
)
def test_nobody_changes_or_deletes_a_decision(decided: Engine, change: object) -> None:
    with session(decided) as opened, pytest.raises(DBAPIError, match="never changed"):
        opened.execute(change)  # type: ignore[call-overload]

    with reading(decided) as opened:
        assert [said.note for said in history(opened, 1)] == ["a note"]


def test_postgresql_does_not_truncate_them_either(
    postgresql_url: str, fill: Callable[[Engine], None]
) -> None:
    engine = open_engine(postgresql_url)
    migrate(engine)
    fill(engine)

    with engine.begin() as connection, pytest.raises(DBAPIError, match="never changed"):
        connection.execute(text("TRUNCATE decisions CASCADE"))
    engine.dispose()


def test_a_sqlite_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "triage.db"

    with using(str(path)):
        pass

    assert path.stat().st_mode & 0o077 == 0


def test_a_commit_in_sqlite_is_on_the_disk(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()

    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://localhost/triage", "kind mysql"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("://", "is no database"),
        ("/nowhere/at/all/triage.db", "Cannot write"),
        ("postgresql://nobody@127.0.0.1:1/none", "Cannot open postgresql"),
    ],
)
def test_what_is_no_database_is_told_with_what_would_be(url: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        open_engine(url)
    assert refused.value.hint


def test_a_file_that_is_no_database_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("these are my notes, and they are long enough to look like something" * 20)

    with pytest.raises(InputError, match="Cannot open"):
        open_engine(str(path))
    assert path.read_text().startswith("these are my notes")


def test_a_postgresql_that_does_not_answer_is_asked_for_as_it_was_named() -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"

    with pytest.raises(InputError, match=f"Cannot open {url}:") as refused:
        open_engine(url)
    assert "PostgreSQL run" in refused.value.hint


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(InputError) as refused:
        open_engine("postgresql://triage:hunter2@127.0.0.1:1/none")

    assert "hunter2" not in str(refused.value)


def test_who_reads_does_not_wait_for_who_writes(filled: Engine) -> None:
    with session(filled) as writing, reading(filled) as opened:
        find_or_add(writing, "Ana", now=NOW)
        assert page_of(opened, Filter(), page=1, size=1).total > 0


def test_an_error_undoes_all_of_a_transaction(filled: Engine) -> None:
    def fail() -> None:
        with session(filled) as opened:
            ana = find_or_add(opened, "Ana", now=NOW)
            decide(opened, Said(1, ana.id, "silent"), now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with reading(filled) as opened:
        assert history(opened, 1) == ()
