"""How each table moves: owners, readers and writers, declared shapes and stated volumes in; tactics, times, queries and the way back out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.assessment.case import Case
from agent.assessment.data.names import quoted
from agent.assessment.data.shapes import ColumnShape, TableShape, load_order, shapes_of
from agent.domain.boundary import SHARED, TableOwnership
from agent.domain.finding import Quantity

__all__ = ["Move", "moves_of", "validation_queries"]

ROW_OVERHEAD = (10, 40)  # bytes a row beside its values: headers, alignment, one index entry
USE_OF_LINE = (0.4, 0.8)  # of a stated bandwidth that a bulk copy gets
_WIDTHS = {
    "int": (4, 8), "number": (4, 16), "bool": (1, 1), "date": (4, 8), "time": (4, 8), "datetime": (8, 12), "uuid": (16, 36),
    "json": (20, 2000), "bytes": (0, 10_000),
}  # fmt: skip
_TRIGGER = re.compile(r"(?is)\bCREATE\s+(?:OR\s+REPLACE\s+)?TRIGGER\b.{1,300}?\bON\s+(?:[\w\"`\[\]]+\.)?[\"`\[]?(\w+)")


@dataclass(frozen=True)
class Move:
    """One table's way to its owner: the tactic, why, the way back, and what is known of volume and time."""

    table: str
    owner: str
    tactic: str
    why: str
    back: str
    quantities: tuple[Quantity, ...]
    shape: TableShape | None


# Data sets that belong to a database product or to the system's libraries: they are installed on the target, not moved.
_OF_A_PRODUCT = re.compile(
    r"(?i)(?:^|\.)(?:recon\d?|\w*reslib|\w*loadlib|\w*linklib|proclib|dbdlib|psblib|acblib\w?|sdsn\w+|scee\w+|steplib|dbrmlib|sdfs\w+|sys1)(?:\.|\(|$)"
)


def moves_of(case: Case) -> tuple[Move, ...]:
    """Every table that the proposal knows, in the order in which references allow to load them."""
    shapes = shapes_of(case)
    triggers = {
        m.group(1).lower() for s in case.sources if s.language in ("sql", "pl/sql") for m in _TRIGGER.finditer(s.code)
    }
    order = {name: number for number, name in enumerate(load_order(shapes))}
    known = [t for t in case.boundaries.tables if not _OF_A_PRODUCT.search(t.table)]
    tables = sorted(known, key=lambda t: (order.get(t.table.lower(), len(order)), t.table))
    return tuple(
        _move(case, table, shapes.get(table.table.lower()), table.table.lower() in triggers) for table in tables
    )


def _move(case: Case, table: TableOwnership, shape: TableShape | None, triggered: bool) -> Move:
    quantities = tuple(_quantities(case, table.table, shape))
    hours = next((q for q in quantities if q.name.startswith("transfer")), None)
    window = case.assumptions.workload.migration_window_hours
    late = hours is not None and window is not None and hours.high > window
    tactic, why, back = _tactic(case, table, late)
    if triggered:
        why = f"{why}; a trigger fires on it: bring that logic out first, or it runs twice"
    return Move(table.table, table.owner, tactic, why, back, quantities, shape)


def _tactic(case: Case, table: TableOwnership, late: bool) -> tuple[str, str, str]:
    writers = [w for w in table.writers if w not in (SHARED, table.owner)]
    readers = [r for r in table.readers if r not in (SHARED, table.owner, "")]
    if case.boundaries.verdict != "split":
        if late:
            return (
                "replicate",
                "the whole database moves at once, and a copy does not fit the window",
                "switch the connection back; replicate in reverse until then",
            )
        return (
            "move with the system",
            "nothing is split, so the whole database moves at once",
            "switch the connection back; nothing was written to the copy before the cut-over",
        )
    if not table.owner:
        return "settle its owner first", "no service owns it yet", "nothing has moved"
    if writers:
        return (
            "dual write with reconciliation", f"it is still written by {', '.join(writers)}, which would have to call {table.owner} first",
            "the old table stays the truth until the comparison is clean for a full cycle; then reads are switched, one service at a time",
        )  # fmt: skip
    if SHARED in table.writers and table.owner != SHARED:
        return (
            "dual write with reconciliation", "shared code writes it too, for whoever calls that code: move the writing function to its owner first",
            "the old table stays the truth until the comparison is clean for a full cycle",
        )  # fmt: skip
    if not table.writers:
        return (
            "copy",
            "no code writes it: reference data, loaded by hand or by another system",
            "read the old table again",
        )
    if readers:
        return (
            "outbox and change data capture", f"it is read by {', '.join(readers)}: a read model follows the owner's changes",
            "readers are pointed at the old table, which change data capture keeps filled in reverse for the time agreed",
        )  # fmt: skip
    if late:
        return (
            "replicate",
            "nobody else uses it, but a copy does not fit the window",
            "replicate in reverse until the old table is retired",
        )
    return "move", f"only {table.owner} uses it", "copy back what was written since, by the key and the time of change"


