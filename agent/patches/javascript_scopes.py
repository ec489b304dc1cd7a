"""Who declares and who uses each name of a JavaScript file: a tree in, scopes with bindings and their references out.

Declarations are hoisted as the language does (ECMA-262, 14.3 and B.3.2): ``var`` and functions to the function around them,
``let``, ``const``, classes and caught errors to their block. One scope stands for a function's parameters and its body.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from agent.patches.javascript_source import FUNCTIONS, HOISTED, Script, targets

__all__ = ["Binding", "Declaration", "Reference", "Scope", "Scopes", "read_scopes"]

_LOOPS = frozenset({"for_statement", "for_in_statement"})
_NAMES = frozenset({"identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"})


@dataclass(eq=False)
class Declaration:
    """``kind`` is var, let, const, parameter, function, class, caught, imported, or own (a function expression's name).

    ``name`` is the identifier; ``whole`` the declarator, the function, the class or the loop's head that declares it.
    """

    kind: str
    name: Any
    whole: Any
    scope: Scope


@dataclass(eq=False)
class Reference:
    node: Any
    scope: Scope
    writes: bool


@dataclass(eq=False)
class Binding:
    name: str
    declarations: list[Declaration] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)


@dataclass(eq=False)
class Scope:
    """``node`` is the program, a function, a block, a loop with its head, or a catch clause."""

    node: Any
    parent: Scope | None
    is_function: bool
    names: dict[str, Binding] = field(default_factory=dict)

    @property
    def function(self) -> Scope:
        """The nearest function (or the program) around it, itself included."""
        scope = self
        while not scope.is_function and scope.parent is not None:
            scope = scope.parent
        return scope

    def outwards(self) -> Iterator[Scope]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def find(self, name: str) -> Binding | None:
        """What the name means here; None for one that nothing in the file declares."""
        return next((scope.names[name] for scope in self.outwards() if name in scope.names), None)


@dataclass(eq=False)
class Scopes:
    """``free`` are references to what no declaration of the file gives a meaning; ``dynamic`` are the scopes in which
    ``eval`` or ``with`` may give any name another meaning, and those around them."""

    script: Script
    program: Scope
    every: list[Scope]
    free: dict[str, list[Reference]] = field(default_factory=dict)
    dynamic: set[int] = field(default_factory=set)


def read_scopes(script: Script) -> Scopes:
    """Never raises on a script that parses."""
    reader = _Reader(script)
    reader.read()
    return reader.scopes


class _Reader:
    def __init__(self, script: Script) -> None:
        program = Scope(script.root, None, True)
        self.scopes = Scopes(script, program, [program])
        self._script = script
        self._seen: list[tuple[Any, Scope]] = []  # names used, resolved when everything is declared
        self._declares: set[int] = set()
        self._writes: set[int] = set()

    def read(self) -> None:
        stack: list[tuple[Any, Scope]] = [(self._script.root, self.scopes.program)]
        while stack:
            node, scope = stack.pop()
            inner = self._enter(node, scope)
            stack.extend((child, inner) for child in reversed(node.named_children))
        for node, scope in self._seen:
            if node.start_byte not in self._declares:
                self._resolve(node, scope)

    def _resolve(self, node: Any, scope: Scope) -> None:
        name = self._script.said(node)
        reference = Reference(node, scope, node.start_byte in self._writes)
        binding = scope.find(name)
        if binding is not None:
            binding.references.append(reference)
        else:
            self.scopes.free.setdefault(name, []).append(reference)
            if name == "eval" and node.parent is not None and node.parent.type == "call_expression":
                self.scopes.dynamic.update(id(one) for one in scope.outwards())

    def _enter(self, node: Any, scope: Scope) -> Scope:
        """Takes down what the node says, and gives the scope that its children are in."""
        kind = node.type
        if kind in _NAMES:
            self._seen.append((node, scope))
        elif kind in FUNCTIONS:
            return self._function(node, scope)
        elif kind == "variable_declaration":
            for declarator in node.named_children:
                self._declare_all("var", declarator.child_by_field_name("name"), declarator, scope.function, scope)
        elif kind == "lexical_declaration":
            word = self._script.said(node.children[0])
            for declarator in node.named_children:
                self._declare_all(word, declarator.child_by_field_name("name"), declarator, scope, scope)
        elif kind == "class_declaration":
            self._declare_all("class", node.child_by_field_name("name"), node, scope, scope)
        elif kind == "import_statement":
            self._imports(node, scope)
        elif kind in ("assignment_expression", "augmented_assignment_expression"):
            self._writes.update(one.start_byte for one in targets(node.child_by_field_name("left")))
        elif kind == "update_expression" or (kind == "unary_expression" and node.children[0].type == "delete"):
            self._writes.update(one.start_byte for one in targets(node.child_by_field_name("argument")))
        elif kind == "with_statement":
            self.scopes.dynamic.update(id(one) for one in scope.outwards())
        return self._block(node, scope)

    def _block(self, node: Any, scope: Scope) -> Scope:
        kind = node.type
        if kind in _LOOPS:
            inner = self._open(node, scope, is_function=False)
            if kind == "for_in_statement":
                self._loop_head(node, inner)
            return inner
        if kind == "catch_clause":
            inner = self._open(node, scope, is_function=False)
            self._declare_all("caught", node.child_by_field_name("parameter"), node, inner, inner)
            return inner
        if kind == "switch_body" or (kind == "statement_block" and node.parent.type not in FUNCTIONS):
            return self._open(node, scope, is_function=False)
        return scope

    def _loop_head(self, node: Any, inner: Scope) -> None:
        word, left = node.child_by_field_name("kind"), node.child_by_field_name("left")
        if word is None:
            self._writes.update(one.start_byte for one in targets(left))
            return
        home = inner.function if word.type == "var" else inner
        self._declare_all(word.type, left, node, home, inner)

    def _function(self, node: Any, scope: Scope) -> Scope:
        inner = self._open(node, scope, is_function=True)
        name = node.child_by_field_name("name")
        if node.type in HOISTED:
            self._declare_all("function", name, node, scope.function, scope)
        elif name is not None and name.type == "identifier":
            self._declare_all("own", name, node, inner, inner)
        for parameters in (node.child_by_field_name("parameters"), node.child_by_field_name("parameter")):
            if parameters is not None:
                self._declare_all("parameter", parameters, node, inner, inner)
        return inner

    def _imports(self, node: Any, scope: Scope) -> None:
        for clause in node.named_children:
            if clause.type != "import_clause":
                continue
            for part in clause.named_children:
                if part.type == "identifier":
                    self._declare_all("imported", part, node, scope, scope)
                elif part.type == "namespace_import":
                    self._declare_all("imported", part.named_children[-1], node, scope, scope)
                for one in part.named_children if part.type == "named_imports" else ():
                    if one.type == "import_specifier":
                        name, alias = one.child_by_field_name("name"), one.child_by_field_name("alias")
                        self._declares.add(name.start_byte)
                        self._declare_all("imported", alias or name, node, scope, scope)

    def _open(self, node: Any, parent: Scope, *, is_function: bool) -> Scope:
        scope = Scope(node, parent, is_function)
        self.scopes.every.append(scope)
        return scope

    def _declare_all(self, kind: str, pattern: Any, whole: Any, home: Scope, scope: Scope) -> None:
        for node in targets(pattern):
            name = self._script.said(node)
            binding = home.names.setdefault(name, Binding(name))
            binding.declarations.append(Declaration(kind, node, whole, scope))
            self._declares.add(node.start_byte)
