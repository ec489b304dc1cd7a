"""A PHP file as its frameworks see it: types with attributes, annotations, properties and methods; values as texts.

Takes the syntax tree that the language parsed; nothing here looks at another file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tree_sitter import Node

__all__ = ["Member", "Note", "Outline", "PhpType", "constants", "find", "nodes", "outline_of", "raw", "texts"]

TYPES = frozenset({"class_declaration", "interface_declaration", "trait_declaration", "enum_declaration"})
NESTED = frozenset({"anonymous_class"})
ANNOTATION = re.compile(r"(?m)(?:^[ \t/*]*|[{(,]\s{0,20})@((?:\w+\\)*[A-Z]\w*)")
ARGUMENT = re.compile(r'\s{0,50}(?:(\w+)\s{0,5}[=:]\s{0,5})?("(?:[^"\\]|\\.|"")*"|[\w\\:]+|\{)')
MAX_ANNOTATION = 4000


@dataclass(frozen=True, slots=True)
class Note:
    """An attribute or a documentation annotation: its last name, and its arguments as texts by name or position."""

    name: str
    line: int
    arguments: Mapping[str, tuple[str, ...]]

    def first(self, *names: str) -> str:
        """The first text given under one of the names; ``"0"`` is the first positional argument."""
        return next((value for name in names for value in self.arguments.get(name, ())), "")

    def all(self, *names: str) -> tuple[str, ...]:
        return next((self.arguments[name] for name in names if self.arguments.get(name)), ())


@dataclass(frozen=True, slots=True)
class Member:
    """A property or a method; ``scope`` is its scope path, ``type`` the declared type as written."""

    name: str
    scope: str
    line: int
    type: str
    notes: tuple[Note, ...]
    node: Node
    value: Node | None = None  # a property's default, a method's body


@dataclass(slots=True)
class PhpType:
    name: str
    kind: str
    line: int
    base: str
    notes: tuple[Note, ...]
    doc: str
    node: Node
    properties: list[Member] = field(default_factory=list)
    methods: list[Member] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """The types of a file, its functions, and the statements that run when it is loaded."""

    root: Node
    types: list[PhpType]
    functions: list[Member]
    statements: list[Node]

    def bodies(self) -> Iterator[tuple[str, Node]]:
        """(scope, node) of all code, in document order within each scope."""
        for statement in self.statements:
            yield "", statement
        for function in self.functions:
            yield function.scope, function.node
        for declared in self.types:
            for member in declared.properties:
                if member.value is not None:
                    yield declared.name, member.value
            for method in declared.methods:
                yield method.scope, method.node


_last: tuple[Node, Outline] | None = None


def outline_of(root: Node) -> Outline:
    """The outline of a tree; the last one is kept, because several frameworks ask for the same."""
    global _last
    if _last is None or _last[0] is not root:
        _last = (root, _read(root))
    return _last[1]


def raw(node: Node | None, limit: int = 100_000) -> str:
    return (node.text or b"")[:limit].decode("utf-8", "replace") if node is not None else ""


def find(notes: tuple[Note, ...], *names: str) -> Note | None:
    return next((note for note in notes if note.name in names), None)


def constants(declared: PhpType) -> dict[str, str]:
    """A type's own string constants."""
    found: dict[str, str] = {}
    body = declared.node.child_by_field_name("body")
    for child in body.named_children if body is not None else ():
        for element in child.named_children if child.type == "const_declaration" else ():
            if element.type == "const_element" and element.named_child_count > 1:
                value = texts(element.named_child(element.named_child_count - 1))
                if len(value) == 1:
                    found[raw(element.named_child(0))] = value[0]
    return found


def nodes(top: Node, *kinds: str) -> Iterator[Node]:
    """Nodes of these kinds below, in document order; what another definition holds is left out."""
    todo = [top]
    wanted = frozenset(kinds)
    while todo:
        node = todo.pop()
        if node.type in wanted:
            yield node
        if node.type not in TYPES and not (node.type == "function_definition" and node is not top):
            todo.extend(node.named_children[::-1])


