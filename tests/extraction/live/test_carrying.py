"""A database as a server left it, put into a test's open transaction: the same rows, whatever triggers and cascades do meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.extraction.box import databases, live_changes
from agent.extraction.box.live_elsewhere import Elsewhere, pattern_of

SCHEMA = """
CREATE TABLE tags (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE);
CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT UNIQUE,
  size, tag INTEGER REFERENCES tags (id) ON DELETE CASCADE);
CREATE TABLE plain (what, more);
CREATE TABLE named (a TEXT, b TEXT, v, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE seen (what);
CREATE TRIGGER watched AFTER INSERT ON notes BEGIN INSERT INTO seen VALUES (new.text); END;
CREATE TRIGGER gone AFTER DELETE ON notes BEGIN DELETE FROM seen WHERE what = old.text; END;
INSERT INTO tags (name) VALUES ('a'), ('b');
INSERT INTO notes (text, size, tag) VALUES ('one', 1, 1), ('two', 2.5, 2), ('three', NULL, NULL);
INSERT INTO plain VALUES (1, x'00ff'), ('1', NULL), (1.0, CAST(x'ff61' AS TEXT));
INSERT INTO named VALUES ('x', 'y', 1);
"""
STATEMENTS = (
    "DELETE FROM tags WHERE id = 1",
    "UPDATE notes SET text = text || '!'",
    "UPDATE notes SET tag = 2 WHERE tag = 1",
    "INSERT INTO notes (text, tag) VALUES ('four', 1)",
    "DELETE FROM notes WHERE text = 'one'",
    "INSERT OR IGNORE INTO notes (text, size) VALUES ('one', 7)",
    "INSERT INTO plain VALUES (CAST(x'fe' AS TEXT), 'x')",
    "UPDATE plain SET what = 2",
    "UPDATE plain SET what = 2.0",
    "DELETE FROM plain WHERE rowid = 2",
    "UPDATE named SET b = 'z'",
    "INSERT OR REPLACE INTO named VALUES ('x', 'y', x'01')",
    "DELETE FROM seen",
    "UPDATE tags SET id = id + 10",
    "INSERT OR IGNORE INTO tags (id, name) VALUES (7, 'c')",
    "INSERT OR IGNORE INTO notes (text, tag) VALUES ('five', 7)",
)


class Open:
    """One open connection, as a test has it."""

    def __init__(self, name: str, connection: sqlite3.Connection) -> None:
        self.held = {name: [connection]}

    def live(self) -> dict[str, list[sqlite3.Connection]]:
        return self.held


def rows(content: bytes) -> Any:
    return live_changes.rows_of(content)[0]


def left_by_a_server(before: bytes, statements: Sequence[str]) -> bytes:
    server = sqlite3.connect(":memory:")
    server.deserialize(before)
    server.execute("PRAGMA foreign_keys = ON")
    for statement in statements:
        try:
            server.execute(statement)
        except sqlite3.IntegrityError:
            continue
    server.commit()
    return server.serialize()


def opened(uri: str = ":memory:") -> sqlite3.Connection:
    connection = sqlite3.connect(uri)
    connection.executescript(SCHEMA)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


@settings(max_examples=60)
@given(st.lists(st.sampled_from(STATEMENTS), max_size=6))
@example(list(STATEMENTS[-2:]))  # a row before the one that it refers to
@example(list(STATEMENTS))
def test_an_open_transaction_gets_the_same_rows_and_stays_open(statements: list[str]) -> None:
    connection = opened()
    committed = connection.serialize()
    connection.execute("INSERT INTO plain VALUES ('mine', 'not committed')")
    before = connection.serialize()
    after = left_by_a_server(before, statements)
    live_changes.carry(Open("memory:x", connection), "memory:x", before, after)
    assert rows(connection.serialize()) == rows(after)
    assert connection.in_transaction
    connection.rollback()
    assert rows(connection.serialize()) == rows(committed)
    connection.close()


@pytest.mark.parametrize("place", [str, lambda _: ":memory:"])
def test_without_a_transaction_the_whole_database_goes_over(tmp_path: Path, place: Callable[[Path], str]) -> None:
    uri = place(tmp_path / "x.db")
    connection = opened(uri)
    before = connection.serialize()
    after = left_by_a_server(before, [*STATEMENTS, "CREATE TABLE further (x)"])
    live_changes.carry(Open(uri, connection), uri, before, after)
    assert rows(connection.serialize()) == rows(after)
    assert not connection.in_transaction
    connection.close()


def test_a_new_file_is_written(tmp_path: Path) -> None:
    made = opened()
    live_changes.carry(Open("", made), str(tmp_path / "new.db"), b"", made.serialize())
    assert rows((tmp_path / "new.db").read_bytes()) == rows(made.serialize())
    made.close()


def test_new_tables_within_a_transaction_are_refused() -> None:
    connection = opened()
    connection.execute("DELETE FROM seen")
    before = connection.serialize()
    after = left_by_a_server(before, ["CREATE TABLE further (x)"])
    with pytest.raises(live_changes.CannotCarry, match="which tables there are"):
        live_changes.carry(Open(":memory:", connection), ":memory:", before, after)
    connection.close()


def test_a_connection_in_a_transaction_is_known() -> None:
    connection = opened()
    assert not databases.in_transaction(connection)
    connection.execute("DELETE FROM seen")
    assert databases.in_transaction(connection)
    connection.close()


# -- paths of a service that lies elsewhere


class Paths(Elsewhere):
    def __init__(self, root: Path) -> None:
        self.origin, self.root, self.tracked = "/repo", str(root), frozenset({"app", "app/gone.html"})
        self.moved_paths = pattern_of("/repo")


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ('"/repo"', '"{root}"'),
        ('"/repo/"', '"{root}/"'),
        ('"/repo/app/page.html"', '"{root}/app/page.html"'),
        ('"/repo/app/gone.html"', '"{root}/app/gone.html"'),  # the service does not have it, and shall not find it
        ('"/repo/data/x.db"', '"/repo/data/x.db"'),  # what tests made is shared
        ('"sqlite:////repo/data/x.db"', '"sqlite:////repo/data/x.db"'),
        ('"a=/repo/app:/repo/app/page.html"', '"a={root}/app:{root}/app/page.html"'),
        ('"/home/repo/app"', '"/home/repo/app"'),
        ('"/repository/app"', '"/repository/app"'),
        ('"http://host/repo/app"', '"http://host/repo/app"'),
    ],
)
def test_paths_of_code_lead_to_the_service(tmp_path: Path, text: str, moved: str) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app/page.html").touch()
    assert Paths(tmp_path).at_home(text) == moved.replace("{root}", str(tmp_path))
