"""Folding the graph to modules and classes, and printing it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import pytest

from agent.graph import as_graphml, as_json, at_level
from tests.systems import graph_of

FILES = {
    "shop/__init__.py": "",
    "shop/a.py": "from shop.b import B\n\nclass A:\n    class Inner:\n        def f(self):\n            return B().g()\n",
    "shop/b.py": "class B:\n    def g(self):\n        return 1\n",
}


def test_modules_fold_their_classes():
    _, found = at_level(graph_of(FILES), "module")
    assert {(e.source, e.target) for e in found} == {("shop.a", "shop.b")}


def test_classes_fold_inner_classes_and_functions():
    nodes, found = at_level(graph_of(FILES), "class")
    assert {n.id for n in nodes} == {"shop", "shop.a", "shop.a.A", "shop.b", "shop.b.B"}
    assert ("shop.a.A", "shop.b.B", "call") in {(e.source, e.target, e.kind) for e in found}


@pytest.mark.parametrize("level", ["module", "class", "function"])
def test_json_has_the_documented_shape(level):
    data = json.loads(as_json(graph_of(FILES), level))
    ids = {n["id"] for n in data["nodes"]}
    for edge in data["edges"]:
        assert {"source", "target", "kind", "path", "line", "resolution"} <= set(edge)
        assert edge["source"] in ids
        assert edge["target"] in ids
        assert edge["resolution"] in ("exact", "inferred")


def test_graphml_parses_even_with_control_characters_in_a_name():
    text = as_graphml(graph_of({**FILES, "shop/we\x01ird.py": "import shop.b\n"}), "module")
    root = ElementTree.fromstring(text)
    assert len(root.findall(".//{*}node")) == 4


def test_a_procedure_in_sql_that_nothing_refers_to_prints_at_every_level():
    files = {**FILES, "sql/procs.sql": "CREATE PROCEDURE recalc() BEGIN UPDATE claims SET total = 0; END;\n"}
    for level in ("module", "class", "function"):
        assert json.loads(as_json(graph_of(files), level))["nodes"]
