"""Mutation operators: a syntax tree's node in, the small defects that can be put in its place out.

The set is that of the usual mutators (relational, arithmetic, boolean, constant, negated condition, return value, removed
statement, removed argument, loop control, slice, method swap), over node kinds that the grammars share or name alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Replacement", "replacements"]

RELATIONAL: Mapping[str, tuple[str, ...]] = {
    "<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"), "==": ("!=",), "!=": ("==",),
    "<>": ("==",), "===": ("!==",), "!==": ("===",), "is": ("is not",), "is not": ("is",), "in": ("not in",),
    "not in": ("in",),
}  # fmt: skip
ARITHMETIC: Mapping[str, tuple[str, ...]] = {
    "+": ("-",), "-": ("+",), "*": ("/",), "/": ("*",), "//": ("/",), "%": ("*",), "**": ("*",), "<<": (">>",),
    ">>": ("<<",), ">>>": ("<<",), "&": ("|",), "|": ("&",), "^": ("&",), ".": (), "@": ("*",),
}  # fmt: skip
BOOLEAN: Mapping[str, tuple[str, ...]] = {
    "and": ("or",), "or": ("and",), "&&": ("||",), "||": ("&&",), "??": ("&&",), "xor": ("and",),
}  # fmt: skip
ASSIGNING: Mapping[str, tuple[str, ...]] = {
    "+=": ("-=", "="), "-=": ("+=", "="), "*=": ("/=", "="), "/=": ("*=", "="), "//=": ("*=",), "%=": ("*=",),
    "|=": ("&=",), "&=": ("|=",), "^=": ("|=",), "<<=": (">>=",), ">>=": ("<<=",), ".=": ("=",), "**=": ("*=",),
}  # fmt: skip
WORDS: Mapping[str, tuple[str, ...]] = {
    "True": ("False",), "False": ("True",), "true": ("false",), "false": ("true",), "TRUE": ("FALSE",),
    "FALSE": ("TRUE",),
}  # fmt: skip
# Pairs of methods that take the same arguments and are easily mistaken for one another.
METHODS: Mapping[str, str] = {
    "lower": "upper", "upper": "lower", "lstrip": "rstrip", "rstrip": "lstrip", "find": "rfind", "rfind": "find",
    "index": "rindex", "startswith": "endswith", "endswith": "startswith", "ljust": "rjust", "rjust": "ljust",
    "split": "rsplit", "rsplit": "split", "partition": "rpartition", "rpartition": "partition", "append": "remove",
    "min": "max", "max": "min", "any": "all", "all": "any", "add": "discard", "toUpperCase": "toLowerCase",
    "toLowerCase": "toUpperCase", "startsWith": "endsWith", "endsWith": "startsWith", "trimStart": "trimEnd",
    "trimEnd": "trimStart", "push": "unshift", "unshift": "push", "pop": "shift", "shift": "pop", "some": "every",
    "every": "some", "floor": "ceil", "ceil": "floor", "indexOf": "lastIndexOf", "lastIndexOf": "indexOf",
    "isBefore": "isAfter", "isAfter": "isBefore", "strtolower": "strtoupper", "strtoupper": "strtolower",
    "ltrim": "rtrim", "rtrim": "ltrim", "anyMatch": "allMatch", "allMatch": "anyMatch", "is_int": "is_string",
}  # fmt: skip
NUMBERS = frozenset({
    "integer", "float", "number", "decimal_integer_literal", "hex_integer_literal", "octal_integer_literal",
    "decimal_floating_point_literal", "integer_literal", "real_literal",
})  # fmt: skip
BINARY = frozenset({"binary_expression", "binary_operator", "boolean_operator", "comparison_operator"})
CALLS = frozenset({
    "call", "call_expression", "method_invocation", "function_call_expression", "member_call_expression",
    "scoped_call_expression", "invocation_expression", "nullsafe_member_call_expression", "await", "await_expression",
    "assignment", "augmented_assignment", "assignment_expression", "augmented_assignment_expression", "update_expression",
    "postfix_unary_expression", "prefix_unary_expression", "delete_statement", "yield",
})  # fmt: skip
CONSTANT = NUMBERS | {
    "string", "true", "false", "none", "null", "lambda", "list", "dictionary", "array", "object", "arrow_function",
    "function_expression", "yield", "await", "await_expression", "tuple", "expression_list", "class", "generator_expression",
    "assignment", "pattern_list", "jsx_element", "anonymous_function", "array_creation_expression",
}  # fmt: skip
CONDITIONAL = frozenset({"if_statement", "elif_clause", "while_statement", "else_if_clause", "do_statement"})
TERNARY = frozenset({"conditional_expression", "ternary_expression"})
NEGATIONS = frozenset({"not_operator", "unary_expression", "unary_op_expression", "prefix_unary_expression"})
ARGUMENTS = frozenset({"argument_list", "arguments"})
# Another value of the same type, for an expression whose type the text does not tell; what has no such value is nothing.
# It says more than `None`, which any test that only runs the line notices by the crash.
OTHER_VALUE = {
    "python": "(lambda v: not v if v is True or v is False else v + 1 if isinstance(v, (int, float)) else "
    "v + b'X' if isinstance(v, bytes) else v + u'X' if hasattr(v, 'encode') else "
    "v + type(v)((0,)) if type(v) in (list, tuple) else None)(%s)",
    "javascript": "((v) => typeof v === 'number' ? v + 1 : typeof v === 'string' ? v + 'X' : typeof v === 'boolean' ? !v : "
    "Array.isArray(v) ? v.concat([0]) : null)(%s)",
    "php": "(function ($v) { return is_bool($v) ? !$v : (is_int($v) || is_float($v) ? $v + 1 : (is_string($v) ? $v . 'X' : "
    "(is_array($v) ? array_merge($v, [0]) : null))); })(%s)",
}
NOTHING = {"python": "None", "javascript": "null", "typescript": "null", "tsx": "null", "php": "null"}


@dataclass(frozen=True, slots=True)
class Replacement:
    """``start`` to ``end`` (bytes) becomes ``text``."""

    operator: str
    start: int
    end: int
    text: str


Read = Callable[[Any], str]


def replacements(node: Any, language: str, read: Read) -> Iterator[Replacement]:
    """The defects of one node itself, not of its children; none is equal to the text that stands there."""
    for rule in (_operator, _constant, _string, _condition, _statement, _call, _unary, _index):
        for found in rule(node, language, read):
            if found.text != read_span(node, found, read):
                yield found


def read_span(node: Any, found: Replacement, read: Read) -> str | None:
    """The text that a replacement replaces, when it is a node's whole text."""
    return read(node) if (found.start, found.end) == (node.start_byte, node.end_byte) else None


