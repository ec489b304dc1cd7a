"""A small shop on real Flask in the sandbox, without a network: the libraries are those of this environment, laid beside it."""

from __future__ import annotations

import importlib
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.adapters.work_folders import WorkFolders
from agent.composition import toolchains
from agent.domain.execution import Limits
from agent.extraction import Ground

__all__ = ["APP", "TESTS", "shop_ground"]

LIBRARIES = ("flask", "werkzeug", "jinja2", "markupsafe", "itsdangerous", "click", "blinker")
APP = {
    "shop/__init__.py": "",
    "shop/web.py": """
import importlib
import os
import sqlite3

from flask import Flask, abort, redirect, request, session

STATES = ("open", "sent", "late")


def connect():
    connection = sqlite3.connect(os.path.join(os.path.dirname(os.path.abspath(__file__)), "shop.sqlite"))
    connection.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, state TEXT, weight INTEGER)")
    return connection


def create_app():
    app = Flask(__name__)
    app.secret_key = "s"

    @app.get("/")
    def home():
        session["seen"] = 1
        return "<a href='/orders/1'>first</a><form method='post' action='/orders'><input name='weight'></form>"

    app.add_url_rule("/orders/<int:number>", "show", show)
    app.add_url_rule("/orders", "order", order, methods=["POST"])
    app.add_url_rule("/report", "report", report)
    return app


def fee(weight):
    if weight > 500:
        return 9
    return 4


def show(number):
    row = connect().execute("SELECT state, weight FROM orders WHERE id = ?", (number,)).fetchone()
    if row is None:
        abort(404)
    if row[0] == "late":
        return importlib.import_module("shop.about_" + row[0]).text(number)
    return "%s %d" % (row[0], fee(row[1]))


def order():
    weight = request.form.get("weight", "")
    if not weight.isdigit():
        abort(400)
    connection = connect()
    connection.execute("INSERT INTO orders (state, weight) VALUES ('open', ?)", (int(weight),))
    connection.commit()
    return redirect("/")


def report():
    lines = []
    for state in STATES:
        rows = connect().execute("SELECT id, weight FROM orders WHERE state = ? ORDER BY id", (state,))
        lines += ["%s %d %d" % (state, number, weight) for number, weight in rows]
    return "\\n".join(lines + ledger())


def ledger():
    found = []
    total = 0
    for number, weight in connect().execute("SELECT id, weight FROM orders ORDER BY weight"):
        total += fee(weight)
        found.append("%d: %d" % (number, total))
    if not found:
        found.append("nothing was sent")
    if total > 1000:
        found.append("a large total")
    if total == 0:
        found.append("nothing was paid")
    return found + balance(total)


def balance(total):
    steps = {}
    for step in range(10):
        steps[step] = total // (step + 1)
    lowest = min(steps.values())
    highest = max(steps.values())
    average = sum(steps.values()) / len(steps)
    return [
        "lowest %d" % lowest,
        "highest %d" % highest,
        "average %d" % average,
    ]


def by_month(rows):
    found = {}
    for month, amount in rows:
        found.setdefault(month, []).append(amount)
    for month in found:
        found[month] = sum(found[month])
    smallest = min(found.values())
    largest = max(found.values())
    return {
        "months": found,
        "smallest": smallest,
        "largest": largest,
    }
""",
    "shop/archive.py": "".join(f"def year_{year}():\n    return {year}\n\n\n" for year in range(2010, 2020)),
    "shop/about_late.py": "def text(number):\n    return 'order %d is late' % number\n",
    "shop/about_lost.py": "def text(number):\n    return 'lost'\n",
}
TESTS = {
    "test_shop.py": """
import unittest
from shop import web


class Shop(unittest.TestCase):
    def setUp(self):
        connection = web.connect()
        connection.execute("DELETE FROM orders")
        connection.execute("INSERT INTO orders VALUES (1, 'open', 100), (2, 'late', 100), (3, 'sent', 700)")
        connection.commit()
        self.client = web.create_app().test_client()

    def test_show(self):
        self.assertEqual(self.client.get("/orders/1").data, b"open 4")

    def test_order(self):
        self.assertEqual(self.client.post("/orders", data={"weight": "30"}).status_code, 302)

    def test_report(self):
        self.client.get("/report")
""",
}


@contextmanager
def shop_ground(root: Path, files: Mapping[str, str], tests: tuple[str, ...] = ()) -> Iterator[Ground]:
    """The files as a repository, and what runs them."""
    pristine = root / "pristine"
    for path, text in files.items():
        (pristine / path).parent.mkdir(parents=True, exist_ok=True)
        (pristine / path).write_text(text)
    python = toolchains().best("python", ">=3.8")
    assert python is not None
    subprocess.run([python.executable, "-m", "venv", "--without-pip", root / "env" / "venv"], check=True, timeout=60)
    site = next((root / "env" / "venv" / "lib").glob("python*/site-packages"))
    for name in LIBRARIES:
        source = Path(importlib.import_module(name).__file__ or "").parent
        shutil.copytree(source, site / name, ignore=shutil.ignore_patterns("__pycache__"))
        for found in source.parent.glob(f"{name}-*.dist-info"):
            shutil.copytree(found, site / found.name)
    variables = {"PYTHONHASHSEED": "0", "TZ": "UTC"}
    with WorkFolders(root / "work") as folders:
        yield Ground(
            BubblewrapSandbox(),
            folders,
            pristine,
            root / "env",
            (),
            (python,),
            variables,
            test_files=tests,
            limits=Limits(),
        )
