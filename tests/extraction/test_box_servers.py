"""Tests that ask otherwise than by Django's usual client: its asynchronous one, and a server of their own in a thread."""

from __future__ import annotations

import time
from pathlib import Path

from agent.extraction import compare
from tests.extraction.benches import recorded

FILES = {
    "manage.py": """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
""",
    "site_settings.py": """
SECRET_KEY = "s"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
ROOT_URLCONF = "site_urls"
MIDDLEWARE = ["django.middleware.csrf.CsrfViewMiddleware"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
STATIC_URL = "/static/"
""",
    "site_urls.py": """
from django.contrib.auth.models import Group
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

async def add(request):
    found = await Group.objects.acreate(name=request.POST["name"] + request.GET.get("more", ""))
    return HttpResponse("%s %s" % (found.name, request.headers["X-Who"]), status=201)

def groups(request):
    return HttpResponse(",".join(one.name for one in Group.objects.order_by("name")))

def streamed(request):
    return StreamingHttpResponse(iter([b"a", b"b"]))

urlpatterns = [path("add/", add), path("groups/", groups), path("streamed/", streamed)]
""",
    "tests.py": """
import urllib.error
import urllib.request
from django.contrib.auth.models import Group
from django.test import LiveServerTestCase, TestCase

class Asked(TestCase):
    async def test_async(self):
        await Group.objects.acreate(name="old")
        answer = await self.async_client.post("/add/?more=%C3%A9", {"name": "n"}, headers={"x-who": "ann"})
        assert (answer.status_code, answer.content.decode()) == (201, "n\\u00e9 ann")
        assert (await self.async_client.get("/groups/")).content == "n\\u00e9,old".encode()
        assert b"".join(await self.async_client.get("/streamed/")) == b"ab"

class Live(LiveServerTestCase):
    def test_live(self):
        Group.objects.create(name="live")
        assert urllib.request.urlopen(self.live_server_url + "/groups/").read() == b"live"

    def test_live_refused(self):
        try:
            urllib.request.urlopen(self.live_server_url + "/add/", b"name=x")
        except urllib.error.HTTPError as error:
            assert error.code == 403
""",
}


def test_both_are_recorded_and_answer_alike_from_a_wsgi_server(tmp_path: Path) -> None:
    pristine = tmp_path / "pristine"
    pristine.mkdir()
    for name, text in FILES.items():
        (pristine / name).write_text(text)
    with recorded(tmp_path / "bench", pristine, ("tests.py",), "manage.py", "test") as bench:
        requests = bench.recording.requests
        first = bench.replay(pristine)
        compared = compare(requests, first, bench.replay(pristine))
    assert [(one.method, one.target, one.status) for one in requests] == [
        ("POST", "/add/?more=%C3%A9", 201), ("GET", "/groups/", 200), ("GET", "/streamed/", 200),
        ("GET", "/groups/", 200), ("POST", "/add/", 403),
    ]  # fmt: skip
    assert {(one.verdict, one.cause) for one in compared} == {("identical", "")}
    assert [one.body.encode("latin-1").decode() for one in first[:4]] == ["né ann", "né,old", "ab", "live"]


def test_an_older_server_of_the_repositorys_own_does_not_serve(tmp_path: Path) -> None:
    old = "def create_server(application, **adjustments):\n    raise ValueError('Unknown adjustment')\n"
    app = "import waitress.server\nfrom flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get('/')\ndef home():\n    return waitress.server.__name__\n"
    tests = (
        "import unittest\nfrom app import app\n\n\nclass Home(unittest.TestCase):\n    def test_home(self):\n"
        "        assert app.test_client().get('/').text == 'waitress.server'\n\n\nif __name__ == '__main__':\n    unittest.main()\n"
    )
    pristine = tmp_path / "pristine"
    for path, text in {
        "waitress/__init__.py": "",
        "waitress/server.py": old,
        "app.py": app,
        "test_app.py": tests,
    }.items():
        (pristine / path).parent.mkdir(parents=True, exist_ok=True)
        (pristine / path).write_text(text)
    with recorded(tmp_path / "run", pristine, ("test_app.py",), "test_app.py") as bench:
        answers = bench.replay(pristine)
        assert [(one.status, one.body) for one in answers] == [(200, "waitress.server")], answers


def test_a_defect_that_hangs_is_given_up_after_its_patience(tmp_path: Path) -> None:
    app = (
        "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get('/count')\ndef count():\n    n = 3\n    while n:\n"
        "        n -= 1\n    return 'counted'\n\n\n@app.get('/home')\ndef home():\n    return 'home'\n"
    )
    tests = (
        "import unittest\nfrom app import app\n\n\nclass Both(unittest.TestCase):\n    def test_both(self):\n"
        "        client = app.test_client()\n        assert client.get('/count').text == 'counted'\n"
        "        assert client.get('/home').text == 'home'\n\n\nif __name__ == '__main__':\n    unittest.main()\n"
    )
    pristine, stuck = tmp_path / "pristine", tmp_path / "stuck"
    for folder, text in ((pristine, app), (stuck, app.replace("        n -= 1\n", "        pass\n"))):
        folder.mkdir()
        (folder / "app.py").write_text(text)
        (folder / "test_app.py").write_text(tests)
    with recorded(tmp_path / "run", pristine, ("test_app.py",), "test_app.py") as bench:
        begun = time.monotonic()
        hung, after = bench.replay(stuck, patience=2.0)
        assert time.monotonic() - begun < 25, "a usual answer is waited for half a minute, twice"
    assert "timed out" in hung.trouble
    assert (after.status, after.body) == (200, "home"), "the next request is asked of a new process"
