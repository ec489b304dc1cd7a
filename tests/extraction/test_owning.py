"""Whose a request is: by its handler's home, else by its route, else by its file; and tables by who was seen to change them."""

from __future__ import annotations

from typing import Any

import pytest

from agent.domain.boundary import SHARED, Boundaries, TableOwnership, Unit
from agent.domain.extraction import Answer, CellChange, RecordedRequest
from agent.domain.inventory import Location
from agent.extraction.box import web
from agent.extraction.owning import MONOLITH, Owners, observed_ownership, own_requests, owners_of, plain_route
from tests.extraction.slicing.test_flask_slices import APP
from tests.systems import graph_of


def unit(path: str, service: str) -> Unit:
    return Unit(id=path, path=path, line=1, service=service, code_lines=1, reason="r")


def proposal(**writers: tuple[str, ...]) -> Boundaries:
    tables = tuple(
        TableOwnership(
            table=f"table:{name}",
            owner=who[0],
            reason="r",
            writers=who,
            readers=(),
            location=Location(path="m"),
            evidence=(),
        )
        for name, who in writers.items()
    )
    units = (unit("shop/orders.py", "order"), unit("shop/stock.py", "stock"), unit("shop/db.py", SHARED))
    return Boundaries.model_construct(units=units, tables=tables)


def request(number: int, path: str, **more: Any) -> RecordedRequest:
    return RecordedRequest(
        number=number,
        test="t",
        application="a",
        method="POST",
        target="/",
        clock=0.0,
        status=200,
        handler_path=path,
        **more,
    )


def answer(number: int, *tables: str) -> Answer:
    changes = tuple(
        CellChange(database="d", table=table, row=str(row), column="c", before="1", after="2")
        for table in tables
        for row in range(2)
    )
    return Answer(request=number, status=200, changes=changes)


PATHS = Owners(paths={"shop/orders.py": "order", "shop/stock.py": "stock", "shop/db.py": MONOLITH})


def owners(**homes: str) -> Owners:
    """Of the small shop, with a unit's last name -> its service."""
    graph = graph_of(APP)
    units = tuple(
        Unit(id=s.id, path=s.path, line=1, service=homes.get(s.id.rpartition(".")[2], SHARED), code_lines=1, reason="r")
        for s in graph.symbols
        if s.kind == "module"
    )
    return owners_of(graph, Boundaries.model_construct(units=units))


def test_the_handlers_home_decides_and_shared_code_belongs_to_no_service() -> None:
    found = owners(orders="order", stock="stock", app=SHARED)
    assert found.of("GET", "/orders/", "shop.views.orders.index", "shop/views/orders.py") == "order"
    assert found.of("GET", "/stock/<int:item>", "shop.views.stock.level", "shop/views/stock.py") == "stock"
    assert found.of("GET", "/ping", "shop.app.register.<locals>.ping", "shop/app.py") == MONOLITH
    assert found.of("GET", "", "", "") == MONOLITH


def test_a_handler_that_a_decorator_put_there_goes_by_its_route() -> None:
    found = owners(orders="order", hooks="stock")
    assert found.of("GET", "/orders/", "shop.hooks.gate.<locals>.inner", "shop/hooks.py") == "order"
    assert found.of("GET", "/orders/", "library.dispatch", "") == "order"
    assert found.of("POST", "/orders/old", "library.dispatch", "") == "order"
    assert found.of("GET", "/unknown", "shop.hooks.gate", "shop/hooks.py") == "stock", "else by its symbol"
    assert found.of("GET", "/unknown", "made.at.run", "shop/hooks.py") == "stock", "else by its file"


def test_handlers_of_one_file_may_belong_to_two_services() -> None:
    found = Owners({"m.a": "one", "m.b": "two"}, {}, frozenset({"m.a", "m.b"}))
    requests = [request(n, "m.py", handler=name, route="/r") for n, name in enumerate(("m.a", "m.b", "m.c"), 1)]
    assert [one.number for one in own_requests(requests, found, "one")] == [1]
    assert [one.number for one in own_requests(requests, found, "two")] == [2]


def test_a_file_with_units_of_two_services_tells_nothing() -> None:
    units = (unit("m.py", "one"), unit("m.py", "two").model_copy(update={"id": "other"}), unit("n.py", "one"))
    found = owners_of(graph_of({}), Boundaries.model_construct(units=units))
    assert found.paths == {"n.py": "one"}


def test_a_route_of_several_services_tells_nothing() -> None:
    found = Owners(routes={"x": (("GET", "one"), ("GET", "two"), ("POST", "two"))}, paths={"a.py": "one"})
    assert found.of("GET", "/x", "library.view", "a.py") == "one"
    assert found.of("GET", "/x", "library.view", "") == MONOLITH
    assert found.of("POST", "/x", "library.view", "") == "two"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("/orders/<int:n>", "/orders/<n>"),
        ("api/bmi/(?P<pk>[^/.]+)/$", "/api/bmi/<pk>/"),
        ("^children/(?P<slug>[-a-z]+)/\\Z", "/children/<str:slug>/"),
        ("^robots\\.txt\\Z", "/robots.txt"),
        ("", "/"),
    ],
)
def test_routes_are_compared_without_what_only_a_framework_writes(one: str, two: str) -> None:
    assert plain_route(one) == plain_route(two)
    assert web.plain_route(one) == plain_route(one), (
        "the box has a copy, since nothing of figwright can be imported there"
    )


def test_each_request_counts_once_for_a_table() -> None:
    requests = [request(1, "shop/orders.py", route="/o"), request(2, "shop/stock.py", route="/s"), request(3, "")]
    answers = [
        answer(1, "Orders", "stock", "sqlite_sequence"),
        answer(2, "stock"),
        answer(3, "stock"),
        answer(9, "ghost"),
    ]
    found = observed_ownership(requests, answers, proposal(orders=("order",), stock=("stock",)), PATHS)
    assert [(one.table, one.owner, one.writers, one.predicted) for one in found] == [
        ("Orders", "order", (("order", 1),), ("order",)),
        ("stock", "stock", ((MONOLITH, 1), ("order", 1), ("stock", 1)), ("stock",)),
    ]
    assert found[1].routes == ("POST (no route)", "POST /o", "POST /s")
