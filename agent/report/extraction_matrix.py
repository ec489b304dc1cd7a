"""An extraction's tables by who was seen to change them, for page and Markdown: evidence in, a matrix out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agent.domain.boundary import SHARED
from agent.domain.evidence import MONOLITH
from agent.domain.extraction import Evidence, Ownership, Rung
from agent.domain.wording import counted
from agent.report.number_format import percent

__all__ = ["Cell", "Matrix", "MatrixRow", "matrix", "said_of_lines"]


@dataclass(frozen=True)
class Cell:
    """``seen``: requests that changed the table. ``kind``: *predicted*; *shared*: not by name, but code that services share
    writes the table, so that whoever uses it does; *not predicted*; *not seen*, though predicted."""

    seen: int
    kind: str


@dataclass(frozen=True)
class MatrixRow:
    table: str
    owner: str
    cells: tuple[Cell | None, ...]
    alone: bool  # nobody but the service was seen to change it


@dataclass(frozen=True)
class Matrix:
    """Tables by writers, the service first, the monolith last. The counts are of cells."""

    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    agreed: int
    shared: int
    unpredicted: int
    unseen: int
    alone: int
    written: int  # tables that the service was seen to change


def matrix(evidence: Evidence) -> Matrix:
    """Of all tables that recorded requests changed."""
    weight: Counter[str] = Counter()
    for one in evidence.ownership:
        weight.update(dict(one.writers))
        weight.update(dict.fromkeys(set(one.predicted) - {SHARED}, 0))
    columns = sorted(weight, key=lambda name: (name != evidence.service, name == MONOLITH, -weight[name], name))
    rows = [_row(one, columns, evidence.service) for one in evidence.ownership]
    rows.sort(
        key=lambda row: (row.cells[:1] == (None,), not row.alone, row.table) if columns else (False, False, row.table)
    )
    kinds = Counter(cell.kind for row in rows for cell in row.cells if cell)
    return Matrix(
        columns=tuple(columns),
        rows=tuple(rows),
        agreed=kinds["predicted"],
        shared=kinds["shared"],
        unpredicted=kinds["not predicted"],
        unseen=kinds["not seen"],
        alone=sum(row.alone for row in rows),
        written=sum(evidence.service in dict(one.writers) for one in evidence.ownership),
    )


def _row(one: Ownership, columns: Sequence[str], service: str) -> MatrixRow:
    seen = dict(one.writers)
    cells: list[Cell | None] = []
    for name in columns:
        if name in seen:
            kind = "predicted" if name in one.predicted else "shared" if SHARED in one.predicted else "not predicted"
            cells.append(Cell(seen[name], kind))
        else:
            cells.append(Cell(0, "not seen") if name in one.predicted else None)
    owner = MONOLITH if one.owner == SHARED else one.owner
    return MatrixRow(one.table, owner, tuple(cells), set(seen) == {service})


def said_of_lines(rung: Rung) -> str:
    """``1,420 of 4,901 lines (29%)``."""
    lines, of = rung.lines or 0, rung.lines_of or 0
    return f"{lines:,} of {counted(of, 'line')} ({percent(lines / of)})" if of else f"{counted(lines, 'line')}"
