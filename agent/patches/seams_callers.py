"""Moves the calls in one Python file to a seam: its tree and the calls in, edits out."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agent.domain.code import Dependency
from agent.domain.patch import Left
from agent.patches.edits import Edit, left
from agent.patches.python_tree import PythonSource, module_name

__all__ = ["Caller", "Moved"]


@dataclass
class Moved:
    """The edits, how many calls they move, and of which operations."""

    edits: list[Edit] = field(default_factory=list)
    count: int = 0
    targets: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Binding:
    """What an import binds a name to: ``module`` itself, or ``attribute`` of it."""

    module: str
    attribute: str
    statement: ast.Import | ast.ImportFrom


class Caller:
    """One file that calls into a service. Lines of the graph are those of ``original``; ``source`` may have seams of other
    services in it already."""

    def __init__(self, source: PythonSource, original: PythonSource, seam: str, function: str) -> None:
        self.source = source
        self.original = original
        self.seam = module_name(seam)
        self.function = function
        self.package = (
            module_name(source.path)
            if source.path.endswith("__init__.py")
            else module_name(source.path).rpartition(".")[0]
        )

    def move(
        self,
        calls: Sequence[Dependency],
        operations: Mapping[str, tuple[str, str]],
        replaced: Collection[str],
        todo: list[Left],
    ) -> Moved:
        """``operations`` are (module, name) by symbol; ``replaced`` what tests put other things in the place of."""
        moved = Moved()
        if self.source.uses(self.function) or self.function in self.source.text:
            todo.append(left(self.source.path, 0, f"{self.function} means something else in this file"))
            return moved
        own = module_name(self.source.path).rpartition(".")[2]
        wanted = {operation: target for target, operation in operations.items()}
        asked = {d.target for d in calls}
        lines = {target: sorted({d.line for d in calls if d.target == target}) for target in asked}
        names: set[str] = set()
        brought: dict[int, ast.Import | ast.ImportFrom] = {}
        for call, operation, statement in self._calls(wanted):
            target = wanted[operation]
            if target not in asked:
                continue
            by_name = isinstance(call.func, ast.Name)
            if by_name and f"{own}.{call.func.id}" in replaced:  # type: ignore[attr-defined]
                todo.append(
                    left(
                        self.source.path,
                        call.lineno,
                        f"tests replace {operation[1]} in this module: move the call with them",
                    )
                )
                continue
            start, end = self.source.span(call.func)
            moved.edits.append(Edit(start, end, f"{self.function}().{operation[1]}"))
            moved.count += 1
            moved.targets.add(target)
            root: ast.expr = call.func
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name):
                names.add(root.id)
            brought[statement.lineno] = statement
        for target in sorted(asked - moved.targets):
            todo.append(
                left(
                    self.source.path,
                    lines[target][0],
                    f"the call of {target} stays as it is: it has another name here, or stands outside of functions",
                )
            )
        if moved.edits:
            moved.edits += self._imports(names, brought, moved)
        return moved

    def _calls(
        self, wanted: Collection[tuple[str, str]]
    ) -> Iterator[tuple[ast.Call, tuple[str, str], ast.Import | ast.ImportFrom]]:
        """Calls in the bodies of functions whose callee an import binds to one of the operations, with that import."""
        top = dict(self._bindings(self.source.tree.body))
        seen: set[int] = set()
        for function in self._functions():
            local = {**top, **dict(self._bindings(list(_own(function))))}
            rebound = _rebound(function)
            for statement in function.body:
                for node in ast.walk(statement):
                    if not isinstance(node, ast.Call) or id(node) in seen:
                        continue
                    operation, binding = self._operation(node.func, local, rebound)
                    if operation in wanted and binding is not None:
                        seen.add(id(node))
                        yield node, operation, binding.statement

    def _functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Functions, inner ones first, so that their own imports count."""
        found = [n for n in self.source.walk() if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
        yield from sorted(found, key=lambda n: (-n.col_offset, n.lineno))

    def _operation(
        self, callee: ast.expr, bound: Mapping[str, _Binding], rebound: Collection[str]
    ) -> tuple[tuple[str, str], _Binding | None]:
        if isinstance(callee, ast.Name) and callee.id not in rebound:
            binding = bound.get(callee.id)
            return ((binding.module, binding.attribute) if binding else ("", "")), binding
        if isinstance(callee, ast.Attribute):
            parts: list[str] = []
            value: ast.expr = callee.value
            while isinstance(value, ast.Attribute):
                parts.append(value.attr)
                value = value.value
            if isinstance(value, ast.Name) and value.id not in rebound and value.id in bound:
                binding = bound[value.id]
                root = ".".join(p for p in (binding.module, binding.attribute) if p)
                return (".".join([root, *reversed(parts)]), callee.attr), binding
        return ("", ""), None

    def _bindings(self, body: Sequence[ast.AST]) -> Iterator[tuple[str, _Binding]]:
        for statement in body:
            if isinstance(statement, ast.ImportFrom):
                module = self._absolute(statement)
                for alias in statement.names:
                    yield alias.asname or alias.name, _Binding(module, alias.name, statement)
            elif isinstance(statement, ast.Import):
                for alias in statement.names:
                    known = alias.asname or alias.name.partition(".")[0]
                    yield known, _Binding(alias.name if alias.asname else known, "", statement)

    def _absolute(self, statement: ast.ImportFrom) -> str:
        if not statement.level:
            return statement.module or ""
        base = self.package.split(".") if self.package else []
        base = base[: len(base) - (statement.level - 1)]
        return ".".join([*base, *([statement.module] if statement.module else [])])

    def _imports(
        self, names: Collection[str], statements: Mapping[int, ast.Import | ast.ImportFrom], moved: Moved
    ) -> Iterator[Edit]:
        """The seam's import in the place of what it stands for; without imports that nothing needs any more."""
        taken = {(e.start, e.end) for e in moved.edits}
        scopes: set[int] = set()
        for line in sorted(statements, key=lambda n: (self._scope(n), n)):
            statement = statements[line]
            scope = self._scope(line)
            there = scope in scopes or 0 in scopes
            scopes.add(scope)
            gone = [
                a
                for a in statement.names
                if (a.asname or a.name) in names and not self._still_used(a.asname or a.name, taken)
            ]
            if isinstance(statement, ast.ImportFrom) and len(gone) == len(statement.names):
                yield from self._removed(statement) if there else self._replaced(statement)
                continue
            if isinstance(statement, ast.ImportFrom) and gone:
                yield from self._without(statement, gone)
            if not there:
                last = statement.end_lineno or statement.lineno
                at = self.source.lines.start(last + 1)
                pad = self.source.lines.indent(statement.lineno)
                lead = self.source.newline if at and self.source.text[at - 1] not in "\r\n" else ""
                yield Edit(at, at, f"{lead}{pad}from {self.seam} import {self.function}{self.source.newline}")

    def _scope(self, line: int) -> int:
        """The line of the innermost function around a line; 0 for the module."""
        around = [f.lineno for f in self._functions() if f.lineno < line <= (f.end_lineno or f.lineno)]
        return max(around, default=0)

    def _replaced(self, statement: ast.ImportFrom) -> Iterator[Edit]:
        start, _ = self.source.span(statement)
        last = statement.end_lineno or statement.lineno
        end = self.source.lines.start(last) + len(self.source.lines.line(last))
        yield Edit(start, end, f"from {self.seam} import {self.function}")

    def _removed(self, statement: ast.ImportFrom) -> Iterator[Edit]:
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        lines = self.source.lines
        if not _alone_in_block(self.source.tree, statement) and ";" not in lines.line(last):
            yield Edit(lines.start(self._remark(first, last)), self._behind(first, last), "")

    def _still_used(self, name: str, taken: Collection[tuple[int, int]]) -> bool:
        if (
            self.source.path.endswith("__init__.py")
            or f'"{name}"' in self.source.text
            or f"'{name}'" in self.source.text
        ):
            return True  # others may import it from here
        return any(
            isinstance(n, ast.Name) and n.id == name and not any(a <= self.source.span(n)[0] < b for a, b in taken)
            for n in self.source.walk()
        )

    def _without(self, statement: ast.ImportFrom, gone: Sequence[ast.alias]) -> Iterator[Edit]:
        lines = self.source.lines
        kept = [a for a in statement.names if a not in gone]
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        held = self.source.text[self.source.span(statement)[0] : self.source.span(statement)[1]]
        if first == last and "(" not in held:
            head = held[: held.index(" import ") + len(" import ")]
            said = ", ".join(a.name + (f" as {a.asname}" if a.asname else "") for a in kept)
            yield Edit(*self.source.span(statement), head + said)
        elif first != last and all(a.lineno not in (k.lineno for k in kept) for a in gone):
            for alias in gone:
                if not (first < alias.lineno < last):
                    return
            for alias in gone:
                yield Edit(lines.start(alias.lineno), lines.start(alias.lineno + 1), "")
        elif first == last:
            head = held[: held.index(" import ") + len(" import ")]
            said = ", ".join(a.name + (f" as {a.asname}" if a.asname else "") for a in kept)
            yield Edit(*self.source.span(statement), f"{head}({said})" if "(" in held else head + said)

    def _remark(self, first: int, last: int) -> int:
        """The first line that goes with an import inside a function: a remark right above it was about it alone."""
        lines = self.source.lines
        if not lines.indent(first) or lines.line(last + 1).strip().startswith(("from ", "import ")):
            return first
        while first > 1 and lines.line(first - 1).strip().startswith("#"):
            first -= 1
        return first

    def _behind(self, first: int, last: int) -> int:
        """Where the removal ends: behind the blank line that set the import apart."""
        lines = self.source.lines
        before = lines.line(self._remark(first, last) - 1).strip() if first > 1 else ""
        apart = lines.indent(first) and not lines.line(last + 1).strip() and not before.startswith(("from ", "import "))
        return lines.start(last + (2 if apart else 1))


def _own(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """Imports of a function and of the functions around it are not told apart further in."""
    for node in ast.walk(function):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node


def _rebound(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """Names that the function gives a meaning of its own, other than by imports."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    names = {a.arg for a in every if a is not None}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node is not function:
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
    return frozenset(names)


def _alone_in_block(tree: ast.Module, statement: ast.stmt) -> bool:
    for node in ast.walk(tree):
        for field_name in ("body", "orelse", "finalbody"):
            block = getattr(node, field_name, None)
            if isinstance(block, list) and statement in block:
                return len(block) == 1
    return False
