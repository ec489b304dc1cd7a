"""Tables by who was seen to change them, beside who was predicted to; requests by whose file their handler lies in."""

from __future__ import annotations

from typing import Any

from agent.domain.boundary import SHARED, Boundaries, TableOwnership, Unit
from agent.domain.extraction import Answer, CellChange, RecordedRequest
from agent.domain.inventory import Location
from agent.extraction.owning import MONOLITH, observed_ownership, own_numbers, owners_of_paths


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


def test_shared_code_belongs_to_no_service() -> None:
    assert owners_of_paths(proposal()) == {"shop/orders.py": "order", "shop/stock.py": "stock"}


def test_own_requests() -> None:
    requests = [request(1, "shop/orders.py"), request(2, "shop/stock.py"), request(3, ""), request(4, "shop/db.py")]
    assert own_numbers(requests, proposal(), "order") == {1}


def test_each_request_counts_once_for_a_table() -> None:
    requests = [request(1, "shop/orders.py", route="/o"), request(2, "shop/stock.py", route="/s"), request(3, "")]
    answers = [
        answer(1, "Orders", "stock", "sqlite_sequence"),
        answer(2, "stock"),
        answer(3, "stock"),
        answer(9, "ghost"),
    ]
    found = observed_ownership(requests, answers, proposal(orders=("order",), stock=("stock",)))
    assert [(one.table, one.owner, one.writers, one.predicted) for one in found] == [
        ("Orders", "order", (("order", 1),), ("order",)),
        ("stock", "stock", ((MONOLITH, 1), ("order", 1), ("stock", 1)), ("stock",)),
    ]
    assert found[1].routes == ("POST (no route)", "POST /o", "POST /s")
