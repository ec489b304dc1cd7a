"""What a test puts in the place of something else is put there again where it is data: mocks with what they return."""

from __future__ import annotations

from pathlib import Path

from agent.extraction import compare
from tests.extraction.benches import recorded

APP = """
import urllib.request
from flask import Flask

LIMIT = 1

class Rates:
    currency = "EUR"

    def today(self):
        raise OSError("no such host")

def fetch(url):
    raise OSError("no such host")

def create_app():
    app = Flask(__name__)

    @app.get("/rate")
    def rate():
        return "%s %s" % (Rates().today(), Rates.currency)

    @app.get("/page")
    def page():
        try:
            answer = fetch("http://example")
        except ValueError as error:
            return "wrong: %s" % error
        return "%d %s %s" % (answer.status_code, answer.json()["name"], len(answer.links))

    return app
"""
TESTS = """
import unittest
from unittest import mock
import app as shop

class Shop(unittest.TestCase):
    def setUp(self):
        self.client = shop.create_app().test_client()

    def test_returns(self):
        with mock.patch.object(shop.Rates, "today", return_value=3), mock.patch("app.Rates.currency", "USD"):
            assert self.client.get("/rate").data == b"3 USD"

    def test_autospec(self):
        with mock.patch("app.Rates.today", autospec=True, return_value=4):
            assert self.client.get("/rate").data == b"4 EUR"

    def test_members(self):
        with mock.patch("app.fetch") as fetch:
            fetch.return_value.status_code = 200
            fetch.return_value.json.return_value = {"name": "ann"}
            fetch.return_value.links = ["a", "b"]
            assert self.client.get("/page").data == b"200 ann 2"

    def test_raises(self):
        with mock.patch("app.fetch", side_effect=ValueError("no")):
            assert self.client.get("/page").data == b"wrong: no"

    def test_without(self):
        assert self.client.get("/rate").status_code == 500

    def test_zz_function_of_the_test(self):
        with mock.patch("app.fetch", side_effect=lambda url: mock.Mock(status_code=1, links=[])):
            assert self.client.get("/page").status_code in (200, 500)

if __name__ == "__main__":
    unittest.main()
"""


def test_mocks_that_are_data_are_met_again(tmp_path: Path) -> None:
    pristine = tmp_path / "pristine"
    pristine.mkdir()
    (pristine / "app.py").write_text(APP)
    (pristine / "test_app.py").write_text(TESTS)
    with recorded(tmp_path / "bench", pristine, ("test_app.py",), "-m", "unittest", "test_app") as bench:
        requests = bench.recording.requests
        first = bench.replay(pristine)
        compared = compare(requests, first, bench.replay(pristine))
    found = {one.test.rpartition(".")[2]: answer.body for one, answer in zip(requests, first, strict=True)}
    assert found["test_returns"] == "3 USD"
    assert found["test_autospec"] == "4 EUR"
    assert found["test_members"] == "200 ann 2"
    assert found["test_raises"] == "wrong: no"
    verdicts = {one.test.rpartition(".")[2]: found.verdict for one, found in zip(requests, compared, strict=True)}
    assert {name for name, verdict in verdicts.items() if verdict != "identical"} <= {"test_zz_function_of_the_test"}
