"""One JSON value a line: issues, or GitHub's pages of them."""

import json
from collections.abc import Iterable, Iterator

from classifier.sources.files import open_text, shown
from classifier.sources.records import OnSkip, Skipped, issues_in
from classifier.types import Issue


def read(rest: str, on_skip: OnSkip) -> Iterator[Issue]:
    """Read a file line by line, so that its size does not matter."""
    with open_text(rest) as lines:
        yield from read_lines(lines, shown(rest), on_skip)


def read_lines(lines: Iterable[str], name: str, on_skip: OnSkip) -> Iterator[Issue]:
    """Read open lines; ``name`` is what messages call them. Blank lines mean nothing."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            on_skip(Skipped(place, f"not JSON: {error}"))
            continue
        yield from issues_in(value, place, on_skip)
