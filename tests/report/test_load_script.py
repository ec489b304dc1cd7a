"""The k6 script from routes: what only reads is asked, what writes is named and left out."""

from __future__ import annotations

import json
import re

from agent.domain.inventory import Location
from agent.domain.plan import RouteRow
from agent.report.load_script import write_load_script


def row(route: str, reads: tuple[str, ...] = (), writes: tuple[str, ...] = ()) -> RouteRow:
    return RouteRow(
        route=route, handler="h", location=Location(path="a.py", line=1), service="s", reads=reads, writes=writes
    )


def routes_of(script: str) -> list[str]:
    found = re.search(r"const ROUTES = (\[.*?\]);\n", script, re.DOTALL)
    assert found
    return [r["path"] for r in json.loads(found.group(1))]


def test_reading_routes_are_asked_with_parameters_of_every_framework() -> None:
    rows = [row("GET /orders/<int:order_id>", ("orders",)), row("GET /items/:sku"), row("GET /x/{id}", ("a", "b"))]
    script = write_load_script("shop", rows)
    assert routes_of(script) == ["/x/{id}", "/orders/{order_id}", "/items/{sku}"]
    assert '"order_id": "1"' in script


def test_what_writes_is_left_out_and_named() -> None:
    script = write_load_script("shop", [row("POST /orders"), row("GET /count", (), ("hits",)), row("GET /")])
    assert routes_of(script) == ["/"]
    assert "GET /count, POST /orders" in script


def test_a_name_cannot_leave_its_comment() -> None:
    script = write_load_script("shop\nimport evil", [row("POST /a\nalert(1)")])
    assert not any(line.startswith(("import evil", "alert")) for line in script.splitlines())
