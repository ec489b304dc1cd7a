"""GitHub and GitHub Enterprise through githubkit: `agent.ports.Forge` over the published REST API.

Answers are read field by field, so that an older server that lacks some fields is understood, too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from githubkit import GitHub, Response
from githubkit.exception import RequestError, RequestFailed
from githubkit.utils import UNSET

from agent import __version__
from agent.adapters.forge_calls import Answer, CallFailed, ForgeCalls, pages
from agent.domain.delivery import DASHBOARD_MARK, LABEL, Dashboard, Request, RequestText
from agent.errors import ForgeError, ForgeUnsureError

__all__ = ["GitHubForge"]

_PAGE = 100
_TIMEOUT = 30.0
_VERSION = {"X-GitHub-Api-Version": "2022-11-28"}  # what GitHub Enterprise understands as well
_MEMBERS = ("OWNER", "MEMBER", "COLLABORATOR")
_MOST_FILES = 300  # of a comparison


class GitHubForge:
    """One repository, ``owner/name``. ``token`` is sent to ``api`` only."""

    name = "GitHub"
    noun = "pull request"
    sign = "#"

    def __init__(
        self, api: str, path: str, token: str, pause: Callable[[float], None] = time.sleep, timeout: float = _TIMEOUT
    ) -> None:
        self._owner, _, self._repo = path.partition("/")
        self._calls = ForgeCalls(self.name, path, (token,), pause)
        self._client = GitHub(  # kept: what `rest` gives only refers to it weakly
            token, base_url=api, auto_retry=False, http_cache=False, follow_redirects=False, timeout=timeout,
            user_agent=f"figwright/{__version__}",
        )  # fmt: skip
        self._client.__enter__()  # type: ignore[no-untyped-call]  # one connection for all calls, until `close`
        self._rest = self._client.rest

    def close(self) -> None:
        self._client.__exit__(None, None, None)

    def requests(self, branch: str) -> Sequence[Request]:
        def page(number: int) -> Any:
            return self._read(
                "reading pull requests",
                lambda: self._rest.pulls.list(
                    self._owner, self._repo, state="all", head=f"{self._owner}:{branch}", sort="created", direction="desc",
                    per_page=_PAGE, page=number, headers=_VERSION,
                ),
            )  # fmt: skip

        found = [_request(one) for one in pages(_PAGE, page) if self._is_here(one)]
        return sorted((one for one in found if one.branch == branch), key=lambda one: -one.number)

    def open(self, text: RequestText) -> Request:
        what = f"opening a pull request for {text.branch}"
        try:
            answer = self._calls.write(
                what,
                lambda: _answer(
                    lambda: self._rest.pulls.create(
                        self._owner, self._repo, head=text.branch, base=text.base, title=text.title, body=text.body,
                        draft=text.draft, headers=_VERSION,
                    )
                ),
                repeatable=False,
            )  # fmt: skip
        except ForgeUnsureError:
            raise
        except ForgeError as error:
            if "already exists" in str(error):
                raise ForgeUnsureError(str(error)) from None
            if text.draft and "draft" in str(error).lower():
                raise ForgeError(
                    "this repository has no draft pull requests: run the same command again with --ready."
                ) from None
            raise
        return _request(answer.data)

    def edit(self, request: Request, title: str, body: str, base: str) -> Request:
        moved: Any = base if base != request.base else UNSET
        data = self._write(
            f"updating pull request #{request.number}",
            lambda: self._rest.pulls.update(
                self._owner, self._repo, request.number, title=title, body=body, base=moved, headers=_VERSION
            ),
        )
        return _request(data)

    def reviewed(self, request: Request) -> bool:
        what = f"reading reviews of #{request.number}"
        calls: tuple[Callable[[], Response[Any]], ...] = (
            lambda: self._rest.pulls.list_reviews(
                self._owner, self._repo, request.number, per_page=_PAGE, headers=_VERSION
            ),
            lambda: self._rest.issues.list_comments(
                self._owner, self._repo, request.number, per_page=_PAGE, headers=_VERSION
            ),
        )
        return any(_by_person(one) for call in calls for one in self._read(what, call))

    def shown_paths(self, request: Request) -> frozenset[str] | None:
        span = f"{quote(request.base, safe='')}...{quote(request.branch, safe='')}"
        data = self._read(
            f"comparing {request.branch}",
            lambda: self._rest.repos.compare_commits(self._owner, self._repo, span, headers=_VERSION),
        )
        files = data.get("files") or []
        if len(files) >= _MOST_FILES:
            return None
        return frozenset(name for one in files for name in (one.get("filename"), one.get("previous_filename")) if name)

    def dashboard(self) -> Dashboard | None:
        labelled = self._issues(labels=LABEL, state="all")
        if labelled is None:
            return Dashboard(number=0, body="", closed=True)  # the repository has no issues
        found = [one for one in labelled if DASHBOARD_MARK in (one.get("body") or "")]
        # Without the right to label, ours has none. Anybody may open an issue; only a member's is believed.
        if not found:
            found = [
                one
                for one in self._issues(state="all") or ()
                if DASHBOARD_MARK in (one.get("body") or "")
                and (one.get("author_association") in _MEMBERS or (one.get("user") or {}).get("type") == "Bot")
            ]
        return _dashboard(found[0]) if found else None

    def write_dashboard(self, dashboard: Dashboard | None, title: str, body: str) -> Dashboard:
        issues = self._rest.issues
        if dashboard is not None:
            number = dashboard.number
            return _dashboard(
                self._write(
                    "updating the dashboard",
                    lambda: issues.update(self._owner, self._repo, number, body=body, headers=_VERSION),
                )
            )
        answer = self._calls.write(
            "opening the dashboard issue",
            lambda: _answer(
                lambda: issues.create(self._owner, self._repo, title=title, body=body, labels=[LABEL], headers=_VERSION)
            ),
            repeatable=False,
        )
        return _dashboard(answer.data)

    def _issues(self, **filters: Any) -> list[Any] | None:
        """The newest hundred; None when the repository has issues turned off."""
        try:
            listed = self._read(
                "reading issues",
                lambda: self._rest.issues.list_for_repo(
                    self._owner,
                    self._repo,
                    sort="created",
                    direction="desc",
                    per_page=_PAGE,
                    headers=_VERSION,
                    **filters,
                ),
            )
        except ForgeError as error:
            if "(410)" in str(error):
                return None
            raise
        return [one for one in listed if not one.get("pull_request")]

    def _is_here(self, data: Mapping[str, Any]) -> bool:
        """Whether the request's branch is this repository's own; a fork's branch may have the same name."""
        repo = (data.get("head") or {}).get("repo") or {}
        return str(repo.get("full_name", "")).lower() in ("", f"{self._owner}/{self._repo}".lower())

    def _read(self, what: str, call: Callable[[], Response[Any]]) -> Any:
        return self._calls.read(what, lambda: _answer(call)).data

    def _write(self, what: str, call: Callable[[], Response[Any]]) -> Any:
        return self._calls.write(what, lambda: _answer(call), repeatable=True).data


