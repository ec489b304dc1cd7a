"""The graph at the level of modules, classes or functions, and its printable forms (JSON, GraphML)."""

from __future__ import annotations

import json
from typing import Any

from agent.domain.code import Dependency, DependencyGraph, Symbol

__all__ = ["LEVELS", "as_graphml", "as_json", "at_level"]

LEVELS = ("module", "class", "function")
TYPES = frozenset({"class", "interface", "enum"})
OTHERS = frozenset({"table", "route", "template"})


def at_level(graph: DependencyGraph, level: str) -> tuple[list[Symbol], list[Dependency]]:
    """Nodes and edges folded up to a level.

    *module*: units (a Python or JavaScript module, a Java top-level type) and the tables, routes and templates;
    *class*: outermost types, and modules for what lies outside types; *function*: every symbol.
    Of parallel edges of one kind the first in the file order is kept, with the surest resolution.
    """
    if level == "function":
        return list(graph.symbols), list(graph.dependencies)
    home = {symbol.id: _home(symbol, graph, level) for symbol in graph.symbols}
    nodes = [graph.by_id[i] for i in sorted(set(home.values()))]
    rank = {"exact": 0, "inferred": 1, "ambiguous": 2}
    best: dict[tuple[str, str, str], Dependency] = {}
    for edge in graph.dependencies:
        source, target = home[edge.source], home[edge.target]
        if source == target:
            continue
        key = (source, target, edge.kind)
        folded = Dependency(source, target, edge.kind, edge.path, edge.line, edge.resolution)
        known = best.get(key)
        if known is None or (rank[edge.resolution], edge.path, edge.line) < (
            rank[known.resolution],
            known.path,
            known.line,
        ):
            best[key] = folded
    return nodes, [best[key] for key in sorted(best)]


def _home(symbol: Symbol, graph: DependencyGraph, level: str) -> str:
    if symbol.kind in OTHERS:
        return symbol.id
    if level == "module":
        return symbol.unit or symbol.id
    outermost = symbol.unit or symbol.id
    current: Symbol | None = symbol
    while current is not None:
        if current.kind in TYPES:
            outermost = current.id
        current = graph.by_id.get(current.container) if current.container else None
    return outermost


def as_json(graph: DependencyGraph, level: str) -> str:
    """``{"nodes":[{"id","kind","path","line"}],"edges":[{"source","target","kind","path","line","resolution"}], ...}``.

    What did not become an edge is there too: ``ambiguous`` references with their candidates, counts by language,
    and the files that could not be parsed.
    """
    nodes, edges = at_level(graph, level)
    answer: dict[str, Any] = {
        "level": level,
        "nodes": [{"id": n.id, "kind": n.kind, "path": n.path, "line": n.line, "role": n.role} for n in nodes],
        "edges": [
            {"source": e.source, "target": e.target, "kind": e.kind, "path": e.path, "line": e.line, "resolution": e.resolution}
            for e in edges
        ],
        "ambiguous": [
            {"source": a.source, "name": a.name, "kind": a.kind, "path": a.path, "line": a.line,
             "resolution": "ambiguous", "candidates": list(a.candidates)}
            for a in graph.ambiguous
        ],
        "counts": [
            {"language": c.language, "exact": c.exact, "inferred": c.inferred, "ambiguous": c.ambiguous,
             "external": c.external, "unresolved": c.unresolved, "reasons": dict(c.reasons)}
            for c in graph.counts
        ],
        "not_parsed": [{"path": path, "reason": reason} for path, reason in graph.failures],
        "partly_parsed": [{"path": path, "line": line, "errors": count} for path, line, count in graph.error_lines],
    }  # fmt: skip
    return json.dumps(answer, indent=1, ensure_ascii=True) + "\n"


def as_graphml(graph: DependencyGraph, level: str) -> str:
    """GraphML for yEd, Gephi and networkx."""
    import networkx

    nodes, edges = at_level(graph, level)
    drawn = networkx.MultiDiGraph()
    for node in nodes:
        drawn.add_node(_xml_safe(node.id), kind=node.kind, path=_xml_safe(node.path), line=node.line)
    for edge in edges:
        drawn.add_edge(
            _xml_safe(edge.source), _xml_safe(edge.target), kind=edge.kind, path=_xml_safe(edge.path), line=edge.line,
            resolution=edge.resolution,
        )  # fmt: skip
    return "\n".join(networkx.generate_graphml(drawn)) + "\n"


def _xml_safe(text: str) -> str:
    """XML 1.0 has no control characters; a file name may."""
    return "".join(c if c >= " " and not "\ud800" <= c <= "\udfff" else "\N{REPLACEMENT CHARACTER}" for c in text)
