"""One Python file's syntax tree in; its calls, classes, decorators and constant strings out, as frameworks read them.

All frameworks that read the same file share one pass over its tree.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

import tree_sitter_python
from tree_sitter import Language as Grammar
from tree_sitter import Node, Query, QueryCursor

from agent.domain.facts import FileFacts

__all__ = ["Arguments", "ClassBody", "Decorated", "Enclosing", "Field", "PythonSyntax", "origin", "python_syntax"]

GRAMMAR = Grammar(tree_sitter_python.language())
QUERY = Query(
    GRAMMAR,
    """
    (function_definition) @function
    (class_definition) @class
    (decorated_definition) @decorated
    (call) @call
    (assignment) @assignment
    (augmented_assignment) @augmented
    [(for_statement) (for_in_clause)] @loop
    (return_statement) @return
    """,
)
PLAIN = re.compile(rb"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\Z")
MAX_LINKS = 30
MAX_STEPS = 60
MAX_PARTS = 2_000


class Arguments(NamedTuple):
    """The arguments of a call; ``complete`` is false when ``*args`` or ``**kwargs`` may add more."""

    positional: tuple[Node, ...]
    keywords: dict[str, Node]
    complete: bool

    def get(self, position: int, keyword: str) -> Node | None:
        """The argument that is given by position or by name."""
        if keyword in self.keywords:
            return self.keywords[keyword]
        return self.positional[position] if 0 <= position < len(self.positional) else None


class Field(NamedTuple):
    """A name assigned in a class body."""

    name: str
    value: Node | None
    annotation: str
    line: int


class ClassBody(NamedTuple):
    """A class: its scope path, its bases and keywords (``table=True``) as written, and what its body assigns."""

    node: Node
    scope: str
    bases: tuple[str, ...]
    fields: tuple[Field, ...]
    line: int
    keywords: tuple[str, ...] = ()

    def field(self, name: str) -> Field | None:
        """The last assignment of that name."""
        return next((field for field in reversed(self.fields) if field.name == name), None)


class Decorated(NamedTuple):
    """A decorator on a function or class: its dotted chain, its call node when it has arguments, and what it adorns."""

    name: str
    call: Node | None
    scope: str  # where the decorator is evaluated
    target: str  # the scope path of the decorated definition
    node: Node  # the decorated definition
    line: int


class Enclosing:
    """Which of some nodes lies around a position: asking a node for its parent costs a walk from the root each time."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._edges: list[int] = [0]
        self._inside: list[Node | None] = [None]
        stack: list[Node] = []
        for node in sorted(nodes, key=lambda n: (n.start_byte, -n.end_byte)):
            self._close(stack, node.start_byte)
            stack.append(node)
            self._edges.append(node.start_byte)
            self._inside.append(node)
        self._close(stack, None)

    def _close(self, stack: list[Node], position: int | None) -> None:
        while stack and (position is None or stack[-1].end_byte <= position):
            self._edges.append(stack.pop().end_byte)
            self._inside.append(stack[-1] if stack else None)

    def innermost(self, node: Node) -> Node | None:
        """The innermost of the nodes that contains this one (which may be itself)."""
        return self._inside[bisect_right(self._edges, node.start_byte) - 1]


