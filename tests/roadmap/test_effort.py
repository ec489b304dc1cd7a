"""Effort: no day without history, a range with its basis with five entries, and bad entries named."""

from __future__ import annotations

import csv
import io
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agent.composition import workbench
from agent.domain.assumptions import Assumptions
from agent.domain.effort import Effort, PastWork, Size
from agent.domain.plan import Plan, Roadmap, Step
from agent.pipeline import Run, make_plan
from agent.report import read_json
from agent.roadmap.effort import History
from agent.settings import Settings, load_settings, with_repository
from tests.program import ROOT
from tests.roadmap.handed import CACHE, again, sample, told

TEN = tuple({"what": f"work {n}", "places": 10, "days": n} for n in range(1, 12))  # 0.1 to 1.1 days a place, evenly


def history(*entries: dict[str, object]) -> History:
    return History(Assumptions.model_validate({"effort_history": entries}).effort_history)


def steps_of(roadmap: Roadmap) -> list[Step]:
    return [step for phase in roadmap.phases for step in phase.steps]


def plan_of(assumptions: Assumptions) -> dict[str, str]:
    with workbench(str(ROOT / "sample_repos" / "orderdesk"), Settings(cache_dir=CACHE)) as bench:
        return make_plan(bench, Run(), assumptions)[0]


def test_without_history_there_is_a_size_and_no_day() -> None:
    steps = steps_of(sample("orderdesk")[1])
    efforts = [step.effort for step in steps if step.effort]
    assert [s.id for s in steps if not s.effort] == [s.id for s in steps if s.kind == "keep"]
    assert efforts
    assert all(e.low is None and e.high is None and e.days == "uncalibrated" for e in efforts)
    assert all(e.size.count > 0 for e in efforts)


def test_sizes_are_those_that_the_roadmap_tells() -> None:
    ground, roadmap, _ = sample("orderdesk")
    steps = [step for step in steps_of(roadmap) if step.effort]
    extractions = [step for step in steps if step.kind == "extract"]
    repairs = [step for phase in roadmap.phases if phase.title == "Repairs" for step in phase.steps]
    assert extractions
    assert repairs
    for step in extractions:
        service = ground.services[step.service]
        assert step.effort
        assert step.effort.size == Size(count=len(service.units), measure="unit", lines=service.code_lines)
    for step in repairs:
        assert step.effort
        assert step.title.endswith(f": {step.effort.size}")


def test_five_entries_give_a_range_with_its_basis() -> None:
    effort = history(*TEN).effort("prepare", Size(count=10, files=4))
    assert (effort.low, effort.high) == (2.0, 10.0)
    assert effort.days == "2.0 to 10"
    assert effort.basis == (
        "10 places times the 10th to 90th percentile (0.2 to 1) of days per place in 11 entries of effort_history, "
        "all kinds measured in places"
    )


def test_four_entries_give_none() -> None:
    effort = history(*TEN[:4]).effort("prepare", Size(count=10))
    assert (effort.low, effort.high) == (None, None)
    assert "4 usable of all kinds measured in places, 5 are needed" in effort.basis


def test_entries_of_the_same_kind_go_first() -> None:
    cuts: list[dict[str, object]] = [{"kind": "cut", "places": 1, "days": 7}] * 5
    both = history(*TEN, *cuts)
    assert (both.effort("cut", Size(count=2)).low, both.effort("cut", Size(count=2)).high) == (14.0, 14.0)
    assert "kind cut" in both.effort("cut", Size(count=2)).basis
    assert "16 entries of effort_history, all kinds" in both.effort("own_data", Size(count=2)).basis
    assert "all kinds" in history(*TEN, *cuts[:4]).effort("cut", Size(count=2)).basis


def test_places_say_nothing_of_units() -> None:
    units = Size(count=3, measure="unit", lines=900)
    assert history(*TEN).effort("extract", units).low is None
    moved: list[dict[str, object]] = [{"kind": kind, "places": 4, "days": 20} for kind in ("extract", "modularize") * 3]
    known = history(*TEN, *moved).effort("extract", units)
    assert (known.low, known.high) == (15.0, 15.0)
    assert known.basis.endswith(
        "6 entries of effort_history, all kinds measured in units; smaller than any of them (4 to 4)"
    )
    assert history(*moved).effort("cut", Size(count=3)).low is None


