"""Findings on a small shop whose faults are planted; each has evidence and a stable ID."""

from __future__ import annotations

from datetime import date

import pytest

from agent.assessment import Case, assess, count_gaps, summarize
from agent.boundaries import propose_boundaries
from agent.domain.assumptions import AcceptedFinding, Assumptions
from agent.domain.inventory import ExternalSystem, Inventory, Location, Runtime
from agent.roadmap import draw_roadmap, first_actions
from tests.systems import graph_of

MODELS = """
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
"""
ENTITY = """
from shop.db import db
class {name}(db.Model):
    __tablename__ = "{table}"
    id = db.Column(db.Integer, primary_key=True)
    amount = db.Column(db.Integer)
"""


def area(word: str, other: str = "", extra: str = "") -> dict[str, str]:
    """One domain: model, service, view, job; all four call each other and their table."""
    name, table = word.capitalize(), f"{word}s"
    files = {f"shop/{word}_model.py": ENTITY.format(name=name, table=table)}
    body = f"from shop.{word}_model import {name}\nfrom shop.db import db\n"
    files[f"shop/{word}_service.py"] = (
        body
        + f"def create_{word}(a):\n    row = {name}(amount=a)\n    db.session.add(row)\n    return row\n"
        + f"def all_{word}s():\n    return {name}.query.all()\n"
        + "\n".join(f"def {word}_rule_{n}(x):\n    return x + {n}\n" for n in range(600))
        + extra
    )
    for part in ("report", "check", "job"):
        files[f"shop/{word}_{part}.py"] = (
            f"from shop.{word}_service import all_{word}s, create_{word}\nfrom shop.{word}_model import {name}\n"
            f"def {part}_{word}():\n    create_{word}(1)\n    {name}.query.first()\n    return all_{word}s()\n"
        )
    if other:
        files[f"shop/{word}_job.py"] += (
            f"from shop.{other}_service import create_{other}\ndef both():\n    create_{other}(2)\n"
        )
    return files


SHOP = {
    "shop/__init__.py": "",
    "shop/db.py": MODELS,
    **area("order", "invoice"),
    **area(
        "invoice",
        "order",
        "def settle(amount):\n    db.session.execute('UPDATE orders SET amount = 0')\n"
        "    return db.session.execute('SELECT * FROM orders o JOIN invoices i ON i.id = o.id')\n",
    ),
    **area("parcel"),
}


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
    roadmap = draw_roadmap(case.inventory, system, case.boundaries, findings, Assumptions())
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

    plain = rank_services(case.boundaries, summarize(case), case.inventory.history, {})
    assert {r.service.name for r in plain} == {
        s.name for s in case.boundaries.services if s.verdict.startswith("extract")
    }
