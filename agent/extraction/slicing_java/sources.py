"""A Java file as a slice sees it: its types and their members with their places, and the words that each member uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["Member", "Source", "Type", "read_source", "words_of"]

_TYPES = frozenset(
    "class_declaration interface_declaration enum_declaration annotation_type_declaration record_declaration".split()
)
_BODIES = frozenset("class_body interface_body enum_body annotation_type_body".split())
_COMMENTS = frozenset({"block_comment", "line_comment"})
_WORD = re.compile(rb"[A-Za-z_$][\w$]*")
_LITERAL = re.compile(r'"((?:[^"\\\n]|\\.){1,300})"')
_ANNOTATION = re.compile(rb"@(\w+)")


@dataclass(frozen=True)
class Member:
    """A method, constructor, field, initializer or inner type of ``type``, by its index there. ``start`` and ``end`` are
    bytes, with the comment above it; ``names`` what it declares."""

    type: str
    index: int
    kind: str  # method, constructor, field, block, type
    names: tuple[str, ...]
    start: int
    end: int
    lines: tuple[int, int]
    words: frozenset[str]
    literals: tuple[str, ...]
    overrides: bool
    private: bool


@dataclass(frozen=True)
class Type:
    """A top-level type. ``above`` are the simple names that it extends or implements; ``whole``: no member may go."""

    id: str
    path: str
    above: tuple[str, ...]
    members: tuple[Member, ...]
    whole: bool
    words: frozenset[str]  # of its head: annotations, what it extends
    lines: tuple[int, int]
    start: int
    end: int


@dataclass(frozen=True)
class Source:
    """``imports``: (start, end, name, "*" for all of a package, whether static)."""

    path: str
    package: str
    text: bytes
    types: tuple[Type, ...]
    imports: tuple[tuple[int, int, str, bool, bool], ...]
    lines: int


def words_of(text: bytes) -> frozenset[str]:
    """Every word of a piece of code, comments and literals included."""
    return frozenset(word.decode("ascii", "replace") for word in _WORD.findall(text))


def read_source(path: str, text: bytes, root: Any) -> Source:
    """``root`` is the tree that `agent.languages.java` made of the text."""
    package = ""
    imports: list[tuple[int, int, str, bool, bool]] = []
    types: list[Type] = []
    for node in root.named_children:
        if node.type == "package_declaration":
            package = _text(node).removeprefix("package").strip().rstrip(";").strip()
        elif node.type == "import_declaration":
            words = _text(node).removeprefix("import").strip().rstrip(";").split()
            name = words[-1] if words else ""
            imports.append(
                (node.start_byte, node.end_byte, name.removesuffix(".*"), name.endswith(".*"), words[:1] == ["static"])
            )
        elif node.type in _TYPES:
            types.append(_type(path, package, text, node))
    lines = text.count(b"\n") + (bool(text) and not text.endswith(b"\n"))
    return Source(path, package, text, tuple(types), tuple(imports), lines)


def _type(path: str, package: str, text: bytes, node: Any) -> Type:
    name = _text(node.child_by_field_name("name"))
    full = f"{package}.{name}" if package else name
    body = next((one for one in node.named_children if one.type in _BODIES), None)
    head = text[node.start_byte : body.start_byte if body is not None else node.end_byte]
    above: list[str] = []
    for child in node.named_children:
        if child.type in ("superclass", "super_interfaces", "extends_interfaces"):
            above += sorted(words_of(_text(child).encode()) - {"extends", "implements"})
    members = tuple(_members(full, text, body)) if body is not None else ()
    whole = node.type in ("annotation_type_declaration", "record_declaration") or node.has_error
    return Type(
        full, path, tuple(above), members, whole, words_of(head),
        (node.start_point[0] + 1, node.end_point[0] + 1), node.start_byte, node.end_byte,
    )  # fmt: skip


def _members(type_id: str, text: bytes, body: Any) -> Iterator[Member]:
    children = [
        one
        for child in body.named_children
        for one in (child.named_children if child.type == "enum_body_declarations" else [child])
    ]
    comment: Any = None
    for node in children:
        if node.type in _COMMENTS:
            comment = comment or node
            continue
        kind, names = _kind(node)
        # A comment at the end of the line before belongs to that line
        first = comment if comment is not None and _alone(text, comment) else node
        comment = None
        content = text[node.start_byte : node.end_byte]
        modifiers = next((_text(one) for one in node.named_children if one.type == "modifiers"), "")
        literals = tuple(dict.fromkeys(_LITERAL.findall(content.decode("utf-8", "replace"))))
        yield Member(
            type_id, node.start_byte, kind, names, first.start_byte, node.end_byte,
            (node.start_point[0] + 1, node.end_point[0] + 1), words_of(content), literals,
            b"Override" in _ANNOTATION.findall(modifiers.encode()), "private" in modifiers.split(),
        )  # fmt: skip


def _alone(text: bytes, node: Any) -> bool:
    return not text[text.rfind(b"\n", 0, node.start_byte) + 1 : node.start_byte].strip()


def _kind(node: Any) -> tuple[str, tuple[str, ...]]:
    if node.type in ("field_declaration", "constant_declaration"):
        found = [one.child_by_field_name("name") for one in node.named_children if one.type == "variable_declarator"]
        return "field", tuple(_text(one) for one in found if one is not None)
    name = node.child_by_field_name("name")
    if node.type == "method_declaration" and name is not None:
        return "method", (_text(name),)
    if node.type in _TYPES and name is not None:
        return "type", (_text(name),)
    return ("constructor" if node.type == "constructor_declaration" else "block"), ()


def _text(node: Any) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""
