"""The extraction task: which services it takes, what a row says of each, and that one recording is shared by them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.boundaries import read_boundaries
from agent.domain.boundary import SHARED, Boundaries, Service, Unit
from agent.domain.extraction import Comparison, Drill, LiveTests, MutantTally, RecordedRequest, Rung, Tally
from agent.errors import ExtractionError
from agent.extracting.ladder import Climb, for_service
from agent.extracting.python_stack import PythonStack
from agent.extracting.slice_gates import Gates, TriedMutant
from agent.extracting.slice_rung import SliceRung
from agent.extracting.slices import BuiltSlice, Round
from agent.extraction import Ground, Recording
from agent.extraction.owning import owners_of
from agent.extraction.slicing import Demand
from eval.task import Request, Skipped
from eval.tasks import TASKS
from eval.tasks.extraction import EXTRACTION, TRUTHS, Case, _row, choose_services, run_case
from tests.extraction.slicing.slices import slice_of
from tests.extraction.slicing.test_flask_slices import APP
from tests.program import write_repository
from tests.systems import graph_of


def service(name: str, verdict: str, code_lines: int, *entry_points: str) -> Service:
    return Service.model_construct(name=name, verdict=verdict, code_lines=code_lines, entry_points=entry_points)


def request(number: int, name: str, route: str) -> RecordedRequest:
    return RecordedRequest(
        number=number, test="t", application="a", method="GET", target="/", clock=0.0, status=200, handler=name, route=route
    )  # fmt: skip


def shop() -> Boundaries:
    homes = {"shop.views.orders": "orders", "shop.views.stock": "stock"}
    units = [s for s in graph_of(APP).symbols if s.kind == "module"]
    return Boundaries.model_construct(
        services=(service("orders", "keep in", 9, "GET /orders/"), service("stock", "keep in", 9, "GET /stock/all")),
        units=tuple(
            Unit(id=s.id, path=s.path, line=1, service=homes.get(s.id, SHARED), code_lines=1, reason="r") for s in units
        ),
        tables=(),
    )


def begun() -> Climb:
    requests = (
        request(1, "shop.views.orders.index", "/orders/"),
        request(2, "shop.views.stock.level", "/stock/<int:item>"),
        request(3, "shop.views.orders.index", "/orders/"),
    )
    oracle = Rung(
        level=0, name="oracle", passed=True, verdict="v", tally=Tally(recorded=3, identical=1, masked=1, vacuous=1)
    )
    recording = Recording.__new__(Recording)
    object.__setattr__(recording, "requests", requests)
    ground = Ground.__new__(Ground)
    return Climb(
        PythonStack(), ground, recording, "orders", shop(), owners_of(graph_of(APP), shop()), "pytest", rungs=[oracle]
    )


def test_what_the_plan_says_of_taking_them_out_comes_before_size() -> None:
    found = Boundaries.model_construct(
        services=(
            service("small", "extract later", 5, "GET /a"),
            service("large", "extract later", 50, "GET /b"),
            service("job", "extract first", 500, "nightly"),
            service("kept", "keep in", 500, "GET /c"),
            service("first", "extract first", 1, "GET /d"),
        )
    )
    assert choose_services(found, 2) == ["first", "large"]
    assert choose_services(found, 9) == ["first", "large", "small", "kept"]


def test_services_share_the_recording_and_the_oracle_and_nothing_else() -> None:
    began = begun()
    one, two = for_service(began, "orders"), for_service(began, "stock")
    assert two.recording is began.recording
    assert [r.number for r in one.own] == [1, 3]
    assert [r.number for r in two.own] == [2]
    one.rungs.append(Rung(level=1, name="restricted copy", passed=True, verdict="v"))
    assert [rung.level for rung in two.rungs] == [rung.level for rung in began.rungs] == [0]
    assert [rung.level for rung in for_service(one, "stock").rungs] == [0], "another's rung is not ours"
    with pytest.raises(ExtractionError, match="choose one of orders, stock"):
        for_service(began, "billing")


def test_a_row_says_what_was_seen_on_each_rung() -> None:
    climb = for_service(begun(), "orders")
    control = Rung(level=1, name="restricted copy", passed=True, verdict="v", tally=Tally(recorded=2, identical=2))
    rung = Rung(
        level=2,
        name="slice",
        passed=False,
        verdict="w",
        tally=Tally(recorded=2, identical=1, masked=1),
        generated=Tally(recorded=9, identical=5, masked=1, different=1, vacuous=2),
        mutants=MutantTally(tried=2, by_recorded=0, by_generated=1),
        live=LiveTests(tests=8, control_passed=7, passed=6, new_failures=("t",)),
        drills=(Drill(name="a", passed=True, verdict="v"), Drill(name="b", passed=False, verdict="v")),
    )
    climb.rungs += [control, rung, Rung(level=3, name="own schema", passed=False, verdict="others write orders")]
    rounds = (Round("imported", 9, 0, 0, ()), Round("replayed", 9, 2, 1, (Demand("name", "x", "m"),)))
    made = slice_of(APP, "GET /orders/")
    compared = (Comparison(request=1, verdict="identical"), Comparison(request=3, verdict="masked"))
    built = BuiltSlice(made, rounds, climb.own, (), compared)
    gates = Gates(2, 0, 1, 0, 7, (TriedMutant("a", 1, "o", 1, 1), TriedMutant("a", 2, "o", 1, 0)))
    row = _row(Case("shop", Path()), climb, SliceRung(rung, built, gates, {}), "w", (1.0, 2.0))
    assert set(row) == {column.key for column in EXTRACTION.columns}
    assert [row[key] for key in ("recorded", "replayable", "oracle_identical", "oracle_masked", "oracle_vacuous")] == [
        3, 2, 1, 1, 1,
    ]  # fmt: skip
    assert (row["rung"], row["own"], row["control"]) == ("1 restricted copy", 2, 2)
    assert (row["identical"], row["masked"], row["rounds"], row["killed"], row["mutants"]) == (1, 1, 1, 1, 2)
    assert (row["killed_recorded"], row["generated"], row["generated_same"]) == (0, 7, 6)
    assert [row[key] for key in ("live_tests", "live_control", "live", "live_new", "drills")] == [
        8, 7, 6, 1, "1 of 2 (b: v)",
    ]  # fmt: skip
    assert (row["own_schema"], row["branch"]) == ("does not hold: others write orders.", "")
    assert (row["lines"], row["lines_of"]) == (made.lines, made.lines_of)
    assert (row["null_mutant"], row["wrong_service"]) == ("0 of 2", "0 of 1")


def test_a_row_of_a_rung_that_was_not_tried_is_empty_there() -> None:
    row = _row(Case("shop", Path()), begun(), None, "rung 1 does not hold", (1.0, 2.0))
    assert set(row) == {column.key for column in EXTRACTION.columns}
    assert row["control"] is row["identical"] is row["lines"] is row["killed"] is None
    assert (row["rung"], row["stopped"]) == ("0 oracle", "rung 1 does not hold")


def test_it_runs_only_when_it_is_named() -> None:
    assert EXTRACTION in TASKS
    assert EXTRACTION.opt_in


def test_what_cannot_be_run_says_why(tmp_path: Path) -> None:
    root = write_repository(tmp_path / "tool", {"tool/main.py": "def add(a, b):\n    return a + b\n"})
    (found,) = run_case(Case("tool", root), Request(tmp_path))
    assert found == Skipped("tool", "no service of its plan has a route")


def test_the_boundaries_of_ours_are_a_file_that_can_be_read() -> None:
    files = sorted(TRUTHS.glob("*.boundaries.toml"))
    assert [path.name for path in files] == ["ihatemoney.boundaries.toml"]
    units = [
        "ihatemoney.api",
        "ihatemoney.api.common",
        "ihatemoney.api.v1",
        "ihatemoney.api.v1.resources",
        "ihatemoney.history",
    ]
    routes = ["GET /<project_id>/history", "GET /<project_id>/statistics", "POST /<project_id>/erase_history"]
    assert read_boundaries(files[0].read_text("utf-8"), files[0].name, units, [], routes).routes
    assert "by hand" in files[0].read_text("utf-8"), "it says that it is ours"


WHY_NOT = BubblewrapSandbox().unusable()
if WHY_NOT and os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX") == "bubblewrap":
    raise RuntimeError(WHY_NOT)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_one_recording_serves_every_service_of_a_repository(tmp_path: Path) -> None:
    tests = (
        "import pytest\n\nfrom shop.app import create_app\n\n\n"
        '@pytest.mark.parametrize("target", ["/orders/", "/stock/all", "/stock/3", "/ping"])\n'
        "def test_pages(target):\n    assert create_app().test_client().get(target).status_code == 200\n"
    )
    root = write_repository(tmp_path / "shop", {**APP, "requirements.txt": "flask\n", "tests/test_pages.py": tests})
    file = tmp_path / "boundaries.toml"
    file.write_text(
        'version = 1\n\n[services.orders]\nunits = ["shop.views.orders"]\n\n[services.stock]\nunits = ["shop.views.stock"]\n'
    )
    rows = [*run_case(Case("shop", root, 3, file, tops=(1,)), Request(tmp_path / "work"))]
    assert [row if isinstance(row, Skipped) else row["rung"] for row in rows] == ["1 restricted copy"] * 3
    made = [row for row in rows if not isinstance(row, Skipped)]
    assert {(row["recorded"], row["replayable"]) for row in made} == {(4, 4)}
    assert {row["service"]: row["own"] for row in made} == {"hook": 1, "orders": 1, "stock": 2}, (
        "each request is someone's"
    )
    assert all(row["control"] == row["own"] for row in made)
    assert len({row["shared_seconds"] for row in made}) == 1
