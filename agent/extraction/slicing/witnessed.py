"""What the monolith ran for a request and the slice does not have: lines that were seen to run in, demands out."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from agent.extraction.slicing.modules import DEFINITIONS, Module
from agent.extraction.slicing.outcome import Slice
from agent.extraction.slicing.program import Program
from agent.extraction.slicing.selection import Demand

__all__ = ["witnessed_demands"]


def witnessed_demands(program: Program, made: Slice, ran: Mapping[str, Collection[int]]) -> tuple[Demand, ...]:
    """For each definition whose lines ran and which the slice leaves out: that it be kept. ``ran``: path -> lines."""
    gone = {piece.symbol for piece in made.pieces if piece.what != "kept"}
    found: list[Demand] = []
    for module in program.modules.values():
        if module.path in ran:
            found.extend(_missing(module, gone, frozenset(ran[module.path])))
    return tuple(found)


def _missing(module: Module, gone: Collection[str], lines: Collection[int]) -> Iterator[Demand]:
    reason = "the monolith ran it for a request that the slice answered otherwise"
    for statement in module.statements:
        if statement.kind != "definition" or not _ran(statement.node, lines):
            continue
        symbol = f"{module.id}.{statement.names[0]}"
        if module.id in gone or symbol in gone:
            yield Demand("name", statement.names[0], module.id, reason)
        for member in statement.node.body if isinstance(statement.node, ast.ClassDef) else ():
            if isinstance(member, DEFINITIONS[:2]) and f"{symbol}.{member.name}" in gone and _ran(member, lines):
                yield Demand("member", member.name, reason=reason)


def _ran(node: ast.AST, lines: Collection[int]) -> bool:
    """Whether a line of its body ran: its first line alone is run by the module that defines it."""
    body = getattr(node, "body", None) or [node]
    first, last = body[0].lineno, getattr(node, "end_lineno", None) or body[-1].lineno
    return any(first <= line <= last for line in lines)
