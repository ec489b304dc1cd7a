"""JDBC: SQL statements in the strings of Java methods, in constants, concatenations and builders.

Statements become SQL fragments of the method that uses them; the graph stage reads their tables. Statements in another
class's constants are joined to the methods that name them when the project is linked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.facts import FileFacts, Fragment, TableUse, Wiring
from agent.domain.linking import Linking
from agent.frameworks.java_outline import Outline, outline_of
from agent.frameworks.java_strings import texts_of
from agent.frameworks.java_text import HOLE, MARK, MARKED

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "Jdbc", "is_statement"]

STATEMENT = re.compile(
    r"""\A\s*[({]*\s*(?:
        select\s[\s\S]*?\bfrom\b | insert\s+(?:into|ignore|overwrite)\b | update\s+[^\s=]+\s+(?:(?:as\s+)?\w+\s+)?set\b
      | delete\s+from\b | delete\s+\w+\s+where\b | merge\s+into\b | replace\s+into\b | truncate\s+table\b
      | with\s+(?:recursive\s+)?\w+[\s\S]*?\bas\s*\( | create\s+(?:\w+\s+){0,3}(?:table|view|index)\b
      | alter\s+table\b | drop\s+(?:table|view)\b | lock\s+tables?\b )""",
    re.IGNORECASE | re.VERBOSE,
)
OBJECT_QUERIES = frozenset(
    {"createQuery", "createNamedQuery", "createFilter", "createSelectionQuery", "createMutationQuery"}
)
NATIVE_QUERIES = frozenset({"createNativeQuery", "createSQLQuery"})
CANDIDATE = re.compile(
    rb"(?i)\"\s*[({]*\s*(?:select|insert|update|delete|merge|replace|truncate|with|create|alter|drop|lock)\s"
    rb"|\"\"\"|\"\s*(?:select|insert|update|delete|merge|replace|truncate|with)\s*\""
)
NAMED = re.compile(f"{MARK}([^{MARK}]+){MARK}\\Z")


class Jdbc:
    """Records: ``statement`` (a constant that holds SQL) and ``constant_use`` (a method that names another class's)."""

    name = "jdbc"
    languages = frozenset({"java"})
    markers: tuple[bytes, ...] = (
        b"java.sql", b"javax.sql", b"Jdbc", b"jdbc", b"createNativeQuery", b"createSQLQuery", b"prepareStatement",
        b"executeQuery", b"executeUpdate", b"SELECT ", b"select ", b"INSERT ", b"insert ", b"UPDATE ", b"DELETE ",
        b"delete from", b"SQL", b"sql",
    )  # fmt: skip

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with SQL fragments."""
        if root is None:
            return facts
        reaches_out = b"java.sql" in source or b"dbc" in source
        if not reaches_out and not CANDIDATE.search(source):
            return facts
        outline = outline_of(root, source)
        found = list(_read(outline, _queries_objects(facts)))
        wirings = tuple(record for record in found if isinstance(record, Wiring))
        fragments = tuple(record for record in found if isinstance(record, Fragment))
        return msgspec.structs.replace(facts, wirings=facts.wirings + wirings, fragments=facts.fragments + fragments)

    def link(self, project: Project) -> Linking:
        """Tables of SQL constants for the methods that name them; for their own class when no method does."""
        statements: dict[str, tuple[str, Wiring]] = {}
        for path, wiring in project.wirings(self.name, "statement"):
            statements.setdefault(_constant_id(project, path, wiring.scope), (path, wiring))
        uses: list[tuple[str, TableUse]] = []
        named: set[str] = set()
        for path, wiring in project.wirings(self.name, "constant_use"):
            target = _target(project, path, wiring)
            if target in statements:
                named.add(target)
                uses.extend(_copied(project, statements[target], path, wiring.scope, wiring.line))
        for key, (path, wiring) in statements.items():
            if key not in named and not wiring.args[0]:
                uses.extend(_copied(project, (path, wiring), path, wiring.scope.rpartition(".")[0], wiring.line))
        return Linking(table_uses=tuple(uses))

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """JDBC declares no entities."""
        return ""


def is_statement(text: str) -> bool:
    """Whether a string is an SQL statement and not a sentence that begins like one."""
    return STATEMENT.match(text[:20_000]) is not None


def _queries_objects(facts: FileFacts) -> bool:
    """Whether strings that nobody is seen to run are more likely JPQL than SQL here."""
    modules = [i.module for i in facts.imports]
    objects = any("persistence" in m or m.startswith("org.hibernate") for m in modules)
    return objects and not any(m.startswith(("java.sql", "javax.sql", "org.springframework.jdbc")) for m in modules)


def _read(outline: Outline, objects: bool) -> Iterator[Wiring | Fragment]:
    used: set[str] = set()
    for text in texts_of(outline):
        if text.sinks & OBJECT_QUERIES:
            used.add(text.text)
            continue
        alone = NAMED.match(text.text)
        if alone is not None:
            yield Wiring("jdbc", "constant_use", text.scope, text.line, (alone[1],))
        elif is_statement(text.text) and (not objects or text.sinks & NATIVE_QUERIES):
            used.add(text.text)
            yield Fragment("sql", MARKED.sub(HOLE, text.text), text.line, text.scope)
    for key, line in sorted(outline.constant_lines.items()):
        statement = outline.constants[key]
        if is_statement(statement) and not objects:
            # The scope names no symbol: what the statement does belongs to the methods that use the constant.
            yield Wiring("jdbc", "statement", key, line, ("used" if statement in used else "",))
            yield Fragment("sql", MARKED.sub(HOLE, statement), line, key)


def _constant_id(project: Project, path: str, scope: str) -> str:
    owner, _, name = scope.rpartition(".")
    return f"{project.symbol_at(path, owner)}.{name}"


def _target(project: Project, path: str, wiring: Wiring) -> str:
    owner, _, constant = wiring.args[0].rpartition(".")
    if owner:
        return f"{project.resolve(path, wiring.scope, owner).target}.{constant}"
    imported = next((f"{i.module}.{i.name}" for i in project.facts(path).imports if i.alias == constant), "")
    if imported:
        return imported
    home = project.symbol_at(path, wiring.scope.partition(".")[0])
    bases = (f"{base}.{constant}" for base in project.ancestors(home))
    return next((b for b in bases if not b.startswith("external:")), "")


def _copied(
    project: Project, statement: tuple[str, Wiring], path: str, scope: str, line: int
) -> Iterator[tuple[str, TableUse]]:
    """A constant's table uses as those of the scope that names it."""
    holder, wiring = statement
    for use in project.facts(holder).table_uses:
        if use.scope == wiring.scope and use.line == wiring.line:
            yield path, msgspec.structs.replace(use, scope=scope, line=line)


FRAMEWORK = Jdbc()
