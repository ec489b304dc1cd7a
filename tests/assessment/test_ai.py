"""Where a model could be attached, and what it takes: text, outcomes, requests that wait, and numbers from stated volumes."""

from __future__ import annotations

from typing import Any

import pytest

from agent.assessment import Case, assess, lens_named
from agent.domain.assumptions import Assumptions
from agent.domain.finding import Finding
from agent.domain.workload import Workload
from tests.assessment.test_rules import case_of
from tests.systems import graph_of

SCHEMA = """CREATE TABLE tickets (
  id INT PRIMARY KEY,
  subject VARCHAR(80),
  body TEXT,
  error_text TEXT,
  first_reply TEXT,
  priority INT,
  email VARCHAR(80)
);
CREATE TABLE outbox (id INT, body TEXT);
CREATE TABLE codes (id INT, reason VARCHAR(4));
"""
VIEW = (
    "import sqlite3\nfrom flask import Flask\nimport openai\napp = Flask(__name__)\n"
    "def draft(db):\n    return db.execute('SELECT body FROM tickets WHERE id = 1')\n"
    "@app.route('/draft')\ndef show(db):\n    return draft(db)\n"
)


def found(files: dict[str, str], **work: Any) -> dict[str, Finding]:
    case = case_of(files, graph_of(files))
    lens = lens_named("ai")
    assert lens is not None
    told = Case(
        case.inventory, case.graph, case.boundaries, case.as_of, case.read, Assumptions(workload=Workload(**work))
    )
    return {f.rule: f for f in assess(told, lenses=[lens])}


def test_long_text_that_people_write_is_found_with_its_routes_and_its_neighbours() -> None:
    text = found({"schema.sql": SCHEMA, "a.py": VIEW})["ai.text"]
    assert [(e.location.path, e.location.line) for e in text.evidence] == [("schema.sql", 4)]
    assert "GET /draft" in text.detail
    assert "contact data" in text.detail
    assert not text.quantities


def test_outcomes_stand_beside_text() -> None:
    assert [e.text for e in found({"schema.sql": SCHEMA})["ai.outcomes"].evidence] == ["priority INT"]
    assert "ai.outcomes" not in found({"schema.sql": "CREATE TABLE t (id INT, status INT);"})


def test_where_all_text_has_one_type_only_sure_names_count() -> None:
    assert "ai.text" not in found({"schema.sql": "CREATE TABLE moves (id INTEGER, reason TEXT, body_id TEXT);"})
    assert "ai.text" in found({"schema.sql": "CREATE TABLE moves (id INTEGER, remarks TEXT);"})


def test_a_request_that_waits_for_a_model_is_found() -> None:
    waits = found({"schema.sql": SCHEMA, "a.py": VIEW})["ai.on-request-path"]
    assert (waits.evidence[0].location.path, waits.evidence[0].location.line) == ("a.py", 3)
    assert "GET /draft" in waits.detail
    assert "ai.on-request-path" not in found({"a.py": VIEW.replace("import openai\n", "")})


def test_needs_are_the_stated_volumes_times_the_formula() -> None:
    work = {
        "models": {"m": {"calls_per_month": 2_628_000, "input_tokens": 900, "output_tokens": 100}},  # one call a second
        "peak_factor": 5, "gpu_tokens_per_second": 200, "gpu_watts": 400,
    }  # fmt: skip
    numbers = {q.name: (q.low, q.high) for q in found({"a.py": "x = 1\n"}, **work)["ai.needs"].quantities}
    assert numbers["tokens to generate"] == (100, 500)
    assert numbers["bandwidth"] == pytest.approx((0.024, 0.24))
    assert numbers["GPUs"] == (1, 3)
    assert numbers["power"] == (292, 876)
    fewer = {q.name for q in found({"a.py": "x = 1\n"}, models=work["models"])["ai.needs"].quantities}
    assert fewer == {"tokens to generate", "bandwidth"}
    assert "ai.needs" not in found({"a.py": "x = 1\n"})


def test_an_index_is_sized_from_stated_rows_only() -> None:
    text = found({"schema.sql": SCHEMA}, rows={"tickets": 1_000_000})["ai.text"]
    assert [(q.name, q.low, q.high) for q in text.quantities] == [("vector index of tickets", 1.536, 49.152)]
