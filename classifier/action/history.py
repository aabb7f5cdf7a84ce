"""Whether a person has spoken: what they say of an issue by labels is the last word."""

from dataclasses import dataclass

from classifier.action.managed import is_own
from classifier.action.tracker import IssueTracker, LabelEvent
from classifier.traces import NOT_SILENT_LABEL


@dataclass(frozen=True, slots=True)
class History:
    """What happened to the labels that the Action has to do with."""

    spoken: str = ""  # what a person did, in our words; "" if nobody did
    is_ours: bool = False  # whether the label is on the issue, and the Action put it there


def read_history(tracker: IssueTracker, number: int, *, label: str) -> History:
    """Read who labelled what; whatever is not by this account is by a person, or their bot."""
    spoken, is_ours = "", False
    for event in tracker.label_events(number):
        name = event.label.casefold()
        if name not in {label.casefold(), NOT_SILENT_LABEL}:
            continue
        if is_own(event.actor, tracker):
            is_ours = event.is_added if name == label.casefold() else is_ours
            continue
        spoken = spoken or _told(event, is_own_label=name == label.casefold())
    return History(spoken, is_ours and not spoken)


def _told(event: LabelEvent, *, is_own_label: bool) -> str:
    did = "added" if event.is_added else "removed"
    return f"somebody {did} {'the label' if is_own_label else f'`{NOT_SILENT_LABEL}`'}"
