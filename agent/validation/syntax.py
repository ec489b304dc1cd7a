"""Source text as tokens with their statement and function: a file and the languages in, the same few notions for all out.

Trees come from `Language.extract`; nothing here knows tree-sitter. Comments and spacing are no tokens, so two texts with
equal tokens (`same_code`) differ in nothing that runs, but for what their comments tell a tool: those are kept.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from agent.ports import Language

__all__ = ["Statement", "Syntax", "Token", "language_of", "read_syntax", "same_code", "walk"]

COMMENTS = frozenset({"comment", "line_comment", "block_comment", "html_comment", "hash_bang_line"})
FUNCTIONS = frozenset({
    "function_definition", "lambda", "function_declaration", "function_expression", "arrow_function", "method_definition",
    "generator_function", "generator_function_declaration", "method_declaration", "constructor_declaration", "function",
    "lambda_expression", "anonymous_function", "anonymous_function_creation_expression", "local_function_statement",
})  # fmt: skip
STRINGS = frozenset({
    "string", "string_literal", "encapsed_string", "template_string", "character_literal", "verbatim_string_literal",
    "interpolated_string_expression", "heredoc", "nowdoc", "regex", "raw_string_literal", "text_block",
})  # fmt: skip
BLOCKS = frozenset({"block", "statement_block", "compound_statement", "class_body", "declaration_list", "switch_body"})
OTHER_STATEMENTS = frozenset({
    "decorator", "lexical_declaration", "marker_annotation", "annotation", "attribute_list", "switch_case", "else_clause",
    "elif_clause", "else_if_clause", "except_clause", "except_group_clause", "finally_clause", "catch_clause", "case_clause",
    "switch_default", "switch_label", "switch_section", "field_definition", "public_field_definition",
})  # fmt: skip
# Python's parentheses around a whole value, condition or argument change nothing but where lines may break.
IDLE_PARENTHESES = frozenset({
    "assignment", "return_statement", "if_statement", "while_statement", "elif_clause", "keyword_argument",
    "augmented_assignment", "for_statement", "pair", "default_parameter", "assert_statement",
})  # fmt: skip
# A comment in the first two lines that names an encoding decides what Python reads in the rest of the file (PEP 263).
CODING = re.compile(r"coding[:=][ \t]*[-\w.]+")
LEGACY_NUMBER = re.compile(r"^(0[oO]?[0-7_]+|[0-9][0-9_]*|0[xX][0-9a-fA-F_]+)[lL]?$")


@dataclass(frozen=True, slots=True)
class Token:
    """A leaf of the tree, or a whole string without interpolation. ``statement`` indexes `Syntax.statements`;
    ``function`` is the start of the innermost function (-1: none). ``parent`` is the kind of the node around it."""

    kind: str
    text: str
    start: int
    end: int
    line: int
    parent: str
    statement: int
    function: int

    @property
    def key(self) -> tuple[str, str]:
        """What it is, however it is written: Python 2 and 3 spell some literals and operators differently."""
        if self.text == "<>":
            return "!=", "!="
        return self.kind, _spelling(self.kind, self.text)


@dataclass(frozen=True, slots=True)
class Statement:
    """A simple statement, or the head of a compound one; lines count from 1."""

    kind: str
    start: int
    end: int
    first_line: int
    last_line: int
    block: int  # start of the block that it lies in


@dataclass(frozen=True)
class Syntax:
    """One parsed file. ``text`` has a character for each byte; positions count bytes."""

    path: str
    language: str
    text: str
    root: Any
    tokens: tuple[Token, ...]
    statements: tuple[Statement, ...]
    broken: bool
    directives: tuple[str, ...] = field(default=())

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        return (0, *(match.end() for match in re.finditer("\n", self.text)))

    def line_at(self, position: int) -> int:
        return bisect_right(self.line_starts, position)

    @cached_property
    def line_statements(self) -> Mapping[int, tuple[int, ...]]:
        """line -> the statements that have a token on it which is more than a bracket."""
        found: dict[int, set[int]] = {}
        for token in self.tokens:
            if (
                token.kind != "mark"
                and token.text.strip("{}()[];,:")
                and token.text not in ("else", "try", "finally", "do")
            ):
                for line in range(token.line, token.line + token.text.count("\n") + 1):
                    found.setdefault(line, set()).add(token.statement)
        return {line: tuple(sorted(group)) for line, group in found.items()}

    def line_text(self, line: int) -> str:
        starts = self.line_starts
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        return self.text[starts[line - 1] : end].strip()[:200]


def language_of(path: str, languages: Mapping[str, Language]) -> Language | None:
    """The language that reads this file, by its suffix."""
    name = path.lower()
    return next((one for one in languages.values() if name.endswith(tuple(one.suffixes))), None)


def read_syntax(path: str, text: str, languages: Mapping[str, Language]) -> Syntax | None:
    """None where no parser reads the file or it gave up; ``broken`` where the tree holds errors."""
    language = language_of(path, languages)
    if language is None or language.name not in SUPPORTED:
        return None
    source = text.encode("latin-1", "replace")
    _, root = language.extract(path, source)
    if root is None:
        return None
    reader = _Reader(source, language.name)
    reader.read(root)
    directives = tuple(
        match.group()
        for line in text.split("\n", 2)[:2]
        if line.lstrip().startswith("#")
        if (match := CODING.search(line))
    )
    return Syntax(
        path, language.name, text, root, tuple(reader.tokens), tuple(reader.statements), root.has_error, directives
    )


SUPPORTED = frozenset({"python", "javascript", "typescript", "tsx", "java", "php", "csharp"})


def same_code(before: Syntax, after: Syntax) -> bool:
    """Whether both hold the same tokens in the same structure; a docstring that nothing reads is not code."""
    if before.broken or after.broken or before.directives != after.directives:
        return False
    if len(before.tokens) == len(after.tokens) and all(
        a.key == b.key for a, b in zip(before.tokens, after.tokens, strict=True)
    ):
        return True
    if "__doc__" in before.text + after.text:
        return False
    return [t.key for t in _without_docstrings(before)] == [t.key for t in _without_docstrings(after)]


def walk(root: Any) -> Iterator[Any]:
    """Every node, parents first, in the order of the text; no recursion, since source may nest as deep as it likes."""
    todo = [root]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(reversed(node.children))


def _without_docstrings(syntax: Syntax) -> Iterator[Token]:
    # A docstring with a prompt in it is a test.
    for token in syntax.tokens:
        if token.kind == "docstring" and ">>>" not in token.text:
            continue
        yield token


def _spelling(kind: str, text: str) -> str:
    if kind in ("string", "docstring"):
        return _plain_quotes(text.lstrip("uU") if text[:1] in "uU" and text[1:2] in "'\"" else text)
    if kind == "integer" and LEGACY_NUMBER.match(text):
        digits = text.rstrip("lL").replace("_", "").lower()
        return "0o" + digits[1:] if re.fullmatch(r"0[0-7]+", digits) and digits.strip("0") else digits
    return text


def _plain_quotes(text: str) -> str:
    if (
        len(text) > 1
        and text[0] == text[-1] == '"'
        and not text.startswith('"""')
        and not set("'\"\\") & set(text[1:-1])
    ):
        return f"'{text[1:-1]}'"
    return text


