"""What a module does when it is imported: statements that run, functions that register themselves, imports for their effect.

In: a module. Out: effects, each with what it waits for; nothing is decided here.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from agent.extraction.owning import MONOLITH
from agent.extraction.slicing import conventions
from agent.extraction.slicing.lookup import ends_of, statement_at, texts_in
from agent.extraction.slicing.modules import Module, Statement
from agent.extraction.slicing.program import Program
from agent.extraction.slicing.references import called_name, chain_of
from agent.extraction.slicing.selection import Place

__all__ = ["Effect", "effects_of"]


@dataclass(frozen=True)
class Effect:
    """``action``: keep, stub (``owner`` serves the route) or import (only ``alias``). It happens once one of ``places`` is kept
    or, when there are ``words``, once a kept template has one of them; at once when there is neither."""

    index: int
    reason: str
    action: str = "keep"
    places: tuple[Place, ...] = ()
    words: tuple[str, ...] = ()
    owner: str = ""
    alias: str = ""


def effects_of(program: Program, module: Module, served: Collection[Place]) -> Iterator[Effect]:
    """``served``: the blueprints and routers that a handler of the service is registered with."""
    for statement in module.statements:
        node = statement.node
        if statement.kind == "effect":
            yield from _effect(program, module, statement, served)
        elif statement.kind == "block":
            if not conventions.is_main_block(node) and conventions.runs_something(node):
                yield Effect(statement.index, "runs when the module is imported")
        elif statement.kind == "definition":
            yield from _registered(program, module, statement, served)
        elif statement.kind == "import":
            yield from _imported(program, module, statement)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            yield from _made_on(program, module, statement)


def _effect(program: Program, module: Module, statement: Statement, served: Collection[Place]) -> Iterator[Effect]:
    node = statement.node
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        root = _root(node.targets[0] if isinstance(node, ast.Assign) else node.target)
        places = tuple(ends_of(program, module.id, (root,))) if root else ()
        yield Effect(statement.index, f"sets an attribute of {root}", places=places)
        return
    chain = chain_of(node.value.func) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else ()
    if len(chain) != 2 or not _is_foreign_hook(program, module.id, chain, served):
        yield Effect(statement.index, "runs when the module is imported")


def _is_foreign_hook(program: Program, module: str, chain: tuple[str, ...], served: Collection[Place]) -> bool:
    """A hook of a blueprint none of whose routes the service serves: it would only ever run before stubs."""
    if "app_" in chain[-1] or chain[-1] in conventions.ROUTES_ONLY:
        return False
    blueprints = [p for p in ends_of(program, module, chain[:1]) if _maker(statement_at(program, p)) == "Blueprint"]
    return bool(blueprints) and not any(place in served for place in blueprints)


def _maker(statement: Statement) -> str:
    """What is called to make the value of an assignment."""
    value = getattr(statement.node, "value", None)
    return called_name(value) if isinstance(value, ast.Call) else ""


def _registered(program: Program, module: Module, statement: Statement, served: Collection[Place]) -> Iterator[Effect]:
    """A function that is reached through what it is decorated with."""
    node = statement.node
    owner = program.handlers.get(f"{module.id}.{statement.names[0]}")
    routing = conventions.routing_decorators(node)
    for decorator in getattr(node, "decorator_list", ()):
        chain, is_signal = conventions.registering(decorator)
        if not chain or chain[-1] in conventions.CALLED_BY_NAME:
            continue
        ends = tuple(ends_of(program, module.id, chain[:1]))
        if decorator in routing and len(chain) == 2:
            if owner == "":
                yield Effect(statement.index, "serves a route of the service", places=ends)
            else:
                yield Effect(statement.index, "", "stub", ends, owner=owner or MONOLITH)
        elif is_signal and not ends:
            yield Effect(statement.index, f"is called by what @{'.'.join(chain)} waits for")
        elif len(chain) >= 2 and not _is_foreign_hook(program, module.id, chain, served):
            yield from _hook(program, statement, chain, decorator, ends)


def _hook(
    program: Program, statement: Statement, chain: tuple[str, ...], decorator: ast.expr, ends: tuple[Place, ...]
) -> Iterator[Effect]:
    made = [statement_at(program, place) for place in ends]
    if not made or any(one.kind != "assignment" for one in made):
        return
    words = (statement.names[0], *sorted(texts_in(decorator))) if any(_maker(one) == "Library" for one in made) else ()
    yield Effect(statement.index, f"registered by @{'.'.join(chain)}", places=() if words else ends, words=words)


def _imported(program: Program, module: Module, statement: Statement) -> Iterator[Effect]:
    """An import of a module whose name nobody uses: it is there for what the module does."""
    for imported in statement.imports:
        target, chain = program.follow(imported)
        if (
            imported.alias != "*"
            and imported.alias not in module.names_used
            and not chain
            and target in program.modules
        ):
            yield Effect(statement.index, "imported for what it does", "import", alias=imported.alias)


def _made_on(program: Program, module: Module, statement: Statement) -> Iterator[Effect]:
    """``babel = Babel(app)``: it changes what it is given, so it is needed wherever that is kept."""
    value = getattr(statement.node, "value", None)
    if not isinstance(value, ast.Call) or ends_of(program, module.id, chain_of(value.func)[:1]):
        return
    for argument in value.args:
        if isinstance(argument, ast.Name):
            ends = ends_of(program, module.id, (argument.id,))
            objects = tuple(place for place in ends if _maker(statement_at(program, place)))
            if objects:
                yield Effect(statement.index, f"made on {argument.id}, which is kept", places=objects)


def _root(node: ast.AST) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
