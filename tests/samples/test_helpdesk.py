"""The PHP sample: it passes its own tests under PHP, and its expected.toml says what the code holds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

from agent.boundaries.clustering import adjusted_rand
from agent.composition import workbench
from agent.domain.boundary import Boundaries
from agent.pipeline import Run, make_boundaries, make_graph, make_inventory
from agent.settings import Settings
from tests.program import tree

HELPDESK = Path(__file__).parents[2] / "sample_repos" / "helpdesk"
EXPECTED = tomllib.loads((HELPDESK / "expected.toml").read_text("utf-8"))
WRITE = re.compile(r"(?:INSERT INTO|REPLACE INTO|UPDATE|DELETE FROM) (\w+)")
FLOOR = 0.4  # agreement with the expert that a change may not lose


@cache
def reason_to_skip() -> str:
    php = shutil.which("php")
    if php is None:
        return "PHP (php-cli) is not installed"
    modules = subprocess.run([php, "-m"], capture_output=True, text=True, timeout=30, check=True).stdout.split()
    return "" if "pdo_sqlite" in modules else "PHP has no pdo_sqlite (php-sqlite3)"


needs_php = pytest.mark.skipif(bool(reason_to_skip()), reason=reason_to_skip())


def run_tests(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["php", str(folder / "tests" / "run.php"), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@needs_php
def test_it_passes_its_tests_and_leaves_nothing_behind(tmp_path: Path) -> None:
    before = tree(HELPDESK)
    done = run_tests(HELPDESK, TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stdout
    names = re.findall(r"(?m)^ok \d+ - (.+)$", done.stdout)
    assert "not ok" not in done.stdout
    assert len(names) == len(set(names)) >= 100
    assert f"1..{len(names)}\n" in done.stdout
    assert tree(HELPDESK) == before
    assert not list(tmp_path.iterdir())


@needs_php
@pytest.mark.parametrize(
    ("path", "old", "new", "noticed"),
    [
        ("lib/sla.inc.php", "escalation < 3", "escalation < 2", "escalation goes up once an hour"),
        ("lib/tickets.inc.php", "ceil($minutes", "floor($minutes", "time is rounded and taken off the contract"),
        ("lib/kb.inc.php", "3 * substr_count", "1 * substr_count", "search counts titles more"),
        ("tickets/view.php", "show_minutes(contract_minutes_left", "intval(contract_minutes_left", "ticket page"),
        ("inc/functions.inc.php", "function money(", "function money(money(", ""),
    ],
)
def test_its_tests_notice_a_fault(tmp_path: Path, path: str, old: str, new: str, noticed: str) -> None:
    copy = Path(shutil.copytree(HELPDESK, tmp_path / "helpdesk"))
    text = (copy / path).read_text("utf-8")
    assert text.count(old) == 1
    (copy / path).write_text(text.replace(old, new), "utf-8")
    done = run_tests(copy)
    assert done.returncode != 0
    assert not noticed or re.search(rf"(?m)^not ok \d+ - {noticed}$", done.stdout)


@needs_php
def test_a_part_of_a_name_selects_tests() -> None:
    done = run_tests(HELPDESK, "merge")
    assert done.returncode == 0
    assert re.findall(r"(?m)^ok \d+ - (.+)$", done.stdout) == [
        "customers are merged", "merge page", "merge moves everything", "merge errors"
    ]  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Boundaries:
    settings = Settings(cache_dir=tmp_path_factory.mktemp("cache"))
    with workbench(str(HELPDESK), settings, name="helpdesk") as bench:
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
    assert found.verdict == "split"


def test_tables_and_their_writers_are_found(found: Boundaries) -> None:
    several = {table.table for table in found.tables if len(table.writers) > 1}
    assert set(EXPECTED["tables"]) == {table.table for table in found.tables}
    assert len(set(EXPECTED["writers"]) - several) <= 0.35 * len(EXPECTED["writers"])


def test_its_pages_belong_to_services(found: Boundaries) -> None:
    assert len({entry for service in found.services for entry in service.entry_points}) >= 70


def test_second_writers_are_in_the_code() -> None:
    """By the text alone; the two merges name their tables in an array, which only a reader of the code sees."""
    home = {unit: service for service, units in EXPECTED["services"].items() for unit in units}
    written = {
        (table, home[unit])
        for path in sorted(HELPDESK.rglob("*.php"))
        if (unit := path.relative_to(HELPDESK).as_posix()) in home
        for table in WRITE.findall(path.read_text("utf-8"))
        if table in EXPECTED["tables"]
    }
    said = {(table, service) for table, services in EXPECTED["writers"].items() for service in services}
    several = {(table, service) for table, service in written if any(t == table and s != service for t, s in written)}
    assert several <= said
    assert said - written == {("escalations", "tickets"), ("kb_links", "tickets"), ("tickets", "customers")}


def test_planted_faults_point_at_code() -> None:
    for name, fault in EXPECTED["planted"].items():
        lines = (HELPDESK / fault["path"]).read_text("utf-8").splitlines()
        assert lines[fault["line"] - 1].strip(), name
