"""Decompositions that need no figwright, to be beaten: folders, one service, and plain clustering of the structure."""

from __future__ import annotations

import importlib
import itertools
import random
from collections import Counter
from collections.abc import Iterable, Mapping

import graspologic_native

from agent.boundaries.system import System
from agent.boundaries.traces import Traces

__all__ = [
    "LEIDEN_SEEDS",
    "access_pairs",
    "infomap_partition",
    "leiden_partition",
    "one_service",
    "structure_pairs",
    "unit_folders",
]

LEIDEN_SEEDS = (0, 1, 2, 3, 4)
STRUCTURE = frozenset({"import", "type", "inherit"})

Pairs = Mapping[tuple[str, str], float]


def unit_folders(system: System, units: Iterable[str]) -> dict[str, str]:
    """Each unit's folder."""
    return {unit: system.symbol(unit).path.rpartition("/")[0] for unit in units}


def one_service(units: Iterable[str]) -> dict[str, str]:
    """The monolith as it is."""
    return dict.fromkeys(units, "all")


def structure_pairs(system: System, units: Iterable[str]) -> dict[tuple[str, str], float]:
    """Undirected pairs of units with the number of imports, type references and inheritance between them."""
    wanted = set(units)
    pairs: dict[tuple[str, str], float] = {}
    for (source, target), edges in system.ties.items():
        count = sum(1 for edge in edges if edge.kind in STRUCTURE)
        if count and source in wanted and target in wanted:
            pair = (min(source, target), max(source, target))
            pairs[pair] = pairs.get(pair, 0.0) + count
    return dict(sorted(pairs.items()))


def access_pairs(traces: Traces, entities: Iterable[str]) -> dict[tuple[str, str], float]:
    """Undirected pairs of entities with the number of operations that touch both."""
    wanted = set(entities)
    pairs: Counter[tuple[str, str]] = Counter()
    for steps in traces.accesses.values():
        pairs.update(itertools.combinations(sorted({entity for entity, _ in steps} & wanted), 2))
    return {pair: float(count) for pair, count in sorted(pairs.items())}


def leiden_partition(pairs: Pairs, units: Iterable[str], seed: int) -> dict[str, str]:
    """Leiden at resolution 1 on the given pairs; a unit without a pair stays alone."""
    edges = [(a, b, weight) for (a, b), weight in sorted(pairs.items())]
    random.Random(seed).shuffle(edges)  # noqa: S311 - reproducible on purpose
    found = graspologic_native.leiden(edges, resolution=1.0, seed=seed)[1] if edges else {}
    return {unit: str(found[unit]) if unit in found else f"alone: {unit}" for unit in units}


def infomap_partition(pairs: Pairs, units: Iterable[str], seed: int) -> dict[str, str]:
    """Infomap's two-level partition. ImportError where it is not installed (it is AGPL, so never a dependency)."""
    infomap = importlib.import_module("infomap")
    numbers = {unit: number for number, unit in enumerate(sorted(units))}
    run = infomap.Infomap(silent=True, two_level=True, seed=seed + 1)
    for (a, b), weight in sorted(pairs.items()):
        run.add_link(numbers[a], numbers[b], weight)
    if pairs:
        run.run()
    modules = dict(run.get_modules()) if pairs else {}
    return {unit: str(modules[n]) if n in modules else f"alone: {unit}" for unit, n in numbers.items()}
