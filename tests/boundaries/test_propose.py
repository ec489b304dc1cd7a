"""Proposals on systems whose answer is known, and their properties on systems that nobody designed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.boundaries import propose_boundaries, read_boundaries
from agent.domain.boundary import SHARED
from agent.domain.code import Dependency, DependencyGraph, Symbol
from agent.errors import BoundariesError


def unit(name, path=None):
    return Symbol(name, "module", path or name.replace(".", "/") + ".py", 1, 400, "python", "", name)


def table(name):
    return Symbol(f"table:{name}", "table", "schema.sql", 1, 1, "sql")


def system(groups, bridges=(), tables=True):
    """Groups of units that call each other in a ring and write the group's table."""
    symbols, found = [], []
    for group, size in groups.items():
        names = [f"app.{group}{n}" for n in range(size)]
        symbols += [unit(n) for n in names]
        if tables:
            symbols.append(table(f"{group}_rows"))
        for n, name in enumerate(names):
            for step in (1, 2):
                found.append(Dependency(name, names[(n + step) % size], "call", f"{name}.py", n + step))
            if tables:
                found.append(Dependency(name, f"table:{group}_rows", "write", f"{name}.py", 50))
    found += [Dependency(a, b, "call", "x.py", 1) for a, b in bridges]
    ids = {s.id for s in symbols}
    found = [e for e in found if e.source in ids and e.target in ids and e.source != e.target]
    return DependencyGraph(tuple(sorted(symbols, key=lambda s: s.id)), tuple(found))


def homes(boundaries):
    return {u.id: u.service for u in boundaries.units}


def test_three_separate_groups_become_three_services_that_own_their_tables():
    found = propose_boundaries(system({"order": 6, "invoice": 6, "parcel": 6}, [("app.order0", "app.invoice0")]))
    assert found.verdict == "split"
    home = homes(found)
    assert len({home[f"app.order{n}"] for n in range(6)}) == 1
    assert len(set(home.values())) == 3
    owners = {t.table: t.owner for t in found.tables}
    assert owners["order_rows"] == home["app.order0"]
    assert {s.name for s in found.services} == {"order", "invoice", "parcel"}


def test_one_tangle_is_told_not_to_split():
    names = [f"app.m{n}" for n in range(14)]
    tangle = [Dependency(a, b, "call", "x.py", 1) for a in names for b in names if a != b]
    found = propose_boundaries(DependencyGraph(tuple(unit(n) for n in names), tuple(tangle)))
    assert found.verdict == "do not split"
    assert found.verdict_reasons


@pytest.mark.parametrize("symbols", [(), (unit("app.one"),), (unit("app.a"), unit("app.b"))])
def test_next_to_nothing_gets_a_verdict_not_a_crash(symbols):
    found = propose_boundaries(DependencyGraph(tuple(symbols), ()))
    assert found.verdict == "do not split"
    assert len(found.units) == len(symbols)


def test_what_everybody_uses_is_set_apart():
    groups = {"order": 6, "invoice": 6, "parcel": 6}
    users = [(f"app.{g}{n}", "app.util0") for g in groups for n in range(6)]
    found = propose_boundaries(system({**groups, "util": 1}, users, tables=False))
    assert [s.unit for s in found.shared if s.kind == "library"] == ["app.util0"]


def test_a_crossing_names_its_evidence():
    found = propose_boundaries(system({"order": 6, "invoice": 6}, [("app.order0", "app.invoice0")]))
    home = homes(found)
    (crossing,) = [c for c in found.crossings if (c.source, c.target) == (home["app.order0"], home["app.invoice0"])]
    assert crossing.weight == 1
    assert str(crossing.evidence[0].location) == "x.py:1"


def pinned(text, base):
    units = [u.id for u in base.units]
    return read_boundaries(text, "boundaries.toml", units, [f"table:{t.table}" for t in base.tables])


def test_a_moved_unit_is_pinned_and_told():
    graph = system({"order": 6, "invoice": 6})
    base = propose_boundaries(graph)
    file = pinned('[services.invoice]\nunits = ["app.order0", "app.invoice0"]\n', base)
    found = propose_boundaries(graph, (), file)
    assert homes(found)["app.order0"] == "invoice"
    assert [(p.what, p.line) for p in found.pins] == [("app.order0 belongs to invoice", 2)]
    assert next(u for u in found.units if u.id == "app.order0").pinned


