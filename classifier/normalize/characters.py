"""Characters: what no reader sees goes, before anything is parsed.

One pass per step over text of bounded length, so no input is slow.
"""

import re
import unicodedata

BODY_LIMIT = 65_536  # GitHub refuses longer bodies, so nothing that was really filed is cut
BODY_LINE_LIMIT = 4_000
_HEAD_SHARE = 0.75
_CUT = "\n\n"

_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"  # control characters
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"  # bidi, zero width
    "\ud800-\udfff\ufff9-\uffff]"  # lone surrogates, specials
)
_WIDE_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_COMBINING_RUN = re.compile("([\u0300-\u036f]{4})[\u0300-\u036f]+")
_TOUCHED = re.compile(  # all that the patterns around this one take out, or begin with
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00a0\u00ad\u0300-\u036f\u061c\u1680\u2000-\u200f"
    "\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ufe00-\ufe0f\ufeff\ufff9-\uffff]"
)
_ESCAPE_SEQUENCE = re.compile("\x1b\\[[0-9;]{0,16}[A-Za-z]")


def clip(text: str, limit: int) -> str:
    """Keep the beginning and the end, where reporters say what is wrong; ``limit`` characters."""
    if len(text) <= limit:
        return text
    head = int(limit * _HEAD_SHARE)
    return text[:head] + _CUT + text[len(text) - (limit - head - len(_CUT)) :]


def clip_lines(text: str, limit: int) -> str:
    """Keep the first and last lines in the same way; what costs time is the number of blocks."""
    if text.count("\n") < limit:
        return text
    lines = text.split("\n")
    head = int(limit * _HEAD_SHARE)
    return "\n".join([*lines[:head], "", *lines[len(lines) - (limit - head - 1) :]])


def clean(text: str) -> str:
    """Compose (NFC), break lines in one way alone, and drop what is invisible.

    Cleaning twice changes nothing; NFC makes text at most three times as long.
    """
    if text.isascii() and text.isprintable():
        return text
    broken = text.replace("\r\n", "\n")
    if not _TOUCHED.search(broken):  # nearly always; one look costs less than five replacements
        return broken if broken.isascii() else unicodedata.normalize("NFC", broken)
    text = _LINE_BREAKS.sub("\n", _ESCAPE_SEQUENCE.sub("", text))
    text = _WIDE_SPACES.sub(" ", _INVISIBLE.sub("", text))
    if not text.isascii():
        text = _COMBINING_RUN.sub(r"\1", text)
        text = unicodedata.normalize("NFC", text)
    return text
