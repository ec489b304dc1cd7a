"""Names, types and documentation as a Java file writes them: syntax in, dotted text out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tree_sitter import Node

from agent.languages.java_grammar import (
    ANNOTATED,
    ANNOTATION,
    ARRAY_TYPE,
    BLOCK_COMMENT,
    F_ELEMENT,
    F_NAME,
    GENERIC,
    IDENTIFIER,
    LINE_COMMENT,
    MARKER,
    MODIFIERS,
    SCOPED_NAME,
    SCOPED_TYPE,
    TYPE,
    TYPE_ARGUMENTS,
    TYPE_NODES,
    WILDCARD,
)

__all__ = ["MAX_LINKS", "Names", "Scope"]

MAX_LINKS = 24  # a chain longer than this starts anew with "?": names stay linear in the size of the file
CONTAINERS = re.compile(
    r"(?:List|Set|Collection|Iterable|Iterator|Map|Queue|Deque|Stream|Optional|Vector|Stack|Enumeration|Page|Slice|Flux|"
    r"Mono|Future|Supplier|Provider|Instance|Local|Reference|Entity|Callable|Stage|Multi|Uni|Event|Class)\Z"
)
SENTENCE = re.compile(r"(?<=[.!?])\s|<p>|</p>|<br|\s@[a-z]|\n\s*\n")
INLINE_TAG = re.compile(r"\{@\w+\s+([^{}]{0,300})\}")
HTML_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
STARS = re.compile(r"(?m)^[ \t]*\*+ ?")


class Scope:
    """Where references are attributed to while walking: a type or one of its methods."""

    __slots__ = ("base", "complexity", "depth", "local_types", "name", "variables")

    def __init__(self, name: str, variables: Mapping[str, str], depth: int = 0, base: str = "") -> None:
        self.name = name
        self.variables = variables  # type parameters and their erasure
        self.depth = depth
        self.base = base  # the superclass as written
        self.complexity = 1
        self.local_types: set[str] = set()


class Names:
    """Reads names out of one file's source."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self._letters = source.decode("latin-1")  # one character a byte: places in the tree are places in it

    def text(self, node: Node) -> str:
        raw = self._letters[node.start_byte : node.end_byte]
        return raw if raw.isascii() else raw.encode("latin-1").decode("utf-8", "replace")

    def dotted(self, node: Node) -> str:
        """A qualified name without the blanks, comments and annotations that may stand inside it."""
        if node.kind_id in (IDENTIFIER, TYPE):
            return self.text(node)
        parts: list[str] = []
        todo = [node]
        while todo:
            current = todo.pop()
            kind = current.kind_id
            if kind in (IDENTIFIER, TYPE):
                parts.append(self.text(current))
            elif kind in (SCOPED_NAME, SCOPED_TYPE, GENERIC):
                todo.extend(c for c in reversed(current.named_children) if c.kind_id != TYPE_ARGUMENTS)
        return ".".join(parts[:MAX_LINKS])

    def declared(self, node: Node, scope: Scope) -> tuple[str, str]:
        """A type as written, without type arguments and with type parameters erased; and its elements' type."""
        kind = node.kind_id
        arguments: Node | None = None
        while kind in (ANNOTATED, GENERIC):
            if kind == GENERIC:
                arguments = node.named_child(node.named_child_count - 1)
                node = node.named_child(0)
            else:
                node = node.named_child(node.named_child_count - 1)
            kind = node.kind_id
        if kind == TYPE:
            name = self.text(node)
            name = scope.variables.get(name, name)
        elif kind == ARRAY_TYPE:
            inner = node.child_by_field_id(F_ELEMENT)
            element = self.declared(inner, scope)[0] if inner is not None else ""
            return element + "[]", element
        else:
            name = self.dotted(node) if kind == SCOPED_TYPE else self.text(node)
        if arguments is None or not CONTAINERS.search(name):
            return name, ""
        return name, self.element(arguments, scope)

    def element(self, arguments: Node, scope: Scope) -> str:
        """The last type argument: a list's element, a map's value; a wildcard stands for its bound."""
        last = next(
            (c for c in reversed(arguments.named_children) if c.kind_id not in (LINE_COMMENT, BLOCK_COMMENT)), None
        )
        if last is not None and last.kind_id == WILDCARD:
            last = next((c for c in reversed(last.named_children) if c.kind_id in TYPE_NODES), None)
        # One level is enough, and type arguments nest as deep as their author likes.
        return self.declared(last, scope)[0] if last is not None and last.kind_id in TYPE_NODES else ""

    def annotations(self, node: Node) -> tuple[str, ...]:
        first = node.named_child(0) if node.named_child_count else None
        if first is None or first.kind_id != MODIFIERS:
            return ()
        names = [c.child_by_field_id(F_NAME) for c in first.named_children if c.kind_id in (MARKER, ANNOTATION)]
        return tuple(self.dotted(name) for name in names if name is not None)

    def doc(self, node: Node | None) -> str:
        """The first sentence of a documentation comment, without tags; at most 240 characters."""
        if node is None:
            return ""
        raw = self.source[node.start_byte : min(node.end_byte, node.start_byte + 2000)]
        if not raw.startswith(b"/**"):
            return ""
        text = STARS.sub("", raw[3:].decode("utf-8", "replace").removesuffix("*/")).strip()
        if text.startswith("@"):
            return ""
        text = SENTENCE.split(text, maxsplit=1)[0]
        return " ".join(HTML_TAG.sub("", INLINE_TAG.sub(r"\1", text)).split())[:240]
