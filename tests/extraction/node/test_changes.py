"""What a request changed in a database, from what the database held before and after."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.extraction.node.benches import NODE, SCRIPTS, run

pytestmark = pytest.mark.skipif(not NODE, reason="Node.js is not installed")


def held(*rows: list[Any], columns: tuple[str, ...] = ("id", "name"), keys: tuple[int, ...] = (0,)) -> dict[str, Any]:
    """A database with one table; each row begins with its rowid."""
    return {"tables": [{"name": "t", "columns": columns, "keys": keys, "rows": rows}], "sequence": []}


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[list[Any]]:
    program = f"const d = require(process.argv[1] + '/databases.js');\nconsole.log(JSON.stringify(d.changes('db', {json.dumps(before)}, {json.dumps(after)})));"
    found: list[list[Any]] = json.loads(run(SCRIPTS, ["-e", program, str(SCRIPTS)]))
    return found


def test_each_cell_that_differs_is_told_with_both_values() -> None:
    before, after = held([1, 1, "ann"], [2, 2, "bob"]), held([1, 1, "it's"], [3, 3, None])
    assert changes(before, after) == [
        ["db", "t", "1", "name", "'ann'", "'it''s'"],
        ["db", "t", "2", "id", "2", None],
        ["db", "t", "2", "name", "'bob'", None],
        ["db", "t", "3", "id", None, "3"],
        ["db", "t", "3", "name", None, "NULL"],
    ]


def test_rows_without_a_key_of_their_own_go_by_their_rowid() -> None:
    before, after = held([7, "a", "x"], keys=()), held([7, "a", "y"], keys=())
    assert changes(before, after) == [["db", "t", "7", "name", "'x'", "'y'"]]


def test_a_table_that_is_new_is_all_new() -> None:
    assert changes({"tables": [], "sequence": []}, held([1, 1, "ann"]))[1] == ["db", "t", "1", "name", None, "'ann'"]
    assert changes(held([1, 1, "ann"]), held([1, 1, "ann"])) == []
