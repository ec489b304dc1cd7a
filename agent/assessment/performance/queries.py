"""Queries in loops, unbounded reads and missing indexes: a case in, findings out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report
from agent.assessment.performance.paths import Paths
from agent.assessment.performance.rules import BY_ID
from agent.assessment.reading import Block, Source, loops
from agent.assessment.reading.schemas import Column, Table
from agent.domain.code import Dependency
from agent.domain.finding import Evidence, Finding
from agent.domain.wording import counted

__all__ = ["missing_indexes", "queries_in_loops", "runs_query", "unbounded_reads"]

# A loop over a literal or a few tries runs a known number of times.
_FEW = re.compile(
    r"\bin\s+(?:\(|\[)[^()\[\]\n]*[\])]|\bin\s+range\(\s*\d{1,2}\s*\)|=\s*\d+\s*;\s*\w+\s*<=?\s*\d{1,2}\s*;|\bas\b.{0,0}\barray\(|\(\s*(?:array\s*\(|\[)|\bwhile\s*\(?\s*(?:True|true|1)\b"
)


def queries_in_loops(case: Case, paths: Paths) -> Iterator[Finding]:
    """One finding for each function with such a loop."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    sources = {s.path: s for s in case.sources}
    for source in case.sources:
        if source.role != "code" or not (paths.uses.get(source.path) or paths.calls.get(source.path)):
            continue
        spans = [span for block in loops(source) if (span := _lines(source, block))]
        if not spans:
            continue
        for edge in paths.uses.get(source.path, ()):
            if runs_query(source, edge.line) and (loop := _loop_of(spans, edge.line)) is not None:
                found[edge.source].append(
                    evidence(
                        source.path,
                        edge.line,
                        f"{edge.kind}s {edge.target[6:]} in the loop of line {loop}",
                        edge.resolution,
                    )
                )
        for edge in paths.calls.get(source.path, ()):
            if edge.target == edge.source or (loop := _loop_of(spans, edge.line)) is None:
                continue
            used = _first_use(paths, edge, sources)
            if used is not None:
                text = f"calls {edge.target.rpartition('.')[2]}, which {used.kind}s {used.target[6:]} (line {used.line} of {used.path}), in the loop of line {loop}"
                found[edge.source].append(
                    evidence(
                        source.path,
                        edge.line,
                        text,
                        "inferred" if "inferred" in (edge.resolution, used.resolution) else "exact",
                    )
                )
    for function, places in sorted(found.items()):
        requested = paths.is_requested(function)
        tables = sorted({t for p in places for t in re.findall(r"(?:reads|writes) ([\w.-]+)", p.text)})
        yield report(
            case, BY_ID["performance.query-in-loop"], f"{function} {' '.join(tables)}", places,
            title=f"{function} queries {', '.join(tables[:4])} in a loop",
            severity="medium" if requested else "low",
            detail=("A request runs it. " if requested else "No route was found to reach it: a job, or called otherwise. ") + BY_ID["performance.query-in-loop"].why,
        )  # fmt: skip


_QUERY = re.compile(
    r"\.objects\b|\.query\b|\b(?:session|em|entityManager)\.(?:query|get|execute|scalars?|find|createQuery|createNamedQuery|persist|merge)\b|"
    r"\.(?:filter|filter_by|first|all|one|one_or_none|get_or_404|first_or_404|scalar|findBy\w*|findAll\w*|findOne\w*|findById|executeQuery|executeUpdate|execute|executemany|save|saveAll|saveAndFlush|delete|"
    r"update_or_create|get_or_create|insert\w*|update\w*|query\w*|queryFor\w*|select\w*|fetch\w*|createQuery|createNamedQuery|prepare|prepareStatement|run|exec)\s*\(|\b\w*(?:db|sql|query)_?\w*\s*\(",
    re.IGNORECASE,
)
_SQL = re.compile(r"(?i)[\"'`]\s*(?:SELECT\s|INSERT\s|UPDATE\s|DELETE\s|REPLACE\s|MERGE\s|CALL\s)|\bEXEC\s+SQL\b")


