"""What happened to an issue until now: people have the last word, by labels or by an end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from classifier.action.decision import CLOSED, LOCKED
from classifier.action.managed import is_own
from classifier.action.tracker import Happening, IssueEvent, IssueTracker
from classifier.traces import NOT_SILENT_LABEL

ENDS = (
    (Happening.CLOSED, Happening.REOPENED, CLOSED),
    (Happening.LOCKED, Happening.UNLOCKED, LOCKED),
)


@dataclass(frozen=True, slots=True)
class History:
    """What is known of an issue's past."""

    silence: str = ""  # why nothing is to be said any more, in our words; "" if nothing speaks so
    is_ours: bool = False  # whether the label is on the issue, and the Action put it there


def read_history(tracker: IssueTracker, number: int, *, label: str) -> History:
    """Read who labelled what; whatever is not by this account is by a person, or their bot.

    The issue may have been closed or locked since the event that the run is for.
    """
    events = list(tracker.events(number))
    names = {label.casefold(), NOT_SILENT_LABEL}
    labelled = [event for event in events if event.label.casefold() in names]
    by_others = [event for event in labelled if not is_own(event.actor, tracker)]
    if by_others:
        return History(_told(by_others[0], label=label))
    ours = [event.kind for event in labelled if event.label.casefold() == label.casefold()]
    return History(_end(events), is_ours=ours[-1:] == [Happening.LABELED])


def _told(event: IssueEvent, *, label: str) -> str:
    did = "added" if event.kind is Happening.LABELED else "removed"
    is_own_label = event.label.casefold() == label.casefold()
    return f"somebody {did} {'the label' if is_own_label else f'`{NOT_SILENT_LABEL}`'}"


def _end(events: Iterable[IssueEvent]) -> str:
    kinds = [event.kind for event in events]
    for start, end, reason in ENDS:
        if _latest(kinds, start, end) is start:
            return reason
    return ""


def _latest(kinds: Sequence[Happening], *among: Happening) -> Happening | None:
    return next((kind for kind in reversed(kinds) if kind in among), None)
