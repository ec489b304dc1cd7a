"""Who outside of a service names what moved to it: a program and its homes in, every such place out, with what is done there.

Imports are followed by Python's own rules, at module level and inside functions; what only the graph knows (methods of objects)
is added by its edges, so that no dependency on the service is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from agent.domain.code import DependencyGraph
from agent.extraction.slicing.lookup import ends_of
from agent.extraction.slicing.modules import DEFINITIONS, Imported, Module, imports_of
from agent.extraction.slicing.program import Program
from agent.extraction.slicing.references import ROUTING_CALLS, called_name, chain_of

__all__ = ["Binding", "Target", "Use", "find_uses"]

_WIRING = ROUTING_CALLS | {"register_blueprint", "include", "as_view", "init_app", "add_command", "add_typer"}
_FOLLOWED = frozenset({"call", "use", "inherit", "type"})


@dataclass(frozen=True, order=True)
class Binding:
    """An alias of one import statement; ``whole``: it stands for a module, not for something in one."""

    line: int
    column: int
    alias: str
    whole: bool


@dataclass(frozen=True, order=True)
class Target:
    """What is named. ``kind``: function, async function, generator, class, value, module."""

    symbol: str
    module: str
    name: str
    kind: str
    path: str
    line: int


@dataclass(frozen=True, order=True)
class Use:
    """One place. ``how``: call, call at start (while a module is loaded), value, decorator, base class, error type, annotation,
    wiring (routes), migration, object (a method, which only the graph knows). ``column`` counts characters; -1: not in the syntax.
    """

    path: str
    line: int
    column: int
    module: str
    caller: str
    target: Target
    how: str
    binding: Binding | None = None


@dataclass
class _Scope:
    imports: dict[str, tuple[Imported, ast.stmt]]
    bound: set[str]
    name: str
    is_class: bool = False


@dataclass
class _Place:
    """Where a name stands: what is around it, innermost last."""

    parents: list[ast.AST] = field(default_factory=list)


def find_uses(program: Program, graph: DependencyGraph, homes: Mapping[str, str], service: str) -> tuple[Use, ...]:
    """``homes``: module -> service. Templates' links go by route names and are no code: they are not listed."""
    found: list[Use] = []
    for module in program.modules.values():
        if (
            homes.get(module.id) != service
            and module.tree is not None
            and module.role in ("code", "config", "migration")
        ):
            found += _Finder(program, homes, service, module).uses()
    written = {(use.path, use.target.symbol) for use in found}
    found += _of_the_graph(program, graph, homes, service, written)
    return tuple(sorted(found, key=lambda use: (use.path, use.line, use.column, use.target.symbol)))


def _of_the_graph(
    program: Program, graph: DependencyGraph, homes: Mapping[str, str], service: str, written: set[tuple[str, str]]
) -> Iterator[Use]:
    """What no import names: members of objects. A class that is there for its member alone is not listed beside it."""
    edges: dict[tuple[str, str], tuple[int, str]] = {}
    for edge in graph.dependencies:
        symbol, source = graph.by_id[edge.target], graph.by_id[edge.source]
        if edge.kind not in _FOLLOWED or source.kind == "template" or source.role == "test" or symbol.kind == "route":
            continue
        if homes.get(symbol.unit) != service or homes.get(source.unit) == service or symbol.id in program.handlers:
            continue
        holder = graph.by_id.get(symbol.container)
        named = holder is not None and (edge.path, holder.id) in written
        # A class is made by its name, and what a function holds is reached by calling that
        if named and ((holder is not None and holder.kind == "function") or symbol.name.startswith("__")):
            continue
        if (edge.path, symbol.id) not in written:
            edges.setdefault((edge.path, symbol.id), (edge.line, source.id))
    members = {(path, graph.by_id[name].container) for path, name in edges}
    for (path, name), (line, caller) in sorted(edges.items()):
        if (path, name) not in members:
            symbol = graph.by_id[name]
            target = Target(name, symbol.unit, symbol.name, "method", symbol.path, symbol.line)
            yield Use(path, line, -1, graph.by_id[caller].unit, caller, target, "object")


