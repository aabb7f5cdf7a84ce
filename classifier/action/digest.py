"""The week's issues in one tracking issue, which is edited and not added to."""

from collections.abc import Iterable, Sequence
from datetime import date

from classifier.action.event import DEFAULT_SERVER, Event
from classifier.action.managed import Deed, Did, Text, why_left_alone
from classifier.action.responding import Outcome
from classifier.action.summary import table
from classifier.action.tracker import IssueTracker, OwnIssue
from classifier.errors import SilentrankError
from classifier.traces import DIGEST, mark_of, signed

TITLE = "Possible silent bugs of the week"
DAYS = 7
MOST_ROWS = 50
THING = "tracking issue"
# GitHub's own way to link to an issue without a note in it that it was linked to.
WITHOUT_BACKLINK = "https://redirect.github.com"


def render_digest(
    outcomes: Sequence[Outcome], *, event: Event, first_day: date, last_day: date
) -> str:
    """Return the body of the tracking issue; ``outcomes`` in order."""
    server = WITHOUT_BACKLINK if event.server == DEFAULT_SERVER else ""
    link = f"{server}/{event.repository}/issues/" if server else ""
    shown = outcomes[:MOST_ROWS]
    left_out = len(outcomes) - len(shown)
    parts = [
        (
            f"Open issues from {first_day} to {last_day}, by how likely they report wrong "
            "behaviour **without** a crash, a hang or an error message. For triagers: read from "
            "the top, as far as there is time."
        ),
        table(shown, link) if shown else "No issue was opened.",
        *([f"{left_out} less likely ones are left out."] if left_out else []),
        (
            "This issue is edited once a week. Close it, and it stays as it is; open it again, and "
            "it goes on."
        ),
    ]
    return "\n\n".join(parts)


def keep_tracking_issue(tracker: IssueTracker, body: str, *, is_dry: bool) -> Deed:
    """Edit the one tracking issue, or open and pin it."""
    own = _find(tracker.own_issues())
    if own is None:
        return _open(tracker, body, is_dry=is_dry)
    if not own.is_open:
        return Deed(
            THING, Did.UNCHANGED, "it was closed; open it again to have it go on", own.number
        )
    if reason := why_left_alone(own.body, Text(body), kind=DIGEST):
        return Deed(THING, Did.UNCHANGED, reason, own.number)
    if not is_dry:
        tracker.edit_issue(own.number, signed(body, kind=DIGEST))
    return Deed(THING, Did.UPDATED, id=own.number)


def _open(tracker: IssueTracker, body: str, *, is_dry: bool) -> Deed:
    if is_dry:
        return Deed(THING, Did.POSTED)
    number = tracker.open_issue(TITLE, signed(body, kind=DIGEST))
    try:
        tracker.pin(number)
    except SilentrankError:  # at most three can be pinned; it is as good without
        return Deed(THING, Did.POSTED, "it could not be pinned; pin it by hand", number)
    return Deed(THING, Did.POSTED, id=number)


def _find(issues: Iterable[OwnIssue]) -> OwnIssue | None:
    return next((issue for issue in issues if mark_of(issue.body, kind=DIGEST)), None)
