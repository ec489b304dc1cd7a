"""What makes a table hard to copy and to compare: a case in; rules data.no-key, data.inexact-money and data.files-in-table out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report
from agent.assessment.data.shapes import kind_of_type
from agent.assessment.reading import Source
from agent.assessment.reading.schemas import Column, Table
from agent.domain.finding import Evidence, Finding, Rule
from agent.domain.wording import counted, listed

__all__ = ["RULES", "look"]

RULES = (
    Rule(
        id="data.no-key", lens="data", severity="medium", title="A table has no key",
        matches="CREATE TABLE of two columns or more with neither a primary key nor a unique one, in it or added later.",
        why="Change data capture and reconciliation need to know which row is which; rows that are alike cannot be told apart or counted once.",
        remedy="Declare the key that the code means, or add one before the table is replicated; look for doubles first.",
        step="Make tables ready to move",
    ),
    Rule(
        id="data.inexact-money", lens="data", severity="low", title="Money is kept in floating-point columns",
        matches="Columns and mapped fields named amount, price, total, balance, cost, fee and the like, of a floating-point type.",
        why="Sums depend on their order, so the comparison after a move differs by cents, and another database rounds otherwise.",
        remedy="Change to a decimal type or whole cents before the move, and compare with a stated tolerance until then.",
        step="Make tables ready to move", references=("CWE-1339",),
    ),
    Rule(
        id="data.files-in-table", lens="data", severity="low", title="Files are kept in a table",
        matches="Columns for binary data: BLOB, BYTEA, IMAGE, VARBINARY(MAX), binary fields of mapped classes.",
        why="They make most of the volume of a copy, of each backup and of a managed database's bill.",
        remedy="Move them to an object store with the table's key and a checksum, first for new rows, then for old ones; measure their volume before the window is planned.",
        step="Make tables ready to move",
    ),
)  # fmt: skip
BY_ID = {rule.id: rule for rule in RULES}

_MONEY = re.compile(
    r"(?i)(?:^|_)(?:price|cost|fee|fees|premium|salary|wage|tax|vat|credit_limit|revenue|charge|refund|subtotal|turnover)(?:_|$)"
)
# Words that count milk as well as money: only beside money.
_MAYBE_MONEY = re.compile(r"(?i)(?:^|_)(?:amount|amt|total|balance|paid|net|gross|deposit|payment)(?:_|$)")
_OF_MONEY = re.compile(
    r"(?i)(?:^|_)(?:\w*payments?|\w*invoices?|bills?|billing|accounts?|deposits?|refunds?|orders?|transactions?|ledger|journal|expenses?|salar(?:y|ies)|wages?|fees?|credits?|currency|customers?|budgets?)(?:_|$)"
)
_NO_MONEY = re.compile(
    r"(?i)(?:^|_)(?:pct|percent|rate|count|qty|quantity|days|weight|ratio|hours|minutes)(?:_|$)|_(?:at|on|id|flag|status)$"
)
_FLOAT = re.compile(r"(?i)^(?:float\d?|real|double(?:[ _]precision)?|binary_(?:float|double)|single|FloatField)\b")
_MAPPED_FLOAT = re.compile(r"\b(?:Float|Double|REAL|FLOAT)\b")
_MAPPED_BINARY = re.compile(r"\b(?:LargeBinary|BLOB|BINARY|VARBINARY|BYTEA)\b")
_PASSING = re.compile(r"(?i)(?:^|_)(?:tmp|temp|staging|stage|work|scratch|import|export|backup)(?:_|$|\d)")


LEAST = 2  # a table of one column counts or marks something


def look(case: Case) -> Iterator[Finding]:
    """One finding a table for keys, one a file for columns."""
    sources = {source.path: source for source in case.sources}
    money: dict[str, list[Evidence]] = {}
    binary: dict[str, list[Evidence]] = {}
    for name, table in case.tables.items():
        yield from _no_key(case, table, sources.get(table.path))
        for column in table.columns:
            line = _line(sources.get(column.path), column)
            place = evidence(column.path, column.line, f"{name}.{column.name} {column.type}")
            if _is_float(column, line) and _is_money(table, column.name):
                money.setdefault(column.path, []).append(place)
            if _is_binary(column, line):
                binary.setdefault(column.path, []).append(place)
    for rule, by_path in (("data.inexact-money", money), ("data.files-in-table", binary)):
        for path, places in sorted(by_path.items()):
            names = [e.text.rpartition(" ")[0] for e in places]
            yield report(
                case, BY_ID[rule], f"{path} {' '.join(sorted(names))}", places,
                title=f"{BY_ID[rule].title}: {listed(names, 4)}", detail=f"{counted(len(places), 'column')}. {BY_ID[rule].why}",
            )  # fmt: skip


def _no_key(case: Case, table: Table, source: Source | None) -> Iterator[Finding]:
    if (
        source is None
        or source.language not in ("sql", "pl/sql")
        or len(table.columns) < LEAST
        or _PASSING.search(table.name)
    ):
        return
    if any(c.keyed for c in table.columns) or _has_key(case, table, source):
        return
    yield report(
        case, BY_ID["data.no-key"], table.name, [evidence(table.path, table.line, f"{table.name}: {counted(len(table.columns), 'column')} and no key")],
        title=f"Table {table.name} has no key",
    )  # fmt: skip


_KEY = r"\bPRIMARY\s+KEY\b|\bUNIQUE\b"


def _has_key(case: Case, table: Table, source: Source) -> bool:
    """A key in the statement, or added by ALTER TABLE or CREATE UNIQUE INDEX in any SQL of the repository."""
    start = source.line_span(table.line)[0]
    end = source.code.find(";", start)
    if re.search(_KEY, source.code[start : end if end > 0 else start + 4000], re.IGNORECASE):
        return True
    name = re.escape(table.name)
    added = re.compile(
        rf"(?i)\bALTER\s+TABLE\s+(?:ONLY\s+)?[\"`\[]?(?:\w+[\"`\]]?\.[\"`\[]?)?{name}\b[^;]{{0,400}}?(?:{_KEY})|"
        rf"\bCREATE\s+UNIQUE\s+(?:CLUSTERED\s+)?INDEX\b[^;(]{{0,200}}?\bON\s+[\"`\[]?(?:\w+[\"`\]]?\.[\"`\[]?)?{name}\b"
    )
    return any(added.search(s.code) for s in case.sources if s.language in ("sql", "pl/sql") and table.name in s.lower)


def _line(source: Source | None, column: Column) -> str:
    if source is None or source.language not in ("python", "java", "javascript", "typescript", "csharp"):
        return ""
    start, end = source.line_span(column.line)
    return source.code[start : min(end, start + 400)]


def _is_float(column: Column, line: str) -> bool:
    return bool(_FLOAT.search(column.type.strip()) or (line and _MAPPED_FLOAT.search(line)))


def _is_money(table: Table, name: str) -> bool:
    words = _words(name)
    if _NO_MONEY.search(words):
        return False
    if _MONEY.search(words):
        return True
    beside = any(_MONEY.search(_words(c.name)) or "currency" in c.name.lower() for c in table.columns)
    return bool(_MAYBE_MONEY.search(words)) and (beside or bool(_OF_MONEY.search(table.name)))


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)


def _is_binary(column: Column, line: str) -> bool:
    return kind_of_type(column.type)[0] == "bytes" or bool(line and _MAPPED_BINARY.search(line))