def _whole(operator: str, node: Any, text: str) -> Replacement:
    return Replacement(operator, node.start_byte, node.end_byte, text)


def _operator(node: Any, _: str, read: Read) -> Iterator[Replacement]:
    if node.type in BINARY:
        for child in node.children:
            if child.is_named and child.type not in ("is not", "not in"):
                continue
            sign = " ".join(read(child).split())
            for name, table in (("relational", RELATIONAL), ("arithmetic", ARITHMETIC), ("boolean", BOOLEAN)):
                for other in table.get(sign, ()):
                    yield _whole(name, child, other)
    elif "assignment" in node.type or node.type in ("update_expression", "postfix_unary_expression"):
        for child in node.children:
            sign = read(child) if not child.child_count else ""
            for other in ASSIGNING.get(sign, ()):
                yield _whole("assignment", child, other)
            if sign in ("++", "--"):
                yield _whole("arithmetic", child, "--" if sign == "++" else "++")


def _constant(node: Any, language: str, read: Read) -> Iterator[Replacement]:
    kind, text = node.type, "" if node.child_count else read(node)
    if kind in NUMBERS:
        for other in _other_numbers(text):
            yield _whole("number", node, other)
    elif kind in ("true", "false", "boolean", "boolean_literal") or (kind in WORDS and not node.child_count):
        for other in WORDS.get(read(node), ()):
            yield _whole("boolean constant", node, other)
    elif kind in ("none", "null", "null_literal") and language in NOTHING:
        yield _whole("nothing", node, '""')


def _other_numbers(text: str) -> tuple[str, ...]:
    digits = text.rstrip("lLfFdDjJnuUmM")
    suffix = text[len(digits) :]
    try:
        value = int(digits.replace("_", ""), 10 if digits.isdigit() else 0)
    except ValueError:
        return (f"({text} + 1)",) if suffix.lower() in ("", "f", "d", "m") else ()
    return tuple(f"{other}{suffix}" for other in dict.fromkeys((value + 1, value - 1 if value > 0 else 2)))


def _string(node: Any, _: str, read: Read) -> Iterator[Replacement]:
    inner = [child for child in node.children if child.type in ("string_content", "string_fragment")]
    if node.type not in (
        "string",
        "string_literal",
        "encapsed_string",
        "template_string",
        "interpolated_string_expression",
    ):
        return
    parent = node.parent
    if parent is not None and (parent.type in ("expression_statement", "import_statement", "export_statement")):
        return  # a docstring, a directive such as "use strict", the name of a module
    if inner:
        yield Replacement("string", inner[0].start_byte, inner[0].start_byte, "XX")
        if len(inner) == 1 and node.named_child_count <= 3 and not any("interpol" in c.type for c in node.children):
            yield Replacement("empty string", inner[0].start_byte, inner[0].end_byte, "")
    elif node.end_byte - node.start_byte >= 2 and read(node)[-2:] in ('""', "''", "``"):
        yield Replacement("string", node.end_byte - 1, node.end_byte - 1, "XX")


def _condition(node: Any, language: str, read: Read) -> Iterator[Replacement]:
    if node.type in CONDITIONAL:
        condition = node.child_by_field_name("condition")
    elif node.type in TERNARY:
        condition = node.child_by_field_name("condition") or (
            node.named_children[1] if language == "python" and node.named_child_count > 2 else None
        )
    elif node.type == "if_clause":
        condition = node.named_children[0] if node.named_child_count else None
    else:
        return
    if condition is None:
        return
    inside = (
        condition.named_children[0]
        if condition.type == "parenthesized_expression" and condition.named_child_count
        else condition
    )
    text = read(inside)
    yield _whole("negated condition", inside, f"not ({text})" if language == "python" else f"!({text})")


