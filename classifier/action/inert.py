"""Strangers' text on its way into markdown on GitHub: it shows, and does nothing.

In a code span GitHub looks for no mention, reference, commit, address or image, and HTML is
text. All that is left to break out with is a run of backticks, so the fence is a longer one.
"""

import re
import unicodedata
from collections.abc import Iterator

from classifier.writers.escape import markdown_cell, visible

MOST_MARKS = 3  # accents on one letter; more are piled up to cover the lines around
MARKS = {"Mn", "Me"}  # Unicode's categories of what is drawn over the letter before
ELLIPSIS = "…"
BACKTICKS = re.compile("`+")
# GitHub links what looks like a commit, which no other escaping takes care of: 7 digits or more.
COMMIT = re.compile(r"\b[0-9a-f]{7,}\b", re.IGNORECASE)
TOO_SHORT_FOR_COMMIT = re.compile(".{1,6}")
EMOJI = re.compile(r":(?=[\w+\\-]+:)")  # the start of `:octocat:`, of which GitHub makes an image
BREAK = "&#8203;"


def shortened(text: str, longest: int) -> str:
    """One line of visible characters, at most ``longest`` of them, none piled up."""
    # what is cut off is never looked at, or a huge text would take long
    words = "".join(_without_piles(visible(text[: 4 * longest])))
    if len(words) <= longest and len(text) <= 4 * longest:
        return words
    return words[: longest - 1].rstrip() + ELLIPSIS


def code_span(text: str, longest: int) -> str:
    """Inline code with the text as it is, or an ellipsis where there is none."""
    words = shortened(text, longest) or ELLIPSIS
    fence = "`" * (max(map(len, BACKTICKS.findall(words)), default=0) + 1)
    gap = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{fence}{gap}{words}{gap}{fence}"


def cell(text: str, longest: int) -> str:
    """Text for a table's cell, escaped."""
    # After the other escaping: its entities have too few digits to be taken for a commit.
    escaped = markdown_cell(shortened(text, longest)).replace("//", f"/{BREAK}/")
    return EMOJI.sub(f":{BREAK}", COMMIT.sub(_in_pieces, escaped))


def _in_pieces(commit: re.Match[str]) -> str:
    return BREAK.join(TOO_SHORT_FOR_COMMIT.findall(commit[0]))


def _without_piles(text: str) -> Iterator[str]:
    pile = 0
    for character in text:
        pile = pile + 1 if unicodedata.category(character) in MARKS else 0
        if pile <= MOST_MARKS:
            yield character
