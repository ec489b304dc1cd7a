"""How far the proposed services agree with decompositions by people, beside plain baselines on the same units."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from agent.boundaries.metrics import measure
from agent.boundaries.system import System, see_system
from agent.boundaries.traces import divide_entities, read_traces
from agent.composition import workbench
from agent.domain.boundary import Boundaries
from agent.domain.code import DependencyGraph
from agent.errors import FigwrightError, RepositoryError
from agent.pipeline import Run, make_boundaries, make_graph, make_inventory, ways_in
from agent.scoring import agreement_scores, labelled
from agent.settings import Settings
from eval.baselines import (
    LEIDEN_SEEDS,
    access_pairs,
    infomap_partition,
    leiden_partition,
    one_service,
    structure_pairs,
    unit_folders,
)
from eval.datasets import Case, find_units, read_dataset, read_samples
from eval.task import Column, Description, Outcome, Request, Skipped, Value

__all__ = ["BOUNDARIES", "Seen", "agreement_scores", "propose", "score", "score_entities"]

Labels = Mapping[str, str]


@dataclass(frozen=True)
class BoundariesTask(Description):
    """The same truth, units and metrics for every method."""

    def run(self, request: Request) -> Outcome:
        cases = [*read_samples()]
        if request.dataset is not None and not request.quick:
            cases += read_dataset(request.dataset, request.sources)
        rows: list[Mapping[str, Value]] = []
        skipped: list[Skipped] = []
        for case in cases:
            if case.source is None:
                skipped.append(Skipped(case.name, "its source is not in --sources"))
                continue
            try:
                new, reasons = _score(case, case.source, request.work / "cache")
            except FigwrightError as error:
                skipped.append(Skipped(case.name, str(error).replace(str(case.source), case.name)))
            else:
                rows += new
                skipped += [Skipped(f"{case.name}, {method}", why) for method, why in reasons.items()]
        return Outcome(tuple(rows), tuple(skipped))


def _score(case: Case, source: Path, cache: Path) -> tuple[list[dict[str, Value]], dict[str, str]]:
    return (score_entities(case, source), {}) if case.unit == "entity" else _score_case(case, source, cache)


def _score_case(case: Case, source: Path, cache: Path) -> tuple[list[dict[str, Value]], dict[str, str]]:
    seen = propose(case, source, cache)
    system = see_system(seen.graph)
    units = {key: unit for key, unit in find_units(seen.graph, case.truth).items() if unit in system.lines}
    homes = {unit.id: unit.service for unit in seen.proposal.units}
    wanted = sorted({unit for key, unit in units.items() if key in case.scored})
    pairs = structure_pairs(system, wanted)
    methods: dict[str, Callable[[int], Labels]] = {
        "figwright": lambda _: homes,
        "folders": lambda _: unit_folders(system, wanted),
        "one service": lambda _: one_service(wanted),
        "Leiden on structure": lambda seed: leiden_partition(pairs, wanted, seed),
        "Infomap on structure": lambda seed: infomap_partition(pairs, wanted, seed),
    }
    rows: list[dict[str, Value]] = []
    reasons: dict[str, str] = {}
    for name, partition in methods.items():
        seeds = LEIDEN_SEEDS if name.endswith("structure") else (0,)
        try:
            scores = [score(case.scored, units, partition(seed), system) for seed in seeds]
        except ImportError:
            reasons[name] = "infomap is not installed"
            continue
        merged = {key: mean(s[key] for s in scores) for key in scores[0]}
        aris = [s["ari"] for s in scores]
        about: dict[str, Value] = {
            "app": case.name,
            "quality": case.quality,
            "method": name,
            "scored": len(case.scored),
        }
        rounded: dict[str, Value] = {k: None if math.isnan(v) else round(v, 4) for k, v in merged.items()}
        rows.append(about | rounded | {"ari_spread": round(max(aris) - min(aris), 4), "commit": seen.commit})
    return rows, reasons


def score_entities(case: Case, source: Path) -> list[dict[str, Value]]:
    """Entities of an access trace, clustered by the same code; the truth says which entities there are, nothing else."""
    traces = read_traces(source.read_text("utf-8"))
    homes = {entity: str(home) for entity, home in divide_entities(traces, case.truth).best.home.items()}
    pairs = access_pairs(traces, case.scored)
    seeded = [leiden_partition(pairs, case.scored, seed) for seed in LEIDEN_SEEDS]
    rows: list[dict[str, Value]] = []
    for name, partitions in (
        ("figwright", [homes]),
        ("one service", [one_service(case.scored)]),
        ("Leiden on shared requests", seeded),
    ):
        scores = [agreement_scores(case.scored, {key: p[key] for key in case.scored if key in p}) for p in partitions]
        merged: dict[str, Value] = {key: round(mean(s[key] for s in scores), 4) for key in scores[0]}
        aris = [s["ari"] for s in scores]
        about: dict[str, Value] = {"app": case.name, "quality": case.quality, "method": name}
        nothing: dict[str, Value] = dict.fromkeys(("sm", "icp", "ifn", "ned", "bcp"))
        rest: dict[str, Value] = {"ari_spread": round(max(aris) - min(aris), 4), "commit": case.commit}
        rows.append(about | {"scored": len(case.scored)} | merged | nothing | rest)
    return rows


@dataclass(frozen=True)
class Seen:
    """figwright's own answer about one checkout, and what it rests on."""

    graph: DependencyGraph
    proposal: Boundaries
    coupling: tuple[tuple[str, str, int], ...]
    ways_in: tuple[tuple[str, str, str], ...]
    commit: str


