"""Requests that no test makes, in a real sandbox: what they reach, what they find in a slice, and which mutants they kill."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.composition import languages
from agent.errors import ExtractionError
from agent.extracting.generated import Asking
from agent.extracting.python_stack import PythonCutter, PythonStack
from agent.extracting.slice_rung import SliceRung, climb_slice
from agent.extracting.walking import ask_for_service, generate_recording
from agent.extraction import Ground, Recording, Side
from agent.extraction.owning import Owners
from agent.extraction.staging import python_of
from tests.extraction.generating.shops import APP, TESTS, shop_ground
from tests.extraction.slicing.slices import program_of

WHY_NOT = BubblewrapSandbox().unusable()
if WHY_NOT and os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX") == "bubblewrap":
    raise RuntimeError(WHY_NOT)
pytestmark = [pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT), pytest.mark.timeout(600), pytest.mark.slow]
HANDLERS = frozenset({"shop.web.show", "shop.web.order"})
ROUTES = ("GET /orders/<int:number>", "POST /orders")


@dataclass(frozen=True)
class Climbed:
    ground: Ground
    recording: Recording
    plain: SliceRung
    more: SliceRung


@pytest.fixture(scope="module")
def climbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Climbed]:
    folder = tmp_path_factory.mktemp("shop")
    with shop_ground(folder, {**APP, **TESTS}, ("test_shop.py",)) as ground:
        stack = PythonStack()
        recording = stack.record(ground, python_of("-m", "unittest", variables={}), folder / "recording")
        program, cut = program_of(APP, *ROUTES)
        cut = replace(cut, homes=Owners(dict.fromkeys(HANDLERS, "mine"), handlers=HANDLERS))
        cutter = PythonCutter(ground, recording, program, cut)
        table = stack.replay_sides(ground, recording, ground.pristine, None, (Side("monolith", 0),), routes=True)
        asking = Asking(recording, table.routes, cut.homes, most=60)
        plain = climb_slice(ground, cutter, languages(), table.answers, mutants=6)
        more = climb_slice(ground, cutter, languages(), table.answers, mutants=6, asking=asking)
        yield Climbed(ground, recording, plain, more)


def test_what_no_test_asks_is_asked_and_answered_alike(climbed: Climbed) -> None:
    rung = climbed.more.rung
    assert rung.passed, rung
    assert rung.tally.recorded == 2, "generated requests are counted apart"
    assert rung.generated is not None
    assert rung.generated.recorded == rung.generated.identical > 5
    assert climbed.plain.rung.generated is None
    listed = json.loads(climbed.more.files["slice.json"])["generated"]["listed"]
    assert {(one["method"], one["status"]) for one in listed} >= {
        ("GET", 200),
        ("GET", 404),
        ("POST", 400),
    }
    assert {one["verdict"] for one in listed} == {"identical"}
    assert not any("/report" in one["target"] for one in listed), "that is another service's"


def test_the_slice_is_mended_by_what_only_generated_requests_reach(climbed: Climbed) -> None:
    assert "shop/about_late.py" not in climbed.plain.built.slice.files
    assert "shop/about_late.py" in climbed.more.built.slice.files
    assert "shop/about_lost.py" not in climbed.more.built.slice.files


def test_they_kill_mutants_that_recorded_requests_leave_alive(climbed: Climbed) -> None:
    tally = climbed.more.rung.mutants
    assert tally is not None
    assert tally.tried == tally.killed + len(tally.survivors) == 6
    assert tally.by_generated >= 1
    assert tally.killed >= 5, tally.survivors
    assert any("requests that no test makes were asked" in note for note in climbed.more.rung.notes)


def test_the_recording_of_the_tests_is_left_as_it_was(climbed: Climbed) -> None:
    assert len(climbed.recording.requests) == 3
    assert len((climbed.recording.folder / "requests.jsonl").read_text().splitlines()) == 3


def test_an_application_that_no_test_asks_is_walked(tmp_path: Path) -> None:
    with shop_ground(tmp_path, APP) as ground:
        found = generate_recording(
            ground, PythonStack(), sorted(APP), lambda path: APP[path].encode(), tmp_path / "made", most=30
        )
        assert found.tests == 0
        assert f"no test makes a request: {len(found.requests)} requests were generated" in found.notes
        asked = {(one.method, one.target.partition("?")[0], one.status) for one in found.requests}
        assert asked >= {
            ("GET", "/", 200),
            ("GET", "/orders/1", 200),
            ("POST", "/orders", 302),
            ("GET", "/report", 200),
        }
        answers = PythonStack().replay_sides(ground, found, ground.pristine, None, (Side("monolith", 0),)).answers
        assert [one.status for one in answers] == [one.status for one in found.requests]


def test_a_service_that_no_test_asks_is_asked_from_what_they_ask_of_others(tmp_path: Path, climbed: Climbed) -> None:
    home = "shop.web.create_app.home"
    front = Owners({home: "front"}, handlers=frozenset({home}))
    ground, stack = climbed.ground, PythonStack()
    words = (sorted(APP), lambda path: APP[path].encode())
    found = ask_for_service(ground, stack, climbed.recording, front, "front", *words, tmp_path / "made", most=30)
    more = found.requests[len(climbed.recording.requests) :]
    assert ("GET", "/", 200) in {(one.method, one.target, one.status) for one in more}
    assert {one.route for one in more} == {"/"}
    assert found.tests == climbed.recording.tests, "what tests made is still told"
    note = f"no test asks a route of front: {len(more)} requests were generated for it from those that tests make"
    assert note in found.notes
    nobody = ask_for_service(ground, stack, climbed.recording, front, "back", *words, tmp_path / "none", most=30)
    assert nobody is climbed.recording


def test_code_without_an_application_is_refused_in_words(tmp_path: Path) -> None:
    files = {"shop.py": "print('x')\n"}
    with shop_ground(tmp_path, files) as ground, pytest.raises(ExtractionError, match="nothing was found in the code"):
        generate_recording(ground, PythonStack(), sorted(files), lambda path: files[path].encode(), tmp_path / "made")
