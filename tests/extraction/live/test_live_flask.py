"""A Flask application's own tests, asking over HTTP: state goes along and comes back, and what cannot be asked elsewhere is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent.extracting.climbing import LiveRun
from agent.extracting.live_tests import judge_live
from agent.extraction.facade import FrameworkRoute
from tests.extraction.live.live_benches import ON_THE_MONOLITH, facade_of, live_run, written

pytestmark = pytest.mark.skipif(
    shutil.which("nginx", path="/usr/sbin:/usr/bin") is None, reason="nginx is not installed"
)

APP = """
import os, smtplib, sqlite3
from flask import Flask, jsonify, request, session
from flask import g

CARTS = {}
HERE = os.path.dirname(os.path.abspath(__file__))

def rate():
    return 3

def create_app(options=None):
    app = Flask(__name__)
    app.config.update(SECRET_KEY="s")
    app.config.update(options or {})

    def connection():
        if "connection" not in g:
            g.connection = sqlite3.connect(app.config["PLACE"])
        return g.connection

    @app.teardown_appcontext
    def close(_):
        if "connection" in g:
            g.connection.close()

    @app.post("/orders")
    def order():
        connection().execute("INSERT INTO orders (what) VALUES (?)", (request.form["what"],))
        connection().commit()
        smtp = smtplib.SMTP("mail.example")
        smtp.sendmail("shop@example", ["a@example"], "order of " + request.form["what"])
        smtp.quit()
        session["last"] = request.form["what"]
        return jsonify(done=True), 201

    @app.get("/orders/<int:number>")
    def show(number):
        row = connection().execute("SELECT what FROM orders WHERE id = ?", (number,)).fetchone()
        return row[0] if row else ("none", 404)

    @app.post("/cart/<name>")
    def cart(name):
        CARTS.setdefault(name, []).append(request.form["what"])
        return " ".join(CARTS[name])

    @app.get("/cart/<name>/size")
    def size(name):
        return str(len(CARTS.get(name, ())))

    @app.get("/rate")
    def rated():
        return str(rate())

    @app.get("/broken")
    def broken():
        raise ValueError("broken")

    @app.get("/note")
    def note():
        with open(os.path.join(HERE, "note.txt")) as file:
            return file.read()

    return app
"""
TESTS = """
import os, smtplib, sqlite3, tempfile, unittest
from unittest import mock
import app as shop

SENT = []

class FakeSMTP:
    def __init__(self, host): pass
    def sendmail(self, sender, to, text): SENT.append((to, text))
    def quit(self): pass

APP = shop.create_app({"TESTING": True})

class Base(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.place = os.path.join(self.folder.name, "shop.db")
        with sqlite3.connect(self.place) as made:
            made.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, what TEXT)")
        made.close()
        shop.CARTS.clear()
        APP.config["PLACE"] = self.place
        self.client = APP.test_client()

    def tearDown(self):
        self.folder.cleanup()

    def rows(self):
        connection = sqlite3.connect(self.place)
        try:
            return connection.execute("SELECT what FROM orders ORDER BY id").fetchall()
        finally:
            connection.close()

class Orders(Base):
    def test_order(self):
        del SENT[:]
        with mock.patch.object(smtplib, "SMTP", FakeSMTP):
            answer = self.client.post("/orders", data={"what": "tea"})
            assert answer.status_code == 201 and answer.json == {"done": True}
        assert SENT == [(["a@example"], "order of tea")]
        assert self.rows() == [("tea",)]
        with sqlite3.connect(self.place) as more:
            more.execute("INSERT INTO orders (what) VALUES ('milk')")
        more.close()
        assert self.client.get("/orders/2").text == "milk"
        assert self.client.get("/orders/3").status_code == 404
        with self.client.session_transaction() as session:
            assert session["last"] == "tea"

    def test_cart(self):
        shop.CARTS["ann"] = ["tea"]
        assert self.client.post("/cart/ann", data={"what": "milk"}).text == "tea milk"
        assert shop.CARTS == {"ann": ["tea", "milk"]}
        shop.CARTS["ann"].append("rum")
        assert self.client.post("/cart/ann", data={"what": "gin"}).text == "tea milk rum gin"

    def test_size(self):
        self.client.post("/cart/ann", data={"what": "milk"})
        assert self.client.get("/cart/ann/size").text == "1"

    def test_mocked(self):
        with mock.patch.object(shop, "rate", return_value=4):
            assert self.client.get("/rate").text == "4"

    def test_rate(self):
        assert self.client.get("/rate").text == "3"

    def test_broken(self):
        with self.assertRaises(ValueError):
            self.client.get("/broken")

    def test_note(self):
        assert self.client.get("/note").text == "noted"

    def test_nothing(self):
        pass

