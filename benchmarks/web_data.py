"""A triage page's database as it is after a while: many issues, scored, some of them decided.

Written through the page's own store. Scores and the bands of near-duplicates are drawn, with a
fixed seed, since to compute them would take an hour; so nothing is left to do in the background.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine, insert, update
from sqlalchemy.orm import Session

from benchmarks.issues import SEED, issues
from benchmarks.web_names import REPOS, REVIEWERS
from classifier.types import Aspects, Issue, IssueKey, Score
from classifier.web.duplicates import BANDS
from classifier.web.ingest import SEEN_BY
from classifier.web.store.arrivals import Arrival, upsert
from classifier.web.store.decisions import Said, decide
from classifier.web.store.engine import migrate, open_engine, session
from classifier.web.store.facts import keep_fact
from classifier.web.store.preferences import Preferences, write_preferences
from classifier.web.store.reviewers import find_or_add
from classifier.web.store.tables import BandRow, IssueRow

ISSUES_A_BATCH = 500
FIRST_DAY = datetime(2021, 1, 1, tzinfo=UTC)
HOURS_BETWEEN = 0.4
NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
OPEN_SHARE = 0.6
ISSUES_A_DECISION = 100
VERDICTS = ("silent", "not silent", "not silent", "unsure", "skip")


def fill(path: Path, count: int, model_id: str) -> None:
    """Make a SQLite file with ``count`` issues, whose ids are 1 to ``count``."""
    source = random.Random(SEED)
    engine = open_engine(str(path))
    migrate(engine)
    arrivals = _arrivals(source, count)
    first = 1
    while batch := list(islice(arrivals, ISSUES_A_BATCH)):
        _write(engine, source, batch, first, model_id)
        first += len(batch)
    with session(engine) as opened:
        _decide(opened, source, count)
        keep_fact(opened, SEEN_BY, f"{model_id} {0.0!r}")
        write_preferences(opened, Preferences(learning=False))
    engine.dispose()


def _arrivals(source: random.Random, count: int) -> Iterator[Arrival]:
    for row in issues(count):
        number = row["number"]
        issue = Issue(
            IssueKey(source.choice(REPOS), number),
            row["title"],
            row["body"],
            FIRST_DAY + timedelta(hours=HOURS_BETWEEN * number),
            row["html_url"],
        )
        state = "open" if source.random() < OPEN_SHARE else "closed"
        yield Arrival(issue, state, _score(source, issue.key))


def _score(source: random.Random, key: IssueKey) -> Score:
    """Most are unlikely, as of a model that is right."""
    aspects = Aspects(_shares(source, 7), _shares(source, 4))
    return Score(key, source.betavariate(0.8, 4), aspects)


def _shares(source: random.Random, count: int) -> tuple[float, ...]:
    drawn = [source.gammavariate(0.5, 1) + 1e-9 for _ in range(count)]
    return tuple(one / sum(drawn) for one in drawn)


def _write(
    engine: Engine, source: random.Random, batch: Sequence[Arrival], first: int, model_id: str
) -> None:
    bands = [
        {"issue_id": issue_id, "band": band, "hash": source.randbytes(8).hex()}
        for issue_id in range(first, first + len(batch))
        for band in range(BANDS)
    ]
    with session(engine) as opened:
        upsert(opened, batch, model_id=model_id, now=NOW)
        opened.execute(insert(BandRow), bands)
        opened.execute(
            update(IssueRow).where(IssueRow.id >= first).values(sketched=IssueRow.digest)
        )


def _decide(opened: Session, source: random.Random, count: int) -> None:
    reviewers = [find_or_add(opened, name, now=NOW).id for name in REVIEWERS]
    for issue_id in range(1, count + 1, ISSUES_A_DECISION):
        verdict = source.choice(VERDICTS)
        decide(opened, Said(issue_id, source.choice(reviewers), verdict), now=NOW)
