"""What a parameter may be given: values of the snapshot's own tables, of other requests, of the code, and the edges of its kind.

In: a parameter, its name and what it was; out: values, each with the reason for it, the most promising first.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

__all__ = ["Pool", "Value", "edges", "literals", "read_tables"]

Value = tuple[str, Any]
"""(reason, value)"""
_MOST_ROWS, _MOST_COLUMNS, _MOST_TABLES, _MOST_TEXT = 400, 80, 200, 400
_NUMBER = re.compile(r"^[+-]?\d{1,18}$")
_DECIMAL = re.compile(r"^[+-]?\d{1,15}\.\d{1,12}$")
_DATE = re.compile(r"^(\d{4})-(\d\d)-(\d\d)(.*)$", re.DOTALL)
_LITERAL = re.compile(r"""(?<![\w.])(?:(\d{1,9}(?:\.\d{1,6})?)(?![\w.])|"([^"\\\n]{1,40})"|'([^'\\\n]{1,40})')""")
_WORDS = re.compile(r"[a-z]+|\d+")
_LONG = "x" * 300
_FAR_ID = 987654


@dataclass(frozen=True)
class Pool:
    """Columns of all tables that a recording's snapshots hold: (table, column) -> distinct values, in the rows' order."""

    columns: Mapping[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)

    def like(self, name: str, value: Any) -> Iterator[Value]:
        """Values of columns that hold what the parameter was, then of columns that are called like it."""
        text = _text(value)
        wanted = _words(name)
        by_value = [key for key, held in self.columns.items() if text and any(_text(one) == text for one in held)]
        by_name = [key for key in self.columns if _named(wanted, key)]
        both = [key for key in by_value if key in by_name]
        few = [key for key in by_value if key not in by_name][:4] if not both else []
        for key in dict.fromkeys([*both, *by_name, *few]):
            held = [one for one in self.columns[key] if one not in (None, "") and _text(one) != text]
            for one in _spread(held, 3):
                yield f"a value of {key[0]}.{key[1]}", _text(one)
        for key in dict.fromkeys([*both, *by_name]):
            numbers = [one for one in self.columns[key] if isinstance(one, int)]
            if numbers:
                yield f"no value of {key[0]}.{key[1]}", str(max(numbers) + 1)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _words(name: str) -> tuple[str, ...]:
    """``lines-0-product_id`` -> product, id: what numbers tell apart is alike."""
    snake = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
    return tuple(_single(word) for word in _WORDS.findall(snake) if not word.isdigit())


def _single(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _named(wanted: Sequence[str], key: tuple[str, str]) -> bool:
    """Whether a parameter with these words is likely to mean that column."""
    table, column = _words(key[0]), _words(key[1])
    if not wanted or not column:
        return False
    if tuple(wanted) == column or (column[-len(wanted) :] == tuple(wanted) and len(wanted) > 1):
        return True
    whole = (*table, *column)
    if tuple(wanted[-len(column) :]) == column and all(word in whole for word in wanted):
        return True
    # `customer` and `customer_id` are the key of the table that is called so
    plain = tuple(word for word in wanted if word not in ("id", "pk", "key"))
    return column in (("id",), ("pk",)) and bool(plain or not wanted) and plain == table[-len(plain) :]


def read_tables(content: bytes) -> Mapping[tuple[str, str], tuple[Any, ...]]:
    """(table, column) -> distinct values of a SQLite file. Whatever cannot be read is left out: nothing of it is trusted."""
    if not content:
        return {}
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            # A file in WAL mode cannot be opened from memory
            connection.deserialize(content[:18] + b"\x01\x01" + content[20:])
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            listed = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
            ).fetchmany(_MOST_TABLES)
        except (sqlite3.Error, OverflowError):
            return {}
        for (table,) in listed:
            found.update(_columns(connection, str(table)))
    return found


