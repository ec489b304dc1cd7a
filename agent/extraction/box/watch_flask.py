"""Flask while it is recorded: what made each application, and every request that reaches one."""

# ruff: noqa
# mypy: ignore-errors
import inspect
import json
import sys

from . import memory, plain, state, web


def watch_flask(recorder, module):
    Flask = module.Flask
    original_init, original_call = Flask.__init__, Flask.__call__

    def __init__(self, *args, **more):
        original_init(self, *args, **more)
        try:
            described = {"framework": "flask", "name": str(self.import_name), "makers": makers(recorder)}
            if not described["makers"]:
                described["cannot"] = "the tests build the application themselves, not by a function of the repository"
            self.__dict__["_figwright_application"] = recorder.add_application(described)
        except Exception as error:
            sys.stderr.write("figwright: an application could not be described: %r\n" % error)

    def __call__(self, environ, start_response):
        application = self.__dict__.get("_figwright_application")
        met = application and recorder.start(environ, application, lambda: flask_state(self))
        if not met:
            return original_call(self, environ, start_response)
        seen = {}

        def started(status, headers, *rest):
            seen["status"], seen["headers"] = int(status.split(" ", 1)[0]), list(headers)
            return start_response(status, headers, *rest)

        matched = web.match_flask(self, dict(environ), recorder.repository)
        try:
            iterable = original_call(self, environ, started)
            chunks = list(iterable)
        except BaseException as error:
            recorder.end(met, 500, [], b"", matched, trouble=type(error).__name__)
            raise
        recorder.end(met, seen.get("status", 0), seen.get("headers", []), b"".join(chunks), matched)
        return Answered(chunks, iterable)

    original_context = Flask.test_request_context

    def test_request_context(self, *args, **more):
        # By its direct caller: a client's session is made with one, and plugins push one for each test
        if web.relative(sys._getframe(1).f_code.co_filename, recorder.repository):
            recorder.note_by_hand("test_request_context")
        return original_context(self, *args, **more)

    __init__.__wrapped__ = original_init
    Flask.__init__, Flask.__call__, Flask.test_request_context = __init__, __call__, test_request_context


def flask_state(app):
    return {"config": state.flask_config(app), "caches": memory.read_caches(app)}


class Answered(object):
    """What was read is given on, and closing reaches what the program gave."""

    def __init__(self, chunks, inner):
        self.chunks, self.inner = iter(chunks), inner

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.chunks)

    def close(self):
        close = getattr(self.inner, "close", None)
        if close is not None:
            close()


def makers(recorder):
    """Functions of the repository that were at work when the application came to be, the outermost first, with arguments."""
    found = []
    frame = sys._getframe(2)
    while frame is not None:
        path = web.relative(frame.f_code.co_filename, recorder.repository)
        if path and not state.is_test(path, recorder.tests):
            described = maker(frame)
            if described is not None:
                found.insert(0, described)
        frame = frame.f_back
    return found


def maker(frame):
    module = frame.f_globals.get("__name__", "")
    code = frame.f_code
    if code.co_name == "<module>":
        return [module, "", "{}"]
    function = frame.f_globals.get(code.co_name)
    for _ in range(10):
        inner = getattr(function, "__wrapped__", None)
        if inner is None:
            break
        function = inner
    if getattr(function, "__code__", None) is not code:
        return None  # a method or an inner function: what it belongs to is not known
    arguments, left = {}, []
    info = inspect.getargvalues(frame)
    for name in list(info.args):
        try:
            arguments[name] = plain.encode_argument(info.locals[name])
        except Exception:
            left.append(name)
    if info.keywords:
        for name, value in sorted(info.locals.get(info.keywords, {}).items()):
            try:
                arguments[name] = plain.encode_argument(value)
            except Exception:
                left.append(name)
    return [module, code.co_name, json.dumps({"arguments": arguments, "left": left}, sort_keys=True)]
