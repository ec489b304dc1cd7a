"""What a piece of Python needs from outside itself: a syntax tree in, names, imports, strings and attributes out.

Scopes are Python's own: a name that a function binds is its own, what a class body binds is not seen by its methods.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from agent.extraction.slicing.modules import DEFINITIONS, Imported, imports_of

__all__ = ["References", "called_name", "chain_of", "references_of"]

ROUTING_CALLS = frozenset({
    "path", "re_path", "url", "add_url_rule", "add_resource", "add_view", "register", "add_api_route", "route", "add_route",
})  # fmt: skip
MODULE_SETTINGS = frozenset({"ROOT_URLCONF"})
"""Settings whose text is a module's name, even without a dot in it."""
_IDENTIFIERS = re.compile(r"[A-Za-z_]\w*")
_PATH_OF_NAMES = re.compile(r"-?[A-Za-z_][\w.\-]{0,118}\Z")


@dataclass
class References:
    """``names``: module-level names with the attributes that follow; ``imported``: the same for what a function imports
    for itself; ``registered``: names that are only handed to a routing call; ``loads``: imports that run inside a function;
    ``strings``: (text, the call or keyword that takes it); ``mentions``: identifiers by which something may be reached;
    ``dynamic``: names that are made while it runs."""

    names: set[tuple[str, ...]] = field(default_factory=set)
    registered: set[tuple[str, ...]] = field(default_factory=set)
    imported: set[tuple[Imported, tuple[str, ...], bool]] = field(default_factory=set)
    loads: set[Imported] = field(default_factory=set)
    strings: set[tuple[str, str]] = field(default_factory=set)
    mentions: set[str] = field(default_factory=set)
    dynamic: list[tuple[int, str]] = field(default_factory=list)


def references_of(
    nodes: Iterable[ast.AST],
    module: str,
    package: bool,
    skip: frozenset[int] = frozenset(),
    inside: Iterable[ast.AST] = (),
) -> References:
    """``skip`` are ids of nodes that are left out. ``inside`` are the functions around them, outermost first."""
    reader = _Reader(module, package, skip)
    for function in inside:
        reader.enter(function)
    for node in nodes:
        reader.visit(node)
    return reader.found


