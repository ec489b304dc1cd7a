"""Routes that calls and decorators register: Bottle, Pyramid, CherryPy, Falcon, aiohttp, Selector, Routes, XML-RPC servers.

A syntax tree in; ``route`` records, and the ones that other files complete (``named``, ``view``, ``exposed``, ``mount``), out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from agent.domain.facts import FileFacts, Wiring
from agent.frameworks.python_syntax import Arguments, Decorated, PythonSyntax
from agent.frameworks.wsgi_patterns import VERBS, is_pattern, url_pattern
from agent.frameworks.wsgi_tables import joined

__all__ = ["read_calls"]

RPC = re.compile(r"xmlrpc|XMLRPC|jsonrpc|JSONRPC")
LIBRARIES = frozenset(
    {
        "bottle",
        "pyramid",
        "cherrypy",
        "falcon",
        "aiohttp",
        "selector",
        "routes",
        "pylons",
        "webapp2",
        "itty",
        "werkzeug",
    }
)
CHAIN = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,8}\Z")


def read_calls(syntax: PythonSyntax, facts: FileFacts) -> Iterator[Wiring]:
    """All records of the file."""
    used = {i.module.partition(".")[0] for i in facts.imports}
    rpc = any(RPC.search(i.module) or RPC.search(i.name) for i in facts.imports)
    reading = _Reading(syntax, used, rpc)
    for decorated in syntax.decorated:
        yield from reading.decorator(decorated)
    if rpc or used & LIBRARIES or b"add_route" in syntax.source:
        for call in syntax.calls:
            yield from reading.call(call)
    if "cherrypy" in used:
        yield from reading.exposed()


class _Reading:
    """One file's registrations."""

    def __init__(self, syntax: PythonSyntax, used: set[str], rpc: bool) -> None:
        self._syntax = syntax
        self._used = used
        self._rpc = rpc

    def _text(self, node: Node | None) -> str:
        return self._syntax.string(node) or "" if node is not None else ""

    def _chain(self, node: Node | None) -> str:
        """The chain of a callable; of ``Items()`` and ``wrapped(view)`` what they are made of."""
        if node is None:
            return ""
        if node.type == "call":
            inner = [self._syntax.chain(a) for a in self._syntax.arguments(node).positional]
            found = [*(c for c in inner if CHAIN.match(c)), self._syntax.callee(node)]
            return joined(*(c for c in found if CHAIN.match(c)))
        if node.type == "string":
            return self._text(node).replace(":", ".")
        chain = self._syntax.chain(node)
        return chain if CHAIN.match(chain) else ""

    def _route(
        self, scope: str, line: int, methods: str, pattern: str, handler: str, sure: str = "exact"
    ) -> Iterator[Wiring]:
        if handler:
            yield Wiring("wsgi", "route", scope, line, (methods, pattern, handler, sure))

    # ---------------------------------------------------------------- decorators

    def decorator(self, found: Decorated) -> Iterator[Wiring]:
        """Bottle's routes, Pyramid's views, CherryPy's exposed methods, functions of an RPC server."""
        receiver, _, last = found.name.rpartition(".")
        given = self._syntax.arguments(found.call) if found.call is not None else Arguments((), {}, True)
        here, handler = (found.scope, found.line), "@" + found.target
        if last in ("view_config", "view_defaults"):
            yield Wiring("wsgi", last, found.target, found.line, self._view(given))
        elif last == "expose" and "cherrypy" in self._used:
            alias = self._syntax.strings(given.get(0, "alias")) if given.get(0, "alias") is not None else None
            for name in (found.target.rpartition(".")[2], *(alias or ())):
                yield Wiring("wsgi", "exposed", found.target, found.line, (name,))
        elif last == "register_function" and self._rpc:
            yield from self._route(
                *here, "RPC", self._text(given.get(0, "name")) or found.target.rpartition(".")[2], handler
            )
        elif self._used & {"bottle", "itty"} and found.call is not None and (last == "route" or last.upper() in VERBS):
            texts = self._syntax.strings(given.get(0, "path"))
            methods = (
                [m.upper() for m in self._syntax.strings(given.get(1, "method")) or ()]
                if last == "route"
                else [last.upper()]
            )
            if texts is None and given.get(0, "path") is None and last == "route":
                texts = ["/" + found.target.rpartition(".")[2]]  # Bottle makes the path of the function's name
            for text in texts or ():
                if text.startswith("/"):
                    yield from self._route(*here, joined(*(methods or ["GET"])), text, handler)
        elif "aiohttp" in self._used and found.call is not None and last.upper() in VERBS and receiver:
            text = self._text(given.get(0, "path"))
            yield from self._route(*here, last.upper(), text, handler if text.startswith("/") else "")

    def _view(self, given: Arguments) -> tuple[str, ...]:
        """(route's name, methods, attribute) of a Pyramid view."""
        methods = self._syntax.strings(given.keywords.get("request_method")) or []
        return self._text(given.keywords.get("route_name")), joined(*methods), self._text(given.keywords.get("attr"))

    # ---------------------------------------------------------------- calls

    def call(self, call: Node) -> Iterator[Wiring]:
        """One registration."""
        _, dot, last = self._syntax.callee(call).rpartition(".")
        given = self._syntax.arguments(call)
        scope, line = self._syntax.scope(call), self._syntax.line(call)
        first = given.get(0, "name")
        if last == "register_function" and self._rpc and call.id not in self._syntax.decorator_calls:
            chain = self._chain(given.get(0, "function"))
            name = self._text(given.get(1, "name")) or chain.rpartition(".")[2]
            yield from self._route(scope, line, "RPC", name, chain)
        elif last == "register_instance" and self._rpc:
            yield Wiring("wsgi", "instance", scope, line, (self._chain(given.get(0, "instance")),))
        elif last == "add_view" and self._used & {"pyramid"}:
            chain = self._chain(given.get(0, "view"))
            yield Wiring("wsgi", "added_view", scope, line, (*self._view(given), chain))
        elif last in ("add_route", "add_get", "add_post", "add_put", "add_delete", "add_patch") and dot:
            yield from self._added(last, given, scope, line)
        elif last == "add" and dot and any(name in VERBS for name in given.keywords) and is_pattern(self._text(first)):
            for verb, value in given.keywords.items():  # selector.add("/x", GET=show)
                if verb in VERBS:
                    yield from self._route(scope, line, verb, self._text(first), self._chain(value))
        elif last == "connect" and self._used & {"routes", "pylons"} and "controller" in given.keywords:
            texts = [text for node in given.positional if (text := self._text(node))]
            handler = (
                f"{self._text(given.keywords['controller'])}/{self._text(given.keywords.get('action')) or 'index'}"
            )
            for text in texts[-1:]:
                yield Wiring("wsgi", "controller", scope, line, ("/" + text.lstrip("/"), handler))
        elif "cherrypy" in self._used and last in ("quickstart", "mount") and dot:
            prefix = self._text(given.get(1, "script_name"))
            yield Wiring("wsgi", "mount", scope, line, (self._chain(given.get(0, "root")), prefix))
        elif "aiohttp" in self._used and last.upper() in VERBS and len(given.positional) == 2:
            text = self._text(given.positional[0])
            handler = self._chain(given.positional[1]) if text.startswith("/") else ""
            yield from self._route(scope, line, last.upper(), text, handler)

    def _added(self, last: str, given: Arguments, scope: str, line: int) -> Iterator[Wiring]:
        """``add_route``: Pyramid names a pattern, Falcon gives a resource, aiohttp a method first."""
        texts = [self._text(node) for node in given.positional[:3]]
        if "pyramid" in self._used or "pattern" in given.keywords:
            pattern = self._text(given.get(1, "pattern")) or self._text(given.keywords.get("path"))
            if texts[:1] and texts[0] and pattern:
                yield Wiring("wsgi", "named", scope, line, (texts[0], "/" + pattern.lstrip("/")))
                view = self._chain(given.keywords.get("view"))
                if view:
                    yield from self._route(scope, line, "", "/" + pattern.lstrip("/"), view)
        elif last != "add_route" and len(given.positional) > 1 and is_pattern(texts[0]):
            yield from self._route(scope, line, last[4:].upper(), texts[0], self._chain(given.positional[1]))
        elif len(given.positional) > 2 and texts[0].upper() in (*VERBS, "*") and is_pattern(texts[1]):
            verb = "" if texts[0] == "*" else texts[0].upper()
            yield from self._route(scope, line, verb, texts[1], self._chain(given.positional[2]))
        elif len(given.positional) > 1 and is_pattern(texts[0]) and not self._used & {"fastapi", "starlette"}:
            yield from self._route(scope, line, "", url_pattern(texts[0]), self._chain(given.positional[1]), "inferred")

    # ---------------------------------------------------------------- CherryPy

    def exposed(self) -> Iterator[Wiring]:
        """``index.exposed = True`` in a class, and objects that hang below others: ``root.items = Items()``."""
        for node in self._syntax.assignments:
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is None or right is None:
                continue
            scope, line, chain = self._syntax.scope(node), self._syntax.line(node), self._syntax.chain(left)
            name, _, last = chain.rpartition(".")
            if last == "exposed" and name and self._syntax.text(right) in ("True", "1"):
                yield Wiring("wsgi", "exposed", f"{scope}.{name}" if scope else name, line, (name.rpartition(".")[2],))
            elif right.type == "call" and last and (held := self._chain(right)):
                owner = scope.rpartition(".")[0] if name == "self" else scope if not name else ""
                if owner or name not in ("", "self"):
                    yield Wiring("wsgi", "child", scope, line, ("@" + owner if owner else name, last, held))
