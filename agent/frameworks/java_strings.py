"""Strings that the methods of a Java file put together, and the calls that they are handed to.

Follows string variables and builders through each method in the order of the text: branches are not told apart, so a
statement that is built in several of them comes out with the parts of all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from agent.frameworks.java_outline import Method, Outline

__all__ = ["Text", "texts_of"]

BUILDERS = frozenset({"StringBuilder", "StringBuffer", "StringJoiner"})
MAX_LENGTH = 60_000
VALUES = frozenset({"string_literal", "binary_expression", "identifier", "field_access", "parenthesized_expression"})


@dataclass(frozen=True, slots=True)
class Text:
    """A string: where it begins, and the names of the methods or types that receive it (``return`` is one)."""

    scope: str
    line: int
    text: str
    sinks: frozenset[str]


@dataclass(slots=True)
class _Variable:
    line: int
    text: str
    sinks: set[str]


_last: tuple[Outline, tuple[Text, ...]] | None = None


def texts_of(outline: Outline) -> tuple[Text, ...]:
    """The strings of all methods, constructors and initialisers, in document order within each.

    Those of the last file are kept, because several frameworks ask for the same ones.
    """
    global _last
    if _last is None or _last[0] is not outline:
        _last = (outline, tuple(_read(outline)))
    return _last[1]


def _read(outline: Outline) -> Iterator[Text]:
    for declared in outline.types:
        for method in declared.methods:
            if method.body is not None:
                yield from _Body(outline, method.scope, _arguments(method)).read(method.body)
        for member in declared.fields:
            if member.value is not None and member.type != "String":
                yield from _Body(outline, declared.scope, {}).read(member.value)
        body = declared.node.child_by_field_name("body")
        for child in body.named_children if body is not None else ():
            if child.type in ("static_initializer", "block", "enum_constant"):
                yield from _Body(outline, declared.scope, {}).read(child)


def _arguments(method: Method) -> dict[str, str]:
    """Parameters hide constants of the same name."""
    return {parameter.name: "{}" for parameter in method.parameters}


class _Body:
    """One method's body being read."""

    def __init__(self, outline: Outline, scope: str, known: dict[str, str]) -> None:
        self._outline = outline
        self._scope = scope
        self._known = known
        self._variables: dict[str, _Variable] = {}
        self._found: list[Text] = []

    def read(self, body: Node) -> list[Text]:
        stack: list[tuple[Node, str]] = [(body, "")]
        while stack:
            node, sink = stack.pop()
            kind = node.type
            if kind == "method_invocation":
                self._call(node, stack)
            elif kind == "object_creation_expression":
                self._creation(node, stack)
            elif kind == "variable_declarator":
                self._assign(node, "name", "value", "=", stack)
            elif kind == "assignment_expression":
                operator = node.child_by_field_name("operator")
                self._assign(node, "left", "right", operator.type if operator else "=", stack)
            elif kind in VALUES:
                self._value(node, sink, stack)
            else:
                inner = "return" if kind == "return_statement" else sink if kind == "ternary_expression" else ""
                stack.extend((child, inner) for child in node.named_children[::-1])
        for variable in self._variables.values():
            self._emit(variable.line, variable.text, variable.sinks)
        return self._found

    def _emit(self, line: int, text: str, sinks: set[str]) -> None:
        if text.strip():
            self._found.append(Text(self._scope, line, text, frozenset(sinks)))

    def _evaluate(self, node: Node) -> str:
        if self._variables:
            known = {**self._known, **{name: variable.text for name, variable in self._variables.items()}}
        else:
            known = self._known
        return self._outline.text(node, self._scope, known)[:MAX_LENGTH]

    def _call(self, node: Node, stack: list[tuple[Node, str]]) -> None:
        name, owner = node.child_by_field_name("name"), node.child_by_field_name("object")
        called = _raw(name) if name is not None else ""
        arguments = node.child_by_field_name("arguments")
        values = arguments.named_children if arguments is not None else []
        if called in ("append", "add", "insert") and values and self._append(owner, called, values, stack):
            return
        if called in ("format", "concat", "formatted") and _literal_inside(node):
            self._emit(_line(node), self._evaluate(node), {called})
        stack.extend((value, called) for value in values[::-1])
        if owner is not None:
            stack.append((owner, called))

    def _append(self, owner: Node | None, called: str, values: list[Node], stack: list[tuple[Node, str]]) -> bool:
        """``sql.append("a").append("b")``; false when the receiver is no known builder."""
        chain: list[Node] = []
        root = owner
        while root is not None and root.type == "method_invocation":
            arguments, name = root.child_by_field_name("arguments"), root.child_by_field_name("name")
            if arguments is None or name is None or _raw(name) != called or not arguments.named_child_count:
                return False
            chain.append(arguments.named_children[-1])
            root = root.child_by_field_name("object")
        variable = self._variables.get(_raw(root)) if root is not None and root.type == "identifier" else None
        if variable is None:
            return False
        pieces = [*chain[::-1], values[-1]]
        if called == "insert":
            variable.text = "".join(map(self._evaluate, pieces)) + variable.text
        else:
            for piece in pieces:
                variable.text = (variable.text + self._evaluate(piece))[:MAX_LENGTH]
        stack.extend((piece, "") for piece in pieces if piece.type not in VALUES)
        return True

    def _creation(self, node: Node, stack: list[tuple[Node, str]]) -> None:
        declared = node.child_by_field_name("type")
        name = _raw(declared).partition("<")[0].rpartition(".")[2] if declared is not None else ""
        for child in node.named_children[::-1]:
            if child.type == "argument_list":
                stack.extend((value, name) for value in child.named_children[::-1])
            elif child.type == "class_body":
                stack.append((child, ""))

    def _assign(self, node: Node, target: str, source: str, operator: str, stack: list[tuple[Node, str]]) -> None:
        left, right = node.child_by_field_name(target), node.child_by_field_name(source)
        if left is None or right is None:
            return
        name = _raw(left).removeprefix("this.")
        built = _builder_argument(right)
        if right.type not in VALUES and built is None:
            stack.append((right, ""))
            return
        value = built if built is not None else right
        text = "" if value.type == "object_creation_expression" else self._evaluate(value)
        old = self._variables.get(name)
        if operator == "+=" and old is not None:
            old.text = (old.text + text)[:MAX_LENGTH]
            return
        if old is not None and not (old.text and text.startswith(old.text)):
            self._emit(old.line, old.text, old.sinks)
        if len(self._variables) < 500:
            self._variables[name] = _Variable(_line(right), text, set())
        if right.type == "binary_expression":
            self._operands(right, stack)

    def _value(self, node: Node, sink: str, stack: list[tuple[Node, str]]) -> None:
        """A string in passing: a literal, a concatenation, or a variable or constant that is handed on."""
        if node.type == "identifier":
            variable = self._variables.get(_raw(node))
            if variable is not None:
                variable.sinks.add(sink)
                return
        if node.type == "parenthesized_expression":
            stack.extend((child, sink) for child in node.named_children)
            return
        if node.type == "binary_expression":
            operator = node.child_by_field_name("operator")
            if operator is None or operator.type != "+":
                stack.extend((child, "") for child in node.named_children[::-1])
                return
            self._operands(node, stack)
        elif node.type == "field_access":
            owner = node.child_by_field_name("object")
            if owner is not None and owner.type not in ("identifier", "this", "field_access"):
                stack.append((owner, ""))
                return
        text = self._evaluate(node)
        if text != "{}":
            self._emit(_line(node), text, {sink})

    def _operands(self, node: Node, stack: list[tuple[Node, str]]) -> None:
        """Calls inside a concatenation are read for themselves."""
        todo: list[Node] = [node]
        while todo:
            current = todo.pop()
            if current.type in ("binary_expression", "parenthesized_expression"):
                todo.extend(current.named_children)
            elif current.type not in VALUES and current.named_child_count:
                stack.append((current, ""))


def _builder_argument(node: Node) -> Node | None:
    """The first argument of ``new StringBuilder("...")``; the creation itself when it has none."""
    if node.type != "object_creation_expression":
        return None
    declared, arguments = node.child_by_field_name("type"), node.child_by_field_name("arguments")
    if declared is None or _raw(declared) not in BUILDERS or arguments is None:
        return None
    first = arguments.named_child(0) if arguments.named_child_count else None
    return first if first is not None and first.type in VALUES else node


def _literal_inside(call: Node) -> bool:
    arguments, owner = call.child_by_field_name("arguments"), call.child_by_field_name("object")
    parts = [*(arguments.named_children[:1] if arguments is not None else []), *([owner] if owner is not None else [])]
    return any(part.type in ("string_literal", "binary_expression") for part in parts)


def _raw(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _line(node: Node) -> int:
    return node.start_point[0] + 1
