"""The monolith as a slice sees it: modules by name, handlers with their owners, tables and model names, templates, files.

In: the graph, the inventory, the texts of the snapshot. Out: look-ups, nothing decided yet.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from agent.domain.boundary import SHARED, Boundaries
from agent.domain.code import DependencyGraph
from agent.extraction.owning import MONOLITH, Owners, owners_of
from agent.extraction.slicing.modules import Imported, Module, Statement, read_module
from agent.extraction.slicing.references import called_name
from agent.extraction.slicing.startup import started_with

__all__ = ["Cut", "Program", "cut_of", "read_program"]


@dataclass(frozen=True)
class Cut:
    """One service of the proposal: ``routes`` that it serves, ``owners`` of all the others (route -> service's name);
    ``left`` are its entry points that are no routes (jobs, commands): they stay with the monolith. ``homes`` tell whose a
    request is."""

    service: str
    routes: frozenset[str]
    owners: Mapping[str, str]
    left: tuple[str, ...] = ()
    homes: Owners = field(default_factory=Owners)


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


def _folders(path: str) -> Iterator[str]:
    while path:
        path = path.rpartition("/")[0]
        yield path


def cut_of(graph: DependencyGraph, boundaries: Boundaries, service: str) -> Cut:
    """Each route belongs to the service of its handler's unit; those of shared code stay with the monolith."""
    homes = {unit.id: unit.service for unit in boundaries.units}
    chosen = dict(boundaries.routes)
    owners: dict[str, str] = {}
    for edge in graph.dependencies:
        if edge.kind == "handle":
            home = chosen.get(edge.source.removeprefix("route:")) or homes.get(graph.unit_of(edge.target), SHARED)
            owner = MONOLITH if home == SHARED else home
            # A route with handlers of two services is served where it can be
            if owners.get(edge.source) != service:
                owners[edge.source] = owner
    own = frozenset(route for route, owner in owners.items() if owner == service)
    entries = {entry for one in boundaries.services if one.name == service for entry in one.entry_points}
    left = tuple(sorted(entry for entry in entries if f"route:{entry}" not in owners))
    others = {route: owner for route, owner in sorted(owners.items()) if route not in own}
    return Cut(service, own, others, left, owners_of(graph, boundaries))


@dataclass(frozen=True)
class Program:
    """``handlers``: symbol ID -> owner ("" when the service serves it). ``tables`` and ``classes``: name -> (module, statement)
    that declares it. ``templates``: name -> path. ``renders`` and ``includes``: symbol ID or template -> template names."""

    modules: Mapping[str, Module]
    handlers: Mapping[str, str]
    tables: Mapping[str, tuple[tuple[str, int], ...]]
    classes: Mapping[str, tuple[tuple[str, int], ...]]
    templates: Mapping[str, str]
    renders: Mapping[str, tuple[str, ...]]
    includes: Mapping[str, tuple[str, ...]]
    files: Mapping[str, str]  # path -> role, of everything that is not Python
    framework: str  # flask or django; empty when neither is imported
    read: Callable[[str], bytes]

    @cached_property
    def file_names(self) -> Mapping[str, tuple[str, ...]]:
        """Last part of a path -> paths of files that are not Python."""
        return _grouped((path.rpartition("/")[2], path) for path in self.files)

    @cached_property
    def template_stems(self) -> Mapping[str, tuple[str, ...]]:
        """``mail`` -> ``mail.en.txt``, ``mail.fr.txt``: names that a language is put into."""
        names = sorted(name for name in self.templates if name.rpartition("/")[2].count(".") > 1)
        return _grouped((name.rpartition("/")[2].partition(".")[0], name) for name in names)

    @cached_property
    def migrations(self) -> Mapping[str, tuple[str, ...]]:
        """Each folder above a migration, with its modules."""
        found = [m for m in self.modules.values() if m.role == "migration"]
        return _grouped((folder, m.id) for m in found for folder in _folders(m.path))

    def resolve(self, module: str, chain: tuple[str, ...]) -> Iterator[tuple[str, int, str, tuple[str, ...]]]:
        """Each statement on the way: (module, statement, alias of an import or "", attributes left). (module, -1, ...) is the
        module as a value. Ends where the repository ends."""
        pending, seen = [(module, chain)], set()
        while pending:
            step = pending.pop()
            if step in seen:
                continue
            seen.add(step)
            name, links = step
            if not links:
                yield name, -1, "", ()
                continue
            owner = self.modules.get(name)
            if owner is None:
                continue
            indexes = owner.bound.get(links[0], ())
            for index in indexes:
                statement = owner.statements[index]
                imports = [i for i in statement.imports if i.alias == links[0]]
                yield name, index, links[0] if imports and statement.kind == "import" else "", links[1:]
                pending.extend(self._follow(i, links[1:]) for i in imports)
            if not indexes and f"{name}.{links[0]}" in self.modules:
                pending.append((f"{name}.{links[0]}", links[1:]))
            elif not indexes:
                for index, star in owner.stars:
                    if star in self.modules and self._has(star, links[0]):
                        yield name, index, "*", links[1:]
                        pending.append((star, links))

    def _has(self, module: str, name: str, depth: int = 0) -> bool:
        owner = self.modules.get(module)
        if owner is None or depth > 10:
            return False
        return name in owner.bound or any(self._has(star, name, depth + 1) for _, star in owner.stars)

    def _follow(self, imported: Imported, rest: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        if not imported.name:
            return self._descend(imported.module, rest)
        owner = self.modules.get(imported.module)
        inner = f"{imported.module}.{imported.name}"
        if inner in self.modules and not (owner is not None and imported.name in owner.bound and not owner.package):
            return self._descend(inner, rest)
        return imported.module, (imported.name, *rest)

    def follow(self, imported: Imported, rest: tuple[str, ...] = ()) -> tuple[str, tuple[str, ...]]:
        """The module an import leads to, and the names in it that are meant."""
        return self._follow(imported, rest)

    def _descend(self, module: str, rest: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        while rest and f"{module}.{rest[0]}" in self.modules and rest[0] not in self._bound(module):
            module, rest = f"{module}.{rest[0]}", rest[1:]
        return module, rest

    def _bound(self, module: str) -> Mapping[str, tuple[int, ...]]:
        owner = self.modules.get(module)
        return owner.bound if owner is not None else {}


def read_program(
    graph: DependencyGraph, roles: Mapping[str, str], read: Callable[[str], bytes], cut: Cut, paths: Iterable[str]
) -> Program:
    """``paths`` are all files of the snapshot, ``roles`` what the inventory says of those that it knows."""
    paths = tuple(sorted(paths))
    modules: dict[str, Module] = {}
    python_modules = [s for s in graph.symbols if s.kind == "module" and s.language == "python"]
    starting = started_with({s.id: s.path for s in python_modules if roles.get(s.path) == "test"}, read)
    for symbol in python_modules:
        role = "config" if symbol.id in starting else roles.get(symbol.path, "code")
        if role != "test":
            modules[symbol.id] = read_module(symbol.id, symbol.path, read(symbol.path), role)
    classes: dict[str, list[tuple[str, int]]] = {}
    for module in modules.values():
        for statement in module.statements:
            if isinstance(statement.node, ast.ClassDef):
                classes.setdefault(statement.node.name, []).append((module.id, statement.index))
    python = {m.path for m in modules.values()} | {p for p in paths if p.endswith(".py")}
    return Program(
        modules=dict(sorted(modules.items())),
        handlers=_handlers(graph, cut),
        tables=_tables(graph, modules),
        classes={name: tuple(found) for name, found in classes.items()},
        templates=_templates(graph, roles),
        renders=_edges(graph, "render", lambda kind: kind != "template"),
        includes=_edges(graph, "render", lambda kind: kind == "template"),
        files={p: roles.get(p, "data") for p in paths if p not in python},
        framework=_framework(modules),
        read=read,
    )


def _handlers(graph: DependencyGraph, cut: Cut) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for edge in graph.dependencies:
        if edge.kind != "handle":
            continue
        owner = "" if edge.source in cut.routes else cut.owners.get(edge.source, MONOLITH)
        target = edge.target
        container = graph.by_id[target].container
        if container in graph.by_id and graph.by_id[container].kind == "class":
            target = container  # a method of a view: the class is what is registered
        found[target] = "" if owner == "" else found.get(target, owner)
    return found


def _tables(graph: DependencyGraph, modules: Mapping[str, Module]) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Which statements declare a table: by their place, since a table may be made by a call as well as by a class."""
    by_path = {m.path: m for m in modules.values()}
    found: dict[str, list[tuple[str, int]]] = {}
    for symbol in graph.symbols:
        module = by_path.get(symbol.path)
        if symbol.kind == "table" and module is not None:
            for statement in module.statements:
                first, last = statement.lines
                if first <= symbol.line <= last and _declares(statement):
                    found.setdefault(symbol.name, []).append((module.id, statement.index))
    return {name: tuple(places) for name, places in found.items()}


def _declares(statement: Statement) -> bool:
    node = statement.node
    return isinstance(node, ast.ClassDef) or (isinstance(node, ast.Assign) and called_name(node.value) == "Table")


def _templates(graph: DependencyGraph, roles: Mapping[str, str]) -> Mapping[str, str]:
    found = {s.id.partition(":")[2]: s.path for s in graph.symbols if s.kind == "template"}
    for path, role in sorted(roles.items()):
        name = re.split(r"(?:^|/)templates/", path, maxsplit=1)
        if role != "test" and len(name) == 2 and not path.endswith(".py"):
            found.setdefault(name[1], path)
    return found


def _edges(graph: DependencyGraph, kind: str, wanted: Callable[[str], bool]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for edge in graph.dependencies:
        if edge.kind == kind and edge.target.startswith("template:") and wanted(graph.by_id[edge.source].kind):
            found.setdefault(edge.source.removeprefix("template:"), []).append(edge.target.removeprefix("template:"))
    return {source: tuple(dict.fromkeys(targets)) for source, targets in found.items()}


def _framework(modules: Mapping[str, Module]) -> str:
    """What it is made with, by what is imported in its code."""
    tops = [
        i.module.partition(".")[0]
        for m in modules.values()
        if m.role == "code"
        for s in m.statements
        for i in s.imports
    ]
    for name in ("django", "flask"):
        if name in tops:
            return name
    return ""
