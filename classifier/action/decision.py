"""Whether to speak up about an issue at all."""

from dataclasses import dataclass
from enum import StrEnum

from classifier.action.inputs import Settings
from classifier.action.judging import Judgement
from classifier.action.tracker import TrackedIssue
from classifier.traces import DIGEST, NOT_SILENT_LABEL, mark_of

CLOSED = "the issue is closed"
LOCKED = "the conversation is locked"


class Stance(StrEnum):
    """The output ``decision``."""

    LIKELY = "likely"  # at or above the threshold
    UNLIKELY = "unlikely"
    EXCLUDED = "excluded"  # not scored
    HANDS_OFF = "hands-off"  # likely, but a person has spoken
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done about an issue, and why."""

    stance: Stance
    reason: str


def exclusion(tracked: TrackedIssue, settings: Settings) -> str:
    """Why an issue is not scored, by what the maintainers asked for; "" if it is."""
    labels = {label.lower() for label in tracked.issue.labels}
    if tracked.is_by_bot:
        return "it was opened by a bot"
    if mark_of(tracked.issue.body, kind=DIGEST):
        return "it is the week's ranking"
    if tracked.author.lower() in settings.excluded_authors:
        return "its author is among `exclude-authors`"
    if labels & settings.excluded_labels:
        return "it has a label of `exclude-labels`"
    return ""


def silence(tracked: TrackedIssue) -> str:
    """Why nothing is posted about an issue that is scored, as far as itself tells."""
    if not tracked.is_open:
        return CLOSED
    if tracked.is_locked:
        return LOCKED
    if NOT_SILENT_LABEL in {label.lower() for label in tracked.issue.labels}:
        return f"it is labelled `{NOT_SILENT_LABEL}`"
    return ""


def decide(judgement: Judgement) -> Decision:
    """Compare with the threshold."""
    is_likely = judgement.is_likely
    return Decision(
        Stance.LIKELY if is_likely else Stance.UNLIKELY,
        f"{'at or above' if is_likely else 'below'} the threshold of {judgement.threshold:.1%}",
    )
