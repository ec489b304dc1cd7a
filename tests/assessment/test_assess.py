"""Findings on a small shop whose faults are planted; each has evidence and a stable ID."""

from __future__ import annotations

from datetime import date

import pytest

from agent.assessment import Case, assess, count_gaps, summarize
from agent.boundaries import propose_boundaries
from agent.domain.assumptions import AcceptedFinding, Assumptions
from agent.domain.inventory import ExternalSystem, Inventory, Location, Runtime
from agent.roadmap import Ground, draw_plan, first_actions
from tests.assessment.shop import SHOP
from tests.systems import graph_of


@pytest.fixture(scope="module")
def case() -> Case:
    graph = graph_of(SHOP)
    inventory = Inventory(
        name="shop",
        runtimes=(
            Runtime(name="Python", version="3.6", end_of_life="2021-12-23", supported=False, source="python.org",
                    how="Dockerfile", evidence=Location(path="Dockerfile", line=1)),
        ),
        external_systems=(
            ExternalSystem(kind="ftp", name="partner", evidence=(Location(path="shop/order_job.py", line=1),), resolution="exact"),
        ),
    )  # fmt: skip
    return Case(inventory, graph, propose_boundaries(graph), date(2026, 1, 1))


def rules(findings):
    return {f.rule for f in findings}


def test_planted_faults_are_found(case):
    found = assess(case)
    assert {
        "runtime.end-of-life",
        "data.several-writers",
        "data.cross-service-join",
        "structure.service-cycle",
        "integration.external-system",
        "protection.no-suite",
    } <= rules(found)
    writers = next(f for f in found if f.rule == "data.several-writers")
    assert "orders" in writers.title
    assert any("invoice_service.py" in e.location.path for e in writers.evidence)


def test_every_finding_has_evidence_with_a_place(case):
    for finding in assess(case):
        assert finding.evidence
        assert all(e.location.path for e in finding.evidence)
        assert finding.count >= len(finding.evidence)


def test_an_accepted_finding_is_quiet_until_it_expires(case):
    target = next(f for f in assess(case) if f.rule == "data.several-writers")
    kept = AcceptedFinding(id=target.id, reason="we know", expires=date(2026, 6, 1))
    late = AcceptedFinding(id=target.id, reason="we know", expires=date(2025, 6, 1))
    assert next(f for f in assess(case, (kept,)) if f.id == target.id).severity == "info"
    assert next(f for f in assess(case, (late,)) if f.id == target.id).severity == "high"


def test_gaps_count_what_was_not_read(case):
    gaps = count_gaps(case)
    assert [r.language for r in gaps.resolutions] == ["python"]
    assert any("history" in note for note in gaps.notes)


def test_the_roadmap_rests_on_the_findings(case):
    findings, system = assess(case), summarize(case)
    roadmap, _ = draw_plan(Ground(case.inventory, case.graph, case.boundaries, system, findings, Assumptions()))
    steps = [s for p in roadmap.phases for s in p.steps]
    ids = {f.id for f in findings}
    assert all(set(s.findings) <= ids for s in steps)
    assert len({s.id for s in steps}) == len(steps)
    assert all(set(s.depends_on) <= {t.id for t in steps} for s in steps)
    assert any(s.kind == "own_data" and "orders" in s.title for s in steps)
    assert all(s.exit for s in steps)
    assert all(s.evidence for s in steps if s.kind in ("extract", "own_data", "cut", "modularize"))
    assert len(first_actions(roadmap, findings)) == 3


def test_route_weights_change_the_value(case):
    from agent.roadmap.order import rank_services

    services = tuple(
        s.model_copy(update={"verdict": "extract later", "entry_points": (f"GET /{s.name}",)})
        for s in case.boundaries.services
    )
    boundaries = case.boundaries.model_copy(update={"services": services})
    names = sorted(s.name for s in services)

    def values(routes: dict[str, float], own: dict[str, float]) -> dict[str, float]:
        ranks = rank_services(boundaries, summarize(case), case.inventory.history, routes, own)
        return {r.service.name: r.value for r in ranks}

    assert sorted(values({}, {})) == names
    by_route = values({f"GET /{names[0]}": 10}, {})
    assert by_route[names[0]] > by_route[names[1]]
    assert values({}, {names[0]: 10}) == by_route
