"""Python files made to hurt: deep, long and circular; reading them stays bounded."""

from __future__ import annotations

import time

import pytest

from agent.composition import frameworks
from agent.frameworks.python_names import PythonNames
from agent.graph.resolver import Resolver
from agent.languages.python import LANGUAGE

READERS = [f for f in frameworks() if "python" in f.languages]
SHAPES = {
    "calls": b"db.session.execute" + b"()" * 20_000,
    "nested queries": b"x = " + b"session.scalars(" * 3_000 + b"A" + b")" * 3_000,
    "deferred columns": b"class A(db.Model):\n    x = " + b"deferred(" * 3_000 + b")" * 3_000 + b"\n",
    "nested urls": b"from django.urls import path\nurlpatterns = ["
    + b"path('a', include([" * 1_500
    + b"]))" * 1_500
    + b"]",
    "concatenation": b"from flask import Flask\n@app.route(" + b"'a' + " * 20_000 + b"'')\ndef f(): pass\n",
    "constants": b"import flask\nA = A + A\n@app.route(A)\ndef f(): pass\n",
    "rules": b"import flask\nv = A.as_view()\n" * 3_000 + b"app.add_url_rule('/x', view_func=v)\n" * 3_000,
    "settings": b"INSTALLED_APPS = [" + b"'a.b'," * 20_000 + b"]\n",
    "templates": b"class A:\n" + b"    template_name = 'a.html'\n" * 10_000,
    "blueprints": b"import flask\n" + b"for b in x: app.register_blueprint(b)\n" * 5_000,
}


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_reading_is_bounded(shape: str):
    source = SHAPES[shape]
    root = LANGUAGE._parser.parse(source).root_node
    plain, _ = LANGUAGE.extract("a/models.py", source[:0])
    begin = time.process_time()
    for framework in READERS:
        framework.read("a/models.py", root, source, plain)
    assert time.process_time() - begin < 3


def project_of(files: dict[str, str]) -> Resolver:
    """The files read by all Python frameworks."""
    facts = {}
    for path, text in files.items():
        source = text.encode()
        known, root = LANGUAGE.extract(path, source)
        for framework in READERS:
            known = framework.read(path, root, source, known)
        facts[path] = known
    return Resolver(facts, {"python": LANGUAGE}, frozenset(files), {})


def test_star_imports_in_circles_are_followed_once():
    project = project_of({f"m{i}.py": STARS for i in range(12)})
    begin = time.process_time()
    assert PythonNames(project).place("m0.py", "", "unknown") is None
    assert time.process_time() - begin < 1


STARS = "".join(f"from m{i} import *\n" for i in range(12))
CIRCLES = {
    "urls": {
        f"u{i}.py": "from django.urls import include, path\nurlpatterns = ["
        + "".join(f"path('a{j}/', include('u{j}'))," for j in range(12))
        + "]\n"
        for i in range(12)
    },
    "bases": {"m.py": "from django.db import models\n" + "".join(f"class A{i}(A{i + 1}):\n    x = models.TextField()\n" for i in range(900))},
    "mapped bases": {"m.py": "import sqlalchemy\n" + "".join(f"class A{i}(A{i + 1}):\n    x = Column(Integer)\n" for i in range(900))},
    "blueprints": {
        "m.py": "from flask import Blueprint\n"
        + "".join(f"b{i} = Blueprint('b{i}', __name__, url_prefix='/{i}')\n" for i in range(30))
        + "".join(f"b{i}.register_blueprint(b{j})\n" for i in range(30) for j in range(30))
        + "@b0.route('/x')\ndef f(): pass\n"
    },
}  # fmt: skip


@pytest.mark.parametrize("shape", sorted(CIRCLES))
def test_linking_is_bounded(shape: str):
    project = project_of(CIRCLES[shape])
    begin = time.process_time()
    for framework in READERS:
        framework.link(project)
    assert time.process_time() - begin < 3
