"""The flag on a service's routes in the monolith: the text of a guard that answers 501 for them once they are answered elsewhere.

It is the seam where nothing within the process asks the service: the facade moves its routes, and the guard shows who has not noticed.
"""

from __future__ import annotations

from collections.abc import Mapping

from agent.extraction.branching.endpoint_text import after_flask
from agent.extraction.branching.seam_text import PACKAGE_TEXT, SETTINGS, flag_of, word_of
from agent.extraction.slicing.program import Program

__all__ = ["guard_files", "guard_flag"]

_HEAD = '''"""Routes of {service}: {flag} says who answers them.

``local`` (the default): this program, as ever. ``remote``: the service, which the facade asks. A request that gets here all the
same is answered 501 with the owner's name, so that nobody goes on asking this program unnoticed.
"""

import functools
import os

HANDLERS = frozenset(
    {{
{handlers}    }}
)


def handler_of(view):
    """module.name of a view, whatever is wrapped around it."""
    for _ in range(20):
        kind = getattr(view, "view_class", None) or getattr(view, "cls", None)
        if isinstance(kind, type):
            view = kind
            break
        inner = view.func if isinstance(view, functools.partial) else getattr(view, "__wrapped__", None)
        if inner is None:
            break
        view = inner
    name = getattr(view, "__qualname__", "").replace(".<locals>", "")
    return "%s.%s" % (getattr(view, "__module__", ""), name)


def is_elsewhere(view):
    return _setting("{flag}", "local") == "remote" and handler_of(view) in HANDLERS


'''
_FLASK = '''

def guard(app):
    """Before anything else that the program does with a request."""
    from flask import Response, request

    def elsewhere():
        view = app.view_functions.get(request.endpoint) if request.endpoint else None
        if view is None or not is_elsewhere(view):
            return None
        text = "%s is served by {service}, not by this program.\\n" % handler_of(view)
        return Response(text, 501, {{"X-Served-By": "{service}"}}, mimetype="text/plain")

    app.before_request(elsewhere)
'''
_DJANGO = '''

class Guard:
    """The first middleware."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        from django.http import HttpResponse

        if not is_elsewhere(view_func):
            return None
        text = "%s is served by {service}, not by this program.\\n" % handler_of(view_func)
        answer = HttpResponse(text, "text/plain", 501)
        answer["X-Served-By"] = "{service}"
        return answer
'''


def guard_flag(service: str) -> str:
    """The name of the flag."""
    return f"{flag_of(service)}_ROUTES"


def guard_files(program: Program, service: str, package: str, folder: str) -> dict[str, bytes]:
    """What is new or changed in the monolith, by path; empty when nothing there makes an application."""
    name = f"{word_of(service)}_routes"
    handlers = sorted(symbol for symbol, owner in program.handlers.items() if not owner)
    contents: Mapping[str, bytes] = {m.path: program.read(m.path) for m in program.modules.values()}
    if program.framework == "flask":
        edited = after_flask(program, contents, (f"from {package} import {name}\n", f"{name}.guard({{app}})\n"))
    else:
        line = f'\nMIDDLEWARE = ["{package}.{name}.Guard", *MIDDLEWARE]\n'
        edited = {
            m.path: contents[m.path].rstrip(b"\n") + b"\n" + line.encode()
            for m in program.modules.values()
            if _begins_middleware(program, m.id)
        }
    if not edited:
        return {}
    names = {"service": service, "flag": guard_flag(service)}
    text = _HEAD.format(**names, handlers="".join(f'        "{one}",\n' for one in handlers))
    text += SETTINGS[program.framework] + {"flask": _FLASK, "django": _DJANGO}[program.framework].format(**names)
    return {f"{folder}__init__.py": PACKAGE_TEXT.encode(), f"{folder}{name}.py": text.encode(), **edited}


def _begins_middleware(program: Program, module: str) -> bool:
    """Settings that list the middleware themselves, not on top of another module's."""
    owner = program.modules[module]
    return "MIDDLEWARE" in owner.bound and not any(
        "MIDDLEWARE" in program.modules[s].bound for _, s in owner.stars if s in program.modules
    )
