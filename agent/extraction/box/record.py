"""Records every HTTP request that tests make inside their own process: loaded by sitecustomize into the repository's test run.

Out: requests-<process>.jsonl, applications-<process>.json and blobs/ in the folder that FIGWRIGHT_RECORDING names.
"""

# ruff: noqa
# mypy: ignore-errors
import hashlib
import io
import json
import os
import sys
import threading
import time
import weakref

from . import plain, standins, state
from .blobs import Blobs
from .databases import MOST_DATABASES, Databases
from .hooks import Hooks
from .watch_django import watch_django, watch_live_server
from .watch_flask import watch_flask
from .watch_tests import watch_mock, watch_monkeypatch, watch_unittest

MOST_REQUESTS = 20000
MOST_BYTES = 1500 << 20
MOST_BODY = 20 << 20
STANDARD = (
    "REQUEST_METHOD SCRIPT_NAME PATH_INFO QUERY_STRING REQUEST_URI RAW_URI CONTENT_TYPE CONTENT_LENGTH GATEWAY_INTERFACE"
).split()


class Recorder(object):
    def __init__(self, folder, repository, tests):
        self.folder, self.repository = folder, repository
        self.blobs = Blobs(os.path.join(folder, "blobs"))
        self.databases = Databases().install()
        self.modules = state.Modules(repository, tests)
        self.tests = tests
        self.applications = {}
        self.environ = dict(os.environ)
        self.test = ""
        self.number = 0
        self.inside = threading.local()
        self.patches = {}
        self.standing = {}  # of patches: (owner, name)
        self.monkeys = weakref.WeakSet()
        self.full = ""
        self.by_hand = {}  # what was called -> tests

    # -- what surrounds a request

    def current_test(self):
        named = os.environ.get("PYTEST_CURRENT_TEST", "")
        if named:
            return named.rpartition(" (")[0] or named
        return self.test

    def begin(self):
        """What a request meets: databases, clock."""
        return {"clock": time.time(), "before": self.databases.snapshots(), "connected": dict(self.databases.names)}

    def program_state(self, extra):
        found = {name: state.module_values(module) for name, module in self.modules.own()}
        kept = {"modules": {name: values for name, values in found.items() if values}}
        kept.update(extra)
        changed = {}
        for name in sorted(set(os.environ) | set(self.environ)):
            if name not in state.SKIPPED_VARIABLES and os.environ.get(name) != self.environ.get(name):
                changed[name] = os.environ.get(name)
        kept["environ"] = changed
        kept["stand_ins"] = self.stand_ins()
        kept["folders"] = {}
        databases = set(self.databases.names)
        for folder in state.folders_in(kept, self.repository):
            files = state.files_of(folder, databases)
            if files is not None:
                kept["folders"][folder] = [[path, self.blobs.put(content), at] for path, content, at in files]
        return self.blobs.put(state.dump(kept))

    def replaced(self):
        """Names of what the test has replaced by something that is not plain data."""
        found = set(self.patches.values())
        for monkey in list(self.monkeys):
            for owner, name, _ in list(getattr(monkey, "_setattr", ())):
                if str(getattr(owner, "__module__", "")).startswith("_pytest"):
                    continue  # its plugins' own
                try:
                    plain.encode(getattr(owner, name))
                except Exception:
                    found.add("%s.%s" % (getattr(owner, "__name__", type(owner).__name__), name))
        return sorted(found)

    def stand_ins(self):
        """What the test has replaced, as far as it can be told as data."""
        places = list(self.standing.values())
        for monkey in list(self.monkeys):
            places += [(owner, name) for owner, name, _ in list(getattr(monkey, "_setattr", ()))]
        found = []
        for owner, name in places:
            try:
                one = standins.described(owner, name)
            except Exception:
                continue
            if one["place"][0].split(".")[0] not in standins.NEEDED and one not in found:
                found.append(one)
        return found

    # -- one request

    def start(self, environ, application, extra):
        if self.full or getattr(self.inside, "busy", False):
            return None
        if self.number >= MOST_REQUESTS or self.blobs.written > MOST_BYTES:
            self.full = "the recording grew too large: later requests were not recorded"
            return None
        self.inside.busy = True
        try:
            body, cannot = read_body(environ)
            try:
                extra = extra() if callable(extra) else extra
            except plain.Opaque as error:
                extra, cannot = {}, "the test gives it what is no data: %s" % error
            met = self.begin()
            met.update(
                application=application,
                test=self.current_test(),
                body=self.blobs.put(body),
                cannot=cannot,
                method=environ.get("REQUEST_METHOD", "GET"),
                target=target_of(environ),
                headers=headers_of(environ),
                variables=variables_of(environ),
                state=self.program_state(extra),
                replaced=self.replaced(),
                loaded=set(sys.modules),
            )
            return met
        except Exception as error:
            sys.stderr.write("figwright: a request could not be recorded: %r\n" % error)
            return None
        finally:
            self.inside.busy = False

    def end(self, met, status, headers, body, matched, trouble="", csrf=False):
        after = dict(self.databases.snapshots())
        live = self.databases.live()
        before = dict(met.pop("before"))
        connected = met.pop("connected")
        touched = [
            name
            for name in sorted(set(before) | set(after))
            if name in live
            or self.databases.names.get(name) != connected.get(name)
            or before.get(name) != after.get(name)
        ][:MOST_DATABASES]
        self.note_imports(met["application"], met.pop("loaded"))
        route, handler, path = matched
        self.number += 1
        met.update(
            databases=[[name, self.blobs.put(before.get(name, b""))] for name in touched],
            after=[[name, self.blobs.put(after.get(name, b""))] for name in touched],
            status=status,
            answer_headers=[[str(name), str(value)] for name, value in headers],
            answer_body=self.blobs.put(body),
            route=route,
            handler=handler,
            handler_path=path,
            trouble=trouble,
            csrf=csrf,
        )
        with open(os.path.join(self.folder, "requests-%d.jsonl" % os.getpid()), "a") as file:
            file.write(json.dumps(met, sort_keys=True) + "\n")

    def note_imports(self, application, loaded):
        """Libraries that only a request had loaded: a server that loads them at its start answers sooner, and alike."""
        if len(sys.modules) == len(loaded):
            return
        described = self.applications[application]
        own = {name for name, _ in self.modules.own()}
        late = {name for name in sys.modules if name not in loaded and name not in own and "pytest" not in name}
        described["late"] = sorted(set(described.get("late", ())) | late)
        self.write_applications()

    def note_by_hand(self, what):
        """A request that no server was asked: the test calls code with it."""
        tests = self.by_hand.setdefault(what, set())
        test = self.current_test()
        if test not in tests:
            tests.add(test)
            with open(os.path.join(self.folder, "by-hand-%d.json" % os.getpid()), "w") as file:
                json.dump({name: sorted(found) for name, found in self.by_hand.items()}, file, sort_keys=True)

    def add_application(self, described):
        name = hashlib.sha256(state.dump(described)).hexdigest()[:12]
        if name not in self.applications:
            self.applications[name] = described
            self.write_applications()
        return name

    def write_applications(self):
        with open(os.path.join(self.folder, "applications-%d.json" % os.getpid()), "w") as file:
            json.dump(self.applications, file, sort_keys=True)


