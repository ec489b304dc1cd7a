"""A Node.js monolith read for one service: its modules, where routes are registered and whose they are, its other files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from agent.domain.boundary import Boundaries
from agent.domain.code import DependencyGraph
from agent.domain.inventory import Inventory
from agent.errors import InputError
from agent.extraction.owning import MONOLITH
from agent.extraction.slicing import Cut, cut_of
from agent.extraction.slicing_node.modules import Module, read_module, text_of, walk
from agent.languages.javascript import LANGUAGES

__all__ = ["NodeProgram", "Registration", "open_node_program", "read_node_program", "started_by"]

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "all"})
_SUFFIXES = {suffix: language for language in LANGUAGES for suffix in language.suffixes}
_PATHS = frozenset({"string", "template_string", "regex", "array", "identifier", "binary_expression"})


@dataclass(frozen=True)
class Registration:
    """A call that gives routes to handlers. ``start`` and ``end`` are the bytes of its handlers; ``owners`` of the routes."""

    path: str
    line: int
    start: int
    end: int
    routes: tuple[str, ...]
    owners: tuple[str, ...]


@dataclass(frozen=True)
class NodeProgram:
    """``files``: path -> role, of all that is no module. ``registered``: path -> registrations."""

    modules: Mapping[str, Module]
    files: Mapping[str, str]
    registered: Mapping[str, tuple[Registration, ...]]
    read: Callable[[str], bytes]

    @cached_property
    def known(self) -> frozenset[str]:
        """What ``require`` may load."""
        return frozenset((*self.modules, *(path for path in self.files if path.endswith(".json"))))

    @cached_property
    def lines_of(self) -> int:
        return sum(one.lines for one in self.modules.values() if one.role == "code")


def open_node_program(
    graph: DependencyGraph, inventory: Inventory, boundaries: Boundaries, service: str, paths: Iterable[str],
    read: Callable[[str], bytes], tests: Iterable[str] = (),
) -> tuple[NodeProgram, Cut]:  # fmt: skip
    """Raises InputError when there is nothing to slice."""
    cut = cut_of(graph, boundaries, service)
    if not cut.routes:
        raise InputError(
            f"{service} serves no route: a slice is what answers requests, so choose a service with routes."
        )
    program = read_node_program(graph, {one.path: one.role for one in inventory.files}, read, cut, paths, tests)
    if not program.registered:
        raise InputError("no registration of a route can be found in the code: use level 0.")
    return program, cut


def read_node_program(
    graph: DependencyGraph, roles: Mapping[str, str], read: Callable[[str], bytes], cut: Cut, paths: Iterable[str],
    tests: Iterable[str] = (),
) -> NodeProgram:  # fmt: skip
    """``roles``: path -> role. ``tests`` are what belongs to the tests, whatever its role."""
    left_out = frozenset(tests)
    modules: dict[str, Module] = {}
    files: dict[str, str] = {}
    for path in sorted(paths):
        suffix = path[path.rfind(".") :].lower()
        role = roles.get(path, "")
        if suffix not in _SUFFIXES or suffix == ".mjs":
            files[path] = role
        elif role != "test" and path not in left_out:
            source = read(path)
            _, root = _SUFFIXES[suffix].extract(path, source)
            if root is None:
                files[path] = role
            else:
                modules[path] = read_module(path, role, source, root)
    return NodeProgram(modules, files, _registered(graph, cut, modules), read)


def _registered(
    graph: DependencyGraph, cut: Cut, modules: Mapping[str, Module]
) -> Mapping[str, tuple[Registration, ...]]:
    """The calls at the places that the graph names, each with its routes' owners ("" for the service's own)."""
    wanted: dict[str, dict[int, set[str]]] = {}
    for edge in graph.dependencies:
        if edge.kind == "handle" and edge.path in modules:
            wanted.setdefault(edge.path, {}).setdefault(edge.line, set()).add(edge.source)
    found: dict[str, tuple[Registration, ...]] = {}
    for path, by_line in sorted(wanted.items()):
        calls = [one for one in walk(modules[path].root) if one.type == "call_expression"]
        several = [one for call in calls if (one := _registration(path, call, by_line, cut)) is not None]
        found[path] = tuple(sorted(several, key=lambda one: one.start))
    return found


def _registration(path: str, call: Node, by_line: Mapping[int, set[str]], cut: Cut) -> Registration | None:
    function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if function is None or arguments is None or function.type != "member_expression":
        return None
    name = function.child_by_field_name("property")
    verb = text_of(name)
    if name is None or verb not in _VERBS or not arguments.named_children:
        return None
    line = next((n for n in (name.start_point[0] + 1, call.start_point[0] + 1) if n in by_line), 0)
    routes = sorted(
        one
        for one in by_line.get(line, ())
        if verb == "all" or one.startswith((f"route:{verb.upper()} ", "route:ANY ", "route:ALL "))
    )
    handlers = [one for one in arguments.named_children if one.type != "comment"]
    if len(handlers) > 1 and handlers[0].type in _PATHS:
        handlers = handlers[1:]
    if not routes or not handlers:
        return None
    owners = tuple("" if one in cut.routes else cut.owners.get(one, MONOLITH) for one in routes)
    return Registration(path, line, handlers[0].start_byte, handlers[-1].end_byte, tuple(routes), owners)


_STARTS = re.compile(r"\bnode(?:mon)?\s+(?:--?[\w=-]+\s+)*([\w./-]+)")


def started_by(manifest: Mapping[str, object]) -> list[str]:
    """Files that a package.json starts or gives out."""
    scripts = manifest.get("scripts")
    texts = (
        [str(value) for key, value in sorted(scripts.items()) if key in ("start", "serve")]
        if isinstance(scripts, dict)
        else []
    )
    found = [match.group(1) for text in texts for match in _STARTS.finditer(text)]
    main = manifest.get("main")
    return list(dict.fromkeys([*found, *([main] if isinstance(main, str) else [])]))
