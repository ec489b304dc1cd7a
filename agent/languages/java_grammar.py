"""The Java grammar's node kinds and fields as the numbers that tree-sitter compares: names in, numbers out."""

from __future__ import annotations

import tree_sitter_java
from tree_sitter import Language as Grammar
from tree_sitter import Node

GRAMMAR = Grammar(tree_sitter_java.language())


def kind_of(name: str) -> int:
    kind = GRAMMAR.id_for_node_kind(name, True)
    if kind is None:  # pragma: no cover - a grammar without this node is another grammar
        raise LookupError(name)
    return kind


def field_of(name: str) -> int:
    field = GRAMMAR.field_id_for_name(name)
    if field is None:  # pragma: no cover
        raise LookupError(name)
    return field


ANNOTATION, MARKER = kind_of("annotation"), kind_of("marker_annotation")
ARRAY_ACCESS, ARRAY_TYPE = kind_of("array_access"), kind_of("array_type")
BLOCK_COMMENT, LINE_COMMENT = kind_of("block_comment"), kind_of("line_comment")
CALL, FIELD_ACCESS, CREATION = (
    kind_of("method_invocation"),
    kind_of("field_access"),
    kind_of("object_creation_expression"),
)
CAST, PARENTHESES, LAMBDA = (
    kind_of("cast_expression"),
    kind_of("parenthesized_expression"),
    kind_of("lambda_expression"),
)
CLASS_BODY, CLASS_LITERAL = kind_of("class_body"), kind_of("class_literal")
CONSTRUCTOR, METHOD = kind_of("constructor_declaration"), kind_of("method_declaration")
ELEMENT = kind_of("annotation_type_element_declaration")
ENUM_CONSTANT, ENUM_MEMBERS = kind_of("enum_constant"), kind_of("enum_body_declarations")
FIELD, CONSTANT = kind_of("field_declaration"), kind_of("constant_declaration")
GENERIC, ANNOTATED, SCOPED_TYPE, TYPE = (
    kind_of("generic_type"),
    kind_of("annotated_type"),
    kind_of("scoped_type_identifier"),
    kind_of("type_identifier"),
)
IDENTIFIER, STRING, THIS, SUPER = kind_of("identifier"), kind_of("string_literal"), kind_of("this"), kind_of("super")
IMPORT, PACKAGE, ASTERISK = kind_of("import_declaration"), kind_of("package_declaration"), kind_of("asterisk")
MODIFIERS, SCOPED_NAME = kind_of("modifiers"), kind_of("scoped_identifier")
TYPE_ARGUMENTS, WILDCARD = kind_of("type_arguments"), kind_of("wildcard")
TYPE_PARAMETERS, TYPE_BOUND = kind_of("type_parameters"), kind_of("type_bound")
ERROR = 65535
TYPES = {
    kind_of("class_declaration"): "class",
    kind_of("interface_declaration"): "interface",
    kind_of("enum_declaration"): "enum",
    kind_of("record_declaration"): "class",
    kind_of("annotation_type_declaration"): "interface",
}
TYPE_NODES = frozenset({TYPE, SCOPED_TYPE, GENERIC, ARRAY_TYPE, ANNOTATED})
LEAVES = frozenset(
    kind_of(name)
    for name in "identifier decimal_integer_literal hex_integer_literal octal_integer_literal binary_integer_literal "
    "decimal_floating_point_literal hex_floating_point_literal true false character_literal string_literal "
    "null_literal boolean_type void_type this super line_comment block_comment integral_type floating_point_type "
    "dimensions break_statement continue_statement asterisk underscore_pattern".split()
)
DECISIONS = frozenset(
    kind_of(name)
    for name in "if_statement while_statement do_statement for_statement enhanced_for_statement catch_clause "
    "ternary_expression guard".split()
)
AND_OR = frozenset(GRAMMAR.id_for_node_kind(operator, False) for operator in ("&&", "||"))

F_ARGUMENTS, F_BODY, F_CONSTRUCTOR, F_DECLARATOR = map(field_of, ("arguments", "body", "constructor", "declarator"))
F_ELEMENT, F_FIELD, F_INDEX, F_NAME, F_OBJECT = map(field_of, ("element", "field", "index", "name", "object"))
F_ARRAY, F_OPERATOR, F_PARAMETERS, F_TYPE, F_VALUE = map(field_of, ("array", "operator", "parameters", "type", "value"))
F_TYPE_ARGUMENTS, F_TYPE_PARAMETERS = map(field_of, ("type_arguments", "type_parameters"))
F_SUPERCLASS, F_INTERFACES, F_DIMENSIONS = map(field_of, ("superclass", "interfaces", "dimensions"))


def line(node: Node) -> int:
    """The 1-based line that a node starts at."""
    return node.start_point[0] + 1


def error_lines(root: Node) -> tuple[int, ...]:
    """Lines that hold a syntax error itself: tokens that fit nowhere, or the place where one is missing."""
    lines: set[int] = set()
    todo = [root]
    while todo:
        node = todo.pop()
        for child in node.children:
            if child.is_missing:
                lines.add(line(child))
            elif child.is_error:
                lines.add(line(child))
                todo.append(child)
            elif child.has_error:
                todo.append(child)
            elif node.is_error and not child.named_child_count:
                lines.update(range(line(child), child.end_point[0] + 2))
        if node.is_error and not node.child_count:
            lines.update(range(line(node), node.end_point[0] + 2))
    return tuple(sorted(lines))
