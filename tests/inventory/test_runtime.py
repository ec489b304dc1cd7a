"""Access logs, traces and statement statistics to what the boundaries stage reads of them."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.errors import InputError
from agent.inventory.runtime import read_runtime
from agent.inventory.runtime.statements import tables_of

COMBINED = '10.0.0.1 - ann [10/Oct/2026:13:55:36 +0000] "{}" {} 2326 "-" "Mozilla/5.0 (X11)"\n'
COMMON = '::1 - - [10/Oct/2026:13:55:36 +0000] "GET /orders HTTP/1.1" 200 -\n'


def log(*requests: tuple[str, int]) -> list[str]:
    return [COMBINED.format(line, status) for line, status in requests]


def test_requests_are_counted_by_method_and_path_without_the_query() -> None:
    lines = log(
        ("GET /orders?page=1 HTTP/1.1", 200), ("GET /orders?page=2 HTTP/1.1", 500), ("POST /orders HTTP/1.1", 302)
    )
    found = read_runtime([("access.log", lines)])
    assert [(r.method, r.path, r.count, r.failed) for r in found.requests] == [
        ("GET", "/orders", 2, 1),
        ("POST", "/orders", 1, 0),
    ]
    assert found.sources == (("access.log", "an access log", 3),)


def test_the_common_format_and_escaped_paths_are_read() -> None:
    found = read_runtime([("a.log", [COMMON, *log(("GET /a%20b/%C3%A9 HTTP/1.1", 200))])])
    assert [r.path for r in found.requests] == ["/a b/é", "/orders"]


def test_what_is_no_request_is_counted_with_the_place_of_the_first() -> None:
    lines = [
        *log(("GET / HTTP/1.1", 200), ("GET /favicon.ico HTTP/1.1", 404)),
        "\n",
        "# comment\n",
        "broken\n",
        *log(("-", 408)),
    ]
    found = read_runtime([("access.log", lines)])
    assert [(count, str(where)) for _, count, where in found.left] == [(2, "access.log:5"), (1, "access.log:2")]


def test_statements_name_the_tables_that_are_used_together() -> None:
    lines = [
        "userid;query;calls\n",
        "10;SELECT * FROM shop.orders o JOIN lines USING (id) WHERE o.id = $1;40\n",
        '10;"WITH recent AS (SELECT 1 FROM orders)\nSELECT * FROM recent, customers";2\n',
        "10;SELEC nothing;3\n",
        "10;SELECT 1;9\n",
        "10;SELECT * FROM x;many\n",
    ]
    found = read_runtime([("pg.csv", lines)])
    assert {(o.tables, o.count) for o in found.observations} == {
        (("lines", "orders"), 40),
        (("customers", "orders"), 2),
    }
    assert sorted(count for _, count, _ in found.left) == [1, 1]


def test_statistics_as_json_rows_are_read_too() -> None:
    rows = json.dumps([{"query": "UPDATE stock SET n = n - $1", "calls": 7}])
    assert read_runtime([("pg.json", [rows])]).observations[0].tables == ("stock",)


def span(trace: str, **attributes: str) -> dict[str, object]:
    named = [{"key": key.replace("__", "."), "value": {"stringValue": value}} for key, value in attributes.items()]
    return {"traceId": trace, "name": "x", "attributes": named}


def test_a_trace_becomes_one_operation_with_its_code_and_tables() -> None:
    spans = [
        span("1", http__route="/orders/{id}", http__request__method="GET"),
        span("1", code__namespace="shop.Orders", code__function="find", db__statement="SELECT * FROM orders"),
        span("2", db__collection__name="public.stock"),
    ]
    document = {"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}
    for lines in ([json.dumps(document) + "\n"] * 2, [*json.dumps(document, indent=1).splitlines(keepends=True)]):
        found = read_runtime([("traces.json", lines)])
        (observed,) = found.observations
        assert (observed.operation, observed.code, observed.tables) == (
            "GET /orders/{id}",
            ("shop.Orders.find",),
            ("orders",),
        )
        assert found.left[0][0] == "traces without a route"


def test_a_jaeger_download_is_read() -> None:
    tags = [{"key": "http.route", "value": "orders"}, {"key": "db.sql.table", "value": "orders"}]
    text = json.dumps({"data": [{"traceID": "1", "spans": [{"traceID": "1", "operationName": "GET", "tags": tags}]}]})
    assert read_runtime([("jaeger.json", [text])]).observations[0].operation == "ANY /orders"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "neither"),
        ("hello\nworld\n", "neither"),
        ("query,calls\nSELEC x,1\n", "not one record"),
        ('{"resourceSpans": [', "not one record"),
        (COMBINED.format("-", 408), "not one record"),
    ],
)
def test_a_file_of_no_use_is_a_sentence(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_runtime([("file.txt", text.splitlines(keepends=True))])


def test_a_statement_without_tables_is_not_one_that_cannot_be_read() -> None:
    assert tables_of("SELECT now()") == frozenset()
    assert tables_of("SELECT FROM WHERE") is None
    assert tables_of("(" * 50_000) is None


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["", "query,calls\n", '{"resourceSpans": [', '{"data": [{"traceID"', COMMON]), st.text(max_size=300)
)
def test_no_text_raises_anything_but_the_sentence(start: str, rest: str) -> None:
    with contextlib.suppress(InputError):
        read_runtime([("f", (start + rest).splitlines(keepends=True))])
