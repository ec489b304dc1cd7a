"""The data of COBOL programs: files by SELECT and OPEN, datasets by DD name, tables by EXEC SQL and DCLGEN.

Reads each program's `Scan`; links file names to the datasets that jobs give them. A file that no job in the repository
names stays ``table:`` and its DD name; one that jobs print, dummy out or give a work file is no data. A subprogram's files are those of the programs that call it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.code import Dependency
from agent.domain.facts import Column, Entity, FileFacts, Fragment, Wiring
from agent.domain.linking import Linking
from agent.frameworks.jcl_datasets import Datasets

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "CobolData", "host_free"]

MAX_SQL = 60_000
MAX_DEPTH = 6
CURSOR = re.compile(
    r"(?is)\s*DECLARE\s+[\w-]{1,40}\s+(?:\w{1,12}\s+){0,4}CURSOR\s+(?:WITH\s+\w{1,8}\s+(?:\w{1,8}\s+)?)?FOR\s+"
)
TABLE = re.compile(r"(?is)\s*DECLARE\s+([\w$#@.\"]{1,128})\s+TABLE\s*\(")
HOST = re.compile(r":\s?[A-Za-z0-9][\w.-]{0,80}(?:\s{0,3}:[A-Za-z0-9][\w.-]{0,80})?")
INTO = re.compile(r"(?i) \bINTO \?(?: ?, ?\?){0,500}(?= FROM\b)")
CURRENT = re.compile(r"(?is)\bWHERE\s+CURRENT\s+OF\s+[\w-]{1,40}")
TAIL = re.compile(r"(?is)\b(?:WITH\s+(?:UR|CS|RS|RR)|FOR\s+(?:UPDATE|FETCH|READ)\s+ONLY|FOR\s+UPDATE(?:\s+OF\s+[\w\s,]{1,400})?|QUERYNO\s+\d+|"
                  r"OPTIMIZE\s+FOR\s+\d+\s+ROWS?)\s*\Z")  # fmt: skip
STATEMENT = re.compile(r"(?i)\s*(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|TRUNCATE|LOCK)\b")
DYNAMIC = re.compile(r"(?i)\s*(?:PREPARE\b|EXECUTE\s+IMMEDIATE\b)")
COLUMN = re.compile(r"\s*([\w$#@\"]{1,128})\s+(\w{1,30}(?:\s{0,3}\([^()]{0,40}\))?)")


class CobolData:
    """Records: ``file`` (name outside the program, read or write, how sure)."""

    name = "cobol_data"
    languages = frozenset({"cobol"})
    markers: tuple[bytes, ...] = ()

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with file accesses, SQL fragments and tables that DCLGEN declares."""
        if root is None:
            return facts
        fragments, entities = [], []
        records = list(_files(root))
        for block in root.blocks:
            if block.kind != "SQL":
                continue
            if table := TABLE.match(block.text):
                entities.append(Entity("", table.group(1), block.line, _columns(block.text[table.end() :]), self.name))
            elif DYNAMIC.match(block.text):
                records.append(Wiring(self.name, "unresolved", block.scope, block.line, ("SQL statement",)))
            elif text := host_free(block.text):
                fragments.append(Fragment("sql", text, block.line, block.scope))
        return msgspec.structs.replace(
            facts,
            wirings=facts.wirings + tuple(records),
            fragments=facts.fragments + tuple(fragments),
            entities=facts.entities + tuple(entities),
        )

    def link(self, project: Project) -> Linking:
        """Datasets of all jobs, and each program's files as the datasets that its DD names mean."""
        datasets = Datasets(project)
        callers = _callers(project)
        edges = list(datasets.dependencies)
        for path, wiring in project.wirings(self.name, "file"):
            external, mode, sure = wiring.args
            program = project.symbol_at(path, "")
            found, resolution = _meant(datasets, callers, program, external)
            if found is None:
                continue
            targets = found or (datasets.table(external, path, wiring.line),)
            for target in targets:
                how = "inferred" if "inferred" in (sure, resolution) else "exact"
                source = project.symbol_at(path, wiring.scope)
                edges.append(Dependency(source, target, mode, path, wiring.line, how))
        return Linking(symbols=tuple(datasets.symbols), dependencies=tuple(edges))

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """COBOL has no entities."""
        return ""


