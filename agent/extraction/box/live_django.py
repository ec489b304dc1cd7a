"""Django's test client whose requests servers answer; what never crosses the wire (context, templates) is noted when a test asks for it."""

# ruff: noqa
# mypy: ignore-errors
import json
import sys

from . import live_mail
from .watch_django import django_application, django_state

UNSAID = {"context": None, "templates": []}
QUIET = ("render", "is_rendered", "add_post_render_callback", "exc_info", "accepted_renderer")


def watch_django(live, module):
    handler = module.ClientHandler
    original = handler.__call__

    def __call__(self, environ):
        met = live.start(environ, django_application(live), lambda: django_state(self))
        if met and counts_queries():
            live.note("the test counts the queries of its own connection")
            return original(self, environ)
        answer = live.ask(met, csrf=bool(getattr(self, "enforce_csrf_checks", False)))
        if answer is None:
            return original(self, environ)
        for found in answer.get("letters", ()):
            live_mail.unpacked_django(found)
        return response_of(live, environ, answer)

    handler.__call__ = __call__


def counts_queries():
    from django.db import connections

    return any(getattr(one, "force_debug_cursor", False) for one in connections.all())


def response_of(live, environ, answer):
    from django.core.handlers.wsgi import WSGIRequest

    from .live_client import headers_of

    response = response_class(live)(answer["body"].encode("latin-1"), status=answer["status"])
    del response["Content-Type"]
    for name, value in headers_of(answer):
        if name.lower() == "set-cookie":
            response.cookies.load(value)
        else:
            response[name] = value
    response.__dict__["_test"] = live.current_test()
    environ.setdefault("wsgi.input", None)
    response.wsgi_request = WSGIRequest(environ)
    return response


def response_class(live):
    from django.http import HttpResponse

    if "made" in KNOWN:
        return KNOWN["made"]

    def unsaid(name):
        def read(self):
            if sys._getframe(1).f_globals.get("__name__") != "django.test.client":  # which looks at it itself
                live.note("the test reads response.%s, which does not cross the wire" % name, test=self._test)
            return UNSAID[name]

        return property(read, lambda self, value: None)

    class Answer(HttpResponse):
        context, templates = unsaid("context"), unsaid("templates")

        @property
        def url(self):
            return self["Location"]

        @property
        def data(self):
            """What REST framework gives beside the body, read from the body."""
            kind = self.get("Content-Type", "")
            if "rest_framework" not in sys.modules or (self.content and "json" not in kind):
                return self.__getattr__("data")
            live.note(
                "the test reads response.data, of which only the body crosses the wire", hard=False, test=self._test
            )
            return json.loads(self.content.decode("utf-8")) if self.content else None

        @property
        def streaming_content(self):
            return iter([self.content])

        def getvalue(self):
            return self.content

        def __getattr__(self, name):
            if not name.startswith("_") and name not in QUIET and "_test" in self.__dict__:
                cause = "the test reads response.%s, which does not cross the wire" % name
                live.note(cause, hard=False, test=self.__dict__["_test"])
            raise AttributeError(name)

    KNOWN["made"] = Answer
    return Answer


KNOWN = {}
