"""A small Flask shop with a report service: one caller passes plain data, one an object, one shares its transaction, one is never seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.extracting.branch_deleting import delete
from agent.extracting.branch_drills import drill_service, drills_text
from agent.extracting.branch_report import branch_files
from agent.extracting.branch_runs import Bench, Branched, ask_remote, branch, position_of
from agent.extracting.branch_trees import patch_of
from agent.extracting.branching import rung_of
from tests.extraction.branching.branches import applied, branch_bench, texts

APP = """\
import sqlite3
from flask import Flask, current_app, jsonify, request


def create_app(options=None):
    app = Flask(__name__)
    app.config.update({"PLACE": ":memory:", **(options or {})})

    @app.before_request
    def gate():
        if request.headers.get("X-Role") != "staff":
            return "sign in", 401

    from shop import orders, reports

    app.register_blueprint(orders.bp)
    app.register_blueprint(reports.bp)
    return app
"""
ORDERS = """\
# What is sold.
from datetime import date

from flask import Blueprint, jsonify, request

from shop.db import Order, connect
from shop.figures import totals, tax, weigh, note, quiet, Bad  # all from the reports


bp = Blueprint("orders", __name__)


@bp.get("/")
def home():
    found = totals(date(2024, 3, 15),   until=None)   # as it was
    return jsonify(day=found["day"].isoformat(), rows=[list(row) for row in found["rows"]])


@bp.get("/tax")
def taxed():
    try:
        return str(tax(int(request.args["net"])))
    except Bad as error:
        return "bad: %s" % error, 400


@bp.get("/weight")
def weight():
    return str(weigh(Order(3)))


@bp.post("/orders")
def order():
    connection = connect()
    connection.execute("INSERT INTO orders (amount) VALUES (5)")
    note("ordered")
    connection.commit()
    return "ok"


@bp.get("/plain")
def plain():
    return "plain"


def never():
    return quiet()
"""
FIGURES = """\
from shop.db import connect


class Bad(Exception):
    pass


def totals(day, until=None):
    \"\"\"Orders of a day.\"\"\"
    rows = connect().execute("SELECT id, amount FROM orders ORDER BY id").fetchall()
    return {"day": day, "rows": rows, "sum": helper(rows)}


def helper(rows):
    return sum(row[1] for row in rows)


def tax(net):
    if net < 0:
        raise Bad("negative", net)
    return net * 20 // 100


def weigh(order):
    return order.amount * 2


def note(text):
    connect().execute("INSERT INTO notes (text) VALUES (?)", (text,))


def quiet():
    return 1
"""
REPORTS = """\
from flask import Blueprint, jsonify

from shop.figures import totals

bp = Blueprint("reports", __name__)


def lines(found):
    return [list(row) for row in found["rows"]]


@bp.get("/report")
def report():
    return jsonify(lines(totals("today")))
"""
DB = """\
from flask import current_app, g


class Order:
    def __init__(self, amount):
        self.amount = amount


def connect():
    import sqlite3

    if not hasattr(current_app, "connection"):
        current_app.connection = sqlite3.connect(current_app.config["PLACE"], check_same_thread=False)
    return current_app.connection
"""
TESTS = """\
import os, sqlite3, tempfile, unittest
from shop.app import create_app

STAFF = {"X-Role": "staff"}

class Shop(unittest.TestCase):
    def setUp(self):
        self.place = os.path.join(tempfile.mkdtemp(), "shop.sqlite")
        connection = sqlite3.connect(self.place)
        connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, amount INTEGER)")
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
        connection.execute("INSERT INTO orders (amount) VALUES (7)")
        connection.commit()
        connection.close()
        self.client = create_app({"PLACE": self.place}).test_client()

    def get(self, path):
        return self.client.get(path, headers=STAFF)

    def test_home(self):
        assert self.get("/").json == {"day": "2024-03-15", "rows": [[1, 7]]}
        assert self.client.get("/").status_code == 401

    def test_tax(self):
        assert self.get("/tax?net=100").data == b"20"
        assert self.get("/tax?net=-1").status_code == 400

    def test_weight(self):
        assert self.get("/weight").data == b"6"

    def test_order(self):
        assert self.client.post("/orders", headers=STAFF).data == b"ok"
        assert self.get("/").json["rows"] == [[1, 7], [2, 5]]

    def test_plain(self):
        assert self.get("/plain").data == b"plain"

    def test_report(self):
        assert self.get("/report").json == [[1, 7]]

if __name__ == "__main__":
    unittest.main()
