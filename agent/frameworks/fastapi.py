"""FastAPI and Starlette: apps, routers and where they are included, path operations, Route and Mount objects.

Decorators and registrations of each file in; ``route:GET /orders/{id}`` symbols with edges to their handlers out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from tree_sitter import Node

from agent.domain.code import Dependency, Symbol
from agent.domain.facts import FileFacts, Wiring
from agent.domain.linking import Linking
from agent.frameworks.python_names import Place, PythonNames
from agent.frameworks.python_syntax import Enclosing, PythonSyntax, origin, python_syntax
from agent.ports import Project

__all__ = ["FRAMEWORK", "FastApi"]

VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
SHOWN = ("GET", "POST", "PUT", "PATCH", "DELETE")
OBJECTS = frozenset({"FastAPI", "APIRouter", "Starlette", "Router"})
ROUTES = frozenset({"Route", "WebSocketRoute", "APIRoute", "APIWebSocketRoute"})
LIBRARIES = ("fastapi", "starlette")
MAX_NESTING = 8
MAX_MOUNTS = 64


class FastApi:
    """The `Framework` of FastAPI and Starlette applications."""

    name = "fastapi"
    languages = frozenset({"python"})
    markers = (b"fastapi", b"starlette", b"APIRouter", b"include_router", b"add_api_route")

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """Routers, routes and inclusions as records."""
        if root is None:
            return facts
        found = _Reading(python_syntax(root, source), facts).wirings()
        return msgspec.structs.replace(facts, wirings=(*facts.wirings, *found)) if found else facts

    def link(self, project: Project) -> Linking:
        """Routes with their full paths and their handlers."""
        return _Linker(project).linking() if any(True for _ in project.wirings(self.name)) else Linking()

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """FastAPI declares no entities."""
        return ""


class _Reading:
    """One file's records."""

    def __init__(self, syntax: PythonSyntax, facts: FileFacts) -> None:
        self._syntax = syntax
        self._facts = facts
        self._found: list[Wiring] = []

    def _add(self, kind: str, scope: str, line: int, *args: str) -> None:
        self._found.append(Wiring("fastapi", kind, scope, line, args))

    def wirings(self) -> tuple[Wiring, ...]:
        """All records of the file."""
        syntax = self._syntax
        for node in syntax.assignments:
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is None or right is None or right.type != "call" or not self._is_library(right, OBJECTS):
                continue
            prefix = self._prefix(syntax.arguments(right).keywords.get("prefix"))
            self._add("object", syntax.scope(node), syntax.line(node), syntax.chain(left), prefix)
        for decorated in syntax.decorated:
            receiver, dot, last = decorated.name.rpartition(".")
            if dot and decorated.call is not None and (last in VERBS or last in ("api_route", "websocket", "route")):
                self._operation(receiver, last, decorated.call, decorated.scope, "@" + decorated.target, decorated.line)
        for call in syntax.calls:
            self._call(call)
        self._objects()
        return tuple(dict.fromkeys(self._found))

    def _is_library(self, call: Node, names: frozenset[str]) -> bool:
        callee = self._syntax.callee(call)
        return callee.rpartition(".")[2] in names and origin(self._facts, callee).startswith(LIBRARIES)

    def _prefix(self, node: Node | None) -> str:
        if node is None:
            return ""
        value = self._syntax.string(node)
        return "?" if value is None else value

    def _operation(self, receiver: str, last: str, call: Node, scope: str, handler: str, line: int) -> None:
        given = self._syntax.arguments(call)
        path = self._syntax.string(given.get(0, "path"))
        if path is None or (path and not path.startswith("/")):
            if path is None and given.get(0, "path") is not None and last != "get":
                self._add("unresolved", scope, line, "route", self._syntax.text(call)[:80])
            return
        methods = [last.upper()] if last in VERBS else ["WEBSOCKET"] if last == "websocket" else None
        if methods is None:
            methods = self._methods(given.keywords.get("methods"))
        self._add("route", scope, line, receiver, path, ",".join(methods), handler)

    def _methods(self, node: Node | None) -> list[str]:
        values = self._syntax.strings(node) if node is not None else None
        return [value.upper() for value in values] if values else ["GET"]

    def _call(self, call: Node) -> None:
        receiver, dot, last = self._syntax.callee(call).rpartition(".")
        if not dot or last not in ("include_router", "mount", "add_api_route", "add_route"):
            return
        given = self._syntax.arguments(call)
        scope, line = self._syntax.scope(call), self._syntax.line(call)
        if last == "include_router" and (node := given.get(0, "router")) is not None:
            prefix = self._prefix(given.keywords.get("prefix"))
            self._add("include", scope, line, receiver, self._syntax.chain(node), prefix)
        elif last == "mount" and (node := given.get(1, "app")) is not None:
            prefix = self._prefix(given.get(0, "path"))
            self._add("include", scope, line, receiver, self._syntax.chain(node), prefix)
        elif last in ("add_api_route", "add_route") and (node := given.get(1, "endpoint")) is not None:
            path = self._syntax.string(given.get(0, "path"))
            methods = ",".join(self._methods(given.keywords.get("methods")))
            if path is not None and path.startswith("/"):
                self._add("route", scope, line, receiver, path, methods, self._syntax.chain(node))
            else:
                self._add("unresolved", scope, line, last, self._syntax.text(call)[:80])

    def _objects(self) -> None:
        """``routes=[Route("/x", view), Mount("/api", routes=[...])]``; lists in variables are followed in the file."""
        routes = [call for call in self._syntax.calls if self._is_library(call, ROUTES)]
        mounts = [call for call in self._syntax.calls if self._is_library(call, frozenset({"Mount"}))]
        if not routes and not mounts:
            return
        around = Enclosing(mounts)
        lists = Enclosing(self._syntax.assignments)
        prefixes: dict[str, str] = {}
        for outer in mounts:
            given = self._syntax.arguments(outer)
            prefix = self._prefix(given.get(0, "path"))
            inner = given.keywords.get("routes") or given.get(1, "app")
            if inner is not None and inner.type == "identifier":
                prefixes[self._syntax.text(inner)] = prefix
        for route in routes:
            given = self._syntax.arguments(route)
            path, endpoint = self._syntax.string(given.get(0, "path")), given.get(1, "endpoint")
            holder = lists.innermost(route)
            name = self._syntax.chain(holder.child_by_field_name("left")) if holder is not None else ""
            mount = around.innermost(route)
            base = self._prefix(self._syntax.arguments(mount).get(0, "path")) if mount is not None else ""
            base = prefixes.get(name, "") + base
            scope, line = self._syntax.scope(route), self._syntax.line(route)
            if path is None or endpoint is None:
                self._add("unresolved", scope, line, "Route", self._syntax.text(route)[:80])
                continue
            socket = "WebSocket" in self._syntax.callee(route)
            methods = "WEBSOCKET" if socket else ",".join(self._methods(given.keywords.get("methods")))
            self._add("route", scope, line, "", base.replace("?", "") + path, methods, self._syntax.chain(endpoint))


