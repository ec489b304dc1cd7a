"""The files that somebody runs to move the tables: a split in, their texts by name out. The rehearsal runs the very same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from agent.extraction.own_schema.ddl import border_drop, border_restore, constraints, create_table
from agent.extraction.own_schema.protocol import end_sql, remove_sql
from agent.extraction.own_schema.split import Split, quoted

__all__ = ["MONOLITH_SCHEMA", "scripts", "specification"]

MONOLITH_SCHEMA = "public"
"""What the monolith's tables are in: where Flask and Django put them."""
_HEADS = {
    "01-monolith.sql": "On the monolith, while it runs: an outbox, and triggers that fill it within the application's own\n"
    "-- transactions. Making a trigger waits for whoever is writing to its table. Needs PostgreSQL 13 or newer.",
    "02-service.sql": "On the service's database: the tables with nothing but their keys yet, and the same books and triggers.\n"
    "-- Nobody but the consumer writes here until writes move.",
    "03-constraints.sql": "On the service's database, once the backfill has settled: what only holds for a consistent state.",
    "04-border.sql": "On the monolith, right before writes move: foreign keys between what moves and what stays. They become plain\n"
    "-- columns; `migrate.py orphans` checks them from then on.",
    "05-border-again.sql": "On the monolith, after a rollback: the same foreign keys again, under names of PostgreSQL's choice.",
    "90-remove-monolith.sql": "On the monolith, when it is over for good: triggers and books go, tables stay.",
    "91-remove-service.sql": "On the service's database, when it is over for good.",
}


def scripts(split: Split) -> Mapping[str, str]:
    """By file name."""
    tables = "\n".join(create_table(one, split.schema, bare=True) for one in split.tables)
    bodies = {
        "01-monolith.sql": end_sql(split, MONOLITH_SCHEMA, written=True),
        "02-service.sql": f"CREATE SCHEMA {quoted(split.schema)};\n\n{tables}\n"
        + end_sql(split, split.schema, written=False),
        "03-constraints.sql": constraints(split),
        "04-border.sql": border_drop(split),
        "05-border-again.sql": border_restore(split),
        "90-remove-monolith.sql": remove_sql(split, MONOLITH_SCHEMA),
        "91-remove-service.sql": remove_sql(split, split.schema),
    }
    found = {name: f"-- {_HEADS[name]}\n\n{body}" for name, body in bodies.items()}
    found["split.json"] = json.dumps(specification(split), indent=1, sort_keys=True) + "\n"
    found["migrate.py"] = _program()
    return found


def _program() -> str:
    """As the box has it, without what only our own checks read."""
    text = files("agent.extraction.box").joinpath("own_schema_migrate.py").read_text("utf-8")
    return text.replace("# ruff: noqa\n# mypy: ignore-errors\n", "")


def specification(split: Split) -> dict[str, Any]:
    """``split.json``, which migrate.py reads."""
    return {
        "service": split.service,
        "ends": {"monolith": MONOLITH_SCHEMA, "service": split.schema},
        "tables": [
            {
                "name": one.name,
                "key": list(one.key),
                "identity": one.identity,
                "columns": [{"name": column.name, "type": column.type} for column in one.columns],
            }
            for one in split.tables
        ],
        "border": [
            {
                "table": one.table,
                "columns": list(one.reference.columns),
                "references": one.reference.table,
                "to": list(one.reference.to),
                "inside": one.inside,
            }
            for one in split.border
        ],
    }
