"""The scripts of the box on a small Django project: what a test's transaction, its settings and CSRF checks do is met again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.extraction import compare
from tests.extraction.benches import Bench, recorded

FILES = {
    "manage.py": """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
""",
    "site_settings.py": """
SECRET_KEY = "s"
INSTALLED_APPS = []
MIDDLEWARE = ["django.middleware.csrf.CsrfViewMiddleware"]
ROOT_URLCONF = "site_urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "site.sqlite3"}}
GREETING = "hello"
USE_TZ = True
""",
    "site_urls.py": """
from django.conf import settings
from django.core.mail import send_mail
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.urls import include, path
from django.utils import timezone

def count():
    with connection.cursor() as cursor:
        return cursor.execute("SELECT count(*) FROM notes").fetchone()[0]

def greet(request, name):
    return HttpResponse("%s %s %d" % (settings.GREETING, name, count()))

def note(request):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO notes (text, at) VALUES (%s, %s)", [request.POST["text"], str(timezone.now())])
    send_mail("noted", request.POST["text"], "a@example", ["b@example"])
    return JsonResponse({"count": count()}, status=201)

urlpatterns = [path("greet/<str:name>/", greet), path("notes/", include([path("new.txt", note)]))]
""",
    "tests.py": """
from django.db import connection
from django.test import Client, TestCase, override_settings

class Notes(TestCase):
    @classmethod
    def setUpTestData(cls):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, at TEXT)")
            cursor.execute("INSERT INTO notes (text) VALUES ('first')")

    def test_greet(self):
        assert self.client.get("/greet/ann/").content == b"hello ann 1"

    @override_settings(GREETING="moin")
    def test_moin(self):
        assert self.client.get("/greet/ann/").content == b"moin ann 1"

    def test_note(self):
        assert self.client.post("/notes/new.txt", {"text": "x"}).status_code == 201
        assert self.client.get("/greet/bob/").content == b"hello bob 2"

    def test_refused(self):
        assert Client(enforce_csrf_checks=True).post("/notes/new.txt", {"text": "x"}).status_code == 403
""",
}


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, pristine: Path) -> Iterator[Bench]:
    root = tmp_path_factory.mktemp("extraction")
    with recorded(root, pristine, ("tests.py",), "manage.py", "test") as made:
        yield made


def test_what_is_recorded(bench: Bench) -> None:
    found = [(one.test, one.method, one.status, one.csrf, one.handler) for one in bench.recording.requests]
    assert found == [
        ("tests.Notes.test_greet", "GET", 200, False, "site_urls.greet"),
        ("tests.Notes.test_moin", "GET", 200, False, "site_urls.greet"),
        ("tests.Notes.test_note", "POST", 201, False, "site_urls.note"),
        ("tests.Notes.test_note", "GET", 200, False, "site_urls.greet"),
        ("tests.Notes.test_refused", "POST", 403, True, "site_urls.note"),
    ]
    assert [one.settings for one in bench.recording.applications] == ["site_settings"]


def test_the_monolith_agrees_with_itself(bench: Bench, pristine: Path) -> None:
    first = bench.replay(pristine, routes=True)
    routes = bench.routes
    assert [one.verdict for one in compare(bench.recording.requests, first, bench.replay(pristine))] == [
        "identical"
    ] * 5
    assert [one.body for one in first[:2]] == ["hello ann 1", "moin ann 1"]
    noted = first[2]
    assert {(one.table, one.column) for one in noted.changes} == {("notes", "at"), ("notes", "id"), ("notes", "text")}
    assert [(one.sender, one.to, one.text) for one in noted.mail] == [
        ("a@example", ("b@example",), "Subject: noted\n\nx")
    ]
    assert routes == [
        (r"greet/(?P<name>[^/]+)/\Z", "site_urls.py"),
        (r"notes/new\.txt\Z", "site_urls.py"),
    ]


def test_a_route_is_served_however_django_tells_it(bench: Bench, pristine: Path) -> None:
    bench.replay(pristine, routes=True)
    greet, note = (route for route, _ in bench.routes)
    assert "(?P<name>" in greet

    def answered(*serves: tuple[str, str, str]) -> list[int]:
        found = bench.replay(pristine, sides=[{"name": "service", "port": 0, "serves": serves}])
        return [one.status for one in found]

    assert answered(("GET", greet, "site_urls.greet")) == [200, 200, 501, 200, 501]
    assert answered(("POST", note, "site_urls.note")) == [501, 501, 201, 501, 403]
