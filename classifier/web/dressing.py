"""Dresses sanitised HTML for the page: evidence marked, addresses linked, images in words."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from html.parser import HTMLParser

from classifier.types import Evidence
from classifier.web.highlighting import Stretch, highlight

DEEPEST = 60  # levels of nesting; browsers have limits of their own, and nobody reads deeper
FIRST_HEADING, LAST_HEADING = 3, 6  # the page has the levels above
UNCLOSED = frozenset({"br", "hr"})
AS_WRITTEN = frozenset({"a", "code", "pre"})  # addresses in these stay text
ADDRESS = re.compile(r"https?://[^\s<>\"'`]*[^\s<>\"'`.,:;!?()\[\]{}*_~]")
Attributes = Sequence[tuple[str, str | None]]


class _Pieces(HTMLParser):
    """Tags and texts in order; texts apart, so that they can be searched as a whole."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str | int] = []  # HTML, or which of the texts
        self.texts: list[str] = []
        self._depth = 0
        self._open_as_written = 0

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = dict(attrs)
        if tag == "img":
            self._image(given.get("src") or "", given.get("alt") or "")
        elif tag in UNCLOSED:
            self.pieces.append(f"<{tag}>")
        else:
            self._depth += 1
            self._open_as_written += tag in AS_WRITTEN
            if self._depth <= DEEPEST:
                self.pieces.append(_opening(tag, given))

    def handle_endtag(self, tag: str) -> None:
        if tag in UNCLOSED or tag == "img":
            return
        if self._depth <= DEEPEST:
            self.pieces.append(_closing(tag))
        self._depth -= 1
        self._open_as_written -= tag in AS_WRITTEN

    def handle_data(self, data: str) -> None:
        end = 0
        for found in () if self._open_as_written else ADDRESS.finditer(data):
            self._text(data[end : found.start()])
            self.pieces.append(f'<a href="{escape(found[0])}">')
            self._text(found[0])
            self.pieces.append("</a>")
            end = found.end()
        self._text(data[end:])

    def _text(self, words: str) -> None:
        self.pieces.append(len(self.texts))
        self.texts.append(words)

    def _image(self, address: str, words: str) -> None:
        name = escape(f"Image: {words.strip()}" if words.strip() else "Image")
        link = f'<a class="image" href="{escape(address)}">{name}</a>'
        self.pieces.append(link if address else f"<span>{name}</span>")


def dress(html: str, evidence: Sequence[Evidence]) -> str:
    """Return what nh3 let through with evidence marked, images as links, headings lower."""
    parser = _Pieces()
    parser.feed(html)
    parser.close()
    marked = highlight(parser.texts, evidence)
    return "".join(
        piece if isinstance(piece, str) else "".join(_marked(marked[piece]))
        for piece in parser.pieces
    )


def _marked(stretches: Sequence[Stretch]) -> Iterator[str]:
    for stretch in stretches:
        words = escape(stretch.text, quote=False)
        yield f'<mark class="{stretch.kind}">{words}</mark>' if stretch.kind else words


def _opening(tag: str, given: dict[str, str | None]) -> str:
    kept = "".join(
        f' {name}="{escape(given[name] or "")}"' for name in ("href", "start") if name in given
    )
    wide = '<div class="wide" role="region" tabindex="0" aria-label="Table">'
    return f"{wide if tag == 'table' else ''}<{_lowered(tag)}{kept}>"


def _closing(tag: str) -> str:
    return f"</{_lowered(tag)}>{'</div>' if tag == 'table' else ''}"


def _lowered(tag: str) -> str:
    """A heading some levels down; any other tag as it is."""
    if len(tag) == len("h1") and tag[0] == "h" and tag[1].isdigit():
        return f"h{min(int(tag[1]) + FIRST_HEADING - 1, LAST_HEADING)}"
    return tag
