"""Data that moves: shapes from DDL and mapped classes, tactics, queries that run, and synthetic rows that fit together."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from agent.assessment import Case, assess, lens_named
from agent.assessment.artifacts import write_artifacts
from agent.assessment.data.moves import moves_of, validation_queries
from agent.assessment.data.shapes import load_order, shapes_of
from agent.assessment.data.synthetic import make_rows, write_csv, write_inserts
from agent.domain.assumptions import Assumptions
from agent.domain.workload import Workload
from tests.assessment.shop import SHOP
from tests.assessment.test_rules import case_of
from tests.program import ROOT, figwright
from tests.systems import graph_of

SCHEMA = """CREATE TABLE customers (
  id INTEGER NOT NULL PRIMARY KEY,
  email VARCHAR(40) NOT NULL UNIQUE,
  card_number CHAR(16),
  birth_date DATE,
  kind CHAR(1) NOT NULL CHECK (kind IN ('P', 'C')),
  boss_id INTEGER REFERENCES customers (id)
);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL,
  total DECIMAL(8,2) NOT NULL,
  CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers (id)
);
CREATE TABLE lines (
  order_id INTEGER NOT NULL REFERENCES orders (id),
  line_no INTEGER NOT NULL,
  item VARCHAR(8),
  PRIMARY KEY (order_id, line_no)
);
"""


def shaped(text: str = SCHEMA) -> dict[str, Any]:
    return shapes_of(case_of({"schema.sql": text}))


def test_ddl_gives_keys_references_lengths_and_choices() -> None:
    found = shaped()
    customers = {c.name: c for c in found["customers"].columns}
    assert customers["email"].unique
    assert customers["email"].length == 40
    assert not customers["email"].nullable
    assert customers["kind"].choices == ("P", "C")
    assert customers["boss_id"].references == ("customers", "id")
    assert {c.name: c.references for c in found["orders"].columns}["customer_id"] == ("customers", "id")
    assert [c.name for c in found["lines"].key] == ["order_id", "line_no"]
    assert load_order(found) == ["customers", "orders", "lines"]


def test_a_statement_that_no_dialect_reads_warns_nobody(caplog: pytest.LogCaptureFixture) -> None:
    schema = "CREATE TABLE `odd` (\n  `id` int(255) NOT NULL auto_increment,\n  PRIMARY KEY  (`id`)\n) TYPE=MyISAM;"
    case = case_of({"schema.sql": schema})
    logging.getLogger("sqlglot").setLevel(logging.NOTSET)
    shapes_of(case)
    assert caplog.text == ""


def test_mapped_classes_and_names_give_references_too() -> None:
    models = (
        "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"
        "class Author(db.Model):\n    __tablename__ = 'authors'\n    id = db.Column(db.Integer, primary_key=True)\n    name = db.Column(db.String(30), nullable=False)\n"
        "class Book(db.Model):\n    __tablename__ = 'books'\n    id = db.Column(db.Integer, primary_key=True)\n    author_id = db.Column(db.Integer, db.ForeignKey('authors.id'))\n"
    )
    found = shapes_of(case_of({"models.py": models}, graph_of({"models.py": models})))
    assert {c.name: (c.kind, c.length, c.primary) for c in found["authors"].columns} == {
        "id": ("int", 0, True),
        "name": ("text", 30, False),
    }
    assert found["books"].columns[1].references == ("authors", "id")
    by_name = shaped(
        "CREATE TABLE teams (id INTEGER PRIMARY KEY);\nCREATE TABLE people (id INTEGER PRIMARY KEY, team_id INTEGER, other_id INTEGER);"
    )
    assert [c.references for c in by_name["people"].columns] == [None, ("teams", "id"), None]


def loaded(schema: str, counts: dict[str, int], seed: int = 0) -> sqlite3.Connection:
    made = make_rows(shaped(schema), counts, seed)
    database = sqlite3.connect(":memory:")
    database.executescript(schema)
    database.executescript(write_inserts(made))
    return database


def test_rows_are_whole_and_keep_to_the_schema() -> None:
    database = loaded(SCHEMA, {"customers": 50, "orders": 200, "lines": 500})
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    counts = [database.execute(f"SELECT COUNT(*) FROM {t}").fetchone()[0] for t in ("customers", "orders", "lines")]
    assert counts == [50, 200, 500]
    assert database.execute("SELECT COUNT(*) FROM customers WHERE boss_id IS NOT NULL").fetchone()[0] > 20
    assert {k for (k,) in database.execute("SELECT DISTINCT kind FROM customers")} <= {"P", "C"}
    assert database.execute("SELECT MAX(LENGTH(item)) FROM lines").fetchone()[0] <= 8


def test_nobody_is_in_them() -> None:
    database = loaded(SCHEMA.replace("email VARCHAR(40) NOT NULL UNIQUE", "email VARCHAR(40)"), {"customers": 80})
    for email, card in database.execute("SELECT email, card_number FROM customers"):
        assert email is None or "example." in email
        assert card is None or card.startswith(
            ("4000000000000002", "4111111111111111", "5555555555554444", "378282246310005")
        )


def test_the_same_seed_gives_the_same_rows_whatever_else_there_is() -> None:
    alone = write_csv(make_rows({"customers": shaped()["customers"]}, {"customers": 20}), "customers")
    assert alone == write_csv(make_rows(shaped(), {"customers": 20, "orders": 5}), "customers")
    assert alone != write_csv(make_rows(shaped(), {"customers": 20}, seed=1), "customers")


def test_a_table_without_parents_gets_no_rows_that_break_its_references() -> None:
    assert make_rows(shaped(), {"orders": 10}).rows["orders"] == []


@pytest.mark.parametrize("sample", ["helpdesk/sql", "stockroom", "storefront/db"])
def test_samples_take_their_synthetic_rows(sample: str, tmp_path: Path) -> None:
    name, folder = sample.partition("/")[0], ROOT / "sample_repos" / sample
    ran = figwright(
        "synth",
        ROOT / "sample_repos" / name,
        "--rows",
        30,
        "--out",
        tmp_path / "out",
        cache=tmp_path / "cache",
        cwd=tmp_path,
    )
    assert ran.returncode == 0, ran.stderr
    database = sqlite3.connect(":memory:")
    database.executescript((folder / "schema.sql").read_text("utf-8"))
    database.executescript((tmp_path / "out" / "load.sql").read_text("utf-8"))
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert len(list((tmp_path / "out").glob("*.csv"))) > 20


def test_a_repository_without_a_schema_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "a.py").write_text("x = 1\n")
    ran = figwright("synth", tmp_path / "repo", cache=tmp_path / "cache", cwd=tmp_path)
    assert ran.returncode == 2
    assert "no table is declared" in ran.stderr


def test_validation_queries_run_and_see_an_orphan() -> None:
    shapes = shaped()
    database = loaded(SCHEMA, {"customers": 9, "orders": 9})
    database.create_function("CHAR_LENGTH", 1, lambda text: None if text is None else len(str(text)))
    queries = dict(validation_queries(shapes["orders"], frozenset(shapes)))
    answers = {what: database.execute(sql).fetchone() for what, sql in queries.items()}
    assert answers["rows"] == (9,)
    assert answers["no customer_id without its row in customers"] == (0,)
    database.execute("DELETE FROM customers WHERE id IN (SELECT customer_id FROM orders)")
    assert database.execute(queries["no customer_id without its row in customers"]).fetchone() == (9,)


@pytest.fixture(scope="module")
def split() -> Case:
    """The shop, in which orders and invoices write each other's tables and parcels are left alone."""
    case = case_of(
        {**SHOP, "schema.sql": "CREATE TABLE parcels (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL);"},
        graph_of(SHOP),
    )
    return Case(
        case.inventory, case.graph, case.boundaries.model_copy(update={"verdict": "split"}), case.as_of, case.read
    )


