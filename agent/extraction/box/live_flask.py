"""Flask's applications in a test whose requests servers answer: the call is the same, the program is elsewhere."""

# ruff: noqa
# mypy: ignore-errors
import sys

from . import live_mail
from .watch_flask import flask_state, makers

PRESERVE = "werkzeug.debug.preserve_context"


def watch_flask(live, module):
    from .live_client import headers_of, status_line

    Flask = module.Flask
    original_init, original_call = Flask.__init__, Flask.__call__

    def __init__(self, *args, **more):
        original_init(self, *args, **more)
        try:
            described = {"framework": "flask", "name": str(self.import_name), "makers": makers(live)}
            if not described["makers"]:
                described["cannot"] = "the tests build the application themselves, not by a function of the repository"
            self.__dict__["_figwright_application"] = live.add_application(described)
        except Exception as error:
            sys.stderr.write("figwright: an application could not be described: %r\n" % error)

    def __call__(self, environ, start_response):
        application = self.__dict__.get("_figwright_application")
        if not application:
            return original_call(self, environ, start_response)
        answer = live.ask(live.start(environ, application, lambda: flask_state(self)))
        if answer is None:
            return original_call(self, environ, start_response)
        for found in answer.get("letters", ()):
            live_mail.unpacked_flask(self, found)
        if answer.get("after"):
            forget_rows()
        headers = headers_of(answer)
        if shares_context(self):
            live.note("the test shares its application context (g) with the request", hard=False)
        if PRESERVE in environ:
            preserve(live, self, environ, headers)
        start_response(status_line(answer["status"]), headers)
        return [answer["body"].encode("latin-1")]

    __init__.__wrapped__ = original_init
    Flask.__init__, Flask.__call__ = __init__, __call__


def forget_rows():
    """Objects that the test has loaded shall be read anew, as after a commit of their own session."""
    if "sqlalchemy.orm.session" not in sys.modules:
        return
    for session in list(getattr(sys.modules["sqlalchemy.orm.session"], "_sessions", {}).values()):
        changed = set(session.dirty) | set(session.new) | set(session.deleted)
        for one in list(session.identity_map.values()):
            if one not in changed:
                session.expire(one)


def shares_context(app):
    from flask import current_app, has_app_context

    return has_app_context() and current_app._get_current_object() is app


def preserve(live, app, environ, headers):
    """A test that keeps the request's context gets one with the session that the answer's cookie says."""
    live.note("the test reads the request's own context after the answer", hard=False)
    try:
        from flask.globals import _cv_app, _cv_request
    except ImportError:
        return
    cookies = [one for one in environ.get("HTTP_COOKIE", "").split("; ") if one]
    for name, value in headers:
        if name.lower() == "set-cookie":
            pair = value.partition(";")[0].strip()
            cookies = [one for one in cookies if one.partition("=")[0] != pair.partition("=")[0]] + [pair]
    kept = dict(environ, HTTP_COOKIE="; ".join(cookies))
    context = app.request_context(kept)
    context.push()
    try:
        environ[PRESERVE](_cv_app.get())
        environ[PRESERVE](_cv_request.get())
    finally:
        context.pop()
