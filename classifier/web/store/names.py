"""What a reviewer may be called: one rule for the page, the commands and the API."""

import re
import unicodedata

from classifier.errors import InputError

LONGEST_NAME = 60  # characters
# Letters that everybody sees, since a name that nobody can see is none: Latin, Greek, Cyrillic,
# Hebrew, Arabic, Devanagari, Thai, kana, Chinese and Hangul.
LETTERS = (
    r"A-Za-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017e\u1e00-\u1e99\u1ea0-\u1eff"
    r"\u0391-\u03a1\u03a3-\u03ce\u0400-\u04ff"
    r"\u05d0-\u05ea\u0621-\u063a\u0641-\u064a\u0905-\u0939\u0e01-\u0e2e\u0e40-\u0e44\u3041-\u3096"
    r"\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3"
)
# Vowels and other signs of Devanagari and Thai, which stand with a letter before.
SIGNS = r"\u0900-\u0903\u093e-\u094d\u0e2f-\u0e3a\u0e45-\u0e4e\u30fc"
NAME = rf"^([{LETTERS}][{LETTERS}{SIGNS} .'_@-]{{0,59}})?$"  # nothing is the name of nobody


def clean_name(name: str) -> str:
    """The name as it is kept. Raises InputError if it is none."""
    clean = " ".join(unicodedata.normalize("NFC", name).split())
    if not clean or not re.fullmatch(NAME, clean):
        raise InputError(
            f"{name[:LONGEST_NAME]!r} is no name",
            hint=f"Give 1 to {LONGEST_NAME} letters or digits; blanks and . ' _ @ - between them.",
        )
    return clean
