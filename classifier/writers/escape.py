"""What every format takes out of strangers' text, and what some of them need besides."""

import re

# Characters that act instead of being seen. Terminals obey C0 and C1 controls; bidirectional
# marks and invisible characters make text read as other than it is; U+2028 and U+2029 end lines
# for some readers. The joiners U+200C and U+200D stay: scripts and emoji are spelt with them.
ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
# What a spreadsheet takes for the start of a formula, the full-width forms included.
FORMULA = re.compile(r"(^|;)(\s*[=+\-@＝＋－＠])")  # noqa: RUF001 - full-width is the point
# Nothing in it could end the link's target, or the cell or the attribute that it stands in.
WEB_ADDRESS = re.compile(r"https?://[\w.:-]+/[\w./%?=#-]*", re.ASCII)
ENTITIES = {"\\": "&#92;", "|": "&#124;", "<": "&lt;", ">": "&gt;", "&": "&amp;"}
# Never seen, but keeps GitHub from reading a mention, a reference or an address. A backslash
# would not: GitHub looks for these in the text once markdown's own escapes are gone.
BREAK = "&#8203;"
MEANT_BY_MARKDOWN = re.compile(
    r"(?P<entity>[\\|<>&])|(?P<punctuation>[*_~\[\]`$!])"
    r"|(?P<address>[@#]|:(?=//)|www(?=\.)|(?:mailto|xmpp)(?=:)|\bGH(?=-\d))",
    re.IGNORECASE,
)


def visible(text: str) -> str:
    """One line without characters that act: whitespace becomes a blank, the rest U+FFFD."""
    words = " ".join(text.split())  # also takes the line breaks that are among ACTING
    return ACTING.sub("\ufffd", words)


def csv_cell(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula.

    Also after a semicolon, where many a country's spreadsheet begins the next cell.
    """
    return FORMULA.sub(r"\1'\2", visible(text))


def markdown_cell(text: str) -> str:
    """Escape for a table cell on GitHub, so that the text shows as it is and does nothing."""
    return MEANT_BY_MARKDOWN.sub(_escaped, visible(text))


def _escaped(found: re.Match[str]) -> str:
    token = found[0]
    if found["entity"]:
        return ENTITIES[token]
    return f"\\{token}" if found["punctuation"] else token + BREAK