def _statement(node: Any, language: str, read: Read) -> Iterator[Replacement]:
    kind = node.type
    empty = "pass" if language == "python" else ";"
    if kind == "return_statement" and node.named_child_count:
        value = node.named_children[0]
        if language in OTHER_VALUE and value.type not in CONSTANT:
            yield _whole("other value", value, OTHER_VALUE[language] % read(value))
        if language in NOTHING:
            yield _whole("return value", value, NOTHING[language])
        elif value.type not in ("null_literal",):
            yield _whole("return value", value, "null")
    elif kind in ("break_statement", "continue_statement"):
        other = "continue" if kind == "break_statement" else "break"
        yield Replacement("loop control", node.start_byte, node.start_byte + len(kind) - len("_statement"), other)
    elif (
        kind == "expression_statement" and node.named_child_count == 1 and node.named_children[0].type in CALLS
    ) or kind in (
        "delete_statement",
        "raise_statement",
        "throw_statement",
        "print_statement",
        "echo_statement",
        "assert_statement",
    ):
        yield _whole("removed statement", node, empty)
    elif kind == "decorator":
        yield _whole("removed decorator", node, "")
    elif kind in ("assignment", "variable_declarator", "keyword_argument", "default_parameter") and language in NOTHING:
        value = node.child_by_field_name("right") or node.child_by_field_name("value")
        nothing = NOTHING[language]
        if value is not None:
            plain = kind in ("assignment", "variable_declarator") and value.type not in CONSTANT
            if plain and language in OTHER_VALUE:
                yield _whole("other value", value, OTHER_VALUE[language] % read(value))
            yield _whole("assigned value", value, nothing if read(value) != nothing else '""')


def _call(node: Any, language: str, read: Read) -> Iterator[Replacement]:
    if node.type in ARGUMENTS:
        given = [child for child in node.named_children if "comment" not in child.type]
        for number, one in enumerate(given):
            first = given[number - 1].end_byte if number else one.start_byte
            last = one.end_byte if number or len(given) == 1 else given[1].start_byte
            yield Replacement("removed argument", first, last, "")
            if language in NOTHING and one.type not in ("none", "null", "keyword_argument"):
                yield _whole("argument value", one, NOTHING[language])
        if len(given) == 2 and "keyword_argument" not in (given[0].type, given[1].type):
            between = Replacement("swapped arguments", given[0].start_byte, given[1].end_byte, "")
            text = f"{read(given[1])}, {read(given[0])}"
            yield Replacement(between.operator, between.start, between.end, text)
    elif node.type in ("identifier", "property_identifier", "name") and read(node) in METHODS and _is_callee(node):
        yield _whole("method", node, METHODS[read(node)])
    elif node.type in ("for_statement", "for_in_clause") and language == "python":
        source = node.child_by_field_name("right")
        if source is not None:
            yield _whole("empty loop", source, "[]")


def _is_callee(node: Any) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type in ("attribute", "member_expression", "member_access_expression"):
        return (
            parent.parent is not None and "call" in parent.parent.type
        ) or parent.parent.type == "invocation_expression"
    return parent.type in CALLS and not parent.type.startswith(("assign", "augm", "update"))


def _unary(node: Any, _: str, read: Read) -> Iterator[Replacement]:
    if node.type in NEGATIONS or node.type in ("unary_operator",):
        sign = read(node.children[0])
        if sign in ("not", "!", "-", "~") and node.named_child_count:
            inside = node.named_children[-1]
            yield Replacement("negation", node.start_byte, inside.start_byte, "")


def _index(node: Any, language: str, read: Read) -> Iterator[Replacement]:
    if node.type == "slice":
        for bound in node.named_children:
            if bound.type not in NUMBERS:
                yield _whole(
                    "slice",
                    bound,
                    f"{read(bound)} + 1" if bound.type in ("identifier", "call") else f"({read(bound)}) + 1",
                )
    elif node.type in ("subscript", "subscript_expression", "array_access"):
        inside = node.child_by_field_name("subscript") or node.child_by_field_name("index")
        if inside is not None and inside.type == "unary_operator":
            yield _whole("index", inside, "0")
    elif node.type == "except_clause" and language == "python":
        caught = next(
            (
                child
                for child in node.named_children
                if child.type in ("identifier", "attribute", "tuple", "as_pattern")
            ),
            None,
        )
        if caught is not None:
            name = caught.named_children[0] if caught.type == "as_pattern" else caught
            yield _whole(
                "caught exception", name, "ZeroDivisionError" if read(name) != "ZeroDivisionError" else "KeyError"
            )
    elif node.type == "lambda":
        body = node.child_by_field_name("body")
        if body is not None:
            yield _whole("lambda", body, "None" if read(body) != "None" else "0")
