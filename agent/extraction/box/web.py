"""What a web framework knows about a request: the pattern that it matched, what answers it, and where that stands."""

# ruff: noqa
# mypy: ignore-errors
import functools
import os
import re
import sys

GROUP = re.compile(r"\(\?P<(\w{1,80})>(?:[^()\[\]]|\[[^\]]{0,80}\]){0,200}\)")
CONVERTER = re.compile(r"<\w{1,40}(?:\([^)]{0,80}\))?:(\w{1,80})>")
ESCAPED = re.compile(r"\\([^\w\s])")


def plain_route(pattern):
    """A route without what only its framework writes: Django tells one route as ``<uuid:pk>`` and as an expression."""
    text = CONVERTER.sub(r"<\1>", GROUP.sub(r"<\1>", pattern))
    return ESCAPED.sub(r"\1", text.replace("\\Z", "").replace("^", "").replace("$", "")).strip("/")


def handler_of(function, repository):
    """(module.name, path in the repository; empty for a library's) of a view, whatever is wrapped around it."""
    for _ in range(20):
        # Flask and Django; REST framework. First: Django's view says that it wraps its class's dispatch, a library's
        view_class = getattr(function, "view_class", None) or getattr(function, "cls", None)
        if isinstance(view_class, type):
            function = view_class
            break
        if isinstance(function, functools.partial):
            function = function.func
            continue
        inner = getattr(function, "__wrapped__", None)
        if inner is None or inner is function:
            break
        function = inner
    module = getattr(function, "__module__", "") or ""
    name = getattr(function, "__qualname__", "") or type(function).__name__
    path = ""
    code = getattr(function, "__code__", None)
    if code is not None:
        path = code.co_filename
    elif module in sys.modules:
        path = getattr(sys.modules[module], "__file__", None) or ""
    return "%s.%s" % (module, name), relative(path, repository)


def relative(path, repository):
    """The path below the repository; empty for what lies elsewhere, libraries within it included."""
    if not path or path.startswith("<"):
        return ""  # code that came from no file
    path = os.path.abspath(path)
    if not path.startswith(repository + os.sep):
        return ""
    below = path[len(repository) + 1 :]
    return "" if "site-packages" in below.split(os.sep) else below


def called_by_repository(frame, repository):
    """Whether the first caller that is neither a web framework nor a plugin for tests is the repository's own code."""
    while frame is not None and frame.f_globals.get("__name__", "").split(".")[0] in LIBRARIES:
        frame = frame.f_back
    return frame is not None and bool(relative(frame.f_code.co_filename, repository))


LIBRARIES = ("django", "rest_framework", "flask", "werkzeug", "pytest_flask", "flask_testing", "contextlib")


def match_flask(app, environ, repository):
    """(pattern, handler, its path) of the rule that this request matches; empty texts when there is none."""
    try:
        adapter = app.url_map.bind_to_environ(environ)
        rule, _ = adapter.match(return_rule=True)
    except Exception as error:  # not found, wrong method, redirect to the slash
        rule = getattr(error, "rule", None)
        if rule is None:
            return "", "", ""
    return flask_rule(app, rule, repository)


def flask_rule(app, rule, repository):
    function = app.view_functions.get(rule.endpoint)
    if function is None:
        return rule.rule, "", ""
    return (rule.rule,) + handler_of(function, repository)


def match_django(path, repository):
    from django.urls import Resolver404, resolve

    try:
        match = resolve(path)
    except Resolver404:
        return "", "", ""
    except Exception:
        return "", "", ""
    return django_match(match, repository)


def django_match(match, repository):
    route = getattr(match, "route", None) or getattr(match, "view_name", "") or ""
    return (route,) + handler_of(match.func, repository)
