"""Job logs and table statistics decide what code cannot: jobs that never run, tables that nobody touches, readers outside."""

from __future__ import annotations

from functools import cache

from agent.domain.handover import Handover
from agent.domain.runtime import JobRuns, Runtime, TableUse
from agent.roadmap import draw_plan
from tests.program import ROOT
from tests.roadmap.handed import ground_of

SEEN = Runtime(
    jobs=(
        JobRuns(name="python scripts/nightly_export.py", runs=20, failed=2, longest=5700.0),
        JobRuns(name="dunning_run", runs=4),
        JobRuns(name="import_prices.py", runs=9),
    ),
    tables=(
        TableUse(table="public.orders", reads=20_100, writes=700),
        TableUse(table="quotes"),
        TableUse(table="sequences", reads=5, writes=9),
        TableUse(table="elsewhere", reads=1, writes=1),
    ),
    sources=(("jobs.csv", "a job log", 33), ("tables.csv", "table statistics", 4)),
)


@cache
def seen() -> Handover:
    return draw_plan(ground_of(ROOT / "sample_repos" / "orderdesk", runtime=SEEN))[1]


def test_a_job_that_the_logs_do_not_have_is_a_candidate_and_the_others_are_not() -> None:
    found = {d.component for d in seen().dispositions if d.kind == "job" and d.action == "retire"}
    assert "scripts/rebuild_stock.py" in found
    assert not found & {"scripts/nightly_export.py", "scripts/dunning_run.py", "scripts/import_prices.py"}
    (question,) = [q for q in seen().questions if q.id == "retire.scripts/rebuild_stock.py"]
    assert "none of it" in question.why


def test_a_table_that_nothing_touches_is_a_candidate_whatever_the_code_seems_to_do() -> None:
    found = {d.component: d.reason for d in seen().dispositions if d.kind == "table" and d.action == "retire"}
    assert list(found) == ["quotes"]
    assert "your table statistics" in found["quotes"]


def test_runs_are_told_where_their_window_is_asked_for() -> None:
    said = {q.id: q.why for q in seen().questions}
    assert (
        "20 runs in the job log, 2 of them failed, the longest 95 minutes" in said["window.scripts/nightly_export.py"]
    )
