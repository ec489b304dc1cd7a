"""One parsed JavaScript or TypeScript file turned into facts, in a single walk over the tree without recursion.

In go the bytes and the tree's root, out comes FileFacts. CommonJS is read into the same terms as ES modules: what
``exports.x = ...`` names is the module's ``x``, and ``module.exports = ...`` is its ``default``, told apart by a
second binding called ``module.exports``. A `require` inside an expression is an import with the alias ``require@N``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tree_sitter import Language as Grammar
from tree_sitter import Node

from agent.domain.facts import Binding, Fragment, Reference
from agent.languages.javascript_chains import first_child, pattern_names, string_text
from agent.languages.javascript_values import Values
from agent.languages.javascript_walk import CLASSES, FUNCTIONS, MEMBERS, Frame, Handler

__all__ = ["Reader", "handlers_of"]

SQL = re.compile(
    rb"(?is)^[\"'`\s(]*(?:--[^\n]*\n\s*)?(?:select\b.+?\bfrom\b|insert\s+(?:ignore\s+|or\s+\w+\s+)?into\b|"
    rb"update\s+\S+\s+set\b|delete\s+from\b|create\s+(?:\w+\s+){0,2}(?:table|view)\b|alter\s+table\b|drop\s+table\b|"
    rb"replace\s+into\b|merge\s+into\b|truncate\s+table\b|with\s+(?:recursive\s+)?\w+\s+as\s*\()"
)


class Reader(Values):
    """The whole reader: definitions, values, and here references, decisions and SQL in strings."""

    def calling(self, node: Node, frame: Frame) -> None:
        """A call, and everything in its chain and arguments."""
        if self.required(node, frame):
            arguments = node.child_by_field_name("arguments")
            self.push(arguments.named_children[1:] if arguments is not None else [], frame)
            return
        if (function := node.child_by_field_name("function")) is not None and self._inherits(node, function, frame):
            return
        self.push_inner(node, frame)

    def _inherits(self, node: Node, function: Node, frame: Frame) -> bool:
        """``util.inherits(A, B)``, the class of old."""
        if not self._source[function.start_byte : function.end_byte].endswith(b"inherits"):
            return False
        arguments = node.child_by_field_name("arguments")
        names = [self.chain(a, frame) for a in arguments.named_children] if arguments is not None else []
        if len(names) != 2 or names[0] not in self._drafts:
            return False
        self._prototype(names[0])
        self._references.append(Reference(names[0], names[1], "inherit", node.start_point[0] + 1))
        return True

    def creating(self, node: Node, frame: Frame) -> None:
        """``new T(...)`` calls T."""
        constructor = node.child_by_field_name("constructor")
        if constructor is not None:
            self.call(constructor, frame)
            self.push_inner(constructor, frame)
        parts = [p for f in ("type_arguments", "arguments") if (p := node.child_by_field_name(f)) is not None]
        self.push(parts, frame)

    def using(self, node: Node, frame: Frame) -> None:
        """A name that is passed on or read; kept when the file itself knows the name."""
        written = self.chain(node, frame)
        if not written.startswith(("?", "this")):
            self._uses.append(Reference(frame.scope, written, "use", node.start_point[0] + 1))
        if node.type in MEMBERS:
            self.push_inner(node, frame)

    def element(self, node: Node, frame: Frame) -> None:
        """``<Order/>`` uses the component; lower-case elements are HTML."""
        name = node.child_by_field_name("name")
        if name is not None:
            written = self.chain(name, frame)
            if not written[:1].islower() or "." in written:
                self._uses.append(Reference(frame.scope, written, "use", name.start_point[0] + 1))
        self.push([child for child in node.named_children if child != name], frame)

    def typed(self, node: Node, frame: Frame) -> None:
        """A type that is named somewhere."""
        name = self.text(node)
        if len(name) < 200:
            self._references.append(Reference(frame.scope, name, "type", node.start_point[0] + 1))

    def type_parameter(self, node: Node, frame: Frame) -> None:
        """``<T extends X>``: T is a placeholder, X a reference."""
        name = node.child_by_field_name("name")
        self._types.add(self.text(name))
        self.push([child for child in node.named_children if child != name], frame)

    def decision(self, node: Node, frame: Frame) -> None:
        """One more path through the function."""
        frame.decisions[0] += 1
        self.descend(node, frame)

    def looping(self, node: Node, frame: Frame) -> None:
        """``for (const x of xs)``: x is an element of xs."""
        frame.decisions[0] += 1
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        if left is not None and right is not None and operator is not None and operator.type == "of":
            base = self.chain(right, frame)
            if not base.startswith("?"):
                for name, path, _ in pattern_names(left, self._source):
                    self._bindings.append(Binding(frame.scope, name, f"{base}[]{path}", left.start_point[0] + 1))
        body = node.child_by_field_name("body")
        self.push([part for part in (right, body) if part is not None], frame)

    def returning(self, node: Node, frame: Frame) -> None:
        """What a named function returns is bound as ``return``."""
        value = first_child(node)
        if value is not None:
            if not frame.anonymous and frame.scope:
                self.bind(frame.scope, "return", self.chain(value, frame), node.start_point[0] + 1)
            self._stack.append((value, frame))

    def binary(self, node: Node, frame: Frame) -> None:
        """``&&``, ``||`` and ``??`` decide; a ``+`` that starts with a string may be SQL."""
        operator = node.child_by_field_name("operator")
        sign = operator.type if operator is not None else ""
        if sign in ("&&", "||", "??"):
            frame.decisions[0] += 1
        if sign != "+":
            self.descend(node, frame)
            return
        quoted = self._source[node.start_byte : node.start_byte + 1] in (b'"', b"'", b"`")
        if quoted and self._sql(node, frame):
            return
        parts: list[Node] = []  # a sum's left operands nest: they are taken apart here, so that each is looked at once
        current: Node | None = node
        while current is not None and current.type == "binary_expression" and self._is_sum(current):
            right = current.child_by_field_name("right")
            if right is not None:
                parts.append(right)
            current = current.child_by_field_name("left")
        if current is not None:
            parts.append(current)
        self.push(parts[::-1], frame)

    @staticmethod
    def _is_sum(node: Node) -> bool:
        operator = node.child_by_field_name("operator")
        return operator is not None and operator.type == "+"

    def string(self, node: Node, frame: Frame) -> None:
        """A string that reads like SQL becomes a fragment."""
        if not self._sql(node, frame) and node.type == "template_string":
            self.descend(node, frame)

    def _sql(self, node: Node, frame: Frame) -> bool:
        if node.end_byte - node.start_byte < 14:
            return False
        raw = self._source[node.start_byte : min(node.end_byte, node.start_byte + 20_000)]
        if not SQL.match(raw):
            return False
        text = string_text(node, self._source)
        self._fragments.append(Fragment("sql", text, node.start_point[0] + 1, frame.scope))
        rest: list[Node] = []
        parts = [node]
        while parts:  # what is filled in is still code
            part = parts.pop()
            if part.type in ("binary_expression", "template_string"):
                parts.extend(reversed(part.named_children))
            elif part.type not in ("string", "string_fragment", "escape_sequence"):
                rest.append(part)
        self.push(rest, frame)
        return True


HANDLERS: Mapping[str, Handler] = {
    **dict.fromkeys(("function_declaration", "generator_function_declaration", "function_signature"), Reader.function),
    **dict.fromkeys(FUNCTIONS, Reader.anonymous),
    **dict.fromkeys(CLASSES, Reader.klass),
    **dict.fromkeys(
        ("interface_declaration", "type_alias_declaration", "enum_declaration", "internal_module"), Reader.interface
    ),
    **dict.fromkeys(("method_signature", "abstract_method_signature", "property_signature"), Reader.signature),
    **dict.fromkeys(("field_definition", "public_field_definition"), Reader.field),
    **dict.fromkeys(("if_statement", "while_statement", "do_statement", "for_statement"), Reader.decision),
    **dict.fromkeys(("ternary_expression", "switch_case", "catch_clause"), Reader.decision),
    **dict.fromkeys(
        ("member_expression", "subscript_expression", "identifier", "shorthand_property_identifier"), Reader.using
    ),
    **dict.fromkeys(("jsx_opening_element", "jsx_self_closing_element"), Reader.element),
    **dict.fromkeys(("type_identifier", "nested_type_identifier"), Reader.typed),
    **dict.fromkeys(("string", "template_string"), Reader.string),
    **dict.fromkeys(
        [
            "property_identifier",
            "private_property_identifier",
            "string_fragment",
            "number",
            "regex",
            "true",
            "false",
            "null",
            "undefined",
            "this",
            "super",
            "empty_statement",
            "jsx_text",
            "statement_identifier",
            "predefined_type",
            "jsx_closing_element",
            "hash_bang_line",
            "object_pattern",
            "array_pattern",
            "escape_sequence",
            "break_statement",
            "continue_statement",
            "literal_type",
            "import",
        ]
    ),
    "assignment_expression": Reader.assignment,
    "binary_expression": Reader.binary,
    "call_expression": Reader.calling,
    "comment": Reader.comment,
    "decorator": Reader.decorator,
    "export_statement": Reader.exporting,
    "for_in_statement": Reader.looping,
    "import_statement": Reader.importing,
    "method_definition": Reader.method,
    "new_expression": Reader.creating,
    "return_statement": Reader.returning,
    "type_parameter": Reader.type_parameter,
    "variable_declarator": Reader.variable,
}
ERROR_KIND = 65535


def handlers_of(grammar: Grammar) -> Mapping[int, Handler]:
    """The handlers by the grammar's numbers (several numbers may share a name)."""
    found: dict[int, Handler] = {ERROR_KIND: Reader.error}
    for number in range(grammar.node_kind_count):
        name = grammar.node_kind_for_id(number) or ""
        if name in HANDLERS and grammar.node_kind_is_named(number):
            found[number] = HANDLERS[name]
    return found
