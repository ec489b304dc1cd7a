"""The COBOL sample: it passes its own checks under GnuCOBOL, and its expected.toml says what the code holds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from agent.boundaries.clustering import adjusted_rand
from agent.composition import workbench
from agent.domain.boundary import Boundaries
from agent.pipeline import Run, make_boundaries, make_graph, make_inventory
from agent.settings import Settings
from tests.program import tree

LEDGER = Path(__file__).parents[2] / "sample_repos" / "ledger"
EXPECTED = tomllib.loads((LEDGER / "expected.toml").read_text("utf-8"))
FLOOR = 0.35  # agreement with the expert that a change may not lose
needs_cobol = pytest.mark.skipif(
    not (shutil.which("cobc") and shutil.which("perl")), reason="GnuCOBOL (cobc) or perl is not installed"
)


def check(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(folder / "check.sh")],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@needs_cobol
def test_it_passes_its_checks_and_leaves_nothing_behind(tmp_path: Path) -> None:
    before = tree(LEDGER)
    done = check(LEDGER, TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stdout
    names = re.findall(r"(?m)^ok \d+ - (.+)$", done.stdout)
    assert "not ok" not in done.stdout
    assert len(names) == len(set(names)) >= 70
    assert done.stdout.endswith(f"1..{len(names)}\n")
    assert tree(LEDGER) == before
    assert not list(tmp_path.iterdir())


@needs_cobol
@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "old", "new", "noticed"),
    [
        ("cbl/GLIRT02.cbl", "BY 36000", "BY 36500", "accrual register"),
        ("cbl/GLB110.cbl", "IF JR-DEBIT", "IF JR-CREDIT", "trial balance of the second night"),
        ("cbl/GLP020.cbl", "MOVE 22 TO ACH-6-TRAN", "MOVE 27 TO ACH-6-TRAN", "clearing file"),
    ],
)
def test_its_checks_notice_a_fault(tmp_path: Path, path: str, old: str, new: str, noticed: str) -> None:
    copy = Path(shutil.copytree(LEDGER, tmp_path / "ledger"))
    text = (copy / path).read_text()
    assert text.count(old) == 1
    (copy / path).write_text(text.replace(old, new))
    done = check(copy)
    assert done.returncode == 1
    assert re.search(rf"(?m)^not ok \d+ - {noticed}$", done.stdout)


def test_without_a_compiler_it_says_that_it_skips(tmp_path: Path) -> None:
    dirname = shutil.which("dirname")
    assert dirname
    (tmp_path / "dirname").symlink_to(dirname)
    done = check(LEDGER, PATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "1..0 # SKIP cobc (GnuCOBOL) is not installed\n")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Boundaries:
    settings = Settings(cache_dir=tmp_path_factory.mktemp("cache"))
    with workbench(str(LEDGER), settings, name="ledger") as bench:
        run = Run()
        inventory = make_inventory(bench, run, None)
        graph, _ = make_graph(bench, inventory, run)
        return make_boundaries(inventory, graph, settings.assumptions, None, run)


def test_the_expert_places_every_unit(found: Boundaries) -> None:
    placed = [unit for units in EXPECTED["services"].values() for unit in units] + EXPECTED["shared"]["modules"]
    assert len(placed) == len(set(placed))
    assert set(placed) == {unit.id for unit in found.units}


def test_services_agree_with_the_expert(found: Boundaries) -> None:
    truth = {unit: n for n, units in enumerate(EXPECTED["services"].values()) for unit in units}
    names = sorted({unit.service for unit in found.units})
    mine = {unit.id: names.index(unit.service) for unit in found.units if unit.id in truth}
    assert adjusted_rand(mine, truth) >= FLOOR


def test_datasets_and_their_writers_are_found(found: Boundaries) -> None:
    several = {table.table for table in found.tables if len(table.writers) > 1}
    assert set(EXPECTED["tables"]) <= {table.table for table in found.tables}
    assert len(set(EXPECTED["writers"]) - several) <= 1  # suspense: its writers may lie in one service


def test_a_system_without_http_routes_is_told_to_draw_borders_first(found: Boundaries) -> None:
    assert found.verdict == "modularize"


def test_planted_faults_point_at_code() -> None:
    for name, fault in EXPECTED["planted"].items():
        lines = (LEDGER / fault["path"]).read_text("utf-8").splitlines()
        assert lines[fault["line"] - 1].strip(" *"), name


def test_source_is_in_fixed_format() -> None:
    for path in sorted([*LEDGER.glob("cbl/*.cbl"), *LEDGER.glob("cpy/*.cpy")]):
        for number, line in enumerate(path.read_text("ascii").splitlines(), 1):
            assert re.fullmatch(r"(?:\d{6}| {6}|)(?:[ */D-].{0,65})?(?:\w{1,8})?", line), f"{path.name}:{number}"
