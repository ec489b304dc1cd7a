"""What the box needs to rehearse a split: a split and the shapes of its writes in, a plan as JSON out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from agent.extraction.own_schema.ddl import checks_of, create_table, foreign_key
from agent.extraction.own_schema.scripts import MONOLITH_SCHEMA, scripts, specification
from agent.extraction.own_schema.shapes import Shapes, load_plan, plain_columns
from agent.extraction.own_schema.split import Split, in_order, quoted, with_column
from agent.extraction.own_schema.tables import Column, Table

__all__ = ["WRITES", "rehearsal_plan"]

WRITES = 10_000
_WRITERS, _PAUSE = 4, 0.010
_ROWS = 4_000
_MANY = 30
_LEDGER = Column("figwright_writes", "bigint[]", default="'{}'")
"""The rehearsal's one addition: each row keeps the numbers of the writes that it has seen, and carries them to the other side."""


def rehearsal_plan(
    split: Split,
    shapes: Mapping[str, Shapes],
    digest: str,
    elsewhere: Mapping[str, str],
    snapshots: Sequence[str] = (),
    writes: int = WRITES,
) -> dict[str, Any]:
    """Without what only the caller knows: folders, and where PostgreSQL's programs are.

    ``digest`` is the recorded database whose rows are moved under load, ``snapshots`` are others that are carried through afterwards.
    """
    ours = _plain_deletes(with_column(split, _LEDGER))
    every = in_order((*split.tables, *split.around))
    made = {one.name: one for one in (*ours.tables, *ours.around)}
    return {
        "spec": specification(ours),
        "files": dict(scripts(ours)),
        "digest": digest,
        "elsewhere": dict(elsewhere),
        "snapshots": list(snapshots),
        "writes": writes,
        "writers": _WRITERS,
        "pause": _PAUSE if writes >= WRITES else 5 * _PAUSE,
        "wanted": max(min(_ROWS, writes) // (len(split.tables) + 1), 100),
        "tables": [_table(one, split) for one in every],
        "shapes": load_plan(shapes, split.tables),
        "monolith_sql": "".join(create_table(made[one.name], MONOLITH_SCHEMA) for one in every),
        "references_sql": [
            (
                one.name,
                f"ALTER TABLE {quoted(MONOLITH_SCHEMA)}.{quoted(one.name)} ADD {foreign_key(reference, MONOLITH_SCHEMA)}",
            )
            for one in every
            for reference in made[one.name].references
            if reference.table in made
        ],
    }


def _plain_deletes(split: Split) -> Split:
    """A row that goes with another one takes its ledger with it, so in the rehearsal nothing goes by itself."""

    def plain(table: Table) -> Table:
        return replace(table, references=tuple(replace(one, on_delete="") for one in table.references))

    return replace(
        split,
        tables=tuple(plain(one) for one in split.tables),
        around=tuple(plain(one) for one in split.around),
        border=tuple(replace(one, reference=replace(one.reference, on_delete="")) for one in split.border),
    )


def _table(table: Table, split: Split) -> dict[str, Any]:
    nullable = {one.name for one in table.columns if not one.required}
    checked = " ".join(checks_of(table)[0])
    altered = [name for name in plain_columns(table) if name in nullable and quoted(name) not in checked]
    return {
        "name": table.name,
        "moves": table.name in split.names,
        "parents": _parents(table, split),
        "key": list(table.key),
        "identity": table.identity,
        "columns": [
            {"name": one.name, "type": one.type, "required": one.required, "six": one.six} for one in table.columns
        ],
        "uniques": [list(one.columns) for one in table.indexes if one.unique],
        "references": [
            {"columns": list(one.columns), "table": one.table, "to": list(one.to)} for one in table.references
        ],
        "altered": altered[0] if altered else "",
    }


def _parents(table: Table, split: Split) -> int:
    """How many times a few rows others need of it: many for a table of which each of theirs takes one."""
    found = 0
    for one in (*split.tables, *split.around):
        uniques = [set(one.key), *(set(index.columns) for index in one.indexes if index.unique)]
        for reference in one.references:
            if reference.table == table.name:
                found = max(found, _MANY if set(reference.columns) in uniques else 1)
    return found
