"""A C# file as its frameworks see it: types with attributes and bases, their members, and strings as texts.

Takes the syntax tree that the language parsed; nothing here looks at another file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

__all__ = ["Attribute", "CsType", "Member", "Outline", "find", "nodes", "outline_of", "raw", "string_text"]

TYPES = frozenset({"class_declaration", "struct_declaration", "record_declaration", "interface_declaration"})
MEMBERS = frozenset({"method_declaration", "constructor_declaration", "property_declaration", "field_declaration"})
STRINGS = frozenset(
    {"string_literal", "verbatim_string_literal", "raw_string_literal", "interpolated_string_expression"}
)
MAX_LENGTH = 60_000


@dataclass(frozen=True, slots=True)
class Attribute:
    """``[Route("x", Name = "y")]``: its name without ``Attribute``, its positional texts, its named ones."""

    name: str
    line: int
    texts: tuple[str, ...]
    named: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        return next((value for key, value in self.named if key == name), "")


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    scope: str  # of the symbol that stands for it
    kind: str  # method | constructor | property | field
    line: int
    modifiers: frozenset[str]
    attributes: tuple[Attribute, ...]
    node: Node


@dataclass(slots=True)
class CsType:
    name: str
    scope: str
    line: int
    bases: tuple[str, ...]
    modifiers: frozenset[str]
    attributes: tuple[Attribute, ...]
    node: Node
    members: list[Member] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    root: Node
    types: list[CsType]
    statements: list[Node]  # top-level statements of a program

    def bodies(self) -> Iterator[tuple[str, Node]]:
        """(scope, node) of all code."""
        for statement in self.statements:
            yield "", statement
        for declared in self.types:
            for member in declared.members:
                yield member.scope, member.node


_last: tuple[Node, Outline] | None = None


def outline_of(root: Node) -> Outline:
    """The outline of a tree; the last one is kept, because several frameworks ask for the same."""
    global _last
    if _last is None or _last[0] is not root:
        _last = (root, _read(root))
    return _last[1]


def raw(node: Node | None, limit: int = 100_000) -> str:
    return (node.text or b"")[:limit].decode("utf-8", "replace") if node is not None else ""


def find(attributes: tuple[Attribute, ...], *names: str) -> Attribute | None:
    return next((a for a in attributes if a.name in names), None)


def nodes(top: Node, *kinds: str) -> Iterator[Node]:
    """Nodes of these kinds below, in document order."""
    todo = [top]
    while todo:
        node = todo.pop()
        if node.type in kinds:
            yield node
        todo.extend(node.named_children[::-1])


def string_text(node: Node | None, known: dict[str, str]) -> str | None:
    """The text of a string expression, ``{}`` for what is filled in; None when it is none."""
    parts: list[str] = []
    todo, strings, length = [node] if node is not None else [], False, 0
    while todo and length < MAX_LENGTH:
        current = todo.pop()
        kind = current.type
        if kind in STRINGS:
            strings = True
            if kind == "verbatim_string_literal":
                parts.append(raw(current)[2:-1].replace('""', '"'))
            else:
                todo.extend(current.named_children[::-1])
        elif kind in ("string_literal_content", "string_content", "raw_string_content"):
            parts.append(raw(current))
        elif kind == "escape_sequence":
            parts.append(" " if raw(current) in ("\\n", "\\r", "\\t") else raw(current)[1:])
        elif kind in ("binary_expression", "parenthesized_expression"):
            operator = current.child_by_field_name("operator")
            if operator is not None and operator.type != "+":
                parts.append("{}")
            else:
                todo.extend(current.named_children[::-1])
        elif kind == "identifier" and raw(current) in known:
            strings = True
            parts.append(known[raw(current)])
        elif kind not in (
            "raw_string_start",
            "raw_string_end",
            "interpolation_start",
            "interpolation_quote",
            "comment",
        ):
            parts.append("{}")
        length += len(parts[-1]) if parts else 0
    return "".join(parts) if strings else None


def _read(root: Node) -> Outline:
    outline = Outline(root, [], [])
    todo: list[tuple[Node, str]] = [(c, "") for c in root.named_children[::-1]]
    while todo:
        node, outer = todo.pop()
        kind = node.type
        if kind in TYPES and len(outer) < 400:
            declared = _type(node, outer)
            outline.types.append(declared)
            body = node.child_by_field_name("body")
            for child in body.named_children if body is not None else ():
                if child.type in TYPES:
                    todo.append((child, declared.scope))
                elif child.type in MEMBERS:
                    declared.members.extend(_members(child, declared.scope))
        elif kind in ("namespace_declaration", "file_scoped_namespace_declaration", "declaration_list"):
            todo.extend((c, outer) for c in node.named_children[::-1])
        elif kind in ("global_statement", "local_function_statement"):
            outline.statements.append(node)
    return outline


def _type(node: Node, outer: str) -> CsType:
    name = raw(node.child_by_field_name("name"), 200)
    held = next((c for c in node.named_children if c.type == "base_list"), None)
    bases = tuple(raw(c, 300) for c in (held.named_children if held is not None else ()) if c.type != "argument_list")
    scope = f"{outer}.{name}" if outer else name
    name_node = node.child_by_field_name("name") or node
    return CsType(name, scope, name_node.start_point[0] + 1, bases, _modifiers(node), _attributes(node), node)


def _members(node: Node, owner: str) -> Iterator[Member]:
    kind = node.type.removesuffix("_declaration")
    names = [node.child_by_field_name("name")]
    if kind == "field":
        names = [d.child_by_field_name("name") for d in nodes(node, "variable_declarator")]
    for name in names:
        if name is None:
            continue
        written = raw(name, 200)
        simple = "<init>" if kind == "constructor" else written
        accessors = node.child_by_field_name("accessors")
        computes = kind == "property" and (
            accessors is None or any(a.child_by_field_name("body") is not None for a in accessors.named_children)
        )
        scope = f"{owner}.{simple}" if kind in ("method", "constructor") or computes else owner
        yield Member(written, scope, kind, name.start_point[0] + 1, _modifiers(node), _attributes(node), node)


def _modifiers(node: Node) -> frozenset[str]:
    return frozenset(raw(c, 20) for c in node.named_children if c.type == "modifier")


def _attributes(node: Node) -> tuple[Attribute, ...]:
    found: list[Attribute] = []
    for held in node.named_children:
        for attribute in held.named_children if held.type == "attribute_list" else ():
            if attribute.type != "attribute":
                continue
            name = raw(attribute.child_by_field_name("name"), 200).rpartition(".")[2].removesuffix("Attribute")
            texts: list[str] = []
            named: list[tuple[str, str]] = []
            arguments = next((c for c in attribute.named_children if c.type == "attribute_argument_list"), None)
            for argument in arguments.named_children if arguments is not None else ():
                value = argument.named_child(argument.named_child_count - 1) if argument.named_child_count else None
                text = string_text(value, {})
                key, separator, _ = raw(argument, 200).partition("=")
                if separator and '"' not in key:
                    named.append((key.strip(), text if text is not None else raw(value, 200)))
                else:
                    texts.append(text if text is not None else raw(value, 200))
            found.append(Attribute(name, attribute.start_point[0] + 1, tuple(texts), tuple(named)))
    return tuple(found)