def _quantities(case: Case, name: str, shape: TableShape | None) -> Iterator[Quantity]:
    told = case.assumptions.workload
    rows = {k.lower(): v for k, v in told.rows.items()}.get(name.lower())
    if not rows:
        return
    each = {k.lower(): v for k, v in told.bytes_per_row.items()}.get(name.lower())
    if each:
        width, source = (each, each), f"{each:g} bytes a row (workload.bytes_per_row.{name})"
    elif shape is not None:
        width = _width(shape)
        source = f"{width[0]:g} to {width[1]:g} bytes a row (sum of the declared types' widths, {len(shape.columns)} columns, and {ROW_OVERHEAD[0]} to {ROW_OVERHEAD[1]} beside them)"
    else:
        return
    inputs = (f"{rows} rows (workload.rows.{name})", source)
    low, high = rows * width[0] / 1e9, rows * width[1] / 1e9
    yield Quantity(
        name=f"volume of {name}",
        low=round(low, 6),
        high=round(high, 6),
        unit="GB",
        formula="rows × bytes a row / 10^9",
        inputs=inputs,
    )
    if told.bandwidth_mbit:
        hours = [gigabytes * 8000 / told.bandwidth_mbit / 3600 for gigabytes in (low, high)]
        yield Quantity(
            name=f"transfer of {name}", low=round(hours[0] / USE_OF_LINE[1], 4), high=round(hours[1] / USE_OF_LINE[0], 4), unit="hours",
            formula="GB × 8000 / (Mbit/s × share of the line that a bulk copy gets) / 3600",
            inputs=(*inputs, f"{told.bandwidth_mbit:g} Mbit/s (workload.bandwidth_mbit)", f"share {USE_OF_LINE[0]:g} to {USE_OF_LINE[1]:g} (assumed)"),
        )  # fmt: skip


def _width(shape: TableShape) -> tuple[float, float]:
    low, high = ROW_OVERHEAD
    for column in shape.columns:
        small, large = _WIDTHS.get(column.kind, (1, column.length or 2000))
        low, high = low + (0 if column.nullable else small), high + large
    return float(low), float(high)


def validation_queries(shape: TableShape, exists: frozenset[str]) -> Iterator[tuple[str, str]]:
    """(what it proves, SQL that runs on either side): counts, sums and orphans, in the standard's words only."""
    name = shape.name
    yield "rows", f"SELECT COUNT(*) FROM {name}"  # noqa: S608 - a file for people, run by nobody here
    key = shape.key
    if len(key) == 1:
        column = quoted(key[0].name)
        yield "range of the key", f"SELECT MIN({column}), MAX({column}), COUNT(DISTINCT {column}) FROM {name}"  # noqa: S608
    sums = [_sum(c) for c in shape.columns if c.kind not in ("bytes", "json")]
    for start in range(0, len(sums), 12):
        yield "sums", f"SELECT {', '.join(sums[start : start + 12])} FROM {name}"  # noqa: S608
    for c in shape.columns:
        if c.references is not None and c.references[0] in exists:
            table, target = c.references
            yield (
                f"no {c.name} without its row in {table}",
                f"SELECT COUNT(*) FROM {name} c LEFT JOIN {table} p ON c.{quoted(c.name)} = p.{target} WHERE c.{quoted(c.name)} IS NOT NULL AND p.{target} IS NULL",  # noqa: S608
            )


def _sum(column: ColumnShape) -> str:
    name = quoted(column.name)
    if column.kind in ("int", "number"):
        return f"SUM({name})"
    if column.kind == "text":
        return f"SUM(CHAR_LENGTH({name}))"
    return f"COUNT({name})"
