"""SQL that no literal shows whole: statements in operands, names of tables in variables, parameters and attributes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.code import DependencyGraph
from agent.frameworks.python_sql import FRAMEWORK
from agent.languages.python import LANGUAGE
from tests.systems import graph_of

DB = """
def _run(sql, args):
    return connection.execute(sql, args)

def value(sql, *args):
    return _run(sql, args).fetchone()[0]

def insert(table, **values):
    sql = 'INSERT INTO %s (%s) VALUES (%s)' % (table, ', '.join(values), ', '.join('?' * len(values)))
    return _run(sql, list(values.values()))

def store(table, row, extra=None):
    return insert(table, **row)

def rows(name, table='x'):
    return _run("SELECT * FROM {} WHERE a = ?".format(table), ())

class Box:
    def remove(self, table, key):
        _run(f"DELETE FROM {table} WHERE id = ?", (key,))

    def update_all(self, table):
        _run("UPDATE " + table + " SET a = 1", ())

    def read_keyed(self, table):
        _run("SELECT * FROM %(t)s" % {'t': table}, ())
"""


def uses(graph: DependencyGraph) -> set[tuple[str, str, str, int, str]]:
    kinds = ("read", "write", "declare")
    return {(e.source, e.kind, e.target[6:], e.line, e.resolution) for e in graph.dependencies if e.kind in kinds}


def one(text: str) -> set[tuple[str, str, str, int, str]]:
    return uses(graph_of({"a.py": text}))


@pytest.mark.parametrize(
    "line",
    [
        "return '%d' % value(\"SELECT count(*) FROM items\")",
        "return 'n: ' + str(value(\"SELECT count(*) FROM items\"))",
        "return f'{value(\"SELECT count(*) FROM items\")} left'",
        "return ['%d' % value(\"SELECT count(*) FROM items\"), 'x']",
        'return \'%s %s\' % (1, value("SELECT count(*) " "FROM items"))',
    ],
)
def test_a_statement_inside_an_operand_is_read(line: str) -> None:
    assert one(f"def home():\n    {line}\n") == {("a.home", "read", "items", 2, "exact")}


def test_a_string_that_only_mentions_a_table_is_no_statement() -> None:
    assert one("def home():\n    return '%s' % say('please select one from items and go')\n") == set()


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("db.insert('orders', a=1)", ("write", "orders")),
        ("db.insert(table='orders')", ("write", "orders")),
        ("db.insert(\n        'orders', a=1)", ("write", "orders")),
        ("db.store('orders', {})", ("write", "orders")),
        ("db.rows('x', 'orders')", ("read", "orders")),
        ("db.Box().remove('orders', 1)", ("write", "orders")),
        ("db.Box().update_all('orders')", ("write", "orders")),
        ("db.Box().read_keyed('orders')", ("read", "orders")),
    ],
)
def test_a_call_that_names_the_table_uses_it(call: str, expected: tuple[str, str]) -> None:
    graph = graph_of({"db.py": DB, "shop.py": f"import db\ndef save():\n    {call}\n"})
    mode, table = expected
    assert uses(graph) == {("shop.save", mode, table, 3, "inferred")}


@pytest.mark.parametrize(
    "call",
    [
        "db.value('orders')",
        "db.rows('orders', other)",
        "db.insert(name)",
        "log.insert('orders', 1)",
        "insert('orders')",
        "# db.insert('orders')\n    pass",
    ],
)
def test_other_calls_do_not(call: str) -> None:
    assert uses(graph_of({"db.py": DB, "shop.py": f"import db\ndef save(name, other, log):\n    {call}\n"})) == set()


def test_an_unknown_receiver_needs_a_table_that_is_known() -> None:
    files = {
        "db.py": DB,
        "shop.py": "def save(connection):\n    connection.insert('orders', a=1)\n    connection.insert('end', 'x')\n",
    }
    assert uses(graph_of(files)) == set()
    files["schema.sql"] = "CREATE TABLE orders (id INT);\n"
    assert ("shop.save", "write", "orders", 2, "inferred") in uses(graph_of(files))
    assert not [use for use in uses(graph_of(files)) if use[2] == "end"]


def test_variables_and_loops_name_tables() -> None:
    text = (
        "LOG = 'audit'\nNAMES = ['a1', 'b2']\ndef clean(db):\n    for t in ('orders', 'lines'):\n"
        "        db.execute('DELETE FROM %s' % t)\n    for n in NAMES:\n        db.execute('DELETE FROM ' + n + ' WHERE 1')\n"
        "    db.execute(f'SELECT * FROM {LOG}')\n    for k in unknown():\n        db.execute('DELETE FROM %s' % k)\n"
    )
    assert one(text) == {
        ("a.clean", "write", "orders", 5, "inferred"), ("a.clean", "write", "lines", 5, "inferred"),
        ("a.clean", "write", "a1", 7, "inferred"), ("a.clean", "write", "b2", 7, "inferred"),
        ("a.clean", "read", "audit", 8, "inferred"),
    }  # fmt: skip


def test_a_subclass_names_the_table_of_its_base() -> None:
    graph = graph_of(
        {
            "base.py": "class Record:\n    def save(self):\n        run('INSERT INTO %s VALUES (?)' % self.table)\n",
            "shop.py": "from base import Record\nclass Order(Record):\n    table = 'orders'\nclass Other:\n    table = 'no'\n",
        }
    )
    assert uses(graph) == {("shop.Order", "write", "orders", 3, "inferred")}


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.lists(st.sampled_from([
    b"def f(table):\n  ", b"'SELECT * FROM %s' % ", b"table", b"'INSERT INTO {0}'", b".format(", b")", b"(", b"f'DELETE FROM {", b"}'", b"'x'", b"\n",
    b"db.insert('a', ", b" + ", b"%(t)s", b"{'t': table}", b"  table = 'x'\n", b"'UPDATE {9} SET'", b"\xff",
]), max_size=30).map(b"".join)))  # fmt: skip
def test_any_bytes(source: bytes) -> None:
    facts, root = LANGUAGE.extract("a.py", source)
    FRAMEWORK.read("a.py", root, source, facts)
