"""Expressions reduced to dotted chains (the *name* notation of agent.domain.facts), and string literals to their text.

Source text comes in as Latin-1, one character a byte, so that a node's place in it is the same as in the bytes.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from agent.languages.python_grammar import (
    ATTRIBUTE,
    AWAIT,
    BINARY,
    CALL,
    COMMENT,
    CONCATENATED,
    F_ATTRIBUTE,
    F_FUNCTION,
    F_LEFT,
    F_OBJECT,
    F_OPERATOR,
    F_RIGHT,
    F_VALUE,
    IDENTIFIER,
    INTERPOLATION,
    PARENTHESES,
    STRING,
    STRING_CONTENT,
    SUBSCRIPT,
)

__all__ = ["first_child", "node_text", "python_chain", "python_text"]

is_plain = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\Z", re.ASCII).match
MAX_LINKS = 30
LITERALS = {
    "string": "str()", "concatenated_string": "str()", "list": "list()", "list_comprehension": "list()",
    "dictionary": "dict()", "dictionary_comprehension": "dict()", "set": "set()", "set_comprehension": "set()",
    "tuple": "tuple()", "integer": "int()", "float": "float()", "true": "bool()", "false": "bool()",
}  # fmt: skip


def first_child(node: Node) -> Node | None:
    """The first named child; half-broken source has nodes without any, for which the binding raises IndexError."""
    return node.named_child(0) if node.named_child_count else None


def node_text(node: Node, text: str) -> str:
    """The node's source, decoded."""
    raw = text[node.start_byte : node.end_byte]
    return raw if raw.isascii() else raw.encode("latin-1").decode("utf-8", "replace")


def python_chain(node: Node, text: str) -> str:
    """``a.b(x)[0].c`` as ``a.b()[].c``; a literal starts as its type's creation (``str().join``), anything else as ``?``."""
    start, end = node.start_byte, node.end_byte
    if end - start < 200 and is_plain(raw := text[start:end]):
        return raw
    links: list[str] = []
    current: Node | None = node
    suffix = ""
    for _ in range(2 * MAX_LINKS):  # f()()()... makes no link, so the steps are bounded too
        if current is None or len(links) >= MAX_LINKS:
            break
        kind = current.kind_id
        if kind == CALL:
            suffix, current = "()" + suffix, current.child_by_field_id(F_FUNCTION)
        elif kind == ATTRIBUTE:
            attribute = current.child_by_field_id(F_ATTRIBUTE)
            links.append((node_text(attribute, text) if attribute else "?") + suffix)
            suffix, current = "", current.child_by_field_id(F_OBJECT)
        elif kind == SUBSCRIPT:
            suffix, current = "[]" + suffix, current.child_by_field_id(F_VALUE)
        elif kind in (PARENTHESES, AWAIT):
            current = first_child(current)
        else:
            links.append((node_text(current, text) if kind == IDENTIFIER else LITERALS.get(current.type, "?")) + suffix)
            links.reverse()
            return ".".join(links)
    links.append("?" + suffix)
    links.reverse()
    return ".".join(links)


def python_text(node: Node, text: str) -> str:
    """The text of a string literal, of implicit or ``+`` concatenations, with ``{}`` for what is filled in."""
    parts: list[str] = []
    stack = [node]
    while stack and len(parts) < 5000:
        current = stack.pop()
        kind = current.kind_id
        if kind == STRING:
            stack.extend(reversed([c for c in current.named_children if c.kind_id in (STRING_CONTENT, INTERPOLATION)]))
        elif kind == STRING_CONTENT:
            parts.append(node_text(current, text))
        elif kind == BINARY:
            left, right = current.child_by_field_id(F_LEFT), current.child_by_field_id(F_RIGHT)
            operator = current.child_by_field_id(F_OPERATOR)
            percent = operator is not None and operator.type == "%"
            stack.extend(part for part in ((None if percent else right), left) if part is not None)
        elif kind in (CONCATENATED, PARENTHESES):
            stack.extend(reversed(current.named_children))
        elif kind != COMMENT:
            parts.append("{}")
    return "".join(parts)
