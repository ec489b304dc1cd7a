"""Takes out lists that 2to3 makes of what a place reads once anyway: it cannot tell who asks. Two texts in, one out."""

from __future__ import annotations

import ast
import builtins
import sys

from agent.patches.python_source.module import Module, apply_edits, dotted, parse

__all__ = ["spare_lists"]

_EAGER = frozenset("sorted sum set frozenset tuple list dict min max any all".split())
_VIEWS = frozenset("items keys values".split())
_ITERATORS = frozenset("range map filter zip".split())


def spare_lists(path: str, before: str, after: str) -> str:
    """``after`` without the lists that were not in ``before`` and that its place has no need of."""
    module = parse(path, after)
    if module is None or "list" in module.bound:
        return after
    for call in module.of(ast.Call):
        if not (
            isinstance(call.func, ast.Name) and call.func.id == "list" and len(call.args) == 1 and not call.keywords
        ):
            continue
        inner = call.args[0]
        if _is_lazy(inner) and module.source(call) not in before and _read_once(module, call, inner):
            module.replace(call, module.source(inner))
    return apply_edits(module.data, module.edits).decode("utf-8", "surrogatepass") if module.edits else after


def _is_lazy(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr in _VIEWS and not node.args and not node.keywords
    return isinstance(node.func, ast.Name) and node.func.id in _ITERATORS


def _read_once(module: Module, call: ast.Call, inner: ast.expr) -> bool:
    outer = module.parents.get(call)
    if isinstance(outer, ast.Compare):
        # `x in range(...)` and `x in d.keys()` ask once; map and its like would be used up all the same
        return outer.comparators == [call] and isinstance(outer.ops[0], ast.In | ast.NotIn)
    if isinstance(outer, ast.Call):
        return isinstance(outer.func, ast.Name) and outer.func.id in _EAGER and outer.args[:1] == [call]
    if isinstance(outer, ast.For):
        return outer.iter is call and _stays(module, outer, inner)
    if not isinstance(outer, ast.comprehension):
        return False
    whole = module.parents.get(outer)
    if isinstance(whole, ast.GeneratorExp):  # nobody knows when it is read, but for one who reads it at once
        reader = module.parents.get(whole)
        if not (isinstance(reader, ast.Call) and isinstance(reader.func, ast.Name) and reader.func.id in _EAGER):
            return False
    return whole is not None and not _may_change(whole, inner)


def _stays(module: Module, loop: ast.For, inner: ast.expr) -> bool:
    """Whether a loop's body can be seen not to change the mapping: it names it no more, and calls only methods of local
    values, built-ins and the standard library. Of a name of the whole file nobody can tell."""
    owner = inner.func.value if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) else None
    name = dotted(owner) if owner is not None else ""
    root, _, rest = name.partition(".")
    if not name or not module.shadowed(loop, root):
        return False
    for node in (inside for statement in loop.body for inside in ast.walk(statement)):
        if isinstance(node, ast.Name | ast.Attribute) and dotted(node) == name:
            return False
        if isinstance(node, ast.Yield | ast.YieldFrom | ast.Await) and rest:
            return False
        if isinstance(node, ast.Call) and not _is_harmless(module, loop, node, root):
            return False
    return not rest or _assigned_once(module, loop, name)


def _assigned_once(module: Module, loop: ast.For, name: str) -> bool:
    """Whether what an attribute holds has no other name in the function."""
    values = (node.value for node in ast.walk(module.function_of(loop) or module.tree) if isinstance(node, ast.Assign))
    return not any(dotted(value) == name for value in values)


def _is_harmless(module: Module, loop: ast.For, call: ast.Call, root: str) -> bool:
    called = dotted(call.func)
    if not called:
        return isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Constant)
    first, _, method = called.partition(".")
    if any(isinstance(arg, ast.Name) and arg.id == root for arg in call.args):
        return False
    if module.shadowed(loop, first):
        return bool(method) and "." not in method and first not in {"self", "cls", root}
    known = module.meaning(call.func).partition(".")[0]
    return hasattr(builtins, first) if not method else known in sys.stdlib_module_names


def _may_change(whole: ast.AST, inner: ast.expr) -> bool:
    """Whether the comprehension calls something of the same object, which might change what is being read."""
    owner = dotted(inner.func.value) if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) else ""
    if not owner:
        return isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute)
    root = owner.partition(".")[0]
    calls = (node for node in ast.walk(whole) if isinstance(node, ast.Call) and node is not inner)
    return any(dotted(call.func).partition(".")[0] == root and isinstance(call.func, ast.Attribute) for call in calls)
