"""What a recording says of itself: requests that no server was asked, and why there are none at all."""

from __future__ import annotations

import json
from pathlib import Path

from agent.domain.execution import Outcome
from agent.extraction.recording import Recording, collect_recording
from tests.extraction.benches import recorded

FLASK = """
import unittest
from flask import Flask, request, session

def create_app():
    app = Flask("shop")
    app.secret_key = "s"

    @app.get("/")
    def home():
        return session.get("name", "")

    return app

class Shop(unittest.TestCase):
    def test_by_hand(self):
        with create_app().test_request_context("/?a=1"):
            assert request.args["a"] == "1"

    def test_session(self):
        client = create_app().test_client()
        with client.session_transaction() as kept:
            kept["name"] = "ann"
        assert client.get("/").data == b"ann"
"""
DJANGO = {
    "manage.py": """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
""",
    "site_settings.py": "SECRET_KEY = 's'\nROOT_URLCONF = 'site_settings'\nurlpatterns = []\n",
    "tests.py": """
from django.test import RequestFactory, SimpleTestCase

class Views(SimpleTestCase):
    def test_by_hand(self):
        assert RequestFactory().get("/a").path == "/a"

    def test_by_hand_twice(self):
        RequestFactory().post("/a")
        RequestFactory().get("/b")

    def test_asked(self):
        assert self.client.get("/a").status_code == 404
""",
}


def recording_of(root: Path, files: dict[str, str], tests: tuple[str, ...], *words: str) -> Recording:
    pristine = root / "pristine"
    pristine.mkdir()
    for name, text in files.items():
        (pristine / name).write_text(text)
    with recorded(root / "bench", pristine, tests, *words) as bench:
        return bench.recording


def test_a_request_that_flask_was_not_asked_is_told(tmp_path: Path) -> None:
    found = recording_of(tmp_path, {"test_app.py": FLASK}, (), "-m", "unittest", "test_app")
    assert [one.target for one in found.requests] == ["/"]
    assert found.notes == (
        "1 tests call code with a request made by hand (test_request_context): these are not recorded",
    )


def test_a_request_that_django_was_not_asked_is_told(tmp_path: Path) -> None:
    found = recording_of(tmp_path, DJANGO, ("tests.py",), "manage.py", "test")
    assert [one.target for one in found.requests] == ["/a"]
    assert found.notes == ("2 tests call code with a request made by hand (RequestFactory): these are not recorded",)


def collected(root: Path, *results: dict[str, object]) -> Recording:
    made = root / "out" / "recording"
    made.mkdir(parents=True)
    (root / "out" / "results.jsonl").write_text("".join(json.dumps(one) + "\n" for one in results))
    return collect_recording(made, root / "into", Outcome(0, b"", b"", 0.0))


def test_tests_that_cannot_be_loaded_are_why_nothing_is_recorded(tmp_path: Path) -> None:
    broken = {"unloadable": "tests/test_shop.py", "message": "shop.py:3\nE   KeyError: 'SERVER_NAME'"}
    found = collected(tmp_path, {"begin": "pytest"}, broken, {"id": "a", "status": "passed", "message": ""}, {"end": 1})
    assert found.trouble == "1 of 1 tests passed, and tests/test_shop.py says KeyError: 'SERVER_NAME'"


def passing(*names: str) -> list[dict[str, object]]:
    return [{"id": name, "status": "passed", "message": ""} for name in names]


def test_tests_that_pass_and_ask_nothing_are_no_trouble(tmp_path: Path) -> None:
    assert collected(tmp_path, *passing("a")).trouble == ""


def test_a_few_broken_tests_among_such_are_told_and_no_trouble(tmp_path: Path) -> None:
    broken = {"id": "c", "status": "error", "message": "TypeError: skipTest()"}
    found = collected(tmp_path / "few", *passing("a", "b"), broken)
    assert (found.trouble, found.notes) == ("", ("2 of 3 tests passed, and c says TypeError: skipTest()",))
    assert "1 of 2 tests passed" in collected(tmp_path / "half", *passing("a"), broken).trouble


WRAPPED = """
from flask import Flask, current_app

class Site:
    def __init__(self):
        self.app = Flask("site")
        self.app.add_url_rule("/", view_func=lambda: current_app.name)

site = Site()
"""


def test_an_application_inside_of_an_object_is_made_again(tmp_path: Path) -> None:
    pristine = tmp_path / "pristine"
    pristine.mkdir()
    (pristine / "web.py").write_text(WRAPPED)
    (pristine / "test_web.py").write_text(
        "import unittest\nimport web\n\nclass Web(unittest.TestCase):\n    def test_home(self):\n"
        "        assert web.site.app.test_client().get('/').data == b'site'\n"
    )
    with recorded(tmp_path / "bench", pristine, ("test_web.py",), "-m", "unittest", "test_web") as bench:
        (answer,) = bench.replay(pristine)
    assert (answer.status, answer.body) == (200, "site")
