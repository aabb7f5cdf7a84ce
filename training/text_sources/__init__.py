"""Where issues' text comes from.

To add one, write a module with ``read(rest: str) -> Iterator[IssueText]``, where ``rest`` is
what follows the name and the colon, and a line in ``TEXT_SOURCES``. The order of the texts
should not change between runs. One that fetches what it is asked for, and cannot list what there
is, takes the wanted keys besides and has its line in ``FETCHING``.
"""

from collections.abc import Callable, Collection, Iterator

from classifier.errors import InputError
from classifier.types import IssueKey
from training.issue_text import IssueText
from training.text_sources import denchmark, github, parquet

TEXT_SOURCES: dict[str, Callable[[str], Iterator[IssueText]]] = {
    "parquet": parquet.read,
    "denchmark": denchmark.read,
}
FETCHING: dict[str, Callable[[str, Collection[IssueKey]], Iterator[IssueText]]] = {
    "github": github.read,
}


def read_text_source(source: str, wanted: Collection[IssueKey] = ()) -> Iterator[IssueText]:
    """Read texts from ``NAME:REST``, such as ``parquet:study.parquet``, or ``github``."""
    name, _, rest = source.partition(":")
    if name in FETCHING:
        return FETCHING[name](rest, wanted)
    if name not in TEXT_SOURCES or not rest:
        known = ", ".join([*(f"{known}:…" for known in TEXT_SOURCES), *FETCHING])
        raise InputError(f"Unknown text source {source!r}", hint=f"Known are {known}.")
    return TEXT_SOURCES[name](rest)
