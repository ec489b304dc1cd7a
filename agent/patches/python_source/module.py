"""One Python file as a syntax tree over its text: nodes to places in, edits at those places out."""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from agent.patches.python_source.python2_names import PYTHON2_MODULES

__all__ = ["Edit", "Module", "apply_edits", "dotted", "parse"]

T = TypeVar("T", bound=ast.AST)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LARGEST = 4_000_000  # characters; a larger file is data


@dataclass(frozen=True, order=True)
class Edit:
    """``text`` in the place of the UTF-8 bytes from ``start`` to ``end``."""

    start: int
    end: int
    text: str


@dataclass
class Module:
    """A parsed file. Rules collect `Edit`s in ``edits`` and what they leave to people in ``left`` as (line, text)."""

    path: str
    text: str
    tree: ast.Module
    edits: list[Edit] = field(default_factory=list)
    left: list[tuple[int, str]] = field(default_factory=list)

    @cached_property
    def data(self) -> bytes:
        return self.text.encode("utf-8", "surrogatepass")

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in _LINE_END.finditer(self.data))]

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    def of(self, *kinds: type[T]) -> Iterator[T]:
        for node in self.nodes:
            if isinstance(node, kinds):
                yield node

    def start(self, node: ast.AST) -> int:
        return self._starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined,no-any-return]

    def end(self, node: ast.AST) -> int:
        return self._starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined,no-any-return]

    def line_start(self, line: int) -> int:
        return self._starts[min(line, len(self._starts)) - 1]

    def line_of(self, place: int) -> int:
        return bisect_right(self._starts, place)

    def source(self, node: ast.AST) -> str:
        return self.data[self.start(node) : self.end(node)].decode("utf-8", "surrogatepass")

    def between(self, start: int, end: int) -> str:
        return self.data[start:end].decode("utf-8", "surrogatepass")

    def replace(self, node: ast.AST, text: str) -> None:
        self.edits.append(Edit(self.start(node), self.end(node), text))

    def insert(self, place: int, text: str) -> None:
        self.edits.append(Edit(place, place, text))

    def wrap(self, node: ast.AST, before: str, after: str) -> None:
        """The node between two texts: nested wraps of different nodes do not meet."""
        self.edits.append(Edit(self.start(node), self.start(node), before))
        self.edits.append(Edit(self.end(node), self.end(node), after))

    def delete(self, statement: ast.stmt) -> None:
        """A whole statement with its lines; ``pass`` in its place when nothing else is left in the block."""
        decorated = [node.lineno for node in getattr(statement, "decorator_list", [])]
        start = self.line_start(min([statement.lineno, *decorated]))
        last = self.line_start((statement.end_lineno or statement.lineno) + 1)
        outer = self.parents.get(statement)
        blocks = [getattr(outer, name, None) for name in ("body", "orelse", "finalbody")]
        block = next((block for block in blocks if isinstance(block, list) and statement in block), [])
        head = self.between(start, self.start(statement)) if not decorated else ""
        tail = self.between(self.end(statement), last)
        if len(block) < 2 or head.strip() or (tail.strip() and not tail.strip().startswith("#")) or last <= start:
            self.replace(statement, "pass")
            return
        while re.match(rb"[ \t]*\r?\n", self.data[last:]):  # one gap of blank lines goes with it
            last = self.data.index(b"\n", last) + 1
        self.edits.append(Edit(start, last, ""))

    def up(self, node: ast.AST) -> Iterator[ast.AST]:
        """What encloses the node, from the inside out."""
        at = self.parents.get(node)
        while at is not None:
            yield at
            at = self.parents.get(at)

    def function_of(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        for outer in self.up(node):
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
                return outer
        return None

    @cached_property
    def _locals(self) -> dict[ast.AST, frozenset[str]]:
        """Names that each function binds itself: parameters and assignments, without those it declares global."""
        found: dict[ast.AST, set[str]] = {}
        declared: dict[ast.AST, set[str]] = {}
        for node in self.nodes:
            if isinstance(node, ast.arg):
                names = [node.arg]
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
                names = [node.id]
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names = [node.name]
            elif isinstance(node, ast.alias):
                names = [(node.asname or node.name).partition(".")[0]]
            elif isinstance(node, ast.ExceptHandler) and node.name:
                names = [node.name]
            elif isinstance(node, ast.Global):
                scope = self._scope(node)
                if scope is not None:
                    declared.setdefault(scope, set()).update(node.names)
                continue
            else:
                continue
            scope = self._scope(node)
            if scope is not None:
                found.setdefault(scope, set()).update(names)
        return {scope: frozenset(names - declared.get(scope, set())) for scope, names in found.items()}

    def _scope(self, node: ast.AST) -> ast.AST | None:
        inner: ast.AST = node
        for outer in self.up(node):
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                at_definition = inner in getattr(outer, "decorator_list", ()) or (
                    isinstance(inner, ast.arguments) and not isinstance(node, ast.arg)
                )
                if not at_definition:
                    return outer
            if isinstance(outer, ast.ClassDef) and inner in outer.body:
                return outer
            inner = outer
        return None

    def shadowed(self, node: ast.AST, name: str, imports: bool = False) -> bool:
        """Whether a function around the node binds the name itself."""
        for outer in self.up(node):
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and name in self._locals.get(
                outer, ()
            ):
                if imports and self._imported_in(outer, name):
                    continue
                return True
        return False

    def _imported_in(self, scope: ast.AST, name: str) -> bool:
        return any(
            isinstance(node, ast.alias) and (node.asname or node.name).partition(".")[0] == name
            for node in ast.walk(scope)
        )

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        for outer in self.up(node):
            if isinstance(outer, ast.ClassDef):
                return outer
        return None

    @cached_property
    def newline(self) -> str:
        found = _LINE_END.search(self.data)
        return found.group().decode() if found else "\n"

    @cached_property
    def bound(self) -> frozenset[str]:
        """Every name that the file binds anywhere: by assignment, definition, import or parameter."""
        names: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
                names.add(node.id)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
                if not isinstance(self.parents.get(node), ast.ClassDef):
                    names.add(node.name)
            elif isinstance(node, ast.alias):
                names.add((node.asname or node.name).partition(".")[0])
            elif isinstance(node, ast.arg):
                names.add(node.arg)
            elif isinstance(node, ast.ExceptHandler) and node.name:
                names.add(node.name)
        return frozenset(names)

    def imports_of(self, *modules: str) -> dict[str, str]:
        """Local name -> what it stands for (``os`` or ``os.path.join``), for imports of these modules."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for name in node.names:
                    if name.name in modules or name.name.partition(".")[0] in modules:
                        found[name.asname or name.name.partition(".")[0]] = (
                            name.name if name.asname else name.name.partition(".")[0]
                        )
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module in modules:
                for name in node.names:
                    found[name.asname or name.name] = f"{node.module}.{name.name}"
        return found

    @cached_property
    def all_imports(self) -> dict[str, str]:
        """Local name -> what it stands for, of every absolute import of the file."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for name in node.names:
                    first = name.name.partition(".")[0]
                    found[name.asname or first] = name.name if name.asname else first
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                for name in node.names:
                    found[name.asname or name.name] = f"{node.module}.{name.name}"
        for node in self.nodes:  # `sha = sha1`
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                first, dot, rest = dotted(node.value).partition(".")
                local = node.targets[0].id
                if first in found and found.get(local, local) in {local, *PYTHON2_MODULES} and first != local:
                    found[local] = found[first] + dot + rest
        return found

    def meaning(self, node: ast.AST) -> str:
        """The dotted name that an expression stands for by the file's imports; empty for anything else."""
        name = dotted(node)
        first, dot, rest = name.partition(".")
        if not name:
            return ""
        return self.all_imports.get(first, first) + dot + rest

    def add_import(self, statement: str) -> None:
        """An import after the docstring, the ``__future__`` imports and the imports right behind them."""
        if re.search(rf"^{re.escape(statement)}[ \t]*\r?$", self.text, re.MULTILINE):
            return
        edit = Edit(self.import_place, self.import_place, statement + self.newline)
        if edit not in self.edits:
            self.edits.append(edit)

    @cached_property
    def import_place(self) -> int:
        last: ast.stmt | None = None
        for statement in self.tree.body:
            doc = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
            if not future and not (doc and last is None):
                break
            last = statement
        for statement in self.tree.body:
            if isinstance(statement, ast.Import | ast.ImportFrom) and (last is None or statement.lineno > last.lineno):
                return self.line_start(statement.lineno) if self._alone(statement) else self.start(statement)
        if last is not None:
            return self.line_start((last.end_lineno or last.lineno) + 1) if self._ended(last) else self.end(last)
        if self.tree.body:
            first = self.tree.body[0]
            decorated = getattr(first, "decorator_list", [])
            return self.line_start(min([first.lineno, *(node.lineno for node in decorated)]))
        return len(self.data)

    def _alone(self, statement: ast.stmt) -> bool:
        return not self.data[self.line_start(statement.lineno) : self.start(statement)].strip()

    def _ended(self, statement: ast.stmt) -> bool:
        return len(self._starts) > (statement.end_lineno or statement.lineno)


def parse(path: str, text: str) -> Module | None:
    """The file's tree; None when Python 3 does not read it."""
    if len(text) > _LARGEST or "\0" in text:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return Module(path, text, tree)


def apply_edits(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The text with all edits that do not meet an earlier one; insertions at one place keep their order."""
    parts: list[bytes] = []
    at = 0
    # stable: of two insertions at one place the first collected comes first
    for edit in sorted(edits, key=lambda e: (e.start, e.end, not e.text.startswith(("import ", "from ")))):
        if edit.start < at:
            continue
        parts += [data[at : edit.start], edit.text.encode("utf-8", "surrogatepass")]
        at = edit.end
    return b"".join([*parts, data[at:]])


def dotted(node: ast.AST) -> str:
    """``a.b.c`` for names and attributes; empty for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""
