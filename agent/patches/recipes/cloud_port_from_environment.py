"""Take the port that a server listens on from PORT; today's number stays the default.

The platform says on which port it will ask: a number in the code makes two processes collide, or nobody answer.

Before
------
    application.run(host="0.0.0.0", port=8080)

After
-----
    application.run(host="0.0.0.0", port=int(os.environ.get("PORT", "8080")))

Why
---
Nothing changes until PORT is set. Flask, werkzeug, wsgiref, http.server, uvicorn and gunicorn's configuration are known
for Python; ``listen`` and the configuration object for Node; ``server.port`` for Spring Boot. A server that listens on
127.0.0.1 alone cannot be reached from outside its container: its address then comes from BIND_HOST.

When not
--------
When PORT already means something else in the environment where this runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from agent.domain.patch import Proposal
from agent.domain.verdict import FileChange
from agent.patches.edits import Edit, apply_edits, change
from agent.patches.environment import from_environment, with_os
from agent.patches.javascript_settings import literal, nodes
from agent.patches.javascript_source import read_script
from agent.patches.python_tree import PythonSource, dotted, python_sources, text_of
from agent.ports import Codebase

__all__ = ["RECIPE"]

_LOCAL = frozenset({"127.0.0.1", "localhost"})
_TUPLE_SERVERS = frozenset(
    "HTTPServer ThreadingHTTPServer TCPServer ThreadingTCPServer SimpleXMLRPCServer WSGIServer".split()
)
_BIND = re.compile(r"^[\w.\[\]:]*:\d{2,5}$")
_SPRING = re.compile(r"^(server\.port[ \t]*[=:][ \t]*)(\d{2,5})[ \t]*$", re.MULTILINE)
_WHY = "The platform that runs a container says on which port it has to listen. Without the variable it listens where it did."


class PortFromEnvironment:
    """One patch a file."""

    id = "cloud-port-from-environment"
    title = "Take the port from the environment"
    languages = frozenset({"python", "javascript", "java"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        settings = [changed for changed, _, _ in from_environment(code, {"port"}) if not changed.path.endswith(".py")]
        done = {changed.path for changed in settings}
        servers = [c for c in [*_servers(code), *_listeners(code), *_spring(code)] if c.path not in done]
        return [
            Proposal(
                recipe=self.id,
                title=f"Take the port of {changed.path.rpartition('/')[2][:38]} from the environment",
                why=_WHY,
                changes=(changed,),
            )
            for changed in [*servers, *settings]
        ]


def _servers(code: Codebase) -> Iterator[FileChange]:
    words = ("PORT", "port=", "Server(", "make_server", "run_simple", "bind")
    for source in python_sources(code, *words):
        edits = [*_calls(source), *_constants(source)]
        made = with_os(source, edits) if edits else None
        if made is not None:
            yield made


def _calls(source: PythonSource) -> Iterator[Edit]:
    for node in source.walk():
        if not isinstance(node, ast.Call):
            continue
        name = dotted(node.func)
        last = name.rpartition(".")[2]
        if last == "run" and any(k.arg == "port" for k in node.keywords):
            yield from _keywords(source, node)
        elif last in ("run_simple", "make_server", "serve") and len(node.args) >= 2:
            yield from _address(source, *node.args[:2])
        elif (
            last in _TUPLE_SERVERS and node.args and isinstance(node.args[0], ast.Tuple) and len(node.args[0].elts) == 2
        ):
            yield from _address(source, *node.args[0].elts)


def _keywords(source: PythonSource, call: ast.Call) -> Iterator[Edit]:
    by_name = {k.arg: k.value for k in call.keywords}
    ports = list(_port(source, by_name["port"]))
    if ports:
        yield from ports
        yield from _host(source, by_name.get("host"))


def _address(source: PythonSource, host: ast.expr, port: ast.expr) -> Iterator[Edit]:
    ports = list(_port(source, port))
    if ports:
        yield from ports
        yield from _host(source, host)


def _port(source: PythonSource, value: ast.expr) -> Iterator[Edit]:
    if isinstance(value, ast.Constant) and type(value.value) is int and 0 < value.value < 65536:
        yield source.replace(value, f'int(os.environ.get("PORT", "{value.value}"))')


def _host(source: PythonSource, value: ast.expr | None) -> Iterator[Edit]:
    if value is not None and text_of(value) in _LOCAL:
        yield source.replace(value, f'os.environ.get("BIND_HOST", {source.source(value)})')


def _constants(source: PythonSource) -> Iterator[Edit]:
    """``PORT = 8080`` of a program that serves, and gunicorn's ``bind``."""
    stem = source.path.rpartition("/")[2]
    for statement in source.tree.body:
        if not (isinstance(statement, ast.Assign) and len(statement.targets) == 1):
            continue
        target, value = statement.targets[0], statement.value
        if not isinstance(target, ast.Name):
            continue
        if target.id in ("PORT", "SERVER_PORT", "HTTP_PORT", "LISTEN_PORT", "WEB_PORT"):
            yield from _port(source, value)
        elif target.id == "bind" and "gunicorn" in stem:
            held = text_of(value) or ""
            if _BIND.match(held):
                host, _, port = held.rpartition(":")
                yield source.replace(value, f'"{host}:" + os.environ.get("PORT", "{port}")')


def _listeners(code: Codebase) -> Iterator[FileChange]:
    for path in code.paths(".js", ".cjs", ".mjs"):
        text = code.text(path)
        if code.is_test(path) or text is None or "listen" not in text:
            continue
        script = read_script(path, text)
        edits: list[Edit] = []
        for call in nodes(script, "call_expression") if script else ():
            function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
            if script is None or function is None or arguments is None or not script.said(function).endswith(".listen"):
                continue
            first = arguments.named_children[0] if arguments.named_children else None
            port = literal(script, first)
            if first is not None and isinstance(port, int) and 0 < port < 65536:
                edits.append(Edit(first.start_byte, first.end_byte, f"process.env.PORT || {port}"))
        if edits:
            yield change(path, text, apply_edits(text, edits))


def _spring(code: Codebase) -> Iterator[FileChange]:
    for path in code.paths(".properties"):
        text = code.text(path)
        stem = path.rpartition("/")[2]
        if text is None or code.is_test(path) or not stem.startswith("application"):
            continue
        after = _SPRING.sub(r"\1${PORT:\2}", text)
        if after != text:
            yield change(path, text, after)


RECIPE = PortFromEnvironment()
