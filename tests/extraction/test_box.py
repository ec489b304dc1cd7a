"""The scripts of the box on a small Flask application: its unittest suite is recorded, replayed, and a changed copy is caught."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.domain.extraction import Answer
from agent.errors import ExtractionError
from agent.extraction import compare, read_recording
from tests.extraction.benches import Bench, recorded

APP = """
import datetime, smtplib, sqlite3, uuid
from flask import Flask, abort, current_app, jsonify, request, session

CARTS = {}
PRICE = 7

def rate():
    raise OSError("no such host")

def create_app(options=None):
    app = Flask(__name__)
    app.config.update(SECRET_KEY="s", PLACE=":memory:")
    app.config.update(options or {})

    @app.before_request
    def connect():
        if not hasattr(current_app, "connection"):
            current_app.connection = sqlite3.connect(app.config["PLACE"], check_same_thread=False)

    @app.post("/orders")
    def order():
        key = uuid.uuid4().hex
        current_app.connection.execute(
            "INSERT INTO orders (key, at, price) VALUES (?, ?, ?)", (key, str(datetime.datetime.now()), PRICE)
        )
        current_app.connection.commit()
        with smtplib.SMTP("mail.example") as server:
            server.sendmail("shop@example", ["a@example"], "order " + key)
        session["last"] = key
        return jsonify(key=key), 201

    @app.get("/orders/<int:number>")
    def show(number):
        row = current_app.connection.execute("SELECT price FROM orders WHERE id = ?", (number,)).fetchone()
        return "<p class='price'>%s</p>" % row[0] if row else abort(404)

    @app.post("/cart/<name>")
    def cart(name):
        CARTS.setdefault(name, []).append(request.form["what"])
        return " ".join(CARTS[name])

    @app.get("/rate")
    def rated():
        return str(rate())

    return app
"""
TESTS = """
import smtplib, sqlite3, unittest
from unittest import mock
import app as shop

class FakeSMTP:
    def __init__(self, host): pass
    def __enter__(self): return self
    def __exit__(self, *args): pass
    def sendmail(self, *args): pass

class Base(unittest.TestCase):
    def setUp(self):
        self.app = shop.create_app({"TESTING": True})
        self.app.connection = sqlite3.connect(":memory:", check_same_thread=False)
        self.app.connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, key TEXT, at TEXT, price INTEGER)")
        self.client = self.app.test_client()
        shop.CARTS.clear()

    def tearDown(self):
        self.app.connection.close()

class Orders(Base):
    def test_order(self):
        with mock.patch.object(smtplib, "SMTP", FakeSMTP):
            assert self.client.post("/orders", json={}).status_code == 201
        assert b"7" in self.client.get("/orders/1").data
        assert self.client.get("/orders/2").status_code == 404

    def test_not_committed(self):
        self.app.connection.execute("INSERT INTO orders (price) VALUES (12)")
        assert b"12" in self.client.get("/orders/1").data

    def test_price(self):
        with mock.patch.object(shop, "PRICE", 9), mock.patch.object(smtplib, "SMTP", FakeSMTP):
            self.client.post("/orders", json={})

    def test_cart(self):
        shop.CARTS["ann"] = ["tea"]
        assert self.client.post("/cart/ann", data={"what": "milk"}).data == b"tea milk"

    def test_rate(self):
        with mock.patch.object(shop, "rate", side_effect=lambda: 3):
            assert self.client.get("/rate").data == b"3"

if __name__ == "__main__":
    unittest.main()
