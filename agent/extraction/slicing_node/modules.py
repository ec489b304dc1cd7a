"""A CommonJS module as a slice sees it: its top-level statements, what each binds and gives out, and what each refers to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

__all__ = ["Export", "Module", "Reference", "Statement", "read_module", "references", "resolve", "text_of", "walk"]

_FUNCTIONS = frozenset({
    "function_declaration", "function_expression", "function", "arrow_function", "method_definition", "generator_function",
    "generator_function_declaration",
})  # fmt: skip
_DECLARING = frozenset({"lexical_declaration", "variable_declaration"})
_DEFINING = frozenset({"function_declaration", "generator_function_declaration", "class_declaration"})
_IDENTIFIERS = frozenset({"identifier", "shorthand_property_identifier"})
_RUNNING = frozenset({"call_expression", "new_expression", "await_expression", "assignment_expression"})
SUFFIXES = (".js", ".cjs", ".ts", ".cts", ".jsx", ".tsx", ".json")
_MOST_DEPTH = 400


@dataclass(frozen=True)
class Reference:
    """``kind``: name (of this module's top level), export (of ``module``), whole (all of ``module``), module (that it is loaded)."""

    kind: str
    module: str
    name: str
    line: int


@dataclass(frozen=True)
class Export:
    """Something that the module gives out under a name, as a part of the statement ``index``: the bytes of one property, or all."""

    name: str
    index: int
    node: Node
    part: bool = False


@dataclass(frozen=True)
class Statement:
    """``kind``: import, definition, export, attached (to ``names[0]``), default or effect. ``start`` takes in the comments above it."""

    index: int
    kind: str
    node: Node
    names: tuple[str, ...]
    start: int
    end: int
    lines: tuple[int, int]


@dataclass(frozen=True)
class Module:
    """``imports``: name -> (specifier, member or "" for all of it). ``cuttable``: it is CommonJS that was read without an error."""

    path: str
    role: str
    source: bytes
    root: Node
    statements: tuple[Statement, ...]
    bound: Mapping[str, int]
    imports: Mapping[str, tuple[str, str]]
    exports: tuple[Export, ...]
    cuttable: bool

    @cached_property
    def lines(self) -> int:
        return self.source.count(b"\n") + (bool(self.source) and not self.source.endswith(b"\n"))

    @cached_property
    def exported(self) -> Mapping[str, tuple[Export, ...]]:
        found: dict[str, list[Export]] = {}
        for one in self.exports:
            found.setdefault(one.name, []).append(one)
        return {name: tuple(several) for name, several in found.items()}

    def statement_at(self, line: int) -> Statement | None:
        """The statement that holds a line, counted from 1."""
        return next((one for one in self.statements if one.lines[0] <= line <= one.lines[1]), None)


def text_of(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, in no particular order."""
    stack = [node]
    while stack:
        here = stack.pop()
        yield here
        stack.extend(here.named_children)


def resolve(path: str, specifier: str, known: Collection[str]) -> str:
    """The file of the repository that ``require(specifier)`` in ``path`` loads; empty when it is a library's."""
    if not specifier.startswith("."):
        return ""
    base = posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier))
    stem = re.sub(r"\.js$", "", base)
    tries = (base, *(base + one for one in SUFFIXES), *(f"{base}/index{one}" for one in SUFFIXES), f"{stem}.ts")
    return next((one for one in tries if one in known), "")


def read_module(path: str, role: str, source: bytes, root: Node) -> Module:
    statements: list[Statement] = []
    bound: dict[str, int] = {}
    imports: dict[str, tuple[str, str]] = {}
    exports: list[Export] = []
    comments: list[Node] = []
    cuttable = not root.has_error
    for node in root.named_children:
        if node.type in ("comment", "hash_bang_line"):
            comments.append(node)
            continue
        cuttable = cuttable and node.type not in ("import_statement", "export_statement")
        index = len(statements)
        kind, names = _kind(node, bound)
        found = tuple(_exports(node, index))
        if found:
            kind = "default" if found[0].name == "" else "export"
            exports += [one for one in found if one.name]
        if kind in ("import", "definition"):
            bound.update(dict.fromkeys(names, index))
        imports.update(_imports(node))
        start = _with_comments(node, comments, statements)
        lines = (node.start_point[0] + 1, node.end_point[0] + 1)
        statements.append(Statement(index, kind, node, names, start, node.end_byte, lines))
    return Module(path, role, source, root, tuple(statements), bound, imports, tuple(exports), cuttable)


