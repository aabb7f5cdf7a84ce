"""What stands in HTML like a tag and is none to be followed: it is shown as it was written.

A browser, and nh3 as it does, takes all that comes after an unclosed ``<object>`` or ``<!--`` for
its content, and the rest of a report would be gone with it. GitHub's tagfilter does the same.
"""

import re

# What a browser would run, or whose content it would not read as HTML.
NAMES = frozenset(
    (
        *("embed", "iframe", "math", "noembed", "noframes", "noscript", "object", "plaintext"),
        *("script", "style", "svg", "template", "textarea", "title", "xmp"),
    )
)
LONGEST_TAG = 2000  # characters, attributes included; so no text takes long
TAG = re.compile(
    r"""</?(?P<name>[A-Za-z][^\s/>]*+)(?:=\s*+(?:"[^"]*+"|'[^']*+')|[^>=]++|=(?!\s*+["']))*+>"""
)
COMMENT_END = re.compile("--!?>")


def show_plain_tags(html: str) -> str:
    """Return HTML in which only closed comments and whole tags of other names are left."""
    pieces: list[str] = []
    end = 0
    has_comment_end = True
    while (start := html.find("<", end)) >= 0:
        pieces.append(html[end:start])
        if html.startswith("<!--", start):
            end = _end_of_comment(html, start) if has_comment_end else -1
            has_comment_end = end >= 0
        else:
            end = _end_of_tag(html, start)
        if end < 0:
            end = start + 1
            pieces.append("&lt;")
        else:
            pieces.append(html[start:end])
    return "".join((*pieces, html[end:]))


def _end_of_comment(html: str, start: int) -> int:
    after = start + len("<!--")
    for at_once in (">", "->"):
        if html.startswith(at_once, after):
            return after + len(at_once)
    found = COMMENT_END.search(html, after)
    return found.end() if found else -1


def _end_of_tag(html: str, start: int) -> int:
    if html.find(">", start, start + LONGEST_TAG) < 0:
        return -1
    found = TAG.match(html, start, start + LONGEST_TAG)
    return found.end() if found and found["name"].lower() not in NAMES else -1
