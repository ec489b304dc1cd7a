"""Comparison functions, in sorting and by themselves.

Before:

    orders.sort(lambda a, b: cmp(a.total, b.total))
    names = sorted(names, cmp=by_length)

After:

    orders.sort(key=functools.cmp_to_key(lambda a, b: cmp(a.total, b.total)))
    names = sorted(names, key=functools.cmp_to_key(by_length))

Why: `sort` takes a key only, and the built-in `cmp` is gone. A small function of that name takes its place: it orders values
of different kinds too, as Python 2 did.

When not: where the program defines a `cmp` of its own.
"""

# ruff: noqa: ARG001 - every rule takes the same; nested questions are asked in their order

from __future__ import annotations

import ast

from agent.patches.python_source.module import Edit, Module
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule
from agent.patches.python_source.snippets import add_snippet

__all__ = ["GUESSES", "RULES"]


def _comparisons(module: Module, project: Project, guarded: frozenset[int]) -> None:
    for call in module.of(ast.Call):
        if call.lineno not in guarded:
            _sort(module, call)
    own = "cmp" in module.bound
    for name in module.of(ast.Name):
        if name.id == "cmp" and isinstance(name.ctx, ast.Load) and not own and name.lineno not in guarded:
            add_snippet(module, "cmp")
            break


def _sort(module: Module, call: ast.Call) -> None:
    if isinstance(call.func, ast.Attribute) and call.func.attr == "sort":
        given = call.args
    elif isinstance(call.func, ast.Name) and call.func.id == "sorted":
        given = call.args[1:]
    else:
        return
    if any(isinstance(arg, ast.Starred) for arg in call.args):
        return
    if _both(module, call, given):
        return
    first = given[0] if given else None
    function = isinstance(first, ast.Lambda | ast.Name | ast.Attribute | ast.Call) or (
        isinstance(first, ast.Constant) and first.value is None
    )
    if given and function:
        names = ("cmp", "key", "reverse")
        for name, arg in zip(names, given, strict=False):
            if name == "cmp":
                _key(module, arg)
            else:
                module.insert(module.start(arg), f"{name}=")
    for keyword in call.keywords:
        if keyword.arg == "cmp":
            start = module.start(keyword)
            module.edits.append(Edit(start, module.start(keyword.value), ""))
            _key(module, keyword.value)


def _both(module: Module, call: ast.Call, given: list[ast.expr]) -> bool:
    """A comparison function of keys."""
    words = dict(zip(("cmp", "key", "reverse"), given, strict=False))
    if any(word.arg is None for word in call.keywords):
        return False
    words.update({word.arg: word.value for word in call.keywords if word.arg})
    compare, key = words.pop("cmp", None), words.pop("key", None)
    if key is None or not isinstance(compare, ast.Lambda | ast.Name | ast.Attribute | ast.Call):
        return False
    order = f"functools.cmp_to_key({module.source(compare)})"
    plain = isinstance(key, ast.Constant) and key.value is None
    values = [module.source(arg) for arg in call.args[: len(call.args) - len(given)]]
    values.append(f"key={order}" if plain else f"key=lambda value: {order}(({module.source(key)})(value))")
    values += [f"{name}={module.source(node)}" for name, node in words.items()]
    module.replace(call, f"{module.source(call.func)}({', '.join(values)})")
    module.add_import("import functools")
    return True


def _key(module: Module, arg: ast.expr) -> None:
    if isinstance(arg, ast.Constant) and arg.value is None:
        module.replace(arg, "key=None")
        return
    if isinstance(arg, ast.Call) and "cmp_to_key" in module.source(arg.func):
        return
    module.wrap(arg, "key=functools.cmp_to_key(", ")")
    module.add_import("import functools")


def _mixed(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """Sorting without a key orders anything, as it did."""
    for call in module.of(ast.Call):
        sorts = isinstance(call.func, ast.Attribute) and call.func.attr == "sort" and not call.args
        named = isinstance(call.func, ast.Name) and call.func.id in {"sorted", "min", "max"} and len(call.args) == 1
        if not (sorts or named) or any(word.arg in {"key", "cmp", None} for word in call.keywords):
            continue
        if isinstance(call.func, ast.Name) and (call.func.id in module.bound or call.func.id != "sorted"):
            continue
        name = add_snippet(module, "sort_key")
        comma = ", " if call.args or call.keywords else ""
        module.insert(module.end(call) - 1, f"{comma}key={name}")


RULES = (
    Rule(
        id="python3-comparisons",
        title="Sort by keys, not by comparison functions",
        why="Python 3's sort takes no comparison function, and has no cmp.",
        rewrite=_comparisons,
    ),
)
GUESSES = (
    Rule(
        id="python3-mixed-sorting",
        title="Order values of different kinds",
        why="Python 3 does not compare None with numbers or text; what is sorted here holds such values.",
        rewrite=_mixed,
        guess=True,
    ),
)