def test_a_renamed_service_keeps_its_members():
    graph = system({"order": 6, "invoice": 6})
    base = propose_boundaries(graph)
    members = [u.id for u in base.units if u.service == "order"]
    file = pinned(f"[services.sales]\nunits = {members!r}\n".replace("'", '"'), base)
    found = propose_boundaries(graph, (), file)
    assert {u.id for u in found.units if u.service == "sales"} == set(members)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[services.a]\nunits = ["app.nowhere"]\n', 2, "no unit"),
        ('[services.a]\nunits = ["app.order0"]\n[services.b]\nunits = ["app.order0"]\n', 4, "keep one"),
        ("[services.a]\nunits = []\n", 1, "without a unit"),
        ('apart = [["app.order0", "app.order1"]]\n[services.a]\nunits = ["app.order0", "app.order1"]\n', 1, "apart"),
        ('[services."no good"]\nunits = ["app.order0"]\n', 1, "cannot name"),
        ("services = 3\n", 1, "tables"),
        ('colour = "red"\n', 1, "unknown key"),
        ("[services.a\n", None, "boundaries.toml"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(text, line, words):
    base = propose_boundaries(system({"order": 6, "invoice": 6}))
    with pytest.raises(BoundariesError) as error:
        pinned(text, base)
    assert words in str(error.value)
    if line is not None:
        assert f"boundaries.toml:{line}:" in str(error.value)


def test_apart_moves_one_of_the_pair():
    graph = system({"order": 6, "invoice": 6})
    base = propose_boundaries(graph)
    found = propose_boundaries(graph, (), pinned('apart = [["app.order0", "app.order1"]]\n', base))
    assert homes(found)["app.order0"] != homes(found)["app.order1"]


GRAPHS = st.lists(
    st.tuples(st.integers(0, 14), st.integers(0, 14), st.sampled_from(["call", "import", "type"])), max_size=60
)


@settings(max_examples=40, deadline=None)
@given(GRAPHS, st.integers(0, 3))
def test_every_unit_has_one_home_and_order_does_not_matter(pairs, tables):
    names = [f"app.m{n}" for n in range(15)]
    symbols = [unit(n) for n in names] + [table(f"t{n}") for n in range(tables)]
    found = [Dependency(names[a], names[b], kind, "x.py", 1) for a, b, kind in pairs if a != b]
    found += [Dependency(names[n], f"table:t{n}", "write", "y.py", 2) for n in range(tables)]
    result = propose_boundaries(DependencyGraph(tuple(symbols), tuple(found)))
    assert sorted(u.id for u in result.units) == sorted(names)
    services = {s.name for s in result.services}
    assert all(u.service in services or u.service == SHARED for u in result.units)
    assert all(s.units for s in result.services)
    assert {t.table for t in result.tables} == {f"t{n}" for n in range(tables)}
    assert propose_boundaries(DependencyGraph(tuple(symbols), tuple(reversed(found)))) == result


def test_a_base_of_several_entities_is_a_kernel():
    graph = system({"order": 6, "invoice": 6})
    base = Symbol("app.base", "class", "app/base.py", 1, 9, "python", "", "app.base")
    rows = [Dependency("app.order0", "table:order_rows", "declare", "x.py", 1),
            Dependency("app.invoice0", "table:invoice_rows", "declare", "x.py", 1)]  # fmt: skip
    heirs = [Dependency(heir, "app.base", "inherit", "x.py", 1) for heir in ("app.order0", "app.invoice0")]
    symbols = tuple(sorted((*graph.symbols, base), key=lambda s: s.id))
    found = propose_boundaries(DependencyGraph(symbols, (*graph.dependencies, *rows, *heirs)))
    assert [(s.unit, s.kind) for s in found.shared] == [("app.base", "kernel")]
    assert "2 tables" in found.shared[0].reason


def test_what_nothing_ties_is_set_apart_with_that_reason():
    graph = system({"order": 6, "invoice": 6})
    lone = unit("app.conf.default", "conf/default.py")
    found = propose_boundaries(DependencyGraph((*graph.symbols, lone), graph.dependencies))
    assert [s.unit for s in found.shared] == ["app.conf.default"]
    assert "nothing ties it" in found.shared[0].reason


def test_folders_of_technical_layers_tie_nothing():
    flat = system({"order": 6, "invoice": 6})
    layered = {s.id: f"{('dao', 'web')[n % 2]}/{s.id}.py" for n, s in enumerate(flat.symbols) if s.kind == "module"}
    names = {old: f"app.{path.split('/')[0]}.{old.split('.')[1]}" for old, path in layered.items()}
    symbols = [unit(names[s.id], layered[s.id]) if s.id in names else s for s in flat.symbols]
    edges = [
        Dependency(names[d.source], names.get(d.target, d.target), d.kind, d.path, d.line) for d in flat.dependencies
    ]
    found = homes(propose_boundaries(DependencyGraph(tuple(symbols), tuple(edges))))
    assert {found[names[f"app.order{n}"]] for n in range(6)} == {"order"}
    assert {found[names[f"app.invoice{n}"]] for n in range(6)} == {"invoice"}


def test_nodes_without_words_are_not_taken_for_each_other():
    graph = system({"order": 6, "invoice": 6})
    names = {s.id: f"table:t{n}" if s.kind == "table" else f"u{n}" for n, s in enumerate(graph.symbols)}
    symbols = [unit(names[s.id]) if s.kind == "module" else table(names[s.id][6:]) for s in graph.symbols]
    edges = [Dependency(names[d.source], names[d.target], d.kind, d.path, d.line) for d in graph.dependencies]
    found = homes(propose_boundaries(DependencyGraph(tuple(symbols), tuple(edges))))
    assert len(set(found.values())) == 2
    assert len({found[names[f"app.order{n}"]] for n in range(6)}) == 1
