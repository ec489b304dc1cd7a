"""One Java compilation unit's syntax tree in, its `FileFacts` out: definitions, references, bindings, imports.

The tree is walked once with explicit stacks, so that nesting is bounded by memory and not by Python's call stack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from tree_sitter import Node

from agent.domain.facts import Binding, Definition, FileFacts, Import, Reference
from agent.languages.java_grammar import (
    AND_OR,
    ANNOTATION,
    ARRAY_ACCESS,
    ASTERISK,
    BLOCK_COMMENT,
    CALL,
    CAST,
    CLASS_LITERAL,
    CONSTANT,
    CONSTRUCTOR,
    CREATION,
    DECISIONS,
    ELEMENT,
    ENUM_CONSTANT,
    ENUM_MEMBERS,
    ERROR,
    F_ARGUMENTS,
    F_ARRAY,
    F_BODY,
    F_CONSTRUCTOR,
    F_DECLARATOR,
    F_DIMENSIONS,
    F_FIELD,
    F_INDEX,
    F_INTERFACES,
    F_NAME,
    F_OBJECT,
    F_OPERATOR,
    F_PARAMETERS,
    F_SUPERCLASS,
    F_TYPE,
    F_TYPE_ARGUMENTS,
    F_TYPE_PARAMETERS,
    F_VALUE,
    FIELD,
    FIELD_ACCESS,
    GENERIC,
    IDENTIFIER,
    IMPORT,
    LAMBDA,
    LEAVES,
    LINE_COMMENT,
    MARKER,
    METHOD,
    MODIFIERS,
    PACKAGE,
    PARENTHESES,
    SCOPED_NAME,
    SCOPED_TYPE,
    STRING,
    SUPER,
    THIS,
    TYPE,
    TYPE_ARGUMENTS,
    TYPE_BOUND,
    TYPE_NODES,
    TYPES,
    error_lines,
    kind_of,
    line,
)
from agent.languages.java_names import MAX_LINKS, Names, Scope

__all__ = ["MAX_NESTING", "read_java"]

MAX_NESTING = 40  # types nested deeper are read as part of the type around them: names stay short
ELEMENTWISE = frozenset(
    "forEach forEachOrdered map filter flatMap anyMatch allMatch noneMatch peek mapToInt mapToLong mapToDouble "
    "mapToObj ifPresent ifPresentOrElse removeIf takeWhile dropWhile thenApply thenAccept thenCompose doOnNext "
    "flatMapMany".split()
)
SAME_ELEMENTS = re.compile(
    r"(?:\.(?:stream|parallelStream|parallel|sequential|filter|sorted|peek|distinct|limit|skip|unordered|onClose)\(\))+\Z"
)


Handler = Callable[["_Reader", Node, Scope, "list[Node]"], None]


def read_java(root: Node, source: bytes) -> FileFacts:
    """The facts of one compilation unit."""
    reader = _Reader(source)
    reader.members(root, Scope("", {}))
    while reader.pending:
        reader.type_declaration(*reader.pending.pop())
    return FileFacts(
        language="java",
        package=reader.package,
        code_lines=sum(map(bool, map(bytes.strip, source.splitlines()))),
        definitions=tuple(reader.definitions),
        imports=tuple(reader.imports),
        references=tuple(reader.references) + tuple(reader.qualified_types()),
        bindings=tuple(reader.bindings),
        error_lines=error_lines(root) if root.has_error else (),
    )


class _Reader(Names):
    """Collects the facts of one file; `HANDLERS` says which node kinds mean something."""

    def __init__(self, source: bytes) -> None:
        super().__init__(source)
        self.package = ""
        self.definitions: list[Definition] = []
        self.imports: list[Import] = []
        self.references: list[Reference] = []
        self.bindings: list[Binding] = []
        self.pending: list[tuple[Node, Scope, Node | None]] = []
        self.maybe_qualified: list[tuple[str, str, int]] = []

    # ---- declarations -------------------------------------------------------------------------------------------

    def members(self, body: Node, scope: Scope) -> None:
        """Everything directly inside a file or a type's body; what a syntax error swallowed included."""
        doc: Node | None = None
        todo = body.named_children[::-1]
        while todo:
            node = todo.pop()
            kind = node.kind_id
            if kind == BLOCK_COMMENT:
                doc = node
                continue
            if kind == LINE_COMMENT:
                continue
            if kind in TYPES:
                self.pending.append((node, scope, doc))
            elif kind in (METHOD, CONSTRUCTOR, ELEMENT):
                self.method(node, scope, doc)
            elif kind in (FIELD, CONSTANT):
                self.walk([node], scope)
            elif kind == IMPORT:
                self.import_declaration(node)
            elif kind == PACKAGE:
                self.package_declaration(node, scope)
            elif kind in (ENUM_MEMBERS, ERROR):
                todo.extend(node.named_children[::-1])
            elif kind == ENUM_CONSTANT:
                self.enum_constant(node, scope)
            else:
                self.walk([node], scope)
            doc = None

    def type_declaration(self, node: Node, outer: Scope, doc: Node | None) -> None:
        name = node.child_by_field_id(F_NAME)
        if name is None:
            return
        simple = self.text(name)
        full = f"{outer.name}.{simple}" if outer.name and outer.depth < MAX_NESTING else outer.name or simple
        scope = Scope(full, self.variables(node, outer), outer.depth + 1)
        superclass, interfaces = node.child_by_field_id(F_SUPERCLASS), node.child_by_field_id(F_INTERFACES)
        if superclass is not None:
            scope.base = self.bases(superclass, scope)
        if interfaces is not None:
            self.bases(interfaces, scope)
        body = node.child_by_field_id(F_BODY)
        skipped = {n.id for n in (superclass, interfaces, body) if n is not None}
        for child in node.named_children:
            if child.type == "extends_interfaces":
                self.bases(child, scope)
            elif child.id not in skipped:
                self.walk([child], scope)
        if full != outer.name:
            self.definitions.append(
                Definition(
                    full,
                    TYPES[node.kind_id],
                    line(name),
                    node.end_point[0] + 1,
                    self.doc(doc),
                    "",
                    self.annotations(node),
                )
            )
        parameters = node.child_by_field_id(F_PARAMETERS)
        if parameters is not None:
            self.record_components(parameters, scope)
        if body is not None:
            self.members(body, scope)

    def bases(self, clause: Node, scope: Scope) -> str:
        """Emit what a type extends or implements; the first base's name."""
        first = ""
        todo = clause.named_children[::-1]
        while todo:
            node = todo.pop()
            if node.kind_id not in TYPE_NODES:
                todo.extend(node.named_children[::-1])
                continue
            name = self.declared(node, scope)[0]
            first = first or name
            self.references.append(Reference(scope.name, name, "inherit", line(node)))
            self.walk([c for c in node.named_children if c.kind_id in (TYPE_ARGUMENTS, MARKER, ANNOTATION)], scope)
        return first

    def record_components(self, parameters: Node, scope: Scope) -> None:
        """A record's components have accessor methods by the language's own rules (JLS 8.10.3)."""
        for parameter in parameters.named_children:
            name, declared = parameter.child_by_field_id(F_NAME), parameter.child_by_field_id(F_TYPE)
            if name is not None and declared is not None:
                at = line(name)
                value, element = self.declared(declared, scope)
                accessor = f"{scope.name}.{self.text(name)}"
                self.definitions.append(Definition(accessor, "function", at, at, "", value))
                if element:
                    self.bindings.append(Binding(scope.name, self.text(name) + "()", value, at, True, element))

    def enum_constant(self, node: Node, scope: Scope) -> None:
        name = node.child_by_field_id(F_NAME)
        if name is not None:
            self.bindings.append(Binding(scope.name, self.text(name), scope.name.rpartition(".")[2], line(name), True))
        self.walk(node.named_children, scope)

    def method(self, node: Node, owner: Scope, doc: Node | None) -> None:
        name = node.child_by_field_id(F_NAME)
        if name is None:
            return
        # A constructor has its class-file name: "Order.Order" would hide the type Order from its own members.
        simple = "<init>" if node.kind_id == CONSTRUCTOR else self.text(name)
        full = f"{owner.name}.{simple}" if owner.name else simple
        scope = Scope(full, self.variables(node, owner), owner.depth, owner.base)
        self.walk(node.named_children, scope)
        declared = node.child_by_field_id(F_TYPE)
        value, element = self.declared(declared, scope) if declared is not None else ("", "")
        if node.child_by_field_id(F_DIMENSIONS) is not None:
            value, element = value + "[]", value
        self.definitions.append(
            Definition(
                full,
                "function",
                line(name),
                node.end_point[0] + 1,
                self.doc(doc),
                "" if value == "void" else value,
                self.annotations(node),
                scope.complexity,
            )
        )
        if element:
            # A definition has no room for its result's element type; a binding of the call has.
            self.bindings.append(Binding(owner.name, simple + "()", value, line(name), True, element))

    def import_declaration(self, node: Node) -> None:
        children = node.named_children
        names = [c for c in children if c.kind_id in (IDENTIFIER, SCOPED_NAME)]
        if not names:
            return
        written = self.dotted(names[0])
        if any(c.kind_id == ASTERISK for c in children):
            self.imports.append(Import(written, "*", "", line(node)))
            return
        module, _, name = written.rpartition(".")
        self.imports.append(Import(module, name, name, line(node)))

    def package_declaration(self, node: Node, scope: Scope) -> None:
        for child in node.named_children:
            if child.kind_id in (IDENTIFIER, SCOPED_NAME):
                self.package = self.dotted(child)
            else:
                self.walk([child], scope)

    def variables(self, node: Node, outer: Scope) -> Mapping[str, str]:
        """Type parameters in force: name and erasure, the leftmost bound (JLS 4.6)."""
        declared = node.child_by_field_id(F_TYPE_PARAMETERS)
        if declared is None:
            return outer.variables
        found = dict(outer.variables)
        scope = Scope(outer.name, found)
        for parameter in declared.named_children:
            name = next((c for c in parameter.named_children if c.kind_id in (TYPE, IDENTIFIER)), None)
            bound = next((c for c in parameter.named_children if c.kind_id == TYPE_BOUND), None)
            if name is not None:
                first = bound.named_child(0) if bound is not None and bound.named_child_count else None
                found[self.text(name)] = self.declared(first, scope)[0] if first is not None else "Object"
        return found

    def bind(self, scope: Scope, name: Node | None, declared: Node | None, dimensions: bool = False) -> None:
        if name is not None and declared is not None:
            value, element = self.declared(declared, scope)
            if dimensions:
                value, element = value + "[]", value
            self.bindings.append(Binding(scope.name, self.text(name), value, line(name), True, element))

    def qualified_types(self) -> Sequence[Reference]:
        """Fully qualified types in expressions (``org.x.Foo.bar()``), unless the first part is a variable here."""
        bound = {binding.name for binding in self.bindings}
        return [
            Reference(scope, name, "type", at)
            for scope, name, at in self.maybe_qualified
            if name.split(".", 1)[0] not in bound
        ]

    # ---- statements and expressions -----------------------------------------------------------------------------

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

    def expression(self, node: Node, scope: Scope, stack: list[Node]) -> str:
        """Emit the calls and uses of a chain and push what lies inside it; the chain itself in *name* notation."""
        links: list[tuple[str, Node | None, Sequence[Node]]] = []  # (name or "[]", name node of a call, lambdas)
        head, outermost = "?", node
        while True:
            kind = node.kind_id
            if kind == CALL:
                name, inner = node.child_by_field_id(F_NAME), node.child_by_field_id(F_OBJECT)
                links.append((self.text(name) if name is not None else "?", name or node, self.arguments(node, stack)))
                if inner is None:
                    head = ""
                    break
                node = inner
            elif kind == FIELD_ACCESS:
                field, inner = node.child_by_field_id(F_FIELD), node.child_by_field_id(F_OBJECT)
                if field is None or inner is None:
                    break
                if field.kind_id in (THIS, SUPER):
                    head = ""  # Outer.this.x: x is found from the inside out anyway
                    break
                links.append((self.text(field), None, ()))
                node = inner
            elif kind == ARRAY_ACCESS:
                index, inner = node.child_by_field_id(F_INDEX), node.child_by_field_id(F_ARRAY)
                if index is not None:
                    stack.append(index)
                if inner is None:
                    break
                links.append(("[]", None, ()))
                node = inner
            elif kind == PARENTHESES and node.named_child_count:
                node = node.named_child(node.named_child_count - 1)
            else:
                head = self.head(node, scope, stack)
                break
        return self.emit(head, links[::-1], scope, outermost)

    def head(self, node: Node, scope: Scope, stack: list[Node]) -> str:
        """What a chain starts with. A cast is written like a creation: both are a value of that type."""
        kind = node.kind_id
        if kind in (IDENTIFIER, THIS, SUPER):
            return self.text(node)
        if kind == STRING:
            return "String()"
        stack.append(node)
        if kind == CLASS_LITERAL:
            return "Class()"
        if kind in (CREATION, CAST):
            declared = node.child_by_field_id(F_TYPE)
            name = self.declared(declared, scope)[0] if declared is not None else "?"
            return name + "()" if not name.endswith("]") and name not in scope.local_types else "?"
        return "?"

    def emit(
        self, head: str, links: Sequence[tuple[str, Node | None, Sequence[Node]]], scope: Scope, node: Node
    ) -> str:
        chain, count = head, 0
        for name, call, lambdas in links:
            if name == "[]":
                chain += "[]"
                continue
            count += 1
            if count > MAX_LINKS:
                chain, count = "?", 1
            receiver, chain = chain, f"{chain}.{name}" if chain else name
            if call is not None:
                self.references.append(Reference(scope.name, chain, "call", line(call)))
                for function in lambdas:
                    self.lambda_parameter(function, receiver, name, scope)
                chain += "()"
        if links and links[-1][1] is None and count:
            self.use(chain, scope, line(node))
        if count > 1 and "(" not in head:
            self.qualified(chain, scope, line(node))
        return chain or "this"

    def use(self, chain: str, scope: Scope, at: int) -> None:
        """A field of something else; a field of its own is no dependency, an array's length neither."""
        if not chain.endswith(".length") and "." in chain and not (chain.startswith("this.") and chain.count(".") == 1):
            self.references.append(Reference(scope.name, chain.removesuffix("[]"), "use", at))

    def qualified(self, chain: str, scope: Scope, at: int) -> None:
        """Note ``org.x.Foo`` at the start of a chain: lower case parts followed by a capitalised one."""
        parts = chain.split("(", 1)[0].split(".")
        for index, part in enumerate(parts):
            if part[:1].isupper():
                if index and "[]" not in part:
                    self.maybe_qualified.append((scope.name, ".".join(parts[: index + 1]), at))
                return
            if not part.isidentifier() or part in ("this", "super"):
                return

    def arguments(self, call: Node, stack: list[Node]) -> Sequence[Node]:
        """Push a call's arguments; those that are lambdas."""
        types, arguments = call.child_by_field_id(F_TYPE_ARGUMENTS), call.child_by_field_id(F_ARGUMENTS)
        if types is not None:
            stack.append(types)
        if arguments is None:
            return ()
        children = arguments.named_children
        if not children:
            return ()
        stack.extend(children[::-1])
        return [c for c in children if c.kind_id == LAMBDA]

    def lambda_parameter(self, function: Node, receiver: str, method: str, scope: Scope) -> None:
        """``orders.forEach(o -> ...)``: ``o`` is an element of ``orders``."""
        parameters = function.child_by_field_id(F_PARAMETERS)
        if parameters is None or method not in ELEMENTWISE or not receiver:
            return
        if parameters.type == "inferred_parameters" and parameters.named_child_count == 1:
            parameters = parameters.named_child(0)
        if parameters.kind_id == IDENTIFIER:
            source = SAME_ELEMENTS.sub("", receiver)
            self.bindings.append(Binding(scope.name, self.text(parameters), source + "[]", line(parameters)))

    def on_chain(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        self.expression(node, scope, stack)

    def on_type(self, node: Node, scope: Scope, _stack: list[Node]) -> None:
        name = self.text(node)
        if name not in scope.variables and name != "var" and name not in scope.local_types:
            self.references.append(Reference(scope.name, name, "type", line(node)))

    def on_scoped_type(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        self.references.append(Reference(scope.name, self.dotted(node), "type", line(node)))
        todo = [node]
        while todo:
            current = todo.pop()
            for child in current.named_children:
                if child.kind_id in (SCOPED_TYPE, GENERIC):
                    todo.append(child)
                elif child.kind_id in (TYPE_ARGUMENTS, ANNOTATION, MARKER):
                    stack.append(child)

    def on_annotation(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        name, arguments = node.child_by_field_id(F_NAME), node.child_by_field_id(F_ARGUMENTS)
        if name is not None:
            self.references.append(Reference(scope.name, self.dotted(name), "type", line(node)))
        if arguments is not None:
            stack.append(arguments)

    def on_creation(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        declared = node.child_by_field_id(F_TYPE)
        if declared is not None:
            name = self.declared(declared, scope)[0]
            if name not in scope.local_types:
                self.references.append(Reference(scope.name, name, "call", line(declared)))
        for child in node.named_children[::-1]:
            if declared is not None and child.id == declared.id:
                stack.extend(c for c in child.named_children if c.kind_id == TYPE_ARGUMENTS)
            else:
                stack.append(child)

    def on_constructor_call(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        constructor = node.child_by_field_id(F_CONSTRUCTOR)
        if constructor is not None and constructor.kind_id == SUPER and scope.base:
            self.references.append(Reference(scope.name, scope.base, "call", line(node)))
        self.arguments(node, stack)

    def on_method_reference(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        children = node.named_children
        if not children:
            return
        first = children[0]
        member = self.text(children[-1]) if len(children) > 1 and children[-1].kind_id == IDENTIFIER else "new"
        if first.kind_id in TYPE_NODES:
            stack.append(first)
            chain = self.declared(first, scope)[0]
        else:
            chain = self.expression(first, scope, stack)
            if first.kind_id == IDENTIFIER and chain[:1].isupper():
                self.references.append(Reference(scope.name, chain, "type", line(first)))
        if member == "new":
            self.references.append(Reference(scope.name, chain, "call", line(node)))
        elif "[]" not in chain:
            self.references.append(Reference(scope.name, f"{chain}.{member}", "use", line(node)))

    def on_variables(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        """Fields and local variables; ``var x = e`` binds the expression."""
        declared = node.child_by_field_id(F_TYPE)
        inferred = declared is not None and declared.kind_id == TYPE and self.text(declared) == "var"
        for declarator in node.children_by_field_id(F_DECLARATOR):
            name, value = declarator.child_by_field_id(F_NAME), declarator.child_by_field_id(F_VALUE)
            if inferred and name is not None and value is not None:
                self.infer(name, value, "", scope, stack)
            else:
                self.bind(scope, name, declared, declarator.child_by_field_id(F_DIMENSIONS) is not None)
                if value is not None:
                    stack.append(value)
        stack.extend(c for c in node.named_children if c.kind_id == MODIFIERS)
        if declared is not None:
            stack.append(declared)

    def infer(self, name: Node, value: Node, suffix: str, scope: Scope, stack: list[Node]) -> None:
        chain = self.expression(value, scope, stack)
        if value.kind_id == CREATION:
            generic = value.child_by_field_id(F_TYPE)
            if generic is not None:
                self.bind(scope, name, generic)
                return
        if not chain.startswith("?"):
            self.bindings.append(Binding(scope.name, self.text(name), chain + suffix, line(name)))

    def on_for_each(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        scope.complexity += 1
        declared, name = node.child_by_field_id(F_TYPE), node.child_by_field_id(F_NAME)
        value = node.child_by_field_id(F_VALUE)
        if declared is not None and declared.kind_id == TYPE and self.text(declared) == "var" and name and value:
            self.infer(name, value, "[]", scope, stack)
            stack.extend(c for c in node.named_children[::-1] if c.id != value.id)
            return
        self.bind(scope, name, declared)
        stack.extend(node.named_children[::-1])

    def on_declared(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        """Anything with a type and a name: parameters, ``instanceof`` patterns, resources."""
        declared, name = node.child_by_field_id(F_TYPE), node.child_by_field_id(F_NAME)
        value = node.child_by_field_id(F_VALUE)
        if declared is not None and value is not None and name is not None and self.text(declared) == "var":
            self.infer(name, value, "", scope, stack)
            return
        if declared is None and name is not None:
            types = [c for c in node.named_children if c.kind_id in TYPE_NODES]
            declared = types[-1] if types else None
        self.bind(scope, name, declared)
        stack.extend(node.named_children[::-1])

    def on_catch(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        name = node.child_by_field_id(F_NAME)
        caught = next((c for c in node.named_children if c.type == "catch_type"), None)
        if caught is not None and caught.named_child_count:
            self.bind(scope, name, caught.named_child(0))
        stack.extend(node.named_children[::-1])

    def on_pattern(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        """``case Circle c`` and ``Point(int x, Line y)``: a type followed by a name."""
        children = node.named_children
        if len(children) == 2 and children[0].kind_id in TYPE_NODES and children[1].kind_id == IDENTIFIER:
            self.bind(scope, children[1], children[0])
        elif node.type == "record_pattern" and children and children[0].kind_id == IDENTIFIER:
            self.references.append(Reference(scope.name, self.text(children[0]), "type", line(node)))
        stack.extend(children[::-1])

    def on_spread(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        children = node.named_children
        declared = next((c for c in children if c.kind_id in TYPE_NODES or c.type.endswith("_type")), None)
        declarator = children[-1] if children else None
        if declarator is not None:
            self.bind(scope, declarator.child_by_field_id(F_NAME), declared, True)
        stack.extend(children[::-1])

    def on_local_type(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        """A class inside a method is part of that method."""
        name = node.child_by_field_id(F_NAME)
        if name is not None:
            scope.local_types.add(self.text(name))
        stack.extend(node.named_children[::-1])

    def on_folded_method(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        """A method of a local class: its type parameters are no types of the project."""
        declared = node.child_by_field_id(F_TYPE_PARAMETERS)
        for parameter in declared.named_children if declared is not None else ():
            scope.local_types.update(self.text(c) for c in parameter.named_children if c.kind_id in (TYPE, IDENTIFIER))
        stack.extend(node.named_children[::-1])

    def on_folded_constructor(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        scope.base = ""  # the super(...) in it is another class's
        stack.extend(node.named_children[::-1])

    def on_type_parameter(self, _node: Node, _scope: Scope, stack: list[Node]) -> None:
        stack.extend(c for c in _node.named_children if c.kind_id not in (TYPE, IDENTIFIER))

    def on_decision(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        scope.complexity += 1
        stack.extend(node.named_children[::-1])

    def on_label(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        children = node.named_children
        if children:  # `default` has none
            scope.complexity += 1
            stack.extend(children[::-1])

    def on_binary(self, node: Node, scope: Scope, stack: list[Node]) -> None:
        operator = node.child_by_field_id(F_OPERATOR)
        if operator is not None and operator.kind_id in AND_OR:
            scope.complexity += 1
        stack.extend(node.named_children[::-1])


HANDLERS: dict[int, Handler] = {
    CALL: _Reader.on_chain,
    FIELD_ACCESS: _Reader.on_chain,
    TYPE: _Reader.on_type,
    SCOPED_TYPE: _Reader.on_scoped_type,
    ANNOTATION: _Reader.on_annotation,
    MARKER: _Reader.on_annotation,
    CREATION: _Reader.on_creation,
    CONSTRUCTOR: _Reader.on_folded_constructor,
    METHOD: _Reader.on_folded_method,
    FIELD: _Reader.on_variables,
    CONSTANT: _Reader.on_variables,
    **dict.fromkeys(TYPES, _Reader.on_local_type),
    **dict.fromkeys(DECISIONS, _Reader.on_decision),
    kind_of("local_variable_declaration"): _Reader.on_variables,
    kind_of("explicit_constructor_invocation"): _Reader.on_constructor_call,
    kind_of("method_reference"): _Reader.on_method_reference,
    kind_of("enhanced_for_statement"): _Reader.on_for_each,
    kind_of("formal_parameter"): _Reader.on_declared,
    kind_of("instanceof_expression"): _Reader.on_declared,
    kind_of("resource"): _Reader.on_declared,
    kind_of("catch_formal_parameter"): _Reader.on_catch,
    kind_of("type_pattern"): _Reader.on_pattern,
    kind_of("record_pattern_component"): _Reader.on_pattern,
    kind_of("record_pattern"): _Reader.on_pattern,
    kind_of("spread_parameter"): _Reader.on_spread,
    kind_of("type_parameter"): _Reader.on_type_parameter,
    kind_of("switch_label"): _Reader.on_label,
    kind_of("binary_expression"): _Reader.on_binary,
}
