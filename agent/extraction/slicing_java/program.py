"""A Java monolith read for one service: its sources, whose its servlets are, its pages and its other files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from agent.domain.boundary import Boundaries
from agent.domain.code import DependencyGraph
from agent.domain.inventory import Inventory
from agent.errors import InputError
from agent.extraction.owning import MONOLITH
from agent.extraction.slicing import Cut, cut_of
from agent.extraction.slicing_java.sources import Member, Source, Type, read_source
from agent.languages.java import LANGUAGE

__all__ = ["JavaProgram", "open_java_program", "read_java_program"]

_PAGES = (".jsp", ".jspf", ".jspx", ".tag", ".tagx")
_LISTED = re.compile(r"<(?:filter|listener)-class>\s*([\w.$]{1,300})\s*</")


@dataclass(frozen=True)
class JavaProgram:
    """``sources`` by path; ``servlets``: type -> patterns with their owners ("" for the service's own); ``pages``: those that a
    mapping names, the same. ``listed`` are filters and listeners of web.xml. ``calls``: place of use -> types and members used."""

    sources: Mapping[str, Source]
    files: Mapping[str, str]
    servlets: Mapping[str, tuple[tuple[str, str], ...]]
    mapped_pages: Mapping[str, tuple[tuple[str, str], ...]]
    listed: tuple[str, ...]
    calls: Mapping[str, tuple[tuple[int, str, str], ...]]  # path -> (line, type, member's name or "")
    read: Callable[[str], bytes]

    @cached_property
    def types(self) -> Mapping[str, Type]:
        return {one.id: one for source in self.sources.values() for one in source.types}

    @cached_property
    def by_name(self) -> Mapping[str, tuple[str, ...]]:
        """Simple name -> types."""
        found: dict[str, list[str]] = {}
        for name in sorted(self.types):
            found.setdefault(name.rpartition(".")[2], []).append(name)
        return {name: tuple(several) for name, several in found.items()}

    @cached_property
    def lines_of(self) -> int:
        return sum(source.lines for source in self.sources.values())

    @cached_property
    def above(self) -> Mapping[str, tuple[str, ...]]:
        """Type -> the program's types that it extends or implements."""
        return {
            name: tuple(other for word in one.above for other in self.by_name.get(word, ()) if other != name)
            for name, one in self.types.items()
        }

    @cached_property
    def uses(self) -> Mapping[tuple[str, int], tuple[tuple[str, str], ...]]:
        """(type, member's index; -1 for its head) -> (type, member's name) that the graph saw it use."""
        found: dict[tuple[str, int], set[tuple[str, str]]] = {}
        for path, several in self.calls.items():
            source = self.sources[path]
            for line, target, name in several:
                for one in source.types:
                    if one.lines[0] <= line <= one.lines[1]:
                        inside = next((m.index for m in one.members if m.lines[0] <= line <= m.lines[1]), -1)
                        found.setdefault((one.id, inside), set()).add((target, name))
        return {place: tuple(sorted(several)) for place, several in found.items()}

    def member_at(self, path: str, line: int) -> Member | None:
        """The member in whose lines this one is."""
        source = self.sources.get(path)
        return next(
            (m for one in (source.types if source else ()) for m in one.members if m.lines[0] <= line <= m.lines[1]),
            None,
        )


def open_java_program(
    graph: DependencyGraph, inventory: Inventory, boundaries: Boundaries, service: str, paths: Iterable[str],
    read: Callable[[str], bytes], tests: Iterable[str] = (),
) -> tuple[JavaProgram, Cut]:  # fmt: skip
    """Raises InputError when there is nothing to slice."""
    cut = cut_of(graph, boundaries, service)
    if not cut.routes:
        raise InputError(
            f"{service} serves no route: a slice is what answers requests, so choose a service with routes."
        )
    program = read_java_program(graph, {one.path: one.role for one in inventory.files}, read, cut, paths, tests)
    if not any(not owner for patterns in program.servlets.values() for _, owner in patterns):
        raise InputError(f"no servlet of {service} is known: use level 0.")
    return program, cut


def read_java_program(
    graph: DependencyGraph, roles: Mapping[str, str], read: Callable[[str], bytes], cut: Cut, paths: Iterable[str],
    tests: Iterable[str] = (),
) -> JavaProgram:  # fmt: skip
    """``roles``: path -> role. ``tests`` are what belongs to the tests, whatever its role."""
    left_out = frozenset(tests)
    sources: dict[str, Source] = {}
    files: dict[str, str] = {}
    for path in sorted(paths):
        if path.endswith(".java"):
            if "src/main/java/" not in path or path in left_out or roles.get(path) == "test":
                continue
            text = read(path)
            _, root = LANGUAGE.extract(path, text)
            if root is None or path.endswith(("package-info.java", "module-info.java")):
                files[path] = "code"
            else:
                sources[path] = read_source(path, text, root)
        elif path not in left_out:
            files[path] = "page" if path.endswith(_PAGES) else roles.get(path, "")
    servlets, pages = _mapped(graph, cut)
    listed = tuple(
        name
        for path in files
        if path.endswith("WEB-INF/web.xml")
        for name in _LISTED.findall(read(path)[:500_000].decode("utf-8", "replace"))
    )
    return JavaProgram(sources, files, servlets, pages, listed, _calls(graph, sources), read)


def _mapped(
    graph: DependencyGraph, cut: Cut
) -> tuple[Mapping[str, tuple[tuple[str, str], ...]], Mapping[str, tuple[tuple[str, str], ...]]]:
    servlets: dict[str, set[tuple[str, str]]] = {}
    pages: dict[str, set[tuple[str, str]]] = {}
    for edge in graph.dependencies:
        if edge.kind != "handle":
            continue
        pattern = edge.source.removeprefix("route:").partition(" ")[2]
        owner = "" if edge.source in cut.routes else cut.owners.get(edge.source, MONOLITH)
        if edge.target.startswith("template:"):
            pages.setdefault(edge.target.removeprefix("template:"), set()).add((pattern, owner))
        else:
            servlets.setdefault(graph.unit_of(edge.target) or edge.target, set()).add((pattern, owner))
    return {k: tuple(sorted(v)) for k, v in servlets.items()}, {k: tuple(sorted(v)) for k, v in pages.items()}


def _calls(graph: DependencyGraph, sources: Mapping[str, Source]) -> Mapping[str, tuple[tuple[int, str, str], ...]]:
    """What the graph resolved, by place. Imports say nothing of who needs them."""
    types = {one.id for source in sources.values() for one in source.types}
    found: dict[str, set[tuple[int, str, str]]] = {}
    for edge in graph.dependencies:
        if edge.kind in ("import", "handle") or edge.path not in sources:
            continue
        target = graph.by_id.get(edge.target)
        unit = target.unit if target is not None else ""
        if target is None or unit not in types:
            continue
        inner = target.id.removeprefix(unit).lstrip(".#$").split(".")[0] if target.id != unit else ""
        found.setdefault(edge.path, set()).add((edge.line, unit, inner))
    return {path: tuple(sorted(several)) for path, several in found.items()}
