"""Exceptions: what they carry, strings in their place, and their names after the handler.

Before:

    raise "no such order"
    except IOError, e: code, text = e; log(e.message, e[0])
    raise kind, value, traceback

After:

    raise Exception("no such order")
    except IOError as e: code, text = e.args; log(str(e), e.args[0])
    raise value.with_traceback(traceback)

Why: exceptions have no `message` and no items any more, strings cannot be raised, and the name that `except` binds is gone
after the handler.

When not: exception classes of the program that define `message` or items themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from agent.patches.python_source.module import Edit, Module
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule

__all__ = ["RULES"]

_BUILT_IN = frozenset(name for name, value in vars(__import__("builtins")).items() if isinstance(value, type) and issubclass(value, BaseException))  # fmt: skip


def _exceptions(module: Module, project: Project, guarded: frozenset[int]) -> None:
    for handler in module.of(ast.ExceptHandler):
        if handler.name and handler.lineno not in guarded:
            _caught(module, project, handler)
    for node in module.of(ast.Raise):
        _raised(module, node)


def _caught(module: Module, project: Project, handler: ast.ExceptHandler) -> None:
    name = handler.name
    own = "message" in _assigned(project)
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    known = all(isinstance(kind, ast.Name) and kind.id in _BUILT_IN for kind in kinds)
    for node in (inner for statement in handler.body for inner in ast.walk(statement)):
        if isinstance(node, ast.Attribute) and node.attr == "message" and _is(node.value, name):
            if isinstance(node.ctx, ast.Load) and (known or not own):
                module.replace(node, f"str({name})")
        elif isinstance(node, ast.Subscript) and _is(node.value, name) and isinstance(node.ctx, ast.Load):
            if "__getitem__" not in project.words or known:
                module.insert(module.end(node.value), ".args")
        elif isinstance(node, ast.Assign) and _is(node.value, name) and isinstance(node.targets[0], ast.Tuple):
            module.insert(module.end(node.value), ".args")
    _leaks(module, handler)


def _leaks(module: Module, handler: ast.ExceptHandler) -> None:
    """A name that is used after its handler gets bound anew within it."""
    scope: ast.AST = module.function_of(handler) or module.tree
    uses = [
        node
        for node in ast.walk(scope)
        if isinstance(node, ast.Name)
        and node.id == handler.name
        and module.function_of(node) is module.function_of(handler)
    ]
    inside = [
        (other.lineno, other.end_lineno or other.lineno)
        for other in ast.walk(scope)
        if isinstance(other, ast.ExceptHandler) and other.name == handler.name
    ]
    end = handler.end_lineno or handler.lineno
    after = sorted(
        (node for node in uses if node.lineno > end and not any(a <= node.lineno <= b for a, b in inside)),
        key=lambda node: (node.lineno, node.col_offset),
    )
    if not after or not isinstance(after[0].ctx, ast.Load) or _ends(handler.body[-1]):
        return
    first = handler.body[0]
    before = module.between(module.line_start(first.lineno), module.start(first))
    if before.strip() or first.lineno == handler.lineno:
        return
    head = module.between(module.start(handler), module.start(first))
    at = head.rfind(f" as {handler.name}")
    if at < 0:
        return
    place = module.start(handler) + len(head[: at + 4].encode())
    caught = f"{handler.name}_caught"
    module.edits.append(Edit(place, place + len(handler.name or ""), caught))
    module.insert(module.start(first), f"{handler.name} = {caught}{module.newline}{before}")


def _ends(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break)


def _assigned(project: Project) -> frozenset[str]:
    known = project.__dict__.get("_assigned")
    if known is None:
        known = frozenset(_attributes(project))
        project.__dict__["_assigned"] = known
    return frozenset(known)


def _attributes(project: Project) -> Iterator[str]:
    for _, module in project.modules():
        for node in module.of(ast.Attribute):
            if isinstance(node.ctx, ast.Store):
                yield node.attr
        for function in module.of(ast.FunctionDef):
            if function.decorator_list:
                yield function.name


def _is(node: ast.AST, name: str | None) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _raised(module: Module, node: ast.Raise) -> None:
    exc = node.exc
    text = isinstance(exc, ast.Constant) and isinstance(exc.value, str)
    if exc is not None and (text or (isinstance(exc, ast.BinOp) and isinstance(exc.left, ast.Constant))):
        module.wrap(exc, "Exception(", ")")
        return
    # raise kind, value, traceback of sys.exc_info(): the value is the exception already
    if not (isinstance(exc, ast.Call) and isinstance(exc.func, ast.Attribute) and exc.func.attr == "with_traceback"):
        return
    made = exc.func.value
    if not isinstance(made, ast.Call) or len(made.args) != 1 or made.keywords:
        return
    variable = isinstance(made.func, ast.Subscript) or (isinstance(made.func, ast.Name) and made.func.id.islower())
    value = made.args[0]
    if variable and isinstance(value, ast.Name | ast.Subscript | ast.Attribute):
        module.replace(made, module.source(value))


RULES = (
    Rule(
        id="python3-exceptions",
        title="Raise and read exceptions as Python 3 does",
        why="Exceptions lost message and items; strings are none; their name ends with the handler.",
        rewrite=_exceptions,
    ),
)
