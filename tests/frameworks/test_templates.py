"""Templates: their symbols, what they extend and include, and who renders them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.frameworks.templates import FRAMEWORK
from agent.languages.html import LANGUAGE
from tests.systems import edges, graph_of


def templates(files: dict[str, str]) -> dict[str, str]:
    """template symbol -> path."""
    return {s.id: s.path for s in graph_of(files).symbols if s.kind == "template"}


def test_names_are_relative_to_the_loaders_root():
    assert templates(
        {
            "shop/templates/orders/list.html": "x",
            "static/page.html": "<p>",
            "odd/list.html": "{% extends 'x' %}",
            "a.py": "",
        }
    ) == {"template:orders/list.html": "shop/templates/orders/list.html", "template:odd/list.html": "odd/list.html"}


def test_two_templates_of_one_name_stay_two():
    files = {
        "a/templates/index.html": "a",
        "b/templates/index.html": "b",
        "b/__init__.py": "",
        "b/views.py": "from flask import render_template\ndef f():\n    return render_template('index.html')\n",
    }
    assert templates(files) == {
        "template:index.html": "a/templates/index.html",
        "template:b/templates/index.html": "b/templates/index.html",
    }
    assert edges(graph_of(files), "render") == {("b.views.f", "template:b/templates/index.html")}


def test_extends_includes_and_imports():
    page = "{%- extends \"base.html\" -%}\n{% include './row.html' %}\n{% from 'm.html' import x %}{% include name %}"
    graph = graph_of(
        {"templates/a/page.html": page, "templates/base.html": "", "templates/a/row.html": "", "templates/m.html": ""}
    )
    assert {(e.target, e.line) for e in graph.dependencies if e.kind == "render"} == {
        ("template:base.html", 1),
        ("template:a/row.html", 2),
        ("template:m.html", 3),
    }


def test_rendered_text_files_and_files_outside_a_known_root():
    graph = graph_of(
        {
            "app/templates/mail.txt": "hello",
            "app/pages/home.html": "{{ x }}",
            "app/__init__.py": "",
            "app/views.py": "from flask import render_template\n\ndef f(x):\n    render_template('mail.txt')\n"
            "    render_template('home.html')\n    render_template('missing.html')\n    render_template(x)\n",
            "templates/other.html": "",
            "app/templates/other2.html": "",
        }
    )
    found = {(e.target, e.resolution) for e in graph.dependencies if e.kind == "render"}
    assert found == {("template:mail.txt", "exact"), ("template:app/pages/home.html", "inferred")}


def test_render_means_a_template_only_where_it_was_imported_as_such():
    files = {
        "templates/a.html": "",
        "x.py": "from django.shortcuts import render\ndef f(r):\n    return render(r, 'a.html')\n",
        "y.py": "from charts import render\ndef f(r):\n    return render(r, 'a.html')\n",
    }
    assert edges(graph_of(files), "render") == {("x.f", "template:a.html")}


def test_a_name_does_not_lead_out_of_the_root():
    files = {
        "templates/a.html": "{% include '../secret.html' %}{% include '../../etc/passwd' %}",
        "secret.html": "",
    }
    assert edges(graph_of(files), "render") == set()


PIECES = st.sampled_from(
    [b"{% ", b"extends ", b"'a.html'", b'"', b" %}", b"{{ url_for('", b"')", b"\n", b"<%include file='x'", b"\xff"]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=40).map(b"".join) | st.binary(max_size=200))
def test_any_bytes_are_read_without_an_exception(source: bytes):
    facts, root = LANGUAGE.extract("a.html", source)
    assert FRAMEWORK.read("a.html", root, source, facts).language == "html"


def test_a_long_line_without_an_end_is_read_in_linear_time():
    source = b"{% extends " * 150_000
    facts, root = LANGUAGE.extract("a.html", source)
    assert FRAMEWORK.read("a.html", root, source, facts).wirings