def chain_of(node: ast.AST) -> tuple[str, ...]:
    """``a.b.c`` as its parts; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else ()


def called_name(node: ast.AST) -> str:
    """The last part of what a call calls."""
    function = node.func if isinstance(node, ast.Call) else node
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


@dataclass
class _Scope:
    bound: set[str]
    imports: dict[str, Imported]
    is_class: bool


class _Reader(ast.NodeVisitor):
    def __init__(self, module: str, package: bool, skip: frozenset[int]) -> None:
        self.found = References()
        self._module, self._package, self._skip = module, package, skip
        self._scopes: list[_Scope] = []
        self._routing = 0
        self._taker = ""

    def visit(self, node: ast.AST) -> None:
        if id(node) not in self._skip:
            super().visit(node)

    def enter(self, node: ast.AST) -> None:
        """Names that the function or class binds hide those of the module."""
        bound: set[str] = set()
        imports: dict[str, Imported] = {}
        outer: set[str] = set()
        arguments = getattr(node, "args", None)
        if isinstance(arguments, ast.arguments):
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            bound.update(a.arg for a in every if a is not None)
        body = node.body if isinstance(getattr(node, "body", None), list) else []  # type: ignore[attr-defined]
        for inner in _own(body):
            if isinstance(inner, DEFINITIONS):
                bound.add(inner.name)
            elif isinstance(inner, ast.Name) and isinstance(inner.ctx, (ast.Store, ast.Del)):
                bound.add(inner.id)
            elif isinstance(inner, (ast.Import, ast.ImportFrom)):
                imports.update({i.alias: i for i in imports_of(inner, self._module, self._package)})
            elif isinstance(inner, ast.ExceptHandler) and inner.name:
                bound.add(inner.name)
            elif isinstance(inner, (ast.Global, ast.Nonlocal)):
                outer.update(inner.names)
        self._scopes.append(_Scope(bound - outer - set(imports), imports, isinstance(node, ast.ClassDef)))

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for part in (*node.decorator_list, *_signature(node.args)):
            self.visit(part)
        if node.returns is not None:
            self.visit(node.returns)
        self._body(node, node.body)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._definition(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._definition(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for part in _signature(node.args):
            self.visit(part)
        self._body(node, [node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        self._body(node, node.body)

    def _body(self, node: ast.AST, body: Iterable[ast.AST]) -> None:
        routing, taker, self._routing, self._taker = self._routing, self._taker, 0, ""
        self.enter(node)
        for statement in body:
            self.visit(statement)
        self._scopes.pop()
        self._routing, self._taker = routing, taker

    def _comprehension(self, node: ast.AST) -> None:
        bound = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        self._scopes.append(_Scope(bound, {}, is_class=False))
        self.generic_visit(node)
        self._scopes.pop()

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815 - ast's names

    def visit_Name(self, node: ast.Name) -> None:
        self._use((node.id,))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        chain = chain_of(node)
        if chain:
            self._use(chain)
        else:
            self.found.mentions.add(node.attr)
            self.visit(node.value)

    def _use(self, chain: tuple[str, ...]) -> None:
        for depth, scope in enumerate(reversed(self._scopes)):
            if scope.is_class and depth:
                continue
            if chain[0] in scope.imports:
                self.found.imported.add((scope.imports[chain[0]], chain[1:], bool(self._routing)))
                return
            if chain[0] in scope.bound:
                self.found.mentions.update(chain[1:])
                if scope.is_class:
                    continue  # before a class body binds a name, it reads the module's
                return
        (self.found.registered if self._routing else self.found.names).add(chain)

    def visit_Import(self, node: ast.Import) -> None:
        self.found.loads.update(imports_of(node, self._module, self._package))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.found.loads.update(imports_of(node, self._module, self._package))

    def visit_Call(self, node: ast.Call) -> None:
        name = called_name(node)
        self._note_dynamic(node, name)
        routing, taker = self._routing, self._taker
        self._routing = routing if name in ("as_view", "include") else 0
        self.visit(node.func)
        self._routing = int(bool(routing) or name in ROUTING_CALLS)
        if isinstance(node.func, ast.Name) and node.func.id == "register":
            self._routing = routing  # a decorator's own name, such as admin's: not a router's method
        for argument in node.args:
            self._taker = name
            self.visit(argument)
        for keyword in node.keywords:
            self._taker = f"{name}:{keyword.arg or ''}"
            if keyword.arg and "__" in keyword.arg:
                self.found.mentions.update(p for p in keyword.arg.split("__") if p)
            self.visit(keyword.value)
        self._routing, self._taker = routing, taker

    def _note_dynamic(self, node: ast.Call, name: str) -> None:
        place = {"getattr": 1, "import_module": 0, "__import__": 0}.get(name)
        if place is not None and len(node.args) > place and not isinstance(node.args[place], ast.Constant):
            self.found.dynamic.append((node.lineno, name))

    def visit_Constant(self, node: ast.Constant) -> None:
        if not isinstance(node.value, str) or not node.value or len(node.value) > 4000:
            return
        self.found.strings.add((node.value, self._taker))
        if len(node.value) <= 120 and _PATH_OF_NAMES.match(node.value):
            for part in node.value.split("."):
                self.found.mentions.update(p for p in (*part.split("__"), part) if p)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        text = "".join(
            v.value if isinstance(v, ast.Constant) and isinstance(v.value, str) else "%s" for v in node.values
        )
        self.found.strings.add((text, self._taker))
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                self.visit(value)

    def visit_Assign(self, node: ast.Assign) -> None:
        names = [t.id for t in node.targets if isinstance(t, ast.Name) and t.id in MODULE_SETTINGS]
        taker, self._taker = self._taker, names[0] if names else self._taker
        self.generic_visit(node)
        self._taker = taker

    def visit_Subscript(self, node: ast.Subscript) -> None:
        taker, self._taker = self._taker, called_name(node.value) or self._taker
        self.generic_visit(node)
        self._taker = taker


def _signature(arguments: ast.arguments) -> Iterator[ast.expr]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    yield from (a.annotation for a in every if a is not None and a.annotation is not None)
    yield from (d for d in (*arguments.defaults, *arguments.kw_defaults) if d is not None)


def _own(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Nodes of a body without those of the functions and classes in it (but with these themselves)."""
    pending = list(body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (*DEFINITIONS, ast.Lambda)):
            pending.extend(ast.iter_child_nodes(node))
