"""Gitea and Forgejo: `agent.ports.Forge` over their published REST API (version 1).

A draft is a title that begins with ``WIP:``; titles go in and out of here without it. Requests cannot be asked for by
branch, so that all are listed; labels have to be made before an issue can carry them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent.adapters.forge_calls import pages
from agent.adapters.forge_http import ForgeHttp, RestForge, Wording
from agent.domain.delivery import DASHBOARD_MARK, LABEL, Dashboard, Request
from agent.errors import ForgeError

__all__ = ["GiteaForge"]

_PAGE = 50
_DRAFT = re.compile(r"^\s*(?:\[wip\]|wip:)\s*", re.IGNORECASE)
_NO_REVIEW = ("PENDING", "REQUEST_REVIEW")
_COLOR = "#4c7a5b"
_LAG = 1.0  # seconds: the files of a request are worked out behind the scenes after a push


class GiteaForge(RestForge):
    """One repository, ``owner/name``. ``token`` is sent to ``api`` only."""

    name = "Gitea"
    noun = "pull request"
    sign = "#"
    _wording = Wording("/pulls", "head", "base", "body", "WIP: ", "PATCH")

    def __init__(
        self, api: str, path: str, token: str, pause: Callable[[float], None] = time.sleep, timeout: float = 30.0
    ) -> None:
        super().__init__(f"/repos/{path}", path, ForgeHttp(api, f"token {token}", timeout), token, pause)
        self._pause = pause
        self._asked = 0

    def requests(self, branch: str) -> Sequence[Request]:
        def page(number: int) -> Any:
            return self._read(
                "reading pull requests",
                "/pulls",
                {"state": "all", "sort": "recentupdate", "limit": _PAGE, "page": number},
            )

        here = (one for one in pages(_PAGE, page) if one["head"].get("repo_id") == one["base"].get("repo_id"))
        found = [self._request(one) for one in here]
        return sorted((one for one in found if one.branch == branch), key=lambda one: -one.number)

    def reviewed(self, request: Request) -> bool:
        what = f"reading reviews of #{request.number}"
        reviews = self._read(what, f"/pulls/{request.number}/reviews", {"limit": _PAGE})
        if any(one.get("state") not in _NO_REVIEW for one in reviews):
            return True
        return bool(self._read(what, f"/issues/{request.number}/comments", {}))

    def shown_paths(self, request: Request) -> frozenset[str] | None:
        if self._asked == request.number:
            self._pause(_LAG)
        self._asked = request.number

        def page(number: int) -> Any:
            path = f"/pulls/{request.number}/files"
            return self._read(f"reading the files of #{request.number}", path, {"limit": _PAGE, "page": number})

        files = list(pages(_PAGE, page))
        return frozenset(name for one in files for name in (one.get("filename"), one.get("previous_filename")) if name)

    def dashboard(self) -> Dashboard | None:
        query = {"labels": LABEL, "state": "all", "type": "issues", "limit": _PAGE}
        try:
            listed = self._read("reading issues", "/issues", query)
        except ForgeError:
            if self._read("reading the repository", "", {}).get("has_issues", True):
                raise
            return Dashboard(number=0, body="", closed=True)
        found = [one for one in listed if DASHBOARD_MARK in (one.get("body") or "")]
        return self._dashboard(max(found, key=lambda one: int(one["number"]))) if found else None

    def _labels(self) -> list[int]:
        """By its number; the label is made when there is none."""
        known = pages(_PAGE, lambda number: self._read("reading labels", "/labels", {"limit": _PAGE, "page": number}))
        found = next((one for one in known if one["name"] == LABEL), None)
        if found is None:
            fields = {"name": LABEL, "color": _COLOR, "description": "Opened by figwright"}
            found = self._write("making a label", "POST", "/labels", fields, repeatable=False)
        return [int(found["id"])]

    def _request(self, data: Mapping[str, Any]) -> Request:
        title = str(data["title"])
        return Request(
            number=data["number"],
            branch=data["head"]["label"],  # `ref` is another one once the branch is deleted
            base=data["base"]["ref"],
            title=_DRAFT.sub("", title),
            body=data.get("body") or "",
            state="merged" if data.get("merged") else "open" if data["state"] == "open" else "closed",
            head=data["head"].get("sha") or "",
            draft=bool(data.get("draft") or _DRAFT.match(title)),
            url=data.get("html_url") or "",
        )

    def _dashboard(self, data: Mapping[str, Any]) -> Dashboard:
        return Dashboard(
            number=data["number"],
            body=data.get("body") or "",
            closed=data["state"] != "open",
            url=data.get("html_url") or "",
        )
