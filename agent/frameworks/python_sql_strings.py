"""Statements of one Python file as texts with holes: a syntax tree in, SQL fragments, table uses and open table names out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from tree_sitter import Node, Query, QueryCursor

from agent.domain.facts import Fragment, TableUse, Wiring
from agent.frameworks.python_syntax import GRAMMAR, PythonSyntax
from agent.frameworks.sql_text import is_statement

__all__ = ["Statements", "parameters_of", "read_statements"]

STRINGS = Query(GRAMMAR, "(string) @string")
MAX_PIECES = 400
MAX_NAMES = 40
MAX_CLIMB = 40
MAX_LOOPS = 2_000
MAX_HOLES = 500
TABLE = re.compile(r"[A-Za-z_][\w$]{0,63}(?:\.[A-Za-z_][\w$]{0,63})?\Z")
# What stands right before the hole says what happens to the table in it.
BEFORE = re.compile(
    r"(?is)(?:\b(?P<write>insert\s+(?:ignore\s+|or\s+\w+\s+)?into|replace\s+into|merge\s+into|update|delete\s+from|truncate(?:\s+table)?)"
    r"|\b(?P<read>from|join)|\b(?P<declare>(?:create|alter|drop)\s+table(?:\s+if\s+(?:not\s+)?exists)?))\s+[`\"\[]?\Z"
)
STATEMENT = re.compile(
    r"(?is)\s*[(\"'`]?\s*(?:select|insert|replace|update|delete|truncate|create|alter|drop|merge|with)\b"
)
BEGIN = re.compile(
    rb"(?i)[a-z]{0,2}[\"']{1,3}[\s\\]{0,80}[(\"'`]?\s{0,80}(?:select|insert|replace|update|delete|truncate|create|alter|drop|merge|with)\b"
)
NEXT = re.compile(r"[`\"\]]?(?:[\s,;()]|\Z)")
PERCENT = re.compile(r"%(?:\((\w{1,60})\))?[-+ 0#]{0,4}[\d.*]{0,6}[a-zA-Z%]")
BRACES = re.compile(r"\{(\w{0,60})(?:[.\[!:][^{}]{0,60})?\}")
WRAPPED = ("concatenated_string", "parenthesized_expression", "binary_operator")
INSIDE = frozenset({
    "argument_list", "call", "attribute", "subscript", "tuple", "list", "dictionary", "pair", "keyword_argument",
    "parenthesized_expression", "conditional_expression", "boolean_operator", "concatenated_string", "format_expression",
})  # fmt: skip


class Statements(NamedTuple):
    """What the file's statements show: alone, and what other files must complete."""

    fragments: tuple[Fragment, ...]
    uses: tuple[TableUse, ...]
    wirings: tuple[Wiring, ...]


def read_statements(syntax: PythonSyntax, root: Node) -> Statements:
    """Fragments that lie inside another expression's operand, uses of tables that variables name, and ``hole`` records."""
    reading = _Reading(syntax)
    for whole in _wholes(root, syntax.source):
        reading.read(whole)
    return Statements(
        tuple(dict.fromkeys(reading.fragments)),
        tuple(dict.fromkeys(reading.uses)),
        tuple(dict.fromkeys(reading.wirings)),
    )


def parameters_of(function: Node, syntax: PythonSyntax) -> list[str]:
    """Names of a function's parameters in order, without self and cls."""
    found = []
    given = function.child_by_field_name("parameters")
    for node in given.named_children if given is not None else ():
        named = node.child_by_field_name("name") or (node if node.type == "identifier" else None)
        if named is None and node.type == "typed_parameter" and node.named_child_count:
            named = node.named_child(0)
        if named is not None and named.type == "identifier":
            found.append(syntax.text(named))
    return found[1:] if found[:1] in (["self"], ["cls"]) else found


