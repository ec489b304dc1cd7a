"""Boundaries from access traces alone: entities as nodes, tied by the requests that touch them and in which order.

In: for each controller operation the sequence of (entity, read or write). Out: a `Division` over the entities, by the same
clustering, choice of granularity and small-group rule as for code.
"""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.boundaries.layers import Edges, Layer, agreement, combine, similarity
from agent.boundaries.partition import Division, choose, granularities, merge_small
from agent.boundaries.vocabulary import words
from agent.errors import BoundariesError

__all__ = ["Traces", "divide_entities", "read_traces"]


@dataclass(frozen=True)
class Traces:
    """Operation -> accesses in order, as (entity, written)."""

    accesses: Mapping[str, tuple[tuple[str, bool], ...]]

    @property
    def entities(self) -> tuple[str, ...]:
        return tuple(sorted({entity for steps in self.accesses.values() for entity, _ in steps}))


def read_traces(text: str) -> Traces:
    """From JSON: {operation: [[entity, "R" or "W"], ...]}; either order in a pair, and traces under "t" and "a" as well.

    Raises BoundariesError when it is something else.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BoundariesError(f"the access traces are no JSON: {error}") from None
    if not isinstance(found, dict):
        raise BoundariesError("access traces map each operation to its accesses")
    return Traces({str(name): tuple(_steps(str(name), entry)) for name, entry in sorted(found.items())})


def _steps(name: str, entry: object) -> Iterable[tuple[str, bool]]:
    if isinstance(entry, dict):
        listed = entry.get("t", [])
        entry = [step for trace in listed if isinstance(trace, dict) for step in trace.get("a", [])]
    if not isinstance(entry, list):
        raise BoundariesError(f"the accesses of {name!r} are no list")
    for step in entry:
        if not isinstance(step, list) or len(step) != 2:
            raise BoundariesError(f"{name!r}: an access is an entity and R or W, not {str(step)[:80]}")
        entity, mode = (step[1], step[0]) if step[0] in ("R", "W") else (step[0], step[1])
        yield str(entity), mode == "W"


def divide_entities(traces: Traces, entities: Iterable[str] = (), leave_out: Iterable[str] = frozenset()) -> Division:
    """Partitions of the entities; ``entities`` adds those that no trace touches, which only their names can place."""
    nodes = sorted({*traces.entities, *entities})
    without = set(leave_out)
    layers = tuple(layer for layer in entity_layers(traces, nodes) if layer.name not in without)
    edges = combine(layers)
    sequence = _sequence(traces)
    folders = {node: [""] for node in nodes}
    candidates = granularities(
        edges, nodes, lambda home: merge_small(home, edges, folders), lambda home: _crossing(sequence, home)
    )
    return Division(candidates, choose(candidates), {}, layers, edges)


def entity_layers(traces: Traces, entities: Iterable[str]) -> tuple[Layer, ...]:
    """Requests that touch both, requests that write both, how often one follows the other, and words of their names."""
    touched: dict[str, dict[str, float]] = defaultdict(dict)
    written: dict[str, dict[str, float]] = defaultdict(dict)
    for operation, steps in traces.accesses.items():
        for entity, write in steps:
            touched[entity][operation] = 1.0
            if write:
                written[entity][operation] = 1.0
    requests, writes = similarity(touched), similarity(written)
    names = similarity({entity: dict.fromkeys(words(entity), 1.0) for entity in entities})
    share = len(written) / max(1, len(touched))
    layers = (
        Layer("requests", requests, 1.0, f"{len(traces.accesses)} operations"),
        Layer("writes", writes, 0.5 * share, f"{share:.0%} of the entities are written"),
        Layer("sequence", _damped(_sequence(traces)), 1.0, "one is accessed right after the other"),
        Layer("names", names, 0.5 * agreement(names, requests) if requests else 0.5, "agreement with requests"),
    )
    return tuple(layer for layer in layers if layer.edges and layer.weight > 0)


def _sequence(traces: Traces) -> Edges:
    """Neighbours in a sequence, as shares of its steps, so that one long operation does not drown the rest."""
    edges: Edges = defaultdict(float)
    for steps in traces.accesses.values():
        order = [entity for entity, _ in steps]
        pairs = Counter((min(a, b), max(a, b)) for a, b in itertools.pairwise(order) if a != b)
        for pair, count in sorted(pairs.items()):
            edges[pair] += count / pairs.total()
    return dict(edges)


def _damped(edges: Edges) -> Edges:
    """By the geometric mean of the ends' totals: an entity that is next to everything says little."""
    total: Counter[str] = Counter()
    for (a, b), weight in edges.items():
        total[a] += weight  # type: ignore[assignment]
        total[b] += weight  # type: ignore[assignment]
    return {(a, b): weight / math.sqrt(total[a] * total[b]) for (a, b), weight in edges.items()}


def _crossing(sequence: Edges, home: Mapping[str, str]) -> float:
    """Share of the steps from one entity to the next that lead to another service."""
    everything = sum(sequence.values())
    return sum(w for (a, b), w in sequence.items() if home[a] != home[b]) / everything if everything else 0.0
