"""Django's test client while it is recorded: its handler is where a server would begin."""

# ruff: noqa
# mypy: ignore-errors
from . import state, web


def watch_django(recorder, module):
    def wrap(handler):
        original = handler.__call__

        def __call__(self, environ):
            met = recorder.start(environ, django_application(recorder), {"settings": state.django_settings()})
            if not met:
                return original(self, environ)
            csrf = bool(getattr(self, "enforce_csrf_checks", False))
            try:
                response = original(self, environ)
                if getattr(response, "streaming", False):
                    chunks = list(response.streaming_content)
                    response.streaming_content = iter(chunks)
                    body = b"".join(chunks)
                else:
                    body = response.content
            except BaseException as error:
                matched = web.match_django(environ.get("PATH_INFO", "/"), recorder.repository)
                recorder.end(met, 500, [], b"", matched, trouble=type(error).__name__, csrf=csrf)
                raise
            headers = list(response.items())
            headers += [("Set-Cookie", cookie.output(header="").strip()) for cookie in response.cookies.values()]
            match = getattr(getattr(response, "wsgi_request", None), "resolver_match", None)
            if match is not None:
                matched = web.django_match(match, recorder.repository)
            else:
                matched = web.match_django(environ.get("PATH_INFO", "/"), recorder.repository)
            recorder.end(met, response.status_code, headers, body, matched, csrf=csrf)
            return response

        handler.__call__ = __call__

    wrap(module.ClientHandler)


def django_application(recorder):
    from django.conf import settings

    holder = settings._wrapped
    for _ in range(50):  # override_settings puts one holder around another, none of which has a name
        if getattr(holder, "SETTINGS_MODULE", None) or not hasattr(holder, "default_settings"):
            break
        holder = holder.default_settings
    named = getattr(holder, "SETTINGS_MODULE", None) or ""
    described = {"framework": "django", "settings": named}
    if not named:
        described["cannot"] = "the tests configure Django without a settings module"
    return recorder.add_application(described)
