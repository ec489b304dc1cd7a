"""One PHP file's syntax tree in, its `FileFacts` out: definitions, references, bindings, imports and includes.

The tree is walked with explicit stacks, so that nesting is bounded by memory and not by Python's call stack.
Variables and properties keep their ``$``: a property and a method, or a variable and a class, may share a name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tree_sitter import Node

from agent.domain.facts import Binding, Definition, FileFacts, Import, Reference, Wiring
from agent.languages.bounded_parsing import error_lines
from agent.languages.php_docblock import first_sentence, split_type, tags
from agent.languages.php_expressions import Expressions
from agent.languages.php_grammar import (
    AND_OR,
    ASSIGNMENT,
    ATTRIBUTE,
    BASE_CLAUSE,
    BASES,
    BINARY,
    BY_REFERENCE,
    CATCH,
    CHAINS,
    COMMENT,
    CONSTANTS,
    CREATION,
    DECISIONS,
    ENUM_CASE,
    F_ATTRIBUTES,
    F_BODY,
    F_DEFAULT,
    F_LEFT,
    F_NAME,
    F_OPERATOR,
    F_RETURN,
    F_RIGHT,
    F_TYPE,
    F_VALUE,
    FOREACH,
    FUNCTION,
    GLOBAL,
    INCLUDES,
    INSTANCEOF,
    LEAVES,
    LIST,
    MEMBERS,
    METHOD,
    NAMED_TYPE,
    NAMES,
    NAMESPACE,
    PAIR,
    PARAMETERS,
    PROMOTION,
    PROPERTY,
    PROPERTY_ELEMENT,
    REFERENCE_ASSIGNMENT,
    RETURN,
    STATIC_MEMBER,
    STATIC_VARIABLE,
    SUBSCRIPT,
    TRAIT_USE,
    TYPES,
    USE,
    VARIABLE,
    VARIADIC,
    line,
)
from agent.languages.php_include import assigned_values, include_texts
from agent.languages.php_names import PRIMITIVES, Scope

__all__ = ["read_php"]

COLLECTIONS = frozenset("array iterable object".split())


def read_php(root: Node, source: bytes) -> FileFacts:
    """The facts of one file."""
    reader = _Reader(source)
    reader.walk(root.named_children, Scope(""))
    while reader.pending:
        reader.definition(*reader.pending.pop())
    return FileFacts(
        language="php",
        package=reader.package,
        code_lines=sum(1 for text in source.splitlines() if text.strip()),
        definitions=tuple(sorted(reader.definitions, key=lambda d: (d.line, d.name))),
        imports=tuple(reader.imports),
        references=tuple(reader.references),
        bindings=tuple(dict.fromkeys(reader.bindings)),
        wirings=tuple(reader.wirings),
        error_lines=error_lines(root),
    )


class _Reader(Expressions):
    """Collects the facts of one file; `HANDLERS` says which node kinds mean something."""

    def __init__(self, source: bytes) -> None:
        super().__init__(source)
        self.definitions: list[Definition] = []
        self.wirings: list[Wiring] = []
        self.pending: list[tuple[Node, Scope, str, str]] = []
        self.assigned: Mapping[str, Sequence[Node]] | None = None
        self.documented: dict[tuple[str, str], Binding] = {}  # parameters by @param

    # ---- declarations -------------------------------------------------------------------------------------------

    def definition(self, node: Node, outer: Scope, doc: str, namespace: str) -> None:
        self.namespace = namespace
        if node.kind_id in TYPES:
            self.type_declaration(node, doc)
        else:
            self.function(node, outer, doc)

    def type_declaration(self, node: Node, doc: str) -> None:
        name = node.child_by_field_id(F_NAME)
        if name is None:
            return
        simple = self.text(name)
        scope = Scope(simple, simple)
        body = node.child_by_field_id(F_BODY)
        for child in node.named_children:
            if child.kind_id in BASES:
                self.bases(child, scope)
            elif body is None or child.id != body.id:
                self.walk([child], scope)
        self.definitions.append(
            Definition(
                simple, TYPES[node.kind_id], line(name), node.end_point[0] + 1, first_sentence(doc), "",
                self.attributes(node),
            )
        )  # fmt: skip
        if self.namespace != self.package:
            self.wirings.append(Wiring("php", "namespace", simple, line(name), (self.namespace,)))
        self.members_of_doc(doc, scope, node)
        if body is not None:
            self.walk(body.named_children, scope)

    def bases(self, clause: Node, scope: Scope) -> None:
        for child in clause.named_children:
            if child.kind_id in NAMES:
                name = self.class_name(child, scope)
                if clause.kind_id == BASE_CLAUSE and not scope.base:
                    scope.base = name
                self.references.append(Reference(scope.name, name, "inherit", line(child)))

    def members_of_doc(self, doc: str, scope: Scope, node: Node) -> None:
        """Properties and methods that only the documentation declares (``@property``, ``@method``)."""
        at = line(node)
        for tag, written, name in tags(doc):
            value, element = self.declared_text(written, scope, node)
            if tag == "method":
                self.definitions.append(Definition(f"{scope.name}.{name[:-2]}", "function", at, at, "", value))
                if element:
                    self.bindings.append(Binding(scope.name, name, value, at, True, element))
            elif tag.startswith("property") and name and value:
                self.bindings.append(Binding(scope.name, name, value, at, True, element))

    def attributes(self, node: Node) -> tuple[str, ...]:
        found = node.child_by_field_id(F_ATTRIBUTES)
        names: list[str] = []
        for group in found.named_children if found is not None else ():
            for attribute in group.named_children:
                if attribute.kind_id == ATTRIBUTE and attribute.named_child_count:
                    names.append(self.text(attribute.named_child(0)).strip("\\").replace("\\", "."))
        return tuple(names)

    def function(self, node: Node, outer: Scope, doc: str) -> None:
        name = node.child_by_field_id(F_NAME)
        if name is None:
            return
        simple = self.text(name)
        full = f"{outer.owner}.{simple}" if node.kind_id == METHOD and outer.owner else simple
        scope = Scope(full, outer.owner if node.kind_id == METHOD else "", outer.base)
        for tag, written, parameter in tags(doc):
            if tag == "param" and parameter:
                value, element = self.declared_text(written, scope, node)
                if value:
                    self.documented[full, parameter] = Binding(full, parameter, value, line(node), True, element)
        self.walk(node.named_children, scope)
        returns, element = self.result(node, scope, doc)
        self.definitions.append(
            Definition(
                full, "function", line(name), node.end_point[0] + 1, first_sentence(doc), returns,
                self.attributes(node), scope.complexity,
            )
        )  # fmt: skip
        if element:
            # A definition has no room for its result's element type; a binding of the call has.
            self.bindings.append(Binding(full.rpartition(".")[0], simple + "()", returns, line(name), True, element))

    def result(self, node: Node, scope: Scope, doc: str) -> tuple[str, str]:
        """Declared result type, by type hint, else by ``@return``; elements come from either."""
        declared = node.child_by_field_id(F_RETURN)
        value, element = self.declared(declared, scope) if declared is not None else ("", "")
        written = next((kind for tag, kind, _ in tags(doc) if tag == "return"), "")
        if written:
            documented, inner = self.declared_text(written, scope, node)
            value, element = value or documented, element or inner
        return ("" if value in ("void", "mixed", "never") else value), element

    # ---- types --------------------------------------------------------------------------------------------------

    def declared(self, node: Node, scope: Scope) -> tuple[str, str]:
        """A type hint: the first class of a union, else a primitive."""
        return self.declared_text("".join(self.text(node).split())[:300], scope, node)

    def declared_text(self, written: str, scope: Scope, at: Node) -> tuple[str, str]:
        value, element = split_type(written)
        return (
            self.named(value, scope, at) if value else "",
            self.named(element, scope, at) if element else "",
        )

    def bind_text(self, scope: Scope, name: str, written: str, at: Node) -> None:
        value, element = self.declared_text(written, scope, at)
        if value:
            self.bindings.append(Binding(scope.name, name, value, line(at), True, element))

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
                extend(node.named_children[::-1])
            else:
                handler(self, node, scope, stack)

    def doc_before(self, node: Node) -> str:
        before = node.prev_named_sibling
        return self.text(before) if before is not None and before.kind_id == COMMENT else ""

    def on_chain(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        self.expression(node, scope, stack)

    def on_definition(self, node: Node, scope: Scope, _stack: list[Node]) -> None:
        self.pending.append((node, scope, self.doc_before(node), self.namespace))

    def on_method(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        if scope.owner == scope.name and scope.owner:
            self.on_definition(node, scope, stack)
        else:  # of an anonymous class: part of the function around it
            stack.extend(node.named_children[::-1])

    def on_namespace(self, node: Node, _scope: Scope, stack: list[Node]) -> None:
        self.enter_namespace(node)
        body = node.child_by_field_id(F_BODY)
        if body is not None:
            stack.extend(body.named_children[::-1])

    def on_use(self, node: Node, _scope: Scope, _stack: list[Node]) -> None:
        self.use_declaration(node)

    def on_comment(self, node: Node, scope: Scope, _stack: list[Node]) -> None:
        """``/** @var Order $order */`` before a statement."""
        raw = self.text(node) if node.end_byte - node.start_byte < 4000 else ""
        if "@var" in raw:
            for tag, written, name in tags(raw):
                if tag == "var" and name:
                    self.bind_text(scope, name, written, node)

    def on_bases(self, node: Node, scope: Scope, _stack: list[Node]) -> None:
        """Of an anonymous class, which is part of the function around it."""
        for child in node.named_children:
            if child.kind_id in NAMES:
                self.references.append(Reference(scope.name, self.class_name(child, scope), "type", line(child)))

    def on_trait_use(self, node: Node, scope: Scope, _stack: list[Node]) -> None:
        kind = "inherit" if scope.owner == scope.name and scope.owner else "type"
        for child in node.named_children:
            if child.kind_id in NAMES:
                self.references.append(Reference(scope.name, self.class_name(child, scope), kind, line(child)))

    def on_property(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        declared = node.child_by_field_id(F_TYPE)
        value, element = self.declared(declared, scope) if declared is not None else ("", "")
        if value in ("", "mixed") or (not element and (value in COLLECTIONS or "Collection" in value)):
            for tag, written, _ in tags(self.doc_before(node)):
                if tag == "var":
                    documented, inner = self.declared_text(written, scope, node)
                    value, element = (documented if value in ("", "mixed") else value) or "", element or inner
        for child in node.named_children:
            if child.kind_id == PROPERTY_ELEMENT:
                name, default = child.child_by_field_id(F_NAME), child.child_by_field_id(F_DEFAULT)
                if name is not None and value:
                    self.bindings.append(Binding(scope.name, self.variable(name), value, line(name), True, element))
                elif name is not None:
                    self.bindings.append(Binding(scope.name, self.variable(name), "?", line(name)))
                if default is not None:
                    stack.append(default)
            else:
                stack.append(child)

    def on_constant(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        children = node.named_children
        if children and scope.owner:
            self.bindings.append(Binding(scope.name, self.text(children[0]), "?", line(node)))
        stack.extend(children[::-1])

    def on_case(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        name, value = node.child_by_field_id(F_NAME), node.child_by_field_id(F_VALUE)
        if name is not None:
            self.bindings.append(Binding(scope.name, self.text(name), scope.owner, line(name), True))
        if value is not None:
            stack.append(value)

    def on_parameter(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        """Parameters; one without a type shadows a variable of the file all the same."""
        name, declared = node.child_by_field_id(F_NAME), node.child_by_field_id(F_TYPE)
        if name is not None:
            value, element = self.declared(declared, scope) if declared is not None else ("", "")
            documented = self.documented.get((scope.name, self.variable(name)))
            if documented is not None:
                element = element or documented.element
                value = documented.value if value in ("", "mixed") else value
            if node.kind_id == VARIADIC:
                value, element = "array", value if value not in PRIMITIVES else ""
            typed = bool(value) and value != "mixed"
            places = (scope.name, scope.owner) if node.kind_id == PROMOTION and scope.owner else (scope.name,)
            for place in places:
                self.bindings.append(
                    Binding(place, self.variable(name), value if typed else "?", line(name), typed, element)
                )
        stack.extend(node.named_children[::-1])

    def on_type(self, node: Node, scope: Scope, _stack: list[Node]) -> None:
        child = node.named_child(0) if node.named_child_count else None
        if child is not None and child.kind_id in NAMES:
            name = self.class_name(child, scope)
            if name not in PRIMITIVES and name != scope.owner:
                self.references.append(Reference(scope.name, name, "type", line(child)))

    def on_attribute(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        children = node.named_children
        if children and children[0].kind_id in NAMES:
            self.references.append(Reference(scope.name, self.class_name(children[0], scope), "type", line(node)))
        stack.extend(children[:0:-1])

    def on_catch(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        scope.complexity += 1
        name, caught = node.child_by_field_id(F_NAME), node.child_by_field_id(F_TYPE)
        if name is not None and caught is not None:
            value, _ = self.declared(caught, scope)
            self.bindings.append(Binding(scope.name, self.variable(name), value or "?", line(name), bool(value)))
        stack.extend(node.named_children[::-1])

    def on_assignment(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        left, right = node.child_by_field_id(F_LEFT), node.child_by_field_id(F_RIGHT)
        if left is None or right is None:
            stack.extend(node.named_children[::-1])
            return
        self.assign(left, self.value(right, scope, stack), scope, stack)

    def assign(self, left: Node, chain: str, scope: Scope, stack: list[Node]) -> None:
        kind = left.kind_id
        if kind == VARIABLE:
            self.bindings.append(Binding(scope.name, self.variable(left), chain, line(left)))
        elif kind in MEMBERS or kind == STATIC_MEMBER:
            target = self.expression(left, scope, stack, silent=True)
            receiver, _, name = target.rpartition(".")
            if receiver in ("this", scope.owner) and scope.owner and name.startswith("$"):
                value = chain if chain.startswith("?") else f"@{scope.name}:{chain}"
                self.bindings.append(Binding(scope.owner, name, value, line(left)))
            elif not target.startswith("?"):
                self.references.append(Reference(scope.name, target, "assign", line(left)))
        elif kind == LIST:
            for child in left.named_children:
                names = child.named_children if child.kind_id == PAIR else [child]
                for held in names:
                    if held.kind_id == VARIABLE:
                        self.bindings.append(Binding(scope.name, self.variable(held), "?", line(held)))
        elif kind == SUBSCRIPT and left.named_child_count:
            base = left.named_child(0)
            if base.kind_id == VARIABLE and left.named_child_count == 1 and chain.endswith("()") and "." not in chain:
                self.bindings.append(Binding(scope.name, self.variable(base), "array", line(left), True, chain[:-2]))
            stack.append(left)
        else:
            stack.append(left)

    def on_foreach(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        scope.complexity += 1
        body = node.child_by_field_id(F_BODY)
        heads = [c for c in node.named_children if (body is None or c.id != body.id) and c.kind_id != COMMENT]
        if body is not None:
            stack.append(body)
        if len(heads) < 2:
            stack.extend(heads)
            return
        chain = self.value(heads[0], scope, stack)
        target: Node | None = heads[1]
        if target is not None and target.kind_id == PAIR:
            target = target.named_child(target.named_child_count - 1) if target.named_child_count else None
        if target is not None and target.kind_id == BY_REFERENCE:
            target = target.named_child(0) if target.named_child_count else None
        if target is not None:
            self.assign(target, "?" if chain.startswith("?") else chain + "[]", scope, stack)

    def on_return(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        value = node.named_child(0) if node.named_child_count else None
        if value is None:
            return
        chain = self.value(value, scope, stack)
        if not chain.startswith("?") and scope.name:
            self.bindings.append(Binding(scope.name, "return", chain, line(node)))

    def on_global(self, node: Node, scope: Scope, _stack: list[Node]) -> None:
        for child in node.named_children:
            if child.kind_id == VARIABLE and scope.name:
                name = self.variable(child)
                self.bindings.append(Binding(scope.name, name, f"@:{name}", line(child)))

    def on_static(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        name, value = node.child_by_field_id(F_NAME), node.child_by_field_id(F_VALUE)
        chain = self.value(value, scope, stack) if value is not None else "?"
        if name is not None:
            self.bindings.append(Binding(scope.name, self.variable(name), chain, line(name)))

    def on_include(self, node: Node, _scope: Scope, stack: list[Node]) -> None:
        children = node.named_children
        if children:
            # Functions of an included file are the includer's too, wherever the include stands.
            for text in include_texts(children[0], self.source, lambda: self.values_around(node)):
                self.imports.append(Import(text, "*", "", line(node)))
            stack.extend(children)

    def values_around(self, node: Node) -> Mapping[str, Sequence[Node]]:
        """What the file assigns to its variables; looked up once, for includes that are named by one."""
        if self.assigned is None:
            self.assigned = assigned_values(node)
        return self.assigned

    def on_decision(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        scope.complexity += 1
        stack.extend(node.named_children[::-1])

    def on_binary(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        operator, right = node.child_by_field_id(F_OPERATOR), node.child_by_field_id(F_RIGHT)
        if operator is not None and operator.kind_id in AND_OR:
            scope.complexity += 1
        elif right is not None and right.kind_id in NAMES and operator is not None and operator.kind_id == INSTANCEOF:
            self.references.append(Reference(scope.name, self.class_name(right, scope), "type", line(right)))
        stack.extend(node.named_children[::-1])


Handler = Callable[[_Reader, Node, Scope, "list[Node]"], None]
HANDLERS: dict[int, Handler] = {
    **dict.fromkeys(CHAINS, _Reader.on_chain),
    **dict.fromkeys(TYPES, _Reader.on_definition),
    **dict.fromkeys(BASES, _Reader.on_bases),
    **dict.fromkeys(PARAMETERS, _Reader.on_parameter),
    **dict.fromkeys(INCLUDES, _Reader.on_include),
    **dict.fromkeys(DECISIONS, _Reader.on_decision),
    CREATION: _Reader.on_chain,
    FUNCTION: _Reader.on_definition,
    METHOD: _Reader.on_method,
    NAMESPACE: _Reader.on_namespace,
    USE: _Reader.on_use,
    COMMENT: _Reader.on_comment,
    TRAIT_USE: _Reader.on_trait_use,
    PROPERTY: _Reader.on_property,
    CONSTANTS: _Reader.on_constant,
    ENUM_CASE: _Reader.on_case,
    NAMED_TYPE: _Reader.on_type,
    ATTRIBUTE: _Reader.on_attribute,
    CATCH: _Reader.on_catch,
    ASSIGNMENT: _Reader.on_assignment,
    REFERENCE_ASSIGNMENT: _Reader.on_assignment,
    FOREACH: _Reader.on_foreach,
    RETURN: _Reader.on_return,
    GLOBAL: _Reader.on_global,
    STATIC_VARIABLE: _Reader.on_static,
    BINARY: _Reader.on_binary,
}
