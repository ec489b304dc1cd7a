"""Names of people's own to units of the graph: IDs, paths, ``path::Name`` or patterns in, units out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agent.domain.code import DependencyGraph, Symbol

__all__ = ["find_units", "pattern_of"]


def pattern_of(text: str) -> re.Pattern[str]:
    """A path pattern: ``*`` within a folder, ``**`` across folders, ``?`` one letter."""
    parts = re.split(r"(\*\*/?|\*|\?)", text)
    known = {"**": ".*", "**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(known.get(part) or re.escape(part) for part in parts) + r"\Z")


def find_units(graph: DependencyGraph, keys: Mapping[str, str]) -> dict[str, str]:
    """Truth key -> unit of the graph, for the keys that the graph has: by ID, by path, or by path and name."""
    by_path: dict[str, list[Symbol]] = {}
    for symbol in graph.symbols:
        if symbol.unit and symbol.kind not in ("table", "route", "template"):
            by_path.setdefault(symbol.path, []).append(symbol)
    found: dict[str, str] = {}
    for key in keys:
        hit = graph.by_id.get(key.replace("$", "."))
        hit = _in_file(by_path, key) if hit is None else hit
        if hit is not None and hit.unit:
            found[key] = hit.unit
    return found


def _in_file(by_path: Mapping[str, list[Symbol]], key: str) -> Symbol | None:
    """``path::Name`` is the file's symbol of that name; ``path`` its unit, of several the one called like the file.

    A path that the graph does not have may be the end of exactly one that it has (a truth written for a sub-folder).
    """
    path, _, name = key.partition("::")
    longer = [known for known in by_path if known.endswith("/" + path)] if path not in by_path else []
    symbols = by_path.get(longer[0] if len(longer) == 1 else path, [])
    if name:
        return next((s for s in symbols if s.name == name), None)
    units = [s for s in symbols if s.id == s.unit]
    stem = path.rpartition("/")[2].partition(".")[0]
    return next((s for s in units if s.name == stem), units[0] if units else None)
