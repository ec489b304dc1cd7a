"""The written-down truth of storefront and stockroom is about the samples as they are, and the proposal agrees with it."""

from __future__ import annotations

import pytest

from agent.boundaries.clustering import adjusted_rand
from agent.composition import workbench
from agent.pipeline import Run, make_boundaries, make_graph, make_inventory
from agent.settings import Settings
from tests.samples.expectations import (
    SAMPLES,
    expected,
    module,
    sources,
    stale_plants,
    tables_of_the_schema,
    writes_twice,
)

SUFFIX = {"storefront": ".js", "stockroom": ".py"}
# Agreement that a change may not lose.
FLOORS = {"storefront": 0.3, "stockroom": 0.7}
each_sample = pytest.mark.parametrize("name", sorted(SUFFIX))


@each_sample
def test_every_unit_is_placed_once(name):
    facts = expected(name)
    placed = [unit for units in facts["services"].values() for unit in units] + facts["shared"]["modules"]
    folder = SAMPLES / name
    paths = sources(name, SUFFIX[name])
    units = [module(p, folder) if SUFFIX[name] == ".py" else p.relative_to(folder).as_posix() for p in paths]
    assert sorted(placed) == sorted(units)


@each_sample
def test_every_table_has_an_owner(name):
    facts = expected(name)
    assert set(facts["tables"]) == tables_of_the_schema(name)
    assert set(facts["tables"].values()) <= {*facts["services"], "shared"}


@each_sample
def test_the_writers_are_the_ones_in_the_code(name):
    facts = expected(name)
    assert {table: set(writers) for table, writers in facts["writers"].items()} == writes_twice(name, SUFFIX[name])
    assert all(facts["tables"][table] == writers[0] for table, writers in facts["writers"].items())


@each_sample
def test_planted_faults_are_where_they_should_be(name):
    assert len(expected(name)["planted"]) >= 50
    assert stale_plants(name) == []


@each_sample
def test_split_functions_exist(name):
    for unit, functions in expected(name)["split"].items():
        path = SAMPLES / name / (unit if unit.endswith(".js") else unit.replace(".", "/") + ".py")
        text = path.read_text("utf-8")
        for function in functions:
            assert f"def {function.rpartition('.')[2]}(" in text or f"exports.{function} =" in text, function


@each_sample
def test_the_proposal_agrees_with_the_expert(name, tmp_path):
    facts = expected(name)
    settings = Settings(cache_dir=tmp_path)
    with workbench(str(SAMPLES / name), settings, name=name) as bench:
        run = Run()
        inventory = make_inventory(bench, run, None)
        graph, _ = make_graph(bench, inventory, run)
        found = make_boundaries(inventory, graph, settings.assumptions, None, run)
    truth = {unit: number for number, units in enumerate(facts["services"].values()) for unit in units}
    names = sorted({unit.service for unit in found.units})
    mine = {unit.id: names.index(unit.service) for unit in found.units if unit.id in truth}
    assert set(mine) == set(truth), "every unit that the expert placed has a home"
    assert adjusted_rand(mine, truth) >= FLOORS[name]
    assert found.verdict == "split"
    assert set(facts["tables"]) <= {table.table for table in found.tables}
