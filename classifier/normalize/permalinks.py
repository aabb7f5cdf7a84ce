"""Links into source code, in one short form whichever renderer showed them.

GitHub shows a permalink as the lines it points at; Denchmark kept those lines and lost the
address. Both become ``repository/path#L10-L12``: what the two have in common.
"""

import re

_PREVIEW = re.compile(
    r"^([\w.-]+(?:/[\w.+-]+){1,40})[ ]*\n\s{0,12}"
    r"Lines?[ ](\d{1,7})(?:[ ]to[ ](\d{1,7}))?\n\s{0,12}in\n\s{0,12}[0-9a-f]{7,40}[ ]*\n"
    r"(?:\n[ ][^\n]*(?:[ ]\n|\Z))*",
    re.MULTILINE,
)
_PERMALINK = re.compile(
    r"https?://github\.com/[\w.-]+/([\w.-]+)/blob/[^/\s]+/([^\s#?]+)(?:\?[^\s#]*)?"
    r"(?:#L(\d{1,7})(?:C\d+)?(?:-L?(\d{1,7})(?:C\d+)?)?)?$"
)


def fold_previews(body: str) -> str:
    """Replace each preview by the line that it was made from, in short form."""
    if "\n      in\n" not in body:
        return body
    return _PREVIEW.sub(lambda found: f"\n{_short(found[1], found[2], found[3])}\n\n", body)


def short_address(address: str) -> str:
    """A permalink in short form, any other address as it is."""
    found = _PERMALINK.match(address)
    return _short(f"{found[1]}/{found[2]}", found[3], found[4]) if found else address


def _short(path: str, first: str | None, last: str | None) -> str:
    if not first:
        return path
    return f"{path}#L{first}-L{last}" if last else f"{path}#L{first}"
