"""Rows of a CSV with a header, or of JSON (a list, or an object a line), with the line of each: how tools export tables."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from typing import Any

from agent.domain.inventory import Location
from agent.inventory.runtime.gathering import Gathered

__all__ = ["header_of", "rows_of"]

MOST_CHARS = 100_000
MOST_BYTES = 200_000_000
_KEY = re.compile(r'"([A-Za-z_]\w{0,60})"\s*:')


def header_of(text: str) -> frozenset[str]:
    """Names of columns, lower case, as the beginning of a file shows them."""
    head = text.lstrip("\ufeff \n")
    if head.startswith(("[", "{")):
        return frozenset(key.lower() for key in _KEY.findall(head))
    first = head.split("\n")[0].lower()
    return frozenset(name.strip().strip('"') for name in first.replace(";", ",").replace("\t", ",").split(","))


def rows_of(name: str, lines: Iterator[str], gathered: Gathered) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, row) with lower-case names; of JSON that is one list, the number of the entry stands for the line."""
    first = next(lines, "")
    if first.lstrip("\ufeff ").startswith(("[", "{")):
        text = first + "".join(lines)
        try:
            found = json.loads(text[:MOST_BYTES])
        except (ValueError, RecursionError):
            found = [_parsed(line) for line in text.split("\n") if line.strip()]
        for number, row in enumerate(found if isinstance(found, list) else [found], 1):
            yield number, {str(k).lower(): v for k, v in row.items()} if isinstance(row, dict) else {}
        return
    separator = max(",;\t", key=first.count)

    def everything() -> Iterator[str]:
        yield first.lstrip("\ufeff").lower()
        yield from (line.replace("\0", "") for line in lines)

    csv.field_size_limit(10 * MOST_CHARS)
    reader = csv.DictReader(everything(), delimiter=separator)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            gathered.leave("rows that are no CSV", Location(path=name, line=reader.line_num))
            continue
        yield reader.line_num, {str(k): v for k, v in row.items() if k}


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return {}
