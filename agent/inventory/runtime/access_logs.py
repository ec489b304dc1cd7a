"""Access logs in the common or the combined format (Apache httpd, nginx, Tomcat, gunicorn): counts of requests by path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from agent.domain.inventory import Location
from agent.inventory.runtime.gathering import Gathered

__all__ = ["is_access_log", "read_access_log"]

LINE = re.compile(r'^\S+ \S+ .{0,200}?\[[^\]]{10,60}\] "')
MOST_LINES = 5_000_000
MOST_CHARS = 20_000
METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())


def is_access_log(text: str) -> bool:
    """Whether one of the first lines looks like ``host ident user [time] "request" ...``."""
    return any(LINE.match(line) for line in text.split("\n"))


def read_access_log(name: str, lines: Iterator[str], gathered: Gathered) -> int:
    """Requests that were understood."""
    from apachelogs import COMBINED, COMMON, InvalidEntryError, LogParser

    parsers = [LogParser(COMBINED), LogParser(COMMON)]
    records = 0
    for number, line in enumerate(lines, 1):
        where = Location(path=name, line=number)
        if number > MOST_LINES:
            gathered.leave(f"after {MOST_LINES:,} lines", where)
            break
        text = line.rstrip("\r\n")
        if not text.strip() or text.startswith("#"):
            continue
        entry = None
        for parser in parsers if len(text) <= MOST_CHARS else ():
            try:
                entry = parser.parse(text)
            except InvalidEntryError:
                continue
            parsers.sort(key=lambda each: each is not parser)  # a log keeps to one format
            break
        method, path = _request(entry.request_line if entry is not None else None)
        if not method or entry is None:
            gathered.leave("lines that are no request in the common or combined format", where)
            continue
        status = entry.final_status
        if status in (404, 405, 400):
            gathered.leave("requests that no route answered (400, 404, 405)", where)
            continue
        gathered.request(method, path, status is not None and status >= 500, where)
        records += 1
    return records


def _request(line: str | None) -> tuple[str, str]:
    parts = (line or "").split(" ")
    if len(parts) < 2 or parts[0] not in METHODS:
        return "", ""
    try:
        path = unquote(urlsplit(parts[1]).path)
    except ValueError:
        return "", ""
    return parts[0], path or "/"
