"""The probe runs tests of several kinds in this interpreter, and under 2.7 where the machine has it."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.adapters.machine_toolchains import MachineToolchains
from agent.domain.environment import Recipe
from agent.domain.execution import Command, Outcome
from agent.domain.verdict import Suite, SuiteResult
from agent.validation.runners.python_probe import read_lines_run, read_results
from agent.validation.runners.python_runners import PYTHON_RUNNERS

RECIPE = Recipe(ecosystem="python")
TWO = MachineToolchains().best("python", "==2.7.*")
NO_PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

MIXED = """
import pytest, time

def test_good(): pass

def test_bad(): assert 1 == 2

@pytest.fixture
def broken(): raise ValueError("in the fixture")

def test_error(broken): pass

@pytest.mark.skip(reason="later")
def test_skipped(): pass

@pytest.mark.xfail
def test_known(): assert False

@pytest.mark.xfail
def test_better(): pass

@pytest.mark.parametrize("n", [1, 2])
def test_many(n): pass
"""
CASES = """
import unittest

class Sums(unittest.TestCase):
    def test_good(self): pass
    def test_bad(self): self.assertEqual(1, 2)
    def test_error(self): raise KeyError("x")
    @unittest.skip("later")
    def test_skipped(self): pass
    @unittest.expectedFailure
    def test_known(self): self.fail()
    @unittest.expectedFailure
    def test_better(self): pass

class More(unittest.TestCase):
    def test_one(self): pass
    def test_two(self): pass

if __name__ == "__main__":
    unittest.main()
