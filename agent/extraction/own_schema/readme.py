"""The page beside the scripts: a split and its decision in, Markdown out: what moves, what does not and why, and the order of steps."""

from __future__ import annotations

from collections.abc import Iterator

from agent.extraction.own_schema.ddl import left_out
from agent.extraction.own_schema.deciding import Decision
from agent.extraction.own_schema.split import Split

__all__ = ["readme"]

_STEPS = """\
## The order of steps

Addresses: `export SPLIT_MONOLITH=postgresql://user:password@host/db SPLIT_SERVICE=postgresql://user:password@host/other`.
`pip install pg8000`. The consumer and the backfill may die and be started again at any moment.

1. `python migrate.py sql monolith 01-monolith.sql`, `python migrate.py sql service 02-service.sql`
2. `python migrate.py consume` as a service that is started again when it ends; watch `python migrate.py monitor`
   (`lag` and `silent` in seconds: raise an alarm above 5)
3. `python migrate.py backfill`
4. `python migrate.py reconcile` (exit code 1 and the rows' keys when rows differ; `--repair` sends them again)
5. `python migrate.py sql service 03-constraints.sql`
6. `python migrate.py flip-reads`, and point the service's reads at its own database
7. `python migrate.py sql monolith 04-border.sql`, `python migrate.py flip-writes`, and point its writes there, too. Writes are refused
   on both sides (`SP001`) for as long as that takes; clients repeat them
8. `python migrate.py --back consume` instead of the first consumer: the monolith's copy stays fresh for whoever still reads it there

Rollback, at any time after 7: `python migrate.py --back flip-writes`, writes and reads back to the monolith,
`python migrate.py sql monolith 05-border-again.sql`, and the consumer of step 2 again.

Done for good: end the consumer, `90-remove-monolith.sql`, `91-remove-service.sql`.
"""


def readme(split: Split, decision: Decision) -> str:
    """``own-schema/README.md``."""
    return "\n".join([f"# {split.service}: a schema of its own\n", *_tables(split, decision), "", _STEPS])


def _tables(split: Split, decision: Decision) -> Iterator[str]:
    yield "## What moves\n"
    for table in split.tables:
        yield f"- `{table.name}`, by {', '.join(f'`{one}`' for one in table.key)}"
    for name in sorted(set(decision.guessed) & set(split.names)):
        yield f"- the plan does not name the service alone as writer of `{name}`: that no other writes it was only seen, so look once more"
    for name in decision.covered:
        yield f"- others write `{name}`, through a seam"
    if split.refused:
        yield "\n## What stays, though the service writes it\n"
        yield from (f"- `{one.table}`: {one.why}" for one in split.refused)
    if split.border:
        yield "\n## Foreign keys that become plain columns\n"
        for border in split.border:
            columns = ", ".join(border.reference.columns)
            yield f"- `{border.table}.{columns}` → `{border.reference.table}.{', '.join(border.reference.to)}`"
    torn = [(table, routes) for table, routes in decision.torn if routes]
    if torn:
        yield "\n## One transaction before, two after\n"
        yield from (f"- with `{table}`: {', '.join(routes)}" for table, routes in torn)
    if decision.readers:
        yield "\n## Who else reads them (from the monolith's copy, which step 8 keeps fresh)\n"
        yield from (f"- `{table}`: {', '.join(readers)}" for table, readers in decision.readers)
    lost = [one for table in split.tables for one in left_out(table)]
    if lost:
        yield "\n## What PostgreSQL's tables do not have\n"
        yield from (f"- {one}" for one in lost)
