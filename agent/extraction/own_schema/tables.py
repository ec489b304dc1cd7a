"""Tables as a recorded SQLite database declares them, and what PostgreSQL calls their columns' types: JSON of the box in, nouns out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from agent.errors import ExtractionError

__all__ = ["Column", "Index", "Reference", "Table", "plain_name", "read_tables", "typed"]

_LENGTH = re.compile(r"\(\s*(\d{1,6})\s*\)")
_PRECISION = re.compile(r"\(\s*(\d{1,4})\s*,\s*(\d{1,4})\s*\)")
_INT, _FLOAT, _MOMENT = "bigint", "double precision", "timestamp without time zone"
_TYPES = (
    (("bool",), "boolean"),
    (("datetime", "timestamp"), _MOMENT),
    (("date",), "date"),
    (("time",), "time without time zone"),
    (("int", "serial"), _INT),
    (("decimal", "numeric"), "numeric"),
    (("real", "floa", "doub"), _FLOAT),
    (("blob", "binary", "bytea"), "bytea"),
    (("char", "clob", "text", "uuid", "json", "enum", "string"), "text"),
)
"""By the first word that the declared type contains, which is how SQLite itself goes about it."""


@dataclass(frozen=True)
class Reference:
    """A foreign key. ``columns`` of this table are ``to`` of ``table``."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]
    on_delete: str = ""


@dataclass(frozen=True)
class Index:
    columns: tuple[str, ...]
    unique: bool


@dataclass(frozen=True)
class Column:
    """``type`` is PostgreSQL's; ``note`` says why it is not the one that was declared. ``six``: times end in six digits."""

    name: str
    type: str
    required: bool = False
    default: str = ""  # as SQLite has it
    note: str = ""
    six: bool = False


@dataclass(frozen=True)
class Table:
    """``key``: the primary key's columns, in its order. ``cannot`` says why it cannot move; ``sql`` is how SQLite made it."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    indexes: tuple[Index, ...] = ()
    sql: str = ""
    rows: int = 0
    cannot: str = ""

    @property
    def identity(self) -> str:
        """The column that numbers itself; empty when the key is no single whole number."""
        types = {one.name: one.type for one in self.columns}
        return self.key[0] if len(self.key) == 1 and types.get(self.key[0]) == _INT else ""


def plain_name(name: str) -> bool:
    """Whether PostgreSQL can hold it, and no script can be broken by it."""
    return 0 < len(name.encode("utf-8", "replace")) <= 63 and not re.search(r"[\x00-\x1f\x7f\"'\\$`;{}]", name)


def typed(declared: str, seen: Mapping[str, Any]) -> tuple[str, str]:
    """(PostgreSQL's type, why it is not what was declared). ``seen``: the column's values, as the box describes them."""
    word = declared.lower()
    kind = next((name for parts, name in _TYPES if any(part in word for part in parts)), "")
    if not kind:
        kind = "text" if not set(seen.get("storage", ())) - {"text"} else "numeric"
    if kind == "text" and (length := _LENGTH.search(word)) and 0 < int(length.group(1)) <= 10_000:
        if seen.get("longest", 0) > int(length.group(1)):
            return "text", f"declared {declared}, and a recorded value has {seen['longest']} characters"
        kind = f"character varying({int(length.group(1))})"
    if kind == "numeric" and (precision := _PRECISION.search(word)):
        kind = f"numeric({precision.group(1)}, {precision.group(2)})"
    if _fits(kind, seen):
        return kind, ""
    return "text", f"declared {declared or 'without a type'}, and its recorded values are none of that type"


def _fits(kind: str, seen: Mapping[str, Any]) -> bool:
    storage, forms = set(seen.get("storage", ())), set(seen.get("forms", ()))
    if kind == "boolean":
        return storage <= {"integer"} and bool(seen.get("bits", True))
    if kind == _INT:
        return storage <= {"integer"}
    if kind == _FLOAT:
        return storage <= {"integer", "real"}
    if kind.startswith("numeric"):
        return "blob" not in storage and ("text" not in storage or "number" in forms)
    if kind == "bytea":
        return storage <= {"blob"}
    wanted = {"date": "date", "time without time zone": "time", _MOMENT: "moment"}.get(kind)
    if wanted:
        return storage <= {"text"} and ("text" not in storage or wanted in forms)
    return storage <= {"text"}


def read_tables(found: Iterable[Mapping[str, Any]]) -> tuple[Table, ...]:
    """What the box described. Raises ExtractionError when that is no description: the repository's code ran beside it."""
    try:
        tables = {one["name"]: _table(one) for one in found}
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ExtractionError(
            f"the recorded databases cannot be described ({type(error).__name__}: {error})."
        ) from None
    return tuple(replace(one, references=_resolved(one, tables)) for _, one in sorted(tables.items()))


def _table(found: Mapping[str, Any]) -> Table:
    made = [_column(one) for one in found["columns"] if not one["made"]]
    key = tuple(one["name"] for one in sorted(found["columns"], key=lambda one: int(one["key"])) if one["key"])
    names = {one.name for one in made}
    indexes = tuple(
        Index(tuple(one["columns"]), bool(one["unique"]))
        for one in found["indexes"]
        if one["origin"] != "pk" and not one["partial"] and set(one["columns"]) <= names
    )
    references = tuple(
        Reference(tuple(one["columns"]), one["table"], tuple(name or "" for name in one["to"]), one["on_delete"])
        for one in found["references"]
    )
    return Table(
        found["name"], tuple(made), key, references, tuple(dict.fromkeys(indexes)), str(found["sql"])[:100_000],
        int(found["rows"]), _cannot(found, made, key),
    )  # fmt: skip


def _column(found: Mapping[str, Any]) -> Column:
    kind, note = typed(str(found["declared"] or ""), found)
    default = "" if found["default"] is None else str(found["default"])
    return Column(found["name"], kind, bool(found["required"] or found["key"]), default, note, bool(found.get("six")))


def _cannot(found: Mapping[str, Any], made: list[Column], key: tuple[str, ...]) -> str:
    """Empty when it can move."""
    odd = [name for name in (found["name"], *(one.name for one in made)) if not plain_name(name)]
    if odd:
        return f"PostgreSQL cannot hold the name {odd[0]!r}"
    if not key:
        return "it has no primary key, by which a row could be followed"
    if any(one["nul"] for one in found["columns"]):
        return "a recorded value contains a NUL character, which PostgreSQL does not store"
    if any(set(one["storage"]) >= {"blob", "text"} for one in found["columns"]):
        return "a column holds text and bytes"
    return ""


def _resolved(table: Table, tables: Mapping[str, Table]) -> tuple[Reference, ...]:
    """A foreign key that names no column means the other's primary key; SQLite does not mind the case of a name."""
    folded = {name.lower(): name for name in tables}
    found = []
    for one in table.references:
        parent = folded.get(one.table.lower())
        if parent is None:
            continue
        to = one.to if all(one.to) else tables[parent].key
        if len(to) == len(one.columns):
            found.append(replace(one, table=parent, to=to))
    return tuple(sorted(found, key=lambda one: (one.columns, one.table)))