"""


def run(
    tmp_path: Path,
    runner: str,
    repository: Mapping[str, str],
    paths: Sequence[str] = (),
    python: str = sys.executable,
    options: Sequence[str] = (),
    variables: Mapping[str, str] = NO_PLUGINS,
    **how: object,
) -> SuiteResult:
    repo, out, env = tmp_path / "repo", tmp_path / "out", tmp_path / "env"
    shutil.rmtree(out, ignore_errors=True)
    for folder in (repo, out, env):
        folder.mkdir(exist_ok=True)
    for name, text in repository.items():
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_text(text)
    suite = Suite(runner=runner, ecosystem="python", paths=tuple(paths), options=tuple(options))
    command = PYTHON_RUNNERS[runner].command(suite, RECIPE, **how)  # type: ignore[arg-type]
    outcome = carry_out(command, repo, out, env, python, variables)
    return PYTHON_RUNNERS[runner].read(suite, outcome, out)


def carry_out(command: Command, repo: Path, out: Path, env: Path, python: str, variables: Mapping[str, str]) -> Outcome:
    places = {"{env}/venv/bin/python": python, "{env}": str(env), "{repo}": str(repo), "{out}": str(out)}
    argv = []
    for argument in command.argv:
        for mark, place in places.items():
            argument = argument.replace(mark, place)
        argv.append(argument)
    environ = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", **variables}
    done = subprocess.run(argv, cwd=repo, env=environ, capture_output=True, timeout=60, check=False)
    return Outcome(done.returncode, done.stdout, done.stderr, 1.0)


def statuses(result: SuiteResult) -> dict[str, str]:
    return {case.id: case.status for case in result.cases}


def test_every_outcome_of_pytest_by_node_id(tmp_path: Path) -> None:
    result = run(tmp_path, "pytest", {"tests/test_mixed.py": MIXED})
    prefix = "tests/test_mixed.py::test_"
    assert statuses(result) == {
        f"{prefix}good": "passed",
        f"{prefix}bad": "failed",
        f"{prefix}error": "error",
        f"{prefix}skipped": "skipped",
        f"{prefix}known": "expected failure",
        f"{prefix}better": "unexpected pass",
        f"{prefix}many[1]": "passed",
        f"{prefix}many[2]": "passed",
    }
    assert result.trouble == ""
    assert "assert 1 == 2" in next(case.message for case in result.cases if case.status == "failed")


def test_a_file_that_cannot_be_loaded_is_named_and_the_rest_runs(tmp_path: Path) -> None:
    files = {"test_a.py": "import nowhere_at_all", "test_b.py": "def test_b(): pass"}
    result = run(tmp_path, "pytest", files)
    assert result.collection_errors == ("test_a.py",)
    assert statuses(result) == {"test_b.py::test_b": "passed"}
    assert result.trouble == ""
    alone = run(tmp_path, "pytest", files, paths=["test_a.py"])
    assert alone.trouble.startswith("no test could be loaded")


def test_a_run_of_nothing_is_trouble(tmp_path: Path) -> None:
    assert run(tmp_path, "pytest", {"test_a.py": ""}).trouble.startswith("no test ran")
    assert run(tmp_path, "unittest", {"test_a.py": ""}, paths=["test_a.py"]).trouble.startswith("no test ran")
    assert run(tmp_path, "script", {"run.py": "raise SystemExit(0)"}, paths=["run.py"]).trouble.startswith(
        "no test ran"
    )


@pytest.mark.parametrize("runner", ["pytest", "unittest"])
def test_leaving_with_code_0_in_the_middle_is_trouble(tmp_path: Path, runner: str) -> None:
    quitter = "import os, unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n    def test_b(self): os._exit(0)\n"
    result = run(tmp_path, runner, {"test_a.py": quitter}, paths=["test_a.py"])
    assert "before the runner was done" in result.trouble
    assert list(statuses(result).values()) == ["passed"]


def test_a_forked_child_that_runs_on_adds_nothing(tmp_path: Path) -> None:
    forking = "import os\ndef test_a():\n    if os.fork() == 0:\n        return\n    os.wait()\ndef test_b(): pass\n"
    assert statuses(run(tmp_path, "pytest", {"test_a.py": forking})) == {
        "test_a.py::test_a": "passed",
        "test_a.py::test_b": "passed",
    }


@pytest.mark.parametrize("runner", ["pytest", "unittest"])
def test_another_order_by_seed_keeps_classes_together(tmp_path: Path, runner: str) -> None:
    written = [case.id for case in run(tmp_path, runner, {"test_c.py": CASES}, paths=["test_c.py"]).cases]
    orders = []
    for seed in (1, 2, 3, 4):
        cases = run(tmp_path, runner, {}, paths=["test_c.py"], order=seed).cases
        orders.append([case.id for case in cases])
        classes = ["More" in case.id for case in cases]
        assert sum(left != right for left, right in pairwise(classes)) == 1
    assert all(sorted(order) == sorted(written) for order in orders)
    assert any(order != written for order in orders)
    assert orders[0] == [case.id for case in run(tmp_path, runner, {}, paths=["test_c.py"], order=1).cases]


def test_some_tests_by_id(tmp_path: Path) -> None:
    files = {"test_c.py": CASES, "test_d.py": "def test_d(): pass"}
    only = ["test_c.py::Sums::test_good", "test_d.py::test_d"]
    assert sorted(statuses(run(tmp_path, "pytest", files, only=only))) == only
    dotted = ["test_c.More.test_one", "test_c.Sums.test_bad"]
    assert sorted(statuses(run(tmp_path, "unittest", files, paths=["test_c.py"], only=dotted))) == dotted


@pytest.mark.parametrize("runner", ["pytest", "unittest"])
def test_a_test_that_takes_too_long_fails_and_the_rest_runs(tmp_path: Path, runner: str) -> None:
    endless = (
        "import time, unittest\nclass A(unittest.TestCase):\n    def test_a(self):\n        try:\n            time.sleep(50)\n"
        "        except Exception: pass\n    def test_b(self): pass\n"
    )
    result = run(tmp_path, runner, {"test_a.py": endless}, paths=["test_a.py"], test_seconds=0.2)
    found = {name.rpartition("test_")[2]: status for name, status in statuses(result).items()}
    assert found == {"a": "failed" if runner == "pytest" else "error", "b": "passed"}


def test_unittest_names_each_case_and_outcome(tmp_path: Path) -> None:
    result = run(tmp_path, "unittest", {"pkg/__init__.py": "", "pkg/checks.py": CASES}, paths=["pkg/checks.py"])
    assert statuses(result) == {
        "pkg.checks.More.test_one": "passed",
        "pkg.checks.More.test_two": "passed",
        "pkg.checks.Sums.test_good": "passed",
        "pkg.checks.Sums.test_bad": "failed",
        "pkg.checks.Sums.test_error": "error",
        "pkg.checks.Sums.test_skipped": "skipped",
        "pkg.checks.Sums.test_known": "expected failure",
        "pkg.checks.Sums.test_better": "unexpected pass",
    }


def test_a_script_that_runs_unittest_is_read_like_unittest(tmp_path: Path) -> None:
    result = run(tmp_path, "script", {"alltests.py": CASES}, paths=["alltests.py"])
    assert result.count("passed") == 3
    assert result.trouble == ""


def test_a_subtest_that_fails_fails_its_test_once(tmp_path: Path) -> None:
    text = (
        "import unittest\nclass A(unittest.TestCase):\n    def test_a(self):\n        for n in range(3):\n"
        "            with self.subTest(n=n): self.assertNotEqual(n, 1)\n"
    )
    assert statuses(run(tmp_path, "unittest", {"test_a.py": text}, paths=["test_a.py"])) == {
        "test_a.A.test_a": "failed"
    }


def test_tests_of_a_test_tool_count_only_themselves(tmp_path: Path) -> None:
    text = (
        "import io, unittest\nclass Inner(unittest.TestCase):\n    def runTest(self): self.fail()\n"
        "class A(unittest.TestCase):\n    def test_a(self):\n"
        "        result = unittest.TextTestRunner(stream=io.StringIO()).run(unittest.TestSuite([Inner()]))\n"
        "        self.assertFalse(result.wasSuccessful())\n"
        "def load_tests(loader, tests, pattern):\n    return loader.loadTestsFromTestCase(A)\n"
    )
    assert statuses(run(tmp_path, "unittest", {"test_a.py": text}, paths=["test_a.py"])) == {
        "test_a.A.test_a": "passed"
    }


@pytest.mark.skipif(TWO is None, reason="this machine has no Python 2.7")
def test_the_same_under_2_7(tmp_path: Path) -> None:
    assert TWO is not None
    files = {
        "test_c.py": CASES,
        "old.py": "import unittest\nclass A(unittest.TestCase):\n    def testA(self): print 'x'\n",
    }
    result = run(tmp_path, "unittest", files, paths=["test_c.py", "old.py"], python=str(TWO.executable), order=3)
    assert result.trouble == ""
    assert result.count("passed") == 4
    assert result.count("failed", "error", "skipped", "expected failure", "unexpected pass") == 5
    broken = run(tmp_path, "unittest", {"bad.py": "def f(:"}, paths=["bad.py"], python=str(TWO.executable))
    assert broken.collection_errors == ("bad.py",)


def test_lines_that_ran_are_named_from_the_repository_on(tmp_path: Path) -> None:
    report = '{"files": {"a.py": {"executed_lines": [1, 3], "missing_lines": [2]}, "../../x.py": {"executed_lines": [1], "missing_lines": []}}}'
    (tmp_path / "coverage.json").write_text(report)
    suite = Suite(runner="pytest", ecosystem="python", folder="src")
    assert read_lines_run(suite, tmp_path) == {"src/a.py": {1: True, 2: False, 3: True}}
    assert read_lines_run(suite, tmp_path / "nowhere") == {}


RECORD = b'{"id": "a", "status": "passed", "seconds": 0.1, "message": ""}\n{"end": 0}\n'


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200) | st.sampled_from([b"[]", b'{"id": 3}\n', b"[" * 5000, RECORD, RECORD * 2]))
def test_any_bytes_in_the_results_and_no_exception_out(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "results.jsonl").write_bytes(data)
    (tmp_path / "coverage.json").write_bytes(data)
    result = read_results(Outcome(0, b"", b"", 0.0), tmp_path)
    assert result.trouble or result.cases
    read_lines_run(Suite(runner="pytest", ecosystem="python"), tmp_path)


@pytest.mark.parametrize("python", [sys.executable, *([str(TWO.executable)] if TWO else [])])
def test_what_a_build_made_is_found_when_the_repository_lacks_it(tmp_path: Path, python: str) -> None:
    """keep_built's finder: the repository's own module first, the built one where there is none."""
    for name, text in {
        "repo/pkg/__init__.py": "",
        "repo/pkg/own.py": "x = 'repository'",
        "built/pkg/own.py": "x = 'built'",
        "built/pkg/made.py": "x = 'built'",
        "built/pkg/__init__.py": "x = 'built'",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    program = runpy.run_path("agent/validation/runners/probes/keep_built.py", run_name="probe")
    finder = program["FINDER"] % str(tmp_path / "built")
    (tmp_path / "finder.py").write_text(finder)
    asked = "import finder, pkg, pkg.own, pkg.made; print(pkg.own.x, pkg.made.x, hasattr(pkg, 'x'))"
    environ = {"PYTHONPATH": f"{tmp_path}:{tmp_path / 'repo'}", "PYTHONDONTWRITEBYTECODE": "1"}
    said = subprocess.run([python, "-c", asked], env=environ, capture_output=True, timeout=60, check=False)
    words = said.stdout.decode().translate({ord(mark): None for mark in "(),'"}).split()
    assert words == ["repository", "built", "False"], said.stderr.decode()
    missing = subprocess.run([python, "-c", "import finder, pkg.none"], env=environ, capture_output=True, check=False)
    assert missing.returncode == 1