def _wholes(root: Node, source: bytes) -> Iterator[Node]:
    """Each statement with what it is joined or formatted with, once; a long chain is climbed once, from its first string.

    Only from strings that begin like a statement: asking for a parent costs a walk from the root.
    """
    climbed: set[int] = set()
    strings = QueryCursor(STRINGS).captures(root).get("string", [])
    begin = [node for node in strings if BEGIN.match(source, node.start_byte)]
    for node in sorted(begin, key=lambda n: (n.start_byte, -n.end_byte)):
        whole, parent = node, node.parent
        while parent is not None and parent.type in WRAPPED and parent.id not in climbed:
            if parent.type == "binary_operator" and (parent.child_count < 2 or parent.children[1].type not in "+%"):
                break
            climbed.add(parent.id)
            whole, parent = parent, parent.parent
        if parent is None or parent.id not in climbed:
            yield _formatted(whole)


def _formatted(node: Node) -> Node:
    """``"...".format(...)``: the call, where there is one."""
    outer = node.parent
    call = outer.parent if outer is not None and outer.type == "attribute" else None
    return call if call is not None and call.type == "call" else node


class _Reading:
    """One file's statements."""

    def __init__(self, syntax: PythonSyntax) -> None:
        self._syntax = syntax
        self._holes = 0
        self.fragments: list[Fragment] = []
        self.uses: list[TableUse] = []
        self.wirings: list[Wiring] = []

    @cached_property
    def _functions(self) -> dict[str, Node]:
        return dict(self._syntax.functions)

    def read(self, whole: Node) -> None:
        """One string expression."""
        if whole.end_byte - whole.start_byte < 12:
            return
        pieces = list(self._pieces(whole))
        text = "".join(piece if isinstance(piece, str) else "{}" for piece in pieces)
        if not STATEMENT.match(text) or (whole.parent is not None and whole.parent.type == "expression_statement"):
            return
        scope, line = self._syntax.scope(whole), self._syntax.line(whole)
        if is_statement(text) and _in_operand(whole):
            self.fragments.append(Fragment("sql", text, line, scope))
        before = ""
        for place, piece in enumerate(pieces):
            if isinstance(piece, str):
                before = (before + piece)[-200:]
                continue
            following = pieces[place + 1] if place + 1 < len(pieces) else ""
            match = BEFORE.search(before[-60:])
            if match and isinstance(following, str) and NEXT.match(following):
                self._hole(piece, match.lastgroup or "read", scope, line)
            before += "?"

    # ---------------------------------------------------------------- texts and holes

    def _pieces(self, node: Node) -> Iterator[str | Node]:
        """Texts and holes of a string expression, in order."""
        todo, count = [node], 0
        while todo and count < MAX_PIECES:
            current = todo.pop()
            count += 1
            kind = current.type
            if kind == "string_content":
                yield self._syntax.text(current)
            elif kind in ("string", "concatenated_string", "parenthesized_expression"):
                todo.extend(
                    reversed([c for c in current.named_children if c.type not in ("string_start", "string_end")])
                )
            elif kind == "interpolation":
                inner = current.child_by_field_name("expression") or current
                yield inner
            elif kind == "binary_operator":
                operator, left = current.child_by_field_name("operator"), current.child_by_field_name("left")
                right = current.child_by_field_name("right")
                if left is None or right is None or operator is None or operator.type not in ("+", "%"):
                    yield current
                elif operator.type == "+":
                    todo.extend((right, left))
                else:
                    yield from self._filled(self._texts(left), right, PERCENT)
            elif kind == "call" and (formatted := self._format(current)) is not None:
                yield from self._filled(self._texts(formatted), current.child_by_field_name("arguments"), BRACES)
            elif kind not in ("comment", "escape_sequence"):
                yield current

    def _texts(self, node: Node) -> str:
        """The text of the string before ``%`` or ``.format``."""
        parts: list[str] = []
        todo = [node]
        while todo and len(parts) < MAX_PIECES:
            current = todo.pop()
            if current.type == "string_content":
                parts.append(self._syntax.text(current))
            elif current.type in ("string", "concatenated_string", "parenthesized_expression"):
                todo.extend(reversed(current.named_children))
            elif current.type == "binary_operator":
                todo.extend(n for n in (current.child_by_field_name("right"), current.child_by_field_name("left")) if n)
            elif current.type not in ("comment", "string_start", "string_end"):
                parts.append("?")
        return "".join(parts)[:60_000]

    def _format(self, call: Node) -> Node | None:
        """The string of ``"...".format(...)``."""
        function = call.child_by_field_name("function")
        name = function.child_by_field_name("attribute") if function is not None else None
        held = function.child_by_field_name("object") if function is not None else None
        if name is None or held is None or self._syntax.text(name) != "format":
            return None
        return held if held.type in ("string", "concatenated_string", "parenthesized_expression") else None

    def _filled(self, text: str, given: Node | None, pattern: re.Pattern[str]) -> Iterator[str | Node]:
        """A format's text with what fills its holes."""
        several = given is not None and given.type in ("tuple", "argument_list")
        listed = [c for c in given.named_children if c.type != "comment"] if given is not None and several else []
        named = dict(self._syntax.dictionary(given))
        for node in listed:
            if node.type == "keyword_argument" and (word := node.child_by_field_name("name")) is not None:
                value = node.child_by_field_name("value")
                named[self._syntax.text(word)] = value if value is not None else node
        ordered: list[Node | None] = [n for n in listed if n.type != "keyword_argument"] if several else [given]
        position, start = 0, 0
        for match in pattern.finditer(text):
            yield text[start : match.start()]
            start = match.end()
            if match.group() == "%%":
                yield "%"
                continue
            key = match[1] or ""
            held: Node | None = named.get(key)
            if not key or key.isdigit():
                wanted = int(key[:4]) if key else position
                held = ordered[wanted] if wanted < len(ordered) else None
                position += 1
            if held is not None and (known := self._literal(held)) is not None:
                yield known
            else:
                yield held if held is not None else "{}"
        yield text[start:]

    def _literal(self, node: Node) -> str | None:
        return self._syntax.string(node) if node.type in ("string", "concatenated_string") else None

    # ---------------------------------------------------------------- what a hole may hold

    def _hole(self, node: Node, mode: str, scope: str, line: int) -> None:
        written = self._syntax.chain(node)
        receiver, _, attribute = written.rpartition(".")
        if receiver in ("self", "cls", "self.__class__") and attribute.isidentifier():
            self.wirings.append(Wiring("python_sql", "hole", scope, line, (mode, "self", attribute, "")))
            return
        self._holes += 1
        if node.type != "identifier" or self._holes > MAX_HOLES:
            return
        names = self._values(written, scope, node.start_byte)
        for table in names:
            self.uses.append(TableUse(scope, table, mode, line, "inferred"))
        function = self._functions.get(scope)
        given = parameters_of(function, self._syntax) if function is not None else []
        if not names and written in given:
            place = str(given.index(written))
            self.wirings.append(Wiring("python_sql", "hole", scope, line, (mode, "parameter", written, place)))

    def _values(self, name: str, scope: str, before: int) -> Sequence[str]:
        """Tables that a variable may hold: literals assigned in its function or module, or gone through by a loop."""
        for wanted in dict.fromkeys((scope, "")):
            found: list[str] = []
            for node in self._syntax.assigned.get(name, ())[:MAX_NAMES]:
                if self._syntax.scope(node) == wanted:
                    found.extend(self._syntax.strings(node.child_by_field_name("right")) or ())
            for loop in self._syntax.loops[:MAX_LOOPS]:
                left, right = loop.child_by_field_name("left"), loop.child_by_field_name("right")
                if left is None or right is None or self._syntax.scope(loop) != wanted:
                    continue
                near = loop.start_byte <= before < loop.end_byte or loop.type == "for_in_clause"
                if near and left.type == "identifier" and self._syntax.text(left) == name:
                    found.extend(self._syntax.strings(right) or ())
            tables = [table for table in dict.fromkeys(found) if TABLE.match(table)][:MAX_NAMES]
            if tables:
                return tables
        return ()


def _in_operand(node: Node) -> bool:
    """Whether the statement lies in a call inside ``"%d" % call("SELECT ...")`` or an f-string: the language's own reader
    takes such an operand for a value."""
    current, called = node.parent, False
    for _ in range(MAX_CLIMB):
        if current is None:
            return False
        if current.type in ("binary_operator", "interpolation"):
            return called or current.type == "interpolation"
        if current.type not in INSIDE:
            return False
        called = called or current.type in ("argument_list", "subscript", "list", "tuple", "dictionary")
        current = current.parent
    return False
