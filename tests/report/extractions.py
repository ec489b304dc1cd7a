"""Evidence of extractions for the pages' tests: a climb to the top, one that stopped, none at all, and a hostile one."""

from __future__ import annotations

from typing import Literal

from agent.domain.extraction import (
    Drill,
    Evidence,
    LiveTests,
    Measured,
    MutantTally,
    Outcome,
    Ownership,
    Residual,
    RouteTally,
    Rung,
    Survivor,
    Tally,
)
from agent.domain.handover import ParityRow
from agent.domain.inventory import Location
from tests.report import plans

COMMIT = "c0ffee" * 6 + "abcd"
SERVICE = "shipping"
CONTROL_VERDICT = "60 of 60 answers of the service's routes are the monolith's own, through the facade (a control)"
SLICE_VERDICT = "57 of 60 answers are the monolith's; the slice has 1,575 of 4,901 lines"


def tally(recorded: int, *, masked: int = 0, different: int = 0, vacuous: int = 0, cannot: int = 0, errors: int = 0) -> Tally:  # fmt: skip
    masks = (("password hash", masked),) if masked else ()
    alike = recorded - masked - different - vacuous - cannot
    return Tally(recorded=recorded, identical=alike, masked=masked, different=different, vacuous=vacuous, not_replayable=cannot, server_errors=errors, masks=masks)  # fmt: skip


def left(verdict: Outcome, cause: str, *requests: int) -> Residual:
    return Residual(verdict=verdict, cause=cause, requests=requests)


def routes(*rows: tuple[str, Tally]) -> tuple[RouteTally, ...]:
    return tuple(RouteTally(route=name, tally=each) for name, each in rows)


OWN = routes(
    ("GET /shipping/", tally(20)),
    ("GET /shipping/<int:shipment_id>", tally(12, masked=1)),
    ("POST /shipping/carriers", tally(8, different=1)),
    ("POST /shipping/ship/<int:order_id>", tally(20, vacuous=1, cannot=1)),
)
ORACLE = Rung(
    level=0, name="oracle", passed=True, verdict="540 of 548 recorded requests can be replayed",
    tally=tally(548, masked=2, vacuous=3, cannot=5, errors=4), routes=(*routes(("GET /", tally(488, cannot=4))), *OWN),
    residual=(left("not replayable", "the test replaces smtplib.SMTP", 7, 8, 9, 10, 11), left("vacuous", "answered 302 where 500 was recorded", 262, 263, 264)),
    upstreams=(("monolith", 548),),
)  # fmt: skip
CONTROL = Rung(
    level=1, name="restricted copy", passed=True, control=True, verdict=CONTROL_VERDICT, tally=tally(60), routes=OWN,
    upstreams=(("monolith", 488), ("service", 60)),
)  # fmt: skip
SLICE = Rung(
    level=2, name="slice", passed=True, verdict=SLICE_VERDICT, tally=tally(60, masked=1, different=1, vacuous=1, cannot=1), routes=OWN,
    residual=(left("different", "body: /html/body/p[2]", 31), left("vacuous", "answered 302 where 500 was recorded", 262)),
    upstreams=(("shipping", 60),), generated=tally(140, different=1, vacuous=12),
    mutants=MutantTally(tried=24, by_recorded=18, by_generated=3, by_tests=1, survivors=(Survivor(path="orderdesk/views/shipping.py", line=41, operator="< for <=", requests=6), Survivor(path="orderdesk/utils.py", line=9, operator="return None", requests=2))),
    live=LiveTests(tests=117, control_passed=109, passed=108, new_failures=("tests/test_shipping.py::test_rates",), cannot=(("the test reads the database file", 6), ("the test replaces smtplib.SMTP", 2))),
    lines=1575, lines_of=4901, notes=("stays with the monolith, since no request starts it: scripts/nightly_export.py",),
)  # fmt: skip
SCHEMA = Rung(
    level=3, name="own schema", passed=False, verdict="rehearsed for carriers; 5 of 6 drills held",
    drills=(
        Drill(name="writes under load", passed=True, verdict="10,000 writes, none lost or doubled", figures=(("writes", 10_000), ("seconds", 41.237), ("lost", 0))),
        Drill(name="dropped trigger", passed=True, verdict="found by reconciliation"),
        Drill(name="lost event", passed=False, verdict="not found", figures=(("rows apart", 1),)),
    ),
)  # fmt: skip


