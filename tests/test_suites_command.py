"""`figwright test` as a user runs it, in a real sandbox, on suites of the standard library's unittest: no network is needed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from tests.program import ROOT, figwright, write_repository

WHY_NOT = BubblewrapSandbox().unusable()
if WHY_NOT and os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX") == "bubblewrap":
    raise RuntimeError(WHY_NOT)
pytestmark = [pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT), pytest.mark.timeout(240)]

CALC = "def add(a, b):\n    return a + b\n\n\ndef unused(a):\n    return a\n"
TESTS = """\
import unittest
from calc import add


class CalcTest(unittest.TestCase):
    def test_add(self):
        self.assertEqual(add(1, 2), 3)

    def test_zero(self):
        self.assertEqual(add(0, 0), 0)
"""


def offline(**more: str) -> dict[str, str]:
    """An index that nothing comes from: what is not needed must not be fetched."""
    return {"PIP_NO_INDEX": "1", "PIP_RETRIES": "0", **more}


def run(repository: Path, tmp_path: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return figwright(
        "test", repository, "--runs", 2, "--runner", "unittest", *arguments, cache=tmp_path / "cache", env=offline()
    )


def report(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def calc(tmp_path: Path) -> Path:
    return write_repository(tmp_path / "calc", {"calc.py": CALC, "test_calc.py": TESTS})


def test_ids_of_what_passed_and_an_environment_that_is_found_again(calc: Path, tmp_path: Path) -> None:
    done = run(calc, tmp_path, "--format", "json")
    assert done.returncode == 0, done.stderr
    suite = report(done)["suites"][0]
    assert suite["baseline"]["passed"] == ["test_calc.CalcTest.test_add", "test_calc.CalcTest.test_zero"]
    assert suite["baseline"]["orders"] == [0, 1]
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps(suite["environment"]["recipe"]))
    again = run(calc, tmp_path, "--env", recipe)
    assert again.returncode == 0, again.stderr
    assert "2 passed" in again.stdout
    assert sorted(path.name for path in calc.iterdir()) == ["calc.py", "test_calc.py"]


def test_a_change_that_breaks_a_test_is_refused_by_name(calc: Path, tmp_path: Path) -> None:
    patch = tmp_path / "change.patch"
    patch.write_text(
        "--- a/calc.py\n+++ b/calc.py\n@@ -1,2 +1,2 @@\n def add(a, b):\n-    return a + b\n+    return a - b\n"
    )
    done = run(calc, tmp_path, "--patch", patch, "--format", "json")
    assert done.returncode == 1
    verdict = report(done)["verdict"]
    assert verdict["label"] == "refused"
    assert verdict["lost"] == ["test_calc.CalcTest.test_add"]
    assert (calc / "calc.py").read_text() == CALC


def test_a_change_to_the_tests_is_refused_with_its_line(calc: Path, tmp_path: Path) -> None:
    patch = tmp_path / "change.patch"
    patch.write_text(
        "--- a/test_calc.py\n+++ b/test_calc.py\n@@ -5,3 +5,3 @@\n class CalcTest(unittest.TestCase):\n     def test_add(self):\n"
        "-        self.assertEqual(add(1, 2), 3)\n+        self.assertTrue(add(1, 2))\n"
    )
    done = run(calc, tmp_path, "--patch", patch)
    assert done.returncode == 1
    assert "VERDICT  refused" in done.stdout
    assert "test_calc.py:7: the change touches this file" in done.stdout


def test_a_patch_that_does_not_apply_costs_no_run(calc: Path, tmp_path: Path) -> None:
    patch = tmp_path / "change.patch"
    patch.write_text(
        "--- a/calc.py\n+++ b/calc.py\n@@ -1,2 +1,2 @@\n def sub(a, b):\n-    return a * b\n+    return a - b\n"
    )
    done = run(calc, tmp_path, "--patch", patch)
    assert done.returncode == 2
    assert done.stderr.startswith("figwright: ")
    assert not list((tmp_path / "cache/validation/environments").glob("*/made.json"))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("import os; os._exit(0)", "NOT RUN"),
        ("raise SystemExit(0)", "NOT RUN"),
        ("import socket; socket.create_connection(('127.0.0.1', 5432), 2)", "set aside    service"),
        ("import socket; socket.create_connection(('example.org', 80), 2)", "set aside    network"),
        ("import sys; [sys.stdout.write('x' * 1000000) for _ in range(300)]", "1 passed"),
        ("import os; open(os.path.join(os.sep, 'etc', 'shadow')).read()", "1 failed"),
    ],
    ids=["exits at once", "leaves quietly", "a service", "the network", "prints 300 MB", "reads secrets"],
)
def test_suites_that_misbehave_are_bounded_and_said(body: str, says: str, tmp_path: Path) -> None:
    text = f"import unittest\n\n\nclass T(unittest.TestCase):\n    def test_it(self):\n        {body}\n"
    done = run(write_repository(tmp_path / "odd", {"test_odd.py": text}), tmp_path)
    assert says in done.stdout, done.stdout + done.stderr
    assert "Traceback (most recent call last)" not in done.stderr


def test_characterization_tests_of_unprotected_code_hold_on_it_and_notice_a_defect(calc: Path, tmp_path: Path) -> None:
    price = "def net(gross, rate):\n    if rate < 0:\n        raise ValueError(rate)\n    return gross * 100 // (100 + rate)\n"
    (calc / "price.py").write_text(price)
    patch = tmp_path / "tests.patch"
    done = run(calc, tmp_path, "--characterize", "price.py", "--output", patch)
    assert done.returncode == 0, done.stdout + done.stderr
    applied = subprocess.run(["git", "apply", str(patch)], cwd=calc, capture_output=True, text=True, check=False)
    assert applied.returncode == 0, applied.stderr
    command = [sys.executable, "-B", "-m", "unittest", "test_characterization_price"]
    assert subprocess.run(command, cwd=calc, capture_output=True, check=False).returncode == 0
    (calc / "price.py").write_text(price.replace("100 + rate", "100 - rate"))
    assert subprocess.run(command, cwd=calc, capture_output=True, check=False).returncode == 1


def test_what_cannot_be_characterized_is_said(calc: Path, tmp_path: Path) -> None:
    done = run(calc, tmp_path, "--characterize", "test_calc.py")
    assert done.returncode == 2
    assert "test_calc.py is not a Python file of this repository's product" in done.stderr


def test_no_tests_is_said_and_is_no_success(tmp_path: Path) -> None:
    done = figwright("test", write_repository(tmp_path / "bare", {"a.py": "x = 1\n"}), cache=tmp_path / "cache")
    assert done.returncode == 1
    assert "NOT RUN  no test suite was found" in done.stdout


def test_killed_half_way_it_leaves_no_process_and_the_next_run_clears_its_folders(tmp_path: Path) -> None:
    sleeper = (
        "import subprocess, unittest\n\n\nclass T(unittest.TestCase):\n    def test_it(self):\n"
        "        subprocess.call(['sleep', '87654'])\n"
    )
    repository = write_repository(tmp_path / "slow", {"test_slow.py": sleeper})
    cache = tmp_path / "cache"
    environment = {**os.environ, **offline(FIGWRIGHT_CACHE_DIR=str(cache)), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "agent.cli", "test", str(repository), "--runner", "unittest"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(lambda: bool(_running("87654")), "the suite never started")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    _wait(lambda: not _running("87654"), "processes of the box are left")
    runs = cache / "validation/runs"
    assert list(runs.iterdir()), "the killed run left nothing, so this test shows nothing"
    shutil.copyfile(ROOT / "README.md", repository / "README.md")
    (repository / "test_slow.py").write_text(sleeper.replace("87654", "0"))
    done = run(repository, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(runs.iterdir())
    assert sorted(path.name for path in repository.iterdir()) == ["README.md", "test_slow.py"]


def _running(argument: str) -> list[str]:
    """Processes of this machine that were started as ``sleep ARGUMENT``, whichever box they are in."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                words = (place / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[:2] == [b"sleep", argument.encode()]:
                found.append(place.name)
    return found


def _wait(until: Any, otherwise: str) -> None:
    for _ in range(600):
        if until():
            return
        time.sleep(0.1)
    pytest.fail(otherwise)
