"""The evidence that ties units together, a weighted graph a layer: structure, data, entry points, names, packages, history.

Each layer is normalised to a total weight of 1 and then weighted by how much it has to say about this system, so
that no constant decides what the evidence of a system with no tables, or with meaningless names, should.
Nodes are units and tables; a table is a node so that it finds its place among the code that uses it.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from agent.boundaries.system import System
from agent.boundaries.vocabulary import domain_words, last_name

__all__ = ["Edges", "Layer", "agreement", "build_layers", "combine", "similarity"]

KIND_WEIGHT = {"inherit": 2.0, "call": 1.0, "type": 1.0, "use": 0.5, "import": 0.25}
ACCESS_WEIGHT = {"declare": 3.0, "write": 2.0, "read": 1.0}
SURENESS = {"exact": 1.0, "inferred": 0.5, "ambiguous": 0.0}
NEIGHBOURS = 6
LEAST_SIMILARITY = 0.05
COMMON_SHARE = 0.5  # a feature that more than this share of the units has tells nothing

Edges = dict[tuple[str, str], float]


@dataclass(frozen=True)
class Layer:
    """Undirected edges (first < second) and the weight that the layer gets in the whole."""

    name: str
    edges: Mapping[tuple[str, str], float]
    weight: float
    basis: str


def build_layers(system: System, coupling: Iterable[tuple[str, str, int]]) -> tuple[Layer, ...]:
    """All layers with something to say. ``coupling`` is change coupling by path: (path, path, shared commits)."""
    structure = structure_edges(system)
    data = data_edges(system)
    entry = entry_edges(system)
    name = name_edges(system)
    package = similarity({unit: _folders(unit) for unit in system.units})
    history = history_edges(system, coupling)
    evident = structure.keys() | alike(system).keys()
    with_data = sum(1 for unit in system.units if system.access.get(unit)) / max(1, len(system.units))
    # Two pairs that changed together say nothing about eighty units: history counts by how many it covers.
    remembered = len({unit for pair in history for unit in pair}) / max(1, len(system.units))
    observed = similarity(system.observed)
    seen = len(system.observed) / max(1, len(system.units) + len(system.tables))
    reached = {unit for units in system.reach.values() for unit in units} & set(system.units)
    return tuple(
        layer
        for layer in (
            Layer("structure", structure, 1.0, f"{len(structure)} tied pairs"),
            Layer("data", data, 0.5 + min(1.0, 2 * with_data), f"{with_data:.0%} of the units touch a table"),
            Layer("entry points", entry, 0.5 * len(reached) / max(1, len(system.units)), f"{len(system.reach)} routes"),
            Layer("runtime", observed, seen, f"{seen:.0%} of the units and tables were seen at work"),
            Layer("names", name, 0.5 * agreement(name, evident), "agreement with structure"),
            Layer("packages", package, 0.5 * agreement(package, evident), "agreement with structure"),
            Layer(
                "history",
                history,
                0.3 * agreement(history, evident) * remembered,
                f"{remembered:.0%} of the units changed together with another",
            ),
        )
        if layer.edges and layer.weight > 0
    )


def combine(layers: Iterable[Layer]) -> Edges:
    """One weighted graph: each layer normalised, times its weight."""
    total: Edges = defaultdict(float)
    for layer in layers:
        amount = sum(layer.edges.values())
        for pair, value in layer.edges.items():
            total[pair] += layer.weight * value / amount
    return {pair: total[pair] for pair in sorted(total)}


def structure_edges(system: System) -> Edges:
    """Calls, references and inheritance, logarithmic in their number, damped by the fan-in of what is used by all."""
    strength: Edges = defaultdict(float)
    for (source, target), edges in system.ties.items():
        amount = sum(KIND_WEIGHT[e.kind] * SURENESS[e.resolution] for e in edges)
        if amount:
            # What everybody uses binds nobody: the fan-in damping is the inverse document frequency of a target.
            damping = 1.0 / math.log2(1.0 + max(1, system.fan_in.get(target, 1)))
            strength[_pair(source, target)] += math.log1p(amount) * damping
    return dict(strength)


def data_edges(system: System) -> Edges:
    """Unit to table by access, damped by how many units touch the table; table to table by foreign key and join."""
    users = Counter(table for tables in system.access.values() for table in tables)
    edges: Edges = defaultdict(float)
    for unit, tables in system.access.items():
        for table, uses in tables.items():
            strongest = {e.kind: max(SURENESS[x.resolution] for x in uses if x.kind == e.kind) for e in uses}
            amount = sum(ACCESS_WEIGHT[kind] * sure for kind, sure in strongest.items())
            edges[_pair(unit, table)] += amount / math.log2(1.0 + users[table])
    for (source, target), uses in system.references.items():
        edges[_pair(source, target)] += math.log1p(len(uses))
    for unit, table in system.row_types.items():
        if table not in system.access.get(unit, {}):
            edges[_pair(unit, table)] += ACCESS_WEIGHT["declare"] * SURENESS["inferred"]
    return dict(edges)


def entry_edges(system: System) -> Edges:
    """Units and tables that the same entry points reach, by cosine over entry points."""
    features: dict[str, dict[str, float]] = {node: {} for reached in system.reach.values() for node in reached}
    most = _most_common(len(features))
    for route, reached in system.reach.items():
        if len(reached) <= most:  # the others would be counted and then left out: on large systems, most of the work
            for node in reached:
                features[node][route] = 1.0
    return similarity(features)


def name_edges(system: System) -> Edges:
    """Units and tables that say the same domain words; a word that names a table counts double.

    A unit also says the words of its two nearest folders that name a table: ``tickets/close.php`` speaks of tickets.
    """
    stored = {word for table in system.tables for word in domain_words(table.removeprefix("table:"))}
    features: dict[str, dict[str, float]] = {
        table: dict.fromkeys(domain_words(table.removeprefix("table:")), 2.0) for table in system.tables
    }
    for unit in system.units:
        said = {word: 1.0 for folder in _parents(unit)[-2:] for word in domain_words(folder) if word in stored}
        said.update({word: 2.0 if word in stored else 1.0 for word in domain_words(last_name(unit))})
        features[unit] = said
    return similarity(features, rarity=False)


def history_edges(system: System, coupling: Iterable[tuple[str, str, int]]) -> Edges:
    """Units whose files were committed together."""
    by_path: dict[str, list[str]] = defaultdict(list)
    for unit in system.units:
        by_path[system.symbol(unit).path].append(unit)
    edges: Edges = {}
    for first, second, commits in coupling:
        for a, b in itertools.product(by_path.get(first, ()), by_path.get(second, ())):
            edges[_pair(a, b)] = math.log1p(commits)
    return edges


def similarity(features: Mapping[str, Mapping[str, float]], *, rarity: bool = True) -> Edges:
    """Cosine of feature vectors, each node with its nearest neighbours only.

    Shapes: node -> feature -> weight; returns pairs with a cosine in (0, 1]. With ``rarity`` a feature counts by its
    inverse document frequency; without, a domain's common word counts as much as a rare one.
    """
    count = len(features)
    most = _most_common(count)
    frequency = Counter(feature for vector in features.values() for feature in vector)
    vectors: dict[str, dict[str, float]] = {}
    for node, vector in sorted(features.items()):
        weighted = {
            f: w * (math.log((count + 1) / (frequency[f] + 0.5)) if rarity else 1.0)
            for f, w in vector.items()
            if 1 < frequency[f] <= most
        }
        length = math.sqrt(sum(w * w for w in weighted.values()))
        if length > 0:
            vectors[node] = {f: w / length for f, w in weighted.items()}
    postings: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for node, vector in vectors.items():
        for feature, weight in vector.items():
            postings[feature].append((node, weight))
    cosine: Edges = defaultdict(float)
    for feature in sorted(postings):
        listed = postings[feature]
        if len(listed) > 400:
            continue  # quadratic otherwise; a feature of 400 nodes hardly weighs anything
        for (a, x), (b, y) in itertools.combinations(listed, 2):
            cosine[a, b] += x * y
    return _nearest(cosine)


def _most_common(count: int) -> float:
    """How many of ``count`` nodes may have a feature for it to tell them apart."""
    return max(8.0, COMMON_SHARE * count)


def _nearest(cosine: Mapping[tuple[str, str], float]) -> Edges:
    best: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for (a, b), value in cosine.items():
        if value >= LEAST_SIMILARITY:
            best[a].append((-value, b))
            best[b].append((-value, a))
    kept: Edges = {}
    for node, found in best.items():
        for negative, other in sorted(found)[:NEIGHBOURS]:
            kept[_pair(node, other)] = -negative
    return kept


def alike(system: System) -> Edges:
    """Units that use the same things: two pages that never call each other, but the same library and the same tables."""
    needs: dict[str, dict[str, float]] = {unit: {} for unit in system.units}
    for source, target in system.ties:
        needs[source][target] = 1.0
    for unit, tables in system.access.items():
        needs[unit].update(dict.fromkeys(tables, 1.0))
    return similarity(needs)


def agreement(edges: Mapping[tuple[str, str], float], structure: Collection[tuple[str, str]]) -> float:
    """How much likelier a pair of this layer is tied in structure than a random pair, squashed to 0..1."""
    if not edges or not structure:
        return 0.0
    nodes = {node for pair in structure for node in pair}
    inside = [pair for pair in edges if pair[0] in nodes and pair[1] in nodes]
    if not inside:
        return 0.0
    hit = sum(1 for pair in inside if pair in structure) / len(inside)
    chance = len(structure) / max(1, len(nodes) * (len(nodes) - 1) / 2)
    lift = hit / chance if chance else 0.0
    return max(0.0, 1.0 - 1.0 / lift) if lift > 1 else 0.0


def _folders(unit: str) -> dict[str, float]:
    """The folders or packages that a unit lies in, but for those called after a technical layer (controllers, dao)."""
    parts = _parents(unit)
    return {"/".join(parts[:end]): 1.0 for end in range(1, len(parts) + 1) if domain_words(parts[end - 1])}


def _parents(unit: str) -> list[str]:
    return (unit.split("/") if "/" in unit else unit.split("."))[:-1]


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)
