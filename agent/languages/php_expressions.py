"""Expressions of PHP reduced to dotted chains (the *name* notation of agent.domain.facts); calls and uses on the way."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from agent.domain.facts import Binding, Reference
from agent.languages.php_grammar import (
    ANONYMOUS_CLASS,
    ASSIGNMENT,
    CALL,
    CLONE,
    CONSTANT,
    CREATION,
    F_ARGUMENTS,
    F_FUNCTION,
    F_LEFT,
    F_NAME,
    F_OBJECT,
    F_RIGHT,
    F_SCOPE,
    MEMBERS,
    METHOD_CALLS,
    NAME,
    NAMES,
    PARENTHESES,
    RELATIVE_SCOPE,
    SCOPED_CALL,
    STATIC_MEMBER,
    SUBSCRIPT,
    VALUES,
    VARIABLE,
    line,
)
from agent.languages.php_names import MAX_LINKS, Names, Scope

__all__ = ["Expressions"]

# Calls that are handed a class's name and give an object of that class: containers, entity managers, test doubles.
FACTORIES = frozenset(
    "find get make getReference create resolve createMock getMock createStub mock prophesize findOrFail app "
    "deserialize newInstance factory".split()
)
Link = tuple[str, Node | None, str]  # name, the call's node, the class whose name is the first argument


class Expressions(Names):
    """Emits references for the chains of one file."""

    def __init__(self, source: bytes) -> None:
        super().__init__(source)
        self.references: list[Reference] = []
        self.bindings: list[Binding] = []

    def value(self, node: Node, scope: Scope, stack: list[Node]) -> str:
        """An assigned or returned expression as a chain; what lies inside is emitted or pushed."""
        while node.kind_id == PARENTHESES and node.named_child_count:
            node = node.named_child(0)
        if node.kind_id == ASSIGNMENT:
            stack.append(node)
            inner: Node | None = node
            for _ in range(MAX_LINKS):
                if inner is None or inner.kind_id != ASSIGNMENT:
                    break
                inner = inner.child_by_field_id(F_RIGHT)
            return self.expression(inner, scope, [], silent=True) if inner is not None and _is_value(inner) else "?"
        if _is_value(node):
            return self.expression(node, scope, stack)
        stack.append(node)
        return "?"

    def expression(self, node: Node, scope: Scope, stack: list[Node], silent: bool = False) -> str:
        """Emit the calls and uses of a chain and push what lies inside it; the chain itself in *name* notation."""
        links: list[Link] = []
        head, outermost = "?", node
        while True:
            kind = node.kind_id
            inner: Node | None
            if kind in METHOD_CALLS or kind == SCOPED_CALL:
                links.append(self.called(node, scope, stack))
                inner = node.child_by_field_id(F_SCOPE if kind == SCOPED_CALL else F_OBJECT)
            elif kind in MEMBERS or kind == STATIC_MEMBER:
                name = node.child_by_field_id(F_NAME)
                plain = name is not None and name.kind_id in (NAME, VARIABLE)
                links.append(("$" + self.text(name).lstrip("$") if plain and name is not None else "?", None, ""))
                inner = node.child_by_field_id(F_SCOPE if kind == STATIC_MEMBER else F_OBJECT)
            elif kind == CONSTANT:
                children = node.named_children
                links.append((self.text(children[-1]) if len(children) > 1 else "?", None, ""))
                inner = children[0] if children else None
            elif kind == CALL:
                self.arguments(node, stack)
                inner = node.child_by_field_id(F_FUNCTION)
                if inner is not None and inner.kind_id in NAMES:
                    links.append((self.class_name(inner, scope), node, self.first_class(node, scope)))
                    head = ""
                    break
                links.append(("()", node, ""))
            elif kind == SUBSCRIPT:
                children = node.named_children
                stack.extend(children[1:])
                links.append(("[]", None, ""))
                inner = children[0] if children else None
            elif kind in (PARENTHESES, CLONE) and node.named_child_count:
                inner = node.named_child(node.named_child_count - 1)
            else:
                head = self.head(node, scope, stack)
                break
            if inner is None:
                break
            node = inner
        return self.emit(head, links[::-1], scope, outermost, silent)

    def called(self, node: Node, scope: Scope, stack: list[Node]) -> Link:
        name = node.child_by_field_id(F_NAME)
        self.arguments(node, stack)
        plain = name is not None and name.kind_id == NAME
        return (self.text(name) if plain and name is not None else "?", node, self.first_class(node, scope))

    def arguments(self, call: Node, stack: list[Node]) -> None:
        arguments = call.child_by_field_id(F_ARGUMENTS)
        if arguments is not None:
            stack.extend(arguments.named_children[::-1])

    def first_class(self, call: Node, scope: Scope) -> str:
        """``Order`` of ``find(Order::class, 1)``."""
        arguments = call.child_by_field_id(F_ARGUMENTS)
        first = arguments.named_child(0) if arguments is not None and arguments.named_child_count else None
        value = first.named_child(0) if first is not None and first.named_child_count else None
        if value is None or value.kind_id != CONSTANT:
            return ""
        children = value.named_children
        if len(children) == 2 and children[0].kind_id in NAMES and self.text(children[1]).lower() == "class":
            return self.class_name(children[0], scope)
        return ""

    def head(self, node: Node, scope: Scope, stack: list[Node]) -> str:
        """What a chain starts with."""
        kind = node.kind_id
        if kind == VARIABLE:
            return self.variable(node)
        if kind in NAMES:
            return self.class_name(node, scope)
        if kind == RELATIVE_SCOPE:
            written = self.text(node).lower()
            return "parent" if written == "parent" else scope.owner or "?"
        if kind == CREATION:
            return self.created(node, scope, stack)
        if kind == ASSIGNMENT:
            stack.append(node)
            left = node.child_by_field_id(F_LEFT)
            return self.variable(left) if left is not None and left.kind_id == VARIABLE else "?"
        stack.append(node)
        return "?"

    def created(self, node: Node, scope: Scope, stack: list[Node]) -> str:
        children = node.named_children
        first = children[0] if children else None
        stack.extend(c for c in children[:0:-1] if c.kind_id != ANONYMOUS_CLASS)
        if first is None:
            return "?"
        if first.kind_id in NAMES or first.kind_id == RELATIVE_SCOPE:
            name = self.class_name(first, scope)
            if name != "?":
                self.references.append(Reference(scope.name, name, "call", line(first)))
                return name + "()"
            return "?"
        stack.append(first)
        return "?"

    def emit(self, head: str, links: Sequence[Link], scope: Scope, node: Node, silent: bool) -> str:
        chain, count = head, 0
        for name, call, given in links:
            if name == "[]":
                chain += "[]"
                continue
            count += 1
            if count > MAX_LINKS or chain.endswith(".?"):
                chain, count = "?", 1
            if name != "()":
                chain = f"{chain}.{name}" if chain else name
            if call is not None:
                if not silent:
                    self.references.append(Reference(scope.name, chain, "call", line(call)))
                chain = f"{given}()" if given and name.rpartition("\\")[2] in FACTORIES else chain + "()"
        last = links[-1] if links else ("", None, "")
        if last[1] is None and last[0] not in ("", "[]") and not silent:
            self.use(chain, scope, node)
        return chain or "?"

    def use(self, chain: str, scope: Scope, node: Node) -> None:
        """A constant or static property of another class; a property that is only read says nothing more."""
        receiver, _, name = chain.rpartition(".")
        if name.lower() == "class":
            if receiver and not receiver.startswith(("$", "?", "this")) and receiver != scope.owner:
                self.references.append(Reference(scope.name, receiver, "use", line(node)))
        elif receiver not in ("", "this", "parent", scope.owner, "?") and not set(receiver) & set(".$("):
            self.references.append(Reference(scope.name, chain, "use", line(node)))


def _is_value(node: Node) -> bool:
    return node.kind_id in VALUES
