"""SQL in C#: statements in strings, concatenations, interpolations and constants, for ADO.NET, Dapper and EF's raw SQL.

Statements become SQL fragments of the method that holds them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.facts import FileFacts, Fragment
from agent.domain.linking import Linking
from agent.frameworks.csharp_outline import STRINGS, Outline, outline_of, raw, string_text
from agent.frameworks.sql_text import is_statement

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "DotnetSql"]


class DotnetSql:
    """The statement is what tells, whichever API runs it."""

    name = "dotnet_sql"
    languages = frozenset({"csharp"})
    markers: tuple[bytes, ...] = (
        b"SELECT ", b"select ", b"Select ", b"SELECT\n", b"SELECT\r", b"INSERT ", b"insert ", b"UPDATE ", b"update ",
        b"DELETE ", b"delete ", b"MERGE ", b"TRUNCATE ",
    )  # fmt: skip

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with SQL fragments."""
        if root is None:
            return facts
        found = tuple(Fragment("sql", t, n, s) for s, n, t in strings_of(outline_of(root)) if is_statement(t))
        return msgspec.structs.replace(facts, fragments=facts.fragments + found) if found else facts

    def link(self, project: Project) -> Linking:  # noqa: ARG002
        """Statements need no other file."""
        return Linking()

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """No entities are declared here."""
        return ""


def strings_of(outline: Outline) -> Iterator[tuple[str, int, str]]:
    """(scope, line, text) of all strings; one that is put together in a variable comes out whole."""
    for scope, body in outline.bodies():
        known: dict[str, str] = {}
        lines: dict[str, int] = {}
        todo = [body]
        while todo:
            node = todo.pop()
            kind = node.type
            if kind in STRINGS or kind == "binary_expression":
                text = string_text(node, known)
                if text is not None:
                    if not any(text.startswith(value) for value in known.values() if value):
                        yield scope, node.start_point[0] + 1, text
                    continue
            elif kind in ("variable_declarator", "assignment_expression") and node.named_child_count > 1:
                name = raw(node.named_child(0), 100)
                value = node.named_child(node.named_child_count - 1)
                text = string_text(value, known)
                if text is not None:
                    operator = node.child_by_field_name("operator")
                    if operator is not None and raw(operator) == "+=" and name in known:
                        text = known[name] + text
                    elif name in known and not text.startswith(known[name]):
                        yield scope, lines[name], known[name]
                    lines.setdefault(name, value.start_point[0] + 1)
                    known[name] = text[:60_000]
                    continue
            todo.extend(node.named_children[::-1])
        for name, text in known.items():
            yield scope, lines[name], text


FRAMEWORK = DotnetSql()
