"""The C# grammar's node kinds and fields as the numbers that tree-sitter compares: names in, numbers out."""

from __future__ import annotations

import tree_sitter_c_sharp
from tree_sitter import Language as Grammar
from tree_sitter import Node

GRAMMAR = Grammar(tree_sitter_c_sharp.language())


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


IDENTIFIER, QUALIFIED, GENERIC, ALIASED = map(
    kind_of, ("identifier", "qualified_name", "generic_name", "alias_qualified_name")
)
NULLABLE, ARRAY, PREDEFINED, VAR = map(kind_of, ("nullable_type", "array_type", "predefined_type", "implicit_type"))
TYPE_ARGUMENTS, TYPE_PARAMETERS = kind_of("type_argument_list"), kind_of("type_parameter_list")
TYPE_NODES = frozenset({IDENTIFIER, QUALIFIED, GENERIC, ALIASED, NULLABLE, ARRAY, PREDEFINED})
COMMENT, ATTRIBUTE, ATTRIBUTES, MODIFIER = map(kind_of, ("comment", "attribute", "attribute_list", "modifier"))
USING, BLOCK_NAMESPACE, FILE_NAMESPACE = map(
    kind_of, ("using_directive", "namespace_declaration", "file_scoped_namespace_declaration")
)
TYPES = {
    kind_of("class_declaration"): "class",
    kind_of("struct_declaration"): "class",
    kind_of("record_declaration"): "class",
    kind_of("interface_declaration"): "interface",
    kind_of("enum_declaration"): "enum",
    kind_of("delegate_declaration"): "class",
}
BASES, PARAMETERS, ARGUMENTS = map(kind_of, ("base_list", "parameter_list", "argument_list"))
METHOD, CONSTRUCTOR, LOCAL_FUNCTION = map(
    kind_of, ("method_declaration", "constructor_declaration", "local_function_statement")
)
PROPERTY, INDEXER, ENUM_MEMBER = map(
    kind_of, ("property_declaration", "indexer_declaration", "enum_member_declaration")
)
FUNCTIONS = frozenset({METHOD, CONSTRUCTOR}) | kinds(
    "destructor_declaration operator_declaration conversion_operator_declaration"
)
VARIABLES, DECLARATOR, PARAMETER = map(kind_of, ("variable_declaration", "variable_declarator", "parameter"))
CALL, MEMBER, ELEMENT_ACCESS = map(
    kind_of, ("invocation_expression", "member_access_expression", "element_access_expression")
)
CONDITIONAL, BINDING = kind_of("conditional_access_expression"), kind_of("member_binding_expression")
CREATION, IMPLICIT_CREATION = kind_of("object_creation_expression"), kind_of("implicit_object_creation_expression")
CAST, AS, IS, AWAIT, PARENTHESES = map(
    kind_of,
    ("cast_expression", "as_expression", "is_expression", "await_expression", "parenthesized_expression"),
)
SUPPRESSION, TYPEOF = kind_of("postfix_unary_expression"), kind_of("typeof_expression")
ASSIGNMENT, INITIALIZER, LAMBDA, FOREACH = map(
    kind_of, ("assignment_expression", "initializer_expression", "lambda_expression", "foreach_statement")
)
PATTERNS = kinds("declaration_pattern recursive_pattern catch_declaration declaration_expression")
STRINGS = kinds("string_literal verbatim_string_literal raw_string_literal interpolated_string_expression")
VALUES = frozenset({IDENTIFIER, GENERIC, CALL, MEMBER, ELEMENT_ACCESS, CONDITIONAL, CREATION, CAST, AS, AWAIT,
                    PARENTHESES, SUPPRESSION}) | STRINGS  # fmt: skip
RETURN, BINARY, CONSTRUCTOR_INITIALIZER = map(
    kind_of, ("return_statement", "binary_expression", "constructor_initializer")
)
DECISIONS = kinds(
    "if_statement while_statement do_statement for_statement catch_clause conditional_expression switch_section "
    "switch_expression_arm"
)
LEAVES = kinds(
    "comment modifier integer_literal real_literal string_literal verbatim_string_literal raw_string_literal "
    "character_literal boolean_literal null_literal predefined_type implicit_type discard "
    "type_parameter_list string_content identifier"
)
AND_OR = frozenset(GRAMMAR.id_for_node_kind(operator, False) for operator in ("&&", "||", "??"))
ERROR = 65535

F_NAME, F_BODY, F_TYPE, F_RETURNS, F_PARAMETERS = map(field_of, ("name", "body", "type", "returns", "parameters"))
F_EXPRESSION, F_FUNCTION, F_ARGUMENTS, F_SUBSCRIPT = map(field_of, ("expression", "function", "arguments", "subscript"))
F_CONDITION, F_LEFT, F_RIGHT, F_OPERATOR, F_VALUE = map(field_of, ("condition", "left", "right", "operator", "value"))
F_ACCESSORS, F_INITIALIZER, F_ALIAS = map(field_of, ("accessors", "initializer", "alias"))


def line(node: Node) -> int:
    """The 1-based line that a node starts at."""
    return node.start_point[0] + 1