def _columns(connection: sqlite3.Connection, table: str) -> Iterator[tuple[tuple[str, str], tuple[Any, ...]]]:
    quoted = table.replace('"', '""')
    try:
        cursor = connection.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608 - a name of its own, quoted
        rows = cursor.fetchmany(_MOST_ROWS)
    except sqlite3.Error:
        return
    for number, described in enumerate((cursor.description or ())[:_MOST_COLUMNS]):
        held = (row[number] for row in rows)
        plain = [
            one for one in held if isinstance(one, (int, float)) or (isinstance(one, str) and len(one) <= _MOST_TEXT)
        ]
        yield (table, str(described[0])), tuple(dict.fromkeys(plain))


def _spread(held: Sequence[Any], most: int) -> list[Any]:
    if len(held) <= most:
        return list(held)
    return [held[round(i * (len(held) - 1) / (most - 1))] for i in range(most)]


def literals(texts: Iterable[str]) -> tuple[str, ...]:
    """Numbers and short texts that stand in source code, with the numbers next to each: where it decides, it decides there."""
    found: dict[str, None] = {}
    for text in texts:
        for match in _LITERAL.finditer(text):
            if match[1] and "." not in match[1]:
                number = int(match[1])
                found.update(dict.fromkeys((str(number), str(number + 1), str(number - 1))))
            else:
                found[match[1] or match[2] or match[3]] = None
    return tuple(found)


def edges(value: Any) -> Iterator[Value]:
    """The edges of what a value seems to be: a number, a date, a switch, text, JSON's own kinds."""
    if isinstance(value, bool):
        yield "boundary: the other truth", not value
        yield from _wrong(value)
    elif isinstance(value, (int, float)):
        for one in (0, -1, value + 1, value - 1, value * 2, 10**12, 0.5):
            yield "boundary: a number", one
        yield from _wrong(value)
    elif isinstance(value, str):
        yield from _text_edges(value)
    else:
        yield from _wrong(value)


def _wrong(value: Any) -> Iterator[Value]:
    others: tuple[Any, ...] = (None, "", "text", 7, True, [], {})
    for one in others:
        if type(one) is not type(value):
            yield "boundary: another type", one


def _text_edges(value: str) -> Iterator[Value]:
    yield "boundary: empty", ""
    if _NUMBER.match(value):
        number = int(value)
        for one in (0, number + 1, number - 1, -1, number * 2, 1, 10**9, 10**20):
            yield "boundary: a number", str(one)
        for text in ("1.5", "0.01", "abc", f" {value} ", f"0{value}"):
            yield "boundary: another type", text
    elif _DECIMAL.match(value):
        for text in ("0", "0.00", "-1", "0.01", "0.001", str(round(float(value) + 1, 2)), str(round(float(value) * 2, 2)),
                     "1e3", "nan", "999999999.99"):  # fmt: skip
            yield "boundary: a number", text
        yield "boundary: another type", "abc"
    elif found := _DATE.match(value):
        yield from _date_edges(found)
    elif value.lower() in ("on", "true", "false", "yes", "no", "y", "n", "off"):
        for text in ("on", "false", "true", "0", "1", "no"):
            yield "boundary: a switch", text
    else:
        yield from _plain_edges(value)


def _date_edges(found: re.Match[str]) -> Iterator[Value]:
    rest = found[4]
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        day = date(2024, 2, 28)
    for days in (1, -1, 30, -30, 400, -400):
        try:
            yield "boundary: a date", (day + timedelta(days=days)).isoformat() + rest
        except OverflowError:
            continue
    for text in ("1970-01-01", "2999-12-31"):
        yield "boundary: a date", text + rest
    for text in ("2024-02-30", "tomorrow", "7"):
        yield "boundary: another type", text
    if rest:
        yield "boundary: a date", day.isoformat()


def _plain_edges(value: str) -> Iterator[Value]:
    for text in (" ", f" {value} ", "Ünïcøde ✓ 漢字", value.upper(), value.lower(), value[:1], value + value, "a"):
        if text != value:
            yield "boundary: text", text
    for text in ("<b>&\"'</b>", "%_\\", "../x"):
        yield "boundary: signs", text
    if "@" in value:
        yield "boundary: an address", value.replace("@", "")
        yield "boundary: an address", f"other.{value}"
    yield "boundary: long", _LONG
    yield "boundary: very long", _LONG * 12
    for text in ("0", "-1", "1", str(_FAR_ID)):
        yield "boundary: another type", text
