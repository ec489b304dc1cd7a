"""How far each repository gets in containers of figwright's making: written, built, started, healthy, tests pass inside."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from agent.composition import open_builder, open_sandbox, place_for, workbench
from agent.containerizing import containerize, plan_containers
from agent.domain.container import LEVELS, ContainerReport, Proof
from agent.errors import ContainerError, FigwrightError
from agent.pipeline import Run, make_graph, make_inventory
from agent.ports import ImageBuilder
from agent.settings import Settings
from eval.datasets import sample_folder
from eval.task import Column, Description, Outcome, Request, Skipped, Value

__all__ = ["CONTAINERS", "measure", "row_of"]

SAMPLES = ("orderdesk", "stockroom", "storefront", "helpdesk", "claims", "ledger")
QUICK = ("helpdesk", "storefront")
REAL = (
    "babybuddy",
    "ihatemoney",
    "django-helpdesk",
    "json-server",
    "statsd",
    "jpetstore-6",
    "sample.daytrader7",
    "joauth",
)


@dataclass(frozen=True)
class Containers(Description):
    """One row a repository: its first application, with how many other deployables stand at which level."""

    def run(self, request: Request) -> Outcome:
        rows: list[Mapping[str, Value]] = []
        skipped: list[Skipped] = []
        try:
            builder = open_builder("auto")
        except ContainerError as error:
            return Outcome((), (Skipped("all", str(error)),))
        try:
            for name, root in _cases(request):
                if not root.is_dir():
                    skipped.append(Skipped(name, f"--sources DIR has no {name}"))
                    continue
                try:
                    rows.append(row_of(name, measure(name, root.resolve(), request, builder)))
                except FigwrightError as error:
                    skipped.append(Skipped(name, str(error)))
        finally:
            builder.close()
        if request.sources is None and request.dataset is None and not request.quick:
            skipped.append(Skipped("real repositories", "--sources DIR with their folders was not given"))
        return Outcome(tuple(rows), tuple(skipped))


def measure(name: str, root: Path, request: Request, builder: ImageBuilder) -> ContainerReport:
    """Everything from the first try, with nothing kept from before but the base images."""
    settings = Settings(cache_dir=request.work / "containers")
    with ExitStack() as stack:
        bench = stack.enter_context(workbench(str(root), settings, None, name))
        run = Run()
        inventory = make_inventory(bench, run, None)
        graph, _ = make_graph(bench, inventory, run)
        containers = plan_containers(inventory, graph, bench.snapshot)
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="figwright-eval-")))
        place = stack.enter_context(place_for(bench.snapshot, settings.cache_dir, open_sandbox("bubblewrap")))
        report, _ = containerize(containers, inventory, graph, builder, place, work, run=True, test=True)
    return report


def row_of(name: str, report: ContainerReport) -> Mapping[str, Value]:
    webs = [proof for proof in report.deployables if proof.kind not in ("job", "worker")]
    webs = webs or [proof for proof in report.deployables if proof.kind == "worker"] or list(report.deployables)
    if not webs:
        return {"repository": name, "deployables": 0, "first": "refused", "level": "refused", "rounds": 0, "outside": 0, "inside": 0,
                "others": "", "megabytes": 0.0, "seconds": 0.0, "base": "", "note": report.nothing[:200]}  # fmt: skip
    main = min(webs, key=lambda proof: (LEVELS.index(proof.level), LEVELS.index(proof.first)))
    others = [proof for proof in report.deployables if proof is not main]
    return {
        "repository": name,
        "deployables": len(report.deployables),
        "first": main.first,
        "level": main.level,
        "rounds": len(main.rounds),
        "outside": main.tests_outside,
        "inside": main.tests_inside,
        "others": _levels(others),
        "megabytes": round(main.image_bytes / 1e6, 1),
        "seconds": main.seconds,
        "base": main.base[:240],
        "note": _note(main, report),
    }


def _levels(proofs: list[Proof]) -> str:
    counted = {level: sum(proof.level == level for proof in proofs) for level in LEVELS}
    return ", ".join(f"{count} {level}" for level, count in counted.items() if count)


def _note(main: Proof, report: ContainerReport) -> str:
    repairs = "; ".join(one.repair for one in main.rounds if one.repair)
    failed = next(
        (one.last_lines[-1] for one in reversed(main.rounds) if one.failed and not one.repair and one.last_lines), ""
    )
    return "; ".join(part for part in (repairs, failed, *main.lost[:3], *report.not_run[:1]) if part)[:300]


def _cases(request: Request) -> list[tuple[str, Path]]:
    if request.quick:
        return [(name, sample_folder() / name) for name in QUICK]
    cases = [(name, sample_folder() / name) for name in SAMPLES]
    folder = request.sources or _beside(request.dataset)
    return cases + ([(name, folder / name) for name in REAL] if folder else [])


def _beside(dataset: Path | None) -> Path | None:
    """Where a dataset's repositories lie: beside its dev.json."""
    places = [dataset / "dev.json", dataset / "refactor" / "dev.json"] if dataset else []
    return next((place.parent for place in places if place.is_file() and json.loads(place.read_text("utf-8"))), None)


CONTAINERS = Containers(
    name="containers",
    measures="How far the images that figwright writes get by themselves: first try and after repair by rule, in at most five rounds; "
    "'tested' means that every test ID that passes outside passes inside.",
    truth="The repositories' own tests, run outside in the sandbox; the health command of the image itself, run inside of it.",
    baselines="The first try, without repairs.",
    limits="Base images are made from the machine's own parts under the public names; the table says what really stood behind each. "
    "Most of the repositories were seen while the rules were made.",
    data="opt-in: samples and --sources; a builder (docker, podman or buildah) and base images",
    budget=120,
    opt_in=True,
    columns=(
        Column("repository", "Repository", role="name"),
        Column("deployables", "Deployables"),
        Column("first", "First try"),
        Column("level", "After repair"),
        Column("rounds", "Rounds"),
        Column("outside", "Tests outside"),
        Column("inside", "of them inside", role="higher"),
        Column("others", "Others"),
        Column("megabytes", "MB", 1, role="cost"),
        Column("seconds", "Seconds", 1, role="cost"),
        Column("base", "What stood behind the base image"),
        Column("note", "Note"),
    ),
)