"""


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine")
    (folder / "app.py").write_text(APP)
    (folder / "test_app.py").write_text(TESTS)
    return folder


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, pristine: Path) -> Iterator[Bench]:
    with recorded(tmp_path_factory.mktemp("extraction"), pristine, ("test_app.py",), "test_app.py") as made:
        yield made


@pytest.fixture(scope="module")
def answers(bench: Bench, pristine: Path) -> list[Answer]:
    return bench.replay(pristine)


def changed(pristine: Path, folder: Path, *changes: tuple[str, str]) -> Path:
    shutil.copytree(pristine, folder)
    text = (folder / "app.py").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "app.py").write_text(text)
    return folder


def test_what_is_recorded(bench: Bench) -> None:
    found = [
        (one.test.rpartition(".")[2], one.method, one.target, one.status, one.route) for one in bench.recording.requests
    ]
    assert found == [
        ("test_cart", "POST", "/cart/ann", 200, "/cart/<name>"),
        ("test_not_committed", "GET", "/orders/1", 200, "/orders/<int:number>"),
        ("test_order", "POST", "/orders", 201, "/orders"),
        ("test_order", "GET", "/orders/1", 200, "/orders/<int:number>"),
        ("test_order", "GET", "/orders/2", 404, "/orders/<int:number>"),
        ("test_price", "POST", "/orders", 201, "/orders"),
        ("test_rate", "GET", "/rate", 200, "/rate"),
    ]  # fmt: skip
    assert bench.request("test_rate", "/rate").replaced == ("app.rate",)
    assert {one.handler_path for one in bench.recording.requests} == {"app.py"}
    (application,) = bench.recording.applications
    assert [maker[:2] for maker in application.makers] == [("app", "create_app")]


def test_the_monolith_agrees_with_itself(bench: Bench, pristine: Path, answers: list[Answer]) -> None:
    first = answers
    compared = compare(bench.recording.requests, first, bench.replay(pristine))
    assert [one.verdict for one in compared] == ["identical"] * 6 + ["vacuous"]
    assert compared[-1].cause == "answered 500 where 200 was recorded; the test replaces app.rate"
    by_test = {one.number: answer for one, answer in zip(bench.recording.requests, first, strict=True)}
    assert by_test[bench.request("test_cart", "/cart/ann").number].body == "tea milk"
    assert by_test[bench.request("test_not_committed", "/orders/1").number].body == "<p class='price'>12</p>"
    ordered = by_test[bench.request("test_order", "/orders").number]
    assert [(one.table, one.column) for one in ordered.changes] == [
        ("orders", name) for name in ("at", "id", "key", "price")
    ]
    assert [one.to for one in ordered.mail] == [("a@example",)]
    priced = by_test[bench.request("test_price", "/orders").number]
    assert [one.after for one in priced.changes if one.column == "price"] == ["9"]
    assert {one.upstream for one in first} == {"monolith"}


def test_each_change_is_caught(bench: Bench, pristine: Path, tmp_path: Path, answers: list[Answer]) -> None:
    tree = changed(
        pristine,
        tmp_path / "tree",
        ("'price'>%s", "'price'> %s!"),
        ("(key, str(datetime", "(key[1:], str(datetime"),
        ('"order " + key', '"order  " + key'),
        ("abort(404)", "abort(410)"),
        ("CARTS[name])", "CARTS[name][:1])"),
    )
    compared = compare(bench.recording.requests, answers, bench.replay(tree))
    assert [[place.partition(":")[0] for place in one.where] for one in compared] == [
        ["body"],
        ["body"],
        ["cell database 0 orders [1] key", "mail"],
        ["body"],
        ["status 404 and 410", "body"],
        ["cell database 0 orders [1] key", "mail"],
        [],
    ]


def test_a_program_that_cannot_start_says_why(bench: Bench, pristine: Path, tmp_path: Path) -> None:
    found = bench.replay(changed(pristine, tmp_path / "tree", ("CARTS = {}", "import nothing_of_that_name")))
    assert {one.status for one in found} == {0}
    assert "No module named 'nothing_of_that_name'" in found[0].traceback


def test_a_side_refuses_what_it_does_not_serve(bench: Bench, pristine: Path) -> None:
    shown = [one for one in bench.recording.requests if one.route == "/orders/<int:number>"]
    sides = [{"name": "service", "port": 0, "serves": sorted({(one.method, one.route, one.handler) for one in shown})}]
    found = bench.replay(pristine, sides=sides)
    assert {one.upstream for one in found} == {"service"}
    assert {one.request for one in found if one.status != 501} == {one.number for one in shown} != set()
    assert len(shown) < len(found)


def test_a_recording_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(ExtractionError, match="record the tests again"):
        read_recording(tmp_path)
    (tmp_path / "requests.jsonl").write_text('{"number": 1}\n')
    (tmp_path / "applications.json").write_text("[]")
    with pytest.raises(ExtractionError):
        read_recording(tmp_path)