def propose(case: Case, source: Path, cache: Path) -> Seen:
    """With default settings, at the truth's commit where the checkout has it."""
    settings = Settings(cache_dir=cache, quiet=True)
    for revision in (case.commit or None, None):
        try:
            with workbench(str(source), settings, revision, case.name) as bench:
                run = Run()
                inventory = make_inventory(bench, run, None)
                graph, _ = make_graph(bench, inventory, run)
                found = make_boundaries(inventory, graph, settings.assumptions, None, run)
                coupling = tuple((a, b, count) for a, b, count in inventory.history.coupling)
                return Seen(graph, found, coupling, tuple(ways_in(inventory)), inventory.commit)
        except RepositoryError:
            if revision is None:
                raise
    raise AssertionError("the loop returns or raises")


def score(truth: Labels, units: Labels, homes: Labels, system: System) -> dict[str, float]:
    """All metrics of one partition (unit -> label) against the truth (key -> service, shared keys left out).

    ``units`` maps truth keys to units. A key without a unit counts as a service of its own, so that lost units cost
    agreement; units that the method sets apart as shared count as one service. NaN: cannot be said.
    """
    placed = {key: homes[units[key]] for key in truth if key in units and units[key] in homes}
    label = labelled(truth, placed)
    home = {units[key]: label[key] for key in truth if key in units}
    inside = measure(system, home, {}, 0.0)
    return agreement_scores(truth, placed) | {
        "sm": inside.sm,
        "icp": inside.icp,
        "ifn": inside.ifn,
        "ned": inside.ned,
        "bcp": business_contexts(system, home),
    }


def business_contexts(system: System, home: Labels) -> float:
    """BCP: mean over services of ln(entry points that reach any of its units), where there is at least one."""
    contexts: dict[str, set[str]] = {}
    for route, reached in system.reach.items():
        for unit in reached:
            if unit in home:
                contexts.setdefault(home[unit], set()).add(route)
    return mean(math.log(len(routes)) for routes in contexts.values()) if contexts else math.nan


BOUNDARIES = BoundariesTask(
    name="boundaries",
    measures="Agreement of the proposed services with a decomposition made by people: MoJoFM, pairwise F1 and "
    "adjusted Rand index over the truth's units with shared ones left out, and coverage; then internal metrics.",
    truth="Quality A: an independent expert's published decomposition. B: a real re-implementation, matched by name. "
    "C: a naming rule, for smoke tests only. S: our own sample's expected.toml, by its authors, so it proves nothing.",
    baselines="In the same run on the same units: folders; one service; Leiden (resolution 1, mean of five seeds) "
    "and Infomap (where installed, mean of five seeds) on the number of imports, type references and inheritance between "
    "the truth's unshared units alone; for entities of an access trace, the same Leiden on the number of operations that touch both.",
    limits="A handful of small systems. Other decompositions of the same system can be as good. A unit that is not in "
    "the graph counts as a service of its own; units set apart as shared count as one service.",
    seeds=LEIDEN_SEEDS,
    data="the samples are in the checkout; published decompositions with --dataset and --sources ([format](guide/evaluation.md#boundaries))",
    budget=5,
    quick_budget=0.4,
    columns=(
        Column("app", "System", role="name"),
        Column("quality", "Truth", role="name"),
        Column("method", "Method", role="name"),
        Column("scored", "Units"),
        Column("coverage", "Coverage", 2, role="higher"),
        Column("services", "Services", 1),
        Column("mojofm", "MoJoFM", 1, role="higher"),
        Column("f1", "F1", 2, role="higher"),
        Column("ari", "ARI", 2, role="higher"),
        Column("sm", "SM", 2),
        Column("icp", "ICP", 2),
        Column("ifn", "IFN", 1),
        Column("ned", "NED", 2),
        Column("bcp", "BCP", 2),
    ),
)
