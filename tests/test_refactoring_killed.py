"""kill -9 at any point: after every answer that a run wrote down, and a moment later, a real process is killed for good."""

from __future__ import annotations

import multiprocessing
import signal
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from agent.ports import PatchRecipe
from agent.refactoring import Wishes, write_report
from tests.patches.recipes_for_tests import Replacing, Steps
from tests.program import tree
from tests.test_refactoring import SERIES_SUITE, TWO, convert, decorate, poison, tried

# Half a second more for each run of the tests, so that a kill falls into one as often as between two.
FILES = {"suite.sh": "sleep 0.1\n" + SERIES_SUITE, **TWO}
RECIPES = (
    Replacing("# ", "## ", id="first"),
    Replacing("gamma=two", "gamma=bad", id="second"),
    Steps([convert, poison, decorate]),
    Replacing("three", "three!", id="last"),
)
MOST = 60  # processes


def work(folder: Path, recipes: Sequence[PatchRecipe] = RECIPES) -> None:
    done = tried(folder, recipes, FILES, Wishes(runs=2, mutants=2))
    write_report(folder / "out", done.report, "2013-05-06")


def known(memo: Path) -> int:
    """How many answers are written down; those of a process that was killed are in the write-ahead log."""
    if not memo.exists():
        return 0
    try:
        with closing(sqlite3.connect(memo, timeout=5)) as connection:
            return int(connection.execute("SELECT count(*) FROM memo WHERE key LIKE 'refactor:%'").fetchone()[0])
    except sqlite3.OperationalError:  # made a moment ago, and without its table
        return 0


def killed(folder: Path, moment: float) -> bool:
    """Kill a run that long after its next answer; False when it came to its end before."""
    memo = folder / "memo.sqlite"
    before = known(memo)
    # A copy of this process: it need not import everything again, and is killed like any other.
    process = multiprocessing.get_context("fork").Process(target=work, args=(folder,))
    process.start()
    while process.is_alive() and known(memo) == before:
        time.sleep(0.005)
    time.sleep(moment)
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


def test_a_run_that_is_killed_over_and_over_ends_with_the_same_folder(tmp_path: Path) -> None:
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    calm.mkdir()
    rough.mkdir()
    work(calm)
    kills = 0
    while killed(rough, 0.0 if kills % 2 else 0.06):
        kills += 1
        assert kills < MOST, "a run does not go on from where the one before it was killed"
    assert kills >= 8
    assert tree(rough / "out") == tree(calm / "out")
    assert list((calm / "out").glob("*.patch"))
    assert not list((rough / "cache/validation/runs").glob("*")), "a killed run's work copies are still there"


def test_killed_while_it_writes_the_next_run_writes_the_rest(tmp_path: Path) -> None:
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    calm.mkdir()
    rough.mkdir()
    work(calm, RECIPES[:2])
    work(rough, RECIPES[:2])
    for path in (rough / "out").glob("*.patch"):
        path.unlink()
    (rough / "out/verdicts.json").write_text("{")
    work(rough, RECIPES[:2])
    assert tree(rough / "out") == tree(calm / "out")
