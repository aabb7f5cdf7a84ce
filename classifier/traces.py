"""What the Action leaves on GitHub, and is found again by: labels, a reaction, hidden marks."""

import re
from hashlib import sha256

POSSIBLE_LABEL = "possible silent bug"  # unless the maintainers name another
NOT_SILENT_LABEL = "not a silent bug"  # a person's word against it; the Action never says so
REACTION = "eyes"  # on an issue that the Action has commented on

COMMENT, DIGEST = "comment", "digest"  # kinds of marks

# At the very start, where no quoted text can be.
MARK = re.compile(
    r"<!-- silentrank:(?P<kind>\w+) says=(?P<says>[0-9a-f]{16}) of=(?P<of>[0-9TZ:-]{0,20}) -->\n"
)


def signed(text: str, *, kind: str, of: str = "") -> str:
    """Put a mark before a text: of which kind it is, what it says, and of which moment's issue."""
    return f"<!-- silentrank:{kind} says={digest_of(text)} of={of} -->\n{text}"


def mark_of(text: str, *, kind: str) -> re.Match[str] | None:
    """The mark that a text begins with, if any; by itself it does not tell who wrote the text."""
    mark = MARK.match(plain(text))
    return mark if mark and mark["kind"] == kind else None


def digest_of(text: str) -> str:
    """Sixteen digits that differ where texts do."""
    return sha256(text.strip().encode()).hexdigest()[:16]


def plain(text: str) -> str:
    """The text with the line breaks that it was written with: GitHub may send others."""
    return text.replace("\r\n", "\n")
