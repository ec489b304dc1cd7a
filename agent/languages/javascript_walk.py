"""The walk over one JavaScript or TypeScript tree: an explicit stack, scopes, and what is found on the way.

In go bytes and a tree, out comes FileFacts; what each kind of node means is said by the classes that build on this one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tree_sitter import Node

from agent.domain.facts import Binding, Definition, FileFacts, Fragment, Import, Reference
from agent.languages.javascript_chains import (
    TRANSPARENT,
    first_child,
    first_sentence,
    pattern_names,
    plain_chain,
    string_text,
)
from agent.languages.javascript_exports import apart

__all__ = ["CLASSES", "FUNCTIONS", "MEMBERS", "Draft", "Frame", "Handler", "Walk", "import_names", "named_specifiers"]

FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})
CLASSES = frozenset({"class_declaration", "class", "abstract_class_declaration"})
MEMBERS = frozenset({"member_expression", "subscript_expression"})
ROOT = re.compile(r"[^.(\[]+")
MAX_LINKS = 12


class Frame:
    """Where the walk is: the definition around it, what ``this`` is, and which file-level names parameters hide."""

    __slots__ = ("anonymous", "decisions", "hidden", "owner", "scope")

    def __init__(
        self, scope: str, owner: str, hidden: frozenset[str], decisions: list[int], anonymous: bool = False
    ) -> None:
        self.scope = scope
        self.owner = owner
        self.hidden = hidden
        self.decisions = decisions
        self.anonymous = anonymous


@dataclass(slots=True)
class Draft:
    """A definition whose complexity is still being counted."""

    name: str
    kind: str
    line: int
    end_line: int
    doc: str
    returns: str = ""
    decorators: tuple[str, ...] = ()
    decisions: list[int] = field(default_factory=lambda: [0])


Handler = Callable[[Any, Node, Frame], None] | None


class Walk:
    """The walk over one file and what it has found so far."""

    def __init__(self, language: str, source: bytes, root: Node, handlers: Mapping[int, Handler]) -> None:
        self._language = language
        self._source = source
        self._root = root
        self._handlers = handlers
        self._stack: list[tuple[Node, Frame]] = []
        self._drafts: dict[str, Draft] = {}
        self._imports: list[Import] = []
        self._references: list[Reference] = []
        self._uses: list[Reference] = []
        self._bindings: list[Binding] = []
        self._exported: set[str] = set()  # by ``exports.x = ...``
        self._fragments: list[Fragment] = []
        self._required: dict[int, str] = {}
        self._docs: dict[int, bytes] = {}  # JSDoc by the row it ends on
        self._decorators: list[str] = []
        self._errors: set[int] = set()
        self._types: set[str] = set()  # type parameters, which are no references
        self._top = self._top_names()

    def facts(self) -> FileFacts:
        """Everything, in source order within each kind."""
        file = Frame("", "", frozenset(), [0])
        stack, handlers = self._stack, self._handlers
        stack.append((self._root, file))
        while stack:
            node, frame = stack.pop()
            handler = handlers.get(node.kind_id, Walk.descend)
            if handler is not None:
                handler(self, node, frame)
        aliases = self._top | {i.alias for i in self._imports} | ({"exports"} if self._exported else set())
        self._references.extend(use for use in self._uses if self._known(use, aliases))
        self._references.sort(key=lambda r: r.line)
        if self._root.has_error and not self._errors:
            self._missing()
        facts = FileFacts(
            self._language,
            code_lines=sum(1 for line in self._source.splitlines() if line.strip()),
            definitions=tuple(_definition(draft) for draft in self._drafts.values()),
            imports=tuple(self._imports),
            references=tuple(r for r in self._references if not (r.kind == "type" and r.name in self._types)),
            bindings=tuple(self._bindings),
            fragments=tuple(self._fragments),
            error_lines=tuple(sorted(self._errors)),
        )
        return apart(facts, self._exported) if self._exported else facts

    def _known(self, use: Reference, aliases: frozenset[str]) -> bool:
        """Whether the file itself says what the name is: an import, or a definition in a scope around the use."""
        name, scope = use.name.partition(".")[0].rstrip("()[]"), use.scope
        if name in aliases or name in self._drafts:
            return True
        while scope:
            if f"{scope}.{name}" in self._drafts:
                return True
            scope = scope.rpartition(".")[0]
        return False

    def _missing(self) -> None:
        """Tokens that the parser made up to go on are no error nodes; found only where a subtree has errors."""
        stack = [self._root]
        while stack:
            node = stack.pop()
            if node.is_missing:
                self._errors.add(node.start_point[0] + 1)
            stack.extend(child for child in node.children if child.has_error or child.is_missing)

    def text(self, node: Node | None) -> str:
        """A node's own text."""
        return "" if node is None else self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def chain(self, node: Node, frame: Frame) -> str:
        """``a.b(x)?.[0].c`` as ``a.b()[].c``; names hidden by a parameter and all other beginnings become ``?``."""
        plain = plain_chain(node, self._source)
        if plain is not None:
            return f"?{plain}" if plain.partition(".")[0] in frame.hidden else plain
        links: list[str] = []
        suffix = ""
        current: Node | None = node
        while current is not None and len(links) < MAX_LINKS and len(suffix) < 60:
            kind = current.type
            if kind == "member_expression":
                links.append(self.text(current.child_by_field_name("property")) + suffix)
                suffix, current = "", current.child_by_field_name("object")
            elif kind == "call_expression":
                alias = self.required(current, frame)
                if alias:
                    links.append(alias + suffix)
                    return ".".join(reversed(links))
                suffix, current = "()" + suffix, current.child_by_field_name("function")
            elif kind == "new_expression":
                suffix, current = "()" + suffix, current.child_by_field_name("constructor")
            elif kind == "subscript_expression":
                suffix, current = "[]" + suffix, current.child_by_field_name("object")
            elif kind in TRANSPARENT:
                current = first_child(current)
            elif kind in ("identifier", "this", "super", "type_identifier", "nested_identifier"):
                name = self.text(current)
                links.append(("?" if name in frame.hidden else "") + name + suffix)
                return ".".join(reversed(links))
            else:
                break
        links.append("?" + suffix)
        return ".".join(reversed(links))

    def required(self, call: Node, frame: Frame, name: str = "", alias: str | None = None) -> str:
        """The alias of ``require("x")`` or ``import("x")``, recorded as an import once; ``""`` for other calls."""
        if (known := self._required.get(call.start_byte)) is not None and alias is None:
            return known
        function = call.child_by_field_name("function")
        if function is None or function.end_byte - function.start_byte not in (6, 7):
            return ""
        if self._source[function.start_byte : function.end_byte] not in (b"require", b"import"):
            return ""
        arguments = call.child_by_field_name("arguments")
        literal = first_child(arguments) if arguments is not None else None
        if literal is None or "require" in frame.hidden:
            return ""
        module = string_text(literal, self._source)
        if alias is None:
            alias = f"require@{len(self._imports)}"
        self._required[call.start_byte] = alias
        self._imports.append(Import(module, name, alias, call.start_point[0] + 1, frame.scope))
        return alias

    def define(self, name: str, kind: str, node: Node, frame: Frame, line: int = 0) -> Draft:
        """Records a definition below the frame's scope; a second one of the same name is part of the first."""
        full = f"{frame.scope}.{name}" if frame.scope else name
        row = (line or node.start_point[0] + 1) - 1
        if full in self._drafts:
            return self._drafts[full]
        comment = self._docs.get(row - 1) or self._docs.get(row)
        draft = Draft(full, kind, row + 1, node.end_point[0] + 1, first_sentence(comment) if comment else "")
        self._drafts[full] = draft
        return draft

    def bind(self, scope: str, name: str, value: str, line: int) -> None:
        """Records what a variable holds, when that is a chain."""
        root = ROOT.match(value)
        # ``chain = chain.filter()`` says nothing about chain that its first binding did not say
        if name and not (root and root.group() == name and scope):
            self._bindings.append(Binding(scope, name, "?" if value.startswith("?") else value, line))

    def push(self, nodes: list[Node], frame: Frame) -> None:
        """Walks these next, in order."""
        self._stack.extend([(node, frame) for node in reversed(nodes)])

    def push_inner(self, node: Node, frame: Frame) -> None:
        """Walks what a chain carries along: arguments, subscripts, and whatever it starts with."""
        current: Node | None = node
        inner: list[Node] = []
        while current is not None:
            kind = current.type
            if kind == "call_expression":
                if (arguments := current.child_by_field_name("arguments")) is not None:
                    inner.append(arguments)
                function = current.child_by_field_name("function")
                if function is not None and function.type != "import" and current.start_byte not in self._required:
                    self.call(function, frame)
                current = function
            elif kind == "subscript_expression":
                if (index := current.child_by_field_name("index")) is not None:
                    inner.append(index)
                current = current.child_by_field_name("object")
            elif kind == "member_expression":
                current = current.child_by_field_name("object")
            elif kind in TRANSPARENT:
                inner.extend(current.named_children[1:])
                current = first_child(current)
            else:
                if kind not in ("identifier", "this", "super", "import"):
                    inner.append(current)
                break
        self.push(inner[::-1], frame)

    def call(self, function: Node, frame: Frame) -> None:
        """Records one call."""
        name = self.chain(function, frame)
        self._references.append(Reference(frame.scope, name, "call", function.end_point[0] + 1))

    def _top_names(self) -> frozenset[str]:
        """Names of the file itself: what a parameter may hide and a reference may mean."""
        found: set[str] = set()
        for child in self._root.named_children:
            kind = child.type
            if kind == "export_statement":
                declared = child.child_by_field_name("declaration")
                if declared is None:
                    continue
                child, kind = declared, declared.type
            if kind in ("lexical_declaration", "variable_declaration"):
                for part in child.named_children:
                    name = part.child_by_field_name("name")
                    if name is not None:
                        found.update(n for n, _, _ in pattern_names(name, self._source))
            elif kind == "import_statement":
                found.update(name for _, name in import_names(child, self._source))
            elif (name := child.child_by_field_name("name")) is not None:
                found.add(self.text(name))
        return frozenset(found)

    def descend(self, node: Node, frame: Frame) -> None:
        """Nothing of its own: on to the children."""
        children = node.named_children
        if children:
            self._stack.extend([(child, frame) for child in reversed(children)])

    def comment(self, node: Node, frame: Frame) -> None:  # noqa: ARG002
        """JSDoc is kept until the definition below it comes."""
        raw = self._source[node.start_byte : node.start_byte + 4001]
        if raw.startswith(b"/**"):
            self._docs[node.end_point[0]] = self._source[node.start_byte : min(node.end_byte, node.start_byte + 4001)]

    def error(self, node: Node, frame: Frame) -> None:
        """What the parser could not place is counted; what it understood inside is still read."""
        self._errors.add(node.start_point[0] + 1)
        self.descend(node, frame)