def _answer(call: Callable[[], Response[Any]]) -> Answer:
    try:
        response = call()
    except RequestFailed as error:
        raise _failed(error.response) from None
    except RequestError as error:
        raise CallFailed(0, type(error.__cause__ or error).__name__) from None
    if response.status_code >= 300:
        raise _failed(response)
    try:
        return Answer(response.json(), dict(response.headers))
    except ValueError:
        raise CallFailed(502, "the answer is no JSON") from None


def _failed(response: Response[Any]) -> CallFailed:
    try:
        data = response.json()
        details = [one.get("message", "") if isinstance(one, dict) else str(one) for one in data.get("errors") or ()]
        said = ": ".join(part for part in (str(data.get("message", "")), "; ".join(filter(None, details))) if part)
    except (ValueError, AttributeError):
        said = ""
    return CallFailed(response.status_code, said, dict(response.headers))


def _by_person(data: Mapping[str, Any]) -> bool:
    """A program's comment (coverage, checks) is no review."""
    return (data.get("user") or {}).get("type") != "Bot" and data.get("state") != "PENDING"


def _request(data: Mapping[str, Any]) -> Request:
    merged = bool(data.get("merged_at")) or bool(data.get("merged"))
    return Request(
        number=data["number"],
        branch=data["head"]["ref"],
        base=data["base"]["ref"],
        title=data["title"],
        body=data.get("body") or "",
        state="merged" if merged else "open" if data["state"] == "open" else "closed",
        head=data["head"]["sha"],
        draft=bool(data.get("draft")),
        url=data.get("html_url") or "",
    )


def _dashboard(data: Mapping[str, Any]) -> Dashboard:
    return Dashboard(
        number=data["number"],
        body=data.get("body") or "",
        closed=data["state"] != "open",
        url=data.get("html_url") or "",
    )
