"""A small Django diary with a clock service: dates cross, in the caller's language; what shares a transaction or a connection does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.extracting.branch_deleting import delete
from agent.extracting.branch_drills import drill_service
from agent.extracting.branch_runs import Bench, Branched, branch
from agent.extracting.branch_trees import patch_of
from tests.extraction.branching.branches import applied, branch_bench, texts

SETTINGS = """\
SECRET_KEY = "s"
INSTALLED_APPS = []
MIDDLEWARE = ["site_gate.Gate", "django.middleware.locale.LocaleMiddleware"]
ROOT_URLCONF = "site_urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "site.sqlite3"}}
USE_TZ = True
USE_I18N = True
LANGUAGES = [("en", "English"), ("de", "German")]
"""
GATE = """\
from django.http import HttpResponse


class Gate:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.META.get("HTTP_X_ROLE") != "staff":
            return HttpResponse("sign in", status=401)
        return self.get_response(request)
"""
URLS = """\
from django.urls import path

import diary
import clock_views

urlpatterns = [
    path("", diary.home),
    path("days", diary.day),
    path("both", diary.both),
    path("rows", diary.rows),
    path("plain", diary.plain),
    path("clock", clock_views.show),
]
"""
DIARY = '''\
"""The diary."""
from datetime import datetime, timedelta, timezone

from django.db import connection, transaction
from django.http import HttpResponse

import clock  # the service's

START = datetime(2024, 3, 15, 8, tzinfo=timezone.utc)


def home(request):
    return HttpResponse(clock.words(clock.span(START, START + timedelta(hours=3))))


def day(request):
    return HttpResponse(str(clock.close( "monday" )))


def both(request):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO notes (text) VALUES ('outer')")
        clock.reopen("monday")
    return HttpResponse("both")


def rows(request):
    with connection.cursor() as cursor:
        return HttpResponse(str(clock.count(cursor)))


def plain(request):
    return HttpResponse("plain")
'''
CLOCK = """\
from django.db import connection
from django.utils.translation import get_language


def span(start, end):
    return end - start


def words(delta):
    hours = delta.total_seconds() / 3600
    return ("%d Stunden" if get_language() == "de" else "%d hours") % hours


def close(name):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO notes (text) VALUES (%s)", [name])
    return name


def reopen(name):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM notes WHERE text = %s", [name])


def count(cursor):
    return cursor.execute("SELECT count(*) FROM notes").fetchone()[0]
"""
VIEWS = """\
from django.http import HttpResponse

from clock import words
from datetime import timedelta


def hour():
    return timedelta(hours=1)


def show(request):
    return HttpResponse(words(hour()))
"""
TESTS = """\
from django.db import connection
from django.test import Client, TestCase

class Diary(TestCase):
    client_class = Client

    @classmethod
    def setUpTestData(cls):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")

    def ask(self, path, **more):
        answer = self.client.get(path, HTTP_X_ROLE="staff", **more)
        assert answer.status_code == 200, answer
        return answer.content

    def test_home(self):
        assert self.ask("/") == b"3 hours"
        assert self.ask("/", HTTP_ACCEPT_LANGUAGE="de") == b"3 Stunden"

    def test_close(self):
        assert self.ask("/days") == b"monday"
        assert self.ask("/rows") == b"1"

    def test_both(self):
        assert self.ask("/both") == b"both"

    def test_plain(self):
        assert self.ask("/plain") == b"plain"
        assert self.client.get("/plain").status_code == 401

    def test_clock(self):
        assert self.ask("/clock") == b"1 hours"
"""
FILES = {
    "manage.py": 'import os, sys\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")\n'
    "from django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n",
    "site_settings.py": SETTINGS,
    "site_gate.py": GATE,
    "site_urls.py": URLS,
    "diary.py": DIARY,
    "clock.py": CLOCK,
    "clock_views.py": VIEWS,
    "tests/__init__.py": "",
    "tests/test_diary.py": TESTS,
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    root = tmp_path_factory.mktemp("branch")
    with branch_bench(root, FILES, ("clock", "clock_views"), ("manage.py", "test"), ("site_settings",)) as made:
        yield made


@pytest.fixture(scope="module")
def written(bench: Bench) -> Branched:
    return branch(bench)


def test_each_place_is_decided_with_its_reason(written: Branched) -> None:
    found = {one.use.target.name: one for one in written.decisions}
    assert {name for name, one in found.items() if one.what == "crosses"} == {"span", "words", "close"}
    assert found["close"].writes
    assert not found["span"].writes
    assert "caller's transaction" in found["reopen"].reason
    assert "a live object (django.db.backends.utils.CursorWrapper)" in found["count"].reason
    assert found["show"].what == "wiring"


def test_a_module_that_is_called_by_its_name_gets_the_seam_beside_it(written: Branched) -> None:
    patch = patch_of({"diary.py": DIARY.encode()}, {"diary.py": written.seam["diary.py"]}, "t")
    changed = [line for line in patch.splitlines() if line.startswith(("+", "-")) and line[:3] not in ("+++", "---")]
    assert changed == [
        "+from seams import mine as mine_seam",
        "-    return HttpResponse(clock.words(clock.span(START, START + timedelta(hours=3))))",
        "+    return HttpResponse(mine_seam.words(mine_seam.span(START, START + timedelta(hours=3))))",
        '-    return HttpResponse(str(clock.close( "monday" )))',
        '+    return HttpResponse(str(mine_seam.close( "monday" )))',
    ]


def test_both_positions_answer_as_the_monolith_does(bench: Bench, written: Branched) -> None:
    assert not written.failure
    for compared in (written.local, written.remote):
        assert [one.verdict for one in compared] == ["identical"] * len(bench.recording.requests)
    by_number = {one.number: one.target for one in bench.recording.requests}
    crossed = sorted((by_number[number], names) for number, names in written.crossed.items())
    assert crossed == [("/", ("span", "words")), ("/", ("span", "words")), ("/days", ("close",))]
    closed = next(one for one in bench.recording.requests if one.target == "/days").number
    assert bench.ours[closed].changes


def test_a_service_that_is_down_is_seen_by_its_callers_alone(bench: Bench, written: Branched) -> None:
    drills, seen = drill_service(bench, written)
    assert all(one.passed for one in drills)
    killed = {(one.route, one.whose): one.after for one in seen if one.outage == "killed"}
    assert killed[("GET days", "caller")] == (("500", 1),)
    assert killed[("GET both", "other")] == (("200", 1),)
    assert killed[("GET clock", "service")] == (("no answer", 1),)


def test_what_moved_can_be_deleted(bench: Bench, written: Branched, tmp_path: Path) -> None:
    gone, compared, seam = delete(bench, written)
    assert [one.verdict for one in compared] == ["identical"] * len(bench.recording.requests)
    assert {"clock.span", "clock.close", "clock.words"} <= set(gone.symbols)
    left = texts(gone.files)
    assert "def reopen" in left["clock.py"]
    assert "def count" in left["clock.py"]
    assert gone.stubs == ("clock_views.show",)
    pristine = {path: FILES[path].encode() if path in FILES else None for path in {*written.seam, *gone.files}}
    first = patch_of({p: pristine[p] for p in written.seam}, written.seam, "first")
    last = patch_of({**pristine, **written.seam}, {**pristine, **written.seam, **seam, **gone.files}, "HELD BACK: why")
    tree = applied(bench, tmp_path / "tree", first, last)
    assert (tree / "clock.py").read_text() == left["clock.py"]