def _with_comments(node: Node, comments: list[Node], before: list[Statement]) -> int:
    """Where the comments begin that stand right above a statement; a comment that opens the file is the file's."""
    start, row = node.start_byte, node.start_point[0]
    last = before[-1].node.end_point[0] if before else -1
    while comments:
        comment = comments.pop()
        if comment.end_point[0] < row - 1 or comment.start_point[0] <= last or comment.start_byte == 0:
            break
        start, row = comment.start_byte, comment.start_point[0]
    comments.clear()
    return start


def _kind(node: Node, bound: Mapping[str, int]) -> tuple[str, tuple[str, ...]]:
    if node.type in _DECLARING:
        names = tuple(name for one in node.named_children for name in _pattern(one.child_by_field_name("name")))
        values = [one.child_by_field_name("value") for one in node.named_children if one.type == "variable_declarator"]
        if values and all(value is not None and _required(value) is not None for value in values):
            return "import", names
        runs = any(value is not None and _runs(value) for value in values)
        return ("effect" if runs else "definition"), names
    if node.type in _DEFINING:
        return "definition", (text_of(node.child_by_field_name("name")),)
    target = _assigned(node)
    if target is not None and target.type == "member_expression":
        owner = _first(target)
        if owner in bound and owner not in ("exports", "module"):
            return "attached", (owner,)
    return "effect", ()


def _runs(value: Node) -> bool:
    """Whether something happens when it is evaluated, outside of functions: such a variable may not be left out unseen."""
    stack = [value]
    while stack:
        here = stack.pop()
        if here.type in _FUNCTIONS or here.type in ("class", "class_declaration"):
            continue
        if here.type in _RUNNING and _required(here) is None:
            return True
        stack.extend(here.named_children)
    return False


def _required(node: Node) -> str | None:
    """The specifier of ``require('x')``, ``require('x').y`` or ``require('x')(...)``'s function; None for anything else."""
    while node.type == "member_expression":
        inner = node.child_by_field_name("object")
        if inner is None:
            return None
        node = inner
    if node.type != "call_expression" or text_of(node.child_by_field_name("function")) != "require":
        return None
    arguments = node.child_by_field_name("arguments")
    first = arguments.named_children[0] if arguments is not None and arguments.named_children else None
    return text_of(first)[1:-1] if first is not None and first.type == "string" else None


def _imports(node: Node) -> Iterator[tuple[str, tuple[str, str]]]:
    for one in node.named_children if node.type in _DECLARING else ():
        name, value = one.child_by_field_name("name"), one.child_by_field_name("value")
        specifier = _required(value) if value is not None else None
        if name is None or value is None or specifier is None:
            continue
        member = text_of(value.child_by_field_name("property")) if value.type == "member_expression" else ""
        if name.type == "identifier":
            yield text_of(name), (specifier, member)
        for part in name.named_children if name.type == "object_pattern" else ():
            key, local = part.child_by_field_name("key"), part.child_by_field_name("value")
            if part.type == "shorthand_property_identifier_pattern":
                yield text_of(part), (specifier, member or text_of(part))
            elif key is not None and local is not None:
                for each in _pattern(local):
                    yield each, (specifier, member or text_of(key))


def _pattern(node: Node | None) -> Iterator[str]:
    if node is None:
        return
    if node.type in ("identifier", "shorthand_property_identifier_pattern"):
        yield text_of(node)
        return
    for child in node.named_children:
        # A default and a key are no names that are bound
        of_pair = node.type in ("pair_pattern", "assignment_pattern", "object_assignment_pattern")
        if not of_pair or child not in (node.child_by_field_name("key"), node.child_by_field_name("right")):
            yield from _pattern(child)


def _assigned(node: Node) -> Node | None:
    expression = node.named_children[0] if node.type == "expression_statement" and node.named_children else None
    if expression is None or expression.type != "assignment_expression":
        return None
    return expression.child_by_field_name("left")


def _first(node: Node) -> str:
    while node.type in ("member_expression", "subscript_expression"):
        inner = node.child_by_field_name("object")
        if inner is None:
            return ""
        node = inner
    return text_of(node) if node.type == "identifier" else ""


