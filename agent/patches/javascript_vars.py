"""Which ``var``s can become ``const`` or ``let`` without changing what the program does: scopes in, a decision for each out.

What differs is the dead zone before the declaration (ECMA-262, 14.3.1), the block that the name is visible in, a fresh
binding for each turn of a loop, and the global object's properties. A statement is changed only when none of it can matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from agent.patches.javascript_scopes import Binding, Declaration, Reference, Scope, Scopes, read_scopes
from agent.patches.javascript_source import FUNCTIONS, HOISTED, Script

__all__ = ["Decision", "decide"]

_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_NEVER = 1 << 60
_MODULE = frozenset({"require", "module", "exports", "__dirname", "__filename"})
# What a function may be wrapped in so that it is surely not called while the value is made
_INERT = frozenset({"object", "pair", "array", "parenthesized_expression", "variable_declarator"})


@dataclass(frozen=True)
class Decision:
    """``word`` is what ``var`` at ``node`` becomes; empty when it stays, then ``why`` says for which reason."""

    node: Any
    word: str
    why: str = ""


def decide(script: Script) -> Sequence[Decision]:
    """One for each ``var`` of the file, in the order of the text."""
    scopes = read_scopes(script)
    judge = _Judge(scopes)
    return [judge.statement(node) for node in sorted(_statements(scopes), key=lambda node: int(node.start_byte))]


def _statements(scopes: Scopes) -> Iterator[Any]:
    seen: set[int] = set()
    for scope in scopes.every:
        for binding in scope.names.values():
            for one in binding.declarations:
                node = _statement_of(one) if one.kind == "var" else None
                if node is not None and node.start_byte not in seen:
                    seen.add(node.start_byte)
                    yield node


def _statement_of(declaration: Declaration) -> Any:
    whole = declaration.whole
    return whole if whole.type == "for_in_statement" else whole.parent


class _Judge:
    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._module = _is_module(scopes)
        self._earliest: dict[int, int] = {}
        self._by_statement: dict[int, list[tuple[Scope, Binding, Declaration]]] = {}
        for scope in scopes.every:
            for binding in scope.names.values():
                for one in binding.declarations:
                    if one.kind == "var":
                        key = int(_statement_of(one).start_byte)
                        self._by_statement.setdefault(key, []).append((scope, binding, one))

    def statement(self, node: Any) -> Decision:
        found = self._by_statement[node.start_byte]
        block = _block_of(node)
        if block is None:
            return Decision(node, "", "it is not in a block of its own")
        for scope, binding, one in found:
            why = self._against(scope, binding, one, block)
            if why:
                return Decision(node, "", f"{binding.name}: {why}")
        constant = all(
            _has_value(one) and not any(r.writes and _within(r.node, block) for r in binding.references)
            for _, binding, one in found
        )
        return Decision(node, "const" if constant else "let")

    def _against(self, scope: Scope, binding: Binding, one: Declaration, block: Any) -> str:
        if scope.node.type == "program" and not self._module:
            return "at the top of a script it may be used by others through the global object"
        if id(one.scope) in self._scopes.dynamic:
            return "eval or with may use it"
        if binding.name in ("let", "arguments", "undefined") or one.scope.find(binding.name) is not binding:
            return "the name has another meaning here"
        return (
            self._declared_otherwise(scope, binding)
            or self._outside(binding)
            or self._dead_zone(scope, binding, one, block)
            or self._loops(scope, binding, one, block)
        )

    def _declared_otherwise(self, scope: Scope, binding: Binding) -> str:
        if any(one.kind != "var" for one in binding.declarations):
            return "a parameter or function has the same name"
        blocks = [_block_of(_statement_of(one)) for one in binding.declarations]
        for number, block in enumerate(blocks):
            if any(other is None or block is None or _overlap(block, other) for other in blocks[:number]):
                return "it is declared more than once"
        if len(blocks) > 1 and not all(_has_value(one) for one in binding.declarations):
            return "it is declared more than once, and not always with a value"
        if len(blocks) > 1 and self._share(scope, binding, blocks):
            return "it is declared more than once, and one use may see the other's value"
        return ""

    def _share(self, scope: Scope, binding: Binding, blocks: Sequence[Any]) -> bool:
        """Whether a function keeps the name, or a use comes before the declaration of its block."""
        if any(_is_deferred(reference, scope) for reference in binding.references):
            return True
        return any(
            _within(reference.node, block) and reference.node.start_byte < _ready(one)
            for one, block in zip(binding.declarations, blocks, strict=True)
            for reference in binding.references
        )

    def _outside(self, binding: Binding) -> str:
        blocks = [_block_of(_statement_of(other)) for other in binding.declarations]
        for reference in binding.references:
            if not any(_within(reference.node, other) for other in blocks):
                return f"it is used outside of its block, on line {reference.node.start_point[0] + 1}"
        return ""

    def _dead_zone(self, scope: Scope, binding: Binding, one: Declaration, block: Any) -> str:
        for reference in binding.references:
            if not _within(reference.node, block):
                continue
            if self._effective(reference, scope) < _ready(one) and not _inert(reference, scope, one):
                return f"it may be used before this line, from line {reference.node.start_point[0] + 1}"
        return ""

    def _effective(self, reference: Reference, home: Scope) -> int:
        """The earliest place of the text, in terms of ``home``'s own statements, at which this use may run."""
        outermost = _outermost_function(reference, home)
        if outermost is None:
            return int(reference.node.start_byte)
        if outermost.type not in HOISTED:
            return int(outermost.start_byte)
        return self._first_call(outermost, home)

    def _first_call(self, function: Any, home: Scope) -> int:
        """The earliest place from which a hoisted function may be reached, through others like it if need be."""
        key = int(function.start_byte)
        if key not in self._earliest:
            first, todo, seen = _NEVER, [function], {key}
            while todo and first:
                one = todo.pop()
                for reference in self._callers(one, home):
                    outer = _outermost_function(reference, home) if reference is not None else None
                    if reference is None:
                        first = 0
                    elif outer is None or outer.type not in HOISTED:
                        first = min(first, int((outer or reference.node).start_byte))
                    elif outer.start_byte not in seen:
                        seen.add(outer.start_byte)
                        todo.append(outer)
            self._earliest[key] = first
        return self._earliest[key]

    def _callers(self, function: Any, home: Scope) -> Sequence[Reference | None]:
        """Where its name is used outside of itself; None stands for anywhere."""
        name = function.child_by_field_name("name")
        binding = home.find(self._scopes.script.said(name)) if name is not None else None
        exported = function.parent.type == "export_statement"  # modules may import each other in a circle
        if binding is None or len(binding.declarations) != 1 or exported or id(home) in self._scopes.dynamic:
            return (None,)
        return [reference for reference in binding.references if not _within(reference.node, function)]

    def _loops(self, scope: Scope, binding: Binding, one: Declaration, block: Any) -> str:
        if not _in_loop(block, scope.node):
            return ""
        if not _has_value(one):
            return "it has no value in a loop, so that it keeps the one of the turn before"
        if any(_is_deferred(r, scope) for r in binding.references if _within(r.node, block)):
            return "a function made in a loop uses it: with let each turn would have its own"
        return ""


