"""Issues into the database, a batch at a time, so that the queue fills while it is looked at."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import Engine, select

from classifier.errors import SilentrankError
from classifier.types import Issue, Score
from classifier.web.scoring import ScoringService
from classifier.web.store.arrivals import Arrival, Ingested, Seen, known_scores, upsert
from classifier.web.store.engine import reading, session
from classifier.web.store.facts import fact, keep_fact
from classifier.web.store.issues import UNKNOWN, Identity, identity, issue_of
from classifier.web.store.tables import IssueRow

ISSUES_A_BATCH = 64  # one transaction's
ISSUES_AT_FIRST = 16  # of the first batch, which somebody waits for
ISSUES_SCORED_AT_ONCE = 16  # so that somebody else's issue need not wait long
SEEN_BY = "seen_by"  # the fact that says through which model and profile issues are seen


class Ingest:
    """Brings issues into a database, scored by a model and seen through a profile."""

    def __init__(
        self,
        engine: Engine,
        scoring: ScoringService,
        *,
        seen: Seen = lambda probabilities: probabilities,
    ) -> None:
        self._engine = engine
        self._scoring = scoring
        self._seen = seen

    def take(self, issues: Iterable[Issue]) -> Iterator[Ingested]:
        """Take issues as they come and yield what became of each batch.

        Given again, nothing happens; what was scored with the same text is not scored again.
        """
        for batch in filter(None, _batches(issues)):
            scores = self._scores(batch)
            arrivals = [Arrival(issue, UNKNOWN, scores[identity(issue)]) for issue in batch]
            yield self._write(arrivals)

    def see_anew(self, through: str) -> Iterator[Ingested]:
        """Score what another model scored, and show what another profile showed otherwise.

        ``through`` names model and profile; what is seen through them already stays as it is.
        """
        with reading(self._engine) as opened:
            was = fact(opened, SEEN_BY)
        after = 0
        while was != through:
            with reading(self._engine) as opened:
                rows = select(IssueRow).where(IssueRow.id > after).order_by(IssueRow.id)
                found = opened.scalars(rows.limit(ISSUES_A_BATCH)).all()
            if not found:
                break
            issues = [issue_of(row) for row in found]
            scores = self._scores(issues)
            # by now a webhook may have closed or edited some: neither is undone
            yield self._write(
                [Arrival(issue, UNKNOWN, scores[identity(issue)]) for issue in issues]
            )
            after = found[-1].id
        if was != through:
            with session(self._engine) as opened:
                keep_fact(opened, SEEN_BY, through)

    def _scores(self, issues: Sequence[Issue]) -> dict[Identity, Score]:
        model_id = self._scoring.model().model_id
        with reading(self._engine) as opened:
            scores = known_scores(opened, issues, model_id=model_id)
        fresh = iter([issue for issue in issues if identity(issue) not in scores])
        while chunk := list(islice(fresh, ISSUES_SCORED_AT_ONCE)):
            for scored in self._scoring.score_patiently(chunk):
                scores[identity(scored.issue)] = scored.score
        return scores

    def _write(self, arrivals: Sequence[Arrival]) -> Ingested:
        model_id = self._scoring.model().model_id
        with session(self._engine) as opened:
            return upsert(
                opened, arrivals, model_id=model_id, now=datetime.now(UTC), seen=self._seen
            )


def _batches(issues: Iterable[Issue]) -> Iterator[list[Issue]]:
    """Cut into batches; what was read before a source failed is one, too."""
    size = ISSUES_AT_FIRST
    batch: list[Issue] = []
    try:
        for issue in issues:
            batch.append(issue)
            if len(batch) == size:
                yield batch
                batch, size = [], ISSUES_A_BATCH
    except SilentrankError:
        yield batch
        raise
    yield batch
