"""Policies for Open Policy Agent: the plan's homes, crossings and owners in; Rego with its tests, and the data that it judges by, out."""

from __future__ import annotations

import json
from collections import defaultdict
from importlib.resources import files
from typing import Any

from agent.assessment.case import Case
from agent.assessment.privacy import personal_tables

__all__ = ["policies"]

NAMES = ("boundaries", "models", "workloads")


def policies(case: Case) -> dict[str, str]:
    """``policy/*.rego`` with their tests, and ``policy/data.json``."""
    folder = files("agent.assessment.governance").joinpath("policy")
    found = {
        f"policy/{name}{suffix}.rego": folder.joinpath(f"{name}{suffix}.rego").read_text("utf-8")
        for name in NAMES
        for suffix in ("", "_test")
    }
    return {
        **found,
        "policy/data.json": json.dumps({"plan": _plan(case)}, indent=1, sort_keys=True, ensure_ascii=False) + "\n",
    }


def _plan(case: Case) -> dict[str, Any]:
    """What holds today: only what is new is denied, so that the policy can be switched on before anything is mended."""
    crossings: dict[str, list[str]] = defaultdict(list)
    for crossing in case.boundaries.crossings:
        crossings[crossing.source].append(crossing.target)
    return {
        "homes": {unit.id: unit.service for unit in case.boundaries.units},
        "crossings": {source: sorted(set(targets)) for source, targets in crossings.items()},
        "owners": {table.table: table.owner for table in case.boundaries.tables if table.owner},
        "writers": {table.table: sorted(table.writers) for table in case.boundaries.tables},
        "personal": {name: sorted({kind for _, kind in columns}) for name, columns in personal_tables(case).items()},
    }
