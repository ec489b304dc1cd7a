"""Plans of the samples and of small repositories, made once a run: a name in; ground, roadmap and handover out."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from agent.assessment import assess, summarize
from agent.composition import workbench
from agent.domain.assumptions import Answer, Assumptions
from agent.domain.handover import Handover
from agent.domain.plan import Roadmap
from agent.domain.runtime import Runtime
from agent.pipeline import Run, make_case
from agent.roadmap import Ground, draw_plan
from agent.settings import Settings
from tests.program import ROOT

CACHE = Path(tempfile.gettempdir()) / "figwright-roadmap-tests"


def told(answers: dict[str, str] | None = None, schedule: dict[str, str] | None = None, **more: object) -> Assumptions:
    """Assumptions as figwright.toml would give them: the n-th answer stands on line n."""

    def placed(table: dict[str, str] | None) -> dict[str, Answer]:
        return {k: Answer(text=v, place=f"figwright.toml:{n}") for n, (k, v) in enumerate((table or {}).items(), 1)}

    return Assumptions.model_validate({"answers": placed(answers), "schedule": placed(schedule), **more})


def ground_of(repository: Path, assumptions: Assumptions | None = None, runtime: Runtime | None = None) -> Ground:
    """What a roadmap of the folder stands on."""
    said = assumptions or Assumptions()
    with workbench(str(repository), Settings(cache_dir=CACHE)) as bench:
        case = make_case(bench, Run(runtime=runtime or Runtime()), said)
        ground = Ground(
            case.inventory, case.graph, case.boundaries, summarize(case), assess(case, ()), said, bench.snapshot.read
        )
        assert ground.texts  # read while the bench is open
        tests = {f.path: bench.snapshot.read(f.path) for f in case.inventory.files if f.bytes < 1_000_000}
    return Ground(
        ground.inventory, ground.graph, ground.boundaries, ground.system, ground.findings, said, tests.__getitem__
    )


@cache
def sample(name: str) -> tuple[Ground, Roadmap, Handover]:
    """A sample as it is, nothing answered."""
    ground = ground_of(ROOT / "sample_repos" / name)
    return (ground, *draw_plan(ground))


def again(name: str, assumptions: Assumptions) -> tuple[Ground, Roadmap, Handover]:
    """The same sample with answers; boundaries and findings do not depend on them."""
    before = sample(name)[0]
    ground = Ground(
        before.inventory, before.graph, before.boundaries, before.system, before.findings, assumptions, before.read
    )
    return (ground, *draw_plan(ground))
