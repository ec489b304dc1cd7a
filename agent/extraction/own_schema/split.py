"""A split: the tables that move, and the border that it cuts through foreign keys; a decision and described tables in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agent.extraction.own_schema.deciding import Decision, Refused
from agent.extraction.own_schema.tables import Column, Reference, Table

__all__ = ["Border", "Split", "make_split", "quoted", "schema_name", "with_column"]


@dataclass(frozen=True)
class Border:
    """A foreign key that becomes a plain column. ``inside``: whether the column is in a table that moves (else what it refers to is)."""

    table: str
    reference: Reference
    inside: bool


@dataclass(frozen=True)
class Split:
    """``tables`` in an order in which each comes after what it refers to. ``around``: the tables of the border that stay."""

    service: str
    schema: str
    tables: tuple[Table, ...]
    border: tuple[Border, ...] = ()
    around: tuple[Table, ...] = ()
    refused: tuple[Refused, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.tables)


def make_split(service: str, decision: Decision, described: Sequence[Table]) -> Split:
    """A table that PostgreSQL cannot follow stays behind and is refused."""
    known = {one.name: one for one in described}
    refused = list(decision.refused)
    moving = []
    for name in decision.moving:
        table = known.get(name)
        if table is None or table.cannot:
            refused.append(Refused(name, table.cannot if table else "no recorded database that can be read holds it"))
        else:
            moving.append(table)
    names = {one.name for one in moving}
    around = tuple(one for one in described if one.name not in names and not one.cannot)
    border = []
    for table in sorted(described, key=lambda one: one.name):
        for reference in table.references:
            if (table.name in names) != (reference.table in names):
                border.append(Border(table.name, reference, table.name in names))
    return Split(service, schema_name(service), in_order(moving), tuple(border), in_order(around), tuple(refused))


def schema_name(service: str) -> str:
    """The service's name as that of a schema."""
    plain = re.sub(r"[^a-z0-9]+", "_", service.lower()).strip("_")[:50] or "service"
    return (
        f"{plain}_service"
        if plain in ("public", "split", "pg_catalog", "information_schema") or plain.startswith("pg_")
        else plain
    )


def in_order(tables: Sequence[Table]) -> tuple[Table, ...]:
    """Each after those that it refers to; where they refer to each other, by name."""
    left: Mapping[str, Table] = {one.name: one for one in sorted(tables, key=lambda one: one.name)}
    found: list[Table] = []
    while left:
        free = [
            one
            for one in left.values()
            if not any(ref.table in left and ref.table != one.name for ref in one.references)
        ]
        found += free or [next(iter(left.values()))]
        left = {name: one for name, one in left.items() if one not in found}
    return tuple(found)


def quoted(name: str) -> str:
    """An identifier of PostgreSQL's. Names with a quotation mark never come here (`plain_name`)."""
    return f'"{name}"'


def with_column(split: Split, column: Column) -> Split:
    """The same with one more column on each table that moves."""
    return replace(split, tables=tuple(replace(one, columns=(*one.columns, column)) for one in split.tables))
