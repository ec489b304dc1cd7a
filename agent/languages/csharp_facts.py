"""One C# file's syntax tree in, its `FileFacts` out: definitions, references, bindings, usings.

The tree is walked with explicit stacks, so that nesting is bounded by memory and not by Python's call stack.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace
from tree_sitter import Node

from agent.domain.facts import Binding, Definition, FileFacts, Import, Reference, Wiring
from agent.languages.bounded_parsing import error_lines
from agent.languages.csharp_expressions import Expressions
from agent.languages.csharp_grammar import (
    AND_OR,
    ARGUMENTS,
    AS,
    ASSIGNMENT,
    ATTRIBUTE,
    BASES,
    BINARY,
    BLOCK_NAMESPACE,
    CALL,
    CAST,
    CONDITIONAL,
    CONSTRUCTOR,
    CONSTRUCTOR_INITIALIZER,
    CREATION,
    DECISIONS,
    DECLARATOR,
    ELEMENT_ACCESS,
    ENUM_MEMBER,
    F_ACCESSORS,
    F_BODY,
    F_LEFT,
    F_NAME,
    F_OPERATOR,
    F_RETURNS,
    F_RIGHT,
    F_TYPE,
    F_VALUE,
    FILE_NAMESPACE,
    FOREACH,
    FUNCTIONS,
    GENERIC,
    IDENTIFIER,
    IMPLICIT_CREATION,
    INDEXER,
    INITIALIZER,
    LEAVES,
    LOCAL_FUNCTION,
    MEMBER,
    PARAMETER,
    PARAMETERS,
    PATTERNS,
    PREDEFINED,
    PROPERTY,
    QUALIFIED,
    TYPE_ARGUMENTS,
    TYPE_NODES,
    TYPE_PARAMETERS,
    TYPEOF,
    TYPES,
    USING,
    VAR,
    VARIABLES,
    line,
)
from agent.languages.csharp_names import Scope

__all__ = ["read_csharp"]

MAX_NESTING = 40  # types nested deeper are read as part of the type around them: names stay short


def read_csharp(root: Node, source: bytes) -> FileFacts:
    """The facts of one file."""
    reader = _Reader(source)
    reader.walk(root.named_children, Scope(""))
    while reader.pending:
        reader.definition(*reader.pending.pop())
    definitions, references, bindings = _types_before_members(reader)
    return FileFacts(
        language="csharp",
        package=reader.package or reader.namespace,
        code_lines=sum(1 for text in source.splitlines() if text.strip()),
        definitions=tuple(sorted(definitions, key=lambda d: (d.line, d.name))),
        imports=tuple(reader.imports),
        references=tuple(references),
        bindings=tuple(dict.fromkeys(bindings)),
        wirings=tuple(reader.wirings),
        error_lines=error_lines(root),
    )


def _types_before_members(reader: _Reader) -> tuple[list[Definition], list[Reference], list[Binding]]:
    """In ``Customer Customer { get; }`` the first name is the type: it is written ``::Customer``, which no member is."""
    nested = {d.name.rpartition(".")[2] for d in reader.definitions if d.kind != "function" and "." in d.name}
    members = {b.name for b in reader.bindings if b.declared and b.name[:1].isupper()}
    members.update(d.name.rpartition(".")[2] for d in reader.definitions if "property" in d.decorators)
    members -= nested
    if not members:
        return reader.definitions, reader.references, reader.bindings

    def typed(name: str) -> str:
        return "::" + name if name in members else name

    def created(value: str) -> str:
        head = value.partition("()")[0]
        return "::" + value if head in members and value.startswith(head + "()") else value

    return (
        [replace(d, returns=typed(d.returns)) for d in reader.definitions],
        [replace(r, name=typed(r.name)) if r.kind in ("type", "inherit", "call") else r for r in reader.references],
        [
            replace(b, value=typed(b.value) if b.declared else created(b.value), element=typed(b.element))
            for b in reader.bindings
        ],
    )


class _Reader(Expressions):
    """Collects the facts of one file; `HANDLERS` says which node kinds mean something."""

    def __init__(self, source: bytes) -> None:
        super().__init__(source)
        self.package = ""
        self.namespace = ""
        self.definitions: list[Definition] = []
        self.wirings: list[Wiring] = []
        self.pending: list[tuple[Node, Scope]] = []

    # ---- declarations -------------------------------------------------------------------------------------------

    def definition(self, node: Node, outer: Scope) -> None:
        if node.kind_id in TYPES:
            self.type_declaration(node, outer)
        else:
            self.function(node, outer)

    def type_declaration(self, node: Node, outer: Scope) -> None:
        name = node.child_by_field_id(F_NAME)
        if name is None:
            return
        simple = self.text(name).removeprefix("@")
        full = f"{outer.name}.{simple}" if outer.name and outer.depth < MAX_NESTING else outer.name or simple
        scope = Scope(full, full, outer.variables | self.type_parameters(node), outer.depth + 1)
        body = node.child_by_field_id(F_BODY)
        for child in node.named_children:
            if child.kind_id == BASES:
                self.bases(child, scope)
            elif child.kind_id == PARAMETERS:
                self.primary(child, scope)
            elif body is None or child.id != body.id:
                self.walk([child], scope)
        if TYPES[node.kind_id] == "enum":
            self.references.append(Reference(full, "Enum", "inherit", line(name)))
        if full != outer.name:
            self.definitions.append(
                Definition(
                    full, TYPES[node.kind_id], line(name), node.end_point[0] + 1, self.doc(node), "",
                    self.attributes(node),
                )
            )  # fmt: skip
        if body is not None:
            self.walk(body.named_children, scope)

    def type_parameters(self, node: Node) -> frozenset[str]:
        declared = next((c for c in node.named_children if c.kind_id == TYPE_PARAMETERS), None)
        if declared is None:
            return frozenset()
        names = (p.child_by_field_id(F_NAME) for p in declared.named_children)
        return frozenset(self.text(n) for n in names if n is not None)

    def bases(self, clause: Node, scope: Scope) -> None:
        for child in clause.named_children:
            if child.kind_id in TYPE_NODES and child.kind_id != PREDEFINED:
                name = self.type_name(child, scope)
                if not scope.base and not (name[:1] == "I" and name[1:2].isupper()):
                    scope.base = name
                self.references.append(Reference(scope.name, name, "inherit", line(child)))
                self.walk([c for c in child.named_children if c.kind_id == TYPE_ARGUMENTS], scope)
            else:
                self.walk([child], scope)

    def primary(self, parameters: Node, scope: Scope) -> None:
        """Parameters of a record or a primary constructor can be named in the whole type."""
        for parameter in parameters.named_children:
            self.walk([parameter], scope)

    def function(self, node: Node, owner: Scope) -> None:
        name = node.child_by_field_id(F_NAME)
        kind = node.kind_id
        # A constructor has its class-file name: "Order.Order" would hide the type Order from its own members.
        simple = "<init>" if kind == CONSTRUCTOR else self.text(name) if name is not None else "operator"
        full = f"{owner.name}.{simple}" if owner.name else simple
        scope = Scope(full, owner.owner, owner.variables | self.type_parameters(node), owner.depth)
        scope.base = owner.base
        self.walk(node.named_children, scope)
        declared = node.child_by_field_id(F_RETURNS) or node.child_by_field_id(F_TYPE)
        value, element = self.declared(declared, scope) if declared is not None else ("", "")
        at = line(name) if name is not None else line(node)
        marks = ("property",) if kind in (PROPERTY, INDEXER) else ()
        returns = "" if value == "void" else value
        self.definitions.append(
            Definition(
                full, "function", at, node.end_point[0] + 1, self.doc(node), returns,
                (*self.attributes(node), *marks), scope.complexity,
            )
        )  # fmt: skip
        if element:
            # A definition has no room for its result's element type; a binding of the call has.
            self.bindings.append(Binding(owner.name, simple + "()", value, at, True, element))

    # ---- statements ---------------------------------------------------------------------------------------------

    def walk(self, nodes: Sequence[Node], scope: Scope) -> None:
        """Every node below, in document order, attributed to one scope."""
        stack = list(nodes[::-1])
        pop, extend, find = stack.pop, stack.extend, HANDLERS.get
        while stack:
            node = pop()
            kind = node.kind_id
            if kind in LEAVES:
                continue
            handler = find(kind)
            if handler is None:
                declared = node.child_by_field_id(F_TYPE)
                if declared is not None:
                    self.type_use(declared, scope)
                extend(node.named_children[::-1])
            else:
                handler(self, node, scope, stack)

    def type_use(self, node: Node, scope: Scope) -> None:
        """References of a type in a declaration, its arguments included."""
        todo = [node]
        while todo:
            current = todo.pop()
            kind = current.kind_id
            if kind in (IDENTIFIER, GENERIC, QUALIFIED):
                name = self.type_name(current, scope)
                if name not in ("object", "var", "dynamic") and name != scope.owner:
                    self.references.append(Reference(scope.name, name, "type", line(current)))
                todo.extend(c for c in current.named_children[::-1] if c.kind_id == TYPE_ARGUMENTS)
            elif kind != PREDEFINED:
                todo.extend(current.named_children[::-1])

    def on_chain(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        self.expression(node, scope, stack)

    def on_type(self, node: Node, scope: Scope, _stack: list[Node]) -> None:
        if not self.package:
            self.package = self.namespace
        self.pending.append((node, scope))

    def on_function(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        if scope.owner == scope.name:
            self.pending.append((node, scope))
        else:
            stack.extend(node.named_children[::-1])

    def on_property(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        """A property that computes is a function; one that only holds a value is a field."""
        accessors = node.child_by_field_id(F_ACCESSORS)
        computes = accessors is None or any(a.child_by_field_id(F_BODY) is not None for a in accessors.named_children)
        declared, name = node.child_by_field_id(F_TYPE), node.child_by_field_id(F_NAME)
        if declared is not None:
            self.type_use(declared, scope)
        if computes and scope.owner == scope.name and name is not None:
            self.pending.append((node, scope))
            return
        self.bind(scope, name, declared)
        stack.extend(c for c in node.named_children[::-1] if declared is None or c.id != declared.id)

    def on_namespace(self, node: Node, _scope: Scope, stack: list[Node]) -> None:
        name, body = node.child_by_field_id(F_NAME), node.child_by_field_id(F_BODY)
        written = self.dotted(name) if name is not None else ""
        parent = node.parent
        inside = parent is not None and parent.parent is not None and parent.parent.kind_id == BLOCK_NAMESPACE
        self.namespace = f"{self.namespace}.{written}" if inside and self.namespace else written
        self.namespace = self.namespace[:300]
        if body is not None:
            stack.extend(body.named_children[::-1])
        else:
            stack.extend(c for c in node.named_children[::-1] if name is None or c.id != name.id)

    def on_using(self, node: Node, _scope: Scope, _stack: list[Node]) -> None:
        alias = node.child_by_field_id(F_NAME)
        names = [c for c in node.named_children if c.kind_id in TYPE_NODES and (alias is None or c.id != alias.id)]
        full = self.dotted(names[-1]) if names else ""
        if not full:
            return
        words = self.text(node)[:60].split()
        if words[:1] == ["global"]:
            self.wirings.append(Wiring("csharp", "global_using", "", line(node), (full,)))
        if alias is not None:
            module, _, name = full.rpartition(".")
            self.imports.append(Import(module, name, self.text(alias), line(node)))
        else:
            self.imports.append(Import(full, "*", "", line(node)))

    def on_attribute(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        name = node.child_by_field_id(F_NAME)
        if name is not None:
            written = self.dotted(name)
            if "." not in written:
                # [Audit] means AuditAttribute when there is one; the resolver tries names as they are written.
                self.references.append(Reference(scope.name, written, "type", line(node)))
        stack.extend(c for c in node.named_children[::-1] if name is None or c.id != name.id)

    def bind(self, scope: Scope, name: Node | None, declared: Node | None) -> None:
        if name is not None and declared is not None:
            value, element = self.declared(declared, scope)
            self.bindings.append(
                Binding(scope.name, self.text(name).removeprefix("@"), value, line(name), True, element)
            )

    def on_variables(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        """Fields and local variables; ``var x = e`` binds the expression."""
        declared = node.child_by_field_id(F_TYPE)
        inferred = declared is None or declared.kind_id == VAR
        if declared is not None and not inferred:
            self.type_use(declared, scope)
        for declarator in node.named_children:
            if declarator.kind_id != DECLARATOR:
                continue
            name = declarator.child_by_field_id(F_NAME)
            values = [c for c in declarator.named_children if name is None or c.id != name.id]
            if inferred and name is not None and values:
                self.infer(name, self.value(values[-1], scope, stack), scope)
            else:
                self.bind(scope, name, declared)
                stack.extend(values[::-1])

    def infer(self, name: Node, chain: str, scope: Scope) -> None:
        for value in self.row_values(chain):
            self.bindings.append(Binding(scope.name, self.text(name), value, line(name)))

    def on_foreach(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        scope.complexity += 1
        declared, name = node.child_by_field_id(F_TYPE), node.child_by_field_id(F_LEFT)
        source, body = node.child_by_field_id(F_RIGHT), node.child_by_field_id(F_BODY)
        if body is not None:
            stack.append(body)
        if declared is not None and declared.kind_id != VAR:
            self.type_use(declared, scope)
            self.bind(scope, name, declared)
            if source is not None:
                stack.append(source)
        elif name is not None and source is not None:
            chain = self.value(source, scope, stack)
            if not chain.startswith("?"):
                self.bindings.append(Binding(scope.name, self.text(name), self.sequence(chain) + "[]", line(name)))

    def on_declared(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        """Anything with a type and a name: parameters, patterns, caught exceptions, out variables."""
        declared, name = node.child_by_field_id(F_TYPE), node.child_by_field_id(F_NAME)
        if declared is not None and declared.kind_id != VAR:
            self.type_use(declared, scope)
            self.bind(scope, name, declared)
        skipped = {n.id for n in (declared, name) if n is not None}
        stack.extend(c for c in node.named_children[::-1] if c.id not in skipped)

    def on_assignment(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        left, right = node.child_by_field_id(F_LEFT), node.child_by_field_id(F_RIGHT)
        if left is None or right is None:
            stack.extend(node.named_children[::-1])
            return
        stack.append(right)
        parent = node.parent
        if left.kind_id == MEMBER:
            chain = self.expression(left, scope, stack, silent=True)
            if not chain.startswith("?") and not (chain.startswith("this.") and chain.count(".") == 1):
                self.references.append(Reference(scope.name, chain, "assign", line(left)))
        elif left.kind_id != IDENTIFIER or (parent is not None and parent.kind_id == INITIALIZER):
            stack.extend([] if left.kind_id == IDENTIFIER else [left])

    def on_enum_member(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        name, value = node.child_by_field_id(F_NAME), node.child_by_field_id(F_VALUE)
        if name is not None:
            simple = scope.name.rpartition(".")[2]
            self.bindings.append(Binding(scope.name, self.text(name), simple, line(name), True))
        if value is not None:
            stack.append(value)

    def on_cast(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        declared = node.child_by_field_id(F_TYPE)
        if declared is not None:
            self.type_use(declared, scope)
        stack.extend(c for c in node.named_children[::-1] if declared is None or c.id != declared.id)

    def on_as(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        left, right = node.child_by_field_id(F_LEFT), node.child_by_field_id(F_RIGHT)
        if right is not None:
            self.type_use(right, scope)
        if left is not None:
            stack.append(left)

    def on_base_call(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        if scope.base and self.text(node).lstrip(": ").startswith("base"):
            self.references.append(Reference(scope.name, scope.base, "call", line(node)))
        stack.extend(c for c in node.named_children[::-1] if c.kind_id == ARGUMENTS)

    def on_type_arguments(self, node: Node, scope: Scope, _stack: list[Node]) -> None:
        self.type_use(node, scope)

    def on_decision(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        scope.complexity += 1
        stack.extend(node.named_children[::-1])

    def on_binary(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        operator = node.child_by_field_id(F_OPERATOR)
        if operator is not None and operator.kind_id in AND_OR:
            scope.complexity += 1
        stack.extend(node.named_children[::-1])


Handler = Callable[[_Reader, Node, Scope, "list[Node]"], None]
HANDLERS: dict[int, Handler] = {
    **dict.fromkeys((CALL, MEMBER, ELEMENT_ACCESS, CONDITIONAL, CREATION, IMPLICIT_CREATION), _Reader.on_chain),
    **dict.fromkeys(TYPES, _Reader.on_type),
    **dict.fromkeys(FUNCTIONS, _Reader.on_function),
    **dict.fromkeys((BLOCK_NAMESPACE, FILE_NAMESPACE), _Reader.on_namespace),
    **dict.fromkeys(DECISIONS, _Reader.on_decision),
    **dict.fromkeys((*PATTERNS, PARAMETER), _Reader.on_declared),
    PROPERTY: _Reader.on_property,
    INDEXER: _Reader.on_function,
    USING: _Reader.on_using,
    ATTRIBUTE: _Reader.on_attribute,
    VARIABLES: _Reader.on_variables,
    FOREACH: _Reader.on_foreach,
    ASSIGNMENT: _Reader.on_assignment,
    ENUM_MEMBER: _Reader.on_enum_member,
    CAST: _Reader.on_cast,
    TYPEOF: _Reader.on_cast,
    AS: _Reader.on_as,
    CONSTRUCTOR_INITIALIZER: _Reader.on_base_call,
    TYPE_ARGUMENTS: _Reader.on_type_arguments,
    BINARY: _Reader.on_binary,
    LOCAL_FUNCTION: _Reader.on_declared,
}