def runs_query(source: Source, line: int) -> bool:
    """Whether the line sends a statement: setting a mapped object's field, or adding one to a session, does not by itself."""
    start, end = source.line_span(line)
    return bool(_SQL.search(source.plain, start, end) or _QUERY.search(source.code, start, end))


def _first_use(paths: Paths, edge: Dependency, sources: dict[str, Source]) -> Dependency | None:
    uses = [u for u in paths.direct.get(edge.target, ()) if u.path in sources and runs_query(sources[u.path], u.line)]
    return min(uses, key=lambda e: (e.line, e.target)) if uses else None


def _lines(source: Source, block: Block) -> tuple[int, int, int] | None:
    """(line of the head, first and last line of the body); None for loops that run a few times only."""
    head = source.plain[block.head : min(block.start + 1, block.head + 400)]
    if _FEW.search(head):
        return None
    first, last = source.line(block.start), source.line(block.end)
    start = source.line(block.head)
    return (start, first + 1, last) if last > first else None


def _loop_of(spans: list[tuple[int, int, int]], line: int) -> int | None:
    inside = [head for head, first, last in spans if first <= line <= last]
    return max(inside) if inside else None


_ALL = re.compile(
    r"\.objects\.all\(\)(?!\s*(?:\[|\.(?!order_by|select_related|prefetch)))|\.query\.(?:order_by\([^()\n]*\)\.)?all\(\)|\.findAll\(\s*\)|::all\(\)|\.find\(\s*(?:\{\s*\})?\s*\)(?!\s*\.(?:limit|skip))"
)
_SELECT = re.compile(r"(?i)\bSELECT\b(?P<what>[\s\S]{1,600}?)\bFROM\s+(?:\w+\.)?(?P<table>\w+)(?P<rest>[\s\S]*)")
_BOUND = re.compile(
    r"(?i)\b(?:WHERE|LIMIT|TOP|FETCH\s+FIRST|ROWNUM|HAVING|GROUP\s+BY|DISTINCT|JOIN|UNION|SAMPLE|OFFSET)\b|\b(?:COUNT|SUM|MAX|MIN|AVG)\s*\(|,\s*\w+\s+\w+"
)


# Rows that carry the day on which they came are events; what has none is a list that somebody keeps.
_DATED = re.compile(
    r"(?i)^(?!.*(?:updat|modif|chang|valid|last|birth|expir|start|end|until|login))(?:created\w*|\w*_?date|date_\w+|\w+_at|inserted\w*|added\w*|entered\w*|"
    r"ordered\w*|sent\w*|placed\w*|booked\w*|time|timestamp|\w*stamp|day|when\w*|ts|created)$"
)


def _is_key(column: Column) -> bool:
    """Whether a day identifies its row: that is a calendar which somebody keeps."""
    return column.keyed and not re.search(r"(?i)_at$|time|stamp", column.name)


def unbounded_reads(case: Case, paths: Paths) -> Iterator[Finding]:
    """One finding for each table: the reads without a bound, and one write that makes it grow."""
    growing: dict[str, Dependency] = {}
    dated = {
        f"table:{n}" for n, t in case.tables.items() if any(_DATED.match(c.name) and not _is_key(c) for c in t.columns)
    }
    for edges in paths.uses.values():
        for edge in edges:
            if edge.kind == "write" and edge.target.lower() in dated and paths.is_requested(edge.source):
                growing.setdefault(edge.target, edge)
    found: dict[str, list[Evidence]] = defaultdict(list)
    sources = {s.path: s for s in case.sources}
    for path, edges in sorted(paths.uses.items()):
        source = sources.get(path)
        if source is None:
            continue
        for edge in edges:
            if (
                edge.kind == "read"
                and edge.target in growing
                and paths.is_requested(edge.source)
                and _is_unbounded(source, edge)
            ):
                found[edge.target].append(
                    evidence(
                        path,
                        edge.line,
                        f"reads all of {edge.target[6:]}: {source.shown(source.line_span(edge.line)[0])}",
                        edge.resolution,
                    )
                )
    for table, places in sorted(found.items()):
        grows = growing[table]
        why = (
            f"A request writes it at {grows.path}:{grows.line}, so it grows. {BY_ID['performance.unbounded-read'].why}"
        )
        yield report(
            case,
            BY_ID["performance.unbounded-read"],
            table,
            places,
            title=f"Requests read {table[6:]} as a whole",
            detail=why,
        )


