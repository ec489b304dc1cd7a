"""Ranked symbols turned into an answer: where they are, who calls them, which tables they touch.

In go the graph and what the index found, out come hits as text for people or JSON for programs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from msgspec import Struct, to_builtins

from agent.domain.code import DependencyGraph, Symbol

__all__ = ["Hit", "answer_json", "answer_text", "hits_for"]

MAX_NEIGHBOURS = 5


class Hit(Struct, frozen=True):
    """One symbol that answers, with its neighbourhood: ``callers`` and ``calls`` are symbol IDs, tables by access."""

    id: str
    kind: str
    path: str
    line: int
    end_line: int
    score: float
    doc: str
    callers: tuple[str, ...]
    calls: tuple[str, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    routes: tuple[str, ...]


def hits_for(graph: DependencyGraph, ranked: Sequence[tuple[str, float]]) -> tuple[Hit, ...]:
    """The hits that the graph still has, in the order they were ranked."""
    return tuple(_hit(graph, graph.by_id[name], score) for name, score in ranked if name in graph.by_id)


def _hit(graph: DependencyGraph, symbol: Symbol, score: float) -> Hit:
    incoming, outgoing = graph.incoming.get(symbol.id, ()), graph.outgoing.get(symbol.id, ())

    def sources(*kinds: str) -> tuple[str, ...]:
        return tuple(sorted({d.source for d in incoming if d.kind in kinds}))

    def targets(*kinds: str) -> tuple[str, ...]:
        return tuple(sorted({d.target for d in outgoing if d.kind in kinds}))

    callers = sources("read", "write") if symbol.kind == "table" else sources("call", "use")
    return Hit(
        symbol.id, symbol.kind, symbol.path, symbol.line, symbol.end_line, round(score, 4), symbol.doc, callers,
        targets("call"), targets("read"), targets("write", "declare"),
        sources("handle") if symbol.kind != "route" else targets("handle"),
    )  # fmt: skip


def answer_json(question: str, hits: Sequence[Hit]) -> str:
    """``{"question", "hits": [...]}``."""
    return json.dumps({"question": question, "hits": to_builtins(list(hits))}, indent=2, ensure_ascii=False) + "\n"


def answer_text(question: str, hits: Sequence[Hit]) -> str:
    """A block a hit: file:line first, so that a terminal can open it."""
    if not hits:
        return f'Nothing here matches "{question}": try words that the code might use.\n'
    return "\n".join(line for number, hit in enumerate(hits, 1) for line in _block(number, hit)) + "\n"


def _block(number: int, hit: Hit) -> list[str]:
    lines = [f"{number}. {hit.path}:{hit.line}  {hit.kind} {hit.id}  ({hit.score:.2f})"]
    if hit.doc:
        lines.append(f"   {hit.doc}")
    handles = "handled by" if hit.kind == "route" else "routes"
    for label, names in (
        ("used by" if hit.kind == "table" else "called by", hit.callers),
        (handles, hit.routes),
        ("reads", hit.reads),
        ("writes", hit.writes),
    ):
        if names:
            more = f" and {len(names) - MAX_NEIGHBOURS} more" if len(names) > MAX_NEIGHBOURS else ""
            lines.append(f"   {label}: {', '.join(_bare(name) for name in names[:MAX_NEIGHBOURS])}{more}")
    return lines


def _bare(name: str) -> str:
    return name.partition(":")[2] if name.startswith(("table:", "route:", "template:")) else name
