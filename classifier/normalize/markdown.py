"""GitHub markdown to a flat list of blocks, by markdown-it-py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.tasklists import tasklists_plugin

from classifier.normalize.bare import bare_plugin
from classifier.normalize.html import strip_html
from classifier.types import SegmentKind

_NESTING_LIMIT = 12
_INLINE_LIMIT = 8_000  # longer paragraphs are data, and emphasis in data means nothing
_INLINE_MARKS = frozenset("*_`[]<>&\\~!")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of markdown: of text, lines without markup; of code, its lines as they are."""

    kind: SegmentKind  # HEADING, PROSE, LIST_ITEM, QUOTE, TABLE or CODE
    lines: tuple[str, ...]
    language: str = ""
    images: tuple[str, ...] = ()
    is_task: bool = False


@dataclass(slots=True)
class _Reader:
    """Where in the token stream we are."""

    blocks: list[Block] = field(default_factory=list)
    containers: list[str] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    is_task: bool = False


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING_LIMIT})
    parser.enable(["table", "strikethrough"])
    parser.disable(["reference"])
    return parser.use(bare_plugin).use(tasklists_plugin)


def read_blocks(source: str) -> list[Block]:
    """Parse; nesting deeper than a dozen levels is text."""
    reader = _Reader()
    for token in _parser().parse(source):
        _read(token, reader)
    return reader.blocks


def _read(token: Token, reader: _Reader) -> None:
    if token.type in {"fence", "code_block"}:
        language = token.info.split(maxsplit=1)[0].lower() if token.info.strip() else ""
        lines = tuple(token.content.rstrip("\n").split("\n"))
        reader.blocks.append(Block(SegmentKind.CODE, lines, language))
    elif token.type == "html_block":
        lines = tuple(strip_html(token.content).split("\n"))
        reader.blocks.append(Block(_text_kind(reader.containers), lines))
    elif token.type == "inline":
        _read_text(token, reader)
    elif token.nesting == 1:
        reader.containers.append(token.type)
        if token.type == "list_item_open":
            reader.is_task = "task-list-item" in str(token.attrGet("class") or "")
    elif token.nesting == -1:
        reader.containers.pop()
        if token.type == "tr_close":
            reader.blocks.append(Block(SegmentKind.TABLE, (" | ".join(reader.row),)))
            reader.row.clear()


def _read_text(token: Token, reader: _Reader) -> None:
    text, images = _plain(token.children or ())
    if "tr_open" in reader.containers:
        reader.row.append(" ".join(text.split()))
        return
    kind = _text_kind(reader.containers)
    is_task = reader.is_task and kind is SegmentKind.LIST_ITEM
    reader.blocks.append(Block(kind, tuple(text.split("\n")), "", tuple(images), is_task))


def _text_kind(containers: Sequence[str]) -> SegmentKind:
    if "heading_open" in containers:
        return SegmentKind.HEADING
    if "blockquote_open" in containers:
        return SegmentKind.QUOTE
    return SegmentKind.LIST_ITEM if "list_item_open" in containers else SegmentKind.PROSE


def _plain(children: Iterable[Token]) -> tuple[str, list[str]]:
    """Text of inline tokens and the images' alternative texts."""
    parts: list[str] = []
    images: list[str] = []
    for token in children:
        if token.type in {"text", "code_inline", "text_special"}:
            parts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif token.type == "html_inline":
            parts.append(strip_html(token.content))
        elif token.type == "image":
            images.append(token.content)
        elif token.markup == "__":  # the name ``__init__``, not an emphasis
            parts.append("__")
    return "".join(parts), images