def _is_unbounded(source: Source, edge: Dependency) -> bool:
    start, end = source.line_span(edge.line)
    line = source.code[start:end]
    if _ALL.search(line) and not re.search(
        r"\blimit\b|\bpaginat|\[\s*:|\bfirst\b|\bcount\b|queryset\s*=|ModelChoice", line
    ):
        return True
    for a, b in source.strings:
        if not (start <= a < end):
            continue
        m = _SELECT.search(source.text, a, b)
        if (
            m
            and m["table"].lower() == edge.target[6:].lower()
            and not _BOUND.search(m.group())
            and "$" not in m.group()
            and "{" not in m.group()
        ):
            after = source.code[b : b + 40].lstrip()
            return (
                not after.startswith(("+", ".", "%", "||")) and not after[:1].isalpha() and after[:1] not in ("'", '"')
            )
    return False


_TABLES = re.compile(
    r"(?i)\b(?:FROM|JOIN|UPDATE|,)\s+(?:\w+\.)?[\"`\[]?(\w+)[\"`\]]?(?:\s+(?:AS\s+)?(?!FROM\b|WHERE\b|SET\b|ON\b|JOIN\b|LEFT\b|RIGHT\b|INNER\b|OUTER\b|ORDER\b|GROUP\b|USING\b|VALUES\b|FULL\b|CROSS\b|NATURAL\b|LIMIT\b|AND\b|UNION\b|HAVING\b|FOR\b|WITH\b)(\w+))?"
)
_CONDITION = re.compile(
    r"(?i)(?<![\w.])(?:(\w+)\.)?(\w+)\s*(?:=|\bIN\b)\s*(?:\(\s*)?(?:\?|%s|%\(|:\w|'|\"|\$|@|#\{|\d|\Z)"
)
_CONSTANT = re.compile(r"\d+(?![\d.]*\s*\?)|'[^'?$%{#:@]+'|\"[^\"?$%{#:@]+\"")
_FLAG_TYPE = re.compile(r"(?i)^(?:char|varchar2?|nchar)\s*\(\s*[12]\s*\)|^bool|^bit\b|^tinyint\s*\(\s*1\s*\)")
_COARSE = re.compile(
    r"(?i)^(?:status|state|active|is_\w+|deleted|enabled|kind|type|flag|open|closed|done|sent|paid|locked|gender|role|level|priority|lang|language|hidden|visible|published|\w*_(?:flag|type|status|yn|kind))$"
)
_FINE = re.compile(
    r"(?i)(?:id|no|nr|num|number|code|sku|token|e?mail|login|user|username|key|ref|reference|uuid|slug|name|isbn|account|symbol)$"
)
_VERB = re.compile(r"(?i)^\s*(?:SELECT|UPDATE|DELETE)\b")


