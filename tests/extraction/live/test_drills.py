"""Drills on a small Flask application, and what is made of what they saw."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.adapters.bare_sandbox import BareSandbox
from agent.adapters.work_folders import WorkFolders
from agent.domain.extraction import RecordedRequest
from agent.extracting.drills import judge_killed, judge_migrations, judge_rollback
from agent.extraction import Ground
from agent.extraction.facade import FrameworkRoute
from agent.extraction.live.drilling import drill_plan
from tests.extraction.benches import Bench, recorded
from tests.extraction.live.live_benches import ON_THE_MONOLITH, facade_of, written

APP = """
import os, sqlite3, time
from flask import Flask

def create_app(options=None):
    app = Flask(__name__)
    app.config.update(PLACE=os.path.join(os.path.dirname(os.path.abspath(__file__)), "data.sqlite"))
    app.config.update(options or {})
    connection = sqlite3.connect(app.config["PLACE"])
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        time.sleep(0.3)
        connection.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute("INSERT INTO items (name) VALUES ('first')")
        connection.commit()
    connection.close()

    @app.get("/items/<int:number>")
    def item(number):
        here = sqlite3.connect(app.config["PLACE"])
        try:
            return here.execute("SELECT name FROM items WHERE id = ?", (number,)).fetchone()[0]
        finally:
            here.close()

    @app.get("/home")
    def home():
        return "home"

    return app
"""
TESTS = """
import unittest
import app as shop

class Items(unittest.TestCase):
    def test_items(self):
        client = shop.create_app().test_client()
        assert client.get("/items/1").text == "first"
        assert client.get("/home").text == "home"

if __name__ == "__main__":
    unittest.main()
