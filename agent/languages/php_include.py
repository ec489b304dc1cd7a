"""The path in an ``include``: its expression in, a path with ``{}`` for what is only known at run time out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

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

__all__ = ["DIRECTORY", "ONE_OF", "assigned_values", "candidates", "include_texts", "pattern_of"]

DIRECTORY = "{here}"  # stands for the folder of the including file
ONE_OF = "{one of}"  # before a text that is one of several which the include may mean
MAX_PARTS = 60
MAX_TEXTS = 40  # paths that one include may mean
MAX_DEPTH = 6
MAX_NODES = 200_000


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


Values = Mapping[str, Sequence[Node]]


def assigned_values(node: Node) -> Values:
    """Variable -> what the file around ``node`` assigns to it; the values of ``foreach`` are those of its array."""
    root = node
    while root.parent is not None:
        root = root.parent
    found: dict[str, list[Node]] = {}
    todo, count = [root], 0
    while todo and count < MAX_NODES:
        current = todo.pop()
        count += 1
        ends: tuple[Node | None, Node | None] = (None, None)
        if current.type == "assignment_expression":
            ends = current.child_by_field_name("left"), current.child_by_field_name("right")
        elif current.type == "foreach_statement" and len(current.named_children) > 1:
            target = current.named_children[1]
            ends = (target.named_children[-1] if target.type == "pair" else target), current.named_children[0]
        left, right = ends
        while left is not None and left.type == "subscript_expression" and left.named_children:
            left = left.named_children[0]  # $pages['a'] = 'a.php' adds to the array
        if left is not None and right is not None and left.type == "variable_name" and left.text:
            known = found.setdefault(left.text.decode("utf-8", "replace"), [])
            if len(known) < MAX_TEXTS:
                known.append(right)
        todo.extend(current.named_children[::-1])
    return found


def include_texts(node: Node, source: bytes, values: Callable[[], Values]) -> list[str]:
    """What an include may mean: one text, or one for each value that the file gives the variable in it."""
    text = include_text(node, source)
    if "{}" not in text:
        return [text]
    found = _texts(node, source, values(), 0) or ["{}"]
    return found if len(found) == 1 else [text if text == "{}" else ONE_OF + text for text in found]


def _texts(node: Node, source: bytes, values: Values, depth: int) -> list[str]:
    kind = node.type
    found: list[str] = []
    children = node.named_children
    if depth > MAX_DEPTH:
        return ["{}"]
    if kind == "binary_expression" and len(children) == 2:
        right = _texts(children[1], source, values, depth)
        found = [a + b for a in _texts(children[0], source, values, depth) for b in right]
    elif kind == "encapsed_string":
        found = [""]
        for child in children:
            found = [a + b for a in found for b in _texts(child, source, values, depth)][:MAX_TEXTS]
    elif kind == "parenthesized_expression" and children:
        found = _texts(children[0], source, values, depth)
    elif kind == "conditional_expression" and len(children) >= 2:
        found = [t for child in children[-2:] for t in _texts(child, source, values, depth)]
    elif kind == "subscript_expression" and children:
        found = _texts(children[0], source, values, depth)
    elif kind == "variable_name":
        known = values.get(_raw(node, source), ())
        found = [t for value in known for t in _texts(value, source, values, depth + 1)] or ["{}"]
    elif kind == "array_creation_expression":
        elements = [child.named_children[-1] for child in children if child.named_children]
        found = [t for element in elements for t in _texts(element, source, values, depth)]
    else:
        found = [include_text(node, source)]
    return list(dict.fromkeys(text[:300] for text in found))[:MAX_TEXTS]


def pattern_of(written: str, path: str) -> re.Pattern[str] | None:
    """Which files ``{here}/pages/{}.inc.php`` may mean: one segment is open, the folder or the ending says what they are."""
    folder, _, name = written.rpartition("/")
    if "{}" in folder or "{}" not in name or written.startswith("/"):
        return None
    below = folder.removeprefix(DIRECTORY).strip("/")
    ending = name.rpartition("{}")[2]
    if not below.replace(".", "").strip("/") and ending.count(".") < 2:
        return None  # any file of the folder
    base = _normal(f"{path.rpartition('/')[0]}/{below}/x").removesuffix("x")
    open_name = re.escape(name).replace(re.escape("{}"), "[^/]{1,100}")
    return re.compile(re.escape(base) + open_name + r"\Z")


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
