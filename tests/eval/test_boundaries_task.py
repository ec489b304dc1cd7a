"""The boundaries task on the sample: every method is scored on the same units, and the scores mean what they should."""

from __future__ import annotations

import json
import math

import pytest

from agent.boundaries.system import see_system
from agent.domain.code import Dependency, DependencyGraph, Symbol
from eval.__main__ import main
from eval.baselines import leiden_partition, structure_pairs
from eval.datasets import Case
from eval.tasks.boundaries import business_contexts, score, score_entities


def graph_of(pairs, routes=()):
    units = sorted({unit for pair in pairs for unit in pair})
    symbols = [Symbol(u, "module", f"{u}.py", 1, 5, "python", unit=u) for u in units]
    symbols += [Symbol(r, "route", f"{u}.py", 1, 1, "python") for r, u in routes]
    edges = [Dependency(a, b, kind, f"{a}.py", 2) for a, b in pairs for kind in ("import", "call")]
    edges += [Dependency(r, u, "handle", f"{u}.py", 1) for r, u in routes]
    return DependencyGraph(tuple(sorted(symbols, key=lambda s: s.id)), tuple(edges))


PAIRS = [("a", "b"), ("b", "c"), ("c", "a"), ("x", "y"), ("y", "z"), ("z", "x"), ("c", "x")]
TRUTH = {"a": "1", "b": "1", "c": "1", "x": "2", "y": "2", "z": "2"}
SYSTEM = see_system(graph_of(PAIRS, [("route:GET /a", "a"), ("route:GET /b", "b"), ("route:GET /x", "x")]))
ITSELF = {unit: unit for unit in TRUTH}


def test_the_truth_itself_scores_full_marks():
    found = score(TRUTH, ITSELF, TRUTH, SYSTEM)
    assert (found["mojofm"], found["f1"], found["ari"], found["coverage"], found["services"]) == (100, 1, 1, 1, 2)
    assert found["icp"] == pytest.approx(1 / 7, abs=1e-4)
    assert found["sm"] == pytest.approx(3 / 9 - 1 / 9, abs=1e-4)


def test_a_lost_unit_costs_coverage_and_agreement():
    known = {key: unit for key, unit in ITSELF.items() if key != "a"}
    found = score(TRUTH, known, TRUTH, SYSTEM)
    assert found["coverage"] == pytest.approx(5 / 6)
    assert found["mojofm"] < 100
    assert found["ari"] < 1


def test_units_set_apart_count_as_one_service():
    apart = {**TRUTH, "a": "__shared__", "x": "__shared__"}
    found = score(TRUTH, ITSELF, apart, SYSTEM)
    assert found["set_apart"] == 2
    assert found["ari"] < 1


def test_business_contexts_count_entry_points_a_service():
    # a and b call on to c and x, so the routes of service 1 reach service 2 as well.
    assert business_contexts(SYSTEM, TRUTH) == pytest.approx((math.log(2) + math.log(3)) / 2)
    assert math.isnan(business_contexts(see_system(graph_of(PAIRS)), TRUTH))


def test_leiden_on_structure_finds_what_is_plain():
    pairs = structure_pairs(SYSTEM, TRUTH)
    assert pairs == {tuple(sorted(pair)): 1 for pair in PAIRS}
    found = leiden_partition(pairs, TRUTH, 0)
    assert score(TRUTH, ITSELF, found, SYSTEM)["ari"] == 1


def test_quick_run_on_the_samples(tmp_path, capsys):
    assert main(["boundaries", "--quick", "--out", str(tmp_path)]) == 0
    result = json.loads((tmp_path / "boundaries.json").read_text("utf-8"))
    rows = {row["method"]: row for row in result["rows"] if row["app"] == "orderdesk"}
    assert {"figwright", "folders", "one service", "Leiden on structure"} <= set(rows)
    assert {row["scored"] for row in rows.values()} == {28}
    assert rows["figwright"]["coverage"] == 1
    assert rows["one service"]["ari"] == 0
    assert "MoJoFM" in capsys.readouterr().out


def test_a_dataset_app_without_its_source_is_skipped_by_name(tmp_path, capsys):
    data = tmp_path / "data"
    data.mkdir()
    (data / "t.json").write_text('{"A": "x"}')
    (data / "far.toml").write_text('name = "far"\nquality = "A"\nunit = "class"\ntruth = "t.json"\n')
    (data / "odd.toml").write_text('name = "odd"\nquality = "A"\nunit = "class"\ntruth = "t.json"\n')
    (data / "trace.toml").write_text('name = "trace"\nquality = "A"\nunit = "entity"\ntruth = "t.json"\n')
    (tmp_path / "src" / "odd").mkdir(parents=True)
    (tmp_path / "src" / "odd" / "notes.txt").write_text("no source here")
    out = tmp_path / "out"
    assert main(["boundaries", "--dataset", str(data), "--sources", str(tmp_path / "src"), "--out", str(out)]) == 0
    skipped = {s["case"]: s["reason"] for s in json.loads((out / "boundaries.json").read_text("utf-8"))["skipped"]}
    assert "not in --sources" in skipped["far"]
    assert "no source" in skipped["odd"]
    assert "not in --sources" in skipped["trace"]
    assert str(tmp_path) not in json.dumps(skipped)
    assert "skipped far" in capsys.readouterr().out


def test_entities_of_an_access_trace_are_scored_by_the_same_code(tmp_path):
    sales = [["Cart", "R"], ["Order", "W"], ["OrderLine", "W"], ["Cart", "W"]]
    post = [["Parcel", "R"], ["Carrier", "R"], ["Label", "W"], ["Parcel", "W"]]
    operations = {f"Sales.{n}": sales for n in range(3)} | {f"Post.{n}": post for n in range(3)}
    trace = tmp_path / "shop.json"
    trace.write_text(json.dumps(operations | {"Sales.ship": [["Order", "R"], ["Parcel", "W"]]}))
    truth = {
        "Order": "sales",
        "OrderLine": "sales",
        "Cart": "sales",
        "Parcel": "post",
        "Carrier": "post",
        "Label": "post",
    }
    found = {row["method"]: row for row in score_entities(Case("shop", "A", "entity", truth, trace), trace)}
    assert (found["figwright"]["ari"], found["figwright"]["coverage"], found["figwright"]["scored"]) == (1, 1, 6)
    assert found["one service"]["ari"] == 0
    assert "Leiden on shared requests" in found
