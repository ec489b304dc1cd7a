"""Names that outlived their place, and dictionaries of classes.

Before:

    squares = [n * n for n in numbers]
    last = n
    options = meta.__dict__; options["table"] = name

After:

    squares = [n * n for n in numbers]
    n = numbers[-1]
    options = {k: v for k, v in vars(meta).items() if k not in ("__dict__", "__weakref__")}; options["table"] = name

Why: the variable of a list comprehension is gone after it, `global` must stand before the first use, and the dictionary of a
class cannot be written to.

When not: where the name is bound in between anyway.
"""

# ruff: noqa: ARG001 - every rule takes the same; nested questions are asked in their order

from __future__ import annotations

import ast
import re

from agent.patches.python_source.module import Module
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule

__all__ = ["RULES"]

_CLASS_NAME = re.compile(r"^_?(?:meta|cls|klass|class_|opts?|options|.*_class|.*_meta|typ|base)$", re.IGNORECASE)


def _globals(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """``global x`` below a use of x goes to the top of the function."""
    for node in module.of(ast.Global):
        function = module.function_of(node)
        if function is None:
            continue
        early = [
            name
            for name in ast.walk(function)
            if isinstance(name, ast.Name) and name.id in node.names and name.lineno < node.lineno
        ]
        repeated = any(
            isinstance(other, ast.Global)
            and other is not node
            and other.lineno < node.lineno
            and set(node.names) <= set(other.names)
            for other in ast.walk(function)
        )
        first = function.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(function.body) > 1:
            first = function.body[1]
        before = module.between(module.line_start(first.lineno), module.start(first))
        if early and not before.strip() and first is not node:
            module.delete(node)
            if not repeated:
                module.insert(module.start(first), f"global {', '.join(node.names)}{module.newline}{before}")


def _class_dicts(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """A copy of a class's dictionary where it is written to, or handed on."""
    for node in module.of(ast.Assign):
        value = node.value
        if not (isinstance(value, ast.Attribute) and value.attr == "__dict__" and isinstance(value.value, ast.Name)):
            continue
        if not isinstance(node.targets[0], ast.Name) or not _CLASS_NAME.match(value.value.id):
            continue
        name = node.targets[0].id
        scope = module.function_of(node) or module.tree
        written = any(
            (isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Store | ast.Del) and _is(one.value, name))
            or (
                isinstance(one, ast.Call)
                and isinstance(one.func, ast.Attribute)
                and one.func.attr in {"update", "pop", "setdefault", "clear", "popitem"}
                and _is(one.func.value, name)
            )
            for one in ast.walk(scope)
        )
        if written:
            owner = module.source(value.value)
            module.replace(value, f'{{k: v for k, v in vars({owner}).items() if k not in ("__dict__", "__weakref__")}}')


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _comprehensions(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """The last value of a list comprehension's variable, where it is used behind it."""
    for comp in module.of(ast.ListComp):
        target = comp.generators[0].target
        statement = next((outer for outer in module.up(comp) if isinstance(outer, ast.stmt)), None)
        function = module.function_of(comp)
        if len(comp.generators) != 1 or not isinstance(target, ast.Name) or statement is None or function is None:
            continue
        if comp.generators[0].ifs or not isinstance(statement, ast.Assign | ast.Expr):
            continue
        if target.id in {arg.arg for arg in function.args.args} or not isinstance(
            comp.generators[0].iter, ast.Name | ast.Attribute
        ):
            continue
        inside = {id(inner) for other in module.of(ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp, ast.Lambda)
                  for inner in ast.walk(other)}  # fmt: skip
        names = [
            one
            for one in ast.walk(function)
            if isinstance(one, ast.Name) and one.id == target.id and id(one) not in inside
        ]
        if not names or any(isinstance(one.ctx, ast.Store) for one in names):
            continue
        if min(one.lineno for one in names) <= (statement.end_lineno or statement.lineno):
            continue
        start = module.line_start(statement.lineno)
        before = module.between(start, module.start(statement))
        if before.strip():
            continue
        source = module.source(comp.generators[0].iter)
        module.insert(
            module.end(statement),
            f"{module.newline}{before}for {target.id} in {source}:{module.newline}{before}    pass",
        )


RULES = (
    Rule(
        id="python3-globals",
        title="Declare globals before their first use",
        why="global below a use of the name is a syntax error in Python 3.",
        rewrite=_globals,
    ),
    Rule(
        id="python3-class-dicts",
        title="Write to a copy of a class's dictionary",
        why="The dictionary of a class is read-only in Python 3, and holds descriptors of its own.",
        rewrite=_class_dicts,
    ),
    Rule(
        id="python3-comprehensions",
        title="Bind what a comprehension no longer leaves behind",
        why="The variable of a list comprehension is not visible after it in Python 3.",
        rewrite=_comprehensions,
    ),
)
