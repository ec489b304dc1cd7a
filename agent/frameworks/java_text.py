"""Constant string expressions of Java as text: literals, text blocks, concatenations, formats, and named constants."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tree_sitter import Node

__all__ = ["HOLE", "MARK", "MARKED", "raw_text", "text_of"]

HOLE = "{}"  # what a constant expression does not say
MARK = "\x01"  # encloses the name of a constant that another file defines, until the project is linked
MARKED = re.compile(f"{MARK}([^{MARK}]*){MARK}")
MAX_PARTS = 4000
MAX_TEXT = 100_000
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "s": " ", '"': '"', "'": "'", "\\": "\\"}


def raw_text(node: Node) -> str:
    """A node's source."""
    return (node.text or b"").decode("utf-8", "replace")


def text_of(node: Node, scope: str, constants: Mapping[str, str], variables: Mapping[str, str]) -> str:
    """What a string expression says; see `HOLE` and `MARK` for what it does not."""
    parts: list[str] = []
    todo = [node]
    while todo and len(parts) < MAX_PARTS:
        current = todo.pop()
        kind = current.type
        if parts and len(parts[-1]) > MAX_TEXT:
            break  # constants made of constants can double their length with every line
        if kind == "string_literal":
            parts.append(_literal(current))
        elif kind == "binary_expression":
            left, right = current.child_by_field_name("left"), current.child_by_field_name("right")
            todo.extend(side for side in (right, left) if side is not None)
        elif kind in ("parenthesized_expression", "cast_expression") and current.named_child_count:
            todo.append(current.named_child(current.named_child_count - 1))
        elif kind in ("identifier", "field_access"):
            parts.append(_constant(raw_text(current), scope, constants, variables))
        elif kind == "method_invocation":
            inner = _formatted(current)
            todo.extend([inner] if inner is not None else [])
            parts.extend([HOLE] if inner is None else [])
        else:
            parts.append(raw_text(current) if kind.endswith("_literal") and kind != "null_literal" else HOLE)
    return "".join(parts)[:MAX_TEXT]


def _formatted(call: Node) -> Node | None:
    """The text inside ``String.format("...", x)`` and ``"...".formatted(x)``, ``text.trim()``."""
    name, owner = call.child_by_field_name("name"), call.child_by_field_name("object")
    arguments = call.child_by_field_name("arguments")
    if name is None or owner is None or arguments is None:
        return None
    called = raw_text(name)
    if called == "format" and raw_text(owner) == "String" and arguments.named_child_count:
        return arguments.named_child(0)
    if called in ("formatted", "trim", "strip", "stripIndent", "toString", "intern"):
        return owner
    return None


def _constant(name: str, scope: str, constants: Mapping[str, str], variables: Mapping[str, str]) -> str:
    name = "".join(name.split())
    if name in variables:
        return variables[name]
    place = scope
    while True:
        full = f"{place}.{name}" if place else name
        if full in constants:
            return constants[full]
        if not place:
            break
        place = place.rpartition(".")[0]
    last = name.rpartition(".")[2]
    return f"{MARK}{name}{MARK}" if last.isupper() or (name[:1].isupper() and "." in name) else HOLE


def _literal(node: Node) -> str:
    raw = raw_text(node)
    if raw.startswith('"""'):
        raw = raw[3:].removesuffix('"""').lstrip(" \t").removeprefix("\n")
    else:
        raw = raw[1:-1] if len(raw) > 1 and raw.endswith('"') else raw[1:]
    if "\\" not in raw:
        return raw
    return re.sub(r"\\(u+[0-9a-fA-F]{4}|[0-7]{1,3}|\r?\n|.)", _unescaped, raw)


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] == "u" and len(code) > 4:
        return chr(int(code[-4:], 16)).encode("utf-8", "replace").decode("utf-8")
    if code[0] in "01234567":
        return chr(int(code, 8))
    return ESCAPES.get(code, "" if code.strip() == "" else code)
