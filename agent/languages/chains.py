"""Expressions reduced to dotted chains (the *name* notation of agent.domain.facts), and string literals to their text."""

from __future__ import annotations

import re

from tree_sitter import Node

__all__ = ["first_child", "python_chain", "python_text"]

PLAIN = re.compile(rb"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\Z")
MAX_LINKS = 30
LITERALS = {
    "string": "str()", "concatenated_string": "str()", "list": "list()", "list_comprehension": "list()",
    "dictionary": "dict()", "dictionary_comprehension": "dict()", "set": "set()", "set_comprehension": "set()",
    "tuple": "tuple()", "integer": "int()", "float": "float()", "true": "bool()", "false": "bool()",
}  # fmt: skip


def first_child(node: Node) -> Node | None:
    """The first named child; half-broken source has nodes without any, for which the binding raises IndexError."""
    return node.named_child(0) if node.named_child_count else None


def python_chain(node: Node, source: bytes) -> str:
    """``a.b(x)[0].c`` as ``a.b()[].c``; a literal starts as its type's creation (``str().join``), anything else as ``?``."""
    raw = source[node.start_byte : node.end_byte]
    if len(raw) < 200 and PLAIN.match(raw):
        return raw.decode("utf-8", "replace")
    links: list[str] = []
    current: Node | None = node
    suffix = ""
    for _ in range(2 * MAX_LINKS):  # f()()()... makes no link, so the steps are bounded too
        if current is None or len(links) >= MAX_LINKS:
            break
        kind = current.type
        if kind == "attribute":
            attribute = current.child_by_field_name("attribute")
            links.append(
                (source[attribute.start_byte : attribute.end_byte].decode("utf-8", "replace") if attribute else "?")
                + suffix
            )
            suffix, current = "", current.child_by_field_name("object")
        elif kind == "call":
            suffix, current = "()" + suffix, current.child_by_field_name("function")
        elif kind == "subscript":
            suffix, current = "[]" + suffix, current.child_by_field_name("value")
        elif kind in ("parenthesized_expression", "await"):
            current = first_child(current)
        elif kind == "identifier":
            links.append(source[current.start_byte : current.end_byte].decode("utf-8", "replace") + suffix)
            return ".".join(reversed(links))
        else:
            links.append(LITERALS.get(kind, "?") + suffix)
            return ".".join(reversed(links))
    links.append("?" + suffix)
    return ".".join(reversed(links))


def python_text(node: Node, source: bytes) -> str:
    """The text of a string literal, of implicit or ``+`` concatenations, with ``{}`` for what is filled in."""
    parts: list[str] = []
    stack = [node]
    while stack and len(parts) < 5000:
        current = stack.pop()
        kind = current.type
        if kind == "string":
            stack.extend(reversed([c for c in current.children if c.type in ("string_content", "interpolation")]))
        elif kind == "string_content":
            parts.append(source[current.start_byte : current.end_byte].decode("utf-8", "replace"))
        elif kind == "binary_operator":
            left, right = current.child_by_field_name("left"), current.child_by_field_name("right")
            operator = current.child_by_field_name("operator")
            percent = operator is not None and operator.type == "%"
            stack.extend(part for part in ((None if percent else right), left) if part is not None)
        elif kind in ("concatenated_string", "parenthesized_expression"):
            stack.extend(reversed(current.named_children))
        elif kind != "comment":
            parts.append("{}")
    return "".join(parts)
