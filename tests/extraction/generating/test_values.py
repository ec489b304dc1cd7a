"""Values for parameters: from a snapshot's own tables, by name and by value, from the code, and the edges of each kind."""

from __future__ import annotations

import sqlite3
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.extraction.generating.values import Pool, edges, literals, read_tables


def snapshot(*statements: str) -> bytes:
    connection = sqlite3.connect(":memory:")
    for one in statements:
        connection.execute(one)
    connection.commit()
    return connection.serialize()


SHOP = snapshot(
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, photo BLOB)",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, state TEXT)",
    "INSERT INTO customers VALUES (4, 'Ann', x'00ff'), (5, 'Bob', NULL)",
    "INSERT INTO orders VALUES (11, 4, 'open'), (12, 5, 'sent'), (13, 4, 'open')",
)


def test_the_tables_of_a_snapshot() -> None:
    found = read_tables(SHOP)
    assert found["orders", "state"] == ("open", "sent")
    assert found["customers", "id"] == (4, 5)
    assert found["customers", "photo"] == ()


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("customer_id", "4", {"5"}),
        ("customer", "4", {"5"}),
        ("lines-0-customer_id", "4", {"5"}),
        ("state", "open", {"sent"}),
        ("which", "open", {"sent"}),  # known by its value alone
        ("order_id", None, {"11", "12", "13"}),
    ],
)
def test_a_parameter_gets_what_its_column_holds(name: str, value: str | None, wanted: set[str]) -> None:
    pool = Pool(read_tables(SHOP))
    assert wanted <= {one for _, one in pool.like(name, value)}


def test_a_key_that_no_row_has_is_tried_too() -> None:
    assert ("no value of orders.id", "14") in list(Pool(read_tables(SHOP)).like("order_id", "11"))


def test_names_that_mean_nothing_get_nothing() -> None:
    assert not list(Pool(read_tables(SHOP)).like("colour", "red"))


@pytest.mark.parametrize(
    ("value", "among"),
    [
        ("7", {"0", "-1", "6", "8", "abc", ""}),
        ("12.50", {"0", "-1", "13.5"}),
        ("2024-03-01", {"2024-02-29", "2024-03-02", "2024-02-30", "1970-01-01"}),
        ("on", {"0", "false"}),
        ("Ann", {"", " Ann ", "ANN", "Ünïcøde ✓ 漢字"}),
        (3, {0, -1, 4, 2, None}),
        (True, {False}),
    ],
)
def test_the_edges_of_each_kind(value: object, among: set[object]) -> None:
    found = [one for _, one in edges(value) if not isinstance(one, (list, dict))]
    assert among <= set(found)
    assert len(found) == len(set(map(repr, found)))


def test_numbers_in_the_code_are_tried_with_their_neighbours() -> None:
    found = literals(['if weight > 500 and zone == "EU":  # x1\n    fee = 2.5'])
    assert {"499", "500", "501", "EU", "2.5"} <= set(found)
    assert "1" not in found


@given(st.binary(max_size=400))
def test_any_content_is_no_error(content: bytes) -> None:
    assert read_tables(content) is not None


@given(st.text(max_size=60), st.text(max_size=30))
def test_any_value_has_edges_and_any_name_can_be_looked_up(value: str, name: str) -> None:
    assert list(islice(edges(value), 3))
    list(Pool(read_tables(SHOP)).like(name, value))
