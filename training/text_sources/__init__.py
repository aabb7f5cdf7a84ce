"""Where issues' text comes from.

To add one, write a module with ``read(rest: str) -> Iterator[IssueText]``, where ``rest`` is
what follows the name and the colon, and a line in ``TEXT_SOURCES``. The order of the texts
should not change between runs.
"""

from collections.abc import Callable, Iterator

from classifier.errors import InputError
from training.issue_text import IssueText
from training.text_sources import denchmark, parquet

TEXT_SOURCES: dict[str, Callable[[str], Iterator[IssueText]]] = {
    "parquet": parquet.read,
    "denchmark": denchmark.read,
}


def read_text_source(source: str) -> Iterator[IssueText]:
    """Read texts from ``NAME:REST``, such as ``parquet:study.parquet``."""
    name, _, rest = source.partition(":")
    if name not in TEXT_SOURCES or not rest:
        known = ", ".join(f"{known}:…" for known in TEXT_SOURCES)
        raise InputError(f"Unknown text source {source!r}", hint=f"Known are {known}.")
    return TEXT_SOURCES[name](rest)