def _definition(draft: Draft) -> Definition:
    return Definition(
        draft.name, draft.kind, draft.line, draft.end_line, draft.doc, draft.returns, draft.decorators,
        1 + draft.decisions[0],
    )  # fmt: skip


def import_names(node: Node, source: bytes) -> list[tuple[str, str]]:
    """(imported name, alias) of an import statement; ``""`` stands for the whole module."""

    def text(part: Node | None) -> str:
        return source[part.start_byte : part.end_byte].decode("utf-8", "replace") if part is not None else ""

    found: list[tuple[str, str]] = []
    for clause in node.named_children:
        if clause.type == "import_require_clause":
            found.append(("", text(first_child(clause))))
        if clause.type != "import_clause":
            continue
        for part in clause.named_children:
            if part.type == "identifier":
                found.append(("default", text(part)))
            elif part.type == "namespace_import":
                found.append(("", text(first_child(part))))
            elif part.type == "named_imports":
                found.extend(named_specifiers(part, "import_specifier", source))
    return found


def named_specifiers(clause: Node, kind: str, source: bytes) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for child in clause.named_children:
        name, alias = child.child_by_field_name("name"), child.child_by_field_name("alias")
        if child.type == kind and name is not None:
            written = source[name.start_byte : name.end_byte].decode("utf-8", "replace")
            local = source[alias.start_byte : alias.end_byte].decode("utf-8", "replace") if alias else written
            found.append((written, local))
    return found
