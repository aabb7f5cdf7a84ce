"""Standard input: JSON lines or a JSON document, whichever it turns out to be."""

import json
from collections.abc import Iterator
from io import StringIO
from itertools import chain

from classifier.sources.files import open_text, shown
from classifier.sources.json_document import read_text
from classifier.sources.json_lines import read_lines
from classifier.sources.records import OnSkip
from classifier.types import Issue

NAME = shown("-")


def read(_rest: str, on_skip: OnSkip) -> Iterator[Issue]:
    """Stream lines if the first one is whole JSON by itself, else read all that there is."""
    with open_text("-") as lines:
        blank_count, first = _first_line(lines)
        if _is_json(first):
            yield from read_lines(chain("\n" * blank_count, [first], lines), NAME, on_skip)
            return
        text = "\n" * blank_count + first + lines.read()
        if first.strip() in ("[", "{") or _is_document(text):
            yield from read_text(text, NAME, on_skip)
        else:  # lines, of which the first is broken
            yield from read_lines(StringIO(text, newline="\n"), NAME, on_skip)


def _first_line(lines: Iterator[str]) -> tuple[int, str]:
    """Return how many blank lines come first, and the line after them."""
    count = 0
    for line in lines:
        if line.strip():
            return count, line
        count += 1
    return count, ""


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_document(text: str) -> bool:
    return text.lstrip().startswith("[") or _is_json(text)
