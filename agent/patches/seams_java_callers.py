"""Moves the calls in one Java file to a seam: its tree and a class in, the changed text out."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from agent.patches.edits import Edit
from agent.patches.java_source import JavaSource

__all__ = ["MovedCalls", "move_calls"]


@dataclass(frozen=True)
class MovedCalls:
    """The changed text, how many calls go through the seam, and the names of the methods that they call."""

    after: str
    count: int
    names: frozenset[str]


def move_calls(
    source: JavaSource, package: str, simple: str, camel: str, methods: Collection[str]
) -> MovedCalls | None:
    """``new C().m()`` and variables that are only made and called; None when the class is used in any other way."""
    if f"{camel}Seam" in source.text or not _means(source, package, simple):
        return None
    edits: list[Edit] = []
    names: list[str] = []
    covered: set[int] = set()
    typed = False
    for call in source.nodes("method_invocation"):
        receiver = call.child_by_field_name("object")
        name = source.said(call.child_by_field_name("name"))
        if receiver is not None and _makes(source, receiver, simple) and name in methods:
            inner = receiver.named_children[0] if receiver.type == "parenthesized_expression" else receiver
            edits.append(Edit(receiver.start_byte, receiver.end_byte, f"{camel}Seam.current()"))
            names.append(name)
            covered.update(n.start_byte for n in source.nodes("type_identifier", "identifier", under=inner))
    for declaration in source.nodes("field_declaration", "local_variable_declaration"):
        declarators = declaration.children_by_field_name("declarator")
        kind = declaration.child_by_field_name("type")
        if source.said(kind) != simple or len(declarators) != 1:
            continue
        value, variable = (
            declarators[0].child_by_field_name("value"),
            source.said(declarators[0].child_by_field_name("name")),
        )
        called = _called(source, variable, declarators[0], methods)
        if value is None or not _makes(source, value, simple) or called is None:
            return None
        typed = True
        names += called
        edits.append(Edit(kind.start_byte, kind.end_byte, f"{camel}Operations"))
        edits.append(Edit(value.start_byte, value.end_byte, f"{camel}Seam.current()"))
        covered.add(kind.start_byte)
        covered.update(n.start_byte for n in source.nodes("type_identifier", "identifier", under=value))
    if not edits or _others(source, simple, covered):
        return None
    after = source.edited([*edits, *_imports(source, package, simple, camel, typed)])
    return MovedCalls(after, len(names), frozenset(names)) if after is not None else None


def _means(source: JavaSource, package: str, simple: str) -> bool:
    """Whether the simple name is this class there."""
    imported = source.imports().get(simple)
    if imported is not None:
        return imported == f"{package}.{simple}"
    return source.package() == package or f"import {package}.*;" in source.text


def _makes(source: JavaSource, node: Any, simple: str) -> bool:
    said = re.sub(r"\s+", "", source.said(node)).strip("()")
    return said in (f"new{simple}", f"{simple}.getInstance") and node.type in (
        "object_creation_expression",
        "method_invocation",
        "parenthesized_expression",
    )


def _called(source: JavaSource, variable: str, declarator: Any, methods: Collection[str]) -> list[str] | None:
    """The methods called on a variable; None when it is used in any other way."""
    found: list[str] = []
    own = declarator.child_by_field_name("name").start_byte
    for node in source.nodes("identifier"):
        if source.said(node) != variable or node.start_byte == own:
            continue
        parent = node.parent
        through = parent
        if parent.type == "field_access" and source.said(parent) == f"this.{variable}":
            through = parent.parent
        if through.type == "method_invocation" and through.child_by_field_name("name").start_byte == node.start_byte:
            continue  # a method of the same name
        receiver = through.child_by_field_name("object") if through.type == "method_invocation" else None
        if receiver is None or source.said(receiver).removeprefix("this.") != variable:
            return None
        name = source.said(through.child_by_field_name("name"))
        if name not in methods:
            return None
        found.append(name)
    return found


def _others(source: JavaSource, simple: str, covered: Collection[int]) -> bool:
    return any(
        source.said(node) == simple and node.start_byte not in covered and not _in_import(node)
        for node in source.nodes("type_identifier", "identifier")
    )


def _in_import(node: Any) -> bool:
    while node is not None:
        if node.type == "import_declaration":
            return True
        node = node.parent
    return False


def _imports(source: JavaSource, package: str, simple: str, camel: str, typed: bool) -> list[Edit]:
    """The seam's types in the place of the class, for files of other packages."""
    if source.package() == package:
        return []
    wanted = [f"{package}.{camel}Operations"] if typed else []
    lines = "".join(f"import {full};{source.newline}" for full in [*wanted, f"{package}.{camel}Seam"])
    for node in source.nodes("import_declaration"):
        if source.said(node) == f"import {package}.{simple};":
            number = source.lines.number(node.start_byte)
            return [Edit(source.lines.start(number), source.lines.start(number + 1), lines)]
    return [edit for full in [*wanted, f"{package}.{camel}Seam"] for edit in source.import_type(full)]
