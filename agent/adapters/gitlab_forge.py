"""GitLab, of its makers or self-hosted: `agent.ports.Forge` over its published REST API (version 4).

A draft is a title that begins with ``Draft:``; titles go in and out of here without it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from agent.adapters.forge_calls import pages
from agent.adapters.forge_http import ForgeHttp, RestForge, Wording
from agent.domain.delivery import DASHBOARD_MARK, LABEL, Dashboard, Request
from agent.errors import ForgeError

__all__ = ["GitLabForge"]

_PAGE = 100
_DRAFT = re.compile(r"^\s*(?:\[draft\]|\(draft\)|draft:)\s*", re.IGNORECASE)
_BOT = re.compile(r"(?:project|group)_\d+_bot")  # users that belong to access tokens
_MOST_FILES = 1_000  # of a comparison


class GitLabForge(RestForge):
    """One project, by its full path. ``token`` is sent to ``api`` only."""

    name = "GitLab"
    noun = "merge request"
    sign = "!"
    _wording = Wording("/merge_requests", "source_branch", "target_branch", "description", "Draft: ", "PUT")

    def __init__(
        self, api: str, path: str, token: str, pause: Callable[[float], None] = time.sleep, timeout: float = 30.0
    ) -> None:
        root = f"/projects/{quote(path, safe='')}"
        super().__init__(root, path, ForgeHttp(api, f"Bearer {token}", timeout), token, pause)

    def requests(self, branch: str) -> Sequence[Request]:
        def page(number: int) -> Any:
            query = {
                "source_branch": branch, "state": "all", "order_by": "created_at", "sort": "desc", "per_page": _PAGE, "page": number,
            }  # fmt: skip
            return self._read("reading merge requests", "/merge_requests", query)

        found = [
            self._request(one) for one in pages(_PAGE, page) if one["source_project_id"] == one["target_project_id"]
        ]
        return sorted((one for one in found if one.branch == branch), key=lambda one: -one.number)

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
        return self._dashboard(found[0]) if found else None

    def _also_opened_with(self) -> Mapping[str, Any]:
        return {"remove_source_branch": False}

    def _labels(self) -> str:
        return LABEL

    def _request(self, data: Mapping[str, Any]) -> Request:
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

    def _dashboard(self, data: Mapping[str, Any]) -> Dashboard:
        return Dashboard(
            number=data["iid"],
            body=data.get("description") or "",
            closed=data["state"] != "opened",
            url=data.get("web_url") or "",
        )


def _by_person(note: Mapping[str, Any]) -> bool:
    """GitLab writes a note of its own for each push; that somebody approved is such a note, too."""
    if note.get("system"):
        return str(note.get("body", "")).startswith("approved this merge request")
    return not _BOT.match(str((note.get("author") or {}).get("username", "")))
