"""A small GitLab and a small Gitea over HTTP; each call and each answer is held against the recorded description of their API.

Requests and issues in memory, branches in a real bare repository; what the forges refuse is refused.
"""

from __future__ import annotations

import json
import re
import subprocess
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.delivery.described import misfits

TOKEN = "glpat-secret0123456789"


class Refused(Exception):  # noqa: N818
    def __init__(self, status: int, message: Any) -> None:
        super().__init__(str(message))
        self.status, self.message = status, message


@dataclass
class ForgeDouble:
    """What both have in common. ``fault`` is asked before each write: a status to answer with, or None."""

    remote: Path
    requests: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    misfits: list[str] = field(default_factory=list)  # calls and answers that the forge's description does not have
    lost: int = 0  # so many writes are carried out and answered with 502
    name = ""
    authorization = ""
    _server: ThreadingHTTPServer | None = None

    def start(self) -> str:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def writes(self) -> list[Any]:
        return [call for call in self.calls if call[0] != "GET"]

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        raise NotImplementedError

    def tip(self, branch: str) -> str:
        done = subprocess.run(
            ["git", "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}"],
            cwd=self.remote,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def paths(self, base: str, head: str) -> list[str]:
        command = ["git", "diff", "--no-renames", "--name-only", f"{base}...{head}"]
        return subprocess.run(command, cwd=self.remote, capture_output=True, text=True, check=True).stdout.splitlines()


class GitLabDouble(ForgeDouble):
    name = "gitlab"
    authorization = f"Bearer {TOKEN}"
    issues_enabled = True

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        found = re.fullmatch(r"/projects/acme%2Fteam%2Fshop(/.*)?", path)
        if not found:
            raise Refused(404, "404 Project Not Found")
        rest = found.group(1) or ""
        number = int((re.search(r"/(\d+)", rest) or ["", "0"])[1])
        if rest == "":
            return 200, {
                "id": 7,
                "issues_enabled": self.issues_enabled,
                "issues_access_level": "enabled" if self.issues_enabled else "disabled",
            }
        if rest == "/merge_requests" and method == "GET":
            assert query["state"] == "all"
            return 200, [
                self._shown(one) for one in reversed(self.requests) if one["source_branch"] == query["source_branch"]
            ]
        if rest == "/merge_requests":
            return 201, self._open(body)
        if rest.endswith("/notes"):
            return 200, self.notes.get(number, [])
        if rest.startswith("/merge_requests/") and method == "PUT":
            one = next(one for one in self.requests if one["iid"] == number)
            one.update({key: body[key] for key in ("title", "description", "target_branch") if key in body})
            return 200, self._shown(one)
        if rest == "/repository/compare":
            assert query["straight"] == "false"
            names = self.paths(query["from"], query["to"])
            return 200, {
                "compare_timeout": False,
                "diffs": [{"old_path": name, "new_path": name, "renamed_file": False} for name in names],
            }
        if not self.issues_enabled:
            raise Refused(404, "404 Not found")
        if rest == "/issues" and method == "GET":
            return 200, [one for one in reversed(self.issues) if query["labels"] in one["labels"]]
        if rest == "/issues":
            self.issues.append(
                {
                    "iid": len(self.issues) + 1,
                    "title": body["title"],
                    "description": body["description"],
                    "state": "opened",
                    "labels": body["labels"].split(","),
                }
            )
            return 201, self.issues[-1]
        one = self.issues[number - 1]
        one.update(description=body["description"])
        return 200, one

    def _open(self, body: dict[str, Any]) -> dict[str, Any]:
        if not self.tip(body["source_branch"]) or not self.tip(body["target_branch"]):
            raise Refused(400, {"source_branch": ["does not exist"]})
        if any(one["state"] == "opened" and one["source_branch"] == body["source_branch"] for one in self.requests):
            raise Refused(409, ["Another open merge request already exists for this source branch: !1"])
        number = len(self.requests) + 1
        one = {
            "iid": number, "id": 100 + number, "project_id": 7, "source_project_id": 7, "target_project_id": 7, "state": "opened",
            "source_branch": body["source_branch"], "target_branch": body["target_branch"], "title": body["title"],
            "description": body["description"], "web_url": f"https://gitlab.example/acme/team/shop/-/merge_requests/{number}",
        }  # fmt: skip
        self.requests.append(one)
        return self._shown(one)

    def _shown(self, one: dict[str, Any]) -> dict[str, Any]:
        draft = one["title"].startswith("Draft: ")
        return {**one, "sha": self.tip(one["source_branch"]), "draft": draft, "work_in_progress": draft}


class GiteaDouble(ForgeDouble):
    name = "gitea"
    authorization = f"token {TOKEN}"

    def __init__(self, remote: Path) -> None:
        super().__init__(remote)
        self.labels: list[dict[str, Any]] = []
        self.reviews: dict[int, list[dict[str, Any]]] = {}

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        if not path.startswith("/repos/acme/shop"):
            raise Refused(404, "The target couldn't be found.")
        rest = path.removeprefix("/repos/acme/shop")
        number = int((re.search(r"/(\d+)", rest) or ["", "0"])[1])
        page, limit = int(query.get("page", 1)), int(query.get("limit", 30))
        if rest == "/pulls" and method == "GET":
            listed = [self._shown(one) for one in reversed(self.requests)]
            return 200, listed[(page - 1) * limit : page * limit]
        if rest == "/pulls":
            return 201, self._open(body)
        if rest.endswith("/reviews"):
            return 200, self.reviews.get(number, [])
        if rest.endswith("/comments"):
            return 200, self.notes.get(number, [])
        if rest.endswith("/files"):
            one = next(one for one in self.requests if one["number"] == number)
            names = self.paths(one["base"]["ref"], one["head"]["label"])[(page - 1) * limit : page * limit]
            return 200, [{"filename": name, "status": "changed", "additions": 1, "deletions": 0} for name in names]
        if rest.startswith("/pulls/") and method == "PATCH":
            one = next(one for one in self.requests if one["number"] == number)
            one.update({key: body[key] for key in ("title", "body") if key in body})
            if "base" in body:
                one["base"]["ref"] = body["base"]
            return 201, self._shown(one)
        if rest == "/labels" and method == "GET":
            return 200, self.labels
        if rest == "/labels":
            assert re.fullmatch(r"#[0-9a-f]{6}", body["color"])
            self.labels.append({"id": 40 + len(self.labels), "name": body["name"]})
            return 201, self.labels[-1]
        if rest == "/issues" and method == "GET":
            return 200, [one for one in self.issues if any(label["name"] == query["labels"] for label in one["labels"])]
        if rest == "/issues":
            chosen = [label for label in self.labels if label["id"] in body["labels"]]
            self.issues.append(
                {
                    "number": len(self.issues) + 900,
                    "title": body["title"],
                    "body": body["body"],
                    "state": "open",
                    "labels": chosen,
                }
            )
            return 201, self.issues[-1]
        one = next(one for one in self.issues if one["number"] == number)
        one.update(body=body["body"])
        return 201, one

    def _open(self, body: dict[str, Any]) -> dict[str, Any]:
        if not self.tip(body["head"]) or not self.tip(body["base"]):
            raise Refused(404, "head or base does not exist")
        if any(one["state"] == "open" and one["head"]["label"] == body["head"] for one in self.requests):
            raise Refused(409, "pull request already exists for these targets")
        number = len(self.requests) + 1
        one = {
            "number": number, "title": body["title"], "body": body["body"], "state": "open", "merged": False,
            "html_url": f"https://gitea.example/acme/shop/pulls/{number}", "head": {"label": body["head"], "ref": body["head"], "repo_id": 3},
            "base": {"label": body["base"], "ref": body["base"], "repo_id": 3},
        }  # fmt: skip
        self.requests.append(one)
        return self._shown(one)

    def _shown(self, one: dict[str, Any]) -> dict[str, Any]:
        tip = self.tip(one["head"]["label"])
        ref = one["head"]["label"] if tip else f"refs/pull/{one['number']}/head"
        return {**one, "head": {**one["head"], "sha": tip, "ref": ref}, "draft": one["title"].startswith("WIP:")}


def _handler(double: ForgeDouble) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size)) if size else {}
            parts = urlsplit(self.path)
            double.calls.append((self.command, unquote(parts.path), body))
            if self.headers.get("Authorization") != double.authorization:
                self._send(401, {"message": "401 Unauthorized"})
                return
            try:
                query = {key: values[0] for key, values in parse_qs(parts.query).items()}
                status, data = double.answer(self.command, parts.path, query, body)
                double.misfits += misfits(double.name, self.command, parts.path, query, body, data)
            except Refused as refused:
                status, data = refused.status, {"message": refused.message}
            if self.command != "GET" and double.lost:
                double.lost -= 1
                status, data = 502, {"message": "lost"}
            self._send(status, data)

        def _send(self, status: int, data: Any) -> None:
            content = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

        do_GET = do_POST = do_PUT = do_PATCH = _serve  # noqa: N815

    return Handler
