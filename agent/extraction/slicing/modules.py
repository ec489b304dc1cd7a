"""Python modules as lists of statements: text in, what each statement binds and what kind it is out.

A statement of a module is the smallest thing that a slice keeps or leaves out, but for the methods of a class and the
functions in a function, which are its members.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

__all__ = ["DEFINITIONS", "Imported", "Module", "Statement", "imports_of", "read_module"]

_MOST_BYTES = 2_000_000
_DEEPEST = 150  # levels of a syntax tree: what walks it here calls itself for each
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Imported:
    """What one alias of an import stands for: ``module`` (absolute), and the ``name`` in it ("" for the module itself).

    ``dotted`` is what a plain ``import a.b`` loads besides binding ``a``.
    """

    alias: str
    module: str
    name: str = ""
    dotted: str = ""


@dataclass(frozen=True)
class Statement:
    """``kind``: definition, import, assignment, effect (run for what it does), block (if, try, with, for), fixed (docstring)."""

    index: int
    node: ast.stmt
    kind: str
    names: tuple[str, ...] = ()
    imports: tuple[Imported, ...] = ()

    @property
    def lines(self) -> tuple[int, int]:
        """First and last line, decorators included."""
        decorators = getattr(self.node, "decorator_list", None) or ()
        first = min([self.node.lineno, *(d.lineno for d in decorators)])
        return first, self.node.end_lineno or self.node.lineno


@dataclass(frozen=True)
class Module:
    """``tree`` None: it cannot be read as Python of this release, and is taken or left as a whole."""

    id: str
    path: str
    text: str
    role: str
    package: bool
    tree: ast.Module | None
    statements: tuple[Statement, ...] = ()
    bound: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @cached_property
    def stars(self) -> tuple[tuple[int, str], ...]:
        """(statement, module) of each ``from m import *``."""
        return tuple((s.index, i.module) for s in self.statements for i in s.imports if i.alias == "*")

    @cached_property
    def names_used(self) -> frozenset[str]:
        """Every name that is read anywhere in it."""
        nodes = ast.walk(self.tree) if self.tree is not None else ()
        return frozenset(n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))

    @property
    def root(self) -> str:
        """The folder that its package is imported from, with a slash at its end."""
        parts = self.path.split("/")
        folder = "/".join(parts[: max(0, len(parts) - len(self.id.split(".")) - self.package)])
        return f"{folder}/" if folder else ""

    @property
    def lines(self) -> int:
        return self.text.count("\n") + (not self.text.endswith("\n") and bool(self.text))


def read_module(identifier: str, path: str, source: bytes, role: str) -> Module:
    """Never raises: what cannot be parsed has no statements."""
    text = source.decode("utf-8-sig", "replace")
    package = path.rpartition("/")[2] == "__init__.py"
    tree: ast.Module | None = None
    if len(source) <= _MOST_BYTES:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            tree = None
    if tree is not None and _is_deeper(tree, _DEEPEST):
        tree = None
    statements = tuple(_statements(tree, identifier, package)) if tree is not None else ()
    bound: dict[str, list[int]] = {}
    for statement in statements:
        for name in statement.names:
            bound.setdefault(name, []).append(statement.index)
    return Module(identifier, path, text, role, package, tree, statements, {k: tuple(v) for k, v in bound.items()})


def _is_deeper(tree: ast.Module, most: int) -> bool:
    level: list[ast.AST] = [tree]
    for _ in range(most):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


def _statements(tree: ast.Module, module: str, package: bool) -> Iterator[Statement]:
    for index, node in enumerate(tree.body):
        if isinstance(node, DEFINITIONS):
            yield Statement(index, node, "definition", (node.name,))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            imports = tuple(imports_of(node, module, package))
            kind = "fixed" if isinstance(node, ast.ImportFrom) and node.module == "__future__" else "import"
            yield Statement(index, node, kind, tuple(i.alias for i in imports if i.alias != "*"), imports)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            names = tuple(dict.fromkeys(_stored(node)))
            yield Statement(index, node, "assignment" if names else "effect", names)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield Statement(index, node, "fixed")
        elif isinstance(node, (ast.Expr, ast.Delete, ast.Assert, ast.Raise, ast.Pass)):
            yield Statement(index, node, "effect")
        else:
            inner = tuple(
                i
                for n in ast.walk(node)
                if isinstance(n, (ast.Import, ast.ImportFrom))
                for i in imports_of(n, module, package)
            )
            yield Statement(index, node, "block", tuple(dict.fromkeys(_bound_inside(node))), inner)


def imports_of(node: ast.Import | ast.ImportFrom, module: str, package: bool) -> Iterator[Imported]:
    """Each alias with the absolute module it comes from."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.asname:
                yield Imported(alias.asname, alias.name)
            else:
                top = alias.name.partition(".")[0]
                yield Imported(top, top, dotted=alias.name)
        return
    origin = absolute(node.module or "", node.level, module, package)
    for alias in node.names:
        yield Imported(alias.asname or alias.name, origin, alias.name)


def absolute(name: str, level: int, module: str, package: bool) -> str:
    """The module that a relative import means."""
    if not level:
        return name
    parts = module.split(".")
    drop = level - 1 if package else level
    parts = parts[: len(parts) - drop] if drop else parts
    return ".".join([*parts, *([name] if name else [])])


def _stored(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id


def _bound_inside(node: ast.AST) -> Iterator[str]:
    """What a block binds at module level: not what its functions bind for themselves."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, DEFINITIONS):
            yield child.name
        elif isinstance(child, (ast.Import, ast.ImportFrom)):
            for alias in child.names:
                yield alias.asname or alias.name.partition(".")[0]
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
        elif isinstance(child, ast.ExceptHandler) and child.name:
            yield child.name
            yield from _bound_inside(child)
        elif not isinstance(child, ast.Lambda):
            yield from _bound_inside(child)
