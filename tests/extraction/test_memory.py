"""What a process remembers besides its databases: put back where it can be, and named where a split would double it."""

from __future__ import annotations

from pathlib import Path

from agent.domain.extraction import Answer
from agent.extraction import compare
from agent.extraction.box import memory
from agent.extraction.remembering import memory_notes, split_memory
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
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
ROOT_URLCONF = "site_urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "site.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
""",
    "site_urls.py": """
import collections, functools
from django.core.cache import cache
from django.http import HttpResponse
from django.urls import path

HITS = {"all": 0}

class Seen:
    def __init__(self):
        self.names = []

class Kinds:
    known = []

SEEN = Seen()
CARTS = {}
SEEN_BY_NUMBER = collections.Counter()

@functools.lru_cache()
def squared(number):
    return number * number

def cached(request):
    cache.set("after", 1)
    return HttpResponse(cache.get("greeting", "nothing"))

def hit(request, number):
    HITS["all"] += 1
    SEEN.names.append(number)
    CARTS[number] = Seen()
    SEEN_BY_NUMBER[number] += 1
    import imported_later
    Kinds.known.append(number)
    return HttpResponse(str(squared(number)))

def me(request):
    return HttpResponse(getattr(request, "_force_auth_user").username + str(request._force_auth_token))

def quiet(request):
    return HttpResponse("quiet")

urlpatterns = [path("cached/", cached), path("hit/<int:number>/", hit), path("me/", me), path("quiet/", quiet)]
""",
    # As the client of REST framework signs somebody in
    "signing_in.py": """
from django.test.client import Client, ClientHandler

class ForceAuthClientHandler(ClientHandler):
    _force_user = _force_token = None

    def get_response(self, request):
        request._force_auth_user, request._force_auth_token = self._force_user, self._force_token
        return super().get_response(request)

class APIClient(Client):
    def __init__(self, **more):
        super().__init__(**more)
        self.handler = ForceAuthClientHandler(False)
""",
    "imported_later.py": "KINDS = {}\n",
    "tests.py": """
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import TestCase
from signing_in import APIClient

class Memory(TestCase):
    def test_cached(self):
        cache.set("greeting", "moin")
        assert self.client.get("/cached/").content == b"moin"

    def test_hit(self):
        self.client.get("/hit/3/")
        self.client.get("/quiet/")

    def test_me(self):
        client = APIClient()
        client.handler._force_user = User.objects.create(username="ann")
        client.handler._force_token = 7
        assert client.get("/me/").content == b"ann7"

    def test_me_not_saved(self):
        client = APIClient()
        client.handler._force_user = User(username="bob")
        assert client.get("/me/").content == b"bobNone"

    def test_me_no_data(self):
        client = APIClient()
        client.handler._force_user = User.objects.create(username="ann")
        client.handler._force_token = object()
        client.get("/me/")
""",
}


def test_caches_and_who_is_signed_in_are_met_again_and_what_changes_is_named(tmp_path: Path) -> None:
    pristine = tmp_path / "pristine"
    pristine.mkdir()
    for name, text in FILES.items():
        (pristine / name).write_text(text)
    with recorded(tmp_path / "bench", pristine, ("tests.py", "signing_in.py"), "manage.py", "test") as bench:
        first = bench.replay(pristine)
        requests = bench.recording.requests
        compared = compare(requests, first, bench.replay(pristine))
    verdicts = {one.test.rpartition(".")[2]: found.verdict for one, found in zip(requests, compared, strict=True)}
    assert verdicts == {
        "test_cached": "identical",
        "test_hit": "identical",
        "test_me": "identical",
        "test_me_not_saved": "identical",
        "test_me_no_data": "not replayable",
    }
    assert [one.cause for one in compared if one.cause] == ["the test gives it what is no data: object"]
    by_number = {one.number: one.target for one in requests}
    by_target = {by_number[one.request]: one for one in first}
    assert by_target["/cached/"].body == "moin"
    assert by_target["/cached/"].memory == ("the cache in memory (LocMemCache)",)
    assert by_target["/hit/3/"].memory == (
        "site_urls.CARTS", "site_urls.HITS", "site_urls.Kinds.known", "site_urls.SEEN.names", "site_urls.SEEN_BY_NUMBER",
        "site_urls.squared (lru_cache)",
    )  # fmt: skip
    assert by_target["/quiet/"].memory == ()


def test_memory_that_splits_is_told_with_who_changes_it() -> None:
    answers = [Answer(request=number, memory=memory) for number, memory in enumerate((("a",), ("a", "b"), ("c",)), 1)]
    assert memory_notes(answers, {1, 3}) == (
        "state in the process: a is changed by 1 requests of the service and 1 others: "
        "both sides change it, and will each have a copy of their own",
        "state in the process: c is changed by 1 requests of the service and 0 others: "
        "it goes with the service; the monolith has a copy that stays as it began",
        "state in the process: b is changed by 0 requests of the service and 1 others: "
        "it stays with the monolith; a service that reads it has a copy that stays as it began",
    )
    assert split_memory(answers, {1, 3}) == ("a",)
    many = [Answer(request=1, memory=tuple(f"name{number}" for number in range(20)))]
    assert memory_notes(many, {1})[-1] == "8 more values in memory are changed by requests"


class SimpleCache:
    """As cachelib keeps it: key -> (when it expires, content)."""

    def __init__(self) -> None:
        self._cache: dict[str, tuple[float, bytes]] = {}


class Application:
    def __init__(self) -> None:
        self.extensions = {"cache": {"flask_caching": SimpleCache()}}
        self.session_interface = type("Sessions", (), {"cache": SimpleCache(), "client": None})()


def test_caches_of_flask_and_its_sessions_are_read_and_put_back() -> None:
    application = Application()
    cache = application.extensions["cache"]["flask_caching"]
    cache._cache["k"] = (12.5, b"content")
    application.session_interface.cache._cache["session:1"] = (0, b"who")
    before = memory.remembered([], application)
    found = memory.read_caches(application)
    cache._cache["other"] = (1, b"x")
    application.session_interface.cache._cache.clear()
    assert memory.changed(before, memory.remembered([], application)) == [
        "the cache in memory (SimpleCache of sessions)", "the cache in memory (SimpleCache)",
    ]  # fmt: skip
    memory.put_caches_back(found, application)
    assert cache._cache == {"k": (12.5, b"content")}
    assert application.session_interface.cache._cache == {"session:1": (0, b"who")}
