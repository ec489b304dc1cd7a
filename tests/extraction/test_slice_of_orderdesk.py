"""Rung 2 from end to end on a sample system, in the sandbox: recorded, sliced, replayed, and held to its gates."""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path

import pytest

from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.composition import languages, workbench, workplace
from agent.extracting.grounds import ground_for
from agent.extracting.python_stack import PythonCutter
from agent.extracting.slice_rung import climb_slice
from agent.extraction import record
from agent.extraction.slicing import open_program
from agent.pipeline import Run, Stages
from agent.settings import Settings
from agent.validation import find_suites, make_environment
from agent.validation.workplace import with_toolchains
from tests.program import ORDERDESK

WHY_NOT = BubblewrapSandbox().unusable()
if WHY_NOT and os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX") == "bubblewrap":
    raise RuntimeError(WHY_NOT)
pytestmark = [pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT), pytest.mark.timeout(900), pytest.mark.slow]


def test_the_shipping_service_of_orderdesk_answers_as_the_monolith_does(tmp_path: Path) -> None:
    settings = Settings()
    with (
        workbench(str(ORDERDESK), settings) as bench,
        workplace(str(ORDERDESK), settings) as place,
    ):
        stages = Stages(bench, Run(progress=lambda *_: None), settings.assumptions)
        paths = [path for path, _ in bench.snapshot.paths()]
        program, cut = open_program(
            stages.graph(), stages.inventory(), stages.boundaries(), "shipping", paths, bench.snapshot.read
        )
        _, installed, _ = make_environment(place, find_suites(place)["python"][0])
        assert installed is not None
        runner = place.ecosystems["python"].runners[installed.suite.runner]
        command = with_toolchains(runner.command(installed.suite, installed.environment.recipe), installed.toolchains)
        ground = ground_for(place, installed)
        recording = record(ground, command, tmp_path / "recording")
        climbed = climb_slice(ground, PythonCutter(ground, recording, program, cut), languages(), mutants=4)
    assert climbed.rung.passed, climbed.rung
    assert climbed.rung.tally.identical == climbed.rung.tally.recorded > 40
    assert climbed.built.slice.share < 0.5
    assert climbed.gates is not None
    assert climbed.gates.honest
    assert climbed.gates.killed >= 3
    assert set(climbed.rung.upstreams) == {("shipping", climbed.rung.tally.recorded)}
    for path, content in climbed.files.items():
        if path.endswith(".py"):
            ast.parse(content)
    listed = json.loads(climbed.files["slice.json"])
    assert listed["passed"]
    assert {piece["what"] for piece in listed["pieces"]["orderdesk/views/billing.py"]} == {"kept", "stub", "removed"}
