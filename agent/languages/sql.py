"""SQL scripts: tables with columns and foreign keys, views, routines, and who reads and writes which table.

A script's module ID is its path; a procedure, function or trigger is ``path#name``. Statements in other languages'
strings are read by `read_statement`, which needs no script.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agent.domain.facts import Column, Definition, Entity, FileFacts, Import, Reference, TableUse
from agent.languages.sql_ddl import CREATE_TABLE, FOREIGN_KEY, NAME, clean_name, columns_of, split_statements
from agent.languages.sql_statement import TableAccess, looks_like_sql, read_statement

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGES", "Sql", "TableAccess", "looks_like_sql", "read_statement"]

MAX_BYTES = 2_000_000
MAX_STATEMENTS = 20_000
COMMENT = re.compile(r"(?s)\A(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?\*/|#[^\n]*(?:\n|\Z))+")
ALTER = re.compile(rf"(?is)\s*alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(?P<name>{NAME})")
VIEW = re.compile(
    rf"(?is)\s*create\s+(?:or\s+(?:replace|alter)\s+)?(?:(?:algorithm|definer)\s*=\s*\S+\s+|sql\s+security\s+\w+\s+|"
    rf"force\s+|materialized\s+|recursive\s+|temp\w*\s+){{0,4}}view\s+(?:if\s+not\s+exists\s+)?(?P<name>{NAME})"
)
INDEX = re.compile(
    rf"(?is)\s*create\s+(?:or\s+replace\s+)?(?:(?:unique|bitmap|fulltext|spatial|clustered|nonclustered|columnstore|hash)\s+){{0,3}}index\s+"
    rf"(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?(?:{NAME}\s+)?(?:using\s+\w+\s+)?on\s+(?:only\s+)?(?P<name>{NAME})"
)
ROUTINE = re.compile(
    rf"(?is)\s*create\s+(?:or\s+(?:replace|alter)\s+)?(?:definer\s*=\s*\S+\s+)?(?:(?:non)?editionable\s+)?"
    rf"(?:procedure|proc|function|trigger|package\s+body|package|event)\s+(?:if\s+not\s+exists\s+)?(?P<name>{NAME})"
)
TRIGGER_ON = re.compile(rf"(?is)\btrigger\b.{{1,400}}?\bon\s+(?P<table>{NAME})")
CALL = re.compile(rf"(?im)^\s*(?:call|exec|execute|perform)\s+(?P<name>{NAME})")
BODY_STEP = re.compile(r"(?is)\b(?:select|insert\s+into|update|delete\s+from|merge\s+into|truncate\s+table|with)\b")
INSERT_HEAD = re.compile(rf"(?is)\s*(?:insert\s+(?:ignore\s+|low_priority\s+)?into|replace\s+into)\s+(?P<name>{NAME})")
DECISION = re.compile(r"(?i)\b(?:if|elsif|elseif|when|while|loop|exception)\b")


class Sql:
    """The `Language` of SQL scripts; dialects are told apart by nothing and tolerated all."""

    name = "sql"
    suffixes = (".sql", ".ddl", ".pks", ".pkb")
    receiver_names: frozenset[str] = frozenset()
    super_names: frozenset[str] = frozenset()
    implicit_receiver = False
    builtins: frozenset[str] = frozenset()

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:  # noqa: ARG002
        """Facts of one script. Never raises: an unreadable file comes back with ``failure`` set."""
        if len(source) > MAX_BYTES:
            return FileFacts(self.name, failure=f"larger than {MAX_BYTES:,} bytes"), None
        return _Script(source.decode("utf-8", "replace").removeprefix("\ufeff")).facts(), None

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """A script is called by its path."""
        return {path: path for path in layout.files(self.name)}

    def unit_kind(self) -> str:
        """A script is a unit."""
        return "module"

    def symbol_id(self, module: str, scope: str) -> str:
        """``db/init.sql`` and ``close_order`` give ``db/init.sql#close_order``."""
        return f"{module}#{scope}" if scope else module

    def resolve_import(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:  # noqa: ARG002
        """Scripts import nothing."""
        return ()

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:  # noqa: ARG002
        """Routines of the other scripts: all of them live in one database."""
        if self._known is None or self._known[0] is not project:
            names: dict[str, str] = {}
            for other in project.files(self.name):
                for definition in project.facts(other).definitions:
                    names.setdefault(definition.name, self.symbol_id(other, definition.name))
            self._known = (project, names)
        return self._known[1]

    _known: tuple[object, dict[str, str]] | None = None


class _Script:
    """One script's statements, read in order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._entities: dict[str, Entity] = {}
        self._definitions: dict[str, Definition] = {}
        self._references: list[Reference] = []
        self._uses: dict[TableUse, None] = {}

    def facts(self) -> FileFacts:
        """Everything the script says."""
        for number, (line, statement) in enumerate(split_statements(self._text)):
            if number >= MAX_STATEMENTS:
                break
            lead = COMMENT.match(statement)
            skipped = lead.end() if lead else 0
            if statement[skipped:]:
                self._statement(statement[skipped:], line + statement.count("\n", 0, skipped))
        return FileFacts(
            "sql",
            code_lines=sum(1 for line in self._text.splitlines() if line.strip()),
            definitions=tuple(self._definitions.values()),
            references=tuple(self._references),
            entities=tuple(self._entities.values()),
            table_uses=tuple(self._uses),
        )

    def _statement(self, statement: str, line: int) -> None:
        first = statement[:12].split(None, 1)[0].lower() if statement.split(None, 1) else ""
        if first == "create":
            self._create(statement, line)
        elif first == "alter":
            self._alter(statement, line)
        elif first in ("insert", "replace") and (head := INSERT_HEAD.match(statement)) and not _selects(statement):
            self._uses[TableUse("", clean_name(head.group("name")).lower(), "write", line)] = None
        else:
            self._read("", statement, line)
        for match in CALL.finditer(statement) if first in ("call", "exec", "execute") else ():
            self._references.append(Reference("", clean_name(match.group("name")), "call", line))

    def _create(self, statement: str, line: int) -> None:
        if table := CREATE_TABLE.match(statement):
            name = clean_name(table.group("name"))
            columns = columns_of(statement, line)
            self._entities.setdefault(name.lower(), Entity("", name.lower(), line, columns, "sql"))
            if not columns:
                self._read("", statement, line, skip="declare")
        elif view := VIEW.match(statement):
            name = clean_name(view.group("name")).lower()
            body = re.compile(r"(?is)\bas\b\s*").search(statement, view.end())
            below: tuple[Column, ...] = ()
            if body:
                start = line + statement.count("\n", 0, body.end())
                # A nameless column that refers to a table: the view stands on it, as a foreign key does.
                below = tuple(
                    Column("", "", start, t) for t in self._read("", statement[body.end() :], start) if t != name
                )
            self._entities.setdefault(name, Entity("", name, line, below, "sql"))
        elif index := INDEX.match(statement):
            self._uses[TableUse("", clean_name(index.group("name")).lower(), "declare", line)] = None
        elif routine := ROUTINE.match(statement):
            self._routine(statement, routine, line)

    def _alter(self, statement: str, line: int) -> None:
        table = ALTER.match(statement)
        if table is None:
            return
        name = clean_name(table.group("name")).lower()
        added = {
            clean_name(column).lower(): clean_name(key.group("table"))
            for key in FOREIGN_KEY.finditer(statement)
            for column in key.group("columns").split(",")
        }
        known = self._entities.get(name)
        if not added:
            self._uses[TableUse("", name, "declare", line)] = None
            return
        columns = list(known.columns) if known else []
        merged = [Column(c.name, c.type, c.line, c.references or added.pop(c.name.lower(), "")) for c in columns]
        merged += [Column(column, "", line, target) for column, target in added.items()]
        self._entities[name] = Entity("", name, known.line if known else line, tuple(merged), "sql")

    def _routine(self, statement: str, routine: re.Match[str], line: int) -> None:
        name = clean_name(routine.group("name"))
        end = line + statement.count("\n")
        complexity = 1 + len(DECISION.findall(statement))
        self._definitions.setdefault(name, Definition(name, "function", line, end, complexity=complexity))
        if on := TRIGGER_ON.match(statement[routine.start() : routine.end() + 400].lstrip().partition(" ")[2]):
            self._uses[TableUse(name, clean_name(on.group("table")).lower(), "read", line)] = None
        body = statement[routine.end() :].replace("$$", ";")
        base = line + statement.count("\n", 0, routine.end())
        for step_line, step in split_statements(body):
            first = BODY_STEP.search(step)
            if first:
                self._read(name, step[first.start() :], base + step_line - 1 + step.count("\n", 0, first.start()))
            for match in CALL.finditer(step):
                self._references.append(Reference(name, clean_name(match.group("name")), "call", base + step_line - 1))

    def _read(self, scope: str, statement: str, line: int, skip: str = "") -> list[str]:
        accesses = [a for a in read_statement(statement) if a.mode != skip]
        tables = sorted({a.table for a in accesses})
        for access in accesses:
            joined = tuple(table for table in tables if table != access.table)
            self._uses[TableUse(scope, access.table, access.mode, line, access.resolution, joined)] = None
        return tables


def _selects(statement: str) -> bool:
    return re.search(r"(?i)\bselect\b", statement[:20_000]) is not None


LANGUAGES = (Sql(),)
