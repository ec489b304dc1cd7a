"""Rung 2 from end to end on a sample system of servlets, in the sandbox: recorded, sliced, replayed, and held to its gates."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.composition import languages, workbench, workplace
from agent.extracting.grounds import ground_for
from agent.extracting.java_stack import JavaStack
from agent.extracting.slice_rung import climb_slice
from agent.pipeline import Run, Stages
from agent.settings import Settings
from agent.validation import find_suites, make_environment
from agent.validation.workplace import with_toolchains
from tests.program import CLAIMS

WHY_NOT = BubblewrapSandbox().unusable()
if WHY_NOT and os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX") == "bubblewrap":
    raise RuntimeError(WHY_NOT)
pytestmark = [pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT), pytest.mark.timeout(1200), pytest.mark.slow]


def test_the_document_service_of_claims_answers_as_the_monolith_does(tmp_path: Path) -> None:
    settings = Settings()
    with (
        workbench(str(CLAIMS), settings) as bench,
        workplace(str(CLAIMS), settings) as place,
    ):
        stages = Stages(bench, Run(progress=lambda *_: None), settings.assumptions)
        _, installed, _ = make_environment(place, find_suites(place)["java"][0])
        assert installed is not None
        runner = place.ecosystems["java"].runners[installed.suite.runner]
        command = with_toolchains(runner.command(installed.suite, installed.environment.recipe), installed.toolchains)
        ground = ground_for(place, installed)
        stack = JavaStack()
        recording = stack.record(ground, command, tmp_path / "recording")
        paths = [path for path, _ in bench.snapshot.paths()]
        cutter = stack.open(
            ground,
            recording,
            stages.graph(),
            stages.inventory(),
            stages.boundaries(),
            "document",
            paths,
            bench.snapshot.read,
        )
        climbed = climb_slice(ground, cutter, languages(), mutants=4)
    assert not [one.cannot for one in recording.requests if one.cannot]
    assert len(recording.requests) == 49  # every call of a servlet that the tests make
    assert {one.status for one in recording.requests} == {200, 302, 404}
    assert climbed.rung.passed, climbed.rung
    assert climbed.rung.tally.identical == climbed.rung.tally.recorded == 2
    assert climbed.built.slice.share < 0.5
    assert climbed.gates is not None
    assert climbed.gates.honest
    assert set(climbed.rung.upstreams) == {("document", 2)}