def _is_module(scopes: Scopes) -> bool:
    """Whether the file's top level is a module's own: CommonJS or ES modules, and not also meant for a browser's page."""
    free = scopes.free
    asked = [r.node.parent for name in (*_MODULE, "window", "define", "global") for r in free.get(name, ())]
    if any(parent is not None and parent.type == "unary_expression" for parent in asked):
        return False  # typeof module ...
    kinds = {node.type for node in scopes.script.root.children}
    return bool(_MODULE & free.keys()) or bool(kinds & {"import_statement", "export_statement", "hash_bang_line"})


def _block_of(statement: Any) -> Any:
    """What the name would be visible in; None where no block-scoped declaration may stand."""
    if statement.type == "for_in_statement":
        return statement
    parent = statement.parent
    if parent.type == "for_statement":
        return parent
    return parent if parent.type in ("program", "statement_block") else None


def _has_value(one: Declaration) -> bool:
    whole = one.whole
    if whole.type == "for_in_statement":
        return whole.child_by_field_name("value") is None  # ``for (var i = 0 in x)`` is of another age
    return whole.child_by_field_name("value") is not None


def _ready(one: Declaration) -> int:
    """Where the name has its value: after the declarator, or behind the head of a for-in loop."""
    whole = one.whole
    if whole.type == "for_in_statement":
        right = whole.child_by_field_name("right")
        return int(right.end_byte if right is not None else whole.end_byte)
    return int(whole.end_byte)


def _within(node: Any, outer: Any) -> bool:
    return outer is not None and bool(outer.start_byte <= node.start_byte and node.end_byte <= outer.end_byte)


def _overlap(one: Any, other: Any) -> bool:
    return bool(one.start_byte < other.end_byte and other.start_byte < one.end_byte)


def _outermost_function(reference: Reference, home: Scope) -> Any:
    """The outermost function between the scope and the use; None when the use is in the scope's own statements."""
    found = None
    for scope in reference.scope.outwards():
        if scope is home:
            return found
        if scope.node.type in FUNCTIONS:
            found = scope.node
    return found


def _is_deferred(reference: Reference, home: Scope) -> bool:
    """Whether the use is in a function, or in a class's field, that runs some other time."""
    if _outermost_function(reference, home) is not None:
        return True
    node = reference.node
    while node is not None and node.id != home.node.id:
        if node.type == "field_definition":
            return True
        node = node.parent
    return False


def _inert(reference: Reference, home: Scope, one: Declaration) -> bool:
    """Whether the use is in a function that is only made, not called, by the declaration's own value."""
    node = _outermost_function(reference, home)
    whole = one.whole
    if node is None or whole.type != "variable_declarator" or not _within(node, whole):
        return False
    if whole.child_by_field_name("name").type != "identifier":
        return False  # taking values apart may call getters
    while node.parent is not None and node.start_byte >= whole.start_byte:
        if node.type == "variable_declarator":
            return True
        node = node.parent
        if node.type not in _INERT:
            return False
    return False


def _in_loop(block: Any, home: Any) -> bool:
    node = block
    while node is not None and node.id != home.id:
        if node.type in _LOOPS:
            return True
        node = node.parent
    return False
