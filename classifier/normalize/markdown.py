"""GitHub markdown to a flat list of blocks, by markdown-it-py."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.tasklists import tasklists_plugin

from classifier.normalize.bare import bare_plugin
from classifier.normalize.characters import clean
from classifier.normalize.html import IMAGE_MARK, strip_html
from classifier.types import SegmentKind

_NESTING_LIMIT = 12
_INLINE_LIMIT = 4_000  # characters; the inline parser is quadratic on brackets and backticks
_CELL_LIMIT = 5_000
_INLINE_MARKS = re.compile(r"[*`\[<&\\~]")  # without one before it, ``]``, ``>`` or ``!`` is none
_OUTER_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")  # within a name it is no emphasis


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
def _parser(*, has_tables: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING_LIMIT})
    parser.enable(["table", "strikethrough"] if has_tables else ["strikethrough"])
    parser.disable(["reference", "lheading"])  # a line of dashes is IPython's more often
    parser.disable("normalize")  # line breaks and null bytes, of which a cleaned text has one kind
    parser.core.ruler.at("inline", _parse_inline)
    return parser.use(bare_plugin).use(tasklists_plugin)


def _has_readable_tables(source: str) -> bool:
    """Whether tables are small; the parser fills short rows up: cells may far outnumber bars."""
    bars = [line.count("|") for line in source.split("\n") if "|" in line]
    return 0 < len(bars) * max(bars, default=0) <= _CELL_LIMIT


def _parse_inline(state: StateCore) -> None:
    """Parse marks within text blocks; a long block line by line, a long line not at all."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        is_long = len(token.content) > _INLINE_LIMIT
        for piece in token.content.split("\n") if is_long else [token.content]:
            token.children += _inline_tokens(piece, state)
            if is_long:
                token.children.append(Token("softbreak", "br", 0))


def _inline_tokens(text: str, state: StateCore) -> list[Token]:
    if len(text) > _INLINE_LIMIT or not _has_marks(text):
        return [Token("text", "", 0, content=text)]
    tokens: list[Token] = []
    state.md.inline.parse(text, state.md, state.env, tokens)
    return tokens


def _has_marks(text: str) -> bool:
    """Whether the inline parser would find anything but text."""
    if _INLINE_MARKS.search(text):
        return True
    return "_" in text and _OUTER_UNDERSCORE.search(text) is not None


def read_blocks(source: str) -> list[Block]:
    """Parse; nesting deeper than a dozen levels is text."""
    reader = _Reader()
    for token in _parser(has_tables=_has_readable_tables(source)).parse(source):
        _read(token, reader)
    return reader.blocks


def _read(token: Token, reader: _Reader) -> None:
    if token.type in {"fence", "code_block"}:
        language = token.info.split(maxsplit=1)[0].lower() if token.info.strip() else ""
        lines = tuple(token.content.rstrip("\n").split("\n"))
        reader.blocks.append(Block(SegmentKind.CODE, lines, language))
    elif token.type == "html_block":
        _add_text(strip_html(token.content), [], reader)
    elif token.type == "inline":
        _read_text(token, reader)
    elif token.nesting == 1:
        reader.containers.append(token.type)
        if token.type == "list_item_open":
            reader.is_task = "task-list-item" in str(token.attrGet("class") or "")
    elif token.nesting == -1:
        reader.containers.pop()
        if token.type == "tr_close":
            cells = [cell for cell in reader.row if cell]
            reader.blocks.append(Block(SegmentKind.TABLE, (" | ".join(cells),)))
            reader.row.clear()


def _read_text(token: Token, reader: _Reader) -> None:
    text, images = _plain(token.children or ())
    if "tr_open" in reader.containers:
        reader.row.append(" ".join(clean(text).split()))
    else:
        _add_text(text, images, reader)


def _add_text(text: str, images: list[str], reader: _Reader) -> None:
    kind = _text_kind(reader.containers)
    if IMAGE_MARK in text:
        found = text.split("\n")
        images += [line[1:] for line in found if line.startswith(IMAGE_MARK)]
        text = "\n".join(line for line in found if not line.startswith(IMAGE_MARK))
    lines = clean(text).split("\n")  # again: ``&#x202e;`` is a bidi mark by now
    is_task = reader.is_task and kind is SegmentKind.LIST_ITEM
    reader.blocks.append(Block(kind, tuple(lines), "", tuple(images), is_task))


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
