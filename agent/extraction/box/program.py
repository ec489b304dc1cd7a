"""A recorded application as it is served again: what both frameworks share, one request at a time from its own snapshot."""

# ruff: noqa
# mypy: ignore-errors
import hashlib
import importlib
import json
import os
import sys
import traceback

from . import databases as sqlite
from . import determinism, memory, standins, state, web
from .blobs import Blobs

MARK = "HTTP_X_FIGWRIGHT_REQUEST"
UPSTREAM = "X-Figwright-Upstream"


class Program(object):
    """What both frameworks share: where things are, and a process whose clock, chance and surroundings are ours."""

    def __init__(self, setup):
        self.setup = setup
        self.repository = setup["repository"]
        self.application = setup["application"]
        self.work = setup["work"]
        self.blobs = Blobs(os.path.join(setup["recording"], "blobs"))
        self.requests = {}
        self.tables = (None, None)
        self.clock, self.chance, self.outside = determinism.Clock(), determinism.Chance(), determinism.Outside()
        self.databases = sqlite.Databases(determinism.fix_functions(self.clock, self.chance)).install()
        determinism.fix_chance(self.chance)
        determinism.stop_clock(self.clock)
        self.outside.install()
        self.errors = []
        self.app = None
        self.stand_ins = standins.StandIns()
        self.modules = state.Modules(self.repository, frozenset())

    def load(self):
        first = None
        with open(os.path.join(self.setup["recording"], "requests.jsonl")) as file:
            for line in file:
                request = json.loads(line)
                if request["application"] == self.application["id"]:
                    self.requests[request["number"]] = request
                    first = first or request
        self.names = sorted({name for one in self.requests.values() for name, _ in one["databases"]})
        self.first = first

    def move_databases(self, folder):
        os.makedirs(folder, exist_ok=True)
        for number, name in enumerate(self.names):
            self.databases.moved[name] = os.path.join(folder, "%d.sqlite" % number)

    def state_of(self, request):
        return json.loads(self.blobs.get(request["state"]).decode("utf-8") or "{}")

    def put_environment_back(self, found):
        for name, value in sorted(found.get("environ", {}).items()):
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    def restore(self, request):
        for name, digest in request["databases"]:
            sqlite.restore(self.blobs.get(digest), self.databases.moved[name])

    def restore_start(self):
        """What the program meets while it is made: nothing, as start-up migrations expect it, or what the first request met."""
        if self.setup["start"] == "filled":
            self.restore(self.first)

    def tables_of(self, digest):
        if self.tables[0] != digest:
            self.tables = (digest, sqlite.tables_of(self.blobs.get(digest)))
        return self.tables[1]

    def changes(self, request):
        found = []
        for number, (name, digest) in enumerate(request["databases"]):
            content = sqlite.read_file(self.databases.moved[name])
            if content is None:
                found.append(["database %d" % number, "", "", "", None, "cannot be read"])
                continue
            before = self.blobs.get(digest)
            if same_pages(before, content):
                continue
            found += sqlite.changes("database %d" % number, self.tables_of(digest), sqlite.tables_of(content))
        return found

    def warm(self):
        """Fill caches that hold nothing of the program's own, so that not every fork has to."""
        for name in self.application.get("late", ()):
            try:
                importlib.import_module(name)
            except Exception:
                continue
        if "babel.localedata" in sys.modules:
            babel = sys.modules["babel.localedata"]
            for name in self.locales():
                if babel.exists(name):
                    babel.load(name)
        self.warm_templates()

    def locales(self):
        found = set()
        for one in self.state_of(self.first).get("config", {}).items():
            texts = (
                [one[1]]
                if isinstance(one[1], str)
                else one[1]
                if isinstance(one[1], list)
                else list(one[1])
                if isinstance(one[1], dict)
                else []
            )
            found.update(
                text for text in texts if isinstance(text, str) and 2 <= len(text) <= 12 and text[:2].isalpha()
            )
        return sorted(found)

    def warm_templates(self):
        pass

    # -- one request

    def __call__(self, environ, start_response):
        """The boundary: puts the snapshot back, lets the program answer to its end, keeps what it did."""
        number = environ.pop(MARK, "")
        if environ.get("PATH_INFO") == "/.figwright/ready" and not number:
            start_response("204 No Content", [("Content-Length", "0")])
            return [b""]
        request = self.requests.get(int(number)) if number.isdigit() else None
        if request is None:
            return refused(start_response, "404 Not Found", self.setup["upstream"], "no such request was recorded")
        try:
            found = self.prepare(request, environ)
        except Exception:
            self.keep(number, {"failure": traceback.format_exc()[-4000:]})
            return refused(
                start_response, "500 Internal Server Error", self.setup["upstream"], "its state could not be restored"
            )
        self.outside.clear()
        del self.errors[:]
        self.clock.at = request["clock"]
        self.chance.begin(number)
        before = memory.remembered(self.modules.own(), self.app)
        status, headers, body = self.answer(request, environ)
        changed = memory.changed(before, memory.remembered(self.modules.own(), self.app))
        self.stand_ins.take_away()
        files = self.files_changed(found)
        self.keep(
            number,
            {
                "changes": self.changes(request),
                "mail": self.outside.mail + self.mail(),
                "calls": self.outside.calls,
                "files": files,
                "memory": changed,
                "traceback": "\n".join(self.errors)[-6000:],
            },
        )
        headers.append((UPSTREAM, self.setup["upstream"]))
        start_response(status, headers)
        return [body]

    def prepare(self, request, environ):
        self.restore(request)
        found = self.state_of(request)
        self.put_environment_back(found)
        state.put_modules_back(found.get("modules", {}))
        state.put_files_back(found.get("folders", {}), self.blobs)
        self.put_configuration_back(found, request)
        if "caches" in found:
            memory.put_caches_back(found["caches"], self.app)
        self.stand_ins.put(found.get("stand_ins", ()))
        for name, value in request["variables"]:
            if name == "SCRIPT_NAME" and not value:
                continue
            environ[name] = value
        names = {name for name, _ in request["headers"]}
        if "Host" not in names:
            environ.pop("HTTP_HOST", None)
        environ.pop("HTTP_CONNECTION", None)
        if "Accept-Encoding" not in names:
            environ.pop("HTTP_ACCEPT_ENCODING", None)
        return found

    def answer(self, request, environ):
        refusal = self.not_ours(environ)
        if refusal:
            return "501 Not Implemented", [("Content-Type", "text/plain")], refusal.encode("utf-8")
        seen = {}

        def started(status, headers, *rest):
            seen["status"], seen["headers"] = status, list(headers)

        try:
            iterable = self.call(request, environ, started)
            try:
                body = b"".join(iterable)
            finally:
                if hasattr(iterable, "close"):
                    iterable.close()
        except Exception as error:
            self.errors.append(traceback.format_exc())
            return "500 Internal Server Error", [("X-Figwright-Error", type(error).__name__)], b""
        return seen["status"], [one for one in seen["headers"] if one[0].lower() not in ("connection", "date")], body

    def not_ours(self, environ):
        """Why this side refuses the request; empty when it answers."""
        serves = self.setup.get("serves")
        if serves is None:
            return ""
        route, handler, _ = self.match(environ)
        asked = [environ.get("REQUEST_METHOD", "GET"), web.plain_route(route), handler]
        if any([method, web.plain_route(one), answering] == asked for method, one, answering in serves):
            return ""
        return "this side does not serve %s" % " ".join((asked[0], route, handler))

    def files_changed(self, found):
        changed = []
        names = set(self.databases.moved.values())
        for folder, files in sorted(found.get("folders", {}).items()):
            before = {path: digest for path, digest, _ in files}
            for path, content, _ in state.files_of(folder, names) or ():
                digest = hashlib.sha256(content).hexdigest() if content else ""
                if before.get(path) != digest:
                    changed.append(["%s/%s" % (os.path.basename(folder), path), digest])
        return changed

    def keep(self, number, result):
        path = os.path.join(self.work, "result-%s.json" % number)
        with open(path + ".new", "w") as file:
            json.dump(result, file)
        os.rename(path + ".new", path)

    def mail(self):
        return []


def same_pages(one, other):
    """Equal but for the counters in the first page, which a restore moves."""
    return (
        len(one) == len(other)
        and one[:18] == other[:18]
        and one[28:40] == other[28:40]
        and one[44:92] == other[44:92]
        and one[96:] == other[96:]
    )


def refused(start_response, status, upstream, text):
    start_response(status, [("Content-Type", "text/plain"), (UPSTREAM, upstream), ("X-Figwright-Refused", "1")])
    return [text.encode("utf-8")]
