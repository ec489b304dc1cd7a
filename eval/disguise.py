"""The same system for eyes that know neither names nor folders: a graph under opaque names, all files in one folder.

Also small edits to a graph, as a day's work would make them, and the same graph in another order. All by a seed.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping

import msgspec

from agent.domain.code import Dependency, DependencyGraph, Symbol

__all__ = ["Disguised", "disguise", "edited", "shuffled"]


class Disguised(msgspec.Struct, frozen=True):
    """The renamed graph, and what each symbol and path is called in it."""

    graph: DependencyGraph
    names: Mapping[str, str]
    paths: Mapping[str, str]


def disguise(graph: DependencyGraph) -> Disguised:
    """Every symbol, table, route and path gets a number, in the order of a hash so that neighbours do not stay neighbours.

    What stays: which edges there are and where, kinds, roles, languages, which symbol lies in which, file endings.
    """
    numbers = {name: number for number, name in enumerate(sorted((s.id for s in graph.symbols), key=_scrambled))}
    listed = sorted({symbol.path for symbol in graph.symbols} | {d.path for d in graph.dependencies}, key=_scrambled)
    paths = {path: f"all/f{number}{_ending(path)}" for number, path in enumerate(listed)}
    names = {symbol.id: _opaque(symbol, numbers) for symbol in graph.symbols}
    symbols = [
        msgspec.structs.replace(
            s,
            id=names[s.id],
            path=paths[s.path],
            container=names.get(s.container, ""),
            unit=names.get(s.unit, ""),
            doc="",
            decorators=(),
        )
        for s in graph.symbols
    ]
    edges = [
        msgspec.structs.replace(d, source=names[d.source], target=names[d.target], path=paths[d.path])
        for d in graph.dependencies
    ]
    return Disguised(_canonical(symbols, edges), names, paths)


def _scrambled(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def _ending(path: str) -> str:
    name = path.rpartition("/")[2]
    return "." + name.rpartition(".")[2] if "." in name else ""


def _opaque(symbol: Symbol, numbers: Mapping[str, int]) -> str:
    number = numbers[symbol.id]
    if symbol.kind == "route":
        return f"route:GET /r{number}"
    if symbol.kind in ("table", "template"):
        return f"{symbol.kind}:{symbol.kind[0]}{number}"
    if symbol.unit and symbol.unit != symbol.id and symbol.unit in numbers:
        return f"u{numbers[symbol.unit]}.s{number}"
    return f"u{number}"


def edited(graph: DependencyGraph, seed: int) -> tuple[str, DependencyGraph, Mapping[str, str]]:
    """(what was done, the graph after it, new ID -> old ID of what was renamed): one call less, one more, one symbol
    renamed, or one method moved to another unit, in turn."""
    chance = random.Random(seed)  # noqa: S311 - reproducible on purpose
    units = sorted({s.unit for s in graph.symbols if s.unit and s.role == "code"} & graph.by_id.keys())
    calls = [d for d in graph.dependencies if d.kind == "call" and graph.unit_of(d.source) != graph.unit_of(d.target)]
    methods = [s for s in graph.symbols if s.kind == "function" and s.unit in graph.by_id and s.role == "code"]
    kinds = ["rename", *(["drop", "add"] if calls else []), *(["move"] if methods and len(units) > 1 else [])]
    kind = kinds[seed % len(kinds)]
    if kind == "drop":
        gone = chance.choice(calls)
        return kind, _canonical(graph.symbols, (d for d in graph.dependencies if d != gone)), {}
    if kind == "add":
        like, other = chance.choice(calls), chance.choice(calls)
        more = msgspec.structs.replace(like, target=other.target)
        return kind, _canonical(graph.symbols, (*graph.dependencies, more)), {}
    if kind == "move":
        method = chance.choice(methods)
        there = chance.choice([u for u in units if u != method.unit])
        moved = msgspec.structs.replace(method, unit=there, container=there)
        return kind, _canonical((moved if s is method else s for s in graph.symbols), graph.dependencies), {}
    old = chance.choice(methods).id if methods else chance.choice(units)
    return kind, _renamed(graph, old, old + "Xq"), {old + "Xq": old}


def _renamed(graph: DependencyGraph, old: str, new: str) -> DependencyGraph:
    def name(identifier: str) -> str:
        return new if identifier == old else identifier

    symbols = [
        msgspec.structs.replace(s, id=name(s.id), container=name(s.container), unit=name(s.unit)) for s in graph.symbols
    ]
    edges = [msgspec.structs.replace(d, source=name(d.source), target=name(d.target)) for d in graph.dependencies]
    return _canonical(symbols, edges)


def shuffled(graph: DependencyGraph, seed: int) -> DependencyGraph:
    """The same symbols and dependencies in another order."""
    chance = random.Random(seed)  # noqa: S311 - reproducible on purpose
    symbols, edges = list(graph.symbols), list(graph.dependencies)
    chance.shuffle(symbols)
    chance.shuffle(edges)
    return DependencyGraph(tuple(symbols), tuple(edges))


def _canonical(symbols: Iterable[Symbol], edges: Iterable[Dependency]) -> DependencyGraph:
    return DependencyGraph(
        tuple(sorted(symbols, key=lambda s: s.id)),
        tuple(sorted(edges, key=lambda d: (d.source, d.target, d.kind, d.path, d.line))),
    )
