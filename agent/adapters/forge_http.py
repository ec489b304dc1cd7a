"""A forge's REST API over httpx: a method, a path and values in, the answer out; every failure is a `CallFailed`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from agent import __version__
from agent.adapters.forge_calls import Answer, CallFailed

__all__ = ["ForgeHttp"]

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
