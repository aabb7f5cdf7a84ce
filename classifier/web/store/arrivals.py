"""Issues on their way into the database: new ones added, changed ones changed, the same left."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.severity import outlook_of
from classifier.types import Aspects, Issue, Score
from classifier.web.store.columns import storable
from classifier.web.store.facts import audit_seed
from classifier.web.store.issues import (
    UNKNOWN,
    Identity,
    by_identity,
    check_state,
    digest_of,
    existing,
    identity,
)
from classifier.web.store.tables import IssueRow, ScoreRow
from classifier.web.store.votes import settle_edited

Seen = Callable[[Sequence[float]], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """An issue with what the model said of it."""

    issue: Issue
    state: str  # one of STATES; UNKNOWN leaves it as it is, and is open at first
    score: Score


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of arrivals."""

    added: int
    changed: int
    same: int


def upsert(
    session: Session,
    arrivals: Sequence[Arrival],
    *,
    model_id: str,
    now: datetime,
    seen: Seen = lambda probabilities: probabilities,
) -> Ingested:
    """Write issues with their scores, whatever was there before; given twice, the first counts.

    ``seen`` turns the model's probabilities into those that are shown: a profile's. A text that
    the issue had before comes back only from who knows the issue's state; a file that is read
    again would undo edits.
    An edited issue stands as follows from votes on its new text: see ``votes``.
    Raises InputError for an unknown state.
    """
    first: dict[Identity, Arrival] = {}
    for arrival in arrivals:
        check_state(arrival.state)
        first.setdefault(identity(arrival.issue), arrival)
    rows = existing(session, first)
    history = _history(session, rows.values())
    shown = seen([arrival.score.probability for arrival in first.values()])
    seed = audit_seed(session)
    added, changed, edited = [], [], []
    for (who, arrival), probability in zip(first.items(), shown, strict=True):
        row = rows.get(who)
        digest = digest_of(arrival.issue)
        if row is None:
            row = IssueRow(arrived_at=now, audit_draw=_draw(seed, who), state="open")
            session.add(row)
            added.append(row)
        elif _is_stale(row, digest, arrival, history):
            continue
        elif row.digest != digest:
            edited.append(row)
        if _write(row, arrival, probability, model_id) and row not in added:
            changed.append(row)
        if row in added or row in changed:
            row.changed_at = now
    session.flush()
    settle_edited(session, edited)
    _keep_scores(session, first, rows | by_identity(added), history, model_id=model_id, now=now)
    return Ingested(len(added), len(changed), len(first) - len(added) - len(changed))


def known_scores(
    session: Session, issues: Iterable[Issue], *, model_id: str
) -> dict[Identity, Score]:
    """What the model said already of issues with the very text that they have now."""
    wanted = {identity(issue): issue for issue in issues}
    rows = existing(session, wanted)
    owners = {row.id: who for who, row in rows.items()}
    found = select(ScoreRow).where(ScoreRow.issue_id.in_(owners), ScoreRow.model_id == model_id)
    scores = {}
    for score in session.scalars(found):
        issue = wanted[owners[score.issue_id]]
        if score.digest == digest_of(issue):
            scores[owners[score.issue_id]] = Score(issue.key, score.probability, _aspects(score))
    return scores


def _draw(seed: str, who: Identity) -> float:
    """Draw a number in [0, 1) that is the same whenever and with whomever the issue comes."""
    digest = hashlib.sha256("\n".join((seed, *map(str, who))).encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64 // 2**-53 * 2**-53


def _history(session: Session, rows: Iterable[IssueRow]) -> set[tuple[int, str, str]]:
    """Which models said something of which texts of which issues."""
    columns = select(ScoreRow.issue_id, ScoreRow.model_id, ScoreRow.digest)
    found = session.execute(columns.where(ScoreRow.issue_id.in_([row.id for row in rows])))
    return {(issue_id, model_id, digest) for issue_id, model_id, digest in found}


def _is_stale(
    row: IssueRow, digest: str, arrival: Arrival, history: set[tuple[int, str, str]]
) -> bool:
    was_there = any(row.id == issue_id and digest == old for issue_id, _, old in history)
    return arrival.state == UNKNOWN and digest != row.digest and was_there


def _write(row: IssueRow, arrival: Arrival, probability: float, model_id: str) -> bool:
    """Set what the arrival says; True if that changed something."""
    issue = arrival.issue
    digest = digest_of(issue)
    title, body = storable(issue.title), storable(issue.body)
    values: dict[str, object] = {
        "repo": storable(issue.key.repo),
        "number": issue.key.number,
        "url": storable(issue.url) or row.url or "",
        "opened_at": issue.opened_at or row.opened_at,
        "labels": [storable(label) for label in issue.labels],
        "state": arrival.state or row.state,
        "digest": digest,
        "title": title,
        "body": body,
        "characters": len(title) + len(body),
    }
    values |= score_columns(arrival.score, probability, model_id)
    if row.digest != digest or row.model_id != model_id:
        values["head_probability"] = None  # until the head has read it again
    changes = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changes.items():
        setattr(row, name, value)
    return bool(changes)


def score_columns(score: Score, probability: float, model_id: str) -> Mapping[str, object]:
    """What the row of an issue says of its score; ``probability`` is the one to show."""
    outlook = outlook_of(score.aspects) if score.aspects else None
    return {
        "model_id": model_id,
        "probability": float(probability),
        "scenario": outlook.scenario.value if outlook else None,
        "scenario_probability": outlook.scenario_probability if outlook else None,
        "impact": outlook.impact if outlook else None,
        "severity": outlook.severity if outlook else None,
    }


def _keep_scores(
    session: Session,
    arrivals: Mapping[Identity, Arrival],
    rows: Mapping[Identity, IssueRow],
    history: set[tuple[int, str, str]],
    *,
    model_id: str,
    now: datetime,
) -> None:
    for who, arrival in arrivals.items():
        digest, row = digest_of(arrival.issue), rows[who]
        if (row.id, model_id, digest) not in history:
            aspects = arrival.score.aspects
            session.add(
                ScoreRow(
                    issue_id=row.id,
                    model_id=model_id,
                    digest=digest,
                    probability=arrival.score.probability,
                    scenario=list(aspects.scenario) if aspects else None,
                    impact=list(aspects.impact) if aspects else None,
                    scored_at=now,
                )
            )
    session.flush()


def _aspects(score: ScoreRow) -> Aspects | None:
    if score.scenario is None or score.impact is None:
        return None
    return Aspects(tuple(score.scenario), tuple(score.impact))
