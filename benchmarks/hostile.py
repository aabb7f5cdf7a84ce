"""Bodies of a megabyte that are meant to take long, and how long the normalizer takes."""

import random
import time
from collections.abc import Iterator, Mapping

from classifier.normalize import normalize
from classifier.types import Issue, IssueKey

SEED = 2026
LENGTH = 1_000_000
PIECES: Mapping[str, str] = {  # repeated up to the length
    "asterisks": "*",
    "asterisks and underscores": "*a_ **b__ ",
    "brackets": "[",
    "links left open": "[a](",
    "images left open": "![",
    "backticks": "`",
    "angle brackets": "<",
    "comments left open": "<!--",
    "details left open": "<details>\n",
    "entities": "&lt;",
    "quotes in quotes": "> ",
    "lists in lists": "- ",
    "list items": "- a\n",
    "fences": "```\n~~~\n",
    "headings": "# a\n",
    "rows of tables": "|a|b|\n|-|-|\n",
    "underlined headings": "a\n=\n",
    "lines of errors": "ValueError: x\n",
    "tracebacks": 'Traceback (most recent call last):\n  File "a.py", line 1\n',
    "lines of code": "x = f(y)\n",
    "code left open": "x = f((\n",
    "one line of words": "lorem ipsum ",
    "one word": "a",
    "addresses": "http://a.b/c ",
    "null bytes": "\x00",
    "bidirectional marks": "\u202e",
    "combining marks": "\u0301",
    "blanks": " ",
    "line breaks": "\n",
    "prompts of a form": "**Describe the current behavior**\n- OS Platform and Distribution: a\n",
}


def bodies(length: int = LENGTH) -> Iterator[tuple[str, str]]:
    """Yield what each body holds, and the body."""
    for name, piece in PIECES.items():
        yield name, piece * (length // len(piece))
    fences = "".join(f"{'`' * count}\n" for count in range(3, 1_400))
    yield "fences in fences, each longer", (fences * (length // len(fences) + 1))[:length]
    depths = "".join(f"{'  ' * depth}- {'> ' * depth}a\n" for depth in range(200))
    yield "lists and quotes, each deeper", (depths * (length // len(depths) + 1))[:length]
    word = "Traceback (most recent call last):\n" + "Aa" * 20_000 + "!\n"
    yield "tracebacks that end in one word", (word * (length // len(word) + 1))[:length]
    mixed = random.Random(SEED).choices([*PIECES.values()], k=length // 4)
    yield "all of these, mixed", "".join(mixed)[:length]


def seconds(length: int = LENGTH) -> dict[str, float]:
    """Time the normalizer on each body, after one that warms it up."""
    normalize(Issue(IssueKey(), "", "**warm**\n- up\n"))
    times = {}
    for name, body in bodies(length):
        issue = Issue(IssueKey(), name, body)
        start = time.perf_counter()
        normalize(issue)
        times[name] = time.perf_counter() - start
    return times
