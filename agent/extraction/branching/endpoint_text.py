"""The service's side of a seam: the text of an endpoint that answers its calls, and the edits that put it into a slice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import libcst as cst

from agent.extraction.branching.deciding import Operation
from agent.extraction.branching.seam_text import flag_of, wire_text, word_of
from agent.extraction.slicing.program import Program

__all__ = ["ENDPOINT", "after_flask", "endpoint_files"]

ENDPOINT, _WIRE = "seam_endpoint", "seam_wire"
_COMMON = '''"""Answers what the monolith's seam asks: POST /_figwright/{service}/FUNCTION, as JSON, with the token in {flag}_TOKEN.

Without a token in the environment nothing is answered. Only the functions below can be asked for.
"""

import hmac
import importlib
import json
import os
import sys
{imports}
import {wire} as wire

PREFIX = "/_figwright/{service}/"
FUNCTIONS = {functions}
ERRORS = frozenset({errors})
LARGEST = 16 << 20


def refusal(method, path, authorization):
    """(status, why) of a call that is not answered; None for one that is."""
    token = os.environ.get("{flag}_TOKEN", "")
    if not token:
        return 503, "{flag}_TOKEN is not set here"
    if not hmac.compare_digest(authorization.encode("utf-8"), ("Bearer %s" % token).encode("utf-8")):
        return 401, "a wrong token"
    if method != "POST":
        return 405, "only POST is answered"
    if path[len(PREFIX):] not in FUNCTIONS:
        return 404, "no such function"
    return None


def called(path, asked):
    """What the function gives, or what it raises, as JSON. Other errors than those of the agreement leave."""
    module, name = FUNCTIONS[path[len(PREFIX):]]
    function = getattr(importlib.import_module(module), name)
    try:
        value = function(*wire.unpack(asked["arguments"]), **wire.unpack(asked["named"]))
    except Exception as error:
        kind = "%s.%s" % (type(error).__module__, type(error).__qualname__)
        if kind not in ERRORS and not kind.startswith("builtins."):
            raise
        return json.dumps({{"error": {{"type": kind, "arguments": wire.pack(list(error.args))}}}})
    return json.dumps({{"value": wire.pack(value)}})
'''
_FLASK = '''

class Endpoint:
    """Stands before a Flask application: sign-in pages and the like are for people, not for this."""

    def __init__(self, app):
        self.app, self.inner = app, app.wsgi_app

    def __call__(self, environ, start_response):
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX):
            return self.inner(environ, start_response)
        status, text = self.answer(environ, path)
        body = text.encode("utf-8")
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def answer(self, environ, path):
        refused = refusal(environ.get("REQUEST_METHOD", ""), path, environ.get("HTTP_AUTHORIZATION", ""))
        if refused:
            return "%d Refused" % refused[0], json.dumps({"refused": refused[1]})
        try:
            size = int(environ.get("CONTENT_LENGTH") or 0)
            asked = json.loads(environ["wsgi.input"].read(min(size, LARGEST)).decode("utf-8"))
        except ValueError:
            return "400 Bad Request", json.dumps({"refused": "no JSON"})
        with self.app.app_context():
            try:
                return "200 OK", called(path, asked)
            except Exception:
                self.app.log_exception(sys.exc_info())
                return "500 Internal Server Error", json.dumps({"refused": "the function failed"})
'''
_DJANGO = '''

class Endpoint:
    """The first middleware: sign-in pages and the like are for people, not for this."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        path = request.path_info
        if not path.startswith(PREFIX):
            return self.get_response(request)
        status, text = self.answer(request, path)
        return HttpResponse(text, content_type="application/json", status=status)

    def answer(self, request, path):
        refused = refusal(request.method, path, request.META.get("HTTP_AUTHORIZATION", ""))
        if refused:
            return refused[0], json.dumps({"refused": refused[1]})
        try:
            asked = json.loads(request.read(LARGEST).decode("utf-8"))
        except ValueError:
            return 400, json.dumps({"refused": "no JSON"})
        language = asked.get("language") or translation.get_language()
        zone = asked.get("timezone") or timezone.get_default_timezone_name()
        try:
            with translation.override(language), timezone.override(zone):
                return 200, called(path, asked)
        except Exception:
            got_request_exception.send(sender=Endpoint, request=request)
            return 500, json.dumps({"refused": "the function failed"})
