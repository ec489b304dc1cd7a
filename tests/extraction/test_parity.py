"""The parity ledger filled in: what a service answered as the monolith did is shown, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from agent.domain.extraction import Evidence, Measured, RouteTally, Rung, Tally
from agent.domain.handover import ParityRow
from agent.domain.inventory import Location
from agent.extracting.parity import add_up, measure_parity
from tests.systems import graph_of

APP = {
    "shop.py": (
        "from flask import Flask, render_template\n"
        "app = Flask(__name__)\n"
        "@app.route('/stock/<int:item_id>')\n"
        "def show(item_id):\n"
        "    return render_template('stock.html')\n"
        "@app.route('/other')\n"
        "def other():\n"
        "    return render_template('other.html')\n"
    ),
    "templates/stock.html": "<p>stock</p>\n",
    "templates/other.html": "<p>other</p>\n",
}


def row(kind: str, name: str, **more: Any) -> ParityRow:
    return ParityRow.model_validate({"kind": kind, "name": name, "location": Location(path="shop.py", line=3), "service": "stock", "status": "tested", "proof": "tests/test_stock.py:4", **more})  # fmt: skip


def evidence(*routes: tuple[str, Tally], passed: bool = True) -> Evidence:
    told = tuple(RouteTally(route=name, tally=tally) for name, tally in routes)
    control = Rung(level=1, name="restricted copy", passed=True, verdict="", control=True, routes=told)
    rungs = (control, Rung(level=2, name="slice", passed=passed, verdict="", routes=told))
    return Evidence(name="shop", commit="c", service="stock", sandbox="s", rungs=rungs)


def alike(number: int, **more: int) -> Tally:
    return Tally.model_validate({"recorded": number + sum(more.values()), "identical": number, **more})


def measured(one: ParityRow, found: Evidence) -> Measured:
    (only,) = measure_parity([one], found, graph_of(APP))
    return only


@pytest.mark.parametrize(
    ("tally", "shown", "said"),
    [
        (alike(3), "replayed", "3 of 3 recorded requests answered as by the monolith"),
        (
            alike(2, masked=1),
            "replayed",
            "3 of 3 recorded requests answered as by the monolith, 1 of them under a mask",
        ),
        (alike(3, vacuous=1, not_replayable=2), "replayed", "3 of 6 recorded requests answered as by the monolith"),
        (alike(3, different=1), "no", "1 of its answers differ"),
        (alike(0, vacuous=2), "no", "none of its requests shows anything"),
    ],
)
def test_a_route_is_shown_when_requests_were_answered_alike_and_none_differently(tally: Tally, shown: str, said: str) -> None:  # fmt: skip
    found = measured(row("route", "GET /stock/<int:item_id>"), evidence(("GET /stock/<item_id>", tally)))
    assert (found.shown, found.why or found.row.proof, found.tally) == (shown, said, tally)
    assert found.row.status == ("replayed" if shown == "replayed" else "tested")


@pytest.mark.parametrize(
    ("name", "asked", "shown"),
    [
        ("GET /stock/<int:item_id>", "HEAD /stock/<int:item_id>", "replayed"),  # what answers GET answers HEAD
        ("POST /stock/<int:item_id>", "GET /stock/<int:item_id>", "no"),
        ("GET, POST /stock/<int:item_id>", "POST /stock/<int:item_id>", "replayed"),
        ("/stock/<int:item_id>", "PUT /stock/<int:item_id>", "replayed"),
        ("GET /stock/<int:item_id>/more", "GET /stock/<int:item_id>", "no"),
        ("GET /stock/<int:pk>/", "GET ^stock/(?P<pk>[0-9]+)/$", "replayed"),
    ],
)
def test_methods_and_patterns_are_matched_as_the_frameworks_mean_them(name: str, asked: str, shown: str) -> None:
    assert measured(row("route", name), evidence((asked, alike(1)))).shown == shown


def test_a_slice_that_does_not_hold_or_was_not_tried_shows_nothing() -> None:
    asked = ("GET /stock/<int:item_id>", alike(3))
    fell = measured(row("route", asked[0]), evidence(asked, passed=False))
    assert (fell.shown, fell.why, fell.tally.identical) == ("no", "rung 2 (slice) does not hold", 3)
    control = evidence(asked)
    control = control.model_copy(update={"rungs": control.rungs[:1]})  # the control alone is no service
    assert measured(row("route", asked[0]), control).why == "no slice was tried"


def test_a_screen_is_shown_by_a_route_that_renders_it() -> None:
    found = evidence(("GET /stock/<int:item_id>", alike(3)), ("GET /other", alike(2, different=1)))
    shown = measured(row("screen", "stock.html"), found)
    assert shown.shown == "replayed"
    assert shown.row.proof.startswith("shown by GET /stock/<int:item_id>: 3 of 3")
    assert measured(row("screen", "other.html"), found).why == "no route that was shown renders it"
    assert measured(row("screen", "nowhere.html"), found).shown == "no"


def test_jobs_stay_decisions_count_and_messages_are_not_shown() -> None:
    found = evidence(("GET /stock/<int:item_id>", alike(3)))
    assert measured(row("job", "scripts/nightly.py (crontab)"), found).shown == "stays"
    assert measured(row("route", "GET /stock/<int:item_id>", status="dropped by decision"), found).shown == "dropped"
    assert measured(row("message", "sends stock.changed"), found).shown == "no"
    assert measured(row("report", "extract written by shop.py"), found).shown == "no"
    assert measure_parity([row("route", "GET /x", service="other")], found, graph_of(APP)) == ()


def test_sums_leave_nothing_out() -> None:
    total = add_up(
        [Tally(recorded=6, identical=1, masked=1, different=1, vacuous=1, not_replayable=2, server_errors=1), alike(2)]
    )
    assert total == Tally(recorded=8, identical=3, masked=1, different=1, vacuous=1, not_replayable=2, server_errors=1)
