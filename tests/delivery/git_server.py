"""A real git remote over HTTP: `git http-backend` behind Basic authentication, for pushing as one does to a forge."""

from __future__ import annotations

import base64
import gzip
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TOKEN = "tok_secret0123456789"


class GitServer:
    """Serves the bare repositories of a folder. ``failing`` answers are given before git is asked: a status each."""

    def __init__(self, folder: Path, token: str = TOKEN, user: str = "x-access-token") -> None:
        self.failing: list[int] = []
        self.pushes = 0
        self.seen: list[str] = []
        expected = "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, folder, expected))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(server: GitServer, folder: Path, expected: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            server.seen.append(self.path)
            size = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(size) if size else self._chunks()
            if self.headers.get("Authorization") != expected:
                self._end(401, {"WWW-Authenticate": 'Basic realm="git"'}, b"")
                return
            pushing = self.command == "POST" and self.path.endswith("git-receive-pack")
            if pushing and server.failing:
                self._end(server.failing.pop(0), {}, b"")
                return
            server.pushes += pushing
            path, _, query = self.path.partition("?")
            environment = {
                **os.environ, "GIT_PROJECT_ROOT": str(folder), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path, "QUERY_STRING": query,
                "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type") or "", "REMOTE_USER": "bot",
                "CONTENT_LENGTH": str(len(body)), "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "",
            }  # fmt: skip
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
                environment["CONTENT_LENGTH"] = str(len(body))
            done = subprocess.run(
                ["git", "http-backend"], input=body, env=environment, capture_output=True, check=False
            )
            head, _, content = done.stdout.partition(b"\r\n\r\n")
            headers = dict(line.decode().split(": ", 1) for line in head.split(b"\r\n") if b": " in line)
            status = int(headers.pop("Status", "200").split()[0])
            self._end(status, headers, content)

        def _chunks(self) -> bytes:
            if "chunked" not in (self.headers.get("Transfer-Encoding") or ""):
                return b""
            found = b""
            while size := int(self.rfile.readline().strip() or b"0", 16):
                found += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return found

        def _end(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response(status)
            for key, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

        do_GET = do_POST = _serve  # noqa: N815

    return Handler
