"""What a webhook delivery changes: once, and together with the note that it did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.datastructures import State

from classifier.types import Issue
from classifier.web.problems import Problem
from classifier.web.store.arrivals import Arrival, known_scores, upsert
from classifier.web.store.engine import reading, session
from classifier.web.store.hearing import is_older, note_heard
from classifier.web.store.issues import change_state
from classifier.web.store.tables import DeliveryRow

SECONDS_TO_SCORE = 8.0  # GitHub waits for ten
READ = frozenset({"opened", "edited", "reopened"})  # what may have new text
GONE: Mapping[str, str] = MappingProxyType(
    {"closed": "closed", "transferred": "transferred", "deleted": "deleted"}
)
FINAL = frozenset({"transferred", "deleted"})  # nothing that is newer comes after them
ACTIONS = READ | GONE.keys()
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What GitHub sent, once its signature was found to be right."""

    id: str
    event: str
    action: str
    payload: Payload
    digest: str  # SHA-256 of the body, which the signature covers; the id it does not


def follow(state: State, delivery: Delivery, issue: Issue) -> str:
    """Do as the delivery says of its issue; return what became of it.

    Raises Problem (409) if it was dealt with before, under this id or another, and Busy, before
    anything changed, if the issue cannot be scored now.
    """
    with reading(state.engine) as db:
        if _is_known(db, delivery):
            raise _replayed()
    arrival = _arrival(state, delivery, issue)
    try:
        with session(state.engine) as db:
            return _change(db, state, delivery, issue, arrival)
    except IntegrityError as error:
        with reading(state.engine) as db:
            if not _is_known(db, delivery):
                raise
        raise _replayed() from error  # it came twice at once


def _is_known(db: Session, delivery: Delivery) -> bool:
    return any(db.get(DeliveryRow, name) is not None for name in _names(delivery))


def _names(delivery: Delivery) -> tuple[str, str]:
    """What a delivery is remembered by: whoever replays it can change its id, not its body."""
    return delivery.id, f"sha256:{delivery.digest}"


def _arrival(state: State, delivery: Delivery, issue: Issue) -> Arrival | None:
    """Score the issue, unless this text of it is known; None if it is merely gone."""
    if delivery.action in GONE:
        return None
    model_id = state.scoring.model(SECONDS_TO_SCORE).model_id
    with reading(state.engine) as db:
        scores = list(known_scores(db, [issue], model_id=model_id).values())
    if not scores:
        scores = [one.score for one in state.scoring.score([issue], SECONDS_TO_SCORE)]
    is_closed = delivery.payload["issue"].get("state") == "closed"
    return Arrival(issue, "closed" if is_closed else "open", scores[0])


def _change(
    db: Session, state: State, delivery: Delivery, issue: Issue, arrival: Arrival | None
) -> str:
    """Change the issue and note the delivery: both or neither."""
    now = datetime.now(UTC)
    updated_at = _updated_at(delivery.payload)
    if delivery.action not in FINAL and is_older(db, issue.key, updated_at):
        outcome = "older than what is known"
    elif arrival is None:
        is_known = change_state(db, issue.key, GONE[delivery.action], now)
        outcome = "changed" if is_known else "unknown issue"
    else:
        outcome = _take(db, state, arrival, now)
    note_heard(db, issue.key, updated_at)
    about = {"event": delivery.event, "action": delivery.action, "outcome": outcome}
    db.add_all(DeliveryRow(id=name, received_at=now, **about) for name in _names(delivery))
    return outcome


def _take(db: Session, state: State, arrival: Arrival, now: datetime) -> str:
    model_id = state.scoring.model().model_id
    found = upsert(db, [arrival], model_id=model_id, now=now, seen=state.settings.seen)
    return "added" if found.added else "changed" if found.changed else "same"


def _updated_at(payload: Payload) -> datetime | None:
    """When the issue became what the event tells; None if it does not say."""
    told = payload["issue"].get("updated_at")
    try:
        moment = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None


def _replayed() -> Problem:
    return Problem(
        HTTPStatus.CONFLICT,
        "This delivery was dealt with already",
        hint="Nothing is to be done; what it told is in the queue.",
    )
