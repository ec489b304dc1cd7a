"""Built-in names and methods that Python 3 renamed or that give an iterator there.

Before:

    if isinstance(name, basestring) and prices.has_key(name):
        for item in prices.iteritems(): ...
        return map(float, prices.values())

After:

    if isinstance(name, str) and name in prices:
        for item in prices.items(): ...
        return list(map(float, list(prices.values())))

Why: `unicode`, `xrange`, `raw_input`, `has_key` and their like are gone; `map`, `filter`, `zip` and `dict.keys` no longer
make lists, so a list is made wherever the result may be used as one, and none where it is read once: in `sorted(...)`,
after `in`, in a comprehension.

When not: where a class of the program itself defines `has_key` or `next` as something else: such calls are left alone.
"""

# ruff: noqa: ARG001, SIM102 - every rule takes the same; nested questions are asked in their order

from __future__ import annotations

import ast
import re

from agent.patches.python_source.fixers import refactor
from agent.patches.python_source.guards import guarded_lines
from agent.patches.python_source.lists import spare_lists
from agent.patches.python_source.module import Module, parse
from agent.patches.python_source.project import Project, SourceText
from agent.patches.python_source.rules import Rule, TextRule
from agent.patches.python_source.snippets import add_snippet

__all__ = ["RULES"]

_FIXERS = [
    "apply",
    "dict",
    "execfile",
    "exitfunc",
    "filter",
    "funcattrs",
    "getcwdu",
    "has_key",
    "input",
    "intern",
    "map",
    "metaclass",
    "methodattrs",
    "next",
    "nonzero",
    "operator",
    "raw_input",
    "reduce",
    "reload",
    "renames",
    "standarderror",
    "sys_exc",
    "xrange",
    "xreadlines",
    "zip",
]
_NAMES = {"unicode": "str", "unichr": "chr", "basestring": "str", "long": "int", "file": "open", "raw_input": "input", "buffer": "memoryview",
          "xrange": "range", "StandardError": "Exception"}  # fmt: skip
_CALLED = frozenset(
    ["map", "filter", "zip", "apply", "input", "intern", "reduce", "reload", "raw_input", "execfile", "xrange", "range"]
)
_FIXER_OF = {"range": "xrange"}
_LEADING = re.compile(r"[A-Za-z_]")


def _fix(source: SourceText, project: Project) -> str:
    module = parse(source.path, source.text)
    if module is None or not _LEADING.search(source.text):
        return source.text
    fixed = refactor(source.text, _FIXERS, guarded_lines(module), _own_names(module), old=False)
    return spare_lists(source.path, source.text, fixed)


def _own_names(module: Module) -> dict[str, set[int]]:
    """The lines on which ``filter`` and its like mean something that the file binds itself."""
    found: dict[str, set[int]] = {}
    top = {
        name
        for name in _CALLED & module.bound
        if any(
            (isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name and node in module.tree.body)
            or (isinstance(node, ast.alias) and (node.asname or node.name) == name)
            or (
                isinstance(node, ast.Name)
                and node.id == name
                and isinstance(node.ctx, ast.Store)
                and module.function_of(node) is None
            )
            for node in module.nodes
        )
    }
    for node in module.of(ast.Name):
        if node.id in _CALLED and (node.id in top or module.shadowed(node, node.id)):
            found.setdefault(_FIXER_OF.get(node.id, node.id), set()).add(node.lineno)
    return found


def _rename(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """Names of built-ins; a name that the file binds itself is its own."""
    for node in module.of(ast.Name):
        new = _NAMES.get(node.id)
        if new is None or node.id in module.bound or node.lineno in guarded:
            continue
        if not isinstance(node.ctx, ast.Load) or (node.id == "file" and not _is_called(module, node)):
            continue
        module.replace(node, new)
    for call in module.of(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id == "isinstance" and len(call.args) == 2:
            _once(module, call.args[1])


def _is_called(module: Module, node: ast.Name) -> bool:
    call = module.parents.get(node)
    return isinstance(call, ast.Call) and (call.func is node)


def _once(module: Module, kinds: ast.expr) -> None:
    """``(str, str)``, which came of ``(str, unicode)``, is ``str``."""
    if not isinstance(kinds, ast.Tuple) or not all(isinstance(kind, ast.Name) for kind in kinds.elts):
        return
    names = [kind.id for kind in kinds.elts if isinstance(kind, ast.Name)]
    unique = list(dict.fromkeys(names))
    if len(unique) < len(names) and any(names.count(name) > 1 and name in {"str", "int"} for name in unique):
        module.replace(kinds, unique[0] if len(unique) == 1 else f"({', '.join(unique)})")


def _longest(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """``map(None, a, b)`` paired what two lists hold, as long as the longer one."""
    for call in module.of(ast.Call):
        if not isinstance(call.func, ast.Name) or call.func.id != "map" or len(call.args) < 2 or call.lineno in guarded:
            continue
        first = call.args[0]
        if isinstance(first, ast.Constant) and first.value is None and "map" not in module.bound:
            rest = ", ".join(module.source(arg) for arg in call.args[1:])
            module.replace(call, f"list(itertools.zip_longest({rest}))" if len(call.args) > 2 else f"list({rest})")
            module.add_import("import itertools")


def _filters(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """``filter`` gave text of text: where the function is one over characters."""
    for call in module.of(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id == "filter" and len(call.args) == 2:
            if call.lineno not in guarded and "filter" not in module.bound and _over_characters(module, call.args[0]):
                module.replace(call.func, add_snippet(module, "filter_same"))


def _over_characters(module: Module, function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):
        return function.attr.startswith("is") and module.source(function.value) in {"str", "unicode"}
    if not isinstance(function, ast.Lambda) or len(function.args.args) != 1:
        return False
    name = function.args.args[0].arg
    for node in ast.walk(function.body):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            given = any(isinstance(arg, ast.Name) and arg.id == name for inner in node.args for arg in ast.walk(inner))
            if given and (called == "ord" or called.startswith("unicodedata.")):
                return True
            if called in {f"{name}.isdigit", f"{name}.isalpha", f"{name}.isalnum"}:
                return True
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id == name:
            other = node.comparators[0]
            if isinstance(other, ast.Constant) and isinstance(other.value, str) and len(other.value) > 1:
                return isinstance(node.ops[0], ast.In | ast.NotIn)
            if module.meaning(other).startswith("string."):
                return True
    return False


RULES = (
    Rule(
        id="python3-map-none",
        title="Pair lists with zip_longest",
        why="map without a function paired lists in Python 2, and fails in Python 3.",
        rewrite=_longest,
    ),
    Rule(
        id="python3-filter",
        title="Filter text to text",
        why="filter gave text of text in Python 2, and gives an iterator in Python 3.",
        rewrite=_filters,
    ),
    TextRule(
        id="python3-builtins",
        title="Use the built-ins of Python 3",
        why="Built-ins were renamed or removed, and some that made lists make iterators now.",
        rewrite=_fix,
    ),
    Rule(
        id="python3-names",
        title="Use the types of Python 3 for text and numbers",
        why="unicode, basestring, unichr, long and file are gone: str, chr, int and open are what they were.",
        rewrite=_rename,
    ),
)
