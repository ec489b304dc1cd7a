"""Which service a request belongs to: the table's order against the frameworks' own, and what stays with the monolith."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.containers.facade.envoy import write_envoy
from agent.containers.facade.nginx import write_nginx
from agent.containers.facade.patterns import literal, may_overlap, read_pattern
from agent.containers.facade.state import changed, first_state
from agent.containers.facade.table import make_table, pick
from tests.containers.gateways import graph_and_boundaries, table_of, web

routing = pytest.importorskip("werkzeug.routing", reason="Werkzeug is not installed: it is the reference here")
from werkzeug.exceptions import MethodNotAllowed, NotFound  # noqa: E402

SEGMENTS = ["a", "b", "7", "<x>", "<int:x>", "<x>.b", "a<x>", "<path:x>"]
SERVICES = ["", "one", "two", "three"]


def unique_names(segments: list[str]) -> str:
    return "/".join(segment.replace("x>", f"x{place}>") for place, segment in enumerate(segments))


@st.composite
def flask_tables(draw: st.DrawFn) -> list[tuple[str, str, str]]:
    rows: dict[tuple[str, str], tuple[str, str, str]] = {}
    slashed: dict[str, bool] = {}
    for _ in range(draw(st.integers(1, 7))):
        segments = draw(st.lists(st.sampled_from(SEGMENTS), max_size=3))
        segments = [s for place, s in enumerate(segments) if "path" not in s or place == len(segments) - 1]
        text = "/" + unique_names(segments) + draw(st.sampled_from(["", "/"]) if segments else st.just(""))
        # The same path with and without its slash for different methods: the framework redirects, the gateway does not.
        bare = re.sub(r"x\d", "x", text).rstrip("/")
        if slashed.setdefault(bare, text.endswith("/")) != text.endswith("/"):
            continue
        method = draw(st.sampled_from(["GET", "POST"]))
        rows.setdefault(
            (method, re.sub(r"x\d", "x", text)), (f"{method} {text}", draw(st.sampled_from(SERVICES)), "python")
        )
    return list(rows.values())


PATHS = st.lists(st.sampled_from(["a", "b", "7", "c", "ab", "c.b", "a7"]), max_size=4).flatmap(
    lambda parts: st.sampled_from(["/" + "/".join(parts), "/" + "/".join(parts) + ("/" if parts else "")])
)


def werkzeugs_choice(rows: list[tuple[str, str, str]], method: str, path: str) -> str:
    rules = [routing.Rule(r.split()[1], methods=[r.split()[0]], endpoint=service) for r, service, _ in rows]
    adapter = routing.Map(rules, merge_slashes=False).bind("example.org")
    for _ in range(2):
        try:
            return str(adapter.match(path, method=method)[0])
        except routing.RequestRedirect as redirect:  # the route that would be redirected to answers
            path = redirect.new_url.removeprefix("http://example.org")
        except (NotFound, MethodNotAllowed):  # the monolith says so
            return ""
    return ""


def chosen(table: Any, method: str, path: str) -> str:
    line = pick(table.fronts[0], method, path)
    return line.service if line else ""


@settings(max_examples=400, deadline=None)
@given(flask_tables(), st.lists(PATHS, min_size=4, max_size=12), st.sampled_from(["GET", "POST", "HEAD"]))
def test_flask_routes_go_where_werkzeug_would_send_them(rows: Any, paths: list[str], method: str) -> None:
    table = table_of(rows)
    for path in paths:
        assert chosen(table, method, path) == werkzeugs_choice(rows, method, path), (rows, method, path)


DJANGO = {"<x>": "[^/]+", "<int:x>": "[0-9]+", "<slug:x>": "[-a-zA-Z0-9_]+", "<path:x>": ".+"}


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        # three variables that run over slashes in one pattern are not read: a gateway would backtrack
        st.tuples(
            st.lists(st.sampled_from(["a", "b", "7", *DJANGO]), min_size=1, max_size=3)
            .filter(lambda segments: segments.count("<path:x>") < 3),
            st.sampled_from(SERVICES),
        ),
        min_size=1, max_size=7, unique_by=lambda row: tuple(row[0]),
    ),
    st.lists(PATHS, min_size=4, max_size=12),
)  # fmt: skip
def test_where_the_first_pattern_wins_it_wins_here_too(rows: Any, paths: list[str]) -> None:
    """Django: the first that matches, in the order of the file; without the slash only when nothing else fits."""
    texts = [("ANY /" + "/".join(segments) + "/", service, "python") for segments, service in rows]
    graph, boundaries = graph_and_boundaries(texts)
    symbols = [
        type(s)(
            s.id, s.kind, "urls.py" if s.kind == "route" else "views.py", s.line, s.end_line, s.language, unit=s.unit
        )
        for s in graph.symbols
    ]
    graph = type(graph)(tuple(symbols), graph.dependencies)
    table = make_table([web()], graph, boundaries)
    compiled = [("".join("/" + DJANGO.get(s, s) for s in segments) + "/", service) for segments, service in rows]
    for path in paths:
        fitting = [service for expression, service in compiled if re.fullmatch(expression, path)]
        if not fitting:
            fitting = [service for expression, service in compiled if re.fullmatch(expression, path + "/")]
            if path.endswith("/"):
                fitting = []
        assert chosen(table, "GET", path) == (fitting[0] if fitting else ""), (rows, path)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from(["a", "bb", "{x}", "*", "**"]), min_size=1, max_size=3), st.sampled_from(SERVICES)),
        min_size=1, max_size=6, unique_by=lambda row: tuple(row[0]),
    ),
    st.lists(st.lists(st.sampled_from(["a", "bb", "c"]), min_size=1, max_size=4), min_size=3, max_size=8),
)  # fmt: skip
def test_spring_routes_go_to_the_most_specific_pattern(rows: Any, paths: list[list[str]]) -> None:
    rows = [(s, who) for s, who in rows if "**" not in s[:-1] and s[-1] != "*"]
    texts = [("GET /" + "/".join(segments), service, "java") for segments, service in rows]
    table = table_of(texts, path="A.java")
    for parts in paths:
        path = "/" + "/".join(parts)
        fitting = [(springs_rank(segments), service) for segments, service in rows if spring_fits(segments, parts)]
        best = min((rank for rank, _ in fitting), default=None)
        winners = {service for rank, service in fitting if rank == best} or {""}
        assert chosen(table, "GET", path) in winners, (rows, path)


def spring_fits(segments: list[str], parts: list[str]) -> bool:
    if segments[-1] == "**":
        segments, parts = segments[:-1], parts[: len(segments) - 1]
    return len(segments) == len(parts) and all(s in ("{x}", "*", p) for s, p in zip(segments, parts, strict=True))


def springs_rank(segments: list[str]) -> tuple[bool, int, int]:
    """PathPattern.SPECIFICITY_COMPARATOR: catch-alls last (the longer first), fewer variables, the longer pattern."""
    length = sum({"{x}": 2, "**": 1}.get(s, len(s) + 1) for s in segments)  # with the slash before it
    last = segments[-1] == "**"
    return last, 0 if last else segments.count("{x}") + 100 * segments.count("*"), -length


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["weighed", "ordered", "counted", "exact"]))
def test_any_text_is_a_pattern_or_it_is_not(text: str, family: Any) -> None:
    pattern = read_pattern("/" + text, family)
    if pattern is not None:
        re.compile(pattern.expression)


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_a_literal_matches_itself_and_nothing_else(text: str) -> None:
    assert re.fullmatch(literal(text), text)
    assert not re.fullmatch(literal(text), text + "x")


def test_patterns_that_cannot_share_a_path_are_known() -> None:
    def overlap(one: str, other: str) -> bool:
        left, right = read_pattern(one, "ordered"), read_pattern(other, "ordered")
        assert left is not None
        assert right is not None
        return may_overlap(left, right) and may_overlap(right, left)

    assert overlap("/a/<x>", "/a/new")
    assert overlap("/a/<path:x>", "/a/b/c")
    assert not overlap("/a/<int:x>", "/a/new")
    assert not overlap("/a/<x>", "/a/b/c")
    assert not overlap("/a", "/b")


def services(rows: Any, method: str, *paths: str, **options: Any) -> list[str]:
    table = table_of(rows, **options)
    return [chosen(table, method, path) for path in paths]


def test_express_takes_paths_with_and_without_slash_in_any_case_and_in_order() -> None:
    rows = [("GET /orders/{no}", "order", "javascript"), ("GET /orders/new", "cart", "javascript")]
    assert services(rows, "GET", "/orders/1", "/Orders/1/", "/orders/new") == ["order"] * 3
    assert services(rows[::-1], "GET", "/orders/new", "/ORDERS/NEW", "/orders/2") == ["cart", "cart", "order"]


def test_a_servlet_is_found_by_path_then_by_prefix_then_by_extension() -> None:
    rows = [
        ("GET *.do", "front", "java"),
        ("GET /claim/*", "claim", "java"),
        ("GET /claim/old.do", "old", "java"),
        ("GET /claim/deep/*", "deep", "java"),
    ]
    paths = ["/x/y.do", "/claim", "/claim/9", "/claim/old.do", "/claim/deep/1", "/claim/z.do", "/nowhere"]
    expected = ["front", "claim", "claim", "old", "deep", "claim", ""]
    assert services(rows, "GET", *paths, path="web.xml") == expected


def test_a_php_page_answers_what_follows_its_name() -> None:
    rows = [("GET /kb/article.php", "kb", "php"), ("GET /kb/index.php", "kb", "php")]
    assert services(rows, "GET", "/kb/article.php", "/kb/article.php/12", "/kb/articlexphp") == ["kb", "kb", ""]


def test_routes_that_only_a_query_tells_apart_stay_with_the_monolith() -> None:
    rows = [
        ("ANY /Order.action?list", "order", "java"),
        ("ANY /Order.action?pay", "payment", "java"),
        ("ANY /Cart.action?add", "cart", "java"),
        ("ANY /Cart.action?drop", "cart", "java"),
    ]
    table = table_of(rows)
    lines = {line.pattern: line for line in table.fronts[0].routes}
    assert (lines["/Order.action"].service, lines["/Cart.action"].service) == ("", "cart")
    assert lines["/Order.action"].why == "only the query or the body tells order and payment apart"


def test_what_is_no_http_route_is_counted_and_left_out() -> None:
    rows = [("CICS GL01", "ledger", "cobol"), ("GET ~/^x.*/", "x", "javascript"), ("GET /ok", "x", "javascript")]
    table = table_of(rows)
    assert [line.pattern for line in table.fronts[0].routes] == ["/ok"]
    assert dict(table.left) == {
        "CICS is no HTTP method": 1,
        "the pattern is an expression that a gateway cannot be given": 1,
    }


def test_a_get_that_writes_is_no_read_unless_the_handler_also_takes_posts() -> None:
    rows = [("GET /close", "order", "python"), ("GET /list", "order", "python"), ("ANY /post", "order", "python")]
    table = table_of(rows, writes=["GET /close", "ANY /post"])
    assert {line.pattern: line.reads for line in table.fronts[0].routes} == {
        "/close": (),
        "/list": ("GET", "HEAD"),
        "/post": (),
    }


def test_several_web_deployables_get_a_listener_each() -> None:
    rows = [("GET /a", "one", "python"), ("GET /b", "two", "python")]
    graph, boundaries = graph_and_boundaries(rows, path="shop/app.py")
    table = make_table([web("admin", "admin"), web("shop", "shop")], graph, boundaries)
    assert [(f.name, f.port, f.address, len(f.routes)) for f in table.fronts] == [
        ("shop", 8080, "shop:8000", 2),
        ("admin", 8081, "admin:8000", 0),
    ]
    state = changed(first_state(table), "one", reads=10, mirror=True)
    assert write_envoy(table, state).count("one-else-monolith-shop") >= 1
    assert "upstream monolith-admin {" in write_nginx(table, state)


def test_nothing_that_answers_http_has_no_facade() -> None:
    graph, boundaries = graph_and_boundaries([])
    assert make_table([], graph, boundaries).fronts == ()
