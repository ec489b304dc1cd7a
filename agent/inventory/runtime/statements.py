"""Statement statistics of a database (pg_stat_statements as CSV or JSON): which tables are used together, how often."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from agent.domain.inventory import Location
from agent.inventory.runtime.gathering import Gathered
from agent.inventory.runtime.tabular import header_of, rows_of

__all__ = ["is_statistics", "read_statistics", "tables_of"]

MOST_CHARS = 100_000


def is_statistics(text: str) -> bool:
    """A CSV whose header names query and calls, or JSON rows with these keys."""
    return {"query", "calls"} <= header_of(text)


def read_statistics(name: str, lines: Iterator[str], gathered: Gathered) -> int:
    """Statements whose tables were understood."""
    records = 0
    for number, row in rows_of(name, lines, gathered):
        where = Location(path=name, line=number)
        query, calls = str(row.get("query") or ""), str(row.get("calls") or "")
        if not query or not calls.strip().isdigit() or int(calls) < 1:
            gathered.leave("rows without a query and a count of calls", where)
            continue
        tables = tables_of(query)
        if tables is None:
            gathered.leave("statements that could not be parsed", where)
            continue
        if tables:
            gathered.observe(f"statement {' '.join(query.split())[:80]}", frozenset(), tables, int(calls), where)
        records += 1
    return records


def tables_of(query: str) -> frozenset[str] | None:
    """Tables of one statement, lower case, without the schema; None when it is no SQL that can be read."""
    import sqlglot
    from sqlglot import expressions

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    if len(query) > MOST_CHARS:
        return None
    try:
        # pg_stat_statements writes parameters as $1, which the dialect knows.
        parsed = sqlglot.parse(query, read="postgres", error_level=sqlglot.ErrorLevel.RAISE)
    except (sqlglot.errors.SqlglotError, RecursionError):
        return None
    found: set[str] = set()
    for statement in parsed:
        if statement is None or isinstance(statement, expressions.Command):
            continue
        if isinstance(statement, expressions.Condition | expressions.Alias):
            return None  # "SELEC x" is an expression with an alias, to this parser
        named = {with_.alias_or_name.lower() for with_ in statement.find_all(expressions.CTE)}
        found |= {t.name.lower() for t in statement.find_all(expressions.Table) if t.name} - named
    return frozenset(found)
