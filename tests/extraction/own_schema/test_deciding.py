"""Which tables may move: the service is the only writer that was seen, no other is predicted, and a refusal names who else writes."""

from __future__ import annotations

from agent.domain.boundary import SHARED, Boundaries, TableOwnership
from agent.domain.extraction import Answer, CellChange, RecordedRequest
from agent.domain.inventory import Location
from agent.extraction.own_schema import Decision, decide
from agent.extraction.owning import Owners

OWNERS = Owners(paths={"orders.py": "order", "stock.py": "stock"})


def table(name: str, owner: str, *writers: str, readers: tuple[str, ...] = ()) -> TableOwnership:
    return TableOwnership(
        table=f"table:{name}",
        owner=owner,
        reason="r",
        writers=writers,
        readers=readers,
        location=Location(path="m"),
        evidence=(),
    )


def seen(
    *requests: tuple[str, str, tuple[str, ...]], plan: tuple[TableOwnership, ...], **more: frozenset[str]
) -> Decision:
    """``requests`` are (file of the handler, route, tables that it changed); the service is ``order``."""
    recorded = [
        RecordedRequest(
            number=number, test="t", application="a", method="POST", target=route, route=route, clock=0.0, status=200, handler_path=path
        )
        for number, (path, route, _) in enumerate(requests, 1)
    ]  # fmt: skip
    answers = [
        Answer(
            request=number,
            changes=tuple(
                CellChange(database="d", table=name, row="1", column="c", before="1", after="2") for name in tables
            ),
        )
        for number, (_, _, tables) in enumerate(requests, 1)
    ]
    return decide(recorded, answers, Boundaries.model_construct(tables=plan), OWNERS, "order", **more)


QUOTES = table("quotes", "order", "order", readers=("stock", "order"))


def test_the_only_writer_takes_its_table_along() -> None:
    found = seen(("orders.py", "/quotes", ("quotes",)), plan=(QUOTES,))

    assert found.moving == ("quotes",)
    assert not found.refused
    assert found.readers == (("quotes", ("stock",)),)


def test_a_table_that_another_service_was_seen_to_write_stays_and_the_other_is_named_with_its_routes() -> None:
    found = seen(("orders.py", "/quotes", ("quotes",)), ("stock.py", "/count", ("quotes",)), plan=(QUOTES,))

    assert not found.moving
    assert found.refused[0].why == "others write it too: stock (POST /count)"


def test_a_table_that_another_service_is_predicted_to_write_stays() -> None:
    found = seen(("orders.py", "/quotes", ("quotes",)), plan=(table("quotes", "order", "order", "stock"),))

    assert found.refused[0].why == "others write it too: stock (by the plan; not seen)"


def test_a_table_that_the_plan_does_not_know_stays() -> None:
    assert "does not know whose" in seen(("orders.py", "/login", ("auth_user",)), plan=()).refused[0].why


def test_shared_code_writes_for_whoever_calls_it_and_that_is_said() -> None:
    found = seen(("orders.py", "/quotes", ("quotes",)), plan=(table("quotes", "order", "order", SHARED),))

    assert found.moving == found.guessed == ("quotes",)


def test_what_a_seam_covers_moves_though_others_write_it() -> None:
    changed = (("orders.py", "/quotes", ("quotes",)), ("stock.py", "/count", ("quotes",)))

    assert seen(*changed, plan=(QUOTES,), covered=frozenset({"quotes"})).moving == ("quotes",)


def test_a_request_that_changes_both_sides_of_the_border_is_named() -> None:
    found = seen(("orders.py", "/quotes", ("quotes", "audit")), plan=(QUOTES, table("audit", "stock", "stock")))

    assert found.torn == (("audit", ("POST /quotes",)),)


def test_tables_that_only_others_write_are_nobody_s_business() -> None:
    found = seen(("stock.py", "/count", ("levels",)), plan=(table("levels", "stock", "stock"),))

    assert not found.moving
    assert not found.refused
