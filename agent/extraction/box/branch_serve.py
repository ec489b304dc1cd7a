"""Serves one side of a monolith with a seam: the monolith that asks a service in the middle of a request, or that service.

Both work on one database; what the service is told before a request (``PREPARE``) is the surroundings of that request.
"""

# ruff: noqa
# mypy: ignore-errors
import json
import os
import socket
import sys
import traceback

from . import serve, state
from .determinism import Outside
from .django_program import DjangoProgram
from .flask_program import FlaskProgram
from .watch_calls import Calls

PREPARE, DONE, CALL = "/.figwright/prepare", "/.figwright/done", "/_figwright/"
REAL_CONNECT = socket.socket.connect


class Neighbours(Outside):
    """The world outside, with a few ports of this box in it."""

    def __init__(self, ports):
        Outside.__init__(self)
        self.ports = ports

    def refuse_calls(self):
        Outside.refuse_calls(self)
        refused, refuse = socket.create_connection, socket.socket.connect
        outside = self

        def ours(address):
            return isinstance(address, tuple) and address[0] == "127.0.0.1" and address[1] in outside.ports

        def create_connection(address, timeout=None, *args, **more):
            if not ours(address):
                return refused(address, timeout, *args, **more)
            made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                made.settimeout(timeout if isinstance(timeout, (int, float)) else None)
                REAL_CONNECT(made, address)
            except OSError:
                made.close()
                raise
            return made

        def connect(self, address):
            return REAL_CONNECT(self, address) if ours(address) else refuse(self, address)

        socket.create_connection, socket.socket.connect = create_connection, connect


class Branch(object):
    """What is laid over a program of either framework."""

    def __init__(self, setup):
        super(Branch, self).__init__(setup)
        self.outside = Neighbours(set(setup.get("allow", ())))
        self.outside.install()
        self.watching = None
        if setup.get("watch"):
            self.watching = Calls(setup["watch"], self.databases, self.repository, setup["calls"])
            self.watching.install()
        self.called, self.now = [], None

    # -- places

    def move_databases(self, folder):
        shared = self.setup.get("databases", "")
        if shared and os.path.basename(folder).startswith("test-"):
            folder = os.path.join(shared, os.path.basename(folder))
        super(Branch, self).move_databases(folder)
        for name, place in list(self.databases.moved.items()):
            self.databases.moved[self.relocated(name)] = place

    def relocated(self, text):
        moved = self.setup.get("relocate")
        return text.replace(moved[0] + "/", moved[1] + "/") if moved else text

    def state_of(self, request):
        moved = self.setup.get("relocate")
        text = self.blobs.get(request["state"]).decode("utf-8") or "{}"
        if moved:
            text = text.replace('"%s/' % moved[0], '"%s/' % moved[1]).replace('"%s"' % moved[0], '"%s"' % moved[1])
        return self.without_ours(json.loads(text))

    def without_ours(self, found):
        """Settings that the patch or the slice changes are not put back to what they were."""
        for name in self.setup.get("keep_settings", ()):
            found.get("settings", {}).pop(name, None)
            for values in found.get("modules", {}).values():
                values.pop(name, None)
        return found

    def put_environment_back(self, found):
        super(Branch, self).put_environment_back(found)
        os.environ.update(self.setup.get("variables", {}))

    # -- one request

    def __call__(self, environ, start_response):
        path = environ.get("PATH_INFO", "")
        if path == PREPARE:
            return self.told(environ, start_response)
        if path == DONE:
            return self.tell(start_response)
        if path.startswith(CALL):
            return self.asked(environ, start_response)
        if not self.watching:
            return super(Branch, self).__call__(environ, start_response)
        self.watching.begin(int(environ.get("HTTP_X_FIGWRIGHT_REQUEST", "0") or 0))
        try:
            return super(Branch, self).__call__(environ, start_response)
        finally:
            self.watching.end()

    def told(self, environ, start_response):
        """The surroundings of the request that the monolith is about to answer: all but the database, which the monolith puts back."""
        request = self.requests.get(int(environ.get("HTTP_X_FIGWRIGHT_REQUEST", "0") or 0))
        self.called, self.now = [], request
        self.outside.clear()
        del self.errors[:]
        try:
            found = self.state_of(request)
            self.put_environment_back(found)
            state.put_modules_back(found.get("modules", {}))
            self.put_configuration_back(found, request)
            self.clock.at = request["clock"]
            self.chance.begin(request["number"])
        except Exception:
            start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
            return [traceback.format_exc().encode("utf-8", "replace")[-4000:]]
        start_response("204 No Content", [("Content-Length", "0")])
        return [b""]

    def tell(self, start_response):
        found = {
            "called": self.called,
            "mail": self.outside.mail + self.mail(),
            "calls": self.outside.calls,
            "traceback": "\n".join(self.errors)[-6000:],
        }
        text = json.dumps(found).encode("ascii")
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
        return [text]

    def asked(self, environ, start_response):
        self.called.append(environ["PATH_INFO"].rpartition("/")[2])
        environ.pop("HTTP_CONNECTION", None)
        try:
            iterable = self.call(self.now or {"csrf": True}, environ, start_response)
            body = b"".join(iterable)
            if hasattr(iterable, "close"):
                iterable.close()
            return [body]
        except Exception:
            self.errors.append(traceback.format_exc())
            start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
            return [b"the endpoint failed"]


class FlaskBranch(Branch, FlaskProgram):
    pass


class DjangoBranch(Branch, DjangoProgram):
    def put_setting(self, settings, name, wanted):
        if name not in self.setup.get("keep_settings", ()):
            super(DjangoBranch, self).put_setting(settings, name, wanted)


def main(path):
    with open(path) as file:
        setup = json.load(file)
    if setup.get("relocate"):
        # What the slice lacks must be missing, not found in the monolith beside it
        away = setup["relocate"][0]
        sys.path[:] = [one for one in sys.path if one != away and not one.startswith(away + "/")]
        sys.meta_path[:] = [one for one in sys.meta_path if not name_of(one).startswith("__editable__")]
    serve.main(path, {"flask": FlaskBranch, "django": DjangoBranch})


def name_of(finder):
    return getattr(finder, "__module__", type(finder).__module__) or ""
