"""Columns of a shared concept, from SQL in functions, read with the real languages; the homes are given."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from agent.assessment import Case, name_columns
from agent.domain.bill import Bill, Concept, ConceptUse
from agent.domain.boundary import Boundaries, Unit
from agent.domain.inventory import Inventory, Location, SourceFile
from tests.systems import graph_of

SCHEMA = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, full_name TEXT, tax_code TEXT, credit_limit INTEGER, phone TEXT);
CREATE TABLE parcels (id INTEGER PRIMARY KEY, weight INTEGER, phone TEXT);
"""
BILLING = """
def dun(db, who):
    # phone is asked for elsewhere
    db.execute('UPDATE customers SET credit_limit = 0 WHERE tax_code = ?', (who,))

def everybody(db):
    return db.execute('SELECT * FROM customers').fetchall()
"""
STOCK = """
def label(db, who):
    row = db.execute('SELECT full_name AS fullName, p.phone FROM customers c JOIN parcels p ON p.id = c.id WHERE c.id = ?', (who,))
    return row.weight

def unrelated():
    tax_code = 3
    return tax_code
"""


@pytest.fixture(scope="module")
def case() -> Case:
    texts = {"db/schema.sql": SCHEMA, "billing.py": BILLING, "stock.py": STOCK}
    place = Location(path="db/schema.sql", line=2)
    uses = tuple(
        ConceptUse(service=s, reads=3, writes=1, calls=0, members=(), evidence=()) for s in ("billing", "stock")
    )
    concepts = (
        Concept(name="Customer", table="customers", types=(), home="billing", location=place, uses=uses, advice="two models"),
        Concept(name="Money", table="", types=(), home="billing", location=place, uses=uses, advice="two models"),
    )  # fmt: skip
    units = tuple(
        Unit(id=name, path=f"{name}.py", line=1, service=name, code_lines=9, reason="given")
        for name in ("billing", "stock")
    )
    files = tuple(
        SourceFile(path=path, language="sql" if path.endswith("sql") else "python", role="code", bytes=len(text),
                   lines=text.count("\n"), code_lines=9, digest=hashlib.sha256(text.encode()).hexdigest())
        for path, text in texts.items()
    )  # fmt: skip
    boundaries = Boundaries.model_construct(units=units, bill=Bill.model_construct(concepts=concepts))
    inventory = Inventory(name="shop", files=files)
    return Case(inventory, graph_of(texts), boundaries, date(2026, 1, 1), lambda path: texts[path].encode())


def test_each_side_has_the_columns_that_its_own_functions_name(case: Case) -> None:
    customer = name_columns(case).bill.concepts[0]
    assert {use.service: use.columns for use in customer.uses} == {
        "billing": ("*", "tax_code", "credit_limit"),  # a comment's words are no use
        "stock": (
            "full_name",
        ),  # id and phone may be the other table's, tax_code stands in a function without the table
    }
    assert customer.advice == "two models. Columns seen, of 5: billing asks for all; stock full_name"


def test_a_concept_without_a_table_stays_as_it_is(case: Case) -> None:
    assert name_columns(case).bill.concepts[1] == case.boundaries.bill.concepts[1]
