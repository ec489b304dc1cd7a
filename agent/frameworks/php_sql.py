"""SQL in PHP: statements in strings, concatenations, interpolations and heredocs, whichever database API runs them.

Statements become SQL fragments of the function that holds them; query builders that take a table's name
(``$this->db->insert('orders', ...)``) become table uses, and so do the names that a variable or constant brings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
from tree_sitter import Node

from agent.domain.facts import FileFacts, Fragment, TableUse
from agent.domain.linking import Linking
from agent.frameworks.php_outline import Outline, outline_of, raw, texts
from agent.frameworks.php_table_names import constants, named_tables, table_constants
from agent.frameworks.sql_text import is_statement

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "PhpSql"]

STRINGS = frozenset({"string", "encapsed_string", "heredoc", "nowdoc", "binary_expression"})
HELD = frozenset({"string_content", "nowdoc_string", "escape_sequence"})
LOOKED_THROUGH = frozenset({"parenthesized_expression", "encapsed_string", "heredoc", "heredoc_body", "nowdoc",
                            "nowdoc_body", "string", "binary_expression"})  # fmt: skip
MAX_LENGTH = 60_000
FORMAT = re.compile(r"%(?:\d{1,2}\$)?[-+0-9.]{0,6}[sdufFxX]")
BUILDERS = {
    **dict.fromkeys("get get_where getWhere from join count_all countAll".split(), "read"),
    **dict.fromkeys("insert update delete replace insert_batch update_batch truncate empty_table".split(), "write"),
}
RECEIVER = re.compile(r"(?:\$this->|\$)(?:\w{1,40}_)?db\d?(?:->[a-z_]{1,30}\([^()]{0,200}\)){0,12}\Z")
NAME = re.compile(r"[A-Za-z_][\w.]{0,80}\Z")


class PhpSql:
    """PDO, mysqli, the old mysql functions and every wrapper around them: the statement is what tells."""

    name = "php_sql"
    languages = frozenset({"php"})
    markers: tuple[bytes, ...] = (
        b"SELECT ", b"select ", b"Select ", b"SELECT\n", b"SELECT\r", b"INSERT ", b"insert ", b"UPDATE ", b"update ",
        b"DELETE ", b"delete ", b"REPLACE ", b"TRUNCATE ", b"CREATE TABLE", b"create table", b"db->", b"define(",
    )  # fmt: skip

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with SQL fragments."""
        if root is None:
            return facts
        outline = outline_of(root)
        fragments = tuple(
            Fragment("sql", text, line, scope) for scope, line, text in strings_of(outline) if is_statement(text)
        )
        uses = tuple(_builders(outline)) if b"db->" in source else ()
        uses += tuple(named_tables(outline, source))
        wirings = (*constants(root, source), *table_constants(outline))
        if wirings:
            facts = msgspec.structs.replace(facts, wirings=facts.wirings + wirings)
        return msgspec.structs.replace(facts, fragments=facts.fragments + fragments, table_uses=facts.table_uses + uses)

    def link(self, project: Project) -> Linking:
        """Tables that statements name by a constant, which another file may define."""
        values: dict[str, set[str]] = {}
        for _, wiring in project.wirings(self.name, "constant"):
            values.setdefault(wiring.args[0], set()).add(wiring.args[1])
        uses = [
            (path, TableUse(wiring.scope, next(iter(values[wiring.args[0]])), wiring.args[1], wiring.line, "inferred"))
            for path, wiring in project.wirings(self.name, "table constant")
            if len(values.get(wiring.args[0], ())) == 1
        ]
        return Linking(table_uses=tuple(uses))

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """No entities are declared here."""
        return ""


