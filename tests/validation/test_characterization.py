"""Characterization: recorded in a real interpreter, 2.7 too where there is one, and proven by running what was written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.composition import languages
from agent.domain.inventory import Location
from agent.domain.verdict import CaseResult, Suite, SuiteResult
from agent.validation.characterization import Call, choose_calls, keep_proven, read_calls, recorder_command, write_tests
from agent.validation.characterization_targets import choose_targets

SHOP = """# -*- coding: utf-8 -*-
import random


class Refused(Exception):
    pass


def discount(total, member=False):
    if total < 0:
        raise Refused(total)
    if member and total >= 100:
        return total - total // 10
    return total


def label(name, width=8):
    if not name:
        return u"-"
    return name.strip()[:width].upper()


def pairs(items):
    for n, item in enumerate(items):
        yield n, item


def drop_first(items):
    items.pop(0)
    return items


def luck(top):
    return random.randint(0, 10 ** 9)


def handle(top):
    return object()


def _hidden(x):
    return x


class Basket(object):
    def __init__(self):
        self.lines = []

    def add(self, qty):
        self.lines.append(qty)
        return sum(self.lines) * 2

    @staticmethod
    def limit(n):
        return min(n, 10)
"""
USE = (
    "from shop.prices import discount, label\ndiscount(250, True)\nlabel('  late order ')\nBasket().add(3)\nlimit(12)\n"
)
PATHS = ["shop/__init__.py", "shop/prices.py", "tests/test_use.py"]
SUITE = Suite(runner="pytest", ecosystem="python", files=("tests/test_use.py",))


def interpreters() -> list[str]:
    old = [
        path for path in map(str, Path("/root/.pyenv/versions").glob("2.7.*/bin/python")) if os.access(path, os.X_OK)
    ]
    return [sys.executable, *old[:1]] if old else [sys.executable, *filter(None, [shutil.which("python2.7")])]


def repository(root: Path, changed: Mapping[str, str | None] | None = None) -> Path:
    for name, text in {"shop/__init__.py": "", "shop/prices.py": SHOP, **(changed or {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((text or "").encode("latin-1"))
    return root


def targets() -> tuple[object, ...]:
    lines = [Location(path="shop/prices.py", line=n) for n in range(1, SHOP.count("\n") + 1)]
    return choose_targets(lines, {"shop/prices.py": SHOP, "tests/test_use.py": USE}, languages(), PATHS)


def record(python: str, repo: Path, out: Path, hash_seed: str = "0") -> tuple[Call, ...]:
    out.mkdir(exist_ok=True)
    found, _ = targets()
    argv = [str(out) if one == "{out}" else one for one in recorder_command(found, SUITE, python).argv]  # type: ignore[arg-type]
    done = subprocess.run(
        argv, cwd=repo, env={"PYTHONHASHSEED": hash_seed}, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return read_calls((out / "calls.jsonl").read_text("utf-8"))


def test_public_functions_with_makeable_arguments_are_targets() -> None:
    found, left = targets()
    assert [t.name for t in found] == [  # type: ignore[attr-defined]
        "discount", "label", "pairs", "drop_first", "luck", "handle", "Basket.add", "Basket.limit",
    ]  # fmt: skip
    assert found[0].module == "shop.prices"  # type: ignore[attr-defined]
    assert "250" in found[0].pools[0]  # type: ignore[attr-defined]
    assert any("_hidden is not public" in one for one in left)


@pytest.mark.parametrize("python", interpreters())
def test_recorded_tests_pass_on_the_old_code_under_both_and_notice_defects(python: str, tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo")
    first, second = record(python, repo, tmp_path / "a"), record(python, repo, tmp_path / "b", "1")
    steady = [call for call in first if call in set(second)]
    by_name = {call.target.rpartition(":")[2] for call in steady if not call.left}
    assert by_name == {"discount", "label", "pairs", "drop_first", "Basket.add", "Basket.limit"}
    found, _ = targets()
    runs = []

    def run(files: Mapping[str, str | None]) -> SuiteResult:
        folder = repository(tmp_path / f"run{len(runs)}", files)
        runs.append(folder)
        name = next(path for path in files if "characterization" in path)
        done = subprocess.run([python, name], cwd=folder, env={}, capture_output=True, timeout=60, check=False)
        status = "passed" if done.returncode == 0 else "failed"
        return SuiteResult(cases=(CaseResult(id="one", status=status, message=done.stderr.decode()[-500:]),))  # type: ignore[arg-type]

    name = "tests/test_characterization_shop_prices.py"
    good, why = keep_proven(found, steady, name, SHOP, languages(), run, 0)  # type: ignore[arg-type]
    assert {target.name for target, _ in good} == by_name, why
    assert len(why) == 2  # luck, which differs each time, and handle, whose result cannot be written down
    text = write_tests(good)
    for other in interpreters():
        folder = repository(tmp_path / f"other{Path(other).name}{len(other)}", {name: text})
        done = subprocess.run([other, name], cwd=folder, env={}, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr.decode()
    worse = {name: text, "shop/prices.py": SHOP.replace("total // 10", "total // 11")}
    assert run(worse).count("failed") == 1


def test_few_calls_are_chosen_for_the_lines_that_they_run() -> None:
    calls = [Call("f", (str(n),), returns=str(n % 3), lines=(1, 2 if n == 77 else 1)) for n in range(100)]
    chosen = choose_calls([*calls, Call("f", ("x",), left="result: object")], most=10)
    assert len(chosen) <= 10
    assert any(call.arguments == ("77",) for call in chosen)
    assert {call.returns for call in chosen} == {"0", "1", "2"}


def test_only_literals_come_out_of_the_box() -> None:
    said = '{"target": "f", "arguments": ["1"], "returns": "__import__(\'os\').system(\'x\')"}\n'
    said += '{"target": "f", "arguments": ["1"], "raises": "E)\\nimport os"}\nnot json\n{"target": "f", "arguments": ["1"], "returns": "[1, \'a(b\']"}\n'
    assert [bool(call.left) for call in read_calls(said)] == [True, True, False]


@given(st.text())
def test_anything_may_be_written_by_what_runs_in_the_box(text: str) -> None:
    read_calls(text)
