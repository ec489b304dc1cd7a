"""Generators that ended by raising StopIteration.

Before:

    def numbers(source):
        while True:
            if done: raise StopIteration
            yield source.next()

After:

    def numbers(source):
        while True:
            if done: return
            try: number = next(source)
            except StopIteration: return
            yield number

Why: since Python 3.7 (PEP 479) StopIteration that leaves a generator is a RuntimeError.

When not: where the StopIteration is caught within the generator itself.
"""

# ruff: noqa: ARG001 - every rule takes the same; nested questions are asked in their order

from __future__ import annotations

import ast
from collections.abc import Iterator

from agent.patches.python_source.module import Module
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule

__all__ = ["RULES"]

_SIMPLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.Return, ast.AnnAssign)


def _generators(module: Module, project: Project, guarded: frozenset[int]) -> None:
    for function in module.of(ast.FunctionDef):
        inside = list(_own_nodes(function))
        if not any(isinstance(node, ast.Yield | ast.YieldFrom) for node in inside):
            continue
        for node in inside:
            if _caught(module, node, function):
                continue
            if isinstance(node, ast.Raise) and _is_stop(node.exc):
                module.replace(node, "return")
            elif _is_next(node) and not isinstance(module.parents[node], ast.GeneratorExp | ast.Lambda):
                _protect(module, node, function)


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What belongs to the function itself, not to one that is defined within."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef | ast.AsyncFunctionDef | ast.GeneratorExp):
            waiting.extend(ast.iter_child_nodes(node))


def _is_stop(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Call) and not node.args:
        node = node.func
    return isinstance(node, ast.Name) and node.id == "StopIteration"


def _is_next(node: ast.AST) -> bool:
    """``next(x)``, and a bare ``x.next()`` of an object that has only that."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "next"
        and len(node.args) == 1
    )


def _caught(module: Module, node: ast.AST, function: ast.FunctionDef) -> bool:
    inner: ast.AST = node
    for outer in module.up(node):
        if isinstance(outer, ast.Try) and inner in outer.body and any(map(_catches, outer.handlers)):
            return True
        if outer is function:
            return False
        inner = outer
    return False


def _catches(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in {"StopIteration", "Exception"}) for kind in kinds
    )


def _protect(module: Module, call: ast.AST, function: ast.FunctionDef) -> None:
    """The whole statement in a ``try`` when it holds nothing but the call, which a ``yield`` of a value then follows."""
    statement = next((outer for outer in module.up(call) if isinstance(outer, ast.stmt)), None)
    if not isinstance(statement, _SIMPLE):
        return
    start = module.line_start(statement.lineno)
    before = module.between(start, module.start(statement))
    if before.strip() or statement.end_lineno is None:
        return
    tail = module.between(module.end(statement), module.line_start(statement.end_lineno + 1))
    if tail.strip() and not tail.strip().startswith("#"):
        return
    line = module.newline + before
    text = module.source(statement)
    if "\n" in text or any(isinstance(inner, ast.Yield) for inner in ast.walk(statement)):
        # the call's value first, so that the try holds nothing else
        name = "_item"
        module.insert(
            module.start(statement),
            f"try:{line}    {name} = {module.source(call)}{line}except StopIteration:{line}    return{line}",
        )
        module.replace(call, name)
        return
    module.replace(statement, f"try:{line}    {text}{line}except StopIteration:{line}    return")


RULES = (
    Rule(
        id="python3-generators",
        title="End generators with return",
        why="StopIteration that leaves a generator is a RuntimeError since Python 3.7.",
        rewrite=_generators,
    ),
)
