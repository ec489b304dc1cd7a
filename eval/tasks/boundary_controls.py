"""Whether the boundaries lean on what they should: names hidden, layers left out, small edits, systems not to split, cost."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from agent.boundaries.layers import combine
from agent.boundaries.metrics import crossing_share
from agent.boundaries.partition import Division, divide, own_score
from agent.boundaries.system import see_system
from agent.boundaries.traces import divide_entities, read_traces
from agent.domain.boundary import SHARED
from agent.errors import FigwrightError
from eval.baselines import unit_folders
from eval.datasets import Case, find_units, read_dataset, read_samples
from eval.disguise import disguise, edited, shuffled
from eval.synthetic import measure_cost
from eval.task import Column, Description, Outcome, Request, Skipped, Value
from eval.tasks.boundaries import Seen, agreement_scores, propose

__all__ = ["BOUNDARY_CONTROLS", "moved_share"]

Labels = Mapping[str, str]
Row = Mapping[str, Value]

LAYERS = ("structure", "data", "entry points", "names", "packages", "history")
ENTITY_LAYERS = ("requests", "writes", "sequence", "names")
EDITS = 20
SHUFFLES = 3
RANDOM = 100
NOT_TO_SPLIT = ("json-server", "statsd", "express", "PyCG", "javapoet")
CLASSES = 5000
MOST_SECONDS, MOST_MB = 20.0, 500.0
MOST_MOVED = 0.05  # share of the units that one small edit may move, on average


@dataclass(frozen=True)
class BoundaryControls(Description):
    """One row a control and system; ``holds`` is empty where nothing was promised. Quick: the first sample, two edits."""

    def run(self, request: Request) -> Outcome:
        rows: list[Row] = []
        skipped: list[Skipped] = []
        cases = [*read_samples()][: 1 if request.quick else None]
        if request.dataset is not None and not request.quick:
            cases += read_dataset(request.dataset, request.sources)
        for case in cases:
            if case.source is None:
                skipped.append(Skipped(case.name, "its source is not in --sources"))
                continue
            try:
                if case.unit == "entity":
                    rows += _entity_rows(case, case.source)
                else:
                    seen = propose(case, case.source, request.work / "cache")
                    rows += _case_rows(case, seen, 2 if request.quick else EDITS)
            except FigwrightError as error:
                skipped.append(Skipped(case.name, str(error).replace(str(case.source), case.name)))
        if not request.quick:
            more, missing = _not_to_split(request)
            rows += more
            skipped += missing
            rows += _cost_rows()
        return Outcome(tuple(sorted(rows, key=lambda row: ORDER.index(str(row["control"])))), tuple(skipped))


ORDER = ("names hidden", "layer left out", "small edits", "order", "random", "not to split", "cost")


def _row(control: str, system: str, what: str, before: float | None, after: float, holds: bool | None = None) -> Row:
    known = None if before is None else round(before, 4)
    change = None if before is None else round(after - before, 4)
    return {
        "control": control,
        "system": system,
        "what": what,
        "reference": known,
        "value": round(after, 4),
        "change": change,
        "holds": holds,
    }


def _homes(division: Division) -> dict[str, str]:
    return {**{n: str(c) for n, c in division.best.home.items()}, **dict.fromkeys(division.shared, SHARED)}


def _case_rows(case: Case, seen: Seen, edits: int) -> Iterator[Row]:
    units = find_units(seen.graph, case.truth)
    wanted = {key: units[key] for key in case.scored if key in units}

    def agrees(homes: Labels) -> float:
        return agreement_scores(case.scored, {k: homes[u] for k, u in wanted.items() if u in homes})["ari"]

    system = see_system(seen.graph, seen.ways_in)
    plain = divide(system, seen.coupling)
    reference = agrees(_homes(plain))
    hidden = _hidden_homes(seen)
    yield _row("names hidden", case.name, "ARI with names and folders gone", reference, agrees(hidden))
    for layer in LAYERS:
        if layer in {found.name for found in plain.layers}:
            homes = _homes(divide(system, seen.coupling, {layer}))
            yield _row("layer left out", case.name, f"ARI without {layer}", reference, agrees(homes))
    yield from _edit_rows(case.name, seen, _homes(plain), edits)
    same = all(_homes(divide(see_system(shuffled(seen.graph, seed), seen.ways_in), seen.coupling)) == _homes(plain)
               for seed in range(SHUFFLES))  # fmt: skip
    yield _row("order", case.name, f"same homes for {SHUFFLES} shuffles of symbols and edges", None, float(same), same)
    yield _random_row(case.name, seen, plain)


def _hidden_homes(seen: Seen) -> dict[str, str]:
    """Homes by the real IDs, from a system in which every name and folder is hidden."""
    masked = disguise(seen.graph)
    coupling = [
        (masked.paths[a], masked.paths[b], count)
        for a, b, count in seen.coupling
        if a in masked.paths and b in masked.paths
    ]
    ways = [(kind, kind, masked.paths[path]) for kind, _, path in seen.ways_in if path in masked.paths]
    homes = _homes(divide(see_system(masked.graph, ways), coupling))
    return {old: homes[new] for old, new in masked.names.items() if new in homes}


def _edit_rows(name: str, seen: Seen, before: Labels, edits: int) -> Iterator[Row]:
    moved = []
    for seed in range(edits):
        _, graph, renamed = edited(seen.graph, seed)
        after = _homes(divide(see_system(graph, seen.ways_in), seen.coupling))
        moved.append(moved_share(before, {renamed.get(unit, unit): home for unit, home in after.items()}))
    average = mean(moved)
    yield _row(
        "small edits",
        name,
        f"share of units that one of {edits} edits moves, mean",
        None,
        average,
        average <= MOST_MOVED,
    )
    yield _row("small edits", name, f"the same, worst of {edits}", None, max(moved))


def moved_share(before: Labels, after: Labels) -> float:
    """Share of the common units whose home changed, after pairing the services that have most units in common."""
    units = [unit for unit in before if unit in after]
    overlap = Counter((before[unit], after[unit]) for unit in units)
    pairs: dict[str, str] = {}
    for (old, new), _ in sorted(overlap.items(), key=lambda item: (-item[1], item[0])):
        if old not in pairs and new not in pairs.values():
            pairs[old] = new
    return sum(1 for unit in units if pairs.get(before[unit]) != after[unit]) / len(units) if units else 0.0


def _random_row(name: str, seen: Seen, plain: Division) -> Row:
    """Folders against random partitions with their sizes, by what figwright itself prefers.

    Folders that are technical layers score nothing, for ties run across them; neither may chance.
    """
    system = see_system(seen.graph, seen.ways_in)
    edges = combine(plain.layers)
    folders = unit_folders(system, (unit for unit in system.units if unit not in plain.shared))

    def scored(homes: Labels) -> float:
        return own_score(edges, homes, crossing_share(system, homes))

    chance = random.Random(0)  # noqa: S311 - reproducible on purpose
    labels, best = sorted(folders.values()), 0.0
    for _ in range(RANDOM):
        chance.shuffle(labels)
        best = max(best, scored(dict(zip(sorted(folders), labels, strict=True))))
    own = scored({unit: str(home) for unit, home in plain.best.home.items() if unit in folders})
    what = f"best own score of {RANDOM} random partitions, against the folders'"
    return _row("random", name, what, scored(folders), best, best <= min(own, scored(folders)))


def _entity_rows(case: Case, source: Path) -> Iterator[Row]:
    traces = read_traces(source.read_text("utf-8"))

    def agrees(leave_out: Iterable[str]) -> float:
        homes = _homes(divide_entities(traces, case.truth, leave_out))
        return agreement_scores(case.scored, {k: homes[k] for k in case.scored if k in homes})["ari"]

    reference = agrees(())
    yield _row("names hidden", case.name, "ARI with names gone", reference, agrees(("names",)))
    for layer in ENTITY_LAYERS:
        yield _row("layer left out", case.name, f"ARI without {layer}", reference, agrees((layer,)))


def _not_to_split(request: Request) -> tuple[list[Row], list[Skipped]]:
    rows: list[Row] = []
    skipped: list[Skipped] = []
    for name in NOT_TO_SPLIT:
        source = request.sources / name if request.sources else None
        if source is None or not source.is_dir():
            skipped.append(Skipped(name, "its source is not in --sources"))
            continue
        try:
            seen = propose(Case(name, "-", "module", {}, source), source, request.work / "cache")
        except FigwrightError as error:
            skipped.append(Skipped(name, str(error).replace(str(source), name)))
            continue
        verdict = seen.proposal.verdict
        what = f"services found; verdict: {verdict}"
        rows.append(_row("not to split", name, what, None, len(seen.proposal.services), verdict == "do not split"))
    return rows, skipped


def _cost_rows() -> list[Row]:
    cost = measure_cost(CLASSES)
    name = f"synthetic, {CLASSES:,} classes"
    return [
        _row("cost", name, "CPU seconds from graph to proposal", MOST_SECONDS, cost["seconds"], cost["seconds"] <= MOST_SECONDS),
        _row("cost", name, "peak MB of the process, graph included", MOST_MB, cost["peak_mb"], cost["peak_mb"] <= MOST_MB),
        _row("cost", name, "ARI with the groups it was made of", None, cost["ari"]),
    ]  # fmt: skip


BOUNDARY_CONTROLS = BoundaryControls(
    name="boundary_controls",
    measures="What the boundaries rest on. Names hidden: ARI when every symbol, table, route and path has a number for a "
    "name and all files lie in one folder. Layer left out: ARI without one kind of evidence. Small edits: share of the units "
    "whose home one edit of the graph changes (one call less or more, one symbol renamed, one method moved to another "
    "unit). Order: whether shuffled input gives the same homes. Random: figwright's own score of random partitions with the "
    "folders' sizes. Not to split: the verdict on tools and libraries. Cost: 5,000 made-up classes.",
    truth="ARI against the same truths as in boundaries; for the rest what was promised stands under Reference or Holds.",
    baselines="Reference: the same figure without the control, or the limit.",
    limits="Names are hidden in the graph, after the code was read, so that only boundaries lose them. Edits are made to the "
    "graph too. The made-up system has plain groups, so that its cost says more than its agreement.",
    data="as boundaries; the made-up system is drawn from a fixed seed",
    budget=10,
    quick_budget=0.2,
    columns=(
        Column("control", "Control", role="name"),
        Column("system", "System", role="name"),
        Column("what", "What", role="name"),
        Column("reference", "Reference", 2),
        Column("value", "Value", 2, role="watch"),
        Column("change", "Change", 2),
        Column("holds", "Holds", role="higher"),
    ),
)
