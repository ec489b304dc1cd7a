"""The Python grammar's node kinds and fields as the numbers that tree-sitter compares: names in, numbers out."""

from __future__ import annotations

import tree_sitter_python
from tree_sitter import Language as Grammar

GRAMMAR = Grammar(tree_sitter_python.language())


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


ATTRIBUTE, CALL, IDENTIFIER, SUBSCRIPT = map(kind_of, ("attribute", "call", "identifier", "subscript"))
ASSIGNMENT, AWAIT, PARENTHESES = map(kind_of, ("assignment", "await", "parenthesized_expression"))
BOOLEAN, CONDITIONAL = kind_of("boolean_operator"), kind_of("conditional_expression")
CLASS, DECORATOR, DECORATED = map(kind_of, ("class_definition", "decorator", "decorated_definition"))
FUNCTION, EXPRESSION_STATEMENT = kind_of("function_definition"), kind_of("expression_statement")
DEFAULT_PARAMETER, DOTTED_NAME = kind_of("default_parameter"), kind_of("dotted_name")
ALIASED_IMPORT, WILDCARD_IMPORT = kind_of("aliased_import"), kind_of("wildcard_import")
STRING, CONCATENATED, BINARY = map(kind_of, ("string", "concatenated_string", "binary_operator"))
STRING_CONTENT, INTERPOLATION, COMMENT = map(kind_of, ("string_content", "interpolation", "comment"))
PATTERNS = frozenset(map(kind_of, ("pattern_list", "tuple_pattern", "list_pattern")))
SPLATS = frozenset(map(kind_of, ("list_splat_pattern", "dictionary_splat_pattern")))
NAMES = frozenset({IDENTIFIER, ATTRIBUTE})

F_ALIAS, F_ARGUMENTS, F_ATTRIBUTE, F_BODY = map(field_of, ("alias", "arguments", "attribute", "body"))
F_FUNCTION, F_LEFT, F_MODULE_NAME, F_NAME = map(field_of, ("function", "left", "module_name", "name"))
F_OBJECT, F_OPERATOR, F_RETURN_TYPE, F_RIGHT = map(field_of, ("object", "operator", "return_type", "right"))
F_SUPERCLASSES, F_TYPE, F_VALUE = map(field_of, ("superclasses", "type", "value"))
F_ALTERNATIVE, F_CONDITION, F_CONSEQUENCE, F_DEFINITION = map(
    field_of, ("alternative", "condition", "consequence", "definition")
)
F_KEY, F_PARAMETERS, F_SUBJECT = map(field_of, ("key", "parameters", "subject"))