class PythonSyntax:
    """One parsed module; made by `python_syntax`."""

    def __init__(self, root: Node, source: bytes) -> None:
        self.source = source
        # captures() answers in the order of memory addresses, another one in each run
        captured = {name: sorted(nodes, key=_place_of) for name, nodes in QueryCursor(QUERY).captures(root).items()}
        self.calls: list[Node] = captured.get("call", [])
        self.assignments: list[Node] = captured.get("assignment", [])
        self.augmented: list[Node] = captured.get("augmented_assignment", [])
        self.loops: list[Node] = captured.get("loop", [])
        self.returns: list[Node] = captured.get("return", [])
        self._callees: dict[int, str] = {}
        self.functions: list[tuple[str, Node]] = []
        self._class_nodes: list[tuple[str, Node]] = []
        self._decorated: list[Node] = captured.get("decorated", [])
        self._edges: list[int] = [0]
        self._scopes: list[str] = [""]
        self._place(sorted(captured.get("function", []) + captured.get("class", []), key=_place_of))

    def _place(self, nodes: list[Node]) -> None:
        """Scope changes by byte position, named as the Python language names them."""
        stack: list[tuple[int, str]] = []
        edges, scopes = self._edges, self._scopes
        for node in nodes:
            while stack and stack[-1][0] <= node.start_byte:
                edges.append(stack.pop()[0])
                scopes.append(stack[-1][1] if stack else "")
            name_node = node.child_by_field_name("name")
            if name_node is None:
                continue
            name = self.text(name_node)
            full = f"{stack[-1][1]}.{name}" if stack else name
            stack.append((node.end_byte, full))
            edges.append(node.start_byte)
            scopes.append(full)
            (self._class_nodes if node.type == "class_definition" else self.functions).append((full, node))
        while stack:
            edges.append(stack.pop()[0])
            scopes.append(stack[-1][1] if stack else "")

    # ---------------------------------------------------------------- nodes to text

    def text(self, node: Node) -> str:
        """The source text of a node."""
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def line(self, node: Node) -> int:
        """Counted from 1."""
        return int(node.start_point[0]) + 1

    def scope(self, node: Node) -> str:
        """The scope path around a node."""
        return self.scope_at(node.start_byte)

    def scope_at(self, position: int) -> str:
        """The scope path around a byte position."""
        return self._scopes[bisect_right(self._edges, position) - 1]

    def chain(self, node: Node | None) -> str:
        """The expression in *name* notation; ``?`` for what is not a chain."""
        if node is None:
            return "?"
        raw = self.source[node.start_byte : node.end_byte] if node.end_byte - node.start_byte < 200 else b""
        if raw and PLAIN.match(raw):
            return raw.decode("utf-8", "replace")
        links: list[str] = []
        suffix = ""
        current: Node | None = node
        for _ in range(MAX_STEPS):  # x()()()... has as many steps as brackets, at each of its calls
            if current is None or len(links) >= MAX_LINKS:
                break
            kind = current.type
            if kind == "attribute":
                attribute = current.child_by_field_name("attribute")
                links.append((self.text(attribute) if attribute else "?") + suffix)
                suffix, current = "", current.child_by_field_name("object")
            elif kind == "call":
                suffix, current = "()" + suffix, current.child_by_field_name("function")
            elif kind == "subscript":
                suffix, current = "[]" + suffix, current.child_by_field_name("value")
            elif kind in ("parenthesized_expression", "await") and current.named_child_count:
                current = current.named_child(0)
            elif kind == "identifier":
                links.append(self.text(current) + suffix)
                return ".".join(reversed(links))
            else:
                break
        return ".".join(["?" + suffix, *reversed(links)])

    # ---------------------------------------------------------------- constants

    @cached_property
    def constants(self) -> dict[str, Node]:
        """Module-level names and what is assigned to them, where that happens once."""
        found: dict[str, Node | None] = {}
        for node in self.assignments:
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None and left.type == "identifier" and not self.scope(node):
                name = self.text(left)
                found[name] = None if name in found else right
        return {name: node for name, node in found.items() if node is not None}

    def string(self, node: Node | None) -> str | None:
        """The value of a constant string expression: literals, ``+``, names of constants; None for anything else."""
        parts: list[str] = []
        stack = [node]
        used: set[str] = set()
        while stack:
            current = stack.pop()
            if current is None or len(parts) > MAX_PARTS:
                return None
            kind = current.type
            if kind == "string":
                stack.extend(reversed([c for c in current.children if c.type in ("string_content", "interpolation")]))
            elif kind == "string_content":
                parts.append(self.text(current))
            elif kind in ("concatenated_string", "parenthesized_expression"):
                stack.extend(reversed([c for c in current.named_children if c.type != "comment"]))
            elif kind == "interpolation":
                stack.append(current.child_by_field_name("expression"))
            elif kind == "binary_operator" and self.source[current.start_byte : current.end_byte].find(b"+") >= 0:
                operator = current.child_by_field_name("operator")
                if operator is None or operator.type != "+":
                    return None
                stack.extend((current.child_by_field_name("right"), current.child_by_field_name("left")))
            elif kind == "identifier" and (name := self.text(current)) not in used and name in self.constants:
                used.add(name)
                stack.append(self.constants[name])
            else:
                return None
        return "".join(parts)

    def strings(self, node: Node | None) -> list[str] | None:
        """The values of a list, tuple or set of constant strings, or of one string; None when not constant."""
        if node is None:
            return None
        if node.type == "identifier" and (constant := self.constants.get(self.text(node))) is not None:
            node = constant
        if node.type in ("list", "tuple", "set"):
            values = [self.string(child) for child in node.named_children if child.type != "comment"]
            return None if None in values else [value for value in values if value is not None]
        value = self.string(node)
        return None if value is None else [value]

    def dictionary(self, node: Node | None) -> Iterator[tuple[str, Node]]:
        """The constant keys of a dictionary display with their value nodes."""
        for pair in node.named_children if node is not None and node.type == "dictionary" else ():
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            name = self.string(key) if pair.type == "pair" else None
            if name is not None and value is not None:
                yield name, value

    # ---------------------------------------------------------------- calls, classes, decorators

    def callee(self, call: Node) -> str:
        """The called expression in *name* notation."""
        known = self._callees.get(call.id)
        if known is None:
            known = self._callees[call.id] = self.chain(call.child_by_field_name("function"))
        return known

    def arguments(self, call: Node) -> Arguments:
        """The call's arguments."""
        positional: list[Node] = []
        keywords: dict[str, Node] = {}
        complete = True
        given = call.child_by_field_name("arguments")
        for node in given.named_children if given is not None else ():
            if node.type == "keyword_argument":
                name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
                if name is not None and value is not None:
                    keywords[self.text(name)] = value
            elif node.type in ("list_splat", "dictionary_splat"):
                complete = False
            elif node.type != "comment":
                positional.append(node)
        return Arguments(tuple(positional), keywords, complete)

    @cached_property
    def classes(self) -> list[ClassBody]:
        """All classes in source order."""
        return [self._class(scope, node) for scope, node in self._class_nodes]

    @cached_property
    def classes_by_scope(self) -> dict[str, ClassBody]:
        """The classes by scope path."""
        return {body.scope: body for body in self.classes}

    def _class(self, scope: str, node: Node) -> ClassBody:
        given = node.child_by_field_name("superclasses")
        bases: list[str] = []
        keywords: list[str] = []
        for base in given.named_children if given is not None else ():
            if base.type in ("identifier", "attribute", "subscript", "call"):
                bases.append(self.chain(base).replace("[]", ""))
            elif base.type == "keyword_argument":
                keywords.append(self.text(base).replace(" ", "")[:80])
        fields: list[Field] = []
        body = node.child_by_field_name("body")
        for statement in body.named_children if body is not None else ():
            inner = _only(statement, "expression_statement")
            if inner is not None and inner.type == "assignment":
                fields.extend(self._fields(inner))
        return ClassBody(node, scope, tuple(bases), tuple(fields), self.line(node), tuple(keywords))

    def _fields(self, node: Node) -> Iterator[Field]:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        declared = node.child_by_field_name("type")
        if left is not None and left.type == "identifier":
            yield Field(self.text(left), right, self.text(declared) if declared is not None else "", self.line(node))

    @cached_property
    def decorator_calls(self) -> frozenset[int]:
        """Node IDs of the calls that decorate something."""
        return frozenset(d.call.id for d in self.decorated if d.call is not None)

    @cached_property
    def assigned(self) -> dict[str, list[Node]]:
        """Assignments to plain names, in source order."""
        found: dict[str, list[Node]] = {}
        for node in self.assignments:
            left = node.child_by_field_name("left")
            if left is not None and left.type == "identifier":
                found.setdefault(self.text(left), []).append(node)
        return found

    @cached_property
    def _around(self) -> Enclosing:
        return Enclosing(self.loops)

    def loop_around(self, node: Node) -> Node | None:
        """The innermost loop around a node."""
        return self._around.innermost(node)

    @cached_property
    def decorated(self) -> list[Decorated]:
        """All decorators in source order."""
        by_node = {node.id: scope for scope, node in [*self._class_nodes, *self.functions]}
        found = []
        for outer in self._decorated:
            definition = outer.child_by_field_name("definition")
            if definition is None or definition.id not in by_node:
                continue
            for decorator in outer.children:
                inner = _only(decorator, "decorator")
                if inner is None:
                    continue
                call = inner if inner.type == "call" else None
                name = self.callee(inner) if call is not None else self.chain(inner)
                found.append(
                    Decorated(name, call, self.scope(outer), by_node[definition.id], definition, self.line(decorator))
                )
        return found


def _only(node: Node, kind: str) -> Node | None:
    """The first child of a node of that kind; tree-sitter raises where there is none."""
    return node.named_child(0) if node.type == kind and node.named_child_count else None


def _place_of(node: Node) -> tuple[int, int]:
    """Source order, the outer node before the inner one that starts with it."""
    return (node.start_byte, -node.end_byte)


@lru_cache(maxsize=1)
def python_syntax(root: Node, source: bytes) -> PythonSyntax:
    """The file's syntax. The last one is kept, since several frameworks read the same file one after the other."""
    return PythonSyntax(root, source)


def origin(facts: FileFacts, chain: str) -> str:
    """A chain with its first link replaced by where the file imports it from: ``Blueprint`` is ``flask.Blueprint``."""
    first, dot, rest = chain.partition(".")
    for imported in facts.imports:
        if imported.alias == first:
            if imported.name:
                return f"{imported.module}.{imported.name}{dot}{rest}"
            # `import a.b` binds `a`; `import a.b as c` binds the whole.
            whole = first == imported.module.partition(".")[0]
            return chain if whole else f"{imported.module}{dot}{rest}"
    return chain