def read_body(environ):
    stream = environ.get("wsgi.input")
    if stream is None:
        return b"", ""
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return b"", "its Content-Length is no number"
    if length > MOST_BODY:
        return b"", "its body is too large to be recorded"
    body = stream.read(length) if length > 0 else b""
    environ["wsgi.input"] = io.BytesIO(body)
    return body, ""


def target_of(environ):
    from urllib.parse import quote

    path = environ.get("PATH_INFO", "").encode("latin-1", "replace")
    target = quote(path, safe="/~!$&'()*+,;=:@-._") or "/"
    query = environ.get("QUERY_STRING", "")
    return target + (
        "?" + quote(query.encode("latin-1", "replace"), safe="/~!$&'()*+,;=:@-._%?[]|{}^`\\<>\"") if query else ""
    )


def headers_of(environ):
    found = []
    for name, value in environ.items():
        if isinstance(value, str) and name.startswith("HTTP_") and name != "HTTP_CONTENT_LENGTH":
            found.append([name[5:].replace("_", "-").title(), value])
    if environ.get("CONTENT_TYPE"):
        found.append(["Content-Type", environ["CONTENT_TYPE"]])
    return sorted(found)


def variables_of(environ):
    """What a server says of itself and of the connection, and what tests put beside it (REMOTE_USER)."""
    found = {}
    for name, value in environ.items():
        if isinstance(value, str) and name.isupper() and not name.startswith("HTTP_") and name not in STANDARD:
            found[name] = value
    found["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "")
    found["wsgi.url_scheme"] = environ.get("wsgi.url_scheme", "http")
    return sorted([name, value] for name, value in found.items())


def start():
    """Called by sitecustomize. Whatever goes wrong here, the tests run."""
    folder = os.environ.get("FIGWRIGHT_RECORDING")
    if not folder:
        return
    try:
        with open(os.path.join(os.environ["FIGWRIGHT_BOX"], "setup.json")) as file:
            setup = json.load(file)
        recorder = Recorder(folder, setup["repository"], frozenset(setup["tests"]))
        Hooks(
            {
                "flask.app": lambda module: watch_flask(recorder, module),
                "django.test.client": lambda module: watch_django(recorder, module),
                "django.core.handlers.wsgi": lambda module: watch_live_server(recorder, module),
                "unittest.case": lambda module: watch_unittest(recorder, module),
                "unittest.mock": lambda module: watch_mock(recorder, module),
                "_pytest.monkeypatch": lambda module: watch_monkeypatch(recorder, module),
            }
        ).install()
    except Exception as error:
        sys.stderr.write("figwright: nothing is recorded: %r\n" % error)
