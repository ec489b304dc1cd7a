"""Rung 2 from end to end on a sample system of Express, in the sandbox: recorded, sliced, replayed, and held to its gates."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.composition import languages, workbench, workplace
from agent.extracting.grounds import ground_for
from agent.extracting.node_stack import NodeStack
from agent.extracting.slice_rung import climb_slice
from agent.pipeline import Run, Stages
from agent.settings import Settings
from agent.validation import find_suites, make_environment
from agent.validation.workplace import with_toolchains
from tests.program import STOREFRONT

WHY_NOT = BubblewrapSandbox().unusable()
if WHY_NOT and os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX") == "bubblewrap":
    raise RuntimeError(WHY_NOT)
pytestmark = [pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT), pytest.mark.timeout(1200), pytest.mark.slow]


def test_the_cart_service_of_storefront_answers_as_the_monolith_does(tmp_path: Path) -> None:
    settings = Settings()
    with (
        workbench(str(STOREFRONT), settings) as bench,
        workplace(str(STOREFRONT), settings) as place,
    ):
        stages = Stages(bench, Run(progress=lambda *_: None), settings.assumptions)
        _, installed, _ = make_environment(place, find_suites(place)["node"][0])
        assert installed is not None
        runner = place.ecosystems["node"].runners[installed.suite.runner]
        command = with_toolchains(runner.command(installed.suite, installed.environment.recipe), installed.toolchains)
        ground = ground_for(place, installed)
        stack = NodeStack()
        recording = stack.record(ground, command, tmp_path / "recording")
        paths = [path for path, _ in bench.snapshot.paths()]
        cutter = stack.open(
            ground,
            recording,
            stages.graph(),
            stages.inventory(),
            stages.boundaries(),
            "cart",
            paths,
            bench.snapshot.read,
        )
        climbed = climb_slice(ground, cutter, languages(), mutants=4)
    assert not [one.cannot for one in recording.requests if one.cannot]
    assert climbed.rung.passed, climbed.rung
    assert climbed.rung.tally.identical == climbed.rung.tally.recorded > 8
    assert climbed.built.slice.share < 0.5
    assert climbed.gates is not None
    assert climbed.gates.honest
    assert set(climbed.rung.upstreams) == {("cart", climbed.rung.tally.recorded)}
    listed = json.loads(climbed.files["slice.json"])
    assert listed["passed"]
    assert {piece["what"] for piece in listed["pieces"]["lib/util.js"]} == {"kept", "removed"}
    assert "('product')" in climbed.files["slice/routes/shop.js"].decode()
