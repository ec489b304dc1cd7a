"""Stubs: a route that others serve keeps its address and its name, and answers 501 with the name of its owner."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from agent.extraction.slicing.references import chain_of

__all__ = ["STUB_SOURCES", "stub_module_name", "stub_text"]

_FLASK = '''"""Routes that another part of the system serves: their names resolve here, their answers do not come from here."""

from flask import Response

_METHODS = ["DELETE", "GET", "PATCH", "POST", "PUT"]


def elsewhere(name, owner, model=""):
    """A view that says who serves the route. It can stand for a function and for a class."""

    def view(*args, **values):
        text = "%s is served by %s, not by this program.\\n" % (name, owner)
        return Response(text, 501, {"X-Served-By": owner}, mimetype="text/plain")

    def as_view(endpoint=name, *args, **values):
        def of_class(*args, **values):
            return view()

        of_class.__name__ = endpoint
        of_class.methods = list(_METHODS)
        return of_class

    view.__name__ = view.__qualname__ = name
    view.as_view = as_view
    return view
'''

_DJANGO = '''"""Routes that another part of the system serves: their names resolve here, their answers do not come from here."""

from types import SimpleNamespace

from django.http import HttpResponse


def elsewhere(name, owner, model=""):
    """A view that says who serves the route. It can stand for a function, a class and a set of views."""

    def view(request, *args, **values):
        answer = HttpResponse("%s is served by %s, not by this program.\\n" % (name, owner), "text/plain", 501)
        answer["X-Served-By"] = owner
        return answer

    view.__name__ = view.__qualname__ = name
    view.as_view = lambda *args, **values: view
    view.csrf_exempt = True
    # What a router of Django REST framework asks a set of views for
    view.get_extra_actions = lambda: []
    view.queryset = SimpleNamespace(model=SimpleNamespace(_meta=SimpleNamespace(object_name=model or name)))
    return view
'''

STUB_SOURCES = {"flask": _FLASK, "django": _DJANGO}


def stub_module_name(taken: Collection[str]) -> str:
    """A module name that nothing in the repository has."""
    name = "elsewhere"
    while name in taken:
        name += "_"
    return name


def stub_text(node: ast.AST, owner: str, routing: Sequence[ast.expr], source: str) -> str:
    """One statement that binds the handler's name to its stub, at the addresses that its decorators gave it."""
    name = str(getattr(node, "name", ""))
    model = _model_of(node)
    also = f', model="{model}"' if model else ""
    text = f'elsewhere("{name}", "{owner}"{also})'
    for decorator in reversed(routing):
        text = f"{ast.get_source_segment(source, decorator) or ast.unparse(decorator)}({text})"
    return f"{name} = {text}\n"


def _model_of(node: ast.AST) -> str:
    """The model in ``queryset = models.Order.objects.all()``, by which a router names its routes."""
    for statement in getattr(node, "body", ()) if isinstance(node, ast.ClassDef) else ():
        if isinstance(statement, ast.Assign) and [t.id for t in statement.targets if isinstance(t, ast.Name)] == [
            "queryset"
        ]:
            for inner in ast.walk(statement.value):
                chain = chain_of(inner)
                if "objects" in chain[1:]:
                    return chain[chain.index("objects") - 1]
    return ""