def texts(node: Node | None) -> tuple[str, ...]:
    """A string, an array's strings, ``Order::class`` as ``Order``; other constants by their name."""
    if node is None:
        return ()
    kind = node.type
    if kind in ("string", "encapsed_string"):
        return ("".join(raw(c) if c.type != "variable_name" else "{}" for c in node.named_children),)
    if kind in ("array_creation_expression", "array_element_initializer", "argument", "parenthesized_expression"):
        found: list[str] = []
        for child in node.named_children[:200]:
            last = child
            for _ in range(6):
                if last.type not in ("array_element_initializer", "argument") or not last.named_child_count:
                    break
                last = last.named_child(last.named_child_count - 1)
            if last.type not in ("array_creation_expression", "parenthesized_expression", "argument"):
                found.extend(texts(last))
        return tuple(found)
    if kind == "class_constant_access_expression":
        written = raw(node)
        return (written[: -len("::class")] if written.lower().endswith("::class") else written.rpartition("::")[2],)
    if kind in ("name", "qualified_name", "integer", "boolean"):
        return (raw(node, 300),)
    return ()


# ---- reading -------------------------------------------------------------------------------------------------------


def _read(root: Node) -> Outline:
    outline = Outline(root, [], [], [])
    todo = root.named_children[::-1]
    while todo:
        node = todo.pop()
        kind = node.type
        if kind in TYPES:
            declared = _type(node)
            if declared is not None:
                outline.types.append(declared)
        elif kind == "function_definition":
            outline.functions.append(_member(node, "", raw(node.child_by_field_name("name"))))
        elif kind == "namespace_definition" or (kind in ("if_statement", "compound_statement") and _declares(node)):
            todo.extend(node.named_children[::-1])
        elif kind not in ("comment", "text", "php_tag", "namespace_use_declaration"):
            outline.statements.append(node)
    return outline


def _declares(node: Node) -> bool:
    """``if (!function_exists('x')) { function x() ... }``."""
    return any(
        c.type in TYPES or c.type == "function_definition" or (c.type == "compound_statement" and node.type != c.type)
        for c in node.named_children
    ) and any(True for _ in nodes(node, "function_definition", *TYPES))


def _type(node: Node) -> PhpType | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    simple = raw(name)
    base = next((c for c in node.named_children if c.type == "base_clause"), None)
    first = base.named_child(0) if base is not None and base.named_child_count else None
    doc = _doc(node)
    notes = (*_attributes(node), *doc_notes(doc, node.start_point[0] + 1))
    kind = node.type.removesuffix("_declaration")
    declared = PhpType(simple, kind, name.start_point[0] + 1, raw(first), notes, doc, node)
    body = node.child_by_field_name("body")
    for child in body.named_children if body is not None else ():
        if child.type == "method_declaration":
            method = child.child_by_field_name("name")
            declared.methods.append(_member(child, simple, raw(method)))
            declared.properties.extend(_promoted(child, simple))
        elif child.type == "property_declaration":
            declared.properties.extend(_properties(child, simple))
    return declared


def _member(node: Node, owner: str, name: str) -> Member:
    scope = f"{owner}.{name}" if owner else name
    at = node.start_point[0] + 1
    notes = (*_attributes(node), *doc_notes(_doc(node), at))
    name_node = node.child_by_field_name("name")
    line = name_node.start_point[0] + 1 if name_node is not None else at
    returns = raw(node.child_by_field_name("return_type"), 200)
    return Member(name, scope, line, returns, notes, node, node.child_by_field_name("body"))


def _properties(node: Node, owner: str) -> Iterator[Member]:
    notes = (*_attributes(node), *doc_notes(_doc(node), node.start_point[0] + 1))
    kind = raw(node.child_by_field_name("type"), 200)
    for child in node.named_children:
        if child.type == "property_element":
            name = raw(child.child_by_field_name("name")).lstrip("$")
            value = child.child_by_field_name("default_value")
            yield Member(name, owner, child.start_point[0] + 1, kind, notes, child, value)


