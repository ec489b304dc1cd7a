"""plan.json is canonical and keeps its committed schema."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from agent.domain.plan import Plan
from agent.report import plan_schema, write_json
from tests.report import plans

SCHEMA = Path(__file__).parents[2] / "docs" / "plan.schema.json"


def test_the_committed_schema_is_the_types() -> None:
    assert SCHEMA.read_text("utf-8") == plan_schema(), (
        "the plan's types changed: run `python -c 'from agent.report import plan_schema; print(plan_schema(), end=\"\")' "
        "> docs/plan.schema.json`, and raise SCHEMA_VERSION when a reader of the old one would break"
    )


@pytest.mark.parametrize("make", [plans.small_plan, plans.single_plan, plans.empty_plan, plans.hostile_plan])
def test_a_plan_validates_and_comes_back_equal(make: object) -> None:
    plan = make()  # type: ignore[operator]
    text = write_json(plan)
    jsonschema.Draft202012Validator(json.loads(plan_schema())).validate(json.loads(text))
    assert Plan.model_validate_json(text) == plan
    assert text.isascii()
    assert text.endswith("}\n")
    assert write_json(Plan.model_validate_json(text)) == text


def test_the_schema_refuses_an_unknown_field() -> None:
    value = json.loads(write_json(plans.small_plan()))
    value["verdict"] = "maybe"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, json.loads(plan_schema()))


def test_fields_come_in_the_order_of_the_types() -> None:
    assert list(json.loads(write_json(plans.small_plan()))) == list(Plan.model_fields)
