"""JPQL and HQL: which entities a query reads and changes, with the associations that it joins over.

Takes the text of a query, gives (entity or path, mode) pairs; no names are resolved here.
"""

from __future__ import annotations

import re

__all__ = ["entities_of", "is_query"]

TOKEN = re.compile(r"'(?:[^']|'')*'|[A-Za-z_$][\w$.]*|[(),]")
START = re.compile(
    r"(?is)\A\s*(?:select\b|from\s+[A-Za-z_]|update\s+[A-Za-z_]|delete\s+(?:from\s+)?[A-Za-z_]|insert\s+into\b)"
)
MAX_TOKENS = 5000
CLAUSES = frozenset(
    "where set group order having select on with inner outer left right cross join fetch as in values "
    "union and or".split()
)


def is_query(text: str) -> bool:
    """Whether a string reads like a JPQL statement."""
    return START.match(text) is not None


def entities_of(text: str) -> list[tuple[str, str]]:
    """(entity name, mode) in order of appearance. Joined paths are given from their root: ``Order.lines.product``."""
    tokens = [t for t in (m[0] for m in TOKEN.finditer(text[:60_000])) if not t.startswith("'")][:MAX_TOKENS]
    changes = bool(tokens) and tokens[0].lower() in ("update", "delete", "insert")
    found: list[tuple[str, str]] = []
    aliases: dict[str, str] = {}
    position = 0
    while position < len(tokens):
        word = tokens[position].lower()
        position += 1
        if word in ("from", "update", "into", "join") or (word == "delete" and _next(tokens, position) != "from"):
            position = _range(tokens, position, aliases, found, "write" if changes and not found else "read")
            while word in ("from", "join") and _next(tokens, position) == ",":
                position = _range(tokens, position + 1, aliases, found, "read")
    return list(dict.fromkeys(found))


def _next(tokens: list[str], position: int) -> str:
    return tokens[position].lower() if position < len(tokens) else ""


def _range(tokens: list[str], at: int, aliases: dict[str, str], found: list[tuple[str, str]], mode: str) -> int:
    """``Order o``, ``Order as o``, ``fetch o.lines l``, ``in (o.lines) l``: one range variable, and where it ends."""
    while _next(tokens, at) in ("fetch", "in", "(") and at < len(tokens):
        at += 1
    if at >= len(tokens) or tokens[at].lower() == "select" or tokens[at] in "(),":  # an entity may be called Order
        return at
    name = tokens[at]
    at += 1
    root, dot, rest = name.partition(".")
    if dot and root in aliases:
        name = f"{aliases[root]}.{rest}"
    while _next(tokens, at) in (")", "as"):
        at += 1
    following = _next(tokens, at)
    if following and following not in CLAUSES and following not in "(),." and "." not in following:
        aliases[tokens[at]] = name
        at += 1
    found.append((name, mode))
    return at
