"""A sample, recorded and sliced for one service in the sandbox, as `figwright extract` does up to rung 2."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.composition import languages, workbench, workplace
from agent.extracting.grounds import ground_for
from agent.extracting.slice_rung import SliceRung, climb_slice
from agent.extracting.stacks import Stack
from agent.extraction import Recording
from agent.pipeline import Run, Stages
from agent.settings import Settings
from agent.validation import find_suites, make_environment
from agent.validation.workplace import with_toolchains

__all__ = ["IN_SANDBOX", "sliced"]

WHY_NOT = BubblewrapSandbox().unusable()
if WHY_NOT and os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX") == "bubblewrap":
    raise RuntimeError(WHY_NOT)
IN_SANDBOX = [pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT), pytest.mark.timeout(1200), pytest.mark.slow]


def sliced(folder: Path, stack: Stack, service: str, into: Path, *, mutants: int = 4) -> tuple[Recording, SliceRung]:
    """The recording of the first suite of the stack's ecosystem, and what came of the service's slice."""
    settings = Settings()
    with workbench(str(folder), settings) as bench, workplace(str(folder), settings) as place:
        stages = Stages(bench, Run(progress=lambda *_: None), settings.assumptions)
        _, installed, _ = make_environment(place, find_suites(place)[stack.ecosystem][0])
        assert installed is not None
        runner = place.ecosystems[stack.ecosystem].runners[installed.suite.runner]
        command = with_toolchains(runner.command(installed.suite, installed.environment.recipe), installed.toolchains)
        ground = ground_for(place, installed)
        recording = stack.record(ground, command, into)
        paths = [path for path, _ in bench.snapshot.paths()]
        cutter = stack.open(
            ground, recording, stages.graph(), stages.inventory(), stages.boundaries(), service, paths, bench.snapshot.read,
        )  # fmt: skip
        return recording, climb_slice(ground, cutter, languages(), mutants=mutants)
