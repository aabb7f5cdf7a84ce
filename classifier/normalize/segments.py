"""Blocks of markdown to segments, by what lines say and not by how they were marked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import filterfalse

from classifier.normalize.lines import LineKind, kind_of, language_of
from classifier.normalize.markdown import Block
from classifier.normalize.permalinks import short_address
from classifier.normalize.templates import TemplateReader, is_dump, is_template_address
from classifier.normalize.tracebacks import ErrorReport, find_error, find_told_error
from classifier.types import Section, Segment, SegmentKind

_MERGED = {SegmentKind.PROSE, SegmentKind.LIST_ITEM, SegmentKind.QUOTE, SegmentKind.TABLE}
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_REAL_CODE = 3  # lines; less than that, among answers about a machine, is one of them
_ADDRESS = re.compile(r"<?((?:https?://|www\.)[^\s<>()\[\]\"'`|]+)>?")
_SHORT_ADDRESS = re.compile(r"\s*([\w.-]+(?:/[\w.+-]+){1,40}#L\d+(?:-L\d+)?)\s*$")
_IMAGE = re.compile(
    r"https?://(?:user-images\.githubusercontent\.com|github\.com/user-attachments/assets)/"
    r"|\S+\.(?:png|jpe?g|gif|svg|webp)$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Writer:
    """Collects segments; neighbours of one kind and section become one."""

    template: TemplateReader = field(default_factory=TemplateReader)
    segments: list[Segment] = field(default_factory=list)
    _lines: list[str] = field(default_factory=list)
    _open: tuple[SegmentKind, Section] | None = None

    def add_line(self, kind: SegmentKind, line: str) -> None:
        place = (kind, self.template.section)
        if place != self._open or kind not in _MERGED:
            self.close()
            self._open = place
        self._lines.append(line)

    def add(self, kind: SegmentKind, text: str, **fields: object) -> None:
        self.close()
        segment = Segment(kind, text, self.template.section)
        self.segments.append(replace(segment, **fields))  # type: ignore[arg-type] # checked by replace

    def add_error(self, report: ErrorReport, line_count: int) -> None:
        self.add(SegmentKind.ERROR, report.text, line_count=line_count, exception=report.exception)

    def close(self) -> None:
        if self._open and self._lines:
            kind, section = self._open
            text = "\n".join(self._lines)
            self.segments.append(Segment(kind, text, section, len(self._lines)))
        self._lines, self._open = [], None


def write_segments(blocks: Sequence[Block]) -> list[Segment]:
    """Segments in reading order, without what templates add."""
    writer = _Writer()
    for block in blocks:
        if block.kind is SegmentKind.CODE:
            _write_code(block, writer)
        elif not block.is_task:
            _write_text(block, writer)
    writer.close()
    return writer.segments


def _write_text(block: Block, writer: _Writer) -> None:
    writer.template.begin_paragraph(is_bullet=block.kind is SegmentKind.LIST_ITEM)
    for line in block.lines:
        text, addresses = _without_addresses(line)
        written = writer.template.read(text)
        if written:
            _write_line(block.kind, written, writer)
        kept = [] if writer.template.is_dropping else addresses
        for address in filterfalse(is_template_address, kept):
            kind = SegmentKind.IMAGE if _IMAGE.match(address) else SegmentKind.LINK
            writer.add(kind, "" if kind is SegmentKind.IMAGE else address)
    for alternative in block.images:
        writer.add(SegmentKind.IMAGE, _description(alternative))


def _description(alternative: str) -> str:
    """What an alternative text says; the defaults of cameras and of GitHub say nothing."""
    words = " ".join(alternative.split())
    return words if " " in words and not words.lower().startswith("screen") else ""


def _write_line(kind: SegmentKind, line: str, writer: _Writer) -> None:
    report = find_error([line], 0) or find_told_error(line)
    if report:
        writer.add_error(report, 1)
    else:
        writer.add_line(kind, line)


def _without_addresses(line: str) -> tuple[str, list[str]]:
    short = _SHORT_ADDRESS.match(line) if "#L" in line else None
    if short:
        return "", [short[1]]
    if "http" not in line and "www." not in line:
        return line, []
    addresses = [short_address(match[1].rstrip(".,;:!?*_")) for match in _ADDRESS.finditer(line)]
    return _ADDRESS.sub(" ", line), addresses


def _write_code(block: Block, writer: _Writer) -> None:
    lines = block.lines
    if is_dump(lines) or not any(line.strip() for line in lines):
        return
    for kind, piece, report in _pieces(lines):
        if report:
            writer.add_error(report, len(piece))
            continue
        is_short = kind is SegmentKind.LOG or len(piece) < _REAL_CODE
        if writer.template.is_dropping and is_short:
            continue
        writer.template.read_heading()
        text = "\n".join(piece)
        is_code = kind is SegmentKind.CODE
        language = (language_of(piece) or block.language) if is_code else ""
        writer.add(kind, text, line_count=len(piece), language=language)


def _pieces(
    lines: Sequence[str],
) -> Iterator[tuple[SegmentKind, list[str], ErrorReport | None]]:
    """Split lines into runs of code, of log, and errors."""
    run: list[str] = []
    kind = SegmentKind.CODE
    number = 0
    while number < len(lines):
        report = find_error(lines, number)
        found = _machine_kind(lines[number])
        if report or (found and found is not kind and run):
            yield from _run(kind, run)
            run = []
        if report:
            yield SegmentKind.ERROR, list(lines[number : report.stop]), report
            number = report.stop
            continue
        kind = found or kind
        run.append(lines[number])
        number += 1
    yield from _run(kind, run)


def _run(
    kind: SegmentKind, lines: list[str]
) -> Iterator[tuple[SegmentKind, list[str], ErrorReport | None]]:
    filled = [line.rstrip() for line in lines if line.strip()]
    if any(_LETTER_OR_DIGIT.search(line) for line in filled):
        yield kind, filled, None


def _machine_kind(line: str) -> SegmentKind | None:
    kind = kind_of(line)
    if kind is LineKind.CODE:
        return SegmentKind.CODE
    return SegmentKind.LOG if kind is LineKind.LOG else None
