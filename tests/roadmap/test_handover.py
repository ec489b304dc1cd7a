"""What holds for every handover: grounded sentences, nine sections, answers that re-plan, bad input that is named."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from agent.domain.handover import ACTIONS, SECTIONS, Statement
from agent.domain.runtime import Request, Runtime
from agent.roadmap import compare_plans, draw_plan
from tests.program import ORDERDESK
from tests.roadmap.handed import again, ground_of, sample, told

NAMES = ("orderdesk", "claims", "stockroom", "helpdesk", "storefront", "ledger")


def test_a_sentence_without_evidence_or_question_is_refused() -> None:
    with pytest.raises(ValidationError, match="without evidence or a question"):
        Statement(text="establish a cutover window with the business")


@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_of_a_runbook_is_grounded(name: str) -> None:
    ground, roadmap, handover = sample(name)
    lines = {f.path: f.lines for f in ground.inventory.files}
    asked = {q.id for q in handover.questions}
    extracted = {s.service for p in roadmap.phases for s in p.steps if s.kind == "extract"}
    assert {book.service for book in handover.runbooks} == extracted
    for book in handover.runbooks:
        assert tuple(part.title for part in book.sections) == SECTIONS
        for part in book.sections:
            for said in part.statements:
                assert said.evidence or said.question in asked, said.text
                assert not said.question or said.question in asked
                for e in said.evidence:
                    assert 0 <= e.location.line <= lines[e.location.path] + 1, e


@pytest.mark.parametrize("name", NAMES)
def test_every_step_and_disposition_has_evidence(name: str) -> None:
    _, roadmap, handover = sample(name)
    for step in (s for p in roadmap.phases for s in p.steps):
        assert step.evidence, step.title
        assert step.exit, step.title
        assert step.rollback, step.title
    assert handover.dispositions
    for item in handover.dispositions:
        assert item.action in ACTIONS
        assert item.evidence
        assert item.rejected, item.component
        assert item.action not in {r.action for r in item.rejected}
        assert not item.candidate or item.question


@pytest.mark.parametrize("name", NAMES)
def test_questions_have_an_owner_and_a_reason(name: str) -> None:
    for q in sample(name)[2].questions:
        assert all((q.owner, q.why, q.changes)), q
        assert q.ask.endswith("?")


def test_the_same_ground_gives_the_same_handover() -> None:
    ground, roadmap, handover = sample("orderdesk")
    assert draw_plan(ground) == (roadmap, handover)


def test_answers_move_the_plan() -> None:
    said = told(
        {"retire.GET /kpi_wall": "yes", "retire.GET /reports/reps": "no", "writer.customers": "order",
         "slo.error_rate": "0.5", "slo.p95": "800", "buy.mail": "no", "disposition.authentication": "retain"}
    )  # fmt: skip
    _, roadmap, handover = again("orderdesk", said)
    assert handover.unusable == ()
    by_name = {d.component: d for d in handover.dispositions}
    assert (by_name["GET /kpi_wall"].action, by_name["GET /kpi_wall"].decided) == ("retire", True)
    assert by_name["GET /kpi_wall"].evidence[-1].location.path == "figwright.toml"
    assert by_name["GET /reports/reps"].action == "retain"
    assert by_name["authentication"].action == "retain"
    assert "mail" not in by_name
    assert next(r.status for r in handover.parity if r.name == "GET /kpi_wall") == "dropped by decision"
    assert "/kpi_wall" not in {c.path for c in handover.contracts}
    steps = [s for p in roadmap.phases for s in p.steps]
    assert "Give table customers one writer: order" in [s.title for s in steps]
    extract = next(s for s in steps if s.kind == "extract")
    assert "0.5 %" in extract.abort[0]
    assert "800 ms" in extract.abort[0]
    assert {q.id for q in handover.questions if q.answer} == said.answers.keys()


def test_without_numbers_the_abort_threshold_is_a_question() -> None:
    _, roadmap, _ = sample("orderdesk")
    for step in (s for p in roadmap.phases for s in p.steps if s.kind == "extract"):
        assert "slo.error_rate" in step.abort[0]


@pytest.mark.parametrize(
    ("answers", "schedule", "more", "why"),
    [
        ({"retire.GET /kpi_wall": "perhaps"}, {}, {}, "neither yes nor no"),
        ({"writer.orders": "nobody"}, {}, {}, "none of the services"),
        ({"slo.p95": "fast"}, {}, {}, "not a number"),
        ({"slo.p95": "nan"}, {}, {}, "not a number"),
        ({"no.such": "x"}, {}, {}, "asks no such question"),
        ({"disposition.orderdesk": "rewrite"}, {}, {}, "none of the 7 Rs"),
        ({"retire.GET /kpi_wall": "yes"}, {}, {"route_weights": {"GET /kpi_wall": 5}}, "contradicts route_weights"),
        ({"retire.GET /kpi_wall": "yes", "disposition.GET /kpi_wall": "retain"}, {}, {}, "contradicts your answer"),
        ({}, {"shipping": "soon"}, {}, "is not a day"),
        ({}, {"S99": "2027-01-01"}, {}, "no step or extraction"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named_and_the_rest_goes_on(
    answers: dict[str, str], schedule: dict[str, str], more: dict[str, object], why: str
) -> None:
    _, roadmap, handover = again("orderdesk", told(answers, schedule, **more))
    [item] = handover.unusable
    assert why in item.why
    assert item.place.startswith("figwright.toml:")
    assert roadmap.phases
    assert handover.runbooks


def test_a_schedule_that_cannot_hold_is_named() -> None:
    _, roadmap, _ = sample("orderdesk")
    step = next(s for p in roadmap.phases for s in p.steps if s.kind == "extract" and s.depends_on)
    before = step.depends_on[0]
    _, _, handover = again("orderdesk", told(schedule={step.service: "2027-03-01", before: "2027-04-01"}))
    [item] = handover.unusable
    assert "cannot hold" in item.why
    assert before in item.why
    assert again("orderdesk", told(schedule={step.service: "2027-05-01", before: "2027-04-01"}))[2].unusable == ()


def test_logs_decide_what_is_retired() -> None:
    routes = [r.route for r in sample("orderdesk")[0].system.routes_table]
    requests = tuple(
        Request(method=method.strip(), path="/" + re.sub("<[^>]*>", "1", path), count=3)
        for methods, _, path in (r.partition("/") for r in routes)
        if not path.startswith("reports")
        for method in methods.split(",")
    )
    ground = ground_of(ORDERDESK, runtime=Runtime(requests=requests, sources=(("a.log", "access log", len(requests)),)))
    _, handover = draw_plan(ground)
    silent = {s.removeprefix("route:") for s in ground.boundaries.traffic.silent}
    found = {d.component: d for d in handover.dispositions if d.kind == "route"}
    assert silent
    assert found.keys() == silent
    assert "GET /kpi_wall" not in found  # somebody asks for it, whatever links to it
    assert all("of your logs" in d.reason for d in found.values())


def test_what_moved_between_two_plans(tmp_path: object) -> None:
    from agent.composition import workbench
    from agent.pipeline import Run, make_plan
    from agent.report import read_json, write_changes
    from agent.settings import Settings
    from tests.roadmap.handed import CACHE

    with workbench(str(ORDERDESK), Settings(cache_dir=CACHE)) as bench:
        old = read_json(make_plan(bench, Run(), told())[0]["plan.json"])
        new = read_json(make_plan(bench, Run(), told({"retire.GET /kpi_wall": "yes"}))[0]["plan.json"])
    assert compare_plans(old, old) == ()
    sections = dict(compare_plans(old, new))
    assert [(c.what, c.before, c.after) for c in sections["Dispositions"]] == [
        ("route GET /kpi_wall", "retire (candidate)", "retire (decided)")
    ]
    assert "Services" not in sections
    assert "| `route GET /kpi_wall` |" in write_changes(tuple(sections.items()))
