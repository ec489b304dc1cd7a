"""Names, types and documentation as a C# file writes them: syntax in, dotted text out."""

from __future__ import annotations

import re

from tree_sitter import Node

from agent.domain.facts import Import
from agent.languages.csharp_grammar import (
    ALIASED,
    ARRAY,
    ATTRIBUTE,
    ATTRIBUTES,
    COMMENT,
    F_NAME,
    F_TYPE,
    GENERIC,
    IDENTIFIER,
    NULLABLE,
    PREDEFINED,
    QUALIFIED,
    TYPE_ARGUMENTS,
    TYPE_NODES,
    line,
)

__all__ = ["MAX_LINKS", "Names", "Scope"]

MAX_LINKS = 24  # a chain longer than this starts anew with "?": names stay linear in the size of the file
WRAPPERS = frozenset("Task ValueTask ActionResult Nullable Lazy Results Ok Expression".split())
CONTAINERS = re.compile(
    r"(?:List|Set|Collection|Enumerable|Enumerator|Queryable|Dictionary|Queue|Stack|Array|Bag|Lookup|Page|Paged\w*|Segment"
    r"|Span|Memory|Options|OptionsSnapshot|Repository|Collection|ObjectSet|Grouping)\Z"
)
SUMMARY = re.compile(r"(?s)<summary>(.{0,1500}?)(?:</summary>|\Z)")
MARKUP = re.compile(
    r"<(?:see|paramref|typeparamref)\s[^<>]{0,60}?\"(?:[A-Z]:)?([\w.]{1,120})[^<>]{0,60}>|<[^<>]{0,200}>"
)
SENTENCE = re.compile(r"(?<=[.!?])\s")


class Scope:
    """Where references are attributed to while walking: a type or one of its methods."""

    __slots__ = ("base", "complexity", "depth", "name", "owner", "variables")

    def __init__(self, name: str, owner: str = "", variables: frozenset[str] = frozenset(), depth: int = 0) -> None:
        self.name = name
        self.owner = owner  # the type around it
        self.variables = variables  # type parameters
        self.depth = depth
        self.base = ""
        self.complexity = 1


class Names:
    """Reads names out of one file's source.

    A type with its namespace is written ``Shop::Order``, one link of a chain, and imported under that very alias.
    """

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.imports: list[Import] = []
        self._qualified: set[str] = set()

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def simple(self, node: Node | None) -> str:
        """An identifier or a generic name without its arguments."""
        if node is None:
            return ""
        if node.kind_id == GENERIC and node.named_child_count:
            node = node.named_child(0)
        return self.text(node).removeprefix("@")

    def dotted(self, node: Node) -> str:
        """A qualified name without type arguments and blanks."""
        parts: list[str] = []
        todo = [node]
        while todo and len(parts) < MAX_LINKS:
            current = todo.pop()
            if current.kind_id == IDENTIFIER:
                parts.append(self.text(current).removeprefix("@"))
            elif current.kind_id in (QUALIFIED, GENERIC, ALIASED):
                todo.extend(c for c in reversed(current.named_children) if c.kind_id != TYPE_ARGUMENTS)
        return ".".join(p for p in parts if p != "global")

    def declared(self, node: Node, scope: Scope) -> tuple[str, str]:
        """A type as written, out of tasks and nullables and without type arguments; and its elements' type."""
        for _ in range(MAX_LINKS):
            kind = node.kind_id
            if kind == NULLABLE:
                inner = node.child_by_field_id(F_TYPE) or (node.named_child(0) if node.named_child_count else None)
            elif kind == GENERIC and self.simple(node) in WRAPPERS:
                inner = self.last_argument(node)
            else:
                break
            if inner is None:
                break
            node = inner
        if kind == ARRAY:
            element = node.child_by_field_id(F_TYPE)
            return "Array", self.type_name(element, scope) if element is not None else ""
        name = self.type_name(node, scope)
        if kind == GENERIC:
            last = self.last_argument(node)
            if last is not None and (CONTAINERS.search(name) or name == "DbSet"):
                return name, self.type_name(last, scope)
        return name, ""

    def last_argument(self, generic: Node) -> Node | None:
        arguments = next((c for c in generic.named_children if c.kind_id == TYPE_ARGUMENTS), None)
        if arguments is None or not arguments.named_child_count:
            return None
        last = arguments.named_child(arguments.named_child_count - 1)
        return last if last.kind_id in TYPE_NODES else None

    def type_name(self, node: Node, scope: Scope) -> str:
        kind = node.kind_id
        if kind == NULLABLE and node.named_child_count:
            node = node.named_child(0)
            kind = node.kind_id
        if kind in (IDENTIFIER, GENERIC):
            name = self.simple(node)
            return "object" if name in scope.variables else name
        if kind == PREDEFINED:
            return self.text(node)
        if kind in (QUALIFIED, ALIASED):
            return self.qualified(self.dotted(node), node)
        return "object"

    def qualified(self, full: str, at: Node) -> str:
        """Note a type that is named with its namespace or its outer type, so that it is resolved like an import."""
        if "." not in full:
            return full or "object"
        alias = full.replace(".", "::")
        if alias not in self._qualified:
            self._qualified.add(alias)
            module, _, name = full.rpartition(".")
            self.imports.append(Import(module, name, alias, line(at)))
        return alias

    def attributes(self, node: Node) -> tuple[str, ...]:
        found: list[str] = []
        for held in node.named_children:
            if held.kind_id == ATTRIBUTES:
                for attribute in held.named_children:
                    name = attribute.child_by_field_id(F_NAME) if attribute.kind_id == ATTRIBUTE else None
                    if name is not None:
                        found.append(self.dotted(name))
        return tuple(found)

    def doc(self, node: Node) -> str:
        """The first sentence of the ``///`` comment above; at most 240 characters."""
        lines: list[str] = []
        before = node.prev_named_sibling
        while before is not None and before.kind_id == COMMENT and len(lines) < 30:
            text = self.text(before)
            if not text.startswith("///"):
                break
            lines.append(text[3:].strip())
            before = before.prev_named_sibling
        if not lines:
            return ""
        text = " ".join(reversed(lines))
        summary = SUMMARY.search(text)
        plain = " ".join(MARKUP.sub(r"\1", summary[1] if summary is not None else text).split())
        return SENTENCE.split(plain, maxsplit=1)[0][:240]
