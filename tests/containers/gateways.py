"""Real gateways for tests: Envoy and nginx with a generated configuration, and small HTTP servers behind them that remember
what they were sent."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from agent.containers.facade.envoy import write_envoy
from agent.containers.facade.nginx import write_nginx
from agent.containers.facade.state import FacadeState
from agent.containers.facade.table import RouteTable, make_table
from agent.domain.boundary import Boundaries, Unit
from agent.domain.code import Dependency, DependencyGraph, Symbol
from agent.domain.container import Deployable
from agent.domain.environment import Reason

GATEWAYS = ("envoy", "nginx")
Row = tuple[str, str, str]  # "GET /orders/<int:id>", service, language


def program(name: str) -> str:
    """Where a program is: on the PATH, or beside the interpreter; empty when it is nowhere."""
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin"])
    return shutil.which(name, path=places) or ""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def web(name: str = "web", folder: str = "") -> Deployable:
    return Deployable(name=name, kind="web", why=(Reason(text="a test's"),), folder=folder, port=8000)


def graph_and_boundaries(
    rows: Sequence[Row], path: str = "app.py", writes: Sequence[str] = ()
) -> tuple[DependencyGraph, Boundaries]:
    """A graph with one handler for each route, written in this order; Python's stand at their handlers, as Flask's do."""
    symbols, edges, units = [], [], []
    for place, (text, service, language) in enumerate(rows):
        line = 10 * (place + 1)
        handler = f"app.h{place}"
        at_handler = "{" not in text and language == "python"
        symbols.append(Symbol(f"route:{text}", "route", path, line, line, language))
        where = path if at_handler else "handlers.x"
        symbols.append(Symbol(handler, "function", where, line + 1, line + 2, language, unit=f"unit{place}"))
        edges.append(Dependency(f"route:{text}", handler, "handle", path, line))
        if text in writes:
            edges.append(Dependency(handler, "table:t", "write", path, line))
        units.append(
            Unit(id=f"unit{place}", path=path, line=1, service=service or "__shared__", code_lines=1, reason="a test's")
        )
    symbols.append(Symbol("table:t", "table", "s.sql", 1, 1, "sql"))
    graph = DependencyGraph(tuple(sorted(symbols, key=lambda s: s.id)), tuple(sorted(edges, key=lambda e: e.source)))
    return graph, Boundaries.model_construct(units=tuple(units), services=())


def table_of(rows: Sequence[Row], **options: Any) -> RouteTable:
    graph, boundaries = graph_and_boundaries(rows, **options)
    return make_table([web()], graph, boundaries)


class Backend:
    """A server that answers with its name and remembers requests; ``slow`` seconds pass before each answer."""

    def __init__(self, name: str) -> None:
        self.name, self.slow = name, 0.0
        self.seen: list[tuple[str, str]] = []
        self.open: list[socket.socket] = []
        self.headers: list[dict[str, str]] = []
        backend = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # headers and body in one packet: two would each wait for the other side's acknowledgement

            def setup(self) -> None:
                backend.open.append(self.request)
                super().setup()

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                self.rfile.read(length)
                backend.seen.append((self.command, self.path))
                backend.headers.append({k.lower(): v for k, v in self.headers.items()})
                if backend.slow:
                    time.sleep(backend.slow)
                body = b"" if self.command == "HEAD" else backend.name.encode()
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def count(self, method: str = "") -> int:
        return sum(1 for seen, _ in self.seen if not method or seen == method)

    def forget(self) -> None:
        self.seen.clear()
        self.headers.clear()

    def stop(self) -> None:
        """Stop listening and hang up on everybody, as a process that dies does."""
        self._server.shutdown()
        self._server.server_close()
        for connection in self.open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)


class BreakingBackend:
    """Reads a request and hangs up without an answer: what a crash in the middle of a write looks like."""

    def __init__(self) -> None:
        self.requests = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self._going = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def _serve(self) -> None:
        while self._going:
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(2)
                if connection.recv(65536):
                    self.requests += 1

    def stop(self) -> None:
        self._going = False
        self._thread.join(5)
        self._socket.close()


class Gateway:
    """A running gateway."""

    def __init__(self, kind: str, port: int, log: Path) -> None:
        self.kind, self.port, self.log = kind, port, log

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str, dict[str, str]]:
        """(status, body, headers in small letters); underscores in a header's name stand for hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.getheaders()}
        finally:
            connection.close()

    def who(self, method: str, path: str, **headers: str) -> str:
        """Which upstream answered, by its own account and by the gateway's, which have to agree."""
        status, body, answered = self.ask(method, path, None, **headers)
        assert status == 200, (method, path, status, body)
        if method != "HEAD":
            assert answered["x-upstream"] == body
        return answered["x-upstream"]


def with_ports(table: RouteTable, home: Backend | str) -> RouteTable:
    """The table with a free port to listen on, and the monolith at the backend's."""
    address = home if isinstance(home, str) else home.address
    fronts = [front.model_copy(update={"address": address, "port": free_port()}) for front in table.fronts]
    return table.model_copy(update={"fronts": tuple(fronts)})


@contextmanager
def running(kind: str, table: RouteTable, state: FacadeState, folder: Path) -> Iterator[Gateway]:
    """The gateway on the table's first port, until the block ends. ``folder`` takes its files."""
    folder.mkdir(parents=True, exist_ok=True)
    state = state.model_copy(update={"ready_port": free_port(), "admin_port": free_port()})
    log = folder / f"{kind}.log"
    if kind == "envoy":
        configuration = folder / "envoy.yaml"
        configuration.write_text(write_envoy(table, state), "utf-8")
        command = [program("envoy"), "-c", str(configuration), "--disable-hot-restart", "--concurrency", "2"]
        command += ["--log-level", "error", "--file-flush-interval-msec", "100"]
    else:
        configuration = folder / "nginx.conf"
        text = write_nginx(table, state).replace("/tmp/", f"{folder}/").replace("/dev/stdout", f"{folder}/access.log")
        user = "user root;\n" if os.geteuid() == 0 else ""  # else its workers could not write into the test's folder
        configuration.write_text(user + text.replace("worker_processes auto", "worker_processes 1"), "utf-8")
        command = [program("nginx"), "-p", str(folder), "-c", str(configuration), "-e", "stderr", "-g", "daemon off;"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            _wait(process, state.ready_port, log)
            yield Gateway(kind, table.fronts[0].port, log if kind == "envoy" else folder / "access.log")
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text("utf-8", "replace")[-3000:]
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise AssertionError(log.read_text("utf-8", "replace")[-3000:])
