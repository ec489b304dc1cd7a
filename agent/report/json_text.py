"""The plan as JSON, and the schema that it keeps: plan in, canonical text out."""

from __future__ import annotations

import json

from agent.domain.plan import Plan

__all__ = ["plan_schema", "read_json", "write_json"]


def write_json(plan: Plan) -> str:
    """The whole plan; fields in the order of the types, so that a diff of two plans reads like the plan."""
    return plan.model_dump_json(indent=1, ensure_ascii=True) + "\n"


def read_json(text: str) -> Plan:
    """A plan back from plan.json. Raises ValueError for what is none, or was written by another version."""
    return Plan.model_validate_json(text)


def plan_schema() -> str:
    """JSON Schema (draft 2020-12) of plan.json, generated from the types; committed as docs/plan.schema.json."""
    schema = Plan.model_json_schema(mode="serialization")
    return (
        json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=1, ensure_ascii=True)
        + "\n"
    )
