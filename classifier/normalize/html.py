"""HTML in issues: tags that GitHub renders vanish, what only looks like a tag stays.

``<tf.Tensor: ...>`` or ``<class 'float'>`` is something that the reporter says. The markdown
parser has found the fragments; ``html.parser`` would raise on ``<![`` and is quadratic on ``<!``.
"""

import re
from html import unescape

_BREAKING = frozenset(
    (
        "blockquote",
        "br",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "summary",
        "table",
        "tr",
        "ul",
    )
)
_TAGS = _BREAKING | frozenset(
    (
        "a",
        "b",
        "body",
        "center",
        "code",
        "del",
        "em",
        "font",
        "head",
        "html",
        "i",
        "img",
        "ins",
        "kbd",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tt",
        "u",
        "var",
        "video",
    )
)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,12})((?:[\s/][^<>]{0,2000})?)>")
_ALT = re.compile(r"""\balt\s?=\s?(?:"([^"]{0,400})"|'([^']{0,400})')""", re.IGNORECASE)
IMAGE_MARK = "\x00"  # cleaned text has none; stands for an image, its alternative text after it


def strip_html(source: str) -> str:
    """Text of an HTML fragment, unknown tags kept as written; comments dropped."""
    if "<" not in source:
        return unescape(source)
    return unescape(_TAG.sub(_replace, _without_comments(source)))


def _without_comments(source: str) -> str:
    """Drop comments; one that nobody closed goes on to the end, as in a browser."""
    parts: list[str] = []
    position = 0
    while (start := source.find("<!--", position)) >= 0:
        parts.append(source[position:start])
        stop = source.find("-->", start + 4)
        position = stop + 3 if stop >= 0 else len(source)
    parts.append(source[position:])
    return "".join(parts)


def _replace(tag: re.Match[str]) -> str:
    name = tag[2].lower()
    if name == "img":
        alternative = _ALT.search(tag[3])
        text = (alternative[1] or alternative[2] or "") if alternative else ""
        return f"\n{IMAGE_MARK}{text}\n"
    if name not in _TAGS:
        return tag[0]
    return "\n" if name in _BREAKING else ""
