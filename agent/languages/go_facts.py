"""One Go file in, its `FileFacts` out: package, imports, types with fields and embedded types, functions, calls.

A call on a value is a key that starts with the value's type as far as this file tells it: ``:Order->Total`` of a variable
declared as Order, ``mail::New!->Send`` of what a function returns, ``*cache->Get`` of a package's variable, ``~->Get``
where nothing is known. ``%`` is the element of a slice, an array, a map or a channel.
"""

from __future__ import annotations

import tree_sitter_go
from tree_sitter import Language as Grammar
from tree_sitter import Node

from agent.domain.facts import Definition, FileFacts, Import
from agent.languages.captures import Captures, Collected, Scope, sentence

__all__ = ["BUILTIN_TYPES", "read_go"]

WANTED = {
    "package_clause>package_identifier": "package", "import_spec": "import", "function_declaration": "function",
    "method_declaration": "function", "type_spec": "type", "type_alias": "type", "method_elem": "method",
    "type_elem": "embedded", "field_declaration": "field", "parameter_declaration": "parameter",
    "variadic_parameter_declaration": "parameter", "type_parameter_declaration": "generic",
    "short_var_declaration": "assigned", "range_clause": "ranged", "var_spec": "variable", "const_spec": "constant",
    "call_expression": "call", "type_identifier": "name", "argument_list>identifier": "value",
    "literal_element>identifier": "value", "binary_expression": "binary",
} | dict.fromkeys(
    ("if_statement", "for_statement", "expression_case", "type_case", "communication_case"), "decision"
)  # fmt: skip
GO = Captures(Grammar(tree_sitter_go.language()), WANTED)
BUILTIN_TYPES = frozenset(
    "any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint "
    "uint8 uint16 uint32 uint64 uintptr".split()
)
MAX_LINKS = 10


def read_go(source: bytes) -> tuple[FileFacts, Node | None]:
    """The facts of one file."""
    root, why = GO.read(source)
    if root is None:
        return FileFacts("go", failure=why), None
    reader = _Reader("go", source)
    for kind, node in GO.nodes(root):
        reader.close(node.start_byte)
        getattr(reader, "on_" + kind)(node)
    reader.close(len(source) + 2)
    for scope, name, at in reader.values:
        if name in reader.functions:
            reader.refer(name, "use", at, scope)
    return reader.facts(reader.package, root), root


