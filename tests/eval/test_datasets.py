"""Ground truth is found by ID, by path, and by path and name; what is missing stays missing."""

from __future__ import annotations

import json

import pytest

from agent.domain.code import DependencyGraph, Symbol
from eval.datasets import find_units, read_dataset, read_samples


def symbol(identifier, path, unit, kind="class"):
    return Symbol(identifier, kind, path, 1, 9, "java", unit=unit)


GRAPH = DependencyGraph(
    symbols=(
        symbol("a.Order", "src/a/Order.java", "a.Order"),
        symbol("a.Order.Line", "src/a/Order.java", "a.Order"),
        symbol("a.Early", "src/a/Two.java", "a.Early"),
        symbol("a.Two", "src/a/Two.java", "a.Two"),
        symbol("models", "app/models.py", "models", "module"),
        symbol("models.User", "app/models.py", "models"),
        symbol("table:orders", "src/a/Order.java", "", "table"),
    ),
    dependencies=(),
)


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        ("a.Order", "a.Order"),
        ("a.Order$Line", "a.Order"),
        ("src/a/Order.java", "a.Order"),
        ("src/a/Two.java", "a.Two"),  # named like its file, though not the first in it
        ("app/models.py", "models"),
        ("app/models.py::User", "models"),
        ("app/models.py::Nobody", None),
        ("a.Missing", None),
        ("table:orders", None),
    ],
)
def test_units_are_found(key, unit):
    assert find_units(GRAPH, {key: "x"}).get(key) == unit


def test_a_path_may_be_the_end_of_exactly_one_known_path():
    graph = DependencyGraph(
        (symbol("a", "x/app/models.py", "a"), symbol("b", "x/app/views.py", "b"), symbol("c", "y/app/views.py", "c")),
        (),
    )
    assert find_units(graph, {"app/models.py": "1", "app/views.py": "2", "models.py": "3", "odels.py": "4"}) == {
        "app/models.py": "a",
        "models.py": "a",
    }


@pytest.mark.parametrize("place", ["shop/deep/t.json", "shop/t.json", "shop.json", "t.json"])
def test_traces_are_found_in_the_checkout_or_beside_it(tmp_path, place):
    (tmp_path / "shop.toml").write_text(
        'name="shop"\nquality="A"\nunit="entity"\ntruth="x.json"\ntraces="deep/t.json"\n'
    )
    (tmp_path / "x.json").write_text("{}")
    trace = tmp_path / "sources" / place
    trace.parent.mkdir(parents=True)
    trace.write_text("{}")
    (case,) = read_dataset(tmp_path, tmp_path / "sources")
    assert case.source == trace


def test_a_dataset_is_read_with_its_sources(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "src" / "shop" / "web").mkdir(parents=True)
    (tmp_path / "data" / "shop.toml").write_text(
        'name = "shop"\ngit = "x"\ncommit = "abc"\nfolder = "web"\nquality = "A"\nunit = "class"\ntruth = "t.json"\n'
    )
    (tmp_path / "data" / "gone.toml").write_text('name = "gone"\nquality = "C"\nunit = "file"\ntruth = "t.json"\n')
    (tmp_path / "data" / "t.json").write_text(json.dumps({"a": "x", "b": "__shared__"}))
    gone, shop = read_dataset(tmp_path / "data", tmp_path / "src")
    assert (gone.name, gone.source) == ("gone", None)
    assert (shop.source, shop.commit, shop.quality) == (tmp_path / "src" / "shop" / "web", "abc", "A")
    assert shop.scored == {"a": "x"}


@pytest.mark.parametrize(
    "text", ["name = ", 'name = "a"', 'name = "a"\nquality = "A"\nunit = "x"\ntruth = "none.json"']
)
def test_a_broken_dataset_names_its_file(tmp_path, text):
    (tmp_path / "bad.toml").write_text(text)
    with pytest.raises(ValueError, match=r"bad\.toml"):
        read_dataset(tmp_path, None)


def test_an_empty_dataset_is_refused(tmp_path):
    with pytest.raises(ValueError, match="holds no"):
        read_dataset(tmp_path, None)


def test_the_samples_have_a_decomposition():
    cases = {case.name: case for case in read_samples()}
    orderdesk = cases["orderdesk"]
    assert len(set(orderdesk.scored.values())) == 7
    assert "orderdesk.utils" not in orderdesk.scored
    assert orderdesk.source is not None
