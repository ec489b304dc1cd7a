"""Small programs with one failing test, mended by a model over rounds: an editor in, how many stand after each round out.

The tests run in the sandbox. The programs are our own, each wrong in one place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from agent.composition import codebase, workplace
from agent.domain.patch import EditTask, Shown
from agent.inventory import take_inventory
from agent.patches.search_replace import apply_blocks, read_blocks
from agent.ports import Editor
from agent.settings import Settings
from agent.validation import examine

__all__ = ["PROGRAMS", "Repaired", "repair_rows"]

ROUNDS = (0, 1, 2)


@dataclass(frozen=True)
class Program:
    """``wrong`` fails one of ``tests``; ``goal`` is what a person would write."""

    name: str
    goal: str
    wrong: str
    tests: str


PROGRAMS = (
    Program(
        "discount",
        "total() must take the discount off before the tax is added.",
        "def total(net, discount, rate):\n    gross = net * (1 + rate)\n    return round(gross - discount, 2)\n",
        "    def test_discount_comes_first(self):\n        self.assertEqual(total(100, 10, 0.2), 108.0)\n"
        "    def test_no_discount(self):\n        self.assertEqual(total(100, 0, 0.2), 120.0)\n",
    ),
    Program(
        "paging",
        "pages() must count a last page that is not full.",
        "def pages(rows, size):\n    return rows // size\n",
        "    def test_last_page(self):\n        self.assertEqual(pages(21, 10), 3)\n"
        "    def test_full(self):\n        self.assertEqual(pages(20, 10), 2)\n"
        "    def test_none(self):\n        self.assertEqual(pages(0, 10), 0)\n",
    ),
    Program(
        "parse",
        "amount() must read a comma as the decimal sign when there is no dot.",
        "def amount(text):\n    return float(text.replace(',', ''))\n",
        "    def test_comma(self):\n        self.assertEqual(amount('3,50'), 3.5)\n"
        "    def test_thousands(self):\n        self.assertEqual(amount('1,000.25'), 1000.25)\n",
    ),
)


@dataclass(frozen=True)
class Repaired:
    """``right`` of ``asked`` programs stand after so many errors were shown; of the last answers ``applied`` could be applied."""

    kind: str
    asked: int
    applied: int
    right: int


def repair_rows(editor: Editor, work: Path, settings: Settings) -> Iterator[Repaired]:
    """One row a round; a program that stands is not asked about again."""
    standing: dict[str, bool] = {}
    applied: dict[str, bool] = {}
    tasks = {p.name: _task(p, p.wrong) for p in PROGRAMS}
    for number in ROUNDS:
        for program in PROGRAMS:
            if standing.get(program.name):
                continue
            folder = _write(program, work / f"{program.name}-{number}")
            answer = editor.propose_edit(tasks[program.name])
            failures, refused = _judge(folder, answer, settings)
            standing[program.name], applied[program.name] = not failures and not refused, not refused
            task = tasks[program.name]
            tasks[program.name] = task.model_copy(
                update={"failures": failures or task.failures, "refused": (*task.refused, *refused)}
            )
        yield Repaired(f"repair, {number} errors shown", len(PROGRAMS), sum(applied.values()), sum(standing.values()))


def _task(program: Program, text: str) -> EditTask:
    return EditTask(goal=program.goal, files=(Shown(path=f"{program.name}.py", text=text),))


def _write(program: Program, folder: Path) -> Path:
    (folder / "tests").mkdir(parents=True)
    (folder / f"{program.name}.py").write_text(program.wrong)
    name = program.wrong.partition("def ")[2].partition("(")[0]
    head = f"import unittest\n\nfrom {program.name} import {name}\n\n\nclass Test(unittest.TestCase):\n"
    (folder / "tests" / f"test_{program.name}.py").write_text(head + program.tests)
    (folder / "tests" / "__init__.py").write_text("")
    return folder


def _judge(folder: Path, answer: str, settings: Settings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(what failing tests printed, why the answer could not be applied)."""
    if not answer.strip():
        return (), ("there was no answer",)
    with workplace(str(folder), settings, name=folder.name) as place:
        blocks, problems = read_blocks(answer)
        code = codebase(place, lambda: take_inventory(place.tree, as_of=None), _unasked, _unasked)
        edited = apply_blocks(code, blocks)
    if problems or not blocks or edited.refused:
        return (), (problems or edited.refused or ("the answer holds no search/replace block",))
    if not edited.changes:
        return (), ("the blocks change nothing",)
    for change in edited.changes:
        (folder / change.path).write_text(change.after or "", "latin-1")
    with workplace(str(folder), settings, name=folder.name) as place:
        report, _ = examine(place, runs=1)
    failed = [case for suite in report.suites for case in suite.failures]
    if report.suites and any(s.baseline is not None and s.baseline.passed for s in report.suites) and not failed:
        return (), ()
    return tuple(f"{case.id}\n{case.message[-800:]}" for case in failed) or report.not_run or ("no test ran",), ()


def _unasked() -> NoReturn:
    raise AssertionError("applying blocks asks for texts and tests only")
