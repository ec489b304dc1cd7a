"""A small GitHub over HTTP: pull requests and issues in memory, branches in a real bare repository, and faults on demand.

It refuses what GitHub refuses (a second open request for a branch, a branch that is not there, nothing to merge), so that a
duplicate cannot go unnoticed. Answers have the shapes that GitHub's own description requires (shapes/github.json).
"""

from __future__ import annotations

import copy
import json
import re
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SHAPES = json.loads((Path(__file__).parent / "shapes" / "github.json").read_text("utf-8"))
WHEN = "2026-01-01T00:00:00Z"
TOKEN = "ghp_secret0123456789"


@dataclass
class Call:
    method: str
    path: str
    body: dict[str, Any]


class Refused(Exception):  # noqa: N818
    def __init__(self, status: int, message: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.errors = status, message, errors


@dataclass
class GitHubDouble:
    """``fault`` is asked before each call: its number (from 0) in, nothing or one of 403 ... 500, ``timeout``, ``reset``, ``lost`` out."""

    remote: Path
    owner: str = "acme"
    repo: str = "shop"
    drafts: bool = True
    slow: float = 0.6
    pulls: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    reviews: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    fault: Callable[[int], Any] = lambda _: None
    _server: ThreadingHTTPServer | None = None

    # what people do

    def review(self, number: int) -> None:
        self.reviews.setdefault(number, []).append(
            {**copy.deepcopy(SHAPES["review"]), "user": user("ann"), "state": "APPROVED"}
        )

    def close(self, number: int) -> None:
        self.pull(number)["state"] = "closed"

    def merged(self, number: int) -> None:
        self.pull(number).update(state="closed", merged_at=WHEN)

    def pull(self, number: int) -> dict[str, Any]:
        return next(one for one in self.pulls if one["number"] == number)

    def open_pulls(self) -> dict[str, dict[str, Any]]:
        found = [one for one in self.pulls if one["state"] == "open"]
        by_branch = {one["head"]["ref"]: one for one in found}
        assert len(by_branch) == len(found), "two open requests for one branch"
        return by_branch

    def writes(self) -> list[Call]:
        return [call for call in self.calls if call.method != "GET"]

    # what GitHub does

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        prefix = f"/repos/{self.owner}/{self.repo}"
        if not path.startswith(prefix):
            raise Refused(404, "Not Found")
        rest = path[len(prefix) :]
        for verb, pattern, handle in (
            ("GET", r"/pulls", self._list_pulls),
            ("POST", r"/pulls", self._open_pull),
            ("PATCH", r"/pulls/(\d+)", self._edit_pull),
            ("GET", r"/pulls/(\d+)/reviews", lambda q, b, n: (200, self.reviews.get(int(n), []))),
            ("GET", r"/issues/(\d+)/comments", lambda q, b, n: (200, self.comments.get(int(n), []))),
            ("GET", r"/compare/(.+)", self._compare),
            ("GET", r"/issues", self._list_issues),
            ("POST", r"/issues", self._open_issue),
            ("PATCH", r"/issues/(\d+)", self._edit_issue),
        ):
            found = re.fullmatch(pattern, rest)
            if found and verb == method:
                return handle(query, body, *found.groups())  # type: ignore[operator]
        raise Refused(404, "Not Found")

    def _number(self) -> int:
        return 1 + len(self.pulls) + len(self.issues)

    def _list_pulls(self, query: dict[str, str], _: dict[str, Any]) -> tuple[int, Any]:
        found = [one for one in self.pulls if query.get("state", "open") in ("all", one["state"])]
        if "head" in query:
            found = [one for one in found if one["head"]["label"] == query["head"]]
        return 200, [self._shown(one, "pull_simple") for one in sorted(found, key=lambda one: -one["number"])]

    def _open_pull(self, _: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        head, base = body["head"], body["base"]
        if body.get("draft") and not self.drafts:
            raise Refused(422, "Draft pull requests are not supported in this repository.")
        if not self.tip(head) or not self.tip(base):
            raise Refused(422, "Validation Failed", [{"message": f"head or base of {head} is invalid"}])
        if head in self.open_pulls():
            raise Refused(
                422, "Validation Failed", [{"message": f"A pull request already exists for {self.owner}:{head}."}]
            )
        if not self.git("log", "--format=%H", f"{base}..{head}"):
            raise Refused(422, "Validation Failed", [{"message": f"No commits between {base} and {head}"}])
        number = self._number()
        one = copy.deepcopy(SHAPES["pull"])
        one.update(
            number=number, title=body["title"], body=body.get("body"), state="open", draft=bool(body.get("draft")), user=user("bot"),
            html_url=f"https://github.example/{self.owner}/{self.repo}/pull/{number}", merged_at=None,
        )  # fmt: skip
        one["head"].update(ref=head, label=f"{self.owner}:{head}")
        one["base"].update(ref=base, label=f"{self.owner}:{base}")
        for side in ("head", "base"):
            if one[side]["repo"]:
                one[side]["repo"]["full_name"] = f"{self.owner}/{self.repo}"
        self.pulls.append(one)
        return 201, self._shown(one, "pull")

    def _edit_pull(self, _: dict[str, str], body: dict[str, Any], number: str) -> tuple[int, Any]:
        one = next((one for one in self.pulls if one["number"] == int(number)), None)
        if one is None:
            raise Refused(404, "Not Found")
        one.update({key: body[key] for key in ("title", "body") if key in body})
        if "base" in body:
            if not self.tip(body["base"]):
                raise Refused(422, "Validation Failed", [{"message": "base is invalid"}])
            one["base"].update(ref=body["base"], label=f"{self.owner}:{body['base']}")
        return 200, self._shown(one, "pull")

    def _compare(self, _: dict[str, str], __: dict[str, Any], span: str) -> tuple[int, Any]:
        base, _, head = span.partition("...")
        if not self.tip(base) or not self.tip(head):
            raise Refused(404, "Not Found")
        names = self.git("diff", "--no-renames", "--name-only", f"{base}...{head}").splitlines()
        data = copy.deepcopy(SHAPES["comparison"])
        data.update(
            status="ahead",
            files=[{**copy.deepcopy(SHAPES["file"]), "filename": name, "status": "modified"} for name in names],
        )
        return 200, data

    def _list_issues(self, query: dict[str, str], _: dict[str, Any]) -> tuple[int, Any]:
        found = [one for one in self.issues if query.get("state", "open") in ("all", one["state"])]
        if "labels" in query:
            found = [one for one in found if query["labels"] in one["labels"]]
        return 200, sorted(found, key=lambda one: -one["number"])

    def _open_issue(self, _: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        number = self._number()
        one = copy.deepcopy(SHAPES["issue"])
        one.update(
            number=number, title=body["title"], body=body.get("body"), state="open", labels=list(body.get("labels", [])), user=user("bot"),
            html_url=f"https://github.example/{self.owner}/{self.repo}/issues/{number}", author_association="COLLABORATOR",
        )  # fmt: skip
        self.issues.append(one)
        return 201, one

    def _edit_issue(self, _: dict[str, str], body: dict[str, Any], number: str) -> tuple[int, Any]:
        one = next((one for one in self.issues if one["number"] == int(number)), None)
        if one is None:
            raise Refused(404, "Not Found")
        one.update({key: body[key] for key in ("title", "body", "state") if key in body})
        return 200, one

    def _shown(self, one: dict[str, Any], shape: str) -> dict[str, Any]:
        one["head"]["sha"] = self.tip(one["head"]["ref"]) or one["head"]["sha"]
        one["base"]["sha"] = self.tip(one["base"]["ref"]) or one["base"]["sha"]
        return {key: one[key] for key in {*SHAPES[shape], "draft", "merged_at", "html_url", "body"} if key in one}

    def tip(self, branch: str) -> str:
        done = subprocess.run(
            ["git", "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}"],
            cwd=self.remote,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def git(self, *arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=self.remote, capture_output=True, text=True, check=True).stdout

    # HTTP

    def start(self) -> str:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


def user(login: str, kind: str = "User") -> dict[str, Any]:
    names = (
        "avatar_url events_url followers_url following_url gists_url gravatar_id html_url node_id organizations_url received_events_url "
        "repos_url starred_url subscriptions_url url"
    ).split()
    return {
        **dict.fromkeys(names, f"https://github.example/{login}"),
        "login": login,
        "id": 1,
        "type": kind,
        "site_admin": False,
    }


def _handler(double: GitHubDouble) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size) or b"{}") if size else {}
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            with lock:
                number = len(double.calls)
                double.calls.append(Call(self.command, unquote(parts.path), body))
                fault = double.fault(number)
                if fault in (None, "lost"):
                    status, data, headers = self._carry_out(unquote(parts.path), query, body)
            if fault is None:
                self._send(status, data, headers)
            elif fault in ("reset", "lost"):
                self._reset()
            elif fault == "timeout":
                time.sleep(double.slow)
                self._reset()
            else:
                limit = {"retry-after": "0"} if fault == 429 else {}
                self._send(int(fault), {"message": f"simulated {fault}"}, limit)

        def _carry_out(self, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
            if self.headers.get("Authorization") not in (f"token {TOKEN}", f"Bearer {TOKEN}"):
                return 401, {"message": "Bad credentials"}, {}
            try:
                return *double.answer(self.command, path, query, body), {}
            except Refused as refused:
                return refused.status, {"message": refused.message, "errors": refused.errors or []}, {}

        def _send(self, status: int, data: Any, headers: dict[str, str]) -> None:
            content = json.dumps(data).encode()
            self.send_response(status)
            for key, value in {
                "Content-Type": "application/json; charset=utf-8",
                "Content-Length": str(len(content)),
                **headers,
            }.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(content)

        def _reset(self) -> None:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

        def log_message(self, *_: object) -> None:
            pass

        do_GET = do_POST = do_PATCH = _serve  # noqa: N815

    return Handler
