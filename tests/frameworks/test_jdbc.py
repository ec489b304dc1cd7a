"""JDBC: SQL in strings, constants, builders and other classes' constants."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.frameworks.jdbc import is_statement
from tests.frameworks.java_systems import edges, facts_of, graph_of

FILES = {
    "src/shop/Sql.java": """package shop; public interface Sql {
        String FIND = "SELECT * FROM " + "product"; String NEVER = "DELETE FROM attic"; String TABLE = "tax"; }""",
    "src/shop/Dao.java": """package shop; import java.sql.*; import static shop.Sql.FIND;
        class Dao {
            private static final String ADD = "INSERT INTO orders (id) VALUES (?)";
            void add(Connection c) { c.prepareStatement(ADD); }
            void find(Connection c) { c.prepareStatement(Sql.FIND); }
            void imported(Connection c) { c.prepareStatement(FIND); }
            void local(Connection c) { String sql = "SELECT a"; sql += " FROM customer"; sql = sql + " WHERE b = ?";
                c.prepareStatement(sql); }
            void built(Connection c, boolean x) { StringBuilder sb = new StringBuilder("UPDATE stock");
                sb.append(" SET a = 1").append(x ? "" : ", b = 2"); sb.append(" WHERE id = ").append(id);
                c.createStatement().executeUpdate(sb.toString()); }
            void formatted(JdbcTemplate t) { t.query(String.format("SELECT * FROM invoice WHERE x = %s", 3), null); }
            void block(JdbcTemplate t) { t.update(\"\"\"
                DELETE FROM line
                WHERE id = ?\"\"\"); }
            void words() { log("Update failed for order"); }
        }""",
}  # fmt: skip


def test_statements_belong_to_the_methods_that_use_them() -> None:
    graph = graph_of(FILES)
    assert edges(graph, "read") == {
        ("shop.Dao.find", "table:product"),
        ("shop.Dao.imported", "table:product"),
        ("shop.Dao.local", "table:customer"),
        ("shop.Dao.formatted", "table:invoice"),
    }
    assert edges(graph, "write") == {
        ("shop.Dao.add", "table:orders"),
        ("shop.Dao.built", "table:stock"),
        ("shop.Dao.block", "table:line"),
        ("shop.Sql", "table:attic"),  # nobody is seen to use it
    }


def test_queries_over_objects_are_left_to_jpa() -> None:
    text = """import javax.persistence.*; class D { void f() { em.createQuery("select o from Orders o"); } }"""
    assert not facts_of({"D.java": text})["D.java"].table_uses


@pytest.mark.parametrize("text", ["select a from b", "INSERT INTO x VALUES (1)", "update a set b = 1", "( select 1 from d )",
                                  "with x as (select 1) select * from x", "create table a (b int)"])  # fmt: skip
def test_statements_are_recognised(text: str) -> None:
    assert is_statement(text)


@pytest.mark.parametrize("text", ["", "update failed", "select an item", "delete this", "with love", "insert coin"])
def test_sentences_are_not_statements(text: str) -> None:
    assert not is_statement(text)


SNIPPETS = [
    "String s = ",
    '"select a from b"',
    " + ",
    "x",
    "; ",
    "s += ",
    "sb.append(",
    ")",
    "return ",
    "new StringBuilder(",
    "f(",
    "s = s",
    "? ",
    ": ",
]


@given(st.lists(st.sampled_from(SNIPPETS), max_size=30))
@settings(max_examples=100, deadline=None)
def test_any_method_is_read_without_an_exception(parts: list[str]) -> None:
    facts_of({"A.java": "import java.sql.*; class A { void f() { " + "".join(parts) + "; } }"})
