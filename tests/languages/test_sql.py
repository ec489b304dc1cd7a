"""SQL in strings and in scripts: which tables, read or written; and English that only looks like it."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.facts import FileFacts
from agent.languages import sql_statement
from agent.languages.sql import LANGUAGES, looks_like_sql, read_statement
from agent.languages.sql_ddl import split_statements
from tests.systems import edges, graph_of

SQL = LANGUAGES[0]


def tables(text: str) -> list[tuple[str, str]]:
    return [(access.table, access.mode) for access in read_statement(text)]


def script(text: str) -> FileFacts:
    return SQL.extract("db/init.sql", text.encode())[0]


STATEMENTS = [
    ("select * from users", [("users", "read")]),
    ("SELECT o.id, c.n FROM shop.Orders o LEFT JOIN customers AS c ON o.c=c.id WHERE x IN (SELECT y FROM z)",
     [("orders", "read"), ("customers", "read"), ("z", "read")]),
    ("SELECT id FROM t WHERE a = :a AND b = %s AND c = ? AND d = %(d)s", [("t", "read")]),
    ("SELECT * FROM {} WHERE id = {}", []),
    ("SELECT * FROM log_{} WHERE id = {}", []),
    ("select a.x from b a {} order by a.x", [("b", "read")]),
    ("insert into audit select * from orders where d < #{date,jdbcType=DATE}", [("audit", "write"), ("orders", "read")]),
    ("INSERT INTO orders (id, n) VALUES (?, ?)", [("orders", "write")]),
    ("UPDATE orders o SET o.x = 1 WHERE o.id = ${id}", [("orders", "write")]),
    ("UPDATE o SET x = 1 FROM orders o JOIN lines l ON l.o = o.id", [("orders", "write"), ("lines", "read")]),
    ("DELETE FROM x WHERE a IN (SELECT b FROM c)", [("x", "write"), ("c", "read")]),
    ("DELETE o FROM orders o WHERE o.x = 1", [("orders", "write")]),
    ("WITH r AS (SELECT * FROM base) SELECT * FROM r JOIN other ON 1=1", [("other", "read"), ("base", "read")]),
    ("SELECT `a` FROM `my-db`.`Order Lines`", [("order lines", "read")]),
    ("SELECT [a] FROM [dbo].[Orders] WITH (NOLOCK)", [("orders", "read")]),
    ("MERGE INTO t USING s ON t.i=s.i WHEN MATCHED THEN UPDATE SET t.x=s.x", [("t", "write"), ("s", "read")]),
    ("REPLACE INTO cfg (k, v) VALUES (?, ?)", [("cfg", "write")]),
    ("CREATE TABLE IF NOT EXISTS foo (id int references bar(id))", [("foo", "declare")]),
    ("DROP TABLE IF EXISTS foo", [("foo", "declare")]),
    ("ALTER TABLE foo ADD COLUMN b int", [("foo", "declare")]),
    ("TRUNCATE TABLE foo", [("foo", "write")]),
    ("SELECT 1 FROM dual", []),
    ("SELECT a.`%s` FROM `%s` AS a LEFT JOIN lines AS b ON a.x = b.y", [("lines", "read")]),
    ("SELECT typname FROM pg_type WHERE oid = %s", []),
    ("select table_name from information_schema.tables where x = 1", []),
    ("SELECT EXTRACT(YEAR FROM d) FROM sales FOR UPDATE", [("sales", "read")]),
    ("SELECT * FROM a UNION ALL SELECT * FROM b", [("a", "read"), ("b", "read")]),
    ("-- who\nSELECT x FROM y WHERE a = 'it''s from z'", [("y", "read")]),
    ("EXPLAIN SELECT * FROM foo", [("foo", "read")]),
    ("Select id, name From customer Where id = ?", [("customer", "read")]),
]  # fmt: skip

PROSE = [
    "Select an item from the list",
    "Select item from list",
    "select one option from the menu below",
    "Select all from this page.",
    "Select files from your computer",
    "select the rows to delete from table",
    "Select a user from which to copy",
    "Please select from orders",
    "Could not select from",
    "update your profile",
    "Update the settings and set a new password",
    "update available, set reminder",
    "Delete from cart",
    "insert into the box",
    "Insert into your document",
    "create table of contents",
    "Create view for the user",
    "with great power",
    "truncate text",
    "alter table",
    "selected = from",
    "",
    "from",
]


@pytest.mark.parametrize(("text", "expected"), STATEMENTS, ids=[s[0][:40] for s in STATEMENTS])
def test_tables_of_a_statement(text: str, expected: list[tuple[str, str]]) -> None:
    assert tables(text) == expected


@pytest.mark.parametrize("text", PROSE)
def test_english_has_no_tables(text: str) -> None:
    assert tables(text) == []


def test_what_the_parser_refuses_is_searched_and_labelled() -> None:
    (access,) = read_statement("SELECT * FROM orders WHERE ((((( broken")
    assert (access.table, access.mode, access.resolution) == ("orders", "read", "inferred")


def test_the_fast_path_answers_like_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    simple = [
        "SELECT a, b.c, count(*) as n FROM shop.t WHERE a = ? AND b >= :x ORDER BY a DESC",
        "select * from t;",
        'SELECT DISTINCT x FROM "T" WHERE y <> 3',
        "INSERT INTO `t` (a, b) VALUES (?, 'x')",
        "insert into t values (1, null)",
        "UPDATE t SET a = ?, b = 'c' WHERE id = %s",
        "DELETE FROM s.t WHERE id = 1",
        "DELETE FROM t",
        "DROP TABLE t",
    ]
    fast = [read_statement(text) for text in simple]
    matched = [sql_statement.PLAIN[text.split()[0].lower()].match(text) is not None for text in simple]
    read_statement.cache_clear()
    monkeypatch.setattr(sql_statement, "PLAIN", {})
    assert fast == [read_statement(text) for text in simple]
    assert all(matched)
    read_statement.cache_clear()


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                "select from where insert into update set delete with as join on ( ) , ; . * = ? {} ${x} %s :a 'x' \"y\" "
                "`z` [w] t u values create table view drop alter -- /* */ union case when end null in exists".split()
            ),
            max_size=40,
        ).map(" ".join),
    )
)
def test_any_text_gives_an_answer(text: str) -> None:
    for access in read_statement(text):
        assert access.mode in ("read", "write", "declare")
        assert re.search(re.escape(access.table), text, re.IGNORECASE)
    script(text)


@pytest.mark.parametrize(
    "text",
    [
        "select " + "(" * 5000 + " from t",
        "select " + "a," * 50_000 + " b",
        "select " + "case when " * 3000 + "1 from t",
        "update " + "x " * 50_000,
        "with " + "a as (select " * 2000,
        "select" + " " * 100_000 + "x",
        "create " + "table " * 20_000,
        "insert into t values " + "(1, 2), " * 20_000,
        "'" * 50_000,
        "select * from " + "a.b" * 20_000,
        "/*" * 40_000,
    ],
    ids=lambda text: text[:20],
)
def test_hostile_text_takes_bounded_time(text: str) -> None:
    start = time.process_time()
    read_statement(text)
    script(text)
    assert time.process_time() - start < 3


def test_the_sieve_lets_statements_through_and_little_else() -> None:
    assert all(looks_like_sql(text) for text, expected in STATEMENTS if expected)
    assert not looks_like_sql("The quick brown fox jumps over the lazy dog")
    assert not looks_like_sql("selection from")


class TestScripts:
    def test_tables_columns_and_foreign_keys(self) -> None:
        facts = script(
            "-- the orders\nCREATE TABLE shop.Orders (\n  id INT NOT NULL PRIMARY KEY, -- key, of course\n"
            "  total DECIMAL(10, 2) DEFAULT 0,\n  who varchar(20) REFERENCES customers (id),\n  item int,\n"
            "  CONSTRAINT fk FOREIGN KEY (item) REFERENCES `items` (id),\n  KEY idx (who)\n) ENGINE=InnoDB;\n"
            "ALTER TABLE orders ADD CONSTRAINT x FOREIGN KEY (id) REFERENCES ledger (id);\n"
        )
        (orders,) = facts.entities
        assert (orders.table, orders.line) == ("orders", 2)
        assert [(c.name, c.type, c.line, c.references) for c in orders.columns] == [
            ("id", "INT", 3, "ledger"),
            ("total", "DECIMAL(10, 2)", 4, ""),
            ("who", "varchar(20)", 5, "customers"),
            ("item", "int", 6, "items"),
        ]

    def test_views_inserts_and_queries(self) -> None:
        facts = script(
            "create or replace view v as\nselect * from a join b on a.i = b.i;\n\ninsert into c values (1);\n"
            "insert into d select * from e;\n"
        )
        assert [e.table for e in facts.entities] == ["v"]
        assert {(u.table, u.mode, u.line) for u in facts.table_uses} == {
            ("a", "read", 2), ("b", "read", 2), ("c", "write", 4), ("d", "write", 5), ("e", "read", 5),
        }  # fmt: skip
        assert next(u for u in facts.table_uses if u.table == "a").joined == ("b",)

    def test_a_procedure_is_a_function_with_its_own_tables(self) -> None:
        facts = script(
            "DELIMITER //\nCREATE PROCEDURE close_order(IN i INT)\nBEGIN\n  IF i > 0 THEN\n"
            "    UPDATE orders SET state = 'C' WHERE id = i;\n  END IF;\n  CALL log_it(i);\nEND //\nDELIMITER ;\n"
            "SELECT 1 FROM after_it;\n"
        )
        assert [(d.name, d.kind, d.line) for d in facts.definitions] == [("close_order", "function", 2)]
        assert [(u.scope, u.table, u.mode, u.line) for u in facts.table_uses] == [
            ("close_order", "orders", "write", 5),
            ("", "after_it", "read", 10),
        ]
        assert [(r.scope, r.name, r.line) for r in facts.references] == [("close_order", "log_it", 7)]

    def test_postgres_bodies_in_dollars_and_batches(self) -> None:
        facts = script(
            "CREATE FUNCTION f() RETURNS trigger AS $$\nBEGIN\n  DELETE FROM x; INSERT INTO y VALUES (1);\nEND;\n$$ LANGUAGE plpgsql;\n"
            "CREATE TABLE t1 (a int)\nGO\nCREATE TABLE t2 (a int)\nGO\n"
        )
        assert [d.name for d in facts.definitions] == ["f"]
        assert {(u.scope, u.table) for u in facts.table_uses} == {("f", "x"), ("f", "y")}
        assert [e.table for e in facts.entities] == ["t1", "t2"]

    def test_semicolons_in_strings_and_comments_end_nothing(self) -> None:
        parts = list(split_statements("select ';' from a; -- no; end\n/* ; */ select 2 from b;\n"))
        assert [line for line, _ in parts] == [1, 1]
        assert len(parts) == 2

    @settings(max_examples=60, deadline=None)
    @given(st.binary(max_size=300))
    def test_any_bytes(self, source: bytes) -> None:
        assert isinstance(SQL.extract("a.sql", source)[0], FileFacts)

    def test_a_huge_script_is_refused_with_a_reason(self) -> None:
        assert SQL.extract("a.sql", b"x" * 2_000_001)[0].failure == "larger than 2,000,000 bytes"


@pytest.mark.parametrize(
    "statement",
    ["CREATE INDEX i ON shop.orders (id)", "CREATE UNIQUE INDEX CARD.XI\n  ON SHOP.ORDERS\n (ID ASC) CLOSE NO", "create index if not exists i on orders(a)",
     "CREATE INDEX CONCURRENTLY ON orders USING gin (a)", "CREATE NONCLUSTERED INDEX [i] ON [dbo].[Orders] ([a])", "CREATE INDEX i USING BTREE ON orders (a)"],
)  # fmt: skip
def test_an_index_belongs_to_the_definition_of_its_table(statement: str) -> None:
    graph = graph_of({"db/index.sql": statement + ";", "db/t.sql": "CREATE TABLE orders (id INT);"})
    assert ("db/index.sql", "table:orders") in edges(graph, "declare")


def test_a_view_stands_on_its_tables() -> None:
    script = "CREATE TABLE a (i INT);\nCREATE TABLE b (i INT);\nCREATE VIEW v AS\nSELECT * FROM a JOIN b ON a.i = b.i;"
    graph = graph_of({"s.sql": script})
    assert edges(graph, "reference") == {("table:v", "table:a"), ("table:v", "table:b")}
    (line,) = {e.line for e in graph.dependencies if e.kind == "reference"}
    assert line == 4


def test_triggers_and_procedures_read_and_write() -> None:
    script = (
        "CREATE TRIGGER t AFTER INSERT ON orders FOR EACH ROW BEGIN UPDATE stock SET n = n - 1; END;\n"
        "CREATE PROCEDURE p() BEGIN SELECT a FROM prices; DELETE FROM carts; CALL q(); END;\n"
        "CREATE PROCEDURE q() BEGIN INSERT INTO log VALUES (1); END;\n"
    )
    graph = graph_of({"s.sql": script})
    assert edges(graph, "read") == {("s.sql#t", "table:orders"), ("s.sql#p", "table:prices")}
    assert edges(graph, "write") >= {("s.sql#t", "table:stock"), ("s.sql#p", "table:carts"), ("s.sql#q", "table:log")}
    assert ("s.sql#p", "s.sql#q") in edges(graph, "call")
