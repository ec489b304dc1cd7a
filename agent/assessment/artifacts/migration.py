"""What a data migration needs on paper: how tables move in; a page, and queries to run on both sides, out."""

from __future__ import annotations

from agent.assessment.case import Case
from agent.assessment.data.moves import Move, moves_of, validation_queries
from agent.domain.boundary import SHARED

__all__ = ["migration"]

HEAD = """\
-- Run each on the old side and on the new one, after the last change has arrived: the answers have to be equal, and those
-- that count rows without a partner have to be 0. CHAR_LENGTH is LENGTH in Oracle and SQLite, LEN in SQL Server.
"""


def migration(case: Case) -> dict[str, str]:
    """``data/tables.md`` and ``data/validation.sql``; nothing for a system without tables."""
    moves = moves_of(case)
    if not moves:
        return {}
    exists = frozenset(m.table.lower() for m in moves if m.shape is not None)
    parts = [HEAD]
    for move in moves:
        if move.shape is not None:
            parts.append(f"\n-- {move.table}\n")
            parts += [f"{sql}; -- {what}\n" for what, sql in validation_queries(move.shape, exists)]
    return {"data/tables.md": _page(case, moves), "data/validation.sql": "".join(parts)}


def _page(case: Case, moves: tuple[Move, ...]) -> str:
    lines = [
        f"# How the tables of {case.inventory.name} move", "",
        "In the order in which references allow to load them. A snapshot with a version (backup, export with the commit of its schema) comes before each; "
        "it is kept until the table's way back is no longer needed.", "",
        "| Table | Owner | Tactic | Why | Volume | Hours | Way back |", "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for move in moves:
        volume = next(
            (f"{q.low:g} to {q.high:g} GB" for q in move.quantities if q.name.startswith("volume")), "not stated"
        )
        hours = next(
            (f"{q.low:g} to {q.high:g}" for q in move.quantities if q.name.startswith("transfer")), "not stated"
        )
        owner = {"": "nobody yet", SHARED: "shared code"}.get(move.owner, move.owner)
        lines.append(f"| {move.table} | {owner} | {move.tactic} | {move.why} | {volume} | {hours} | {move.back} |")
    undeclared = [m.table for m in moves if m.shape is None]
    if undeclared:
        lines += ["", f"Not declared in the repository, so without queries: {', '.join(undeclared)}."]
    return "\n".join([*lines, ""])
