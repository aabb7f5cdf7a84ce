"""The one comment: found again, updated only if it says something else, never posted twice.

Whether the Action has commented before is remembered by a reaction on the issue, 👀, in its own
name. Nobody else can leave or remove it, GitHub answers differently the first time, and of two
runs at once one is first. So a comment that a person deleted stays deleted, and a second one
cannot be.
"""

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from classifier.action.tracker import Comment, IssueTracker
from classifier.errors import GitHubError, SilentrankError
from classifier.traces import COMMENT, digest_of, mark_of, plain, signed

REFUSED = range(400, 500)  # HTTP's status codes for what was surely not done


class Did(StrEnum):
    """What came of it."""

    POSTED = "posted"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    WITHHELD = "not posted"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done about a comment, a label or a tracking issue; in a dry run, would have been."""

    thing: str  # "comment"
    did: Did
    reason: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """What a comment is to say, of an issue as it stood at some moment."""

    body: str
    of: str = ""  # ISO 8601, UTC


def find_own(tracker: IssueTracker, number: int) -> Comment | None:
    """The Action's comment on an issue: by the mark that it begins with, and by its author."""
    for comment in tracker.comments(number):
        if mark_of(comment.body, kind=COMMENT) and is_own(comment.author, tracker):
            return comment
    return None


def is_own(author: str, tracker: IssueTracker) -> bool:
    """Whether this account did it."""
    return author.casefold() == tracker.login().casefold()


def why_left_alone(body: str, text: Text, *, kind: str) -> str:
    """Why a text that is there is not replaced; "" if it is to be."""
    mark = mark_of(body, kind=kind)
    if mark is None or digest_of(plain(body)[mark.end() :]) != mark["says"]:
        return "a person edited it"
    if mark["says"] == digest_of(text.body):
        return "it says the same"
    if text.of and mark["of"] > text.of:
        return "it is about a later version of the issue"
    return ""


def publish(tracker: IssueTracker, number: int, text: Text, *, is_new: bool, is_dry: bool) -> Deed:
    """Post the comment, or update it.

    ``is_new`` says that the issue was just opened, so there is likely no comment to look for.
    """
    if is_new and not is_dry:
        claim = tracker.claim(number)
        if claim is not None:
            return _post(tracker, number, text, claim)
    own = find_own(tracker, number)
    if own:
        return update_own(tracker, own, text, is_dry=is_dry)
    if is_dry:
        return Deed(COMMENT, Did.POSTED)
    claim = None if is_new else tracker.claim(number)
    if claim is None:
        return Deed(COMMENT, Did.WITHHELD, "it was posted before and is gone, or is being posted")
    return _post(tracker, number, text, claim)


def update_own(tracker: IssueTracker, own: Comment, text: Text, *, is_dry: bool) -> Deed:
    """Have a comment say something else, unless it says so already or a person edited it."""
    if reason := why_left_alone(own.body, text, kind=COMMENT):
        return Deed(COMMENT, Did.UNCHANGED, reason, own.id)
    if not is_dry:
        tracker.edit_comment(own.id, signed(text.body, kind=COMMENT, of=text.of))
    return Deed(COMMENT, Did.UPDATED, id=own.id)


def _post(tracker: IssueTracker, number: int, text: Text, claim: int) -> Deed:
    try:
        return Deed(
            COMMENT,
            Did.POSTED,
            id=tracker.add_comment(number, signed(text.body, kind=COMMENT, of=text.of)),
        )
    except GitHubError as error:
        # Where no answer came, or a broken one, the comment may be there: better none than two.
        if error.status in REFUSED:
            with suppress(SilentrankError):  # the refusal is what is to be told of
                tracker.release(number, claim)  # so that another run may try
        raise
