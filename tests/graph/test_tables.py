"""Who reads and writes which table, through SQL in strings and through ORM entities."""

from __future__ import annotations

from tests.systems import edges, graph_of


def test_sql_in_a_string_reads_and_writes():
    graph = graph_of(
        {
            "dao.py": (
                "def load(db):\n    return db.execute('SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id')\n\n"
                "def store(db):\n    db.execute('UPDATE stock_levels SET quantity = 1 WHERE id = %s', (1,))\n"
            )
        }
    )
    assert edges(graph, "read") == {("dao.load", "table:orders"), ("dao.load", "table:customers")}
    assert edges(graph, "write") == {("dao.store", "table:stock_levels")}


def test_english_that_looks_like_sql_is_no_table():
    graph = graph_of(
        {"a.py": "MESSAGE = 'Please select an item from the list below and update your profile settings'\n"}
    )
    assert not [s for s in graph.symbols if s.kind == "table"]


MODELS = """
from sqlalchemy.orm import declarative_base
from sqlalchemy import Column, ForeignKey, Integer
Base = declarative_base()

class Customer(Base):
    __tablename__ = "customers"
    id = Column(Integer, primary_key=True)
    balance = Column(Integer)

class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    customer_id = Column(Integer, ForeignKey("customers.id"))
"""


def test_orm_entities_are_tables_and_assignments_write_them():
    graph = graph_of(
        {
            "models.py": MODELS,
            "billing.py": (
                "from models import Customer\n\ndef pay(session, amount):\n    customer = session.query(Customer).first()\n"
                "    customer.balance = customer.balance - amount\n"
            ),
        }
    )
    assert ("table:orders", "table:customers") in edges(graph, "reference")
    assert ("billing.pay", "table:customers") in edges(graph, "read")
    assert ("billing.pay", "table:customers") in edges(graph, "write")
    assert ("models.Order", "table:orders") in edges(graph, "declare")


def test_every_table_edge_has_a_place():
    graph = graph_of({"models.py": MODELS})
    for edge in graph.dependencies:
        assert edge.path == "models.py"
        assert edge.line > 0
