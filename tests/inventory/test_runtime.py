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


JOBS = [
    "job,start,end,status\n",
    "nightly,2026-10-01T22:15:00,2026-10-01T23:50:00,ok\n",
    "nightly,2026-10-02T22:15:00,2026-10-02T22:20:00,FAILED\n",
    "early,2026-10-02T03:00:00,2026-10-02T02:00:00,ok\n",
    "vague,yesterday,today,ok\n",
    ",2026-10-02T03:00:00,,ok\n",
]


def test_a_job_log_gives_runs_failures_and_the_longest() -> None:
    found = read_runtime([("jobs.csv", JOBS)])
    assert [(j.name, j.runs, j.failed, j.longest) for j in found.jobs] == [
        ("early", 1, 0, 0.0),
        ("nightly", 2, 1, 5700.0),
        ("vague", 1, 0, 0.0),
    ]
    assert found.sources == (("jobs.csv", "a job log", 4),)
    assert {(reason.split(" (")[0], str(where)) for reason, _, where in found.left} == {
        ("runs that end before they start", "jobs.csv:4"),
        ("times that are not ISO 8601", "jobs.csv:5"),
        ("rows without a job's name", "jobs.csv:6"),
    }


@pytest.mark.parametrize(
    ("result", "failed"),
    [("0", 0), ("1", 1), ("CC 0004", 0), ("CC 0008", 1), ("0012", 1), ("RC=04", 0), ("ABEND S0C7", 1), ("OK", 0), ("Timed out", 1)],
)  # fmt: skip
def test_what_a_run_ended_with_is_understood(result: str, failed: int) -> None:
    (job,) = read_runtime([("j.json", [json.dumps({"jobname": "GLB020", "rc": result})])]).jobs
    assert job.failed == failed


def test_lines_of_cron_are_runs() -> None:
    lines = [
        "Nov 22 02:00:01 host CRON[123]: (root) CMD (cd /srv && python scripts/rebuild_stock.py)\n",
        "Nov 22 02:00:01 host CRON[124]: (root) INFO (No MTA installed)\n",
    ]
    found = read_runtime([("syslog", lines)])
    assert [(j.name, j.runs) for j in found.jobs] == [("cd /srv && python scripts/rebuild_stock.py", 1)]
    assert [str(where) for _, _, where in found.left] == ["syslog:2"]


@pytest.mark.parametrize(
    ("header", "row", "counts"),
    [
        ("relname,seq_scan,idx_scan,n_tup_ins,n_tup_upd,n_tup_del", "orders,1,20,3,4,5", (21, 12)),
        ("OBJECT_SCHEMA;OBJECT_NAME;COUNT_READ;COUNT_WRITE", "shop;Orders;7;2", (7, 2)),
        ('"TABLE_NAME","INSERTS","UPDATES","DELETES"', '"ORDERS",1,2,3', (0, 6)),
    ],
)
def test_table_statistics_of_the_common_databases(header: str, row: str, counts: tuple[int, int]) -> None:
    found = read_runtime([("t.csv", [header + "\n", row + "\n"])])
    assert [(t.table, t.reads, t.writes) for t in found.tables] == [("orders", *counts)]
    assert found.sources == (("t.csv", "table statistics", 1),)


def test_a_count_that_is_none_is_named_with_its_line() -> None:
    found = read_runtime([("t.csv", ["table,reads,writes\n", "a,1,2\n", "b,-1,2\n", "c,x,2\n", ",1,1\n"])])
    assert [t.table for t in found.tables] == ["a"]
    assert {(count, str(where)) for _, count, where in found.left} == {(2, "t.csv:3"), (1, "t.csv:5")}


def test_a_file_without_one_usable_record_says_where_it_went_wrong() -> None:
    with pytest.raises(InputError, match=r"rows without a job's name, at jobs.csv:2"):
        read_runtime([("jobs.csv", ["job,start\n", ",2026-01-01\n"])])


@given(st.lists(st.text(max_size=60), max_size=6), st.sampled_from(["job,start,rc", "table,reads,writes"]))
@settings(max_examples=60)
def test_any_rows_below_a_header_do_no_harm(rows: list[str], header: str) -> None:
    with contextlib.suppress(InputError):
        read_runtime([("x.csv", [header + "\n", *(row + "\n" for row in rows)])])