"""
TO_SERVICE = facade_of(FrameworkRoute("/items/<int:number>", ("GET",), True, False))
NGINX = pytest.mark.skipif(shutil.which("nginx", path="/usr/sbin:/usr/bin") is None, reason="nginx is not installed")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("pristine"), {"app.py": APP, "test_app.py": TESTS})


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, pristine: Path) -> Iterator[Bench]:
    with recorded(tmp_path_factory.mktemp("extraction"), pristine, ("test_app.py",), "test_app.py") as made:
        yield made


def held(bench: Bench, tree: Path, drill: str, to_monolith: str = ON_THE_MONOLITH) -> dict[str, Any]:
    """What the driver sees, without a sandbox around it."""
    root = Path(tempfile.mkdtemp(prefix="fw-"))
    try:
        with WorkFolders(root / "cache") as folders:
            ground = Ground(BareSandbox(), folders, tree, root, (), (), {})
            numbers = [(one.number, one.target != "/home") for one in bench.recording.requests]
            facades = {"to_service": TO_SERVICE, "to_monolith": to_monolith}
            application = bench.recording.requests[0].application
            plan = drill_plan(ground, bench.box, bench.recording, tree, drill, application, numbers, facades, 2)
            own = {
                "repository": str(bench.repo),
                "folder": str(bench.repo),
                "work": str(root / "w"),
                "seen": str(root / "seen"),
            }
            (root / "plan.json").write_text(json.dumps({**plan, **own}))
            env = {**os.environ, "PYTHONPATH": f"{bench.box}:{bench.repo}", "PYTHONHASHSEED": "0"}
            env["PATH"] = env.get("PATH", "") + ":/usr/sbin"
            start = f"from figwright_box import drill_run; drill_run.main({str(root / 'plan.json')!r})"
            done = subprocess.run(
                [sys.executable, "-c", start],
                cwd=bench.repo,
                env=env,
                capture_output=True,
                check=False,
                text=True,
                timeout=200,
            )
            assert done.returncode == 0, done.stderr[-4000:]
            found: dict[str, Any] = json.loads((root / "seen").read_text())
            return found
    finally:
        shutil.rmtree(root)


def known(bench: Bench) -> tuple[dict[int, RecordedRequest], frozenset[int]]:
    requests = {one.number: one for one in bench.recording.requests}
    return requests, frozenset(number for number, one in requests.items() if one.target != "/home")


@NGINX
def test_migrations_have_one_owner(bench: Bench, pristine: Path) -> None:
    drill = judge_migrations(held(bench, pristine, "migrations"))
    assert drill.passed, drill
    assert "the monolith owns the migrations (1 tables at its start)" in drill.verdict
    assert "both at once failed in 2 of 2 starts: sqlite3.OperationalError: table items already exists" in drill.verdict
    assert drill.figures == (("tables made at the start", 1), ("starts of both at once", 2), ("of these failed", 2))


@NGINX
def test_a_service_that_changes_the_owners_tables_does_not_pass(tmp_path: Path, bench: Bench, pristine: Path) -> None:
    wrong = APP.replace(
        '    connection.close()\n\n    @app.get("/items',
        "    connection.execute('ALTER TABLE items ADD x')\n\n    @app.get(\"/items",
    )
    assert wrong != APP
    drill = judge_migrations(held(bench, written(tmp_path / "tree", {"app.py": wrong}), "migrations"))
    assert not drill.passed
    assert "it changes them" in drill.verdict


@NGINX
@pytest.mark.slow
def test_routes_go_back_and_forth_under_load(bench: Bench, pristine: Path) -> None:
    drill = judge_rollback(held(bench, pristine, "rollback"), *known(bench))
    figures = dict(drill.figures)
    assert figures["failed"] == 0, drill
    assert figures["answered by service"] > 20
    assert figures["answered by monolith"] > 20
    # A second is what is promised; a machine that runs all tests at once may take a little more
    assert figures["seconds to leave the service"] < 5
    assert drill.passed is (max(n for what, n in drill.figures if what.startswith("seconds")) < 1)
    stuck = judge_rollback(held(bench, pristine, "rollback", TO_SERVICE), *known(bench))
    assert not stuck.passed


@NGINX
@pytest.mark.slow
def test_a_killed_service_is_seen_on_its_own_routes_alone(bench: Bench, pristine: Path) -> None:
    drill = judge_killed(held(bench, pristine, "killed"), *known(bench))
    assert drill.passed, drill
    figures = dict(drill.figures)
    assert figures["GET /items/<int:number>: 502"] > 0
    assert figures["failed on other routes"] == 0
    stuck = judge_killed(held(bench, pristine, "killed", TO_SERVICE), *known(bench))
    assert not stuck.passed


@NGINX
def test_a_service_that_cannot_be_started_is_said(tmp_path: Path, bench: Bench) -> None:
    seen = held(bench, written(tmp_path / "tree", {"other.py": ""}), "rollback")
    assert "ModuleNotFoundError: No module named 'app'" in seen["failure"]


# -- what is made of it

ASKED = {
    1: RecordedRequest(
        number=1, test="t", application="a", method="GET", target="/items/1", route="/items", clock=0, status=200
    ),
    2: RecordedRequest(
        number=2, test="t", application="a", method="GET", target="/home", route="/home", clock=0, status=200
    ),
}
OWN = frozenset({1})
SWITCHES = [["monolith", 10.0], ["service", 20.0]]
GOOD = [
    [9.0, 9.1, 1, 200, "service"],
    [9.9, 10.2, 1, 200, "service"],
    [12.0, 12.1, 1, 200, "monolith"],
    [22.0, 22.1, 1, 200, "service"],
]


@pytest.mark.parametrize(
    ("seen", "passed", "said"),
    [
        (GOOD, True, "4 requests while the routes went to the monolith and back, 0 failed; the side that was left gave its last answer 0.20 s"),
        ([*GOOD, [13.0, 13.1, 1, "no answer: ConnectionResetError", ""]], False, "1 failed"),
        ([*GOOD, [13.0, 13.1, 1, 500, "monolith"]], False, "1 failed"),
        ([*GOOD, [11.0, 11.5, 1, 200, "service"]], False, "1.50 s"),
        ([GOOD[0], GOOD[3]], False, "only one side"),
        (GOOD[:3], False, "only one side"),
    ],
)  # fmt: skip
def test_a_rollback_holds_when_nobody_notices(seen: list[Any], passed: bool, said: str) -> None:
    drill = judge_rollback({"seen": seen, "switches": SWITCHES}, ASKED, OWN)
    assert drill.passed is passed
    assert said in drill.verdict


OUTAGE = [
    [1.0, 1.1, 1, 200, "service"], [3.0, 3.1, 1, 502, ""], [3.2, 3.3, 2, 200, "monolith"], [6.5, 6.6, 1, 200, "monolith"],
]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "passed"),
    [
        ([], True),
        ([[3.4, 3.5, 2, 502, ""]], False),  # others' routes are hurt
        ([[0.5, 0.6, 1, 502, ""]], False),  # before anything was killed
        ([[6.8, 6.9, 1, 502, ""]], False),  # more than a second after the switch
    ],
)
def test_a_killed_service_hurts_its_own_routes_until_the_switch(more: list[Any], passed: bool) -> None:
    seen = {"seen": [*OUTAGE, *more], "killed": 2.0, "switches": [["monolith", 5.0]]}
    drill = judge_killed(seen, ASKED, OWN)
    assert drill.passed is passed
    assert ("GET /items: 502", 1) in drill.figures


def test_a_kill_that_nobody_sees_shows_nothing() -> None:
    quiet = [one for one in OUTAGE if one[3] == 200]
    assert not judge_killed({"seen": quiet, "killed": 2.0, "switches": [["monolith", 5.0]]}, ASKED, OWN).passed
