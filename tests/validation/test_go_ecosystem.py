"""Go modules and packages from before modules: suites, recipes, events and lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.adapters.folder import Folder
from agent.domain.environment import Recipe
from agent.domain.execution import Outcome, Toolchain
from agent.domain.verdict import Suite
from agent.errors import EnvironmentUnmakeableError
from agent.validation.ecosystems.go import ECOSYSTEM

SUITE = Suite(runner="go", ecosystem="go")
GO = ECOSYSTEM.runners["go"]


class Machine:
    def __init__(self, *names: str) -> None:
        self._names = names

    def all(self, name: str) -> Sequence[Toolchain]:
        return [Toolchain(name, "1.26.1", Path("/usr/bin") / name, Path("/usr"))] if name in self._names else []

    def best(self, name: str, versions: str = "") -> Toolchain | None:
        return next(iter(self.all(name)), None)


def tree(folder: Path, files: Mapping[str, str]) -> Folder:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, "utf-8")
    return Folder(folder, "mux")


def outcome(code: int = 0) -> Outcome:
    return Outcome(exit_code=code, stdout=b"", stderr=b"", seconds=1.0)


def test_a_module_is_a_suite_and_vendored_ones_are_not(tmp_path: Path) -> None:
    files = {
        "go.mod": "module acme.org/mux\n\ngo 1.20\n",
        "a_test.go": "",
        "testdata/x": "",
        "vendor/b/go.mod": "",
        "vendor/b/b_test.go": "",
    }
    snapshot = tree(tmp_path, files)
    (suite,) = ECOSYSTEM.suites(snapshot)
    assert suite.files == ("a_test.go", "testdata/x")
    recipe = ECOSYSTEM.recipe(snapshot, suite, Machine("go"))
    assert recipe.needs[0].versions == ">=1.20"
    assert [step.name for step in recipe.steps] == ["download modules", "fill the build cache"]
    with pytest.raises(EnvironmentUnmakeableError, match="need Go"):
        ECOSYSTEM.recipe(snapshot, suite, Machine())


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ('package mux // import "acme.org/mux"\n', "acme.org/mux"),
        ('package mux\nimport (\n\t"fmt"\n\t"acme.org/x/mux/inner"\n)\n', "acme.org/x/mux"),
        ("package mux\n", "example.org/mux"),
    ],
)
def test_before_modules_a_module_is_made(tmp_path: Path, source: str, module: str) -> None:
    snapshot = tree(tmp_path, {"mux.go": source, "a_test.go": "package mux", "inner/b.go": "package inner"})
    (suite,) = ECOSYSTEM.suites(snapshot)
    recipe = ECOSYSTEM.recipe(snapshot, suite, Machine("go"))
    assert recipe.steps[0].run == ("{toolchain:go}", "mod", "init", module)


def test_a_vendor_folder_that_does_not_fit() -> None:
    recipe = Recipe(ecosystem="go", variables={"GOFLAGS": "-mod=vendor"})
    amended = ECOSYSTEM.amend(recipe, SUITE, "go: inconsistent vendoring in /r:")
    assert amended is not None
    assert amended[0].variables["GOFLAGS"] == "-mod=mod"
    assert ECOSYSTEM.amend(amended[0], SUITE, "go: inconsistent vendoring in /r:") is None


EVENTS: list[dict[str, object]] = [
    {"Action": "run", "Package": "acme.org/mux", "Test": "TestA"},
    {"Action": "output", "Package": "acme.org/mux", "Test": "TestA", "Output": "    a_test.go:3: no\n"},
    {"Action": "fail", "Package": "acme.org/mux", "Test": "TestA", "Elapsed": 0.5},
    {"Action": "pass", "Package": "acme.org/mux", "Test": "TestB/empty.case", "Elapsed": 0},
    {"Action": "skip", "Package": "acme.org/mux", "Test": "TestC"},
    {"Action": "fail", "Package": "acme.org/mux"},
    {"ImportPath": "acme.org/mux/b", "Action": "build-output", "Output": "b/b.go:1: undefined: x\n"},
    {"Action": "fail", "Package": "acme.org/mux/b"},
]


def test_events(tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text("\n".join(map(json.dumps, EVENTS)) + "\n{cut", "utf-8")
    result = GO.read(SUITE, outcome(1), tmp_path)
    assert [(case.id, case.status) for case in result.cases] == [
        ("acme.org/mux.TestA", "failed"),
        ("acme.org/mux.TestB/empty.case", "passed"),
        ("acme.org/mux.TestC", "skipped"),
    ]
    assert "a_test.go:3: no" in result.cases[0].message
    assert result.collection_errors == ("acme.org/mux/b",)


def test_a_run_without_tests_is_trouble(tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text("\n".join(map(json.dumps, EVENTS[-2:])), "utf-8")
    assert (
        GO.read(SUITE, outcome(1), tmp_path).trouble
        == "go ended with exit code 1 and ran no test: b/b.go:1: undefined: x"
    )
    assert "ran no test" in GO.read(SUITE, outcome(), tmp_path / "none").trouble


def test_selection_and_order() -> None:
    only = ("acme.org/mux.TestB/empty.case", "acme.org/mux.TestA")
    argv = GO.command(SUITE, Recipe(ecosystem="go"), only=only, order=7).argv
    assert "^(?:TestA|TestB)$" in argv
    assert "-shuffle=7" in argv


def test_lines_of_a_profile(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module acme.org/mux\n", "utf-8")
    profile = (
        "mode: set\nacme.org/mux/a.go:3.10,4.2 1 1\nacme.org/mux/a.go:6.1,6.9 1 0\nother.org/b.go:1.1,1.2 1 1\nbroken\n"
    )
    (tmp_path / "cover.out").write_text(profile, "utf-8")
    assert GO.coverage(SUITE, tmp_path) == {"a.go": {3: True, 4: True, 6: False}}


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_a_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    out = tmp_path_factory.mktemp("out")
    for name in ("events.json", "cover.out", "go.mod"):
        (out / name).write_bytes(data)
    GO.read(SUITE, outcome(1), out)
    GO.coverage(SUITE, out)
