"""A content-addressed store in one SQLite file: facts of files and results of stages, by the hash of what they depend on.

Two processes may share it (SQLite's own locking, write-ahead log). A damaged or foreign file is replaced by an empty
one: everything in it can be made again.
"""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from agent.errors import IndexUnusableError

__all__ = ["MemoStore"]

FORMAT = 1
BATCH = 400
WAIT_SECONDS = 60.0


class MemoStore:
    """Bytes by key. ``rebuilt`` tells why an existing store was dropped (empty when it was not)."""

    def __init__(self, path: Path) -> None:
        self.rebuilt = ""
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = self._open()
        except sqlite3.OperationalError as error:  # not damage: a full disk, no permission, another run
            raise IndexUnusableError(
                f"the cache in {path.parent} cannot be used ({error}): free space, wait for another run to end, or set "
                "FIGWRIGHT_CACHE_DIR to another folder."
            ) from None
        except sqlite3.DatabaseError as error:
            self.rebuilt = f"the cache was damaged ({error}) and is rebuilt"
            self._drop()
            self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, FORMAT):
            self.rebuilt = f"the cache was written by another version (format {version}) and is rebuilt"
            connection.execute("DROP TABLE IF EXISTS memo")
        connection.execute("CREATE TABLE IF NOT EXISTS memo (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
        connection.execute(f"PRAGMA user_version={FORMAT}")
        connection.execute("SELECT count(*) FROM (SELECT 1 FROM memo LIMIT 1)").fetchone()
        return connection

    def _drop(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                self._path.with_name(self._path.name + suffix).unlink()

    def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """The stored values of those keys that are known."""
        found: dict[str, bytes] = {}
        for start in range(0, len(keys), BATCH):
            part = list(keys[start : start + BATCH])
            marks = ",".join("?" * len(part))
            query = f"SELECT key, value FROM memo WHERE key IN ({marks})"  # noqa: S608 - marks only
            with contextlib.suppress(sqlite3.DatabaseError):  # a damaged page is a value that is not known
                for key, value in self._connection.execute(query, part):
                    with contextlib.suppress(zlib.error):
                        found[key] = zlib.decompress(value)
        return found

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        """Store values; a full disk loses the cache's benefit, not the run."""
        rows = [(key, zlib.compress(value, 1)) for key, value in sorted(entries.items())]
        with contextlib.suppress(sqlite3.OperationalError):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany("INSERT OR REPLACE INTO memo VALUES (?, ?)", rows)
                self._connection.execute("COMMIT")
            except sqlite3.OperationalError:
                self._connection.execute("ROLLBACK")

    def get(self, key: str) -> bytes | None:
        """One value, None when unknown."""
        return self.get_many([key]).get(key)

    def put(self, key: str, value: bytes) -> None:
        """Store one value."""
        self.put_many({key: value})

    def close(self) -> None:
        """Release the file."""
        self._connection.close()