def strings_of(outline: Outline) -> Iterator[tuple[str, int, str]]:
    """(scope, line, text) of all strings; one that is put together in a variable comes out whole, ``{}`` for holes."""
    variables: dict[tuple[str, str], tuple[int, str]] = {}
    for scope, body in outline.bodies():
        todo = [body]
        while todo:
            node = todo.pop()
            kind = node.type
            if kind in ("assignment_expression", "augmented_assignment_expression"):
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                if left is not None and right is not None and left.type == "variable_name":
                    key = (scope, raw(left))
                    known = variables.get(key)
                    text = string_text(right, scope, variables)
                    if kind.startswith("augmented"):
                        if known is not None and text is not None and len(known[1]) < MAX_LENGTH:
                            variables[key] = (known[0], known[1] + text)
                            continue
                    elif text is not None:
                        if known is not None and not text.startswith(known[1]):
                            yield scope, *known
                        variables[key] = (right.start_point[0] + 1, text)
                        continue
                    todo.append(right)
                    continue
            elif kind in STRINGS:
                text = string_text(node, scope, variables)
                if text is not None and not _continues(text, variables, scope):
                    yield scope, node.start_point[0] + 1, text
                if kind != "binary_expression" or text is not None:
                    continue
            elif kind in ("class_declaration", "function_definition") and node is not body:
                continue
            todo.extend(node.named_children[::-1])
    for (scope, _), (line, text) in sorted(variables.items(), key=lambda item: (item[1][0], item[0])):
        yield scope, line, text
    for declared in outline.types:
        held = declared.node.child_by_field_name("body")
        for child in held.named_children if held is not None else ():
            if child.type == "const_declaration":
                for element in child.named_children:
                    value = element.named_child(element.named_child_count - 1) if element.named_child_count else None
                    text = string_text(value, "", {}) if value is not None else None
                    if text is not None:
                        yield declared.name, element.start_point[0] + 1, text


def _continues(text: str, variables: dict[tuple[str, str], tuple[int, str]], scope: str) -> bool:
    """``query($sql . ' LIMIT 1')`` runs the statement that its variable already stands for."""
    return any(text.startswith(known) for (place, _), (_, known) in variables.items() if place == scope and known)


def string_text(node: Node, scope: str, variables: dict[tuple[str, str], tuple[int, str]]) -> str | None:
    """The text of a string expression; None when it is none."""
    parts: list[str] = []
    todo, strings, length = [node], False, 0
    while todo and length < MAX_LENGTH:
        current = todo.pop()
        kind = current.type
        if kind == "binary_expression":
            operator = current.child_by_field_name("operator")
            if operator is None or operator.type != ".":
                if current is node:
                    return None
                parts.append("{}")
                continue
        if kind in HELD:
            text = raw(current)
            parts.append(FORMAT.sub("{}", text) if kind != "escape_sequence" else _unescaped(text))
            length += len(parts[-1])
        elif kind in LOOKED_THROUGH:
            strings = strings or kind in ("string", "encapsed_string", "heredoc", "nowdoc")
            todo.extend(c for c in current.named_children[::-1] if c.type not in ("heredoc_start", "heredoc_end"))
        elif kind == "function_call_expression" and raw(current.child_by_field_name("function")).lower() == "sprintf":
            arguments = current.child_by_field_name("arguments")
            first = arguments.named_child(0) if arguments is not None and arguments.named_child_count else None
            todo.extend(first.named_children[:1] if first is not None else [])
        elif kind == "variable_name" and (scope, raw(current)) in variables:
            parts.append(variables[scope, raw(current)][1])
            length += len(parts[-1])
        elif kind != "comment":
            parts.append("{}")
    return "".join(parts) if strings or any(p != "{}" for p in parts) else None


def _unescaped(text: str) -> str:
    return {"\\n": "\n", "\\t": "\t", "\\r": "\n"}.get(text, text[1:])


def _builders(outline: Outline) -> Iterator[TableUse]:
    """Active-record calls of a ``db`` object that name their table."""
    for scope, body in outline.bodies():
        todo = [body]
        while todo:
            node = todo.pop()
            todo.extend(node.named_children[::-1])
            if node.type != "member_call_expression":
                continue
            called = raw(node.child_by_field_name("name"), 40)
            arguments = node.child_by_field_name("arguments")
            if called not in BUILDERS or arguments is None or not arguments.named_child_count:
                continue
            first = arguments.named_child(0)
            named = texts(first.named_child(0)) if first.named_child_count == 1 else ()
            table = named[0].strip().partition(" ")[0] if len(named) == 1 else ""
            receiver = "".join(raw(node.child_by_field_name("object"), 400).split())
            written = first.named_child_count and first.named_child(0).type in ("string", "encapsed_string")
            if written and NAME.match(table) and RECEIVER.match(receiver):
                yield TableUse(scope, table, BUILDERS[called], node.start_point[0] + 1, "inferred")


FRAMEWORK = PhpSql()
