"""Python 3 files as syntax trees whose nodes know their offsets: text in, spans out.

The parser's columns are UTF-8 bytes, which are characters of a text read as Latin-1: no conversion is needed.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterator, Sequence

from agent.patches.edits import MOST_BYTES, Edit, Lines, newline_of
from agent.ports import Codebase

__all__ = ["PythonSource", "dotted", "is_main_guard", "module_name", "parse_python", "python_sources", "text_of"]

_COOKIE = re.compile(r"\A[^\n]*(?:\n[^\n]*)?coding[:=][ \t]*([-\w.]+)")
_BOM = "\xef\xbb\xbf"


class PythonSource:
    """One parsed file."""

    def __init__(self, path: str, text: str, tree: ast.Module) -> None:
        self.path = path
        self.text = text
        self.tree = tree
        self.lines = Lines(text)
        self.newline = newline_of(text)
        self._mark = len(_BOM) if text.startswith(_BOM) else 0

    def offset(self, line: int, column: int) -> int:
        return self.lines.start(line) + column + (self._mark if line == 1 else 0)

    def span(self, node: ast.expr | ast.stmt | ast.keyword | ast.arg | ast.ExceptHandler) -> tuple[int, int]:
        """Start and end of a node without its decorators."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self.offset(node.lineno, node.col_offset), self.offset(end_line, end_column)

    def source(self, node: ast.expr | ast.stmt | ast.keyword) -> str:
        start, end = self.span(node)
        return self.text[start:end]

    def replace(self, node: ast.expr | ast.stmt | ast.keyword, text: str) -> Edit:
        return Edit(*self.span(node), text)

    def walk(self) -> Iterator[ast.AST]:
        return ast.walk(self.tree)

    def binds(self, name: str) -> bool:
        """Whether a top-level import binds the name to the module of that name."""
        return any(
            isinstance(s, ast.Import) and any((a.asname or a.name) == name and a.name == name for a in s.names)
            for s in self.tree.body
        )

    def uses(self, name: str) -> bool:
        """Whether the name means something else anywhere in the file."""
        for node in self.walk():
            if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
                return True
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == name:
                return True
            if isinstance(node, ast.arg) and node.arg == name:
                return True
            if isinstance(node, ast.ImportFrom) and any((a.asname or a.name) == name for a in node.names):
                return True
            if isinstance(node, ast.Import) and any(a.asname == name and a.name != name for a in node.names):
                return True
        return False

    def import_modules(self, *names: str) -> list[Edit]:
        """What adds ``import name`` among the imports at the top, for each that is not there."""
        missing = sorted(name for name in names if not self.binds(name))
        places: dict[tuple[int, str, str], list[str]] = {}
        for name in missing:
            at, before, behind = self._place(f"import {name}", name)
            places.setdefault((at, before, behind), []).append(f"import {name}{self.newline}")
        return [Edit(at, at, before + "".join(lines) + behind) for (at, before, behind), lines in places.items()]

    def import_line(self, line: str, module: str) -> Edit:
        """What adds an import statement among the imports at the top."""
        at, before, behind = self._place(line, module)
        return Edit(at, at, before + line + self.newline + behind)

    def _place(self, line: str, module: str) -> tuple[int, str, str]:
        """Where an import goes, and what has to stand before and behind it."""
        group = self._first_imports()
        if not group:
            return self._first_statement(), "", self.newline
        if not _is_standard(group[0]) and module.partition(".")[0] in sys.stdlib_module_names:
            return self.lines.start(group[0].lineno), "", self.newline
        keys = [_sort_key(self.source(statement)) for statement in group]
        plain_first = [key[0] for key in keys] == sorted(key[0] for key in keys)
        wanted = _sort_key(line)
        for statement, key in zip(group, keys, strict=True):
            if (key > wanted) if plain_first else (key[1] > wanted[1]):
                return self.lines.start(statement.lineno), "", ""
        last = group[-1]
        at = self.lines.start((last.end_lineno or last.lineno) + 1)
        return at, self.newline if at and self.text[at - 1] not in "\r\n" else "", ""

    def _first_imports(self) -> Sequence[ast.stmt]:
        """The first block of imports without a blank line in it, after the docstring and ``__future__``."""
        group: list[ast.stmt] = []
        for statement in self._body():
            if not isinstance(statement, (ast.Import, ast.ImportFrom)):
                break
            if group and statement.lineno != (group[-1].end_lineno or 0) + 1:
                break
            group.append(statement)
        return group

    def _body(self) -> Sequence[ast.stmt]:
        body = self.tree.body
        start = 0
        if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            start = 1
        while start < len(body):
            statement = body[start]
            if not (isinstance(statement, ast.ImportFrom) and statement.module == "__future__"):
                break
            start += 1
        return body[start:]

    def _first_statement(self) -> int:
        body = self._body()
        if not body:
            return len(self.text)
        first = body[0]
        decorators = getattr(first, "decorator_list", None)
        line = min([first.lineno, *(d.lineno for d in decorators or ())])
        return self.lines.start(line)


def parse_python(path: str, text: str | None) -> PythonSource | None:
    """The file, or None when it is no Python 3 that this interpreter reads (Python 2, broken, too large)."""
    if text is None or len(text) > MOST_BYTES or "\0" in text:
        return None
    cookie = _COOKIE.match(text[:500])
    if cookie and cookie.group(1).lower().replace("_", "-") not in ("utf-8", "utf8", "ascii") and not text.isascii():
        return None  # the parser's columns would not be ours
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.encode("latin-1"))
    except (SyntaxError, ValueError, RecursionError, MemoryError, UnicodeError):
        return None
    return PythonSource(path, text, tree)


def python_sources(code: Codebase, *words: str, tests: bool = False) -> Iterator[PythonSource]:
    """Every parsed file, those of the tests only if asked; with ``words`` only files that contain one of them."""
    for path in code.paths(".py"):
        if not tests and code.is_test(path):
            continue
        text = code.text(path)
        if text is None or (words and not any(word in text for word in words)):
            continue
        source = parse_python(path, text)
        if source is not None:
            yield source


def dotted(node: ast.AST) -> str:
    """``a.b.c`` for names and attributes; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def text_of(node: ast.AST | None) -> str | None:
    """The value of a string literal."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def is_main_guard(node: ast.AST) -> bool:
    """Whether this is ``if __name__ == "__main__":``."""
    if not (isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and len(node.test.comparators) == 1):
        return False
    sides = (node.test.left, node.test.comparators[0])
    return any(isinstance(s, ast.Name) and s.id == "__name__" for s in sides) and "__main__" in map(text_of, sides)


def module_name(path: str) -> str:
    """``shop/orders/__init__.py`` -> ``shop.orders``."""
    bare = path[:-3] if path.endswith(".py") else path
    return bare.removesuffix("/__init__").replace("/", ".")


def _is_standard(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import):
        return statement.names[0].name.partition(".")[0] in sys.stdlib_module_names
    return (
        isinstance(statement, ast.ImportFrom)
        and not statement.level
        and (statement.module or "").partition(".")[0] in sys.stdlib_module_names
    )


def _sort_key(line: str) -> tuple[int, str]:
    words = line.split()
    return (0 if words[:1] == ["import"] else 1, words[1].rstrip(",").lower() if len(words) > 1 else "")