"""
FILES = {
    "shop/__init__.py": "",
    "shop/app.py": APP,
    "shop/orders.py": ORDERS,
    "shop/figures.py": FIGURES,
    "shop/reports.py": REPORTS,
    "shop/db.py": DB,
    "tests/test_shop.py": TESTS,
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    root = tmp_path_factory.mktemp("branch")
    with branch_bench(
        root, FILES, ("shop.figures", "shop.reports"), ("tests/test_shop.py",), ("shop.app:create_app",)
    ) as made:
        yield made


@pytest.fixture(scope="module")
def written(bench: Bench) -> Branched:
    return branch(bench)


def test_each_place_is_decided_with_its_reason(written: Branched) -> None:
    found = {one.use.target.name: (one.what, one.reason) for one in written.decisions}
    assert {name for name, (what, _) in found.items() if what == "crosses"} == {"totals", "tax"}
    assert "a live object (shop.db.Order)" in found["weigh"][1]
    assert "leaves it to the caller's transaction" in found["note"][1]
    assert "no recorded request makes this call" in found["quiet"][1]
    assert found["Bad"] == ("stays", "the caller catches it: an exception's type is shared")
    assert found["bp"][0] == "wiring"


def test_callers_are_turned_with_the_smallest_edit(bench: Bench, written: Branched) -> None:
    patch = patch_of({"shop/orders.py": ORDERS.encode()}, {"shop/orders.py": written.seam["shop/orders.py"]}, "t")
    changed = [line for line in patch.splitlines() if line.startswith(("+", "-")) and line[:3] not in ("+++", "---")]
    assert changed == [
        "-from shop.figures import totals, tax, weigh, note, quiet, Bad  # all from the reports",
        "+from shop.figures import weigh, note, quiet, Bad  # all from the reports",
        "+from shop.seams.mine import totals, tax",
    ]
    assert set(written.seam) == {"shop/orders.py", "shop/seams/__init__.py", "shop/seams/mine.py", "shop/seams/wire.py"}


def test_both_positions_answer_as_the_monolith_does(bench: Bench, written: Branched) -> None:
    assert not written.failure
    for compared in (written.local, written.remote):
        assert [one.verdict for one in compared] == ["identical"] * len(bench.recording.requests)
    by_number = {one.number: one.target for one in bench.recording.requests}
    crossed = {by_number[number]: names for number, names in written.crossed.items()}
    assert crossed == {"/": ("totals",), "/tax?net=100": ("tax",), "/tax?net=-1": ("tax",)}
    assert sorted(set(written.upstreams)) == ["mine", "monolith"]


def test_a_service_that_is_down_is_seen_by_its_callers_alone(bench: Bench, written: Branched) -> None:
    drills, seen = drill_service(bench, written)
    assert [(one.name, one.passed) for one in drills] == [
        ("service killed", True),
        ("service slow", True),
        ("service broken", True),
    ]
    killed = {(one.route, one.whose): (one.before, one.after) for one in seen if one.outage == "killed"}
    assert killed[("GET /", "caller")] == ((("200", 2),), (("500", 2),))
    assert killed[("GET /", "other")] == ((("401", 1),), (("401", 1),))
    assert killed[("GET /report", "service")] == ((("200", 1),), (("no answer", 1),))
    assert killed[("GET /plain", "other")] == ((("200", 1),), (("200", 1),))
    assert killed[("POST /orders", "other")] == ((("200", 1),), (("200", 1),))
    assert "| `GET /` | caller | 2 x 200 | 2 x 500 | 2 |" in drills_text(seen, "mine")


def test_what_moved_can_be_deleted(bench: Bench, written: Branched, tmp_path: Path) -> None:
    gone, compared, seam = delete(bench, written)
    assert [one.verdict for one in compared] == ["identical"] * len(bench.recording.requests)
    assert "shop.figures.totals" in gone.symbols
    assert "shop.figures.helper" in gone.symbols
    assert "shop.reports.lines" in gone.symbols
    assert gone.stubs == ("shop.reports.report",)
    left = texts(gone.files)["shop/figures.py"]
    assert "def weigh" in left
    assert "def note" in left
    assert "def quiet" in left
    assert "class Local" not in texts(seam)["shop/seams/mine.py"]
    held = "nothing is shown"
    files = branch_files(bench, written, (), (), gone, seam, held)
    assert files["patches/09-delete.patch"].startswith(
        "# HELD BACK until the parity ledger of mine is whole: today nothing"
    )
    tree = applied(bench, tmp_path / "tree", files["patches/01-seam.patch"], files["patches/09-delete.patch"])
    assert (tree / "shop/figures.py").read_text() == left
    assert (tree / "shop/orders.py").read_bytes() == written.seam["shop/orders.py"]
    assert "slice/seam_endpoint.py" in files
    listed = json.loads(files["branch.json"])
    assert [one["name"] for one in listed["operations"]] == ["tax", "totals"]
    assert {one["what"] for one in listed["places"]} == {"crosses", "stays", "wiring"}
    rung = rung_of(bench, written, (), gone, compared, held)
    assert rung.passed, rung
    assert rung.verdict == (
        "2 of 6 places that use mine from outside go through the seam, and 4 recorded requests call the service there; "
        "with the flag on local 9 of 9 answers are the monolith's, on remote 9 of 9"
    )
    before = sum(FILES[path].count("\n") for path in ("shop/figures.py", "shop/reports.py"))
    after = sum(texts(gone.files)[path].count("\n") for path in ("shop/figures.py", "shop/reports.py"))
    assert gone.lines == before - after
    assert rung.notes[0].startswith(f"the patch that deletes {gone.lines} lines of what moved is held back")
    assert sum("stays in the process" in note for note in rung.notes) == 4
    wrong = written.remote[0].model_copy(update={"verdict": "different"})
    assert not rung_of(bench, replace(written, remote=(wrong, *written.remote[1:])), (), gone, compared, held).passed
    assert not rung_of(bench, replace(written, crossed={}), (), gone, compared, held).passed
    assert not rung_of(bench, written, (), gone, (wrong, *compared[1:]), held).passed


def test_a_service_that_answers_otherwise_is_not_taken_for_right(bench: Bench, written: Branched) -> None:
    """The comparison would have noticed: a wrong service differs wherever it is asked, and nowhere else."""
    text = written.sliced["shop/figures.py"].decode()
    wrong = replace(written, sliced={**written.sliced, "shop/figures.py": text.replace("* 20", "* 21").encode()})
    compared = bench.held(ask_remote(bench, wrong).answers)
    by_number = {one.number: one.target for one in bench.recording.requests}
    assert [by_number[one.request] for one in compared if one.verdict == "different"] == ["/tax?net=100"]
    assert position_of(bench, written).variables["SEAM_MINE"] == "remote"
