"""The PHP grammar's node kinds and fields as the numbers that tree-sitter compares: names in, numbers out."""

from __future__ import annotations

import tree_sitter_php
from tree_sitter import Language as Grammar
from tree_sitter import Node

GRAMMAR = Grammar(tree_sitter_php.language_php())


def kind_of(name: str) -> int:
    kind = GRAMMAR.id_for_node_kind(name, True)
    if kind is None:  # pragma: no cover - a grammar without this node is another grammar
        raise LookupError(name)
    return kind


def kinds(names: str) -> frozenset[int]:
    return frozenset(kind_of(name) for name in names.split())


def field_of(name: str) -> int:
    field = GRAMMAR.field_id_for_name(name)
    if field is None:  # pragma: no cover
        raise LookupError(name)
    return field


NAME, QUALIFIED, RELATIVE, VARIABLE = map(kind_of, ("name", "qualified_name", "relative_name", "variable_name"))
NAMES = frozenset({NAME, QUALIFIED, RELATIVE})
RELATIVE_SCOPE, COMMENT = kind_of("relative_scope"), kind_of("comment")
CALL, SCOPED_CALL = kind_of("function_call_expression"), kind_of("scoped_call_expression")
METHOD_CALLS = kinds("member_call_expression nullsafe_member_call_expression")
MEMBERS = kinds("member_access_expression nullsafe_member_access_expression")
STATIC_MEMBER, CONSTANT = kind_of("scoped_property_access_expression"), kind_of("class_constant_access_expression")
SUBSCRIPT, CREATION, PARENTHESES = map(
    kind_of, ("subscript_expression", "object_creation_expression", "parenthesized_expression")
)
CLONE, ASSIGNMENT, ANONYMOUS_CLASS = map(kind_of, ("clone_expression", "assignment_expression", "anonymous_class"))
REFERENCE_ASSIGNMENT = kind_of("reference_assignment_expression")
CHAINS = METHOD_CALLS | MEMBERS | {CALL, SCOPED_CALL, STATIC_MEMBER, CONSTANT, SUBSCRIPT, CREATION}
VALUES = CHAINS | {VARIABLE, PARENTHESES, CLONE}
TYPES = {
    kind_of("class_declaration"): "class",
    kind_of("interface_declaration"): "interface",
    kind_of("trait_declaration"): "class",
    kind_of("enum_declaration"): "enum",
}
FUNCTION, METHOD = kind_of("function_definition"), kind_of("method_declaration")
BASES = kinds("base_clause class_interface_clause")
BASE_CLAUSE, TRAIT_USE = kind_of("base_clause"), kind_of("use_declaration")
PROPERTY, PROPERTY_ELEMENT = kind_of("property_declaration"), kind_of("property_element")
CONSTANTS, ENUM_CASE = kind_of("const_element"), kind_of("enum_case")
PARAMETERS = kinds("simple_parameter property_promotion_parameter variadic_parameter")
PROMOTION, VARIADIC = kind_of("property_promotion_parameter"), kind_of("variadic_parameter")
NAMED_TYPE, ATTRIBUTE = kind_of("named_type"), kind_of("attribute")
NAMESPACE, USE = kind_of("namespace_definition"), kind_of("namespace_use_declaration")
NAMESPACE_NAME, USE_CLAUSE, USE_GROUP = map(kind_of, ("namespace_name", "namespace_use_clause", "namespace_use_group"))
STRING, ENCAPSED, STRING_CONTENT = kind_of("string"), kind_of("encapsed_string"), kind_of("string_content")
BINARY, ESCAPE = kind_of("binary_expression"), kind_of("escape_sequence")
FOREACH, PAIR, BY_REFERENCE, LIST = map(kind_of, ("foreach_statement", "pair", "by_ref", "list_literal"))
CATCH, RETURN, GLOBAL, STATIC_VARIABLE = map(
    kind_of, ("catch_clause", "return_statement", "global_declaration", "static_variable_declaration")
)
INCLUDES = kinds("include_expression include_once_expression require_expression require_once_expression")
DECISIONS = kinds(
    "if_statement else_if_clause while_statement do_statement for_statement case_statement conditional_expression "
    "match_conditional_expression"
)
LEAVES = kinds(
    "text php_tag php_end_tag name qualified_name relative_name variable_name integer float boolean null "
    "string_content visibility_modifier static_modifier abstract_modifier final_modifier readonly_modifier "
    "var_modifier primitive_type string nowdoc relative_scope named_label_statement"
)
AND_OR = frozenset(GRAMMAR.id_for_node_kind(operator, False) for operator in ("&&", "||", "and", "or", "??", "xor"))
INSTANCEOF = GRAMMAR.id_for_node_kind("instanceof", False)

F_NAME, F_BODY, F_TYPE, F_RETURN, F_PARAMETERS = map(field_of, ("name", "body", "type", "return_type", "parameters"))
F_OBJECT, F_SCOPE, F_FUNCTION, F_ARGUMENTS = map(field_of, ("object", "scope", "function", "arguments"))
F_LEFT, F_RIGHT, F_OPERATOR, F_ALIAS = map(field_of, ("left", "right", "operator", "alias"))
F_DEFAULT, F_VALUE, F_ATTRIBUTES = map(field_of, ("default_value", "value", "attributes"))


def line(node: Node) -> int:
    """The 1-based line that a node starts at."""
    return node.start_point[0] + 1
