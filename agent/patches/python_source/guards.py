"""Places that already choose between Python 2 and 3 by themselves: a tree in, the lines out that rules leave alone."""

from __future__ import annotations

import ast
import builtins
import re
import sys

from agent.patches.python_source.module import Module
from agent.patches.python_source.moved import NAMES as MOVED_NAMES
from agent.patches.python_source.python2_names import PYTHON2_BUILTINS, PYTHON2_MODULES

__all__ = ["guarded_lines"]

_VERSION = re.compile(
    r"version_info[^\n]*\b3\b|version_info(?:\[0\]|\.major)\s*(?:==|<=|!=|>)\s*2|hexversion\s*[<>]=?\s*0x0?3|"
    r"\bsys\.version\s*[<>]=?\s*['\"]3|\bversion\[:?[01]\]\s*[=<>!]+\s*['\"][23]|"
    r"\b(?:is_?)?_?py(?:thon)?_?[23]k?\b|\bIS_PY[23]\b",
    re.IGNORECASE,
)

_BUILTINS = frozenset(vars(builtins)) - {"True", "False", "None", "Exception"}


def guarded_lines(module: Module) -> frozenset[int]:
    """Lines of ``if sys.version_info >= (3,)`` with both branches, and of ``try`` statements with a branch for Python 3."""
    lines: set[int] = set()
    for node in module.nodes:
        version = isinstance(node, ast.If | ast.IfExp) and _VERSION.search(module.source(node.test))
        if version or (isinstance(node, ast.Try) and _offers_python3(node)):
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))  # type: ignore[attr-defined]
    return frozenset(lines)


def _offers_python3(node: ast.Try) -> bool:
    caught = {name for handler in node.handlers for name in _names(handler.type)}
    imports = any(isinstance(statement, ast.Import | ast.ImportFrom) for statement in node.body)
    known = {"ImportError", "ModuleNotFoundError", *({"", "Exception"} if imports else {"NameError", "AttributeError"})}
    if not caught & known or len(node.body) > 8:
        return False
    branches: list[list[ast.stmt]] = [node.body, *(handler.body for handler in node.handlers)]
    kinds = [_kind(branch) for branch in branches]
    return "2" in kinds and "3" in kinds


def _kind(branch: list[ast.stmt]) -> str:
    """``2`` for what only Python 2 has, ``3`` for an import or name that Python 3 has too, empty for neither."""
    old, new = False, False
    for node in (inner for statement in branch for inner in ast.walk(statement)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            old = old or node.id in PYTHON2_BUILTINS
            new = new or node.id in _BUILTINS
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            return "2" if old else ""  # code of its own, which has to be looked at
        elif isinstance(node, ast.Import):
            for name in node.names:
                gone = _gone(name.name)
                old, new = old or gone, new or (not gone and _known(name.name))
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            gone = _gone(module) or any(name.name in MOVED_NAMES.get(module, {}) for name in node.names)
            old, new = old or gone, new or (not gone and _known(module))
    return "2" if old else "3" if new else ""


def _gone(name: str) -> bool:
    return name in PYTHON2_MODULES or name.partition(".")[0] in PYTHON2_MODULES


def _known(name: str) -> bool:
    first = name.partition(".")[0]
    return (first in sys.stdlib_module_names and first not in {"cgi", "imp", "asyncore", "asynchat"}) or first == "six"


def _names(node: ast.expr | None) -> list[str]:
    if node is None:
        return [""]
    nodes = node.elts if isinstance(node, ast.Tuple) else [node]
    return [n.id for n in nodes if isinstance(n, ast.Name)]
