"""SQL in Python beyond single literals: statements inside operands, and tables whose names a variable or parameter brings.

One file's strings and calls in; SQL fragments, table uses and records out. A function that puts a parameter where a statement
names its table makes every call that gives it a literal a use of that table: linked once all files are known. What was not
written next to its statement is inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from agent.domain.facts import Definition, FileFacts, Wiring
from agent.domain.linking import Linking
from agent.frameworks.python_sql_linking import link_tables
from agent.frameworks.python_sql_strings import read_statements
from agent.frameworks.python_syntax import python_syntax
from agent.ports import Project

__all__ = ["FRAMEWORK", "PythonSql"]

WORDS = (
    b"SELECT",
    b"INSERT",
    b"UPDATE",
    b"DELETE",
    b"TRUNCATE",
    b"REPLACE",
    b"select ",
    b"insert ",
    b"update ",
    b"delete ",
)
# A string that begins like a statement; without one there is no need for the tree.
BEGINS = re.compile(
    rb"[\"'][ \t\r\n(\\]{0,80}(?:SELECT|INSERT|UPDATE|DELETE|TRUNCATE|REPLACE|ALTER|MERGE|select|insert|update|delete|truncate|replace)[ \t\r\n]"
)
# A literal that could name a table, or a variable that says it does, among the first three arguments of a call.
LITERAL = rb"(?:[ub]?(?:'(?P<one>[A-Za-z_][\w.]{0,62})'|\"(?P<two>[A-Za-z_][\w.]{0,62})\")|(?P<variable>\w{0,20}(?:table|tbl)\w{0,20}))"
NAMED = rb"(?:(?P<keyword>\w{0,20}(?:table|tbl)\w{0,20})[ \t]{0,2}=[ \t]{0,2})?" + LITERAL + rb"[ \t\r\n]{0,40}[,)]"
CALL = re.compile(rb"(?<=\w)\([ \t\r\n]{0,40}(?P<before>(?:[\w.]{1,40},[ \t\r\n]{0,40}){0,2})" + NAMED)
NEXT = re.compile(rb"[ \t\r\n]{0,40}(?P<before>(?:[\w.]{1,40},[ \t\r\n]{0,40}){0,2})" + NAMED)
MAX_NAMES = 3  # of one call
CALLEE = re.compile(rb"[A-Za-z_][\w.]{0,120}\Z")
VERB = re.compile(
    r"(?i)insert|update|delet|remov|save|store|upsert|replace|truncat|purge|clear|empty|select|fetch|find|load|look|count|exist|query"
    r"|rows?\Z|row_|record|table|tbl|sql|creat|copy|dump|export|import|drop"
    r"|(?:\A|_)(?:add|put|get|read|write|all|one|value|scalar|max|next|last)(?:_|\Z)"
)
ALONE = frozenset(
    {"get", "add", "put", "remove", "count", "find", "read", "write", "update", "query"}
)  # of a dict, set or string
NEVER = frozenset(
    "getattr setattr hasattr delattr isinstance append extend put_nowait getLogger setdefault startswith".split()
)
ASSIGNED = (b"able = ", b"ABLE = ", b"able_name = ", b"able= ", b"able=", b"ABLE_NAME = ", b"tbl = ", b"ablename = ")
ATTRIBUTE = re.compile(
    rb"(?m)^[ \t]{1,40}(_{0,2}\w{0,20}(?:table|tbl|TABLE)\w{0,20})[ \t]{0,8}=[ \t]{0,8}u?[\"']([A-Za-z_][\w.]{0,62})[\"']"
)
PARAMETERS = re.compile(rb"def[ \t]{1,8}\w{1,120}[ \t]{0,8}\(((?:[^()]|\([^()]{0,100}\)){0,800})\)")
MAX_RECORDS = 2_000


class PythonSql:
    """The `Framework` of SQL that no ORM writes."""

    name = "python_sql"
    languages = frozenset({"python"})
    markers: tuple[bytes, ...] = ()

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """Fragments and uses that the file shows by itself; calls and parameters as records."""
        if root is None:
            return facts
        calls = tuple(_calls(source, facts))
        attributes = tuple(_attributes(source, facts)) if any(word in source for word in ASSIGNED) else ()
        if not (any(word in source for word in WORDS) and BEGINS.search(source)):
            if not calls and not attributes:
                return facts
            return msgspec.structs.replace(facts, wirings=(*facts.wirings, *calls, *attributes))
        found = read_statements(python_syntax(root, source), root)
        return msgspec.structs.replace(
            facts,
            wirings=(*facts.wirings, *calls, *attributes, *found.wirings),
            fragments=(*facts.fragments, *found.fragments),
            table_uses=(*facts.table_uses, *found.uses),
        )

    def link(self, project: Project) -> Linking:
        """The tables that calls and subclasses name."""
        return Linking(table_uses=tuple(link_tables(project)))

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """No entities are declared here."""
        return ""


def _calls(source: bytes, facts: FileFacts) -> Iterator[Wiring]:
    """``call`` records (callee, position or keyword, literal, variable, its place among the parameters): found in the text, kept where a call was parsed.

    Text first, because most files have none and a walk through their trees would cost more than all the rest.
    """
    places = _Places(source, facts.definitions)
    candidates: list[tuple[re.Match[bytes], str, int]] = []
    for match in CALL.finditer(source):
        written = CALLEE.search(source[max(0, match.start() - 120) : match.start()])
        chain = written.group().decode("ascii", "replace").lstrip(".") if written else ""
        name = chain.rpartition(".")[2]
        alone = name in ALONE and source[match.end() - 1] == 41 and not match["before"]
        if not alone and name not in NEVER and VERB.search(name):
            candidates.append((match, chain, places.line(match.start())))
            if len(candidates) >= MAX_RECORDS:
                break
    if not candidates:
        return
    lines = {line for _, _, line in candidates}
    parsed: dict[int, list[str]] = {}
    for reference in facts.references:
        if reference.line in lines and reference.kind == "call":
            parsed.setdefault(reference.line, []).append(reference.name)
    for match, chain, line in candidates:
        full = next((name for name in parsed.get(line, ()) if name.endswith(chain)), "")
        if not full:
            continue
        scope = places.scope(line)
        first: re.Match[bytes] | None = match
        place = 0
        for _ in range(MAX_NAMES):
            if first is None:
                break
            place += first["before"].count(b",")
            literal, variable = ((text or b"").decode() for text in (first["one"] or first["two"], first["variable"]))
            position = _position(source, facts.definitions, scope, variable) if variable else ""
            where = first["keyword"].decode() if first["keyword"] else str(place)
            yield Wiring("python_sql", "call", scope, line, (full, where, literal, variable, position))
            place += 1
            first = NEXT.match(source, first.end()) if source[first.end() - 1] == 44 else None


class _Places:
    """Lines and scopes of positions that are asked for in ascending order, in one pass over the file."""

    def __init__(self, source: bytes, definitions: tuple[Definition, ...]) -> None:
        self._source = source
        self._coming = sorted(definitions, key=lambda d: (-d.line, d.end_line, d.name))
        self._around: list[Definition] = []
        self._place, self._line = 0, 1

    def line(self, position: int) -> int:
        """Counted from 1."""
        self._line += self._source.count(b"\n", self._place, position)
        self._place = position
        return self._line

    def scope(self, line: int) -> str:
        """The innermost definition around the line."""
        while self._coming and self._coming[-1].line <= line:
            self._around.append(self._coming.pop())
        while self._around and self._around[-1].end_line < line:
            self._around.pop()
        return self._around[-1].name if self._around else ""


def _position(source: bytes, definitions: tuple[Definition, ...], scope: str, variable: str) -> str:
    """Where a function has that parameter, self and cls not counted; empty when it has none of that name."""
    line = next((d.line for d in definitions if d.name == scope and d.kind == "function"), 0)
    start = -1
    for _ in range(line - 1):
        start = source.find(b"\n", start + 1)
    match = PARAMETERS.search(source, start + 1, start + 1_000) if line else None
    written = re.sub(r"\([^()]*\)|\[[^][]*\]|\{[^{}]*\}", "", match[1].decode("utf-8", "replace")) if match else ""
    names = [part.strip().partition("=")[0].partition(":")[0].strip() for part in written.split(",")]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names
    return str(names.index(variable)) if variable in names else ""


def _attributes(source: bytes, facts: FileFacts) -> Iterator[Wiring]:
    """``attribute`` records (name, table) of class bodies: what a base class may put into its statements."""
    places = _Places(source, facts.definitions)
    classes = {d.name for d in facts.definitions if d.kind == "class"}
    for match in islice(ATTRIBUTE.finditer(source), MAX_RECORDS):
        line = places.line(match.start(1))
        scope = places.scope(line)
        if scope in classes:
            yield Wiring("python_sql", "attribute", scope, line, (match[1].decode(), match[2].decode()))


FRAMEWORK = PythonSql()
