"""GitHub's answers, kept on disk: what has not changed is not fetched again.

One SQLite file for each server and token, so that nobody reads what another token may see. A
process that is killed while it writes leaves the file as it was before. Answers that were not
renewed for a month go.
"""

import contextlib
import hashlib
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from cachecontrol.cache import BaseCache
from cachecontrol.controller import CacheController
from cachecontrol.serialize import Serializer

if TYPE_CHECKING:
    from requests import PreparedRequest

SECONDS_KEPT = 30 * 24 * 3600
TABLE = """CREATE TABLE IF NOT EXISTS answers
(key TEXT PRIMARY KEY, value BLOB NOT NULL, kept_at REAL NOT NULL) WITHOUT ROWID"""


def cache_directory() -> Path:
    """``SILENTRANK_CACHE``, else ``silentrank`` in the user's cache directory."""
    if configured := os.environ.get("SILENTRANK_CACHE"):
        return Path(configured).expanduser()
    home = os.environ.get("XDG_CACHE_HOME") or (os.name == "nt" and os.environ.get("LOCALAPPDATA"))
    return Path(home or "~/.cache").expanduser() / "silentrank"


class Answers(BaseCache):
    """A file of answers by address; where it cannot be used, it forgets."""

    def __init__(self, directory: Path, *, api: str, token: str | None) -> None:
        whose = hashlib.blake2b(f"{api}\n{token or ''}".encode(), digest_size=8, person=b"answers")
        self._path = directory / f"github-{whose.hexdigest()}.sqlite3"
        self._database = _opened(self._path)
        self._latest = ""
        oldest = time.time() - SECONDS_KEPT
        self._run("DELETE FROM answers WHERE kept_at < ?", [(oldest,)])

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key."""
        self._latest = key
        row = None
        with self._starting_over_if_damaged():
            query = "SELECT value FROM answers WHERE key = ?"
            row = self._database.execute(query, (key,)).fetchone()
        return bytes(row[0]) if row else None

    def get_all(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return what is kept of several keys."""
        found = {key: self.get(key) for key in keys}
        return {key: value for key, value in found.items() if value is not None}

    def set(self, key: str, value: bytes, expires: int | datetime | None = None) -> None:
        """Keep a value: on disk, whole or not at all, once this returns."""
        del expires  # an answer is asked for anew, however long its server says that it lasts
        self.set_all({key: value})

    def set_all(self, values: Mapping[str, bytes]) -> None:
        """Keep several values at once."""
        rows = [(key, bytes(value), time.time()) for key, value in values.items()]
        self._run("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", rows)

    def delete(self, key: str) -> None:
        """Forget what is kept under a key."""
        self._run("DELETE FROM answers WHERE key = ?", [(key,)])

    def forget_latest(self) -> None:
        """Forget the answer that was looked up last: it is broken, and would be so forever."""
        self.delete(self._latest)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _run(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Change something, all of it or nothing."""
        with self._starting_over_if_damaged(), self._database:
            self._database.executemany(statement, rows)

    @contextlib.contextmanager
    def _starting_over_if_damaged(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError:
            pass  # a disk that is full costs requests the next time, not the result of this one
        except sqlite3.DatabaseError:
            self._database.close()
            self._path.unlink(missing_ok=True)
            self._database = _opened(self._path)


class Controller(CacheController):
    """Keeps plain answers alone: an address that leads elsewhere today may not do so tomorrow."""

    def __init__(self, cache: BaseCache, *, cache_etags: bool, serializer: Serializer) -> None:
        super().__init__(cache, cache_etags, serializer, status_codes=(200,))


class TokenlessSerializer(Serializer):
    """Keeps the token off the disk, where the library would put what an answer varies with."""

    def dumps(
        self,
        request: "PreparedRequest",
        response: Any,  # noqa: ANN401 - urllib3's
        body: bytes | None = None,
    ) -> bytes:
        """Write an answer down."""
        return super().dumps(_without_token(request), response, body)

    def loads(
        self, request: "PreparedRequest", data: bytes, body_file: IO[bytes] | None = None
    ) -> Any:  # noqa: ANN401 - urllib3's
        """Read an answer; the file that it is in belongs to one token."""
        return super().loads(_without_token(request), data, body_file)


def _without_token(request: "PreparedRequest") -> "PreparedRequest":
    bare = request.copy()
    bare.headers.pop("Authorization", None)
    return bare


def _opened(path: Path) -> sqlite3.Connection:
    """Open a file of answers, a new one in place of a damaged one; where none can be, memory."""
    for _ in range(2):
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # of private repositories, too
            _forget_others(path)
            return _connected(str(path))
        except (OSError, sqlite3.OperationalError):
            break
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)
    return _connected(":memory:")


def _connected(name: str) -> sqlite3.Connection:
    database = sqlite3.connect(name, timeout=10)
    try:
        with database:
            database.execute(TABLE)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _forget_others(path: Path) -> None:
    """Remove files of tokens that nobody used in a month."""
    for other in path.parent.glob("github-*.sqlite3"):
        if other != path and time.time() - other.stat().st_mtime > SECONDS_KEPT:
            other.unlink(missing_ok=True)
