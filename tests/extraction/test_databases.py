"""What an open database holds is seen through its own connection, put back under others, and compared cell by cell."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.extraction.box import databases


@pytest.fixture
def watched() -> Iterator[databases.Databases]:
    real, inner = sqlite3.connect, sqlite3.dbapi2.connect
    yield databases.Databases().install()
    sqlite3.connect, sqlite3.dbapi2.connect = real, inner


def rows(content: bytes) -> dict[str, object]:
    return {table: found for table, (_, found) in databases.tables_of(content).items()}


def test_an_open_transaction_is_seen(watched: databases.Databases, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)")
    connection.commit()
    connection.execute("INSERT INTO t VALUES (1, 'not committed')")
    ((name, content),) = watched.snapshots()
    assert name == str(path)
    assert rows(content) == {"t": {(1,): (1, "not committed")}}
    assert rows(path.read_bytes()) == {"t": {}}
    connection.close()


def test_the_newest_memory_with_tables_counts(watched: databases.Databases) -> None:
    old, new, empty = (sqlite3.connect(":memory:") for _ in range(3))
    old.execute("CREATE TABLE old (a)")
    new.execute("CREATE TABLE new (a)")
    ((name, content),) = watched.snapshots()
    assert (name, list(rows(content))) == (":memory:", ["new"])
    new.close()
    assert list(rows(watched.snapshots()[0][1])) == ["old"]
    old.close()
    empty.close()


def test_a_shared_memory_has_a_name(watched: databases.Databases) -> None:
    connection = sqlite3.connect("file:shop?mode=memory&cache=shared", uri=True)
    connection.execute("CREATE TABLE t (a)")
    assert [name for name, _ in watched.snapshots()] == ["memory:shop"]
    connection.close()


def test_connections_are_led_elsewhere(watched: databases.Databases, tmp_path: Path) -> None:
    watched.moved[":memory:"] = str(tmp_path / "moved.sqlite")
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    assert (tmp_path / "moved.sqlite").stat().st_size > 0


def test_put_back_under_an_open_connection(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    user = databases.REAL_CONNECT(path)
    user.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n)")
    user.execute("INSERT INTO t VALUES (1, 'before')")
    user.commit()
    before = databases.read_file(path)
    user.execute("UPDATE t SET n = 'after'")
    user.execute("CREATE TABLE other (a)")
    user.commit()
    databases.restore(before, path)
    assert user.execute("SELECT n FROM t").fetchall() == [("before",)]
    assert user.execute("SELECT count(*) FROM sqlite_master WHERE name = 'other'").fetchone() == (0,)
    user.close()


def test_overwritten_under_an_open_connection(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    user = databases.REAL_CONNECT(path)
    user.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n)")
    user.execute("INSERT INTO t VALUES (1, 'before')")
    user.commit()
    before = databases.read_file(path)
    reader = databases.REAL_CONNECT(path)
    for word in ("one", "two"):
        user.execute("UPDATE t SET n = ?", (word,))
        user.commit()
        assert reader.execute("SELECT n FROM t").fetchall() == [(word,)]
        databases.overwrite(before, path)
        assert user.execute("SELECT n FROM t").fetchall() == [("before",)]
    user.close()
    reader.close()


def test_a_lock_that_somebody_keeps_is_an_error(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    user = databases.REAL_CONNECT(path)
    user.execute("CREATE TABLE t (a)")
    user.commit()
    before = databases.read_file(path)
    user.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(sqlite3.OperationalError):
        databases.restore(before, path)
    user.close()


def test_a_database_in_wal_mode_can_be_put_back(tmp_path: Path) -> None:
    path = str(tmp_path / "wal.db")
    user = databases.REAL_CONNECT(path)
    user.execute("PRAGMA journal_mode=WAL")
    user.execute("CREATE TABLE t (a)")
    user.execute("INSERT INTO t VALUES (7)")
    user.commit()
    content = databases.read_file(path)
    target = str(tmp_path / "other.db")
    databases.restore(content, target)
    assert rows(databases.read_file(target)) == {"t": {(1,): (7,)}}
    user.close()


def test_every_changed_cell() -> None:
    def content(*statements: str) -> bytes:
        connection = databases.REAL_CONNECT(":memory:")
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, n)")
        connection.execute("CREATE TABLE k (a, b, PRIMARY KEY (a, b)) WITHOUT ROWID")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        return connection.serialize()

    first = "INSERT INTO t VALUES (1, 'one', NULL), (2, 'two', 2)"
    before = databases.tables_of(content(first, "INSERT INTO k VALUES ('x', 1)"))
    after = databases.tables_of(
        content(
            first,
            "UPDATE t SET n = 0 WHERE id = 1",
            "DELETE FROM t WHERE id = 2",
            "INSERT INTO k VALUES ('y', x'00ff')",
        )
    )
    assert databases.changes("db", before, before) == []
    assert databases.changes("db", before, after) == [
        ["db", "k", "'x', 1", "a", "'x'", None],
        ["db", "k", "'x', 1", "b", "1", None],
        ["db", "k", "'y', x'00ff'", "a", None, "'y'"],
        ["db", "k", "'y', x'00ff'", "b", None, "x'00ff'"],
        ["db", "t", "1", "n", "NULL", "0"],
        ["db", "t", "2", "id", "2", None],
        ["db", "t", "2", "n", "2", None],
        ["db", "t", "2", "name", "'two'", None],
    ]


def test_an_interpreter_without_serialize_copies(tmp_path: Path) -> None:
    connection = databases.REAL_CONNECT(tmp_path / "a.db")
    connection.execute("CREATE TABLE t (a)")
    connection.commit()
    assert rows(databases.copied(connection)) == {"t": {}}
    connection.execute("INSERT INTO t VALUES (1)")  # a transaction is open now
    assert rows(databases.copied(connection)) == {"t": {(1,): (1,)}}
    connection.close()