class _Finder(ast.NodeVisitor):
    def __init__(self, program: Program, homes: Mapping[str, str], service: str, module: Module) -> None:
        self._program, self._homes, self._service, self._module = program, homes, service, module
        self._found: list[Use] = []
        self._parents: list[ast.AST] = []
        self._scopes: list[_Scope] = []
        self._lines = module.text.splitlines(keepends=True)

    def uses(self) -> list[Use]:
        if self._module.tree is not None:
            self._scopes.append(self._scope(self._module.tree, self._module.id))
            self.visit(self._module.tree)
        return self._found

    # -- scopes

    def _scope(self, node: ast.AST, name: str) -> _Scope:
        imports: dict[str, tuple[Imported, ast.stmt]] = {}
        bound: set[str] = set()
        arguments = getattr(node, "args", None)
        if isinstance(arguments, ast.arguments):
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            bound.update(one.arg for one in every if one is not None)
        for inner in _own(node):
            if isinstance(inner, (ast.Import, ast.ImportFrom)):
                found = imports_of(inner, self._module.id, self._module.package)
                imports.update({one.alias: (one, inner) for one in found if one.alias != "*"})
            elif isinstance(inner, DEFINITIONS):
                bound.add(inner.name)
            elif isinstance(inner, ast.Name) and isinstance(inner.ctx, (ast.Store, ast.Del)):
                bound.add(inner.id)
        return _Scope(imports, bound - set(imports), name, isinstance(node, ast.ClassDef))

    def visit(self, node: ast.AST) -> None:
        inner = isinstance(node, (*DEFINITIONS, ast.Lambda))
        if inner:
            # What stands before a body belongs to the scope around it
            for part in _head(node):
                self._parents.append(node)
                self.visit(part)
                self._parents.pop()
            name = f"{self._scopes[-1].name}.{getattr(node, 'name', '<lambda>')}"
            self._scopes.append(self._scope(node, name))
        self._parents.append(node)
        if inner:
            body = node.body  # type: ignore[attr-defined]
            for one in body if isinstance(body, list) else [body]:
                self.visit(one)
        else:
            super().visit(node)
        self._parents.pop()
        if inner:
            self._scopes.pop()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._name(node, (node.id,))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        chain = chain_of(node)
        if chain and isinstance(node.ctx, ast.Load):
            self._name(node, chain)
        else:
            self.generic_visit(node)

    def _name(self, node: ast.expr, chain: tuple[str, ...]) -> None:
        for depth, scope in enumerate(reversed(self._scopes)):
            if scope.is_class and depth:
                continue
            if chain[0] in scope.imports:
                self._reached(node, chain, *scope.imports[chain[0]])
                return
            if chain[0] in scope.bound:
                return
        for index, _ in self._module.stars:
            statement = self._module.statements[index].node
            self._reached(node, chain, Imported("*", self._module.id, chain[0]), statement)
            return

    # -- what is named

    def _reached(self, node: ast.expr, chain: tuple[str, ...], imported: Imported, statement: ast.stmt) -> None:
        module, rest = self._program.follow(imported, chain[1:])
        if module not in self._program.modules:
            return
        places = ends_of(self._program, module, rest) if rest else [(module, -1)]
        ours = [(m, i) for m, i in places if self._homes.get(m) == self._service]
        if not ours:
            return
        target = self._target(*ours[0], rest)
        whole = not imported.name or len(chain) - 1 >= len(rest) > 0
        line, column = statement.lineno, self._column(statement.lineno, statement.col_offset)
        self._found.append(
            Use(
                self._module.path,
                node.lineno,
                self._column(node.lineno, node.col_offset),
                self._module.id,
                self._scopes[-1].name,
                target,
                self._how(node, target, imported, len(rest)),
                Binding(line, column, chain[0], whole),
            )
        )

    def _column(self, line: int, offset: int) -> int:
        """Characters, where the syntax tree counts bytes."""
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return len(text.encode()[:offset].decode("utf-8", "replace"))

    def _target(self, module: str, index: int, rest: tuple[str, ...]) -> Target:
        owner = self._program.modules[module]
        if index < 0:
            return Target(module, module, "", "module", owner.path, 1)
        node = owner.statements[index].node
        name = getattr(node, "name", "") or next((n for n in owner.statements[index].names if n in rest), rest[0])
        kind = {ast.ClassDef: "class", ast.AsyncFunctionDef: "async function", ast.FunctionDef: "function"}.get(
            type(node), "value"
        )
        if kind == "function" and any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in _own(node)):
            kind = "generator"
        return Target(f"{module}.{name}", module, name, kind, owner.path, node.lineno)

    def _how(self, node: ast.expr, target: Target, imported: Imported, depth: int) -> str:
        if imported.alias == "*":
            return "star import"
        if self._module.role == "migration":
            return "migration"
        parent = self._parents[-2] if len(self._parents) > 1 else None
        around = [one for one in self._parents[:-1] if isinstance(one, ast.Call)]
        wired = any(called_name(one) in _WIRING for one in around)
        if target.symbol in self._program.handlers or (wired and target.kind in ("value", "module", "class")):
            return "wiring"
        if _in_decorator(self._parents, node):
            return "decorator"
        if isinstance(parent, ast.ClassDef):
            return "base class"
        if _in_annotation(self._parents):
            return "annotation"
        if any(isinstance(one, ast.ExceptHandler) for one in self._parents[-3:-1]):
            return "error type"
        if isinstance(parent, ast.Call) and parent.func is node and depth == 1:
            inside = any(not scope.is_class for scope in self._scopes[1:])
            return "call" if inside else "call at start"
        return "value"


def _in_decorator(parents: list[ast.AST], node: ast.AST) -> bool:
    trail = [*parents[:-1], node]
    return any(isinstance(outer, DEFINITIONS) and inner in outer.decorator_list for outer, inner in pairwise(trail))


def _in_annotation(parents: list[ast.AST]) -> bool:
    return any(
        inner in (getattr(outer, "annotation", None), getattr(outer, "returns", None))
        for outer, inner in pairwise(parents)
    )


def _head(node: ast.AST) -> Iterator[ast.AST]:
    """Decorators, defaults, annotations and bases."""
    yield from getattr(node, "decorator_list", ())
    if isinstance(node, ast.ClassDef):
        yield from node.bases
        yield from node.keywords
    arguments = getattr(node, "args", None)
    if isinstance(arguments, ast.arguments):
        yield from (one for one in (*arguments.defaults, *arguments.kw_defaults) if one is not None)
        yield from (
            one
            for one in (
                *arguments.posonlyargs,
                *arguments.args,
                *arguments.kwonlyargs,
                arguments.vararg,
                arguments.kwarg,
            )
            if one is not None
        )
    returns = getattr(node, "returns", None)
    if returns is not None:
        yield returns


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Everything in a body, but for what lies in the functions and classes of it."""
    body = getattr(node, "body", [])
    pending: list[ast.AST] = list(reversed(body)) if isinstance(body, list) else [body]
    while pending:
        one = pending.pop()
        yield one
        if not isinstance(one, (*DEFINITIONS, ast.Lambda)):
            pending.extend(reversed(list(ast.iter_child_nodes(one))))
