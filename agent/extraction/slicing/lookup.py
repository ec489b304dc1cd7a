"""Questions about the program's definitions: where a name is made, what lies in what, which class a library calls back."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from agent.extraction.slicing import conventions
from agent.extraction.slicing.modules import DEFINITIONS, Module, Statement
from agent.extraction.slicing.program import Program
from agent.extraction.slicing.references import called_name, chain_of
from agent.extraction.slicing.selection import Place

__all__ = [
    "Accessor",
    "accessors_of",
    "ends_of",
    "find_definition",
    "is_passive",
    "nested_definitions",
    "registrars_of",
    "statement_at",
    "texts_in",
]


def ends_of(program: Program, module: str, chain: tuple[str, ...]) -> list[Place]:
    """The statements where a name is made, past all imports; none for a library's."""
    return [(m, i) for m, i, alias, _ in program.resolve(module, chain) if i >= 0 and not alias]


def statement_at(program: Program, place: Place) -> Statement:
    """The statement of a place."""
    return program.modules[place[0]].statements[place[1]]


def nested_definitions(node: ast.AST, scope: str) -> Iterator[tuple[ast.AST, str]]:
    """A definition and those in it with their symbol IDs; ``scope`` is the ID of what the node lies in."""
    if isinstance(node, DEFINITIONS):
        scope = f"{scope}.{node.name}"
        yield node, scope
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.expr):
            yield from nested_definitions(child, scope)


def find_definition(program: Program, symbol: str) -> tuple[Module, ast.AST] | None:
    """The module and the syntax of a definition by its symbol ID."""
    module = symbol
    while module and module not in program.modules:
        module = module.rpartition(".")[0]
    found = program.modules.get(module)
    if found is None or module == symbol:
        return None
    first = symbol[len(module) + 1 :].split(".")[0]
    for index in found.bound.get(first, ()):
        for node, path in nested_definitions(found.statements[index].node, module):
            if path == symbol:
                return found, node
    return None


def registrars_of(program: Program) -> Iterator[Place]:
    """The blueprints and routers that a handler of the service is registered with."""
    for symbol, owner in program.handlers.items():
        found = find_definition(program, symbol) if not owner else None
        for decorator in conventions.routing_decorators(found[1]) if found is not None else ():
            chain, _ = conventions.registering(decorator)
            if chain and found is not None:
                yield from ends_of(program, found[0].id, chain[:1])


def is_passive(program: Program, module: str, node: ast.ClassDef, depth: int = 0) -> bool:
    """Whether no library that the class inherits from calls its methods by names of our own making."""
    for base in node.bases:
        chain = chain_of(base.value if isinstance(base, ast.Subscript) else base)
        if not chain or depth > 8:
            return False
        ends = ends_of(program, module, chain)
        if not ends and chain[-1] not in conventions.PASSIVE_BASES:
            return False
        for owner, index in ends:
            made = program.modules[owner].statements[index].node
            if isinstance(made, ast.ClassDef):
                if not is_passive(program, owner, made, depth + 1):
                    return False
            elif (
                chain[-1] not in conventions.PASSIVE_BASES
                and called_name(getattr(made, "value", made)) != "declarative_base"
            ):
                return False
    return True


def texts_in(node: ast.AST) -> set[str]:
    """The strings in it."""
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


@dataclass(frozen=True)
class Accessor:
    """``model`` (of ``place``) refers to another one: that one reaches it as ``names``; ``falls``: its rows go with the other's."""

    names: tuple[str, ...]
    place: Place
    falls: bool


def accessors_of(program: Program) -> dict[Place, list[Accessor]]:
    """model -> those that refer to it: ``related_name``, ``backref`` and the default name, and what deletes with it."""
    found: dict[Place, list[Accessor]] = {}
    for module in program.modules.values():
        for statement in module.statements:
            node = statement.node
            if not isinstance(node, ast.ClassDef) or module.role == "migration":
                continue
            for call in [n for b in node.body for n in ast.walk(b) if isinstance(n, ast.Call)]:
                if called_name(call) in conventions.MODEL_CALLS and call.args:
                    names = {
                        v for k in call.keywords if k.arg in ("related_name", "backref") for v in texts_in(k.value)
                    }
                    inner = [k.arg for n in ast.walk(call) if isinstance(n, ast.Call) for k in n.keywords]
                    accessor = Accessor(
                        tuple(sorted(names or {f"{node.name.lower()}_set"})),
                        (module.id, statement.index),
                        "on_delete" in inner or ("backref" in inner and "cascade" in inner),
                    )
                    for target in _model_places(program, module.id, call.args[0]):
                        found.setdefault(target, []).append(accessor)
    return found


def _model_places(program: Program, module: str, node: ast.expr) -> list[Place]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return list(program.classes.get(node.value.rpartition(".")[2], ()))
    return ends_of(program, module, chain_of(node))
