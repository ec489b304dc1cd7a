"""Tables whose names reach an SQL statement of PHP through a variable, an array or a constant.

``foreach (array('orders', 'lines') as $t) query("DELETE FROM $t")`` deletes from two tables; a constant may be defined in
another file, so it stays a record until all are known. All of it is inferred: what the variable holds is read, not run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from agent.domain.facts import TableUse, Wiring
from agent.frameworks.php_outline import Outline, raw

__all__ = ["constants", "named_tables", "table_constants"]

MAX_NAMES = 40
MAX_NODES = 200_000
TABLE = re.compile(r"[A-Za-z_][\w$]{0,63}(?:\.[A-Za-z_][\w$]{0,63})?\Z")
# What stands right before the hole says what happens to the table in it.
BEFORE = re.compile(
    r"(?is)(?:\b(?P<write>insert\s+(?:ignore\s+)?into|replace\s+into|update|delete\s+from|truncate(?:\s+table)?)"
    r"|\b(?P<read>from|join)|\b(?P<declare>(?:create|alter|drop)\s+table(?:\s+if\s+(?:not\s+)?exists)?))\s+[`\"]?\Z"
)
STATEMENT = re.compile(r"(?is)\s*[(\"'`]?\s*(?:select|insert|replace|update|delete|truncate|create|alter|drop)\b")
NEXT = re.compile(r"[`\"]?(?:[\s,;)]|\Z)")
STRINGS = frozenset({"string", "encapsed_string", "heredoc", "heredoc_body", "nowdoc", "nowdoc_body"})
TEXT = frozenset({"string_content", "nowdoc_string", "escape_sequence"})
DEFINE = re.compile(
    rb"(?m)\bdefine[ \t]{0,4}\([ \t]{0,4}[\"'](\w{1,60})[\"'][ \t]{0,4},[ \t]{0,4}[\"'](\w{1,60})[\"']"
    rb"|^[ \t]{0,40}(?:(?:public|private|protected|final)[ \t]+){0,2}const[ \t]+(\w{1,60})[ \t]*=[ \t]*[\"'](\w{1,60})[\"'][ \t]*;"
)


def named_tables(outline: Outline, source: bytes) -> Iterator[TableUse]:
    """Uses of tables that variables and arrays of the same function or file name."""
    if b"$" not in source:
        return
    common = _values(outline, "")
    for scope, body in outline.bodies():
        values: dict[str, list[str]] | None = None
        for mode, node in _holes(body):
            values = _scoped(body, scope, common) if values is None else values
            name = raw(node, 200).split("[")[0].strip("{}")
            for table in values.get(name, ()):
                yield TableUse(scope, table, mode, node.start_point[0] + 1, "inferred")


def table_constants(outline: Outline) -> tuple[Wiring, ...]:
    """``table constant`` records: statements that name a table by a constant."""
    found: list[Wiring] = []
    for scope, body in outline.bodies():
        for mode, node in _holes(body, constants_too=True):
            if node.type in ("name", "class_constant_access_expression"):
                name = raw(node, 200).rpartition("::")[2].strip()
                found.append(Wiring("php_sql", "table constant", scope, node.start_point[0] + 1, (name, mode)))
    return tuple(found)


def constants(root: Any, source: bytes) -> tuple[Wiring, ...]:  # noqa: ARG001
    """``constant`` records (name, value): strings that look like names."""
    found: list[Wiring] = []
    for match in DEFINE.finditer(source) if b"define" in source or b"const" in source else ():
        name, value = (part.decode() for part in (match[1] or match[3], match[2] or match[4]))
        if TABLE.match(value) and len(found) < 500:
            line = source.count(b"\n", 0, match.start()) + 1
            found.append(Wiring("php_sql", "constant", "", line, (name, value)))
    return tuple(found)


def _holes(body: Node, constants_too: bool = False) -> Iterator[tuple[str, Node]]:
    """(mode, node) of each variable or constant that stands where a statement names a table."""
    todo, count = [body], 0
    while todo and count < MAX_NODES:
        node = todo.pop()
        count += 1
        kind = node.type
        if kind in ("function_definition", "class_declaration", "method_declaration") and node is not body:
            continue
        if kind in ("encapsed_string", "heredoc", "binary_expression"):
            pieces = list(_pieces(node))
            if len(pieces) > 1 and any(isinstance(piece, str) for piece in pieces):
                yield from _of_statement(pieces, constants_too)
                continue
        todo.extend(node.named_children[::-1])


def _of_statement(pieces: list[str | Node], constants_too: bool) -> Iterator[tuple[str, Node]]:
    before = ""
    for place, piece in enumerate(pieces):
        if isinstance(piece, str):
            before += piece
            continue
        following = pieces[place + 1] if place + 1 < len(pieces) else ""
        match = BEFORE.search(before[-60:])
        wanted = constants_too or piece.type not in ("name", "class_constant_access_expression")
        if match and wanted and STATEMENT.match(before) and isinstance(following, str) and NEXT.match(following):
            yield match.lastgroup or "read", piece
        before += "?"


def _pieces(node: Node) -> Iterator[str | Node]:
    """A concatenation's or string's texts and holes, in order."""
    todo, count = [node], 0
    while todo and count < 400:
        current = todo.pop()
        count += 1
        kind = current.type
        if kind in TEXT:
            yield raw(current, 20_000)
        elif kind in STRINGS or kind == "parenthesized_expression":
            todo.extend(c for c in current.named_children[::-1] if c.type not in ("heredoc_start", "heredoc_end"))
        elif kind == "binary_expression":
            operator = current.child_by_field_name("operator")
            if operator is not None and operator.type == ".":
                todo.extend(current.named_children[::-1])
            else:
                yield current
        elif kind != "comment":
            yield current


def _values(outline: Outline, scope: str) -> dict[str, list[str]]:
    """What the file's own statements and its classes' properties assign to variables."""
    found: dict[str, list[str]] = {}
    for place, body in outline.bodies():
        if place == scope:
            _assigned(body, found)
    for declared in outline.types:
        held = declared.node.child_by_field_name("body")
        for child in held.named_children if held is not None else ():
            if child.type == "property_declaration":
                for element in child.named_children:
                    if element.type == "property_element" and element.named_child_count > 1:
                        names = _names(element.named_children[-1], {})
                        found.setdefault("$this->" + raw(element.named_children[0]).lstrip("$"), []).extend(names)
    return found


def _scoped(body: Node, scope: str, common: dict[str, list[str]]) -> dict[str, list[str]]:
    """A function's own variables; properties are those of the file's classes."""
    if not scope:
        return common
    found = {name: list(values) for name, values in common.items() if name.startswith("$this->")}
    _assigned(body, found)
    return found


def _assigned(body: Node, found: dict[str, list[str]]) -> None:
    todo, count = [body], 0
    while todo and count < MAX_NODES:
        node = todo.pop()
        count += 1
        if node.type in ("function_definition", "class_declaration", "method_declaration") and node is not body:
            continue
        target = value = None
        if node.type == "assignment_expression":
            target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
        elif node.type == "foreach_statement" and len(node.named_children) > 1:
            target, value = node.named_children[1], node.named_children[0]
            target = target.named_children[-1] if target.type == "pair" and target.named_children else target
        if target is not None and value is not None and target.type in ("variable_name", "member_access_expression"):
            known = found.setdefault(raw(target, 100), [])
            known.extend(name for name in _names(value, found) if name not in known and len(known) < MAX_NAMES)
        todo.extend(node.named_children[::-1])


def _names(value: Node, known: dict[str, list[str]]) -> list[str]:
    """The names that an expression may be: a string, an array of strings, a choice, a variable that is known."""
    kind = value.type
    if kind in ("string", "encapsed_string"):
        text = raw(value, 100)[1:-1]
        return [text] if TABLE.match(text) else []
    if kind == "array_creation_expression":
        elements = [c.named_children[-1] for c in value.named_children[:MAX_NAMES] if c.named_children]
        return [name for element in elements for name in _names(element, known)]
    if kind == "conditional_expression" and len(value.named_children) > 1:
        return [name for child in value.named_children[-2:] for name in _names(child, known)]
    if kind == "parenthesized_expression" and value.named_children:
        return _names(value.named_children[0], known)
    if kind in ("variable_name", "member_access_expression"):
        return list(known.get(raw(value, 100), ()))
    if kind == "subscript_expression" and value.named_children:
        return list(known.get(raw(value.named_children[0], 100), ()))
    return []