def test_a_step_outside_the_experience_says_so() -> None:
    assert history(*TEN).effort("cut", Size(count=400)).basis.endswith("; larger than any of them (10 to 10)")
    assert history(*TEN).effort("cut", Size(count=0)).low is None


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"what": "a", "places": 0, "days": 1}, "('a'): places 0 is not"),
        ({"places": 3, "days": -2}, "entry 6: days -2 is not"),
        ({"places": "12", "days": 2}, "places '12' is not a number"),
        ({"places": True, "days": 2}, "places 'True' is not a number"),
        ({"places": 2, "days": float("nan")}, "days 'nan' is not a number"),
        ({"places": float("inf"), "days": 2}, "places 'inf' is not a number"),
        ({"places": 10**400, "days": 2}, "is not a number"),
        ({"places": 1e-300, "days": 2}, "places 1e-300 is not"),
        ({"places": 2}, "days is missing"),
        ({"places": 2, "days": 1, "kind": "rewrite"}, "no kind of step 'rewrite', only prepare,"),
        ({"places": 2, "days": 1, "hours": 8}, "'hours' is not a key"),
        ({"places": [2], "days": {"a": 1}}, "places '[2]' is not a number"),
        (7, "it is no table"),
    ],
)
def test_a_bad_entry_is_named_and_costs_no_other(entry: Any, why: str) -> None:
    known = history(*TEN[:5], entry, *TEN[5:])
    [named] = known.unusable
    assert why in named.why
    assert named.why.startswith("[effort_history] entry 6")
    size = Size(count=10)
    assert known.effort("prepare", size) == history(*TEN).effort("prepare", size)


def test_a_range_is_whole_and_has_a_basis() -> None:
    for bad in ({"low": 1.0}, {"low": 2.0, "high": 1.0}, {"basis": ""}):
        with pytest.raises(ValidationError):
            Effort.model_validate({"size": Size(count=1), "basis": "b", **bad})


def test_entries_keep_the_line_that_they_stand_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    text = 'quiet = true\n\n[[effort_history]]\nplaces = 1\ndays = 2\n\n[[effort_history]]\nplaces = "x"\ndays = 2\n'
    (tmp_path / "figwright.toml").write_text(text, "utf-8")
    past = load_settings({}, None, tmp_path).assumptions.effort_history
    assert [(w.place, w.places, w.days) for w in past] == [
        ("figwright.toml:3", 1.0, 2.0),
        ("figwright.toml:7", "x", 2.0),
    ]
    inline = b"[tool.figwright]\neffort_history = [{places = 1, days = 2}, 3]\n"
    other = with_repository(Settings(), lambda name: inline if name == "pyproject.toml" else None).assumptions
    assert len(other.effort_history) == 2
    assert other.effort_history[1].wrong


def test_the_plan_shows_ranges_and_names_bad_entries_in_the_same_bytes_each_time() -> None:
    entries = (*TEN, {"what": "nothing", "places": 0, "days": 3, "place": "figwright.toml:9"})
    files = plan_of(told(effort_history=entries))
    assert files == plan_of(told(effort_history=entries))
    plan: Plan = read_json(files["plan.json"])
    steps = {s.id: s for s in steps_of(plan.roadmap)}
    rows = list(csv.DictReader(io.StringIO(files["steps.csv"])))
    for row in rows:
        effort = steps[row["id"]].effort
        if effort is None:
            assert (row["kind"], row["size"], row["effort in working days"]) == ("keep", "", "")
            continue
        assert row["size"] == str(effort.size)
        assert row["effort in working days"] == f"{effort.days} ({effort.basis})"
        assert (effort.low is None) == (effort.size.measure == "unit")
    assert [u.place for u in plan.handover.unusable] == ["figwright.toml:9"]
    assert "entry 12 ('nothing'): places 0 is not a number" in unescape(files["plan.html"])
    assert files["plan.html"].count("<dt>effort</dt>") == sum(s.effort is not None for s in steps.values())
    assert files["plan.html"].count("working days, ") == sum(
        s.effort.low is not None for s in steps.values() if s.effort
    )
    assert " sized steps, with its basis, is in `steps.csv`" in files["plan.md"]


def test_more_than_sizes_is_not_said_without_history() -> None:
    files = plan_of(Assumptions())
    rows = list(csv.DictReader(io.StringIO(files["steps.csv"])))
    rows = [row for row in rows if row["kind"] != "keep"]
    assert {r["effort in working days"] for r in rows} == {"uncalibrated (figwright.toml has no effort_history)"}
    assert files["plan.md"].count("Effort is uncalibrated") == 1
    assert files["plan.html"].count("uncalibrated") == len(rows)
    assert " working days" not in files["plan.md"] + files["plan.html"]


def test_history_moves_nothing_else() -> None:
    past = tuple(PastWork.model_validate({"places": e["places"], "days": e["days"]}) for e in TEN)
    before = steps_of(sample("orderdesk")[1])
    after = steps_of(again("orderdesk", Assumptions(effort_history=past))[1])
    assert [s.model_copy(update={"effort": None}) for s in after] == [
        s.model_copy(update={"effort": None}) for s in before
    ]
    assert before != after
    assert after == steps_of(again("orderdesk", Assumptions(effort_history=past[::-1]))[1])  # nor does its order