def missing_indexes(case: Case) -> Iterator[Finding]:
    """One finding for each column."""
    tables = {n: t for n, t in case.tables.items() if t.columns}
    if not tables:
        return
    found: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
    for source in case.sources:
        if source.role != "code" and source.language != "xml":
            continue
        for at, text in _statements(source):
            for table, column in _unindexed(text, tables):
                found[table, column].append(evidence(source.path, source.line(at), f"looks for {table}.{column}"))
    for (table, column), places in sorted(found.items()):
        declared = tables[table]
        where = [c for c in declared.columns if c.name.lower() == column]
        keys = ", ".join(sorted(declared.indexed & {c.name.lower() for c in declared.columns})) or "none"
        yield report(
            case, BY_ID["performance.missing-index"], f"{table} {column}",
            [*places, *(evidence(c.path, c.line, f"{table}.{c.name} is declared without an index") for c in where)],
            title=f"Queries look for {table}.{column} without an index",
            detail=f"{counted(len(places), 'statement')}; keys and indexes of {table} start with: {keys}. {BY_ID['performance.missing-index'].why}",
        )  # fmt: skip


def _statements(source: Source) -> Iterator[tuple[int, str]]:
    if source.language == "xml":
        if "<select" in source.lower or "<update" in source.lower:
            for m in re.finditer(r"<(select|update|delete)\b[^>]*>([\s\S]{0,4000}?)</\1>", source.plain):
                yield m.start(2), re.sub(r"<[^>]*>", " ", m.group(2))
        return
    previous_end, joined, first = -1, "", 0
    for a, b in source.strings:
        text = source.text[a + 1 : b - 1]
        between = source.code[previous_end:a] if 0 <= previous_end <= a and a - previous_end < 200 else None
        if (
            joined
            and between is not None
            and re.fullmatch(r"[\s+.fFrRuU\\]*(?:\(\s*\w+\s*\)\s*)?[\w$>\[\]().\s-]{0,60}?[\s+.fFrR\\]*", between)
            and ";" not in between
            and ")," not in between
            and ("+" in between or "." in between or not between.strip(" \n\\fFrR"))
        ):
            joined += (" ? " if re.search(r"\w{2,}|\$", between) else "") + text
        else:
            if joined:
                yield first, joined
            joined, first = (text, a) if _VERB.match(text.lstrip("\"'")) else ("", 0)
        previous_end = b
    if joined:
        yield first, joined


def _unindexed(text: str, tables: dict[str, Table]) -> Iterator[tuple[str, str]]:
    """(table, column) of conditions without an index, when none of the statement's conditions on the table has one."""
    where = re.search(r"(?i)\bWHERE\b", text)
    if where is None or len(re.findall(r"(?i)\bSELECT\b", text)) > 1:
        return
    aliases: dict[str, str] = {}
    for m in _TABLES.finditer(text, 0, where.start()):
        name = m.group(1).lower()
        if name in tables:
            aliases[name] = name
            if m.group(2):
                aliases[m.group(2).lower()] = name
    rest = re.split(r"(?i)\b(?:ORDER|GROUP)\s+BY\b", text[where.end() :])[0]
    if not aliases or re.search(r"(?i)\bOR\b", rest):
        return
    asked: dict[str, set[str]] = defaultdict(set)
    for m in _CONDITION.finditer(rest):
        if _CONSTANT.match(rest, m.end() - 1):
            continue  # the statement names one value: a flag more often than not
        holder = aliases.get(m.group(1).lower()) if m.group(1) else None
        if holder is None and not m.group(1):
            owners = {
                t for t in aliases.values() if any(c.name.lower() == m.group(2).lower() for c in tables[t].columns)
            }
            holder = owners.pop() if len(owners) == 1 else None
        if holder and any(c.name.lower() == m.group(2).lower() for c in tables[holder].columns):
            asked[holder].add(m.group(2).lower())
    joins = {m.group(2).lower() for m in re.finditer(r"(?:(\w+)\.)(\w+)\s*=\s*\w+\.\w+", text)}
    for table, columns in sorted(asked.items()):
        if columns & tables[table].indexed or (joins & tables[table].indexed and len(set(aliases.values())) > 1):
            continue
        flags = {c.name.lower() for c in tables[table].columns if _FLAG_TYPE.search(c.type)}
        fine = sorted(
            (c for c in columns if not _COARSE.match(c) and c not in flags), key=lambda c: (not _FINE.search(c), c)
        )
        if fine:
            yield table, fine[0]
