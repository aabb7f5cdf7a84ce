"""HTML in issues: tags that GitHub renders vanish, what only looks like a tag stays.

``<tf.Tensor: ...>`` or ``<class 'float'>`` is something that the reporter says.
"""

from html import unescape
from html.parser import HTMLParser

_TAGS = frozenset(
    "a b blockquote body br center code dd del details div dl dt em font h1 h2 h3 h4 h5 h6 head hr"
    " html i img ins kbd li ol p pre q s samp small span strike strong sub summary sup table tbody"
    " td tfoot th thead tr tt u ul var video".split()
)
_BREAKING = frozenset(
    "blockquote br dd details div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre summary table tr ul".split()
)


class _Stripper(HTMLParser):
    """Collects text; images become ``![alt](src)`` again."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            values = dict(attrs)
            self.parts.append(f"![{values.get('alt') or ''}]({values.get('src') or ''})")
        elif tag not in _TAGS:
            self.parts.append(self.get_starttag_text() or "")
        elif tag in _BREAKING:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _TAGS:
            self.parts.append(f"</{tag}>")
        elif tag in _BREAKING:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def strip_html(source: str) -> str:
    """Text of an HTML fragment, unknown tags kept as written; comments dropped."""
    if "<" not in source:
        return unescape(source)
    stripper = _Stripper()
    stripper.feed(source)
    stripper.close()
    return "".join(stripper.parts)
