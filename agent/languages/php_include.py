"""The path in an ``include``: its expression in, a path with ``{}`` for what is only known at run time out."""

from __future__ import annotations

import re

from tree_sitter import Node

from agent.languages.php_grammar import (
    BINARY,
    CALL,
    ENCAPSED,
    F_ARGUMENTS,
    F_FUNCTION,
    NAME,
    PARENTHESES,
    STRING,
    STRING_CONTENT,
)

__all__ = ["DIRECTORY", "candidates", "include_text"]

DIRECTORY = "{here}"  # stands for the folder of the including file
MAX_PARTS = 60


def include_text(node: Node, source: bytes) -> str:
    """``{here}/../lib/db.php``, ``lib/db.php``, ``{}/db.php``; at most 300 characters."""
    parts: list[str] = []
    todo = [node]
    while todo and len(parts) < MAX_PARTS:
        current = todo.pop()
        kind = current.kind_id
        text = source[current.start_byte : min(current.end_byte, current.start_byte + 300)].decode("utf-8", "replace")
        if kind == STRING_CONTENT:
            parts.append(text)
        elif kind in (STRING, ENCAPSED, BINARY, PARENTHESES):
            todo.extend(current.named_children[::-1])
        elif kind == NAME and text == "__DIR__":
            parts.append(DIRECTORY)
        elif kind == CALL:
            parts.append(_directory(current, source))
        else:
            parts.append("{}")
    return "".join(parts)[:300]


def _directory(call: Node, source: bytes) -> str:
    """``dirname(__FILE__)`` and ``dirname(dirname(__FILE__))``, ``dirname(__DIR__, 2)``, ``realpath(...)``."""
    ups = 0
    node: Node | None = call
    for _ in range(12):
        if node is None or node.kind_id != CALL:
            break
        function, arguments = node.child_by_field_id(F_FUNCTION), node.child_by_field_id(F_ARGUMENTS)
        name = _raw(function, source).lower().lstrip("\\") if function is not None else ""
        given = arguments.named_children if arguments is not None else []
        if name not in ("dirname", "realpath") or not given:
            return "{}"
        if name == "dirname":
            levels = _raw(given[1], source) if len(given) > 1 else "1"
            ups += int(levels) if levels.isascii() and levels.isdigit() and len(levels) < 3 else 1
        node = given[0].named_child(0) if given[0].named_child_count else None
    text = _raw(node, source) if node is not None else ""
    if text == "__FILE__" and ups:
        ups -= 1
    elif text != "__DIR__":
        return include_text(node, source) if node is not None and node.kind_id == BINARY and not ups else "{}"
    return DIRECTORY + "/.." * ups


def candidates(written: str, path: str) -> list[tuple[str, str]]:
    """(path in the repository, how sure) in PHP's order: beside the including file, then from the folders above it.

    The include path's first entry is the folder of the page that was requested, which is the file's own or one above.
    """
    folder = path.rpartition("/")[0]
    if "{}" in written:
        return []
    if written.startswith(DIRECTORY):
        found = _normal(f"{folder}/{written[len(DIRECTORY) :]}")
        return [(found, "exact")] if found else []
    if written.startswith("/") or not written or re.match(r"[a-z]+://", written):
        return []
    result = [(_normal(f"{folder}/{written}"), "exact")]
    while folder:
        folder = folder.rpartition("/")[0]
        result.append((_normal(f"{folder}/{written}"), "inferred"))
    return [(found, sure) for found, sure in result if found]


def _normal(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _raw(node: Node, source: bytes) -> str:
    return source[node.start_byte : min(node.end_byte, node.start_byte + 200)].decode("utf-8", "replace")
