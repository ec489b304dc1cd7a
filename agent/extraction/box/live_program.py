"""A program that answers tests while they run: state comes with each request, and what changed goes back with the answer.

In: request files that `live_run` writes; out: beside the answer the databases, module-level values and mail that the request left.
"""

# ruff: noqa
# mypy: ignore-errors
import json
import os
import smtplib
import sys
import traceback

from . import databases as sqlite
from . import live_mail, memory, state
from .django_program import DjangoProgram
from .flask_program import FlaskProgram
from .live_elsewhere import Elsewhere
from .program import MARK, refused, same_pages


class Requests(object):
    """Requests that are written one at a time."""

    def __init__(self, folder):
        self.folder = folder

    def get(self, number):
        path = os.path.join(self.folder, "%d.json" % number)
        if not os.path.exists(path):
            return None
        with open(path) as file:
            return json.load(file)


class Places(dict):
    """Where each database of the program lies on this side. One that the test has not told of is met as it lies on the disk."""

    def __init__(self, program, folder, filled):
        self.program, self.folder, self.filled = program, folder, filled
        os.makedirs(folder, exist_ok=True)

    def __contains__(self, name):
        return name is not None

    def place(self, name):
        """Without a look at the disk."""
        if not dict.__contains__(self, name):
            dict.__setitem__(self, name, os.path.join(self.folder, "%d.sqlite" % len(self)))
        return dict.__getitem__(self, name)

    def __getitem__(self, name):
        name = self.program.known_as(name)
        if not dict.__contains__(self, name):
            place = self.place(name)
            content = sqlite.read_file(name) if self.filled and name.startswith("/") and os.path.isfile(name) else None
            if content:
                sqlite.restore(content, place)
        return dict.__getitem__(self, name)


class Live(Elsewhere):
    """Put before a Program: the same program, but its state is the test's, and flows back."""

    def __init__(self, setup):
        self.letters, self.calls_of_mail = [], []
        super(Live, self).__init__(setup)
        live_mail.listen(smtplib, self.calls_of_mail)
        self.own_modules = state.Modules(self.repository, frozenset(setup["tests"]))
        self.synced, self.held, self.asked, self.caches = None, {}, None, None

    def load(self):
        self.requests = Requests(os.path.join(self.setup["recording"], "requests"))
        self.first = self.requests.get(self.setup["first"])
        self.names = []

    def __call__(self, environ, start_response):
        number = environ.get(MARK, "")
        try:
            return super(Live, self).__call__(environ, start_response)
        except Exception:
            super(Live, self).keep(number, {"failure": traceback.format_exc()[-4000:]})
            return refused(
                start_response, "500 Internal Server Error", self.setup["upstream"], "it broke around the request"
            )

    # -- state that comes with a request

    def move_databases(self, folder):
        self.held = {}
        self.databases.moved = Places(self, folder, os.path.basename(folder) != "start")

    def restore(self, request):
        for name, digest in request["databases"]:
            if not self.held.get(name) == digest:
                sqlite.restore(self.blobs.get(digest), self.databases.moved.place(name))

    def prepare(self, request, environ):
        self.restore(request)
        found = self.state_of(request)
        self.put_environment_back(found)
        self.put_modules_forward(request)
        self.put_configuration_back(found, request)
        if found.get("caches") != self.caches:  # the test has changed its own
            self.caches = found.get("caches")
            memory.put_caches_back(self.caches or {}, self.app)
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
        del self.letters[:], self.calls_of_mail[:]
        self.values = self.module_values()
        self.asked = request
        return {}

    def put_modules_forward(self, request):
        """What the test had at its first request, then what it changed since. What this side made of it stays."""
        if self.synced is None:
            base = json.loads(self.at_home(self.blobs.get(request["base"]).decode("utf-8") or "{}"))
            state.put_modules_back(base)
            self.synced = 0
        for number, module, name, packed in request["moves"]:
            if number > self.synced and module in sys.modules:
                wanted = json.loads(self.at_home(packed))
                state.put_back(vars(sys.modules[module]), name, wanted)
            self.synced = max(self.synced, number)

    def module_values(self):
        return {name: state.module_values(module) for name, module in self.own_modules.own()}

    # -- what goes back

    def changes(self, request):
        return []

    def files_changed(self, found):
        return []

    def keep(self, number, result):
        if "failure" not in result:
            self.refuse_strangers()
            result["after"] = self.after(self.asked)
            result["opened"] = sorted(self.databases.moved)
            result["modules"] = self.values_changed()
            result["letters"] = self.letters + self.letters_of_framework()
            result["calls_of_mail"] = self.calls_of_mail
            result["mail"] = []
        super(Live, self).keep(number, result)

    def after(self, request):
        found = []
        before = dict((name, digest) for name, digest in request["databases"])
        for name, place in sorted(self.databases.moved.items()):
            content = sqlite.read_file(place)
            if content is None:
                continue
            was = self.blobs.get(before[name]) if name in before else b""
            if name in before and (content == was or same_pages(was, content)):
                self.held[name] = before[name]
                continue
            self.held[name] = self.blobs.put(content)
            found.append([name, self.held[name]])
        return found

    def values_changed(self):
        found = []
        for module, values in sorted(self.module_values().items()):
            before = self.values.get(module)
            if before is None:
                continue  # it was loaded by this request: what it holds is what it starts with
            for name, value in sorted(values.items()):
                if before.get(name, Live) != value:
                    found.append([module, name, value])
        return found

    def letters_of_framework(self):
        return []


class LiveFlask(Live, FlaskProgram):
    def watch(self):
        super(LiveFlask, self).watch()
        if "flask_mail" in sys.modules and hasattr(sys.modules["flask_mail"], "email_dispatched"):

            def dispatched(sender, message=None, **more):
                self.letters.append(live_mail.packed_flask(message))

            self.kept_alive_too = dispatched
            sys.modules["flask_mail"].email_dispatched.connect(dispatched)


class LiveDjango(Live, DjangoProgram):
    def letters_of_framework(self):
        from django.core import mail

        return [live_mail.packed_django(one) for one in getattr(mail, "outbox", ())]

    def mail(self):
        return []