class _Reader(Collected):
    """One file; a method for each capture."""

    def __init__(self, language: str, source: bytes) -> None:
        super().__init__(language, source)
        self.package = ""
        self.aliases: set[str] = set()
        self.functions: set[str] = set()
        self.values: list[tuple[str, str, int]] = []
        self.generics: set[str] = set()
        self.skipped: set[int] = set()

    def close(self, start: int) -> None:
        for scope in self.leave(start):
            node = scope.node
            if scope.kind == "function" and node is not None:
                self.definitions.append(
                    Definition(
                        scope.name, "function", self.line(node), node.end_point[0] + 1, self.comment(node),
                        scope.variables.pop("(returns)"), (), scope.complexity,
                    )
                )  # fmt: skip
                self.generics.clear()

    def line(self, node: Node) -> int:
        return node.start_point[0] + 1

    def on_package(self, node: Node) -> None:
        self.package = self.text(node)

    def on_import(self, node: Node) -> None:
        path, name = self.text(node.child_by_field_name("path"), 400)[1:-1], self.text(node.child_by_field_name("name"))
        if path:
            alias = name or default_alias(path)
            self.aliases.add(alias)
            self.imports.append(Import(path, name, alias if alias not in ("_", ".") else "", self.line(node)))

    # ---- declarations --------------------------------------------------------------------------------------------

    def written(self, node: Node | None) -> str:
        """A type: ``Order``, ``pkg::Order``, ``%Order`` for a sequence of them; "" for others."""
        prefix = ""
        for _ in range(12):
            if node is None:
                return ""
            kind = node.type
            if kind in ("pointer_type", "parenthesized_type"):
                node = node.named_child(0) if node.named_child_count else None
            elif kind in ("slice_type", "array_type"):
                prefix, node = prefix + "%", node.child_by_field_name("element")
            elif kind == "map_type" or kind == "channel_type":
                prefix, node = prefix + "%", node.child_by_field_name("value")
            elif kind == "generic_type":
                node = node.child_by_field_name("type")
            elif kind == "type_identifier":
                name = self.text(node)
                return "" if name in self.generics else prefix + name
            elif kind == "qualified_type":
                package, named = node.child_by_field_name("package"), node.child_by_field_name("name")
                return f"{prefix}{self.text(package)}::{self.text(named)}"
            else:
                return ""
        return ""

    def on_type(self, node: Node) -> None:
        name_node, kind = node.child_by_field_name("name"), node.child_by_field_name("type")
        if name_node is None or kind is None:
            return
        name = self.text(name_node)
        self.skipped.add(name_node.start_byte)
        if self.scope.kind == "function":
            self.generics.add(name)
            return
        doc = self.comment(node) or (self.comment(node.parent) if node.parent is not None else "")
        what = "interface" if kind.type == "interface_type" else "class"
        self.definitions.append(Definition(name, what, self.line(node), node.end_point[0] + 1, doc))
        if kind.type not in ("struct_type", "interface_type"):
            self.wire(
                "alias" if node.type == "type_alias" else "named", self.line(node), self.written(kind), scope=name
            )
        self.scopes.append(Scope(name, "type", node.end_byte))

    def on_generic(self, node: Node) -> None:
        for name in node.children_by_field_name("name"):
            self.generics.add(self.text(name))

    def embed(self, node: Node | None, at: int) -> None:
        written = self.written(node)
        if written and self.scope.kind == "type" and written not in BUILTIN_TYPES:
            self.wire("base", at, written, scope=self.scope.name)
            self.refer(written.removeprefix("%"), "inherit", at)

    def on_embedded(self, node: Node) -> None:
        parent = node.parent
        if node.named_child_count == 1 and parent is not None and parent.type == "interface_type":
            self.embed(node.named_child(0), self.line(node))

    def on_field(self, node: Node) -> None:
        names = [self.text(n) for n in node.children_by_field_name("name")]
        kind = node.child_by_field_name("type")
        if self.scope.kind != "type":
            return
        if not names:
            self.embed(kind, self.line(node))
        for name in names:
            self.wire("field", self.line(node), self.written(kind), scope=f"{self.scope.name}.{name}")

    def on_method(self, node: Node) -> None:
        name = self.text(node.child_by_field_name("name"))
        if self.scope.kind == "type" and name:
            returns = self.result(node.child_by_field_name("result"))
            self.definitions.append(
                Definition(f"{self.scope.name}.{name}", "function", self.line(node), node.end_point[0] + 1, "", returns)
            )

    def result(self, node: Node | None) -> str:
        """The first result's type."""
        if node is not None and node.type == "parameter_list":
            first = next((c for c in node.named_children if c.type == "parameter_declaration"), None)
            node = first.child_by_field_name("type") if first is not None else None
        return self.written(node)

    def on_function(self, node: Node) -> None:
        name = self.text(node.child_by_field_name("name"))
        receiver = node.child_by_field_name("receiver")
        if receiver is not None:
            declared = next((c for c in receiver.named_children if c.type == "parameter_declaration"), None)
            owner = self.written(declared.child_by_field_name("type") if declared is not None else None)
            name = f"{owner}.{name}" if owner else ""
            kind = declared.child_by_field_name("type") if declared is not None else None
            for inner in self.inside(kind):
                if inner.type == "type_arguments":  # the receiver's names for its type parameters
                    self.generics.update(self.text(c) for c in inner.named_children)
        if not name or self.scope.kind != "module":
            return
        scope = Scope(name, "function", node.end_byte, node)
        scope.variables["(returns)"] = self.result(node.child_by_field_name("result"))
        self.functions.add(name)
        self.scopes.append(scope)

    def inside(self, node: Node | None) -> list[Node]:
        found = [] if node is None else [*node.named_children]
        return found + [c for inner in found for c in inner.named_children]

    def comment(self, node: Node) -> str:
        """The first sentence of the comment that ends right above."""
        lines: list[str] = []
        before, below = node.prev_named_sibling, node.start_point[0] + 1
        while before is not None and before.type == "comment" and len(lines) < 30 and before.end_point[0] + 2 >= below:
            lines = [part.strip(" \t*/") for part in self.text(before, 600).splitlines()] + lines
            below, before = before.start_point[0] + 1, before.prev_named_sibling
        return sentence([part for part in lines if part])

    # ---- variables -----------------------------------------------------------------------------------------------

    def on_parameter(self, node: Node) -> None:
        if self.scope.kind != "function":
            return
        written = self.written(node.child_by_field_name("type"))
        many = "%" if node.type.startswith("variadic") else ""
        for name in node.children_by_field_name("name"):
            self.scope.variables[self.text(name)] = f":{many}{written}" if written else "~"

    def on_assigned(self, node: Node) -> None:
        self.bind(node.child_by_field_name("left"), node.child_by_field_name("right"), "")

    def on_ranged(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or self.scope.kind != "function":
            return
        names = left.named_children
        chain = self.chain(right)
        for place, name in enumerate(names):
            known = place == len(names) - 1 and (len(names) == 2) and not chain.startswith("~")
            self.scope.variables[self.text(name)] = chain + "%" if known else "~"

    def bind(self, left: Node | None, right: Node | None, declared: str) -> None:
        if left is None or self.scope.kind != "function":
            return
        names = [self.text(n) for n in left.named_children] if left.type == "expression_list" else [self.text(left)]
        values = right.named_children if right is not None else []
        for place, name in enumerate(names):
            one_each = len(values) == len(names)
            value = values[place] if one_each else values[0] if values and place == 0 else None
            chain = f":{declared}" if declared else self.chain(value) if value is not None else "~"
            if name != "_":
                self.scope.variables[name] = chain

    def on_variable(self, node: Node) -> None:
        written = self.written(node.child_by_field_name("type"))
        value = node.child_by_field_name("value")
        values = value.named_children if value is not None else []
        for place, name in enumerate(node.children_by_field_name("name")):
            at = values[place] if len(values) > place else None
            chain = f":{written}" if written else self.chain(at) if at is not None else "~"
            if self.scope.kind == "function":
                self.scope.variables[self.text(name)] = chain
            else:
                self.wire("variable", self.line(node), chain, scope=self.text(name))

    def on_constant(self, node: Node) -> None:
        for name in node.children_by_field_name("name"):
            if self.scope.kind == "function":
                self.scope.variables[self.text(name)] = "~"
            else:
                self.wire("variable", self.line(node), "~", scope=self.text(name))

    def chain(self, node: Node) -> str:
        """What an expression's value is, as the start of a key."""
        links: list[str] = []
        suffix = ""
        current: Node | None = node
        for _ in range(3 * MAX_LINKS):
            if current is None or len(links) > MAX_LINKS:
                return "~"
            kind = current.type
            if kind == "call_expression":
                function = current.child_by_field_name("function")
                if function is not None and function.type == "identifier" and self.text(function) in ("new", "make"):
                    return self.made(current, links, suffix)
                suffix, current = "!" + suffix, function
            elif kind == "selector_expression":
                links.append(self.text(current.child_by_field_name("field"), 80) + suffix)
                suffix, current = "", current.child_by_field_name("operand")
            elif kind in ("index_expression", "slice_expression"):
                suffix = ("%" if kind[0] == "i" else "") + suffix
                current = current.child_by_field_name("operand")
            elif kind in ("unary_expression", "parenthesized_expression"):
                operator = current.child_by_field_name("operator")
                suffix = ("%" if operator is not None and operator.type == "<-" else "") + suffix
                current = current.child_by_field_name("operand") or (
                    current.named_child(0) if current.named_child_count else None
                )
            elif kind == "identifier":
                return self.joined(self.start(self.text(current, 80), links, suffix), links)
            elif kind in ("composite_literal", "type_assertion_expression", "type_conversion_expression"):
                written = self.written(current.child_by_field_name("type"))
                return self.joined(f":{written}{suffix}", links) if written else "~"
            else:
                return "~"
        return "~"

    def made(self, call: Node, links: list[str], suffix: str) -> str:
        arguments = call.child_by_field_name("arguments")
        first = arguments.named_child(0) if arguments is not None and arguments.named_child_count else None
        written = self.written(first)
        return self.joined(f":{written}{suffix}", links) if written else "~"

    def start(self, name: str, links: list[str], suffix: str) -> str:
        known = self.scope.variables.get(name)
        if known is not None:
            return known + suffix
        if name in self.aliases and links:
            return f"{name}::{links.pop()}"
        if suffix.startswith("!"):
            return name + suffix
        return f"*{name}{suffix}"

    def joined(self, head: str, links: list[str]) -> str:
        chain = "->".join([head, *links[::-1]])
        return (
            chain if len(chain) < 200 and not head.startswith("~") else "->".join(["~", *links[:1]]) if links else "~"
        )

    # ---- uses ----------------------------------------------------------------------------------------------------

    def on_name(self, node: Node) -> None:
        name = self.text(node)
        parent = node.parent
        if node.start_byte in self.skipped or name in BUILTIN_TYPES or name in self.generics or parent is None:
            return
        if self.scope.name.startswith(f"{name}."):
            return  # its receiver
        if parent.type == "qualified_type":
            name = f"{self.text(parent.child_by_field_name('package'))}::{name}"
        if self.scope.kind == "type" and (
            parent.type == "type_elem" or (parent.parent is not None and parent.parent.type == "type_elem")
        ):
            return
        self.refer(name, "type", self.line(node))

    def on_value(self, node: Node) -> None:
        name = self.text(node)
        if name not in self.scope.variables:
            self.values.append((self.scope.name, name, self.line(node)))

    def on_call(self, node: Node) -> None:
        function = node.child_by_field_name("function")
        for _ in range(4):
            if function is not None and function.type in ("parenthesized_expression", "type_instantiation_expression"):
                function = function.named_child(0) if function.named_child_count else None
        if function is None or function.type not in ("identifier", "selector_expression"):
            return
        if function.type == "identifier":
            name = self.text(function)
            if name in self.scope.variables:
                self.refer(f"*{name}", "call", self.line(node))
            elif name not in BUILTIN_TYPES and name not in self.generics:
                self.refer(name, "call", self.line(node))
            return
        chain = self.chain(function)
        if "->" in chain or "::" in chain:
            self.refer(chain, "call", self.line(node))


def default_alias(path: str) -> str:
    """The usual package name of an import path: its last part without version, ``go-`` and ``.go``."""
    parts = [part for part in path.split("/") if part]
    if len(parts) > 1 and parts[-1][:1] == "v" and parts[-1][1:].isdigit():
        parts.pop()
    last = parts[-1] if parts else path
    stem, _, version = last.rpartition(".v")
    if stem and version.isdigit():
        last = stem
    return last.removeprefix("go-").removesuffix(".go").removesuffix("-go").replace("-", "_")
