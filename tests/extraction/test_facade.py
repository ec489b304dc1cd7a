"""The facade sends what the framework would: its table in match order, as expressions that nginx reads."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.extraction.facade import FrameworkRoute, facade_config, route_expression, routes_by_owner

FLASK = (
    ("/orders/<int:number>", ("GET", "HEAD"), "order"),
    ("/orders/<name>", ("GET",), "name"),
    ("/orders/new", ("GET", "POST"), "order"),
    ("/files/<path:name>", ("GET",), "file"),
    ("/<lang>/about/", ("GET",), "page"),
)
DJANGO = (
    (r"api/\Z", (), "root"),
    (r"api/(?P<pk>[^/.]+)\.(?P<format>[a-z0-9]+)/?\Z", (), "api"),
    (r"children/(?P<slug>[-a-zA-Z0-9_]+)/\Z", (), "core"),
)


def table(rows: tuple[tuple[str, tuple[str, ...], str], ...], own: str, regex: bool = False) -> list[FrameworkRoute]:
    return [FrameworkRoute(pattern, methods, owner == own, regex) for pattern, methods, owner in rows]


def upstream(config: str, request: str) -> str:
    """Who gets a request, as nginx would say: the first expression of the map that fits."""
    for line in config.splitlines():
        found = re.match(r'\s+"~(.+)" (\w+);$', line)
        if found and re.search(found[1].replace('\\"', '"').replace("\\\\", "\\"), request):
            return found[2]
    return "monolith"


@pytest.mark.parametrize(
    ("request_line", "expected"),
    [
        ("GET /orders/7", "service"),
        ("HEAD /orders/7", "service"),
        ("POST /orders/7", "monolith"),
        ("POST /orders/new", "service"),
        ("GET /orders/new", "service"),
        ("GET /orders/newest", "monolith"),
        ("GET /orders/7/x", "monolith"),
        ("GET /files/a/b.txt", "monolith"),
        ("GET /", "monolith"),
    ],
)
def test_flask_rules(request_line: str, expected: str) -> None:
    assert upstream(facade_config(table(FLASK, "order"), (1, 2, 3)), request_line) == expected


@pytest.mark.parametrize(
    ("request_line", "expected"),
    [
        ("GET /api/", "monolith"),
        ("DELETE /api/7.json", "service"),
        ("GET /api/7.json/x", "monolith"),
        ("GET /children/ada/", "monolith"),
    ],
)
def test_django_expressions(request_line: str, expected: str) -> None:
    assert upstream(facade_config(table(DJANGO, "api", True), (1, 2, 3)), request_line) == expected


def test_a_rule_with_a_slash_at_its_end_gets_the_redirect_too() -> None:
    config = facade_config(table(FLASK, "page"), (1, 2, 3))
    assert upstream(config, "GET /en/about") == "service"
    assert upstream(config, "GET /en/about/") == "service"
    assert upstream(config, "GET /en/about/x") == "monolith"


def test_the_first_of_a_table_of_expressions_wins() -> None:
    routes = [FrameworkRoute("a/.*$", (), False, True), FrameworkRoute("a/b$", (), True, True)]
    assert upstream(facade_config(routes, (1, 2, 3)), "GET /a/b") == "monolith"


@pytest.mark.parametrize("regex", [False, True])
def test_methods_of_one_pattern_may_go_to_both_sides(regex: bool) -> None:
    def owner(method: str) -> str:
        return "order" if method in ("POST", "PUT") else "monolith"

    methods = () if regex else ("GET", "POST")
    config = facade_config(routes_by_owner("orders" if regex else "/orders", methods, regex, owner, "order"), (1, 2, 3))
    assert upstream(config, "POST /orders") == "service"
    assert upstream(config, "GET /orders") == "monolith"
    assert routes_by_owner("/x", ("GET",), regex, owner, "monolith") == (FrameworkRoute("/x", ("GET",), True, regex),)


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_reads_it(tmp_path: Path) -> None:
    odd = FrameworkRoute(r'say/"(?P<host>[^"]{1,3})\\\$;\Z', (), True, True)
    config = facade_config([*table(DJANGO, "api", True), odd], (18080, 18081, 18082), str(tmp_path))
    for name in ("body", "proxy", "fastcgi", "uwsgi", "scgi"):
        (tmp_path / name).mkdir()
    path = tmp_path / "nginx.conf"
    path.write_text(config)
    done = subprocess.run(
        ["nginx", "-t", "-p", str(tmp_path), "-c", str(path), "-e", "stderr"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@given(st.text(max_size=40), st.booleans())
def test_any_pattern_gives_an_expression_or_none(pattern: str, regex: bool) -> None:
    found = route_expression(FrameworkRoute(pattern, (), False, regex))
    if found is not None:
        re.compile(found)
