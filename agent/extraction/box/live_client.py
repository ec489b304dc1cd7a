"""Sends each request that a test makes over HTTP to servers, and puts answer, data and mail back into the test.

Loaded by sitecustomize into the repository's test run. Out: live-<process>.jsonl in the folder that FIGWRIGHT_LIVE_OUT names,
one line for each request that was sent (who answered) and for each reason why a test cannot be run so.
"""

# ruff: noqa
# mypy: ignore-errors
import http.client
import json
import os
import smtplib
import socket
import sys

from . import live_changes, live_mail, state, web
from .hooks import Hooks
from .live_django import watch_django
from .live_flask import watch_flask
from .record import Recorder
from .watch_tests import watch_mock, watch_monkeypatch, watch_unittest

REAL_SMTP = smtplib.SMTP
HARMLESS = {
    "smtplib.SMTP",  # mail is given to it afterwards
    "smtplib.SMTP_SSL",
    "BaseDatabaseWrapper.ensure_connection",  # by Django's own test cases, to forbid other databases
}
OF_THE_CONNECTION = ("connection", "date", "server", "transfer-encoding", "keep-alive")


class Live(Recorder):
    """Captures as a recorder does, then asks. ``seen`` are the module-level values as the last answer left them in the test."""

    def __init__(self, folder, out, repository, tests, carry):
        super(Live, self).__init__(folder, repository, tests)
        self.out, self.carry = out, carry
        self.broker = None
        self.at_test, self.base, self.moves, self.seen, self.opened = None, "", [], {}, set()
        self.noted, self.counted, self.by_libraries = set(), {}, set()

    def write_applications(self):
        pass

    def note(self, cause, hard=True, test=None):
        """Why a test cannot be run so. Not ``hard``: only if it fails behind the facade with everything on the monolith."""
        named = self.current_test() if test is None else test
        if (named, cause) not in self.noted:
            self.noted.add((named, cause))
            self.put({"test": named, "cannot": cause, "hard": hard})

    def put(self, line):
        with open(os.path.join(self.out, "live-%d.jsonl" % os.getpid()), "a") as file:
            file.write(json.dumps(line, sort_keys=True) + "\n")

    # -- one request

    def ask(self, met, csrf=False):
        """What the servers answered, its changes put in place; None when this request has to be answered here."""
        if met is None:
            if self.full:
                self.note(self.full)
            return None
        self.inside.busy = True
        try:
            cause = met["cannot"] or self.replaced_here(met) or self.applications[met["application"]].get("cannot", "")
            if cause:
                self.note(cause)
                return None
            return self.asked(met, csrf)
        except Exception as error:
            self.note("its request could not be carried over: %s" % type(error).__name__)
            sys.stderr.write("figwright: a request could not be carried over: %r\n" % error)
            return None
        finally:
            self.inside.busy = False

    def replaced_here(self, met):
        found = [one for one in met["replaced"] if one not in HARMLESS]
        found = [one for one in found if one not in self.by_libraries]
        return "what the test put in the place of something else is not on a server (mock)" if found else ""

    def asked(self, met, csrf):
        self.follow(met)
        before = self.databases_met(met)
        request = {
            name: met[name] for name in "application test body method target headers variables state clock".split()
        }
        request["databases"] = [[name, self.blobs.put(content)] for name, content in before.items()]
        request.update(csrf=csrf, base=self.base, moves=self.moves)
        answer = self.call({"request": request, "application": self.described(met["application"])})
        if "trouble" in answer:
            self.note("no server could be asked: " + answer["trouble"].strip().rpartition("\n")[2][:200])
            return None
        self.put({"test": met["test"], "by": answer["upstream"] or "nobody", "status": answer["status"]})
        if answer["status"] >= 500 and answer.get("traceback"):
            self.note("an exception of the program reaches the test, which over HTTP is a status of 500", hard=False)
        self.apply(before, answer)
        return answer

    def described(self, name):
        return dict(self.applications[name], id=name)

    def follow(self, met):
        """What the test itself has changed among module-level values since the last answer."""
        now = json.loads(self.blobs.get(met["state"]).decode("utf-8"))["modules"]
        if met["test"] != self.at_test:
            self.at_test, self.moves, self.opened = met["test"], [], set()
            self.base = self.blobs.put(state.dump(now))
        else:
            for module, values in sorted(now.items()):
                before = self.seen.get(module)
                if before is None:
                    continue  # it was loaded since
                for name, value in sorted(values.items()):
                    if before.get(name, Live) != value:
                        self.move(module, name, value)
        self.seen = now

    def move(self, module, name, value):
        self.moves.append([len(self.moves) + 1, module, name, json.dumps(value)])

    def databases_met(self, met):
        live = set(self.databases.live()) | self.opened
        connected = met["connected"]
        recent = {name for name, count in connected.items() if self.counted.get(name) != count}
        self.opened |= recent
        self.counted = connected
        return {name: content for name, content in met["before"] if name in live | recent}

    def call(self, order):
        if self.broker is None or self.broker_of != os.getpid():
            self.broker_of = os.getpid()
            # Tests may have replaced socket.socket's methods to forbid connections
            made = socket.socket(socket.AF_UNIX)
            made.connect(os.environ["FIGWRIGHT_LIVE"])
            self.broker = made.makefile("rwb")
            made.close()
        self.broker.write(json.dumps(order).encode("ascii") + b"\n")
        self.broker.flush()
        line = self.broker.readline()
        if not line:
            return {"trouble": "nobody answers for the servers any more"}
        return json.loads(line)

    # -- what goes back into the test

    def apply(self, before, answer):
        try:
            for name in answer.get("opened", ()):  # here nobody may ever have opened it
                self.databases.names.setdefault(name, 0)
                self.opened.add(name)
            for name, digest in answer.get("after", ()):
                content = self.blobs.get(digest)
                if content != before.get(name):
                    live_changes.carry(self.databases, name, before.get(name, b""), content)
        except live_changes.CannotCarry as error:
            self.note(str(error))
        for module, name, value in answer.get("modules", ()):
            live = sys.modules.get(module)
            if live is not None:
                state.put_back(vars(live), name, value)
                self.seen.setdefault(module, {})[name] = value
                if self.carry:
                    self.move(module, name, value)
        if answer.get("calls_of_mail") and smtplib.SMTP is not REAL_SMTP:
            try:
                live_mail.play(answer["calls_of_mail"])
            except Exception:
                self.note("the test's stand-in for a mail server refuses, which a server elsewhere does not see")


