"""Strangers' words in HTML: text that is only text, and links that only lead to the web."""

from collections.abc import Iterable
from html import escape

from classifier.types import RankedIssue
from classifier.writers.escape import WEB_ADDRESS, visible

LONGEST_TITLE = 256  # characters, as at GitHub; what is longer was made to fill the page
LONGEST_NAME = 120
LONGEST_QUOTE = 120  # about a line of the page
LONGEST_ADDRESS = 500


def text(words: str, longest: int) -> str:
    """Escape as the content of an element, on one line and at most ``longest`` characters."""
    shown = visible(words)
    cut = shown if len(shown) <= longest else shown[: longest - 1].rstrip() + "…"
    return escape(cut, quote=False)


def link(address: str, content: str) -> str:
    """Link to a page of the web; what leads elsewhere is no link."""
    if len(address) <= LONGEST_ADDRESS and WEB_ADDRESS.fullmatch(address):
        return f'<a href="{escape(address)}">{content}</a>'
    return f'<span class="title">{content}</span>'


def per_cent(share: float, *, digits: int = 0) -> str:
    """A share, the number and its sign kept on one line."""
    return f"{100 * share:.{digits}f}\N{NO-BREAK SPACE}%"


def counted(count: int, singular: str, plural: str) -> str:
    """A count with its noun."""
    return f"{count:,} {singular if count == 1 else plural}"


def common_repo(entries: Iterable[RankedIssue]) -> str:
    """Return the repository that all issues are of, which need not stand in every row then."""
    repos = {entry.key.repo for entry in entries}
    return repos.pop() if len(repos) == 1 else ""