def row(kind: Literal["route", "job", "screen"], name: str, shown: Literal["replayed", "dropped", "stays", "no"], why: str = "") -> Measured:  # fmt: skip
    place = Location(path="orderdesk/views/shipping.py", line=18)
    proof = "20 of 20 recorded requests answered as by the monolith"
    filled = ParityRow(kind=kind, name=name, location=place, service=SERVICE, status="replayed" if shown == "replayed" else "tested", proof=proof)  # fmt: skip
    return Measured(row=filled, shown=shown, why=why, tally=tally(20))


PARITY = (
    row("route", "GET /shipping/", "replayed"),
    row("route", "POST /shipping/carriers", "no", "1 of its answers differ"),
    row("screen", "shipping/list.html", "replayed"),
    row("job", "scripts/nightly_export.py", "stays", "no request starts it: it stays with the monolith"),
)
OWNERSHIP = (
    Ownership(table="carriers", owner="shipping", writers=(("shipping", 2),), routes=("POST /shipping/carriers",), predicted=("shipping", "order")),
    Ownership(table="orders", owner="order", writers=(("order", 139), ("shipping", 42)), routes=("POST /orders/new",), predicted=("__shared__", "order")),
    Ownership(table="sessions", owner="", writers=(("monolith", 5),), routes=("POST /login",), predicted=()),
)  # fmt: skip


def full_evidence() -> Evidence:
    return Evidence(
        name="orderdesk", commit=COMMIT, service=SERVICE, sandbox="bubblewrap", suites=("pytest in the repository",), tests=117,
        service_routes=tuple(one.route for one in OWN), rungs=(ORACLE, CONTROL, SLICE, SCHEMA), ownership=OWNERSHIP,
        stopped="rung 3 (own schema) does not hold: 5 of 6 drills held", notes=("2 tests were skipped",), parity=PARITY,
    )  # fmt: skip


def control_only() -> Evidence:
    """The oracle and the control hold, and the slice fell."""
    fell = SLICE.model_copy(update={"passed": False, "verdict": "12 of 60 answers are the monolith's"})
    return full_evidence().model_copy(update={"rungs": (ORACLE, CONTROL, fell), "parity": ()})


def empty_evidence() -> Evidence:
    return Evidence(name="orderdesk", commit="", service=SERVICE, sandbox="container")


def hostile_evidence() -> Evidence:
    """Every text that a repository can reach is an attack."""
    odd = plans.ODD
    bad = left("different", odd, 1)
    lines = routes((f"GET /{odd}", tally(3, different=1)))
    return Evidence(
        name=odd, commit=COMMIT, service=odd, sandbox="bubblewrap", suites=(odd,), tests=1, service_routes=(odd,),
        rungs=(
            ORACLE.model_copy(update={"verdict": odd, "routes": lines, "residual": (bad,), "notes": (odd,), "upstreams": ((odd, 1),)}),
            SLICE.model_copy(update={
                "verdict": odd, "routes": lines, "residual": (bad,), "notes": (odd,), "drills": (Drill(name=odd, passed=False, verdict=odd, figures=((odd, 0.5),)),),
                "live": LiveTests(tests=1, control_passed=1, passed=0, new_failures=(odd,), cannot=((odd, 1),)),
                "mutants": MutantTally(tried=1, survivors=(Survivor(path=odd, line=1, operator=odd, requests=1),)),
                "tally": tally(3, different=1).model_copy(update={"masks": ((odd, 1),)}),
            }),
        ),
        ownership=(Ownership(table=odd, owner=odd, writers=((odd, 1), ("monolith", 2)), routes=(odd,), predicted=("other" + odd,)),),
        stopped=odd, notes=(odd,), parity=(row("route", odd, "no", odd),),
    )  # fmt: skip