def watch_libraries(live, module):
    """What a plugin replaces is no decision of the repository's tests: the control shows whether they need it."""
    watch_monkeypatch(live, module)
    original = module.MonkeyPatch.setattr

    def setattr_(self, target, name, *rest, **more):
        if not web.relative(sys._getframe(1).f_code.co_filename, live.repository):
            owner, _, attribute = target.rpartition(".") if isinstance(target, str) else (target, "", name)
            live.by_libraries.add(
                "%s.%s"
                % (getattr(owner, "__name__", owner if isinstance(owner, str) else type(owner).__name__), attribute)
            )
        return original(self, target, name, *rest, **more)

    module.MonkeyPatch.setattr = setattr_


def headers_of(answer):
    return [(name, value) for name, value in answer["headers"] if name.lower() not in OF_THE_CONNECTION]


def status_line(status):
    return "%d %s" % (status, http.client.responses.get(status, "Unknown"))


def start():
    """Called by sitecustomize."""
    try:
        with open(os.path.join(os.environ["FIGWRIGHT_BOX"], "setup.json")) as file:
            setup = json.load(file)
        folder = os.environ["FIGWRIGHT_LIVE_FOLDER"]
        carry = os.environ.get("FIGWRIGHT_LIVE_CARRY") == "1"
        live = Live(folder, os.environ["FIGWRIGHT_LIVE_OUT"], setup["repository"], frozenset(setup["tests"]), carry)
        Hooks(
            {
                "flask.app": lambda module: watch_flask(live, module),
                "django.test.client": lambda module: watch_django(live, module),
                "unittest.case": lambda module: watch_unittest(live, module),
                "unittest.mock": lambda module: watch_mock(live, module),
                "_pytest.monkeypatch": lambda module: watch_libraries(live, module),
            }
        ).install()
    except Exception as error:
        sys.stderr.write("figwright: no request is sent to a server: %r\n" % error)
