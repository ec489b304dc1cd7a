"""A suite that gives every test a database file of its own: one application, its requests replayed each with its own rows."""

from __future__ import annotations

import zlib
from pathlib import Path

from agent.extraction.joining import join_applications
from tests.extraction.benches import recorded

APP = """
import os, sqlite3
from flask import Flask

def create_app(options):
    app = Flask(__name__)
    app.config.update(options)
    place = app.config["PLACE"]  # kept when it is made, as engines do

    @app.get("/names")
    def names():
        connection = sqlite3.connect(place)
        found = [row[0] for row in connection.execute("SELECT name FROM people")]
        connection.close()
        return ",".join(found + os.listdir(app.config["UPLOADS"]))

    return app
"""
TESTS = """
import os, sqlite3, tempfile, unittest
import app as shop

class People(unittest.TestCase):
    def ask(self, name):
        handle, place = tempfile.mkstemp(suffix=".db")
        os.close(handle)
        uploads = tempfile.mkdtemp()
        open(os.path.join(uploads, name + ".txt"), "w").close()
        connection = sqlite3.connect(place)
        connection.execute("CREATE TABLE people (name TEXT)")
        connection.execute("INSERT INTO people VALUES (?)", (name,))
        connection.commit()
        client = shop.create_app({"PLACE": place, "UPLOADS": uploads}).test_client()
        assert client.get("/names").data == ("%s,%s.txt" % (name, name)).encode()

    def test_ann(self):
        self.ask("ann")

    def test_bob(self):
        self.ask("bob")
"""


def test_tests_with_files_of_their_own_share_one_application(tmp_path: Path) -> None:
    pristine = tmp_path / "pristine"
    pristine.mkdir()
    (pristine / "app.py").write_text(APP)
    (pristine / "test_app.py").write_text(TESTS)
    with recorded(tmp_path / "bench", pristine, ("test_app.py",), "-m", "unittest", "test_app") as bench:
        assert len(bench.recording.applications) == 1
        answers = bench.replay(pristine)
    assert [(one.status, one.body) for one in answers] == [(200, "ann,ann.txt"), (200, "bob,bob.txt")]


def test_other_arguments_are_another_application(tmp_path: Path) -> None:
    made = {
        "a": {"makers": [["app", "make", '{"place": "/tmp/x1", "debug": true}']], "late": ["json"]},
        "b": {"makers": [["app", "make", '{"place": "/tmp/x2", "debug": false}']]},
        "c": {"makers": [["app", "make", '{"place": "/tmp/x3", "debug": true}']], "late": ["re"]},
    }
    asked = [{"application": name, "databases": [[f"/tmp/{place}", ""]]} for name, place in (("c", "x3"), ("a", "x1"))]
    requests, applications = join_applications([*asked, {"broken": 1}], made, tmp_path)
    assert [one.get("application") for one in requests] == ["c", "c", None]
    assert requests[1]["databases"] == [["/tmp/x3", ""]]
    assert sorted(applications) == ["b", "c"]
    assert applications["c"]["late"] == ["json", "re"]


def test_a_path_that_goes_on_is_another_one(tmp_path: Path) -> None:
    made = {name: {"makers": [["app", "make", f'"sqlite:////tmp/{name}"']]} for name in ("x", "y")}
    names = [[f"/tmp/y{rest}", ""] for rest in ("", "y", "/a.db", "-wal", ".db")]
    requests, _ = join_applications([{"application": "x"}, {"application": "y", "databases": names}], made, tmp_path)
    assert [name for name, _ in requests[1]["databases"]] == [
        "/tmp/x",
        "/tmp/yy",
        "/tmp/x/a.db",
        "/tmp/y-wal",
        "/tmp/y.db",
    ]


def test_what_an_earlier_test_left_open_does_not_stand_in_for_ones_own(tmp_path: Path) -> None:
    made = {name: {"makers": [["app", "make", f'"/tmp/{name}"']]} for name in ("x", "y")}
    both = [["/tmp/x", "of x"], ["/tmp/y", "of y"], [":memory:", "m"]]
    requests, _ = join_applications([{"application": "x"}, {"application": "y", "databases": both}], made, tmp_path)
    assert requests[1]["databases"] == [["/tmp/x", "of y"], [":memory:", "m"]]


def test_a_state_that_unpacks_to_too_much_stays_as_it_is(tmp_path: Path) -> None:
    digest = "ab" * 32
    path = tmp_path / "ab" / digest
    path.parent.mkdir()
    path.write_bytes(zlib.compress(b"/tmp/y" * (4 << 20)))
    made = {name: {"makers": [["app", "make", f'"/tmp/{name}"']]} for name in ("x", "y")}
    asked = [{"application": "x"}, {"application": "y", "state": digest}, {"application": "y", "state": "../../etc"}]
    requests, _ = join_applications(asked, made, tmp_path)
    assert [one["state"] for one in requests[1:]] == [digest, "../../etc"]