def _exports(node: Node, index: int) -> Iterator[Export]:
    """One for each name; one without a name for ``module.exports = ...``, and one for each property of an object there."""
    expression = node.named_children[0] if node.type == "expression_statement" and node.named_children else None
    while expression is not None and expression.type == "assignment_expression":
        left, right = expression.child_by_field_name("left"), expression.child_by_field_name("right")
        parts = text_of(left).split(".") if left is not None and left.type == "member_expression" else [text_of(left)]
        if parts[:2] == ["module", "exports"]:
            parts = parts[1:]
        if parts == ["exports"]:
            yield Export("", index, node)
            yield from _properties(right, index)
        elif parts[0] == "exports" and len(parts) == 2:
            yield Export(parts[1], index, node)
        expression = right


def _properties(value: Node | None, index: int) -> Iterator[Export]:
    for one in value.named_children if value is not None and value.type == "object" else ():
        if one.type == "shorthand_property_identifier":
            yield Export(text_of(one), index, one, True)
        elif one.type in ("pair", "method_definition"):
            key = one.child_by_field_name("key" if one.type == "pair" else "name")
            if key is not None and key.type in ("property_identifier", "string"):
                yield Export(text_of(key).strip("'\""), index, one, True)


def references(
    module: Module, node: Node, known: Collection[str], skip: Collection[tuple[int, int]]
) -> Iterator[Reference]:
    """Everything in ``node`` that leads to a name of the module's top level or to another module, without the ranges to skip."""
    stack: list[tuple[Node, frozenset[str]]] = [(node, frozenset())]
    while stack:
        here, hidden = stack.pop()
        if (here.start_byte, here.end_byte) in skip or here.type == "comment":
            continue
        if here.type in _FUNCTIONS:
            hidden = hidden | frozenset(_locals(here))
        found, rest = _reference(module, here, hidden, known)
        yield from found
        stack.extend((child, hidden) for child in rest)


def _reference(
    module: Module, here: Node, hidden: frozenset[str], known: Collection[str]
) -> tuple[list[Reference], list[Node]]:
    """What this node itself refers to, and the nodes below it that are still to be read."""
    line = here.start_point[0] + 1
    if here.type in _IDENTIFIERS:
        name = text_of(here)
        return ([] if name in hidden else _named(module, name, "", known, line)), []
    if here.type == "call_expression":
        specifier = _required(here)
        if specifier is not None:
            target = resolve(module.path, specifier, known)
            kind = "module" if here.parent is not None and here.parent.type == "expression_statement" else "whole"
            return ([Reference(kind, target, "", line)] if target else []), []
    if here.type == "member_expression":
        owner, member = here.child_by_field_name("object"), text_of(here.child_by_field_name("property"))
        if owner is None:
            return [], []
        specifier = _required(owner) if owner.type == "call_expression" else None
        if specifier is not None:
            target = resolve(module.path, specifier, known)
            return ([Reference("export", target, member, line)] if target else []), []
        if text_of(owner) in ("exports", "module.exports", "this"):
            return ([Reference("export", module.path, member, line)] if member in module.exported else []), []
        if owner.type == "identifier" and text_of(owner) not in hidden:
            return _named(module, text_of(owner), member, known, line), []
        return [], [owner]
    if here.type == "pair":
        value, key = here.child_by_field_name("value"), here.child_by_field_name("key")
        parts = [key] if key is not None and key.type == "computed_property_name" else []
        return [], [*parts, *([value] if value is not None else [])]
    return [], list(here.named_children)


def _named(module: Module, name: str, member: str, known: Collection[str], line: int) -> list[Reference]:
    if name not in module.bound and not any(name in one.names for one in module.statements):
        return []
    found = [Reference("name", module.path, name, line)]
    specifier, part = module.imports.get(name, ("", ""))
    target = resolve(module.path, specifier, known) if specifier else ""
    if target:
        if part or member:
            found.append(Reference("export", target, part or member, line))
        else:
            found.append(Reference("whole", target, "", line))
    return found


def _locals(function: Node) -> Iterator[str]:
    """Names that a function has for itself: its parameters, and what is declared in it, not in functions inside of it."""
    for field in ("parameters", "parameter"):
        yield from _pattern(function.child_by_field_name(field))
    body = function.child_by_field_name("body")
    stack = [body] if body is not None else []
    while stack:
        here = stack.pop()
        if here.type in ("variable_declarator", "catch_clause"):
            yield from _pattern(here.child_by_field_name("name") or here.child_by_field_name("parameter"))
        elif here.type in _DEFINING:
            yield text_of(here.child_by_field_name("name"))
        elif here.type in ("for_in_statement",):
            yield from _pattern(here.child_by_field_name("left"))
        if here.type not in _FUNCTIONS:
            stack.extend(here.named_children)
