"""Where a key stands in a TOML file: text and keys in, line numbers out, since the parser keeps none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

__all__ = ["line_of", "with_places"]

_HEAD = re.compile(r"\s*\[\[?\s*([^\]]{1,400}?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""\s*((?:"[^"]{0,300}"|'[^']{0,300}'|[\w-]{1,100})(?:\s*\.\s*(?:"[^"]{0,300}"|'[^']{0,300}'|[\w-]{1,100})){0,8})\s*="""
)
_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*\.?""")
_PLACED = ("answers", "schedule")
_LISTED = ("effort_history",)


def line_of(text: str, keys: Sequence[str]) -> int:
    """The line on which the key stands, the parts of its name joined by dots; else that of its table; 0 for neither."""
    wanted, best = ".".join(keys), 0
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        head = _HEAD.match(line)
        if head:
            table = _name(head[1])
            if wanted == table or (not best and wanted.startswith(f"{table}.")):
                best = number
            continue
        key = _KEY.match(line)
        name = key and ".".join(part for part in (table, _name(key[1])) if part)
        for prefix in ("", "tool.figwright."):
            if name == prefix + wanted:
                return number
            if name and (prefix + wanted).startswith(f"{name}."):
                best = number
    return best


def with_places(table: dict[str, Any], text: str, name: str) -> dict[str, Any]:
    """The same table; each answer and date as {"text", "place"} with the file's name and line, past work with its "place"."""
    found = dict(table)
    for key in _PLACED:
        if isinstance(found.get(key), dict):
            found[key] = _placed(found[key], text, name, (key,))
    for key in _LISTED:
        entries = [found[key]] if isinstance(found.get(key), dict) else found.get(key)
        if isinstance(entries, list):
            found[key] = _placed_list(entries, text, name, key)
    return found


def _placed_list(entries: list[Any], text: str, name: str, key: str) -> list[Any]:
    """Tables of an array with the line of their head or, where it is written inline, of its key."""
    heads = (_HEAD.match(line) for line in text.splitlines())
    lines = [n for n, head in enumerate(heads, 1) if head and _name(head[1]).removeprefix("tool.figwright.") == key]
    if len(lines) != len(entries):
        lines = [line_of(text, (key,))] * len(entries)
    return [
        {**entry, "place": f"{name}:{line}" if line else name} if isinstance(entry, dict) else entry
        for entry, line in zip(entries, lines, strict=True)
    ]


def _placed(table: dict[str, Any], text: str, name: str, above: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        keys = (*above, key)
        if isinstance(value, dict):
            found[key] = _placed(value, text, name, keys)
            continue
        line = line_of(text, keys)
        shown = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value).strip()
        found[key] = {"text": shown, "place": f"{name}:{line}" if line else name}
    return found


def _name(dotted: str) -> str:
    return ".".join(a or b or c for a, b, c in _PART.findall(dotted))
