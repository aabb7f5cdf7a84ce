"""Vectors on disk, shared by the processes of a run and by the runs after it.

An SQLite file, without a write-ahead log: processes that make it at once could not all switch to
one, and whoever has to wait waits briefly. What one adds while another computes the same is kept
once, and whoever reads gets what was kept.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.errors import InputError

Vector = NDArray[np.float32]

BUSY_SECONDS = 60.0
"""How long a process waits for others that write."""
KEYS_A_QUERY = 500
STORED = np.dtype("<f4")


class VectorCache:
    """A file of vectors by key; it is made, with its folder, when first used.

    Methods raise InputError if the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vector]:
        """Those of the keys' vectors that are there."""
        found = {}
        with self._connection() as connection:
            for start in range(0, len(keys), KEYS_A_QUERY):
                some = keys[start : start + KEYS_A_QUERY]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"  # noqa: S608 - question marks alone
                for key, vector in connection.execute(query, some):
                    found[key] = np.frombuffer(vector, STORED).astype(np.float32)
        return found

    def put(self, vectors: Mapping[bytes, Vector]) -> None:
        """Add vectors; one that is there already stays."""
        rows = [(key, vector.astype(STORED).tobytes()) for key, vector in vectors.items()]
        with self._connection() as connection:
            connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with (
                closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS)) as connection,
                connection,  # commits
            ):
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB)"
                )
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise InputError(
                f"Cannot use the embeddings in {self._path}: {error}",
                hint="If the file is damaged, delete it: embeddings are computed again.",
            ) from error