def _promoted(method: Node, owner: str) -> Iterator[Member]:
    parameters = method.child_by_field_name("parameters")
    for child in parameters.named_children if parameters is not None else ():
        if child.type == "property_promotion_parameter":
            name = raw(child.child_by_field_name("name")).lstrip("$")
            kind = raw(child.child_by_field_name("type"), 200)
            yield Member(name, owner, child.start_point[0] + 1, kind, _attributes(child), child)


def _doc(node: Node) -> str:
    before = node.prev_named_sibling
    text = raw(before, 20_000) if before is not None and before.type == "comment" else ""
    return text if text.startswith("/**") else ""


def _attributes(node: Node) -> tuple[Note, ...]:
    held = node.child_by_field_name("attributes")
    found: list[Note] = []
    for group in held.named_children if held is not None else ():
        for attribute in group.named_children:
            if attribute.type == "attribute" and attribute.named_child_count:
                name = raw(attribute.named_child(0)).rpartition("\\")[2]
                found.append(Note(name, attribute.start_point[0] + 1, _arguments(attribute)))
    return tuple(found)


def _arguments(attribute: Node) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    held = attribute.child_by_field_name("parameters")
    position = 0
    for argument in held.named_children if held is not None else ():
        if argument.type != "argument" or not argument.named_child_count:
            continue
        name = argument.child_by_field_name("name")
        value = argument.named_child(argument.named_child_count - 1)
        if name is None:
            found[str(position)] = texts(value)
            position += 1
        else:
            found[raw(name)] = texts(value)
    return found


def doc_notes(doc: str, before: int) -> tuple[Note, ...]:
    """Doctrine-style annotations of a documentation comment that ends right above line ``before``."""
    if "@" not in doc:
        return ()
    found: list[Note] = []
    first_line = before - doc.count("\n") - 1
    for match in list(ANNOTATION.finditer(doc))[:60]:
        name = match[1].rpartition("\\")[2]
        line = first_line + doc.count("\n", 0, match.start(1))
        inside = _inside(doc, match.end()) if doc[match.end() : match.end() + 1] == "(" else ""
        found.append(Note(name, max(line, 1), _written(inside)))
    return tuple(found)


def _inside(doc: str, start: int) -> str:
    depth, quoted = 0, False
    for at in range(start, min(len(doc), start + MAX_ANNOTATION)):
        letter = doc[at]
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter == "(":
            depth += 1
        elif not quoted and letter == ")":
            depth -= 1
            if depth == 0:
                return doc[start + 1 : at]
    return ""


def _written(inside: str) -> dict[str, tuple[str, ...]]:
    """``"/a", name="x", methods={"GET"}`` by name and position; nested annotations are found on their own."""
    text = re.sub(r"(?m)^[ \t]*\*", "", inside)
    found: dict[str, tuple[str, ...]] = {}
    at, position = 0, 0
    while at < len(text):
        match = ARGUMENT.match(text, at)
        if match is None:
            comma = text.find(",", at)
            if comma < 0:
                break
            at = comma + 1
            continue
        value: tuple[str, ...]
        at = match.end()
        if match[2] == "{":
            end = text.find("}", at)
            held = text[at:end] if end >= 0 else ""
            value = tuple(re.findall(r'"([^"]*)"', held))
            at = end + 1 if end >= 0 else len(text)
        elif match[2].startswith('"'):
            value = (match[2][1:-1],)
        else:
            value = (match[2].removesuffix("::class"),)
        if match[1]:
            found.setdefault(match[1], value)
        else:
            found.setdefault(str(position), value)
            position += 1
        comma = text.find(",", at)
        at = comma + 1 if comma >= 0 else len(text)
    return found
