"""Why X is in service Y, and what an edited file would change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.boundaries import compare, explain, propose_boundaries, read_boundaries, tell_comparison, tell_explanation
from agent.domain.boundary import Boundaries, Explanation
from agent.domain.code import DependencyGraph
from agent.errors import InputError
from tests.boundaries.test_propose import system, unit
from tests.program import ORDERDESK, figwright

GRAPH: DependencyGraph = system({"order": 6, "invoice": 6, "parcel": 6}, [("app.order0", "app.invoice0")])


@pytest.fixture(scope="module")
def proposal() -> Boundaries:
    return propose_boundaries(GRAPH)


def told(subject: str, proposal: Boundaries) -> Explanation:
    return explain(GRAPH, proposal, subject)


def test_a_unit_is_explained_by_every_layer_with_its_lines(proposal: Boundaries) -> None:
    found = told("app.order0", proposal)
    assert (found.kind, found.service) == ("unit", "order")
    by_layer = {pull.layer: pull for pull in found.pulls if pull.service == "order"}
    assert by_layer["structure"].share > 0.3
    assert {str(e.location) for e in by_layer["structure"].evidence} >= {"app.order0.py:1"}
    assert any("writes order_rows" in e.text for e in by_layer["data"].evidence)
    pulled_away = [pull for pull in found.pulls if pull.service == "invoice" and pull.layer == "structure"]
    assert pulled_away[0].partners == ("app.invoice0",)
    assert abs(sum(pull.share for pull in found.pulls) - 1.0) < 0.01


def test_every_other_home_is_priced_and_none_is_better_than_where_it_clearly_belongs(proposal: Boundaries) -> None:
    moves = told("app.order3", proposal).moves
    assert {move.service for move in moves} == {"invoice", "parcel"}
    assert all(move.modularity < 0 and move.icp > 0 for move in moves)


def test_tables_services_and_the_ends_of_names_are_found(proposal: Boundaries) -> None:
    table = told("invoice_rows", proposal)
    assert (table.kind, table.service) == ("table", "invoice")
    assert any("writes" in e.text for e in table.evidence)
    service = told("parcel", proposal)
    assert (service.kind, len(service.members), service.tables) == ("service", 6, ("parcel_rows",))
    assert told("order0", proposal).subject == "app.order0"
    assert told("ORDER0", proposal).subject == "app.order0"
    assert told("app/order0.py", proposal).subject == "app.order0"


@pytest.mark.parametrize("asked", ["nobody", "", "rder0"])
def test_what_is_not_there_is_said(asked: str, proposal: Boundaries) -> None:
    with pytest.raises(InputError, match="nothing is called"):
        told(asked, proposal)


def test_a_name_that_two_things_end_with_is_asked_about() -> None:
    both = DependencyGraph((*GRAPH.symbols, unit("lib.order0")), GRAPH.dependencies)
    with pytest.raises(InputError, match=r"may mean app\.order0, lib\.order0: give more of the name"):
        explain(both, propose_boundaries(both), "order0")


def test_the_text_says_home_reason_and_shares(proposal: Boundaries) -> None:
    text = tell_explanation(told("app.order0", proposal))
    assert text.startswith("app.order0 (app/order0.py:1) is in order.\n  why: tied most to ")
    assert "% of its ties lead to order:" in text
    assert "what another home would change" in text


def test_an_edited_file_is_scored_and_its_difference_shown(proposal: Boundaries) -> None:
    text = '[services.order]\nunits = ["app.order0"]\n[services.billing]\nunits = ["app.order5"]\ntables = ["order_rows"]\n'
    units = [u.id for u in proposal.units]
    edited = propose_boundaries(
        GRAPH, file=read_boundaries(text, "mine.toml", units, [f"table:{t.table}" for t in proposal.tables])
    )
    difference = compare(proposal, edited)
    assert [(c.what, c.before, c.after) for c in difference.moved_units] == [("app.order5", "order", "billing")]
    assert [(c.what, c.before, c.after) for c in difference.moved_tables] == [("order_rows", "order", "billing")]
    assert difference.services_added == ("billing",)
    assert difference.conflicts == ((), ("order_rows",))
    assert difference.crossings[1] > difference.crossings[0]
    assert next(c for c in difference.metrics if c.what == "modularity").note == "worse (higher is better)"
    told_so = tell_comparison(difference)
    assert "app.order5: order -> billing" in told_so
    assert "new: order_rows" in told_so


def test_an_unedited_file_changes_nothing(proposal: Boundaries) -> None:
    difference = compare(proposal, proposal)
    assert difference.moved_units == difference.crossings_by_pair == ()
    assert {c.note.split(" (")[0] for c in difference.metrics} == {"the same"}
    assert "nothing is moved" in tell_comparison(difference)


def test_the_commands(tmp_path: Path) -> None:
    done = figwright("explain", ORDERDESK, "views.billing", "--format", "json", cache=tmp_path / "cache")
    assert json.loads(done.stdout)["kind"] in ("unit", "service")
    wrong = figwright("explain", ORDERDESK, "no.such.thing", cache=tmp_path / "cache")
    assert wrong.returncode == 2
    assert "nothing is called" in wrong.stderr
