"""SQLite's declarations in PostgreSQL's words: a type that recorded values do not fit is not believed."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import ExtractionError
from agent.extraction.box import own_schema_describe
from agent.extraction.box.blobs import Blobs
from agent.extraction.own_schema import Table, left_out, make_split, read_tables, scripts
from agent.extraction.own_schema.ddl import checks_of, create_table
from agent.extraction.own_schema.deciding import Decision
from agent.extraction.own_schema.tables import plain_name, typed

SHOP = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL);
CREATE TABLE quote (
  id INTEGER NOT NULL PRIMARY KEY, number VARCHAR(8) NOT NULL UNIQUE, customer_id INTEGER NOT NULL REFERENCES customer,
  price FLOAT DEFAULT 1.5, open BOOLEAN DEFAULT 1 CHECK (open IN (0, 1)), made DATETIME, due DATE, weight INTEGER CHECK (weight >= 0),
  kind CHAR(2) CHECK (upper(kind) = kind), paper BLOB
);
CREATE TABLE line (
  quote_id INTEGER NOT NULL REFERENCES quote(id) ON DELETE CASCADE, place INTEGER NOT NULL, amount DECIMAL(10, 2), PRIMARY KEY (quote_id, place)
);
CREATE TABLE loose (a TEXT, b TEXT);
INSERT INTO customer VALUES (1, 'A');
INSERT INTO quote VALUES (1, 'Q1', 1, 2.5, 1, '2024-03-15 12:00:00.000000', '2024-04-15', 3, 'XY', x'00ff');
INSERT INTO line VALUES (1, 1, 10.25), (1, 2, 3);
"""


def described(folder: Path, sql: str, *tables: str) -> dict[str, Any]:
    """What the box says of a database."""
    made = sqlite3.connect(":memory:")
    made.executescript(sql)
    digest = Blobs(str(folder / "blobs")).put(made.serialize())
    made.close()
    plan = {
        "recording": str(folder),
        "digests": [digest, "0" * 64],
        "tables": list(tables),
        "out": str(folder / "out.json"),
    }
    (folder / "plan.json").write_text(json.dumps(plan))
    own_schema_describe.main(str(folder / "plan.json"))
    found: dict[str, Any] = json.loads((folder / "out.json").read_text())
    return found


@pytest.fixture
def shop(tmp_path: Path) -> dict[str, Table]:
    return {one.name: one for one in read_tables(described(tmp_path, SHOP, "quote", "line", "loose")["tables"])}


def test_columns_have_types_that_their_values_fit(shop: dict[str, Table]) -> None:
    types = {one.name: one.type for one in shop["quote"].columns}

    assert types["number"] == "character varying(8)"
    assert (types["price"], types["open"], types["paper"]) == ("double precision", "boolean", "bytea")
    assert (types["made"], types["due"]) == ("timestamp without time zone", "date")
    assert {one.name: one.six for one in shop["quote"].columns}["made"]


def test_what_a_table_refers_to_and_what_refers_to_it_is_described_too(shop: dict[str, Table]) -> None:
    assert set(shop) == {"customer", "quote", "line", "loose"}
    assert shop["quote"].references[0].to == ("id",), "a foreign key without a column means the key"


@pytest.mark.parametrize(
    ("declared", "seen", "type_"),
    [
        ("INTEGER", {"storage": ["integer"]}, "bigint"),
        ("INTEGER", {"storage": ["text"], "longest": 3}, "text"),
        ("BOOLEAN", {"storage": ["integer"], "bits": False}, "text"),
        ("VARCHAR(2)", {"storage": ["text"], "longest": 3}, "text"),
        ("DATETIME", {"storage": ["text"], "forms": []}, "text"),
        ("datetime", {"storage": ["text"], "forms": ["moment"]}, "timestamp without time zone"),
        ("decimal", {"storage": ["integer", "real"]}, "numeric"),
        ("integer unsigned", {"storage": []}, "bigint"),
        ("", {"storage": ["text"]}, "text"),
    ],
)
def test_a_declared_type_is_checked_against_what_was_recorded(declared: str, seen: dict[str, Any], type_: str) -> None:
    assert typed(declared, {"bits": True, **seen})[0] == type_


@given(st.text(max_size=60))
def test_any_declared_type_has_one(declared: str) -> None:
    assert typed(declared, {"storage": ["text"], "longest": 9})[0]


@pytest.mark.parametrize("name", ['a"b', "a'b", "a$split$b", "a\nb", "", "x" * 64, "a;b", "{key}"])
def test_a_name_that_could_break_a_script_is_not_moved(name: str) -> None:
    assert not plain_name(name)


def test_a_table_without_a_key_cannot_be_followed(shop: dict[str, Table]) -> None:
    assert "primary key" in shop["loose"].cannot


def test_no_description_is_said_to_be_none() -> None:
    with pytest.raises(ExtractionError):
        read_tables([{"name": "a"}])


def test_checks_that_mean_the_same_are_kept_and_the_others_are_listed(shop: dict[str, Table]) -> None:
    kept, left = checks_of(shop["quote"])

    assert kept == ('"weight" >= 0',)
    assert len(left) == 1
    assert "kind" in left[0].lower()
    assert any("check" in one for one in left_out(shop["quote"]))


def test_a_table_is_declared_as_it_was(shop: dict[str, Table]) -> None:
    text = create_table(shop["quote"], "public")

    assert '"id" bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL' in text
    assert '"open" boolean DEFAULT true' in text
    assert '"price" double precision DEFAULT 1.5' in text
    assert 'UNIQUE ("number")' in text
    assert "UNIQUE" not in create_table(shop["quote"], "public", bare=True)


def test_foreign_keys_within_stay_and_those_across_the_border_become_plain(shop: dict[str, Table]) -> None:
    split = make_split("Quotes & Lines", Decision(("line", "quote", "loose"), ()), list(shop.values()))
    texts = scripts(split)

    assert [one.name for one in split.tables] == ["quote", "line"], "each after what it refers to"
    assert [one.table for one in split.refused] == ["loose"]
    assert [(one.table, one.reference.table) for one in split.border] == [("quote", "customer")]
    assert 'REFERENCES "quotes_lines"."quote" ("id") ON DELETE CASCADE' in texts["03-constraints.sql"]
    assert 'REFERENCES "public"' not in texts["02-service.sql"] + texts["03-constraints.sql"]
    assert "ARRAY['customer_id']" in texts["04-border.sql"]
    assert 'REFERENCES "public"."customer"' in texts["05-border-again.sql"]


def test_the_program_is_delivered_as_it_runs(shop: dict[str, Table]) -> None:
    texts = scripts(make_split("quotes", Decision(("quote",), ()), list(shop.values())))

    compile(texts["migrate.py"], "migrate.py", "exec")
    assert "noqa" not in texts["migrate.py"]
    assert json.loads(texts["split.json"])["tables"][0]["identity"] == "id"
