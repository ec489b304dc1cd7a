"""Django and the REST framework: models to tables, URL configuration to routes, and what only conventions connect."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.code import DependencyGraph
from agent.frameworks.django import FRAMEWORK
from agent.frameworks.django_urls import regex_to_path
from agent.graph.resolver import Resolver
from agent.languages.python import LANGUAGE
from tests.systems import edges, graph_of

MODELS = """
from django.conf import settings
from django.db import models

class Stamped(models.Model):
    created = models.DateTimeField()
    class Meta:
        abstract = True

class Child(Stamped):
    name = models.CharField(max_length=20)
    tags = models.ManyToManyField("Tag", related_name="children")

class Tag(models.Model):
    slug = models.SlugField(primary_key=True)
    class Meta:
        db_table = "labels"

class Feeding(models.Model):
    child = models.ForeignKey("Child", on_delete=models.CASCADE, related_name="feedings")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE)

class Meal(Feeding):
    class Meta:
        proxy = True
"""
SITE = {
    "manage.py": "",
    "site/__init__.py": "",
    "site/settings.py": """
ROOT_URLCONF = "site.urls"
INSTALLED_APPS = ["django.contrib.auth", "core", "core.apps.CoreConfig"]
MIDDLEWARE = ["core.middleware.Gate"]
""",
    "site/urls.py": """
from django.contrib import admin
from django.urls import include, path, re_path
from core import views
extra = [path("extra/", views.index, name="extra")]
urlpatterns = [
    path("admin/", admin.site.urls),
    path("", views.index, name="home"),
    path("core/", include("core.urls", namespace="core")),
    path("more/", include((extra, "more"))),
    path("in/", include([path("line/", views.index), re_path(r"^(?P<pk>\\d+)/$", views.edit)])),
]
""",
    "core/__init__.py": "",
    "core/apps.py": "from django.apps import AppConfig\nclass CoreConfig(AppConfig):\n    name = 'core'\n    label = 'kids'\n",
    "core/middleware.py": "class Gate:\n    pass\n",
    "core/models.py": MODELS,
    "core/urls.py": """
from django.urls import path
from rest_framework import routers
from . import views
app_name = "core"
router = routers.DefaultRouter()
router.register(r"children", views.ChildViewSet)
router.register("labels", views.TagViewSet, basename="label")
urlpatterns = [
    path("feedings/", views.FeedingList.as_view(), name="feedings"),
    path("feedings/add/", views.FeedingAdd.as_view(), name="add"),
    path("about/", views.About.as_view(template_name="core/about.html")),
] + router.urls
""",
    "core/views.py": """
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, ListView, TemplateView
from rest_framework import viewsets
from rest_framework.decorators import action
from core import models
from core.forms import FeedingForm

def index(request):
    return render(request, "core/index.html")

@require_POST
def edit(request, pk):
    child = get_object_or_404(models.Child, pk=pk)
    child.name = request.POST["name"]
    child.save()
    return redirect("core:feedings")

class FeedingList(ListView):
    model = models.Feeding

class FeedingAdd(CreateView):
    form_class = FeedingForm
    def get(self, request):
        return reverse("home")

class About(TemplateView):
    pass

class ChildViewSet(viewsets.ModelViewSet):
    queryset = models.Child.objects.all()
    lookup_field = "slug"
    @action(detail=True, methods=["post"], url_path="wake-up")
    def wake(self, request, slug):
        pass

class TagViewSet(viewsets.ReadOnlyModelViewSet):
    model = models.Tag
""",
    "core/forms.py": """
from django import forms
from core.models import Feeding
class FeedingForm(forms.ModelForm):
    note = forms.CharField()
    class Meta:
        model = Feeding
