"""Whether a language model's endpoint answers: settings in, what it has or what is wrong out; no question is asked, nothing paid.

``GET /models`` is the one call of the protocol that costs nothing; the key goes to the configured endpoint alone, and no
redirect is followed with it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx2

from agent.advisor.endpoint import check_url, find_key
from agent.errors import SettingsError
from agent.settings import AdvisorSettings

__all__ = ["reach_endpoint"]

_PATIENCE = 10.0  # seconds
_MOST = 5_000_000  # bytes of an answer


def reach_endpoint(settings: AdvisorSettings, environment: Mapping[str, str] | None = None) -> tuple[str, str]:
    """(what answered, what is wrong); one of the two is empty. Neither holds the key."""
    try:
        url = check_url(settings.base_url)
        key = find_key(url, os.environ if environment is None else environment)
    except SettingsError as error:
        return "", str(error)
    host = urlsplit(url).netloc
    headers = {} if key == "none" else {"Authorization": f"Bearer {key}"}
    try:
        with (
            httpx2.Client(timeout=_PATIENCE, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", f"{url}/models", headers=headers) as answer,
        ):
            status, body = answer.status_code, _first_bytes(answer)
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        return "", f"{host} does not answer ({type(error).__name__})"
    if status in (401, 403):
        return "", f"{host} refuses the key (HTTP {status})"
    if status in (404, 405):  # a gateway without the list of models may still answer questions
        return f"{host} answers, and lists no models (HTTP {status})", ""
    if status != 200:
        return "", f"{host} answers with HTTP {status}"
    if settings.model and b'"' in body and f'"{settings.model}"'.encode() not in body:
        return "", f"{host} answers, and has no model {settings.model!r}"
    return f"{host} answers" + (f" and has {settings.model}" if settings.model else ""), ""


def _first_bytes(answer: httpx2.Response) -> bytes:
    body = b""
    for part in answer.iter_bytes():
        body += part
        if len(body) > _MOST:
            break
    return body