'''
_IMPORTS = {
    "flask": "",
    "django": "\nfrom django.core.signals import got_request_exception\nfrom django.http import HttpResponse\n"
    "from django.utils import timezone, translation\n",
}
_MIDDLEWARE = f'''
if "{ENDPOINT}.Endpoint" not in MIDDLEWARE:
    MIDDLEWARE = ["{ENDPOINT}.Endpoint", *MIDDLEWARE]
'''


def endpoint_files(
    program: Program, service: str, operations: Sequence[Operation], errors: Iterable[str], sliced: Mapping[str, bytes]
) -> dict[str, bytes]:
    """What is new or changed in the slice ``sliced``, by path; empty when nothing there makes the application."""
    root = program.modules[operations[0].target.module].root
    lines = (f"import {ENDPOINT}\n", f"{{app}}.wsgi_app = {ENDPOINT}.Endpoint({{app}})\n")
    edited = after_flask(program, sliced, lines) if program.framework == "flask" else _django(program, sliced)
    if not edited:
        return {}
    functions = {one.name: (one.target.module, one.target.name) for one in operations}
    asked = "".join(f'    "{name}": ("{m}", "{n}"),\n' for name, (m, n) in sorted(functions.items()))
    listed = "{" + ", ".join(f'"{one}"' for one in sorted(errors)) + "}" if errors else "()"
    common = _COMMON.format(
        service=word_of(service), flag=flag_of(service), wire=_WIRE, functions="{\n" + asked + "}", errors=listed,
        imports=_IMPORTS[program.framework],
    )  # fmt: skip
    text = common + (_FLASK if program.framework == "flask" else _DJANGO)
    return {f"{root}{ENDPOINT}.py": text.encode(), f"{root}{_WIRE}.py": wire_text().encode(), **edited}


def after_flask(program: Program, sliced: Mapping[str, bytes], lines: Sequence[str]) -> dict[str, bytes]:
    """Every ``app = Flask(...)`` of these files, with the lines behind it; ``{app}`` in them stands for its name."""
    found: dict[str, bytes] = {}
    for module in program.modules.values():
        content = sliced.get(module.path, b"")
        if module.role == "code" and b"Flask(" in content:
            try:
                edit = _BehindFlask(lines)
                edited = cst.parse_module(content).visit(edit)
            except (cst.ParserSyntaxError, RecursionError, ValueError):
                continue
            if edit.done:
                found[module.path] = edited.bytes
    return found


class _BehindFlask(cst.CSTTransformer):
    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self._lines = lines
        self.done = 0

    def leave_SimpleStatementLine(  # noqa: N802 - LibCST's name
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        last = original_node.body[-1]
        if not isinstance(last, (cst.Assign, cst.AnnAssign)) or not isinstance(last.value, cst.Call):
            return updated_node
        target = last.targets[0].target if isinstance(last, cst.Assign) else last.target
        function = last.value.func
        name = function.attr if isinstance(function, cst.Attribute) else function
        if not isinstance(name, cst.Name) or name.value != "Flask" or not isinstance(target, (cst.Name, cst.Attribute)):
            return updated_node
        self.done += 1
        app = cst.Module([]).code_for_node(target)
        added = (cst.parse_statement(line.replace("{app}", app)) for line in self._lines)
        return cst.FlattenSentinel([updated_node, *added])


def _django(program: Program, sliced: Mapping[str, bytes]) -> dict[str, bytes]:
    """Every settings module that lists the middleware gets the endpoint as the first of it."""
    found: dict[str, bytes] = {}
    for module in program.modules.values():
        content = sliced.get(module.path)
        if content is not None and "MIDDLEWARE" in module.bound:
            found[module.path] = content.rstrip(b"\n") + b"\n" + _MIDDLEWARE.encode()
    return found
