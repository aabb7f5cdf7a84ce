"""Issues reach the database in the background, whatever was there before."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from classifier.errors import InputError
from classifier.normalize import normalize
from classifier.pipeline import Model
from classifier.types import Issue
from classifier.web.filling import Filling, Progress
from classifier.web.ingest import Ingest
from classifier.web.scoring import Scored, ScoringService
from classifier.web.store.arrivals import Arrival, Ingested, upsert
from classifier.web.store.engine import open_engine, reading, session
from classifier.web.store.issues import change_state, find_by_key
from classifier.web.store.tables import IssueRow, ScoreRow
from tests.web.conftest import EXAMPLES, NOW
from tests.web.fixed_model import FixedScorer, fixed_manifest, fixed_model


@pytest.fixture
def scoring() -> Iterator[ScoringService]:
    service = ScoringService(fixed_model)
    service.start()
    yield service
    service.close()


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    opened = open_engine(sqlite_url)
    yield opened
    opened.dispose()


def other_model() -> Model:
    return Model(replace(fixed_manifest(), model_id="other"), FixedScorer())


def totals(steps: Iterator[Ingested]) -> tuple[int, int, int]:
    done = list(steps)
    return (
        sum(one.added for one in done),
        sum(one.changed for one in done),
        sum(one.same for one in done),
    )


def fill(engine: Engine, scoring: ScoringService, *sources: str) -> Progress:
    filling = Filling(Ingest(engine, scoring), sources, through=lambda: "it")
    filling.start()
    return filling.wait(120)


def test_issues_come_in_once_however_often_they_are_read(
    engine: Engine, scoring: ScoringService, examples: tuple[Issue, ...]
) -> None:
    ingest = Ingest(engine, scoring)

    assert totals(ingest.take(examples)) == (len(examples), 0, 0)
    assert totals(ingest.take(examples)) == (0, 0, len(examples))


def test_what_was_scored_with_the_same_text_is_not_scored_again(
    engine: Engine, scoring: ScoringService, examples: tuple[Issue, ...]
) -> None:
    list(Ingest(engine, scoring).take(examples))
    scoring.close()  # it would refuse

    class Known(ScoringService):
        def model(self, timeout_seconds: float | None = None) -> Model:
            del timeout_seconds
            return fixed_model()

    assert totals(Ingest(engine, Known(fixed_model)).take(examples)) == (0, 0, len(examples))


def test_batches_can_be_seen_as_they_land(
    engine: Engine, scoring: ScoringService, examples: tuple[Issue, ...]
) -> None:
    counts = []
    for _ in Ingest(engine, scoring).take(examples):
        with reading(engine) as opened:
            counts.append(opened.scalar(select(func.count()).select_from(IssueRow)))

    assert counts == [16, len(examples)]


def test_another_model_sees_all_anew_and_once(
    engine: Engine, scoring: ScoringService, examples: tuple[Issue, ...]
) -> None:
    list(Ingest(engine, scoring).take(examples))
    other = ScoringService(other_model)
    other.start()

    assert totals(Ingest(engine, other).see_anew("other")) == (0, len(examples), 0)
    assert totals(Ingest(engine, other).see_anew("other")) == (0, 0, 0)
    other.close()

    with reading(engine) as opened:
        assert set(opened.scalars(select(IssueRow.model_id))) == {"other"}
        assert opened.scalar(select(func.count()).select_from(ScoreRow)) == 2 * len(examples)


def test_what_changed_while_it_was_seen_anew_is_not_undone(
    engine: Engine, examples: tuple[Issue, ...]
) -> None:
    first = examples[0]
    edited = replace(first, title="Edited meanwhile")

    class Interrupted(ScoringService):
        """A webhook comes between reading the rows and writing them back."""

        def score_patiently(self, issues: Sequence[Issue]) -> list[Scored]:
            with session(engine) as opened:
                scores = fixed_model().scorer.score([normalize(edited)])
                arrivals = [Arrival(edited, "open", scores[0])]
                upsert(opened, arrivals, model_id="other", now=NOW)
                for key, state in ((first.key, "closed"), (examples[1].key, "deleted")):
                    change_state(opened, key, state, NOW)
            return super().score_patiently(issues)

    before = ScoringService(fixed_model)
    before.start()
    list(Ingest(engine, before).take(examples))
    before.close()
    other = Interrupted(other_model)
    other.start()
    list(Ingest(engine, other).see_anew("other"))
    other.close()

    with reading(engine) as opened:
        closed, deleted = (find_by_key(opened, issue.key) for issue in examples[:2])
        assert closed is not None
        assert deleted is not None
        assert (closed.state, closed.title) == ("closed", "Edited meanwhile")
        assert (deleted.state, deleted.model_id) == ("deleted", "other")


def test_another_profile_shows_other_probabilities_of_the_same_scores(
    engine: Engine, scoring: ScoringService, examples: tuple[Issue, ...]
) -> None:
    list(Ingest(engine, scoring).take(examples))
    with reading(engine) as opened:
        before = opened.scalars(select(IssueRow.probability).order_by(IssueRow.id)).all()
    halved = Ingest(engine, scoring, seen=lambda values: [value / 2 for value in values])
    list(halved.see_anew("halved"))

    with reading(engine) as opened:
        after = opened.scalars(select(IssueRow.probability).order_by(IssueRow.id)).all()
        assert after == [value / 2 for value in before]
        assert opened.scalar(select(func.count()).select_from(ScoreRow)) == len(examples)


def test_a_batch_that_fails_is_undone_and_the_ones_before_it_stay(
    engine: Engine, scoring: ScoringService, examples: tuple[Issue, ...]
) -> None:
    def see_sixteen(values: Sequence[float]) -> Sequence[float]:
        if len(values) > 16:
            raise ZeroDivisionError
        return values

    with pytest.raises(ZeroDivisionError):
        list(Ingest(engine, scoring, seen=see_sixteen).take(examples))

    with reading(engine) as opened:
        assert opened.scalar(select(func.count()).select_from(IssueRow)) == 16


def test_a_file_fills_the_database_and_broken_rows_are_counted(
    sqlite_engine: Engine, scoring: ScoringService, tmp_path: Path
) -> None:
    path = tmp_path / "issues.jsonl"
    path.write_text('{"title": "Wrong loss"}\nno json\n{"title": ""}\n{"title": "Other"}\n')

    progress = fill(sqlite_engine, scoring, str(path))

    assert progress == Progress(added=2, left_out=2, is_done=True)
    assert progress.read == 2


def test_a_source_that_fails_is_told_and_what_was_read_is_kept(
    sqlite_engine: Engine, scoring: ScoringService, examples: tuple[Issue, ...]
) -> None:
    progress = fill(sqlite_engine, scoring, str(EXAMPLES), "nowhere.jsonl")

    assert progress.added == len(examples)
    assert progress.is_done
    assert "nowhere.jsonl" in progress.problem


def test_a_source_of_no_known_kind_is_refused_at_once(
    sqlite_engine: Engine, scoring: ScoringService
) -> None:
    with pytest.raises(InputError, match="Unknown kind"):
        fill(sqlite_engine, scoring, "issues.doc")


def test_a_database_that_fails_ends_the_filling_and_not_the_process(
    sqlite_engine: Engine, scoring: ScoringService
) -> None:
    with session(sqlite_engine) as opened:
        opened.connection().exec_driver_sql("DROP TABLE scores")

    progress = fill(sqlite_engine, scoring, str(EXAMPLES))

    assert progress.is_done
    assert "OperationalError" in progress.problem
    assert "title" not in progress.problem
