"""The graph task: truths are read as their makers wrote them, and what is missing is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.task import Request
from eval.tasks.graph import GRAPH, compare, count_snippets
from eval.tasks.graph_speed_raw import measure_in_turns
from eval.truths import java_classes, javascript_modules, pycg, python_imports
from eval.truths.missing import MissingTruthError


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_pairs_are_counted_once() -> None:
    row = compare({("a", "b"), ("b", "c")}, {("a", "b"), ("a", "c"), ("x", "y")})
    assert (row["precision"], row["recall"]) == (0.3333, 0.5)
    assert (compare(set(), set())["precision"], compare(set(), set())["recall"]) == (None, None)


@pytest.fixture
def snippets(tmp_path: Path) -> list[pycg.Snippet]:
    base = "micro-benchmark/snippets"
    write(
        tmp_path,
        {
            f"{base}/args/call/main.py": "def p():\n    pass\n\ndef f(a):\n    a()\n\nf(p)\nlen('x'.split())\n",
            f"{base}/args/call/callgraph.json": json.dumps(
                {"main": ["main.f", "<builtin>.len", "<**PyStr**>.split"], "main.f": ["main.p"], "main.p": []}
            ),
            f"{base}/other/wrong/main.py": "def p():\n    pass\np()\n",
            f"{base}/other/wrong/callgraph.json": json.dumps({"main": ["main.q"]}),
        },
    )
    return pycg.read_snippets(tmp_path)


def test_a_snippet_is_exact_when_complete_and_sound(snippets: list[pycg.Snippet]) -> None:
    assert [s.name for s in snippets] == ["args/call", "other/wrong"]
    assert pycg.by_values(snippets[0]) == snippets[0].truth
    row = count_snippets([(s, pycg.by_values(s)) for s in snippets])
    assert (row["complete"], row["sound"], row["exact"]) == (1, 1, 1)


def test_the_baselines_know_less(snippets: list[pycg.Snippet]) -> None:
    assert pycg.named_calls(snippets[0]) == {("main", "main.f")}
    assert pycg.dull_calls(snippets[0]) == {("main", "main.f")}


def test_a_checkout_without_snippets_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingTruthError, match="no callgraph"):
        pycg.read_snippets(tmp_path)


def test_dull_readers(tmp_path: Path) -> None:
    package = write(
        tmp_path / "p", {"__init__.py": "", "a.py": "import p.b\nfrom p import c\n", "b.py": "", "c.py": ""}
    )
    assert python_imports.dull_imports(package) == {("p.a", "p.b"), ("p.a", "p")}
    scripts = write(tmp_path / "s", {"a.js": "const b = require('./b')\n", "b.js": "import './d'\n", "d/index.js": ""})
    assert javascript_modules.dull_modules(scripts) == {("a.js", "b.js"), ("b.js", "d/index.js")}
    java = write(
        tmp_path / "j",
        {
            "o/A.java": "package o;\nimport q.C;\nclass A { B b; }\nclass Second {}\n",
            "o/B.java": "class B { Second s; }",
            "q/C.java": "class C {}",
        },
    )
    assert java_classes.dull_java(java) == {("o.A", "o.B"), ("o.A", "q.C"), ("o.B", "o.A")}


def test_what_is_missing_is_skipped_with_the_way_to_get_it(tmp_path: Path) -> None:
    outcome = GRAPH.run(Request(tmp_path / "work", None, write(tmp_path / "sources", {"x": ""}), quick=False))
    reasons = {s.case: s.reason for s in outcome.skipped}
    assert "github.com/vitsalis/PyCG" in reasons["Python calls, PyCG"]
    assert "mvn" in reasons["Java classes, spring-core"]
    assert "5.2.8" in reasons["Python imports, django"]
    ours, plain = (row for row in outcome.rows if row["case"] == "Python imports, orderdesk")
    assert (ours["precision"], ours["recall"]) == (1.0, 1.0)
    assert isinstance(plain["recall"], float)
    assert plain["recall"] < 1


@pytest.mark.parametrize(
    ("suffix", "text", "jobs"),
    [
        (".py", "def f(a):\n    return a.b(f)\n" * 100, {"raw", "structure", "calls"}),
        (".java", "class A { int f(B b) { return b.g(this); } }\n", {"raw", "structure"}),
    ],
)
def test_speed_is_measured_in_turns(tmp_path: Path, suffix: str, text: str, jobs: set[str]) -> None:
    root = write(tmp_path, {f"m{n}{suffix}": text for n in range(5)})
    spent = measure_in_turns(root, suffix, 1)
    assert set(spent) == jobs
    assert min(spent.values()) > 0