""",
    "core/admin.py": "from django.contrib import admin\nfrom core import models\nadmin.site.register(models.Tag)\n"
    "@admin.register(models.Child)\nclass ChildAdmin(admin.ModelAdmin):\n    pass\n",
    "core/signals.py": "from django.db.models.signals import post_save\nfrom django.dispatch import receiver\n"
    "from core.models import Feeding\n@receiver(post_save, sender=Feeding)\ndef fed(sender, **kwargs):\n    pass\n",
    "core/templates/core/index.html": "<a href=\"{% url 'core:feedings' %}\">x</a>{% include 'core/part.html' %}",
    "core/templates/core/part.html": "x",
    "core/templates/core/about.html": "{{ x }}",
    "core/templates/kids/feeding_list.html": "{% extends 'core/index.html' %}",
}


@pytest.fixture(scope="module")
def site() -> DependencyGraph:
    return graph_of(SITE)


def routes(graph: DependencyGraph) -> dict[str, str]:
    """route -> handler; ``""`` without one."""
    found = {s.id.removeprefix("route:"): "" for s in graph.symbols if s.kind == "route"}
    for edge in graph.dependencies:
        if edge.kind == "handle":
            found[edge.source.removeprefix("route:")] = edge.target
    return found


def test_routes(site: DependencyGraph):
    view_set, tags = "core.views.ChildViewSet", "core.views.TagViewSet"
    assert routes(site) == {
        "GET /admin/": "",
        "GET /": "core.views.index",
        "GET /core/": "",
        "GET /more/extra/": "core.views.index",
        "GET /in/line/": "core.views.index",
        "POST /in/<pk>/": "core.views.edit",
        "GET /core/feedings/": "core.views.FeedingList",
        "GET /core/feedings/add/": "core.views.FeedingAdd.get",
        "POST /core/feedings/add/": "core.views.FeedingAdd",
        "GET /core/about/": "core.views.About",
        "GET /core/children/": view_set,
        "POST /core/children/": view_set,
        "GET /core/children/<slug>/": view_set,
        "PUT /core/children/<slug>/": view_set,
        "PATCH /core/children/<slug>/": view_set,
        "DELETE /core/children/<slug>/": view_set,
        "POST /core/children/<slug>/wake-up/": view_set + ".wake",
        "GET /core/labels/": tags,
        "GET /core/labels/<pk>/": tags,
    }


def test_tables_their_names_and_keys(site: DependencyGraph):
    declared = edges(site, "declare")
    assert {
        ("core.models.Child", "table:kids_child"),
        ("core.models.Tag", "table:labels"),
        ("core.models.Feeding", "table:kids_feeding"),
        ("core.models", "table:kids_child_tags"),
    } == declared
    assert edges(site, "reference") == {
        ("table:kids_feeding", "table:kids_child"),
        ("table:kids_child_tags", "table:kids_child"),
        ("table:kids_child_tags", "table:labels"),
    }


def test_views_forms_and_admin_use_their_models_tables(site: DependencyGraph):
    reads, writes = edges(site, "read"), edges(site, "write")
    assert ("core.views.FeedingList", "table:kids_feeding") in reads
    assert ("core.views.FeedingList", "table:kids_feeding") not in writes
    assert ("core.views.FeedingAdd", "table:kids_feeding") in writes
    assert ("core.views.ChildViewSet", "table:kids_child") in writes
    assert ("core.views.TagViewSet", "table:labels") in reads
    assert ("core.views.TagViewSet", "table:labels") not in writes
    assert ("core.forms.FeedingForm", "table:kids_feeding") in writes
    assert ("core.admin", "table:labels") in writes
    assert ("core.admin.ChildAdmin", "table:kids_child") in writes
    assert ("core.views.edit", "table:kids_child") in reads & writes


def test_names_of_urls_lead_to_views(site: DependencyGraph):
    uses = edges(site, "use")
    assert ("core.views.edit", "core.views.FeedingList") in uses
    assert ("core.views.FeedingAdd.get", "core.views.index") in uses
    assert ("template:core/index.html", "core.views.FeedingList") in uses


def test_templates_by_name_by_keyword_and_by_convention(site: DependencyGraph):
    assert edges(site, "render") == {
        ("core.views.index", "template:core/index.html"),
        ("template:core/index.html", "template:core/part.html"),
        ("template:kids/feeding_list.html", "template:core/index.html"),
        ("route:GET /core/about/", "template:core/about.html"),
        ("core.views.FeedingList", "template:kids/feeding_list.html"),
    }


def test_settings_strings_are_dependencies(site: DependencyGraph):
    uses = edges(site, "use")
    assert ("site.settings", "core.middleware.Gate") in uses
    assert ("site.settings", "core") in uses
    assert ("site.settings", "site.urls") in uses


def test_a_signal_runs_its_receiver(site: DependencyGraph):
    assert ("core.models.Feeding", "core.signals.fed") in edges(site, "call")


@pytest.mark.parametrize(
    ("body", "reads", "writes"),
    [
        ("return Child.objects.filter(name='x').first()", {"kids_child"}, set()),
        ("Child.objects.create(name='x')", set(), {"kids_child"}),
        ("Child.objects.filter(name='x').update(name='y')", {"kids_child"}, {"kids_child"}),
        ("c = Child.objects.get(pk=1)\n    c.name = 'x'\n    c.save()", {"kids_child"}, {"kids_child"}),
        ("for c in Child.objects.all():\n        c.delete()", {"kids_child"}, {"kids_child"}),
        ("c, new = Child.objects.get_or_create(name='x')\n    c.name = 'y'", set(), {"kids_child"}),
        ("Meal.objects.count()", {"kids_feeding"}, set()),
        ("User.objects.filter(pk=1)", {"auth_user"}, set()),
        ("{}.get('Child')", set(), set()),
    ],
)
def test_what_reads_and_what_writes(body: str, reads: set[str], writes: set[str]):
    code = "from django.contrib.auth.models import User\nfrom core.models import Child, Feeding, Meal\n\ndef f():\n    "
    graph = graph_of({**SITE, "core/use.py": code + body + "\n"})
    assert {t[6:] for s, t in edges(graph, "write") if s == "core.use.f"} == writes
    assert {t[6:] for s, t in edges(graph, "read") if s == "core.use.f"} == reads


def test_relations_forwards_and_backwards():
    facts = {}
    for path, text in {k: v for k, v in SITE.items() if k.endswith(".py")}.items():
        source = text.encode()
        plain, root = LANGUAGE.extract(path, source)
        facts[path] = FRAMEWORK.read(path, root, source, plain)
    project = Resolver(facts, {"python": LANGUAGE}, frozenset(SITE), {})
    m = "core.models."
    assert set(FRAMEWORK.members(project)) == {
        (m + "Feeding", "child", m + "Child"),
        (m + "Child", "feedings", m + "Feeding"),
        (m + "Feeding", "parent", m + "Feeding"),
        (m + "Feeding", "feeding_set", m + "Feeding"),
        (m + "Child", "tags", m + "Tag"),
        (m + "Tag", "children", m + "Child"),
    }


def test_urls_of_django_1():
    graph = graph_of(
        {
            "urls.py": "from django.conf.urls import *\nurlpatterns = patterns('shop.views',\n"
            "    (r'^$', 'shop.views.home'),\n    url(r'^cart/(\\d+)/$', 'shop.views.cart', name='cart'),\n)\n",
            "settings.py": "ROOT_URLCONF = 'urls'\n",
            "shop/__init__.py": "",
            "shop/views.py": "def home(request):\n    pass\ndef cart(request, n):\n    return request.POST['x']\n",
        }
    )
    assert routes(graph) == {
        "GET /": "shop.views.home",
        "GET /cart/<arg>/": "shop.views.cart",
        "POST /cart/<arg>/": "shop.views.cart",
    }


def test_urls_that_no_root_includes_are_inferred():
    graph = graph_of(
        {"app/urls.py": "from django.urls import path\nfrom app.views import v\nurlpatterns = [path('x/', v)]\n",
         "app/__init__.py": "", "app/views.py": "def v(request):\n    pass\n"}
    )  # fmt: skip
    assert [(e.source, e.resolution) for e in graph.dependencies if e.kind == "handle"] == [
        ("route:GET /x/", "inferred")
    ]


def test_urls_that_include_themselves_end():
    urls = "from django.urls import include, path\nurlpatterns = [path('a/', include('urls')), path('b/', include('urls'))]\n"
    assert routes(graph_of({"urls.py": urls, "settings.py": "ROOT_URLCONF = 'urls'\n"})) == {}


@pytest.mark.parametrize(
    ("regex", "path"),
    [
        (r"^orders/(?P<pk>\d+)/$", "orders/<pk>/"),
        (r"^(?P<a>[^/.]+)/(?P<b>(x|y))\.json$", "<a>/<b>.json"),
        (r"^old(?:/page)?/?$", "old/"),
        (r"^(\w+)-\d/$", "<arg>-<arg>/"),
        ("(", "<arg>"),
        ("\\", "\\"),
    ],
)
def test_regexes_as_paths(regex: str, path: str):
    assert regex_to_path(regex) == path


@given(st.text(alphabet="()[]\\^$?P<>a/d|*+:", max_size=60))
def test_any_regex_becomes_a_path(text: str):
    assert isinstance(regex_to_path(text), str)


PIECES = st.sampled_from(
    [b"from django.urls import path\n", b"urlpatterns = [", b"path(", b"'x/'", b",", b")", b"]", b"include(", b"class A(models.Model):\n",
     b" x = models.CharField(", b"\n", b" class Meta:\n  model = A\n", b"\x00", b"ROOT_URLCONF = 'x'\n"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=40).map(b"".join) | st.binary(max_size=200))
def test_any_bytes_are_read_without_an_exception(source: bytes):
    facts, root = LANGUAGE.extract("models.py", source)
    assert FRAMEWORK.read("models.py", root, source, facts).language == "python"
