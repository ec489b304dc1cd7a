"""The writes of a rehearsal: changed cells of the replays in, how often each table is inserted into, updated or deleted from, and with what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.domain.extraction import Answer, CellChange
from agent.extraction.own_schema.tables import Table

__all__ = ["Shapes", "shapes_of"]

_LONGEST = 20_000
_MOST_VALUES, _MOST_ROWS = 50, 100
_LEAST_TABLE, _LEAST_KIND = 0.1, 0.15
_KINDS = ("insert", "update", "delete")


@dataclass
class Shapes:
    """Of one table. ``writes``: (insert, update or delete; the columns of an update) -> how often it was seen."""

    writes: Counter[tuple[str, tuple[str, ...]]] = field(default_factory=Counter)
    values: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    inserted: list[dict[str, Any]] = field(default_factory=list)

    def kinds(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for (kind, _), times in self.writes.items():
            found[kind] += times
        return found


def shapes_of(answers: Iterable[Answer], tables: Sequence[Table]) -> Mapping[str, Shapes]:
    """By table; tables that nothing was seen to change are there, too, with nothing."""
    known = {one.name: one for one in tables}
    found = {one.name: Shapes() for one in tables}
    for answer in answers:
        rows: dict[tuple[str, str, str], list[CellChange]] = defaultdict(list)
        for change in answer.changes:
            if change.table in known:
                rows[change.database, change.table, change.row].append(change)
        for (_, name, _), changes in sorted(rows.items()):
            _add(found[name], known[name], changes)
    return found


def _add(shapes: Shapes, table: Table, changes: Sequence[CellChange]) -> None:
    types = {one.name: one.type for one in table.columns}
    after = {
        one.column: _value(one.after, types[one.column])
        for one in changes
        if one.after is not None and one.column in types
    }
    if all(one.after is None for one in changes):
        shapes.writes["delete", ()] += 1
        return
    for name, value in after.items():
        if value not in shapes.values[name] and len(shapes.values[name]) < _MOST_VALUES:
            shapes.values[name].append(value)
    if all(one.before is None for one in changes):
        shapes.writes["insert", ()] += 1
        row = {name: after.get(name) for name in types}
        if len(shapes.inserted) < _MOST_ROWS and row not in shapes.inserted:
            shapes.inserted.append(row)
        return
    columns = tuple(sorted(name for name in after if name not in table.key))
    if columns:
        shapes.writes["update", columns] += 1


def _value(literal: str | None, kind: str) -> Any:
    """A literal of SQLite's as `jsonb_populate_record` takes it; None for one that was cut."""
    if literal is None or literal == "NULL" or len(literal) > _LONGEST:
        return None
    if literal.startswith("x'"):
        return "\\x" + literal[2:-1] if kind == "bytea" and "..." not in literal else None
    if literal.startswith("'"):
        return literal[1:-1].replace("''", "'").replace("\0", "")
    try:
        number = float(literal) if any(mark in literal for mark in ".eEn") else int(literal)
    except ValueError:
        return None
    if kind == "boolean":
        return bool(number)
    return str(number) if kind.startswith(("text", "character")) else number


def load_plan(found: Mapping[str, Shapes], tables: Sequence[Table]) -> dict[str, Any]:
    """For the box: weights that leave no table below a tenth and no kind of write below a seventh, since a split has to carry all of
    them whether tests make them or not."""
    total = sum(sum(one.writes.values()) for one in found.values()) or 1
    plan: dict[str, Any] = {}
    for table in tables:
        shapes = found[table.name]
        mine = sum(shapes.writes.values()) / total
        kinds = shapes.kinds()
        seen = sum(kinds.values()) or 1
        writes = []
        for kind in _KINDS:
            weight = max(mine, _LEAST_TABLE) * max(kinds[kind] / seen, _LEAST_KIND)
            ways = {columns: times for (one, columns), times in sorted(shapes.writes.items()) if one == kind}
            ways = ways or {
                columns: 1 for columns in [(_plain_column(table),) if kind == "update" else ()] if "" not in columns
            }
            writes += [[kind, list(columns), weight * times / sum(ways.values())] for columns, times in ways.items()]
        plan[table.name] = {"writes": writes, "values": dict(shapes.values), "inserted": shapes.inserted}
    return plan


def _plain_column(table: Table) -> str:
    """One that no key and no check is about; empty when there is none."""
    return next(iter(plain_columns(table)), "")


def plain_columns(table: Table) -> list[str]:
    taken = {*table.key, *(name for one in table.references for name in one.columns)}
    taken |= {name for one in table.indexes if one.unique for name in one.columns}
    return [one.name for one in table.columns if one.name not in taken]