if __name__ == "__main__":
    unittest.main(verbosity=2)
"""
NAME = "__main__.Orders."
OWN = ("/orders", ("POST",)), ("/orders/<int:number>", ("GET",)), ("/rate", ("GET",)), ("/note", ("GET",))
BEHIND = facade_of(*(FrameworkRoute(pattern, methods, True, False) for pattern, methods in OWN))
COMMAND = ("test_app.py",)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("pristine"), {"app.py": APP, "test_app.py": TESTS, "note.txt": "noted"})


@pytest.fixture(scope="module")
def control(pristine: Path) -> LiveRun:
    return live_run(pristine, ("test_app.py",), COMMAND, ON_THE_MONOLITH)


def service(root: Path, *changes: tuple[str, str], **files: str) -> Path:
    text = APP
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return written(root / "service", {"app.py": text, "note.txt": "noted", **files})


def test_the_control_asks_over_http(control: LiveRun) -> None:
    counted = judge_live(control, control)
    assert counted.tests == 7, control
    assert dict(counted.cannot) == {
        "what the test put in the place of something else is not on a server (mock)": 1,
        "an exception of the program reaches the test, which over HTTP is a status of 500": 1,
    }
    assert counted.control_passed == 5
    assert not counted.new_failures
    assert {name for by in control.asked.by.values() for name in by} == {"monolith"}


def test_the_same_code_as_a_service_answers_the_same(tmp_path: Path, pristine: Path, control: LiveRun) -> None:
    ran = live_run(pristine, ("test_app.py",), COMMAND, BEHIND, service(tmp_path))
    counted = judge_live(control, ran)
    assert counted.new_failures == (), ran.trouble
    assert counted.passed == counted.control_passed == 5
    assert dict(ran.asked.by[NAME + "test_order"]) == {"service": 3}
    assert dict(ran.asked.by[NAME + "test_cart"]) == {"monolith": 2}


def test_what_a_service_does_otherwise_is_a_new_failure(tmp_path: Path, pristine: Path, control: LiveRun) -> None:
    changes = (("connection().commit()", "pass"), ("return str(rate())", "return str(rate() + 1)"))
    ran = live_run(pristine, ("test_app.py",), COMMAND, BEHIND, service(tmp_path, *changes))
    assert judge_live(control, ran).new_failures == (NAME + "test_order", NAME + "test_rate")


def test_a_service_has_its_own_files_and_none_of_the_monoliths(
    tmp_path: Path, pristine: Path, control: LiveRun
) -> None:
    tree = service(tmp_path, **{"note.txt": "noted otherwise"})
    assert judge_live(control, live_run(pristine, ("test_app.py",), COMMAND, BEHIND, tree)).new_failures == (
        NAME + "test_note",
    )
    (tree / "app.py").unlink()
    gone = judge_live(control, live_run(pristine, ("test_app.py",), COMMAND, BEHIND, tree))
    assert gone.new_failures == (NAME + "test_note", NAME + "test_order", NAME + "test_rate")


def test_memory_of_one_side_is_not_the_others(tmp_path: Path, pristine: Path, control: LiveRun) -> None:
    split = facade_of(FrameworkRoute("/cart/<name>/size", ("GET",), True, False))
    tree = service(tmp_path)
    apart = judge_live(control, live_run(pristine, ("test_app.py",), COMMAND, split, tree))
    assert apart.new_failures == (NAME + "test_size",)
    carried = judge_live(control, live_run(pristine, ("test_app.py",), COMMAND, split, tree, carry=True))
    assert carried.new_failures == ()
