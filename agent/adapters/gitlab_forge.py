"""GitLab, of its makers or self-hosted: `agent.ports.Forge` over its published REST API (version 4).

A draft is a title that begins with ``Draft:``; titles go in and out of here without it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from agent.adapters.forge_calls import ForgeCalls, pages
from agent.adapters.forge_http import ForgeHttp
from agent.domain.delivery import DASHBOARD_MARK, LABEL, Dashboard, Request, RequestText
from agent.errors import ForgeError, ForgeUnsureError

__all__ = ["GitLabForge"]

_PAGE = 100
_DRAFT = re.compile(r"^\s*(?:\[draft\]|\(draft\)|draft:)\s*", re.IGNORECASE)
_BOT = re.compile(r"(?:project|group)_\d+_bot")  # users that belong to access tokens
_MOST_FILES = 1_000  # of a comparison


class GitLabForge:
    """One project, by its full path. ``token`` is sent to ``api`` only."""

    name = "GitLab"
    noun = "merge request"
    sign = "!"

    def __init__(
        self, api: str, path: str, token: str, pause: Callable[[float], None] = time.sleep, timeout: float = 30.0
    ) -> None:
        self._project = f"/projects/{quote(path, safe='')}"
        self._calls = ForgeCalls(self.name, path, (token,), pause)
        self._http = ForgeHttp(api, f"Bearer {token}", timeout)

    def close(self) -> None:
        self._http.close()

    def requests(self, branch: str) -> Sequence[Request]:
        def page(number: int) -> Any:
            query = {
                "source_branch": branch, "state": "all", "order_by": "created_at", "sort": "desc", "per_page": _PAGE, "page": number,
            }  # fmt: skip
            return self._read("reading merge requests", "/merge_requests", query)

        found = [_request(one) for one in pages(_PAGE, page) if one["source_project_id"] == one["target_project_id"]]
        return sorted((one for one in found if one.branch == branch), key=lambda one: -one.number)

    def open(self, text: RequestText) -> Request:
        body = {
            "source_branch": text.branch,
            "target_branch": text.base,
            "title": f"Draft: {text.title}" if text.draft else text.title,
            "description": text.body,
            "remove_source_branch": False,
        }
        try:
            data = self._write(
                f"opening a merge request for {text.branch}", "POST", "/merge_requests", body, repeatable=False
            )
        except ForgeUnsureError:
            raise
        except ForgeError as error:
            if "already exists" in str(error):
                raise ForgeUnsureError(str(error)) from None
            raise
        return _request(data)

    def edit(self, request: Request, title: str, body: str, base: str) -> Request:
        fields = {"title": f"Draft: {title}" if request.draft else title, "description": body}
        if base != request.base:
            fields["target_branch"] = base
        what = f"updating merge request !{request.number}"
        return _request(self._write(what, "PUT", f"/merge_requests/{request.number}", fields))

    def reviewed(self, request: Request) -> bool:
        path = f"/merge_requests/{request.number}/notes"
        notes = self._read(f"reading notes of !{request.number}", path, {"per_page": _PAGE, "sort": "desc"})
        return any(_by_person(note) for note in notes)

    def shown_paths(self, request: Request) -> frozenset[str] | None:
        query = {"from": request.base, "to": request.branch, "straight": "false"}
        data = self._read(f"comparing {request.branch}", "/repository/compare", query)
        files = data.get("diffs") or []
        if data.get("compare_timeout") or len(files) >= _MOST_FILES:
            return None
        return frozenset(name for one in files for name in (one.get("new_path"), one.get("old_path")) if name)

    def dashboard(self) -> Dashboard | None:
        query = {"labels": LABEL, "state": "all", "order_by": "created_at", "sort": "desc", "per_page": _PAGE}
        try:
            listed = self._read("reading issues", "/issues", query)
        except ForgeError:
            project = self._read("reading the project", "", {})
            if project.get("issues_enabled", True) and project.get("issues_access_level") != "disabled":
                raise
            return Dashboard(number=0, body="", closed=True)
        found = [one for one in listed if DASHBOARD_MARK in (one.get("description") or "")]
        return _dashboard(found[0]) if found else None

    def write_dashboard(self, dashboard: Dashboard | None, title: str, body: str) -> Dashboard:
        if dashboard is not None:
            path = f"/issues/{dashboard.number}"
            return _dashboard(self._write("updating the dashboard", "PUT", path, {"description": body}))
        fields = {"title": title, "description": body, "labels": LABEL}
        return _dashboard(self._write("opening the dashboard issue", "POST", "/issues", fields, repeatable=False))

    def _read(self, what: str, path: str, query: Mapping[str, Any]) -> Any:
        return self._calls.read(what, lambda: self._http.call("GET", self._project + path, query)).data

    def _write(self, what: str, method: str, path: str, body: Mapping[str, Any], *, repeatable: bool = True) -> Any:
        call = lambda: self._http.call(method, self._project + path, body=body)  # noqa: E731
        return self._calls.write(what, call, repeatable=repeatable).data


def _by_person(note: Mapping[str, Any]) -> bool:
    """GitLab writes a note of its own for each push; that somebody approved is such a note, too."""
    if note.get("system"):
        return str(note.get("body", "")).startswith("approved this merge request")
    return not _BOT.match(str((note.get("author") or {}).get("username", "")))


def _request(data: Mapping[str, Any]) -> Request:
    title = str(data["title"])
    return Request(
        number=data["iid"],
        branch=data["source_branch"],
        base=data["target_branch"],
        title=_DRAFT.sub("", title),
        body=data.get("description") or "",
        state="merged" if data["state"] == "merged" else "open" if data["state"] == "opened" else "closed",
        head=data.get("sha") or "",
        draft=bool(data.get("draft") or _DRAFT.match(title)),
        url=data.get("web_url") or "",
    )


def _dashboard(data: Mapping[str, Any]) -> Dashboard:
    return Dashboard(
        number=data["iid"],
        body=data.get("description") or "",
        closed=data["state"] != "opened",
        url=data.get("web_url") or "",
    )
