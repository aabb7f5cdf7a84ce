"""What a text source knows about an issue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from classifier.types import IssueKey


@dataclass(frozen=True, slots=True)
class IssueText:
    """An issue's own words; None stands for "not known", "" for "the reporter left it empty"."""

    key: IssueKey
    title: str
    body: str | None = None  # Denchmark's rendering: the one that training sees
    body_markdown: str | None = None  # GitHub's raw markdown, kept to check the normalizer only
    opened_at: datetime | None = None


def merge(known: IssueText | None, new: IssueText) -> IssueText:
    """What two sources know together, whichever came first.

    Title and body come from the one with more text: sources cut long bodies.
    """
    if known is None:
        return new
    longer = max(known, new, key=_length_then_content)
    shorter = new if longer is known else known
    markdowns = [text.body_markdown for text in (known, new) if text.body_markdown is not None]
    dates = [text.opened_at for text in (known, new) if text.opened_at is not None]
    return IssueText(
        key=known.key,
        title=longer.title,
        body=longer.body if longer.body is not None else shorter.body,
        body_markdown=max(markdowns, key=lambda text: (len(text), text), default=None),
        opened_at=min(dates, default=None),
    )


def _length_then_content(text: IssueText) -> tuple[int, int, str, str]:
    body = text.body or ""
    return len(body), len(text.title), text.title, body


def is_readable(texts: Mapping[IssueKey, IssueText], key: IssueKey, origin: str) -> bool:
    """Whether training can use an issue: title and body are known, of a pytorch_title the title."""
    text = texts.get(key)
    return text is not None and (origin == "pytorch_title" or text.body is not None)
