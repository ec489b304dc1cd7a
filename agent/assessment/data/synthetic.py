"""Synthetic rows for load tests and rehearsals: shapes of tables and row counts in; rows out, referentially whole, the same each time.

No row comes from production: only the schema is read. Each table draws from a generator of its own, seeded by its name, so that
a table more or a row more elsewhere changes nothing here. Distributions are even; skew has to be measured and is not invented.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from faker import Faker

from agent.assessment.data.names import quoted
from agent.assessment.data.shapes import ColumnShape, TableShape, load_order
from agent.assessment.data.values import Value, value_of

__all__ = ["Synthetic", "make_rows", "write_csv", "write_inserts"]

NULLS = 0.1  # of columns that may be empty
LONGEST_DISTINCT = 12


@dataclass(frozen=True)
class Synthetic:
    """Rows by table in the order in which they can be loaded; ``late`` are (table, key columns, column, row) set after all rows are there."""

    shapes: Mapping[str, TableShape]
    rows: Mapping[str, list[dict[str, Value]]]
    late: tuple[tuple[str, str, int, Value], ...]  # (table, column, number of the row, value)


def make_rows(shapes: Mapping[str, TableShape], counts: Mapping[str, int], seed: int = 0) -> Synthetic:
    """``counts[table]`` rows of each; a table whose keys allow fewer gets fewer."""
    rows: dict[str, list[dict[str, Value]]] = {}
    late: list[tuple[str, str, int, Value]] = []
    order = load_order(dict(shapes))
    for name in order:
        rows[name] = list(_table(shapes[name], counts.get(name, 0), rows, seed, set(order) - set(rows) - {name}))
    for name in order:
        late.extend(_late(shapes[name], rows, seed, order))
    return Synthetic(shapes, rows, tuple(late))


def _generator(name: str, seed: int) -> Faker:
    fake = Faker("en_US")
    fake.seed_instance(int.from_bytes(hashlib.sha256(f"{seed} {name}".encode()).digest()[:8], "big"))
    return fake


def _table(
    shape: TableShape, count: int, rows: Mapping[str, list[dict[str, Value]]], seed: int, later: set[str]
) -> Iterator[dict[str, Value]]:
    fake = _generator(shape.name, seed)
    key = [c for c in shape.columns if c.primary]
    seen: set[tuple[Value, ...]] = set()
    for number in range(count):
        row: dict[str, Value] = {}
        strides = _digits(key, rows, number) if len(key) > 1 else {}
        for column in shape.columns:
            if column.references is not None:
                row[column.name] = _parent(column, shape, rows, number, fake, later, strides)
            elif column.primary or column.unique:
                row[column.name] = _distinct(column, number, strides.get(column.name))
            elif column.nullable and not column.choices and fake.random.random() < NULLS:
                row[column.name] = None
            else:
                row[column.name] = value_of(column, fake)
        identity = tuple(row[c.name] for c in key)
        if any(row[c.name] is None for c in shape.columns if not c.nullable) or (key and identity in seen):
            continue  # no parent to refer to, or no key left
        seen.add(identity)
        yield row


def _digits(key: list[ColumnShape], rows: Mapping[str, list[dict[str, Value]]], number: int) -> dict[str, int]:
    """The number of a row as digits, one for each column of its key: combinations do not repeat before all were had."""
    found = {}
    for column in key:
        parents = len(rows.get(column.references[0], ())) if column.references else 0
        if parents:
            found[column.name] = number % parents
            number //= parents
    for column in key:
        if column.name not in found:
            found[column.name], number = number, 0
    return found


def _parent(
    column: ColumnShape, shape: TableShape, rows: Mapping[str, list[dict[str, Value]]], number: int, fake: Faker, later: set[str], digits: Mapping[str, int],
) -> Value:  # fmt: skip
    """The key of a row that exists: of an earlier row in the same table, and nothing yet of a table that comes later."""
    if column.references is None:
        return None
    table, name = column.references
    if table == shape.name.lower():
        return None
    if table in later:
        return None
    parents = rows.get(table, [])
    if not parents or (column.nullable and not column.primary and fake.random.random() < NULLS):
        return None
    at = digits.get(
        column.name, number if column.unique or column.primary else int(fake.random_int(0, len(parents) - 1))
    )
    return parents[at][name] if at < len(parents) else None


def _late(
    shape: TableShape, rows: Mapping[str, list[dict[str, Value]]], seed: int, order: list[str]
) -> Iterator[tuple[str, str, int, Value]]:
    """References in a circle or to the table itself: set where the column may be empty, once all rows are there."""
    name = shape.name.lower()
    fake = _generator(f"{name} late", seed)
    for column in shape.columns:
        if column.references is None or not column.nullable or column.primary:
            continue
        table, key = column.references
        if table != name and order.index(table) < order.index(name):
            continue
        for number, row in enumerate(rows[name]):
            parents = rows[table][:number] if table == name else rows[table]
            if parents and fake.random.random() >= NULLS:
                value = parents[int(fake.random_int(0, len(parents) - 1))][key]
                row[column.name] = value
                yield name, column.name, number, value


def _distinct(column: ColumnShape, number: int, digit: int | None) -> Value:
    """A value that no other row has, as short as it has to be."""
    n = (number if digit is None else digit) + 1
    if column.kind in ("int", "number"):
        return n
    if column.kind == "uuid":
        return f"00000000-0000-4000-8000-{n:012x}"
    if column.kind in ("date", "datetime"):
        return f"{2000 + n // 336:04d}-{n // 28 % 12 + 1:02d}-{n % 28 + 1:02d}"
    width = min(column.length or LONGEST_DISTINCT, LONGEST_DISTINCT)
    text = _base36(n)
    return f"{column.name[:1].upper()}{text.rjust(width - 1, '0')}"[:width] if len(text) < width else text[-width:]


def _base36(n: int) -> str:
    digits = ""
    while n:
        n, rest = divmod(n, 36)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest] + digits
    return digits or "0"


def write_csv(made: Synthetic, table: str) -> str:
    """One table as CSV with a head; what is empty is an empty field."""
    out = io.StringIO()
    shape = made.shapes[table]
    names = [c.name for c in shape.columns]
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    for row in made.rows[table]:
        writer.writerow({name: "" if row[name] is None else row[name] for name in names})
    return out.getvalue()


def write_inserts(made: Synthetic) -> str:
    """All tables as INSERT statements in an order that foreign keys allow; references in a circle are set at the end."""
    late = {(table, column, number) for table, column, number, _ in made.late}
    parts = ["-- Synthetic rows, made from the schema alone: none of them comes from production.\n"]
    for table, rows in made.rows.items():
        shape = made.shapes[table]
        names = [c.name for c in shape.columns]
        for number, row in enumerate(rows):
            values = ["NULL" if (table, name, number) in late else _literal(row[name]) for name in names]
            parts.append(f"INSERT INTO {shape.name} ({', '.join(map(quoted, names))}) VALUES ({', '.join(values)});\n")  # noqa: S608 - a file of made-up rows, run by nobody here
    for table, column, number, value in made.late:
        shape = made.shapes[table]
        where = " AND ".join(f"{quoted(c.name)} = {_literal(made.rows[table][number][c.name])}" for c in shape.key)
        if where:
            parts.append(f"UPDATE {shape.name} SET {quoted(column)} = {_literal(value)} WHERE {where};\n")  # noqa: S608 - a file of made-up rows, run by nobody here
    return "".join(parts)


def _literal(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, (int, float)):
        return repr(value)
    return "'" + value.replace("'", "''") + "'"
