"""Statistics of tables as CSV or JSON: how often each was read and written, in the columns of the common databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.domain.inventory import Location
from agent.inventory.runtime.gathering import Gathered
from agent.inventory.runtime.tabular import header_of, rows_of

__all__ = ["is_table_statistics", "read_table_statistics"]

# pg_stat_user_tables; MySQL's table_io_waits_summary_by_table; Oracle's DBA_TAB_MODIFICATIONS; dm_db_index_usage_stats
NAME = ("relname", "table_name", "object_name", "table", "tablename")
READS = (
    "seq_scan", "idx_scan", "seq_tup_read", "idx_tup_fetch", "count_read", "user_seeks", "user_scans", "user_lookups", "reads",
)  # fmt: skip
WRITES = (
    "n_tup_ins",
    "n_tup_upd",
    "n_tup_del",
    "count_write",
    "inserts",
    "updates",
    "deletes",
    "user_updates",
    "writes",
)


def is_table_statistics(text: str) -> bool:
    """A header that names a table and a count of reads or writes."""
    names = header_of(text)
    return bool(names & set(NAME)) and bool(names & {*READS, *WRITES})


def read_table_statistics(name: str, lines: Iterator[str], gathered: Gathered) -> int:
    """Rows that were understood."""
    records = 0
    for number, row in rows_of(name, lines, gathered):
        where = Location(path=name, line=number)
        table = next((str(row[key]).strip().strip('"').lower() for key in NAME if row.get(key)), "")
        reads, writes = _count(row, READS), _count(row, WRITES)
        if not table:
            gathered.leave("rows without a table's name", where)
        elif reads is None or writes is None:
            gathered.leave("counts that are no whole numbers of 0 or more", where)
        else:
            gathered.table(table, reads, writes)
            records += 1
    return records


def _count(row: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    """The sum of the counts that are there; None when one of them is no count."""
    told = [str(row[name]).strip() for name in names if row.get(name) not in (None, "")]
    return sum(map(int, told)) if all(text.isdigit() and len(text) < 19 for text in told) else None
