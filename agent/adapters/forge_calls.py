"""Calls to a forge's API: tried again where that is safe, and every failure as one sentence that says what to do.

Reading is tried again after a pause; so is a write that the forge says it did not carry out (a rate limit). Of a write
that got no answer nobody knows what became of it: that is `ForgeUnsureError`, and the caller looks before it tries again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from agent.errors import ForgeError, ForgeUnsureError

__all__ = ["Answer", "CallFailed", "ForgeCalls", "pages"]

TRIES = 3
LONGEST_PAUSE = 60.0  # seconds: what takes longer is said instead of waited for
_AGAIN = "run the same command again, it goes on from there"


class CallFailed(Exception):  # noqa: N818 - reads as what happened
    """A call ended badly. ``status`` 0: there was no answer at all."""

    def __init__(self, status: int, said: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(said)
        self.status, self.said = status, " ".join(said.split())[:300]
        self.headers = {key.lower(): value for key, value in (headers or {}).items()}

    @property
    def limited(self) -> bool:
        """Whether it is a rate limit."""
        spent = self.headers.get("x-ratelimit-remaining", self.headers.get("ratelimit-remaining")) == "0"
        return self.status == 429 or (
            self.status == 403 and (spent or "rate limit" in self.said.lower() or "retry-after" in self.headers)
        )

    @property
    def unanswered(self) -> bool:
        """Whether the forge may have carried it out all the same."""
        return self.status == 0 or self.status >= 500


@dataclass(frozen=True)
class Answer:
    """What came back."""

    data: Any
    headers: Mapping[str, str] = field(default_factory=dict)


class ForgeCalls:
    """``forge`` is its name for people, ``where`` the repository's; ``secrets`` are never shown."""

    def __init__(
        self, forge: str, where: str, secrets: tuple[str, ...] = (), pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._forge, self._where, self._secrets, self._pause = forge, where, secrets, pause

    def read(self, what: str, call: Callable[[], Answer]) -> Answer:
        """``what`` is what it is good for, as in 'reading pull requests'."""
        return self._run(what, call, safe=True)

    def write(self, what: str, call: Callable[[], Answer], *, repeatable: bool) -> Answer:
        """``repeatable``: done twice it leaves the same as done once."""
        return self._run(what, call, safe=repeatable)

    def _run(self, what: str, call: Callable[[], Answer], *, safe: bool) -> Answer:
        for attempt in range(1, TRIES + 1):
            try:
                return call()
            except CallFailed as failure:
                wait = self._wait(failure, attempt)
                if attempt < TRIES and wait <= LONGEST_PAUSE and (failure.limited or (failure.unanswered and safe)):
                    self._pause(wait)
                    continue
                if failure.unanswered and not safe:
                    self._pause(min(wait, LONGEST_PAUSE))
                    raise ForgeUnsureError(self._sentence(failure, what)) from None
                raise ForgeError(self._sentence(failure, what)) from None
        raise AssertionError("the loop returns or raises")

    def _wait(self, failure: CallFailed, attempt: int) -> float:
        """Seconds that the forge asks for, else 1, 2, 4."""
        asked = failure.headers.get("retry-after", "")
        if asked.isdigit():
            return float(asked)
        reset = failure.headers.get("x-ratelimit-reset", failure.headers.get("ratelimit-reset", ""))
        if failure.limited and reset.isdigit():
            return max(0.0, int(reset) - time.time())
        return float(2 ** (attempt - 1))

    def _sentence(self, failure: CallFailed, what: str) -> str:
        forge, said = self._forge, self._clean(failure.said)
        because = f" ({said})" if said else ""
        if failure.limited:
            until = self._until(failure)
            return f"{forge}'s rate limit is used up{until}: {_AGAIN} then."
        if failure.status == 0:
            return f"{forge} gave no answer while {what}{because}: check the connection, then {_AGAIN}."
        if failure.status >= 500:
            return f"{forge} answered {failure.status} while {what}, a fault of its own: {_AGAIN} later."
        known = {
            401: f"{forge} does not accept the token while {what}: make a new one (docs/guide/pull-requests.md says with which rights).",
            403: f"{forge} does not allow {what} in {self._where}{because}: give the token the rights in docs/guide/pull-requests.md.",
            404: f"{forge} does not show what is needed for {what} in {self._where} to this token: check the name and the token's rights.",
            409: f"{forge} says that something changed meanwhile, while {what}{because}: {_AGAIN}.",
        }
        if failure.status in known:
            return known[failure.status]
        if 300 <= failure.status < 400:
            return f"{self._where} has moved to another address: set the remote's URL to the new one, then {_AGAIN}."
        return f"{forge} did not take it ({failure.status}) while {what}{because}: put that right, then {_AGAIN}."

    def _until(self, failure: CallFailed) -> str:
        reset = failure.headers.get("x-ratelimit-reset", failure.headers.get("ratelimit-reset", ""))
        return f" until {datetime.fromtimestamp(int(reset), UTC):%H:%M} UTC" if reset.isdigit() else ""

    def _clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***") if secret else text
        return text


def pages(size: int, read: Callable[[int], Any], most: int = 100) -> Iterator[Any]:
    """Every entry of a listing; ``read`` gives a page by its number, counted from 1."""
    for number in range(1, most + 1):
        page = read(number)
        yield from page
        if len(page) < size:
            return