def test_the_tactic_follows_from_who_uses_a_table(split: Case) -> None:
    tactics = {m.table: m.tactic for m in moves_of(split)}
    assert tactics["orders"] == "dual write with reconciliation"
    assert tactics["parcels"] == "move"
    whole = Case(
        split.inventory,
        split.graph,
        split.boundaries.model_copy(update={"verdict": "do not split"}),
        split.as_of,
        split.read,
    )
    assert {m.tactic for m in moves_of(whole)} == {"move with the system"}


def told(case: Case, **work: Any) -> dict[str, Any]:
    lens = lens_named("data")
    assert lens is not None
    full = Case(
        case.inventory, case.graph, case.boundaries, case.as_of, case.read, Assumptions(workload=Workload(**work))
    )
    return {f.rule: f for f in assess(full, lenses=[lens])}


def test_volume_and_hours_come_from_stated_rows_alone(split: Case) -> None:
    assert not told(split)["data.migration"].quantities
    numbers = {
        q.name: (q.low, q.high)
        for f in [told(split, rows={"parcels": 1_000_000_000}, bytes_per_row={"parcels": 100}, bandwidth_mbit=1000, migration_window_hours=0.1)["data.window"]]
        for q in f.quantities
    }  # fmt: skip
    low, high = numbers["transfer of all tables with stated rows"]
    assert low == pytest.approx(100 * 8000 / 1000 / 3600 / 0.8, abs=1e-3)
    assert high == pytest.approx(100 * 8000 / 1000 / 3600 / 0.4, abs=1e-3)
    assert "data.window" not in told(
        split, rows={"parcels": 1000}, bytes_per_row={"parcels": 100}, bandwidth_mbit=1000, migration_window_hours=1
    )


def test_tables_and_queries_are_written(split: Case) -> None:
    files = write_artifacts(split, ())
    assert "| parcels | parcel | move |" in files["data/tables.md"]
    assert "SELECT COUNT(*) FROM parcels;" in files["data/validation.sql"]
