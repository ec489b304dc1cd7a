"""Division of integers, which gave an integer.

Before:

    middle = len(items) / 2
    ratio = total / count

After:

    middle = len(items) // 2
    ratio = divide(total, count)

Why: `/` gives a float in Python 3, which is no index and no count. Where both operands are seen to be integers, `//` says what
was meant. Where that cannot be seen, a second step, kept only when more tests pass with it, divides as Python 2 did.

When not: files with `from __future__ import division`.
"""

# ruff: noqa: ARG001, SIM102 - every rule takes the same; nested questions are asked in their order

from __future__ import annotations

import ast

from agent.patches.python_source.kinds import Kinds
from agent.patches.python_source.module import Edit, Module
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule
from agent.patches.python_source.snippets import add_snippet

__all__ = ["GUESSES", "RULES"]

_WHOLE = {"int", "bool"}


def _future(module: Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(n.name == "division" for n in node.names)
        for node in module.tree.body
    )


def _known(module: Module, project: Project, guarded: frozenset[int]) -> None:
    if _future(module):
        return
    kinds = Kinds(module)
    for node in module.of(ast.BinOp, ast.AugAssign):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            left, right = node.left, node.right
            if kinds.of(left) in _WHOLE and kinds.of(right) in _WHOLE:
                _floor(module, left, right)
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div):
            if kinds.of(node.value) in _WHOLE and kinds.of(node.target) in _WHOLE:
                _floor(module, node.target, node.value)


def _floor(module: Module, left: ast.AST, right: ast.AST) -> None:
    place = _slash(module, left, right)
    if place is not None:
        module.edits.append(Edit(place, place + 1, "//"))


def _slash(module: Module, left: ast.AST, right: ast.AST) -> int | None:
    start, end = module.end(left), module.start(right)
    between = module.data[start:end]
    at = -1
    comment = False
    for number, byte in enumerate(between):
        char = chr(byte)
        if comment:
            comment = char not in "\r\n"
        elif char == "#":
            comment = True
        elif char == "/":
            at = number
            break
    return None if at < 0 or between[at : at + 2] == b"//" else start + at


def _unknown(module: Module, project: Project, guarded: frozenset[int]) -> None:
    if _future(module):
        return
    kinds = Kinds(module)
    for node in module.of(ast.BinOp):
        if not isinstance(node.op, ast.Div) or (module.class_of(node) and _operator(module, node)):
            continue
        left, right = kinds.of(node.left), kinds.of(node.right)
        if "float" in (left, right) or (left in _WHOLE and right in _WHOLE):
            continue
        place = _slash(module, node.left, node.right)
        if place is None:
            continue
        name = add_snippet(module, "divide")
        between = (
            module.between(module.end(node.left), place).strip()
            + module.between(place + 1, module.start(node.right)).strip()
        )
        if between.strip("()"):
            continue
        module.replace(node, f"{name}({module.source(node.left)}, {module.source(node.right)})")
    for changed in module.of(ast.AugAssign):
        if isinstance(changed.op, ast.Div) and "float" not in (kinds.of(changed.value), kinds.of(changed.target)):
            name = add_snippet(module, "divide")
            target = module.source(changed.target)
            module.replace(changed, f"{target} = {name}({target}, {module.source(changed.value)})")


def _operator(module: Module, node: ast.AST) -> bool:
    function = module.function_of(node)
    return function is not None and function.name == "divide"


def _rounds(module: Module, project: Project, guarded: frozenset[int]) -> None:
    for call in module.of(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id == "round" and "round" not in module.bound:
            if call.lineno not in guarded and not call.keywords:
                module.replace(call.func, add_snippet(module, "round_half_away"))


RULES = (
    Rule(
        id="python3-division",
        title="Divide integers with //",
        why="/ of two integers gives a float in Python 3.",
        rewrite=_known,
    ),
)
GUESSES = (
    Rule(
        id="python3-rounding",
        title="Round halves away from zero",
        why="round gave a float and rounded halves away from zero; Python 3 rounds them to the even number.",
        rewrite=_rounds,
        guess=True,
    ),
    Rule(
        id="python3-division-of-anything",
        title="Divide as Python 2 did where the kind of number is not known",
        why="/ of two integers gives a float in Python 3; whether these are integers is known when the program runs.",
        rewrite=_unknown,
        guess=True,
    ),
)