class _Reader:
    """One pass over a tree. Python's and JavaScript's statements end without a visible sign: a token stands for it."""

    def __init__(self, source: bytes, language: str) -> None:
        self.source = source
        self.text = source.decode("latin-1")
        self.closes = language in ("python", "javascript", "typescript", "tsx")
        self.python = language == "python"
        self.php = language == "php"
        self.tokens: list[Token] = []
        self.statements: list[Statement] = []

    def read(self, root: Any) -> None:
        self._open("file", root, 0)
        todo: list[tuple[Any, str, int, int, int]] = [(root, "", 0, -1, 0)]
        while todo:
            node, parent, statement, function, block = todo.pop()
            if node is None:  # what was left to say after a node: `parent` is the mark
                self._add("mark", parent, function, function, 0, "", statement, block)
                continue
            kind = node.type
            if kind in COMMENTS:
                continue
            if kind in FUNCTIONS and node.is_named:
                function = node.start_byte
            if _is_statement(kind) and node.is_named:
                statement = self._open(kind, node, block)
            if self._leaf(node, kind, parent, statement, function):
                continue
            if kind in BLOCKS:
                block = node.start_byte
                if self.python:
                    self._add("mark", "INDENT", node.start_byte, node.start_byte, 0, "", statement, function)
                    todo.append((None, "DEDENT", statement, node.end_byte, function))
            elif self.closes and _is_statement(kind):
                todo.append((None, "END", statement, node.end_byte, function))
            todo.extend((child, kind, statement, function, block) for child in reversed(node.children))

    def _open(self, kind: str, node: Any, block: int) -> int:
        first = node.start_point[0]
        last, before = node.end_point[0], first
        for child in node.children:  # what stands in a block is not the head's
            if child.type in BLOCKS:
                last = before
                break
            before = child.end_point[0]
        self.statements.append(Statement(kind, node.start_byte, node.end_byte, first + 1, max(first, last) + 1, block))
        return len(self.statements) - 1

    def _leaf(self, node: Any, kind: str, parent: str, statement: int, function: int) -> bool:
        whole = kind in STRINGS and node.is_named and not any("interpol" in c.type or "variable" in c.type or
                                                              "substitution" in c.type for c in node.children)  # fmt: skip
        whole = whole or (self.php and kind == "variable_name")
        if not whole and node.child_count:
            return False
        if self.closes and kind == ";":
            return True
        if self.python and kind in "()" and parent == "parenthesized_expression":
            around = node.parent.parent if node.parent is not None else None
            if around is not None and around.type in IDLE_PARENTHESES:
                return True
        text = self.text[node.start_byte : node.end_byte]
        if whole and self.python and parent == "expression_statement" and self._alone(node):
            kind = "docstring"
        elif whole and kind in STRINGS:
            kind = "string" if kind != "regex" else kind
        self._add(kind, text, node.start_byte, node.end_byte, node.start_point[0] + 1, parent, statement, function)
        return True

    def _alone(self, node: Any) -> bool:
        return node.parent is not None and node.parent.child_count == 1

    def _add(
        self, kind: str, text: str, start: int, end: int, line: int, parent: str, statement: int, function: int
    ) -> None:
        if kind == "mark":
            line = self.tokens[-1].line if self.tokens else 1
        self.tokens.append(Token(kind, text, start, end, line, parent, statement, function))


def _is_statement(kind: str) -> bool:
    return kind.endswith(("_statement", "_declaration", "_definition", "_directive")) or kind in OTHER_STATEMENTS
