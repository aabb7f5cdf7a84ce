"""A JSON document: a saved page of GitHub's API, ``gh issue list --json``, a webhook event."""

import json
import re
from collections.abc import Iterator

from classifier.errors import InputError
from classifier.sources.files import open_text, shown
from classifier.sources.records import OnSkip, issues_in
from classifier.types import Issue

BLANK = re.compile(r"\s*")


def read(rest: str, on_skip: OnSkip) -> Iterator[Issue]:
    """Read a file whole; it may hold several documents, as ``gh api --paginate`` prints them."""
    with open_text(rest) as stream:
        text = stream.read()
    yield from read_text(text, shown(rest), on_skip)


def read_text(text: str, name: str, on_skip: OnSkip) -> Iterator[Issue]:
    """Read the documents in a text, one after the other.

    Raises InputError where one is broken, as there is no telling where the next would begin.
    """
    for value, line in _documents(text, name):
        yield from issues_in(value, name if line == 1 else f"{name}:{line}", on_skip)


def _documents(text: str, name: str) -> Iterator[tuple[object, int]]:
    decoder = json.JSONDecoder()
    position, line, counted_to = _after_blank(text, 0), 1, 0
    while position < len(text):
        line += text.count("\n", counted_to, position)
        counted_to = position
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            where = error.lineno if isinstance(error, json.JSONDecodeError) else line
            raise InputError(
                f"{name}:{where}: not JSON: {error}",
                hint="Save the page again, or give one JSON object a line as a .jsonl file.",
            ) from error
        yield value, line
        position = _after_blank(text, end)


def _after_blank(text: str, position: int) -> int:
    blank = BLANK.match(text, position)
    return blank.end() if blank else position
