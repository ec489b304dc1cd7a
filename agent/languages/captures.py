"""A walk over a file's syntax tree: node kinds in, the nodes of those kinds in document order out.

No query of tree-sitter's: its cursor takes quadratic time on nodes with very many children, which broken source has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser

from agent.domain.facts import Definition, FileFacts, Import, Reference, Wiring
from agent.languages.bounded_parsing import error_lines, parse, unreadable
from agent.languages.repository_names import NAMES

__all__ = ["Captures", "Collected", "Scope", "sentence"]

MAX_DEPTH = 1500  # a node's parent is searched for from the root, so what lies deeper would cost too much
MAX_NESTING = 12  # types nested deeper belong to the type around them: names stay short


class Captures:
    """A grammar and what is taken from its trees.

    ``wanted`` has ``kind``, ``kind:field`` for nodes that have the field, or ``parent>kind``; and a name for each.
    """

    def __init__(self, grammar: Grammar, wanted: Mapping[str, str]) -> None:
        self.grammar = grammar
        self._parser = Parser(grammar)
        self._kinds: dict[int, tuple[str, str]] = {}
        self._inside: dict[int, dict[int, str]] = {}
        for key, name in wanted.items():
            parent, _, kind = key.rpartition(">")
            kind, _, field = kind.partition(":")
            if parent:
                self._inside.setdefault(self._id(parent), {})[self._id(kind)] = name
            else:
                self._kinds[self._id(kind)] = (name, field)

    def _id(self, kind: str) -> int:
        found = self.grammar.id_for_node_kind(kind, True)
        if found is None:  # pragma: no cover - a grammar without this node is another grammar
            raise LookupError(kind)
        return found

    def read(self, source: bytes) -> tuple[Node | None, str]:
        """The root, or why there is none."""
        why = unreadable(source)
        root = None if why else parse(self._parser, source)
        return root, why or ("" if root is not None else "parser gave up")

    def nodes(self, root: Node) -> Iterator[tuple[str, Node]]:
        """(name, node), an outer node before what lies in it."""
        kinds, inside, nothing = self._kinds, self._inside, dict[int, str]()
        stack = [(root, "", 0)]
        while stack:
            node, name, depth = stack.pop()
            kind = node.kind_id
            if name:
                yield name, node
            if kind in kinds:
                name, field = kinds[kind]
                if not field or node.child_by_field_name(field) is not None:
                    yield name, node
            if node.child_count and depth < MAX_DEPTH:
                names, depth = inside.get(kind, nothing), depth + 1
                if names:
                    stack.extend([(child, names.get(child.kind_id, ""), depth) for child in node.named_children[::-1]])
                else:
                    stack.extend([(child, "", depth) for child in node.named_children[::-1]])


class Scope:
    """A definition that is open while its nodes come by; ``variables`` are its locals' types."""

    __slots__ = ("complexity", "end", "kind", "name", "node", "variables")

    def __init__(self, name: str, kind: str, end: int, node: Node | None = None) -> None:
        self.name = name
        self.kind = kind
        self.end = end
        self.node = node
        self.variables: dict[str, str] = {}
        self.complexity = 1


class Collected:
    """The facts of one file while they are gathered, and the open scopes."""

    def __init__(self, language: str, source: bytes) -> None:
        self.language = language
        self.source = source
        self.definitions: list[Definition] = []
        self.imports: list[Import] = []
        self.references: dict[Reference, None] = {}
        self.wirings: dict[Wiring, None] = {}
        self.scopes: list[Scope] = [Scope("", "module", len(source) + 1)]

    def text(self, node: Node | None, limit: int = 300) -> str:
        if node is None:
            return ""
        return self.source[node.start_byte : min(node.end_byte, node.start_byte + limit)].decode("utf-8", "replace")

    @property
    def scope(self) -> Scope:
        return self.scopes[-1]

    def leave(self, start: int) -> list[Scope]:
        """Close the scopes that end before this byte; the closed ones."""
        closed: list[Scope] = []
        while len(self.scopes) > 1 and self.scopes[-1].end <= start:
            closed.append(self.scopes.pop())
        return closed

    def on_decision(self, _node: Node) -> None:
        self.scope.complexity += 1

    def on_binary(self, node: Node) -> None:
        operator = node.child_by_field_name("operator")
        if operator is not None and operator.type in ("&&", "||", "and", "or"):
            self.scope.complexity += 1

    def refer(self, name: str, kind: str, line: int, scope: str | None = None) -> None:
        """A key; dots and brackets would make a chain of it."""
        if name and len(name) < 300 and name[0] not in "?@" and not any(mark in name for mark in ".(["):
            self.references.setdefault(Reference(self.scope.name if scope is None else scope, name, kind, line))

    def wire(self, kind: str, line: int, *args: str, scope: str = "") -> None:
        self.wirings.setdefault(Wiring(self.language, kind, scope, line, args))

    def facts(self, package: str = "", root: Node | None = None, errors: tuple[int, ...] = ()) -> FileFacts:
        imports = [*self.imports, *([NAMES] if self.references else [])]
        return FileFacts(
            language=self.language,
            package=package,
            code_lines=sum(1 for text in self.source.splitlines() if text.strip()),
            definitions=tuple(sorted(self.definitions, key=lambda d: (d.line, d.name))),
            imports=tuple(imports),
            references=tuple(self.references),
            wirings=tuple(self.wirings),
            error_lines=error_lines(root) if root is not None else errors,
        )


def sentence(lines: list[str]) -> str:
    """The first sentence of a comment; at most 240 characters."""
    text = " ".join(" ".join(lines).split())
    end = next((i + 1 for i, c in enumerate(text[:239]) if c in ".!?" and text[i + 1 : i + 2] in ("", " ")), 240)
    return text[:end]
