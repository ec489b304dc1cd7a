"""Attributes of functions, methods and iterators, also where they are asked for by name.

Before:

    if hasattr(target, "im_func"): code = target.im_func.func_code
    owner = method.im_class

After:

    if hasattr(target, "__func__"): code = target.__func__.__code__
    owner = method.__self__.__class__

Why: the attributes were renamed, and a `hasattr` with the old name is quietly false.

When not: where the program gives its own objects attributes of these names.
"""

from __future__ import annotations

import ast

from agent.patches.python_source.module import Edit, Module
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule
from agent.patches.python_source.snippets import add_snippet

__all__ = ["RULES"]

_ATTRIBUTES = {
    "iteritems": "items",
    "iterkeys": "keys",
    "itervalues": "values",
    "im_func": "__func__",
    "im_self": "__self__",
    "func_code": "__code__",
    "func_name": "__name__",
    "func_defaults": "__defaults__",
    "func_globals": "__globals__",
    "func_doc": "__doc__",
    "func_dict": "__dict__",
    "func_closure": "__closure__",
}
# in a string, which only `getattr` and its like read, also what other rules rename in code
_STRINGS = {
    **_ATTRIBUTES,
    "next": "__next__",
    "has_key": "__contains__",
    "__nonzero__": "__bool__",
    "__div__": "__truediv__",
    "__getslice__": "__getitem__",
    "maxint": "maxsize",
}
_ASKING = {"hasattr", "getattr", "setattr", "delattr", "callable"}


def _attributes(module: Module, project: Project, guarded: frozenset[int]) -> None:
    own = project.words
    for call in module.of(ast.Call):
        if not isinstance(call.func, ast.Name) or call.func.id not in _ASKING or len(call.args) < 2:
            continue
        name = call.args[1]
        if isinstance(name, ast.Constant) and isinstance(name.value, str) and name.lineno not in guarded:
            if name.value == "im_class":
                if call.func.id == "getattr" and len(call.args) == 3:
                    rest = ", ".join(module.source(arg) for arg in (call.args[0], call.args[2]))
                    module.replace(call, f"{add_snippet(module, 'method_class')}({rest})")
                elif call.func.id == "hasattr":
                    module.replace(call, f"{add_snippet(module, 'is_method')}({module.source(call.args[0])})")
                continue
            new = _STRINGS.get(name.value)
            if new and name.value not in own:
                module.replace(name, repr(new) if "'" in module.source(name) else f'"{new}"')
    for node in module.of(ast.Attribute):
        if node.lineno in guarded:
            continue
        end = module.end(node)
        outer = module.parents.get(node)
        if node.attr == "im_self" and isinstance(outer, ast.Compare) and any(map(_is_none, outer.comparators)):
            module.replace(node, f'getattr({module.source(node.value)}, "__self__", None)')
        elif node.attr.startswith("iter") and isinstance(outer, ast.Call) and outer.func is node:
            continue  # a call, which the fixers know more about
        elif node.attr in _ATTRIBUTES and node.attr not in own:
            module.edits.append(Edit(end - len(node.attr), end, _ATTRIBUTES[node.attr]))
        elif node.attr == "im_class" and isinstance(node.ctx, ast.Load):
            module.replace(node, f"{add_snippet(module, 'method_class')}({module.source(node.value)})")
        elif module.meaning(node) == "inspect.ismethod":
            module.replace(node, add_snippet(module, "is_method"))


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


RULES = (
    Rule(
        id="python3-attributes",
        title="Use the attributes that functions and methods have in Python 3",
        why="im_func, func_code and their like were renamed; asked for by name, they are quietly missing.",
        rewrite=_attributes,
    ),
)
