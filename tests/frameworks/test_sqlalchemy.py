"""SQLAlchemy: which class maps to which table, and who reads and writes it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.code import DependencyGraph
from agent.frameworks.sqlalchemy import FRAMEWORK
from agent.graph.resolver import Resolver
from agent.languages.python import LANGUAGE
from tests.systems import edges, graph_of

MODELS = """
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()

tags = db.Table("order_tags", db.Column("order_id", db.ForeignKey("orders.id")), db.Column("name", db.String))

class Customer(db.Model):
    __tablename__ = "customers"
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80))

class Order(db.Model):
    __tablename__ = "orders"
    id = db.Column(db.Integer, primary_key=True)
    customer_id = db.Column(db.Integer, db.ForeignKey(Customer.id))
    customer = db.relationship("Customer", backref="orders")
    lines = db.relationship("OrderLine", backref=db.backref("order"))

class OrderLine(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    order_id = db.Column(db.ForeignKey("orders.id"))
    qty = db.Column(db.Integer)
"""


def system(code: str, models: str = MODELS) -> DependencyGraph:
    """The models and one module that uses them."""
    return graph_of({"shop/__init__.py": "", "shop/models.py": models, "shop/use.py": code})


def uses(code: str, mode: str, models: str = MODELS) -> set[str]:
    """Tables that the function ``f`` of the code reads or writes."""
    return {t.removeprefix("table:") for s, t in edges(system(code, models), mode) if s == "shop.use.f"}


def test_tables_columns_and_foreign_keys():
    graph = system("")
    assert {s.id for s in graph.symbols if s.kind == "table"} == {
        "table:customers", "table:orders", "table:order_line", "table:order_tags",
    }  # fmt: skip
    assert edges(graph, "reference") == {
        ("table:orders", "table:customers"),
        ("table:order_line", "table:orders"),
        ("table:order_tags", "table:orders"),
    }


@pytest.mark.parametrize(
    ("body", "reads", "writes"),
    [
        ("return Order.query.filter_by(id=1).first()", {"orders"}, set()),
        ("return db.session.query(Order.id, Customer.name).all()", {"orders", "customers"}, set()),
        ("return db.session.execute(select(Order)).scalars()", {"orders"}, set()),
        ("return db.session.get(Order, 1)", {"orders"}, set()),
        ("o = Order.query.get(1)\n    o.status = 'NEW'", {"orders"}, {"orders"}),
        ("for o in db.session.query(Order):\n        o.status = 1", {"orders"}, {"orders"}),
        ("o = db.session.query(Order).one()\n    o.customer.name = 'x'", {"orders"}, {"customers"}),
        ("o = db.session.get(Order, 1)\n    for line in o.lines:\n        line.qty = 2", {"orders"}, {"order_line"}),
        ("db.session.add(Order())", set(), {"orders"}),
        ("o = Order()\n    db.session.add(o)", set(), {"orders"}),
        ("o = Order.query.get(1)\n    db.session.delete(o)", {"orders"}, {"orders"}),
        ("Order.query.filter_by(id=1).delete()", {"orders"}, {"orders"}),
        ("db.session.query(Order).filter(Order.id == 1).update({})", {"orders"}, {"orders"}),
        ("db.session.execute(update(Order).values(x=1))", set(), {"orders"}),
        ("db.session.execute(tags.insert().values(name='x'))", set(), {"order_tags"}),
        ("print(Order.__doc__, order_by)", set(), set()),
        ("d = {}\n    return d.get(Other)", set(), set()),
    ],
)
def test_what_reads_and_what_writes(body: str, reads: set[str], writes: set[str]):
    head = "from sqlalchemy import select, update\nfrom shop.models import Customer, Order, OrderLine, db, tags\n\ndef f():\n    "
    code = head + body + "\n"
    assert uses(code, "write") == writes
    assert uses(code, "read") == reads


def test_names_that_flask_sqlalchemy_derives():
    models = MODELS + "\nclass HTTPRequestLog(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
    assert "table:http_request_log" in {s.id for s in system("", models).symbols}


def test_abstract_bases_mixins_and_single_table_inheritance():
    graph = graph_of(
        {
            "models.py": """
from sqlalchemy import Column, Integer, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, declared_attr, relationship

class Base(DeclarativeBase):
    pass

class Named(Base):
    __abstract__ = True
    name: Mapped[str] = mapped_column()

class Lower:
    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower()

class Party(Named):
    __tablename__ = "parties"
    id: Mapped[int] = mapped_column(primary_key=True)

class Supplier(Party):
    rating: Mapped[int]

class Invoice(Lower, Base):
    id: Mapped[int] = mapped_column(primary_key=True)
    party_id = mapped_column(ForeignKey("parties.id"))
    party: Mapped["Party"] = relationship()

def load(session):
    session.query(Supplier).all()
"""
        }
    )
    assert edges(graph, "declare") == {("models.Party", "table:parties"), ("models.Invoice", "table:invoice")}
    assert ("models.load", "table:parties") in edges(graph, "read")


def test_sqlmodel_tables():
    graph = graph_of(
        {
            "models.py": "from sqlmodel import Field, SQLModel\nclass ItemBase(SQLModel):\n    title: str\n"
            "class Item(ItemBase, table=True):\n    id: int = Field(primary_key=True)\n"
            "    owner: int = Field(foreign_key='user.id')\n"
            "class User(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n"
        }
    )
    assert edges(graph, "declare") == {("models.Item", "table:item"), ("models.User", "table:user")}
    assert edges(graph, "reference") == {("table:item", "table:user")}


def test_classical_mapping():
    graph = graph_of(
        {
            "schema.py": "from sqlalchemy import Table, Column, MetaData\nmeta = MetaData()\n"
            "orders = Table('t_orders', meta, Column('id'))\n",
            "domain.py": "class Order:\n    pass\n",
            "mapping.py": "from sqlalchemy.orm import mapper\nfrom schema import orders\nfrom domain import Order\n"
            "mapper(Order, orders)\n",
        }
    )
    assert ("domain.Order", "table:t_orders") in edges(graph, "declare")


def test_relations_across_files_are_told_to_the_resolver():
    sources = {
        "a.py": "from db import db\nclass Order(db.Model):\n    __tablename__ = 'o'\n    who = db.relationship('Person', backref='orders')\n",
        "b.py": "from db import db\nclass Person(db.Model):\n    __tablename__ = 'p'\n    id = db.Column(db.Integer)\n",
        "db.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n",
    }
    facts = {}
    for path, text in sources.items():
        source = text.encode()
        plain, root = LANGUAGE.extract(path, source)
        facts[path] = FRAMEWORK.read(path, root, source, plain)
    project = Resolver(facts, {"python": LANGUAGE}, frozenset(sources), {})
    assert set(FRAMEWORK.members(project)) == {("a.Order", "who", "b.Person"), ("b.Person", "orders", "a.Order")}


@pytest.mark.parametrize(
    ("chain", "mode"),
    [
        ("Entity()", "write"),
        ("Entity().status=", "write"),
        ("Entity().lines.append()", "read"),
        ("Entity().append()", "write"),
        ("Entity().name.upper()", "read"),
        ("Entity.query.filter().all()", "read"),
        ("Entity.query.filter().delete()", "write"),
        ("Entity.__table__.insert()", "write"),
        ("Entity.status.in_()", "read"),
        ("Entity.STATES", ""),
        ("Entity", ""),
        ("Entity().total()", ""),
    ],
)
def test_access_modes(chain: str, mode: str):
    assert FRAMEWORK.access_mode(chain) == mode


PIECES = st.sampled_from(
    [
        b"class A(db.Model):\n",
        b" x = Column(",
        b"ForeignKey(",
        b"'a.b'",
        b")",
        b"\n",
        b"session.query(",
        b"A",
        b".x",
        b"=",
        b"\x00",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=40).map(b"".join) | st.binary(max_size=200))
def test_any_bytes_are_read_without_an_exception(source: bytes):
    facts, root = LANGUAGE.extract("a.py", source)
    assert FRAMEWORK.read("a.py", root, source, facts).language == "python"
