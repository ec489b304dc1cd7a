"""A forge's REST API over httpx: a method, a path and values in, the answer out; every failure is a `CallFailed`.

`RestForge` is what forges have in common that are asked this way: opening and editing a request, and the dashboard.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from agent import __version__
from agent.adapters.forge_calls import Answer, CallFailed, ForgeCalls
from agent.domain.delivery import Dashboard, Request, RequestText
from agent.errors import ForgeError, ForgeUnsureError

__all__ = ["ForgeHttp", "RestForge", "Wording"]

_TIMEOUT = 30.0


class ForgeHttp:
    """One connection to one API. The token goes into a header of requests to ``api`` and nowhere else: no redirect is followed."""

    def __init__(self, api: str, authorization: str, timeout: float = _TIMEOUT) -> None:
        self._client = httpx.Client(
            base_url=api,
            headers={
                "Authorization": authorization,
                "Accept": "application/json",
                "User-Agent": f"figwright/{__version__}",
            },
            timeout=timeout,
            follow_redirects=False,
        )

    def close(self) -> None:
        self._client.close()

    def call(
        self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Mapping[str, Any] | None = None
    ) -> Answer:
        """Raises CallFailed."""
        try:
            response = self._client.request(method, path, params=dict(query) if query else None, json=body)
        except httpx.HTTPError as error:
            raise CallFailed(0, type(error).__name__) from None
        headers = dict(response.headers)
        if response.status_code >= 300:
            raise CallFailed(response.status_code, _said(response), headers)
        try:
            return Answer(response.json(), headers)
        except ValueError:
            raise CallFailed(502, "the answer is no JSON") from None


def _said(response: httpx.Response) -> str:
    try:
        data = response.json()
    except ValueError:
        return ""
    if not isinstance(data, dict):
        return ""
    said = data.get("message") or data.get("error") or ""
    return "; ".join(map(str, said)) if isinstance(said, list) else str(said)


@dataclass(frozen=True)
class Wording:
    """How a forge calls things. ``requests`` is their path; ``head``, ``base`` and ``body`` are fields of a request; a draft's title
    begins with ``draft``. ``change`` is the method that edits."""

    requests: str
    head: str
    base: str
    body: str
    draft: str
    change: str


class RestForge(ABC):
    """One repository of a forge; ``root`` is its path in the API. Titles go in and out of here without the mark of drafts."""

    name: str
    noun: str
    sign: str
    _wording: Wording

    def __init__(
        self, root: str, path: str, http: ForgeHttp, token: str, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._root, self._http = root, http
        self._calls = ForgeCalls(self.name, path, (token,), pause)

    def close(self) -> None:
        self._http.close()

    def open(self, text: RequestText) -> Request:
        """That there is one already is not known for sure to be ours: the caller looks."""
        words = self._wording
        fields = {
            words.head: text.branch,
            words.base: text.base,
            "title": self._title(text.title, text.draft),
            words.body: text.body,
        }
        what = f"opening a {self.noun} for {text.branch}"
        try:
            data = self._write(what, "POST", words.requests, {**fields, **self._also_opened_with()}, repeatable=False)
        except ForgeUnsureError:
            raise
        except ForgeError as error:
            if "already exists" in str(error):
                raise ForgeUnsureError(str(error)) from None
            raise
        return self._request(data)

    def edit(self, request: Request, title: str, body: str, base: str) -> Request:
        words = self._wording
        fields = {"title": self._title(title, request.draft), words.body: body}
        if base != request.base:
            fields[words.base] = base
        what = f"updating {self.noun} {self.sign}{request.number}"
        return self._request(self._write(what, words.change, f"{words.requests}/{request.number}", fields))

    def write_dashboard(self, dashboard: Dashboard | None, title: str, body: str) -> Dashboard:
        words = self._wording
        if dashboard is not None:
            path = f"/issues/{dashboard.number}"
            return self._dashboard(self._write("updating the dashboard", words.change, path, {words.body: body}))
        fields = {"title": title, words.body: body, "labels": self._labels()}
        return self._dashboard(self._write("opening the dashboard issue", "POST", "/issues", fields, repeatable=False))

    def _title(self, title: str, draft: bool) -> str:
        return f"{self._wording.draft}{title}" if draft else title

    def _also_opened_with(self) -> Mapping[str, Any]:
        return {}

    @abstractmethod
    def _labels(self) -> Any:
        """Our label as the field of a new issue takes it."""

    @abstractmethod
    def _request(self, data: Mapping[str, Any]) -> Request: ...

    @abstractmethod
    def _dashboard(self, data: Mapping[str, Any]) -> Dashboard: ...

    def _read(self, what: str, path: str, query: Mapping[str, Any]) -> Any:
        return self._calls.read(what, lambda: self._http.call("GET", self._root + path, query)).data

    def _write(self, what: str, method: str, path: str, body: Mapping[str, Any], *, repeatable: bool = True) -> Any:
        call = lambda: self._http.call(method, self._root + path, body=body)  # noqa: E731
        return self._calls.write(what, call, repeatable=repeatable).data
