"""Django's test client while it is recorded: its handler is where a server would begin."""

# ruff: noqa
# mypy: ignore-errors
import io
import sys

from . import memory, plain, state, web


def watch_django(recorder, module):
    wrap(recorder, module.ClientHandler)
    if hasattr(module, "AsyncClientHandler"):
        wrap_async(recorder, module.AsyncClientHandler)
    original_request = module.RequestFactory.request

    def request(self, **more):  # a client has one of its own
        if web.called_by_repository(sys._getframe(1), recorder.repository):
            recorder.note_by_hand("RequestFactory")
        return original_request(self, **more)

    module.RequestFactory.request = request


def wrap(recorder, handler):
    original = handler.__call__

    def __call__(self, environ):
        met = recorder.start(environ, django_application(recorder), lambda: django_state(self))
        if not met:
            return original(self, environ)
        csrf = bool(getattr(self, "enforce_csrf_checks", False))
        try:
            response = original(self, environ)
            body = body_of(response)
        except BaseException as error:
            failed(recorder, met, environ, error, csrf)
            raise
        answered(recorder, met, environ, response, body, csrf)
        return response

    handler.__call__ = __call__


def wrap_async(recorder, handler):
    """What an ASGI server would be asked is the same request to a WSGI server."""
    original = handler.__call__

    async def __call__(self, scope):
        environ = environ_of(scope)
        met = recorder.start(environ, django_application(recorder), lambda: django_state(self))
        if not met:
            return await original(self, scope)
        csrf = bool(getattr(self, "enforce_csrf_checks", False))
        try:
            response = await original(self, scope)
            if getattr(response, "is_async", False):
                chunks = [chunk async for chunk in response.streaming_content]
                response.streaming_content = again(chunks)
                body = b"".join(chunks)
            else:
                body = body_of(response)
        except BaseException as error:
            failed(recorder, met, environ, error, csrf)
            raise
        answered(recorder, met, environ, response, body, csrf)
        return response

    handler.__call__ = __call__


async def again(chunks):
    for chunk in chunks:
        yield chunk


def watch_live_server(recorder, module):
    """A server in a thread of the tests: the only use that they make of this handler."""
    handler = module.WSGIHandler
    original = handler.__call__

    def __call__(self, environ, start_response):
        met = recorder.start(environ, django_application(recorder), lambda: django_state(self))
        if not met:
            return original(self, environ, start_response)
        try:
            response = original(self, environ, start_response)
            body = body_of(response)
        except BaseException as error:
            failed(recorder, met, environ, error, True)
            raise
        answered(recorder, met, environ, response, body, True)
        return response

    handler.__call__ = __call__


def environ_of(scope):
    """A scope as the environ of the same request; its body can be read by both."""
    payload = scope.get("_body_file")
    content = payload.read() if payload is not None else b""
    if payload is not None:
        scope["_body_file"] = type(payload)(content)
    query = scope.get("query_string", b"")
    server, client = scope.get("server") or ("testserver", "80"), scope.get("client") or ("127.0.0.1", 0)
    environ = {
        "REQUEST_METHOD": scope.get("method", "GET"),
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1") if isinstance(query, bytes) else query,
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": str(client[0]),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(content),
        "CONTENT_LENGTH": str(len(content)),
    }
    for name, value in scope.get("headers", ()):
        name = name.decode("latin-1").upper().replace("-", "_")
        if name == "CONTENT_TYPE":
            environ[name] = value.decode("latin-1")
        elif name != "CONTENT_LENGTH" and (name != "COOKIE" or value):
            environ["HTTP_" + name] = value.decode("latin-1")
    return environ


def body_of(response):
    if not getattr(response, "streaming", False):
        return response.content
    chunks = list(response.streaming_content)
    response.streaming_content = iter(chunks)
    return b"".join(chunks)


def failed(recorder, met, environ, error, csrf):
    matched = web.match_django(environ.get("PATH_INFO", "/"), recorder.repository)
    recorder.end(met, 500, [], b"", matched, trouble=type(error).__name__, csrf=csrf)


def answered(recorder, met, environ, response, body, csrf):
    headers = list(response.items())
    headers += [("Set-Cookie", cookie.output(header="").strip()) for cookie in response.cookies.values()]
    request = getattr(response, "wsgi_request", None) or getattr(response, "asgi_request", None)
    match = getattr(request, "resolver_match", None)
    if match is not None:
        matched = web.django_match(match, recorder.repository)
    else:
        matched = web.match_django(environ.get("PATH_INFO", "/"), recorder.repository)
    recorder.end(met, response.status_code, headers, body, matched, csrf=csrf)


def django_state(handler):
    found = {"settings": state.django_settings(), "caches": memory.read_caches()}
    user, token = getattr(handler, "_force_user", None), getattr(handler, "_force_token", None)
    if user is not None or token is not None:  # REST framework's force_authenticate
        found["forced"] = [described(user), described(token)]
    return found


def described(value):
    """A row by its key, one that is not saved by its fields; raises plain.Opaque for anything else that is not data."""
    meta = getattr(value, "_meta", None)
    if meta is None or isinstance(value, type):
        name = type(value).__name__
        return {"anonymous": True} if name == "AnonymousUser" else {"value": plain.encode(value)}
    found = {"model": meta.label, "pk": plain.encode(value.pk)}
    if value.pk is None or value._state.adding:
        fields = {}
        for field in meta.concrete_fields:
            try:
                fields[field.attname] = plain.encode(getattr(value, field.attname))
            except plain.Opaque:
                continue
        found["fields"] = fields
    return found


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
