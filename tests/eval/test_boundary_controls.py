"""The controls do what they say: hidden names, small edits, other orders, and what counts as moved."""

from __future__ import annotations

import json

import pytest

from agent.domain.code import Dependency, DependencyGraph, Symbol
from eval.__main__ import main
from eval.disguise import disguise, edited, shuffled
from eval.synthetic import synthetic_graph
from eval.tasks.boundary_controls import moved_share

GRAPH = synthetic_graph(200)


def test_a_disguise_keeps_the_shape_and_no_name():
    masked = disguise(GRAPH)
    assert len(masked.graph.symbols) == len(GRAPH.symbols)
    back = {new: old for old, new in masked.names.items()}
    assert len(back) == len(GRAPH.symbols)
    kept = sorted((back[d.source], back[d.target], d.kind, d.line) for d in masked.graph.dependencies)
    assert kept == sorted((d.source, d.target, d.kind, d.line) for d in GRAPH.dependencies)
    assert {s.path.rpartition("/")[0] for s in masked.graph.symbols} == {"all"}
    assert not any(word in s.id for s in masked.graph.symbols for word in ("acme", "Class", "run"))
    assert all(back[s.unit] == GRAPH.by_id[back[s.id]].unit for s in masked.graph.symbols if s.unit)


@pytest.mark.parametrize("seed", range(8))
def test_an_edit_changes_one_thing(seed):
    what, graph, renamed = edited(GRAPH, seed)
    before, after = set(GRAPH.dependencies), set(graph.dependencies)
    moved = [s for s in graph.symbols if s not in set(GRAPH.symbols)]
    expected = {"drop": (1, 0, 0), "add": (0, 1, 0), "move": (0, 0, 1)}
    if what == "rename":
        assert len(renamed) == len(moved) == 1
    else:
        assert (len(before - after), len(after - before), len(moved)) == expected[what]
    assert all(d.source in graph.by_id and d.target in graph.by_id for d in graph.dependencies)


def test_a_shuffle_changes_the_order_only():
    other = shuffled(GRAPH, 1)
    assert other.dependencies != GRAPH.dependencies
    assert set(other.dependencies) == set(GRAPH.dependencies)
    assert set(other.symbols) == set(GRAPH.symbols)


@pytest.mark.parametrize(
    ("after", "share"),
    [
        ({"a": "8", "b": "8", "c": "9", "d": "9"}, 0.0),
        ({"a": "8", "b": "8", "c": "8", "d": "9"}, 0.25),
        ({"a": "8", "b": "8", "c": "8", "d": "8"}, 0.5),
        ({"a": "8", "b": "8"}, 0.0),
        ({}, 0.0),
    ],
)
def test_units_move_when_their_company_does(after, share):
    assert moved_share({"a": "1", "b": "1", "c": "2", "d": "2"}, after) == share


def test_an_edit_of_next_to_nothing_is_possible():
    lone = DependencyGraph((Symbol("a", "module", "a.py", 1, 2, "python", unit="a"),), ())
    assert edited(lone, 0)[0] == "rename"
    pair = DependencyGraph((*lone.symbols, Symbol("b", "module", "b.py", 1, 2, "python", unit="b")),
                           (Dependency("a", "b", "call", "a.py", 1),))  # fmt: skip
    assert {edited(pair, seed)[0] for seed in range(3)} == {"rename", "drop", "add"}


def test_quick_run_on_the_samples(tmp_path):
    out = tmp_path / "out"
    assert main(["boundary_controls", "--quick", "--out", str(out)]) == 0
    rows = json.loads((out / "boundary_controls.json").read_text("utf-8"))["rows"]
    assert {row["control"] for row in rows} == {"names hidden", "layer left out", "small edits", "order", "random"}
    assert all(row["holds"] for row in rows if row["control"] in ("order", "random"))