# ---------------------------------------------------------------- one file


def _files(scan: Any) -> Iterator[Wiring]:
    """OPEN, READ, WRITE ... as accesses of the name that the file is assigned to; WRITE and REWRITE name records."""
    records = {item.name: item.file for item in scan.items if item.file and item.level == 1}
    copied = sorted(scan.copied_records)
    seen: set[tuple[str, str, str]] = set()
    for use in scan.file_uses:
        name, sure = use.name, "exact"
        if use.verb in ("WRITE", "REWRITE"):
            name = records.get(use.name, use.name if use.name in scan.selects else "")
            if not name and len(copied) == 1:
                name, sure = copied[0], "inferred"  # the only record whose name a copybook hides
        if name not in scan.selects or name in scan.sorts:
            continue
        external = scan.selects[name][0]
        for mode in ("read", "write") if use.mode == "update" else (use.mode,):
            if (use.scope, external, mode) not in seen:
                seen.add((use.scope, external, mode))
                yield Wiring("cobol_data", "file", use.scope, use.line, (external, mode, sure))


def host_free(text: str) -> str:
    """A statement as other SQL readers know it: host variables as ``?``, no cursor, no INTO; ``""`` for the rest."""
    if len(text) > MAX_SQL:
        return ""
    cursor = CURSOR.match(text)
    text = text[cursor.end() :] if cursor else text
    if not STATEMENT.match(text):
        return ""
    text = INTO.sub("", " ".join(HOST.sub("?", text).split()))
    return TAIL.sub("", TAIL.sub("", CURRENT.sub("WHERE 1 = 1", text).strip()).strip()).strip()


def _columns(text: str) -> tuple[Column, ...]:
    parts, start, depth = [], 0, 1
    for place, character in enumerate(text[:MAX_SQL]):
        depth += (character == "(") - (character == ")")
        if depth == 0 or (character == "," and depth == 1):
            parts.append(text[start:place])
            start = place + 1
        if depth == 0:
            break
    matches = (COLUMN.match(part) for part in parts)
    return tuple(Column(m.group(1).strip('"'), m.group(2).upper()) for m in matches if m is not None)


# ---------------------------------------------------------------- all files


def _callers(project: Project) -> dict[str, list[str]]:
    """Program -> programs that call it by a literal or through one known item."""
    found: dict[str, list[str]] = {}
    for path in project.files("cobol"):
        source = project.symbol_at(path, "")
        for reference in project.facts(path).references:
            if reference.kind != "call" or not reference.name.startswith("'"):
                continue
            target = project.resolve(path, reference.scope, reference.name).target
            if target and target != source and source not in found.setdefault(target, []):
                found[target].append(source)
    return found


def _meant(
    datasets: Datasets, callers: dict[str, list[str]], program: str, external: str
) -> tuple[tuple[str, ...] | None, str]:
    """The datasets that jobs give a DD name: for the program itself, else for those that call it, nearest first.

    None when they say that it is no dataset. For a program that no job runs, what the name means in all others.
    """
    frontier, seen = [program], {program}
    for depth in range(MAX_DEPTH):
        found = dict.fromkeys(dataset for p in frontier for dataset in datasets.of(p, external))
        if found:
            return tuple(found), "exact" if depth == 0 else "inferred"
        if any(datasets.has_none(p, external) for p in frontier):
            return None, "exact"
        frontier = [c for p in frontier for c in callers.get(p, ()) if c not in seen]
        seen.update(frontier)
    common = datasets.by_name(external)
    return ((common,), "inferred") if common else ((), "exact")


FRAMEWORK = CobolData()
