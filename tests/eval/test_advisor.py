"""The advisor's evaluation on a scripted model: every kind of case runs, and what it counts is what happened."""

from __future__ import annotations

import pytest

from eval.advisor_repair import PROGRAMS
from eval.task import Request
from eval.tasks.advisor import ADVISOR
from tests.advisor.server import completion, obedient, serve

FIXED = {
    "discount": (
        "    gross = net * (1 + rate)\n    return round(gross - discount, 2)",
        "    return round((net - discount) * (1 + rate), 2)",
    ),
    "paging": ("    return rows // size", "    return -(-rows // size)"),
}


def whole(name, search, replace):
    text = next(program.wrong for program in PROGRAMS if program.name == name).replace(search, replace)
    return completion(f"It is wrong.\n\n```python\n{text}```\n")


def script(request):
    """Mends one program at once, one after it was shown an error, and one never."""
    if request.get("response_format"):
        return obedient(request)
    said = request["messages"][1]["content"]
    if "discount.py" in said:
        return whole("discount", *FIXED["discount"])
    if "paging.py" in said:
        told = "test_full" in said or "test_none" in said
        return whole("paging", *(FIXED["paging"] if told else (FIXED["paging"][0], "    return rows // size + 1")))
    return completion("I do not know.")


def rows(tmp_path, monkeypatch, url, kinds):
    for name, value in (
        ("LLM", "scripted"),
        ("LLM_URL", url),
        ("LLM_KINDS", kinds),
        ("LLM_CACHE", str(tmp_path / "kept")),
    ):
        monkeypatch.setenv(f"FIGWRIGHT_EVAL_{name}", value)
    (tmp_path / "work").mkdir(exist_ok=True)
    outcome = ADVISOR.run(Request(tmp_path / "work", quick=True))
    assert {one.reason for one in outcome.skipped} <= {"no unit of it is contested, so nothing is asked"}
    return outcome.rows


def test_without_a_model_it_is_skipped_and_said(tmp_path, monkeypatch):
    monkeypatch.delenv("FIGWRIGHT_EVAL_LLM", raising=False)
    outcome = ADVISOR.run(Request(tmp_path))
    assert outcome.rows == ()
    assert "FIGWRIGHT_EVAL_LLM" in outcome.skipped[0].reason


@pytest.mark.slow
def test_repairs_are_counted_by_round(tmp_path, monkeypatch):
    with serve(script) as server:
        found = rows(tmp_path, monkeypatch, server.url, "repairing")
    assert [row["right"] for row in found] == [1, 2, 2]
    assert {row["asked"] for row in found} == {len(PROGRAMS)}


@pytest.mark.slow
def test_names_answers_and_placements_are_counted(tmp_path, monkeypatch):
    with serve(script) as server:
        found = rows(tmp_path, monkeypatch, server.url, "naming asking placing")
    by_kind = {row["kind"]: row for row in found}
    assert by_kind["naming of given groups"]["accepted"] > 0
    assert by_kind["naming of given groups"]["right"] == 0  # it calls everything the same
    assert by_kind["answers with citations"]["asked"] == 3
    placed = by_kind["placing of contested units"]
    assert placed["moved"] == 0  # it always says that a unit stays
    assert placed["ari_with"] == placed["ari_without"] == placed["ari_worst"]
