"""What a slice of a Django application keeps: settings, applications, URL configurations, template tags, models in strings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.extraction.slicing.slices import reasons, slice_of, texts
from tests.program import write_repository

SITE = {
    "manage.py": (
        "import os\nimport sys\n\nif __name__ == '__main__':\n"
        "    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_.settings')\n"
        "    from django.core.management import execute_from_command_line\n\n    execute_from_command_line(sys.argv)\n"
    ),
    "site_/__init__.py": "",
    "site_/settings.py": (
        "INSTALLED_APPS = ['news.apps.NewsConfig', 'stock', 'django.contrib.auth', 'django.contrib.contenttypes']\n"
        "MIDDLEWARE = ['news.middleware.Seen']\nROOT_URLCONF = 'site_.urls'\n"
    ),
    "site_/urls.py": (
        "from django.urls import include, path\n\nfrom stock import views\n\n"
        "urlpatterns = [\n    path('', include('news.urls')),\n    path('stock/', views.Level.as_view(), name='level'),\n"
        "    path('old/', views.old, name='old'),\n]\n"
    ),
    "news/__init__.py": "",
    "news/apps.py": (
        "from django.apps import AppConfig\n\n\nclass NewsConfig(AppConfig):\n    name = 'news'\n\n"
        "    def ready(self):\n        from news import signals\n"
    ),
    "news/signals.py": (
        "from django.db.models.signals import post_save\nfrom django.dispatch import receiver\n\nfrom news.models import Story\n\n\n"
        "@receiver(post_save, sender=Story)\ndef told(sender, **more):\n    count()\n\n\ndef count():\n    return 1\n\n\ndef unused():\n    return 2\n"
    ),
    "news/middleware.py": (
        "class Seen:\n    def __init__(self, get_response):\n        self.get_response = get_response\n\n"
        "    def __call__(self, request):\n        return self.get_response(request)\n\n\nclass Unseen(Seen):\n    pass\n"
    ),
    "news/models.py": (
        "from django.db import models\n\n\nclass Story(models.Model):\n    title = models.CharField(max_length=9)\n"
        "    author = models.ForeignKey('news.Author', on_delete=models.CASCADE, related_name='stories')\n\n"
        "    def headline(self):\n        return self.title.upper()\n\n    def unused_headline(self):\n        return ''\n\n"
        "    def save(self, *args, **more):\n        super().save(*args, **more)\n\n\n"
        "class Author(models.Model):\n    timezone = models.CharField(max_length=9)\n\n\nclass Advert(models.Model):\n    pass\n"
    ),
    "news/migrations/__init__.py": "",
    "news/migrations/0001_initial.py": "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    operations = []\n",
    "news/urls.py": (
        "from django.urls import path\n\nfrom . import views\n\n"
        "urlpatterns = [path('news/', views.StoryList.as_view(), name='stories'), path('ads/', views.adverts, name='ads')]\n"
    ),
    "news/views.py": (
        "from django.shortcuts import render\nfrom django.views.generic import ListView\n\nfrom news.models import Advert, Story\n\n\n"
        "class StoryList(ListView):\n    model = Story\n    template_name = 'news/list.html'\n\n"
        "    def get_queryset(self):\n        return Story.objects.all()\n\n\n"
        "def adverts(request):\n    return render(request, 'news/adverts.html', {'x': Advert.objects.all()})\n"
    ),
    "news/templatetags/__init__.py": "",
    "news/templatetags/shown.py": (
        "from django import template\n\nregister = template.Library()\n\n\n"
        "@register.filter\ndef loud(text):\n    return text.upper()\n\n\n@register.simple_tag(name='sum_of')\ndef total(*n):\n    return sum(n)\n\n\n"
        "@register.filter\ndef quiet(text):\n    return text.lower()\n"
    ),
    "news/templates/news/list.html": "{% extends 'base.html' %}{% load shown %}{{ story.headline|loud }}{% sum_of 1 2 %}",
    "news/templates/news/adverts.html": "{{ x }}",
    "news/templates/base.html": "{% url 'level' %}{% block content %}{% endblock %}",
    "stock/__init__.py": "",
    "stock/models.py": "from django.db import models\n\n\nclass Item(models.Model):\n    n = models.IntegerField()\n",
    "stock/views.py": (
        "from django.http import HttpResponse\nfrom django.views import View\n\nfrom stock.models import Item\n\n\n"
        "class Level(View):\n    def get(self, request):\n        return HttpResponse(Item.objects.count())\n\n\n"
        "def old(request):\n    return HttpResponse('old')\n"
    ),
}  # fmt: skip

OWN = "GET /news/"


def own_route() -> str:
    """As the graph writes a route of a class-based view."""
    from tests.systems import graph_of

    return next(
        s.id.removeprefix("route:") for s in graph_of(SITE).symbols if s.kind == "route" and s.id.endswith("/news/")
    )


def test_the_start_of_the_program_stays() -> None:
    files = texts(slice_of(SITE, own_route()))
    assert files["manage.py"] == SITE["manage.py"]
    assert files["site_/settings.py"] == SITE["site_/settings.py"]
    assert files["site_/urls.py"] == SITE["site_/urls.py"]
    assert "class NewsConfig" in files["news/apps.py"]
    assert files["news/migrations/0001_initial.py"] == SITE["news/migrations/0001_initial.py"]


def test_what_only_settings_and_signals_reach_stays() -> None:
    files = texts(slice_of(SITE, own_route()))
    assert "class Seen" in files["news/middleware.py"]
    assert "class Unseen" not in files["news/middleware.py"]
    assert "def told" in files["news/signals.py"]
    assert "def count" in files["news/signals.py"]
    assert "def unused" not in files["news/signals.py"]


def test_models_stay_by_name_and_lose_what_nothing_mentions() -> None:
    kept = texts(slice_of(SITE, own_route()))["news/models.py"]
    assert "class Author" in kept
    assert "class Advert" not in kept
    assert "def headline" in kept, "a template mentions it"
    assert "def save" in kept, "Django calls it"
    assert "unused_headline" not in kept


def test_template_tags_stay_by_what_templates_write() -> None:
    kept = texts(slice_of(SITE, own_route()))["news/templatetags/shown.py"]
    assert "def loud" in kept
    assert "def total" in kept
    assert "def quiet" not in kept


def test_handlers_of_others_are_stubs_and_their_addresses_stay() -> None:
    made = slice_of(SITE, own_route())
    files = texts(made)
    assert files["stock/views.py"].count("elsewhere(") == 2
    assert 'Level = elsewhere("Level", "theirs")' in files["stock/views.py"]
    assert "Item" not in files["stock/views.py"]
    assert 'adverts = elsewhere("adverts", "theirs")' in files["news/views.py"]
    assert "news/templates/news/adverts.html" not in files
    assert "news/templates/base.html" in files
    assert reasons(made)["stock.views.old"] == ("stub", "served by theirs")


def test_every_name_in_the_slice_is_bound(tmp_path: Path) -> None:
    write_repository(tmp_path, slice_of(SITE, own_route()).files)
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821,F811", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


HANGING = {
    **{path: SITE[path] for path in ("manage.py", "site_/__init__.py", "news/__init__.py")},
    "site_/settings.py": "INSTALLED_APPS = ['news']\nROOT_URLCONF = 'site_.urls'\n",
    "site_/urls.py": (
        "from django.urls import path\n\nfrom news import views\n\n"
        "urlpatterns = [path('gone/', views.Gone.as_view()), path('shown/', views.shown)]\n"
    ),
    "news/models.py": (
        "from django.db import models\n\n\nclass Author(models.Model):\n    pass\n\n\nclass Story(models.Model):\n"
        "    author = models.ForeignKey(Author, on_delete=models.CASCADE)\n\n\nclass Alone(models.Model):\n    pass\n"
    ),
    "news/views.py": (
        "from django.http import HttpResponse\nfrom django.views.generic import DeleteView\n\nfrom news.models import Author\n\n\n"
        "class Gone(DeleteView):\n    model = Author\n    success_url = '/'\n\n\n"
        "def shown(request):\n    return HttpResponse(Author.objects.count())\n"
    ),
}  # fmt: skip


def route_with(files: dict[str, str], text: str) -> str:
    from tests.systems import graph_of

    return next(s.id.removeprefix("route:") for s in graph_of(files).symbols if s.kind == "route" and text in s.id)


def test_what_is_deleted_with_a_row_stays_where_rows_are_deleted() -> None:
    deleting = texts(slice_of(HANGING, route_with(HANGING, "/gone")))["news/models.py"]
    assert "class Story" in deleting
    assert "class Alone" not in deleting
    reading = texts(slice_of(HANGING, route_with(HANGING, "/shown")))["news/models.py"]
    assert "class Story" not in reading


def test_settings_among_the_tests_stay_with_what_they_name() -> None:
    files = {path: text for path, text in SITE.items() if path not in ("site_/settings.py", "manage.py")}
    files |= {
        "tests/__init__.py": "",
        "tests/settings.py": "from .base import *\nROOT_URLCONF = 'tests.urls'\n",
        "tests/base.py": SITE["site_/settings.py"].replace("'stock'", "'stock', 'tests.extra'"),
        "tests/urls.py": "from site_.urls import urlpatterns\n",
        "tests/extra/__init__.py": "",
        "tests/extra/models.py": "from django.db import models\n\n\nclass Extra(models.Model):\n    pass\n",
        "tests/extra/tests.py": "import unittest\n",
        "tests/other.py": "ROUTES = 'tests.urls'\n",
        "tests/test_news.py": "from tests.settings import ROOT_URLCONF\n",
    }
    made = slice_of(files, own_route(), entries=("tests.settings",))
    kept = sorted(path for path in made.files if path.startswith("tests/"))
    assert kept[:3] == ["tests/__init__.py", "tests/base.py", "tests/extra/__init__.py"]
    assert {"tests/settings.py", "tests/urls.py"} < set(kept)
    assert not {"tests/test_news.py", "tests/other.py", "tests/extra/tests.py"} & set(kept)
    assert made.lines_of == sum(text.count("\n") for path, text in files.items() if _counts(path))


def test_routes_whose_module_has_a_plain_name_stay() -> None:
    files = {path.replace("site_/urls", "urls"): text.replace("site_.urls", "urls") for path, text in SITE.items()}
    assert "news.urls" in texts(slice_of(files, own_route()))["urls.py"]


def _counts(path: str) -> bool:
    return path.endswith(".py") and not path.startswith("tests/") and "/migrations/" not in path