class _Mount(NamedTuple):
    prefix: str
    resolution: str


class _Linker:
    """Puts routers, inclusions and routes together; lives for one link."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names = PythonNames(project)
        self._prefix: dict[Place, str] = {}
        self._included: dict[Place, list[tuple[Place | None, str]]] = {}
        self._mounts: dict[Place, tuple[_Mount, ...]] = {}

    def linking(self) -> Linking:
        """The answer."""
        for path, wiring in self._project.wirings("fastapi", "object"):
            self._prefix[Place(path, wiring.scope, wiring.args[0])] = wiring.args[1]
        for path, wiring in self._project.wirings("fastapi", "include"):
            child = self._names.place(path, wiring.scope, wiring.args[1])
            if child is not None:
                parent = self._names.place(path, wiring.scope, wiring.args[0])
                self._included.setdefault(child, []).append((parent, wiring.args[2]))
        symbols: dict[str, Symbol] = {}
        edges: list[Dependency] = []
        for path, wiring in self._project.wirings("fastapi", "route"):
            self._route(path, wiring, symbols, edges)
        return Linking(tuple(symbols[key] for key in sorted(symbols)), tuple(edges))

    def _route(self, path: str, wiring: Wiring, symbols: dict[str, Symbol], edges: list[Dependency]) -> None:
        receiver, rule, methods, handler = wiring.args
        place = self._names.place(path, wiring.scope, receiver) if receiver else None
        if receiver and place not in self._prefix and self._is_other(path, wiring.scope, receiver):
            return
        target = self._handler(path, wiring.scope, handler)
        for mount in self._mounted(place):
            for method in methods.split(","):
                full = mount.prefix.rstrip("/") + rule if rule else mount.prefix
                symbol = f"route:{method} {full or '/'}"
                symbols.setdefault(symbol, Symbol(symbol, "route", path, wiring.line, wiring.line, "python"))
                if target is not None:
                    reached = self._reached(target, method)
                    edges.append(Dependency(symbol, reached, "handle", path, wiring.line, mount.resolution))

    def _is_other(self, path: str, scope: str, receiver: str) -> bool:
        """Whether the receiver is surely no app of ours: ``client.get("/x")`` is no route, nor is a Flask blueprint."""
        found = self._project.resolve(path, scope, receiver)
        return not found.target.startswith(("external:fastapi", "external:starlette"))

    def _handler(self, path: str, scope: str, handler: str) -> Place | None:
        if handler.startswith("@"):
            outer, _, name = handler[1:].rpartition(".")
            return Place(path, outer, name)
        place = self._names.place(path, scope, handler)
        if place is None or place.full not in self._names.file(place.path).definitions:
            return None
        return place

    def _reached(self, target: Place, method: str) -> str:
        """An HTTPEndpoint class's own method, or the function."""
        return self._names.method_symbol(target, self._names.methods(target, [method.lower()]).get(method.lower()))

    def _mounted(self, place: Place | None, nesting: int = 0) -> tuple[_Mount, ...]:
        if place is None or place not in self._prefix or nesting > MAX_NESTING:
            return (_Mount("", "exact"),)
        if place in self._mounts:
            return self._mounts[place]
        self._mounts[place] = (_Mount("", "exact"),)  # a router that includes itself ends here
        own = self._prefix[place]
        found: list[_Mount] = []
        for parent, prefix in self._included.get(place, ()):
            for above in self._mounted(parent, nesting + 1):
                parts = (above.prefix, prefix, own)
                sure = "inferred" if "?" in parts else above.resolution
                found.append(_Mount("".join(part.rstrip("/") for part in parts if part != "?"), sure))
        if not found:
            found = [_Mount("" if own == "?" else own, "inferred" if own == "?" else "exact")]
        self._mounts[place] = tuple(dict.fromkeys(found))[:MAX_MOUNTS]
        return self._mounts[place]


FRAMEWORK = FastApi()
