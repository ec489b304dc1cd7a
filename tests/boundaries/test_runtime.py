"""Runtime evidence on the graph: requests find their routes, names their units, and what was seen together ties."""

from __future__ import annotations

import pytest

from agent.boundaries.layers import build_layers
from agent.boundaries.propose import propose_boundaries
from agent.boundaries.runtime import with_runtime
from agent.boundaries.system import see_system
from agent.domain.code import Dependency, DependencyGraph, Symbol
from agent.domain.runtime import Observation, Request, Runtime


def shop(*routes: str) -> DependencyGraph:
    symbols, edges = [], []
    for number, name in enumerate(["orders", "stock", "mail"]):
        symbols.append(Symbol(f"shop.{name}", "module", f"shop/{name}.py", 1, 9, "python", "", f"shop.{name}"))
        symbols.append(
            Symbol(f"shop.{name}.run", "function", f"shop/{name}.py", 2, 8, "python", f"shop.{name}", f"shop.{name}")
        )
        symbols.append(Symbol(f"table:{name}", "table", "schema.sql", number + 1, number + 1, "sql", "", ""))
        edges.append(Dependency(f"shop.{name}.run", f"table:{name}", "write", f"shop/{name}.py", 3, "exact"))
    for route in routes:
        symbols.append(Symbol(f"route:{route}", "route", "shop/orders.py", 1, 1, "python", "", ""))
        edges.append(Dependency(f"route:{route}", "shop.orders.run", "handle", "shop/orders.py", 1, "exact"))
    return DependencyGraph(tuple(sorted(symbols, key=lambda s: s.id)), tuple(edges))


def requests(*asked: tuple[str, str, int]) -> Runtime:
    made = tuple(Request(method=method, path=path, count=count) for method, path, count in asked)
    return Runtime(requests=made, sources=(("access.log", "an access log", 1),))


@pytest.mark.parametrize(
    ("route", "path"),
    [
        ("GET /orders/<int:id>", "/orders/7"),
        ("GET /orders/{id}/lines", "/orders/7/lines/"),
        ("GET /orders/{id:[0-9]+}", "/orders/7"),
        ("GET /orders/:id", "/orders/7"),
        ("GET /^orders/(?P<id>\\d+)/$", "/orders/7/"),
        ("ANY /orders/*", "/orders/a/b"),
        ("GET /files/<path:name>", "/files/a/b.txt"),
        ("GET /a.b", "/a.b"),
    ],
)
def test_a_request_finds_its_route(route: str, path: str) -> None:
    system, traffic = with_runtime(see_system(shop(route)), requests(("GET", path, 3)))
    assert dict(system.requests) == {f"route:{route}": 3}
    assert traffic.silent == ()


def test_the_most_literal_route_answers_and_the_rest_is_counted() -> None:
    graph = shop("GET /orders/new", "GET /orders/<id>", "POST /orders/<id>")
    asked = requests(
        ("GET", "/orders/new", 2), ("HEAD", "/orders/5", 1), ("GET", "/ordersX", 4), ("DELETE", "/orders/5", 1)
    )
    system, traffic = with_runtime(see_system(graph), asked)
    assert dict(system.requests) == {"route:GET /orders/<id>": 1, "route:GET /orders/new": 2}
    assert traffic.silent == ("route:POST /orders/<id>",)
    assert traffic.unmatched == (("requests that no route of the graph answers", 5),)


def test_routes_that_only_a_query_tells_apart_are_not_guessed() -> None:
    graph = shop("ANY /a.action?save", "ANY /a.action?view")
    system, traffic = with_runtime(see_system(graph), requests(("GET", "/a.action", 2)))
    assert not system.requests
    assert traffic.silent == ()


def test_what_was_seen_together_is_tied_in_a_layer_of_its_own() -> None:
    seen = (
        Observation(operation="GET /a", code=("shop.orders.run",), tables=("STOCK",), count=90),
        Observation(operation="GET /b", code=("shop.mail.run", "elsewhere.thing"), tables=("mail",), count=9),
    )
    system, traffic = with_runtime(see_system(shop()), Runtime(observations=seen))
    (layer,) = [layer for layer in build_layers(system, ()) if layer.name == "runtime"]
    assert set(layer.edges) == {("shop.orders", "table:stock"), ("shop.mail", "table:mail")}
    assert traffic.unmatched == (("names in traces and statements that the graph does not have", 1),)
    assert not [layer for layer in build_layers(see_system(shop()), ()) if layer.name == "runtime"]


def test_the_proposal_carries_requests_and_is_the_same_without_evidence() -> None:
    graph = shop("GET /orders/<id>")
    assert propose_boundaries(graph, runtime=Runtime()) == propose_boundaries(graph)
    found = propose_boundaries(graph, runtime=requests(("GET", "/orders/1", 5)))
    assert found.traffic.routes == (("route:GET /orders/<id>", 5),)
    assert found.traffic.sources
