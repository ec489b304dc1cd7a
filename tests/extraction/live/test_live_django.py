"""A Django project's own tests, asking over HTTP from within their open transactions."""

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

URLS = """
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.template import Context, Engine
from django.urls import path

def asked(sql, *values):
    with connection.cursor() as cursor:
        return cursor.execute(sql, values).fetchall() if sql.startswith("SELECT") else cursor.execute(sql, values)

def greet(request, name):
    return HttpResponse("%s %s %d" % (settings.GREETING, name, asked("SELECT count(*) FROM notes")[0][0]))

def note(request):
    asked("INSERT INTO notes (text, tag_id) VALUES (%s, 1)", request.POST["text"])
    message = EmailMessage("noted", request.POST["text"], "a@example", ["b@example"], cc=["c@example"])
    message.attach("note.txt", "x", "text/plain")
    message.send()
    answer = HttpResponseRedirect("/greet/ann/")
    answer.set_cookie("last", "one two", max_age=60)
    return answer

def untag(request):
    asked("UPDATE notes SET text = text || '!' WHERE tag_id = 1")
    asked("DELETE FROM tags WHERE id = 1")
    return JsonResponse({"left": asked("SELECT id FROM notes")})

def page(request):
    return HttpResponse(Engine.get_default().from_string("<p>{{ what }}</p>").render(Context({"what": "it"})))

def broken(request):
    raise ValueError("broken")

urlpatterns = [
    path("greet/<str:name>/", greet), path("notes/new", note), path("untag", untag), path("page", page),
    path("broken", broken),
]
"""
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
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "site.sqlite3"}}
GREETING = "hello"
USE_TZ = True
""",
    "site_urls.py": URLS,
    "tests.py": """
from django.core import mail
from django.db import connection, transaction
from django.test import Client, TestCase, TransactionTestCase, override_settings
from site_urls import asked

def make():
    asked("CREATE TABLE tags (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)")
    asked("CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT UNIQUE, size REAL, "
          "tag_id INTEGER REFERENCES tags (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)")
    asked("CREATE TABLE seen (what TEXT)")
    asked("CREATE TRIGGER watched AFTER INSERT ON notes BEGIN INSERT INTO seen VALUES (new.text); END")
    asked("INSERT INTO tags (name) VALUES ('a')")
    asked("INSERT INTO notes (text, size) VALUES ('first', 1.5)")

class Notes(TestCase):
    @classmethod
    def setUpTestData(cls):
        make()

    def test_greet(self):
        assert self.client.get("/greet/ann/").content == b"hello ann 1"

    @override_settings(GREETING="moin")
    def test_moin(self):
        assert self.client.get("/greet/ann/").content == b"moin ann 1"

    def test_note(self):
        asked("INSERT INTO notes (text) VALUES ('mine')")
        answer = self.client.post("/notes/new", {"text": "x"})
        self.assertRedirects(answer, "/greet/ann/")
        assert answer.cookies["last"].value == "one two"
        assert asked("SELECT id, text, size FROM notes ORDER BY id") == [(1, "first", 1.5), (2, "mine", None), (3, "x", None)]
        assert asked("SELECT what FROM seen") == [("first",), ("mine",), ("x",)]
        assert [(one.subject, one.to, one.cc, one.attachments[0][1]) for one in mail.outbox] == [
            ("noted", ["b@example"], ["c@example"], "x")]
        assert self.client.get("/greet/bob/").content == b"hello bob 3"

    def test_rolled_back(self):
        with transaction.atomic():
            self.client.post("/notes/new", {"text": "x"})
            assert asked("SELECT count(*) FROM notes") == [(2,)]
            transaction.set_rollback(True)
        assert asked("SELECT count(*) FROM notes") == [(1,)]

    def test_untag(self):
        asked("INSERT INTO notes (text, tag_id) VALUES ('tagged', 1)")
        assert self.client.post("/untag").json() == {"left": [[1]]}
        assert asked("SELECT text FROM notes") == [("first",)] and asked("SELECT * FROM tags") == []

    def test_page(self):
        assert self.client.get("/page").context["what"] == "it"

    def test_template_not_used(self):
        self.assertTemplateNotUsed(self.client.get("/page"), "other.html")

    def test_queries(self):
        with self.assertNumQueries(1):
            self.client.get("/greet/ann/")

    def test_broken(self):
        with self.assertRaises(ValueError):
            self.client.get("/broken")

    def test_refused(self):
        assert Client(enforce_csrf_checks=True).post("/notes/new", {"text": "x"}).status_code == 403

class Committed(TransactionTestCase):
    def test_committed(self):
        with connection.schema_editor():
            make()
        self.client.post("/notes/new", {"text": "y"})
        assert asked("SELECT text FROM notes WHERE id = 2") == [("y",)]
""",
}
BEHIND = facade_of(
    FrameworkRoute(r"notes/new\Z", (), True, True), FrameworkRoute(r"untag\Z", (), True, True),
    FrameworkRoute(r"page\Z", (), True, True),
)  # fmt: skip
COMMAND = ("manage.py", "test", "-v2")
CANNOT = {
    "the test reads response.context, which does not cross the wire": 1,
    "the test reads response.templates, which does not cross the wire": 1,
    "the test counts the queries of its own connection": 1,
    "an exception of the program reaches the test, which over HTTP is a status of 500": 1,
}


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("pristine"), FILES)


@pytest.fixture(scope="module")
def control(pristine: Path) -> LiveRun:
    return live_run(pristine, ("tests.py",), COMMAND, ON_THE_MONOLITH)


def test_the_control_asks_over_http_within_transactions(control: LiveRun) -> None:
    counted = judge_live(control, control)
    assert dict(counted.cannot) == CANNOT, control.trouble
    assert (counted.tests, counted.control_passed) == (11, 7), control.trouble


def test_the_same_code_as_a_service_answers_the_same(pristine: Path, control: LiveRun) -> None:
    ran = live_run(pristine, ("tests.py",), COMMAND, BEHIND, pristine)
    counted = judge_live(control, ran)
    assert counted.new_failures == (), ran.trouble
    assert counted.passed == 7
    assert dict(ran.asked.by["tests.Notes.test_note"]) == {"service": 1, "monolith": 2}


def test_a_row_that_the_service_does_not_write_is_a_new_failure(
    tmp_path: Path, pristine: Path, control: LiveRun
) -> None:
    wrong = URLS.replace("SET text = text || '!'", "SET size = 2").replace('cc=["c@example"]', 'cc=["d@example"]')
    tree = written(tmp_path / "service", {**FILES, "site_urls.py": wrong})
    ran = live_run(pristine, ("tests.py",), COMMAND, BEHIND, tree)
    assert judge_live(control, ran).new_failures == ("tests.Notes.test_note",)
