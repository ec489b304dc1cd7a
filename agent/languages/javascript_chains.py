"""JavaScript and TypeScript expressions, patterns, types and JSDoc, reduced to text that facts can hold.

In go tree-sitter nodes and the file's bytes, out come names in the notation of agent.domain.facts. Nothing here
recurses over the tree: source may be nested as deep as it likes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

__all__ = ["TRANSPARENT", "first_child", "first_sentence", "pattern_names", "plain_chain", "string_text", "type_names"]

PLAIN = re.compile(rb"(?:[A-Za-z_$][\w$]*)(?:\??\.#?[A-Za-z_$][\w$]*)*\Z")
TRANSPARENT = frozenset(
    [
        "parenthesized_expression",
        "await_expression",
        "non_null_expression",
        "as_expression",
        "satisfies_expression",
        "instantiation_expression",
    ]
)
COLLECTIONS = frozenset(
    ["Array", "ReadonlyArray", "Set", "ReadonlySet", "Iterable", "Iterator", "AsyncIterable", "Generator", "Observable"]
)
WRAPPERS = frozenset(
    [
        "Promise",
        "Readonly",
        "Partial",
        "Required",
        "NonNullable",
        "Awaited",
        "PromiseLike",
        "Ref",
        "Pick",
        "Omit",
        "DeepPartial",
    ]
)
MAX_PIECES = 2000
MAX_TEXT = 100_000
JSDOC_EDGE = re.compile(r"^\s*\*? ?", re.MULTILINE)
SENTENCE_END = re.compile(r"[.!?](?:\s|$)")


def first_child(node: Node) -> Node | None:
    """The first named child that is no comment."""
    for index in range(min(node.named_child_count, 20)):
        child = node.named_child(index)
        if child.type != "comment":
            return child
    return None


def plain_chain(node: Node, source: bytes) -> str | None:
    """``a.b?.c`` as ``a.b.c`` when the node is nothing but names and dots."""
    start, end = node.start_byte, node.end_byte
    if end - start >= 200:  # asked before slicing: a chain of calls may be as long as the file, and has as many parts
        return None
    raw = source[start:end]
    return raw.decode("ascii", "replace").replace("?.", ".") if PLAIN.match(raw) else None


def string_text(node: Node, source: bytes) -> str:
    """The text of a string, a template or a ``+`` of them, with ``{}`` for whatever is filled in."""
    parts: list[str] = []
    size = 0
    stack = [node]
    while stack and len(parts) < MAX_PIECES and size < MAX_TEXT:
        current = stack.pop()
        kind = current.type
        if kind in ("string", "template_string"):
            stack.extend(reversed(current.named_children))
        elif kind in ("string_fragment", "escape_sequence"):
            text = source[current.start_byte : current.end_byte].decode("utf-8", "replace")
            parts.append(_unescape(text) if kind == "escape_sequence" else text)
            size += len(text)
        elif kind == "binary_expression" or kind in TRANSPARENT:
            stack.extend(reversed(current.named_children))
        elif kind != "comment":
            parts.append("{}")
    return "".join(parts)[:MAX_TEXT]


def _unescape(text: str) -> str:
    return {"\\n": "\n", "\\t": "\t", "\\r": "\r", "\\'": "'", '\\"': '"', "\\`": "`", "\\\\": "\\", "\\\n": ""}.get(
        text, text
    )


def pattern_names(node: Node, source: bytes) -> Iterator[tuple[str, str, Node | None]]:
    """What a declaration or parameter binds: (local name, path into the value, default).

    ``{a, b: [c], ...d}`` gives ``a`` at ``.a``, ``c`` at ``.b[]``, and ``d`` at ``...``.
    """
    stack: list[tuple[Node, str, Node | None]] = [(node, "", None)]
    while stack:
        current, path, default = stack.pop()
        kind = current.type
        if kind in ("identifier", "shorthand_property_identifier_pattern", "undefined"):
            name = source[current.start_byte : current.end_byte].decode("utf-8", "replace")
            yield name, f"{path}.{name}" if kind.startswith("shorthand") else path, default
        elif kind in ("assignment_pattern", "object_assignment_pattern"):
            left, right = current.child_by_field_name("left"), current.child_by_field_name("right")
            if left is not None:
                stack.append((left, path, right))
        elif kind == "pair_pattern":
            key, value = current.child_by_field_name("key"), current.child_by_field_name("value")
            if key is not None and value is not None:
                written = source[key.start_byte : key.end_byte].decode("utf-8", "replace").strip("'\"")
                step = f".{written}" if key.type in ("property_identifier", "string") else "[]"
                stack.append((value, path + step, None))
        elif kind == "object_pattern":
            stack.extend((child, path, None) for child in reversed(current.named_children))
        elif kind == "array_pattern":
            stack.extend((child, path + "[]", None) for child in reversed(current.named_children))
        elif kind == "rest_pattern":
            stack.extend((child, "...", None) for child in current.named_children)


def type_names(node: Node, source: bytes) -> tuple[str, str]:
    """(main type, element type) of a TypeScript annotation; ``("", "")`` when it is no single named type.

    ``Promise<Order[]>`` is an Array of Order, since ``await`` is transparent in chains; ``Order | null`` is Order.
    """
    current: Node | None = node
    for _ in range(20):
        if current is None:
            return "", ""
        kind = current.type
        if kind in ("type_identifier", "nested_type_identifier", "predefined_type", "identifier"):
            return _decoded(current, source), ""
        if kind == "array_type":
            return "Array", type_names_shallow(first_child(current), source)
        if kind == "generic_type":
            name, arguments = current.child_by_field_name("name"), current.child_by_field_name("type_arguments")
            outer = _decoded(name, source) if name else ""
            inner = first_child(arguments) if arguments is not None else None
            if outer in WRAPPERS:
                current = inner
                continue
            return outer, type_names_shallow(inner, source) if outer in COLLECTIONS else ""
        if kind == "union_type":
            named = [part for part in current.named_children if part.type not in ("literal_type", "comment")]
            real = [part for part in named if _decoded(part, source) not in ("undefined", "null", "void")]
            current = real[0] if len(real) == 1 else None
            continue
        if kind not in ("type_annotation", "parenthesized_type", "readonly_type", "optional_type"):
            return "", ""
        current = first_child(current)
    return "", ""


def type_names_shallow(node: Node | None, source: bytes) -> str:
    """The name of an element type, without looking into nested collections."""
    if node is None:
        return ""
    if node.type == "generic_type":
        name = node.child_by_field_name("name")
        return _decoded(name, source) if name else ""
    return (
        _decoded(node, source) if node.type in ("type_identifier", "nested_type_identifier", "predefined_type") else ""
    )


def first_sentence(comment: bytes) -> str:
    """The first sentence of a JSDoc comment, before any ``@tag``."""
    body = comment[3:4000].decode("utf-8", "replace").removesuffix("*/").removesuffix("*")
    text = JSDOC_EDGE.sub("", body).strip()
    paragraph = re.split(r"\n\s*\n|(?:^|\n)\s*@", text, maxsplit=1)[0]
    flat = " ".join(paragraph.split())
    end = SENTENCE_END.search(flat)
    return flat[: end.start() + 1 if end else None][:300]


def _decoded(node: Node, source: bytes) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "replace")
