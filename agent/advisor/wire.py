"""The one way out: every request to the endpoint passes here, is redacted, looked up, paid for, sent, checked and entered.

In goes what the endpoint's client would send, out come whole and well-formed answers only. Both modes and every retry
go through it, so that no budget, cache, redaction or record can be passed by.
"""

from __future__ import annotations

import email.utils
import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from agent import __version__
from agent.advisor.answer_store import AnswerStore, StoredAnswer
from agent.advisor.budget import Budget, Reservation, estimate_tokens
from agent.advisor.failures import BudgetSpentError, EndpointError, NotSentError, RefusedError
from agent.advisor.ledger import CURRENT, Call
from agent.advisor.protocol import MalformedError, read_answer
from agent.advisor.redaction import Redactor
from agent.settings import AdvisorSettings

__all__ = ["Outgoing", "Planned", "Wire"]

_LARGEST_ANSWER = 4_000_000
_LONGEST_WAIT = 60.0
_TELLTALE = ("x-stainless-", "user-agent", "cookie")  # the client's headers tell of the machine


@dataclass(frozen=True)
class Planned:
    """What a dry run would have sent: tokens at most, and their price when it is known."""

    prompt: str
    subject: str
    tokens: int
    cost: float | None


class Outgoing:
    """Writes every byte that leaves, the key aside; without a path it writes nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")

    def show(self, request: httpx2.Request, body: bytes) -> None:
        """One request."""
        if self._path is None:
            return
        head = [f"{request.method} {request.url} HTTP/1.1"]
        for name, value in request.headers.items():
            secret = name.lower() in ("authorization", "api-key")
            head.append(f"{name}: {'(the key)' if secret else value}")
        with self._lock, self._path.open("ab") as out:
            out.write("\n".join(head).encode() + b"\n\n" + body + b"\n\n")


@dataclass
class _Attempted:
    """One attempt that failed: whether another one makes sense, and after how long."""

    reason: str
    again: bool
    after: float | None = None
    used: tuple[int, int] = (0, 0)


@dataclass
class Wire(httpx2.BaseTransport):
    """Lives for one run; threads share it. ``dry``: nothing is sent, what would be is listed in ``planned``."""

    settings: AdvisorSettings
    budget: Budget
    store: AnswerStore
    outgoing: Outgoing
    dry: bool = False
    inner: httpx2.BaseTransport = field(default_factory=lambda: httpx2.HTTPTransport(retries=0))
    pause: Callable[[float], None] = time.sleep
    planned: list[Planned] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._redactor = Redactor()
        self._lock = threading.Lock()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, from the store or the endpoint. Raises AskError, which the client wraps."""
        with self._lock:  # detectors are not made for threads
            payload, redacted = self._redactor.clean(json.loads(request.read()))
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        call = self._enter(payload, body, redacted)
        stored = self.store.get(call.key)
        if stored is None:
            stored = self._fetch(self._outgoing_request(request, body), body, payload, call)
            self.store.put(call.key, stored)
        else:
            call.cached = True
        call.input_tokens, call.output_tokens, call.cost = stored.input_tokens, stored.output_tokens, stored.cost
        return httpx2.Response(
            200, headers={"content-type": stored.content_type}, stream=httpx2.ByteStream(stored.body), request=request
        )

    def _enter(self, payload: Any, body: bytes, redacted: int) -> Call:
        asked = CURRENT.get()
        if asked is None:
            raise RefusedError("a request that belongs to no question")
        prompt = asked.prompt
        parts = (self.settings.base_url, prompt.name, str(prompt.version), body.decode("utf-8"))
        key = hashlib.sha256("\0".join(parts).encode("utf-8")).hexdigest()
        call = Call(prompt.name, prompt.version, prompt.digest, asked.subject, str(payload.get("model", "")), key)
        call.redacted, call.cost = redacted, self.budget.price(0, 0)
        asked.calls.append(call)
        return call

    def _outgoing_request(self, request: httpx2.Request, body: bytes) -> httpx2.Request:
        kept = [(k, v) for k, v in request.headers.items() if not k.lower().startswith(_TELLTALE)]
        headers = [(k, v) for k, v in kept if k.lower() not in ("content-length", "accept-encoding", "connection")]
        # calls take seconds: a connection each costs little, and none is left open or found dead
        headers += [
            ("content-length", str(len(body))),
            ("user-agent", f"figwright/{__version__}"),
            ("connection", "close"),
        ]
        patience = min(self.settings.timeout, self.budget.seconds_left + 1)
        silence = {"connect": min(30.0, patience), "read": patience, "write": patience, "pool": patience}
        return httpx2.Request(
            request.method, request.url, headers=headers, content=body, extensions={"timeout": silence}
        )

    def _fetch(self, request: httpx2.Request, body: bytes, payload: Any, call: Call) -> StoredAnswer:
        most_in = estimate_tokens(body)
        most_out = int(payload.get("max_completion_tokens") or payload.get("max_tokens") or self.settings.answer_tokens)
        if self.dry:
            self.outgoing.show(request, body)
            cost = self.budget.price(most_in, most_out)
            with self._lock:
                self.planned.append(Planned(call.prompt, call.subject, most_in + most_out, cost))
            raise NotSentError("this is a dry run")
        started = time.monotonic()
        try:
            for number in range(self.settings.attempts):
                reserved = self.budget.reserve(most_in, most_out)
                self.outgoing.show(request, body)
                result = self._attempt(request, reserved)
                if isinstance(result, StoredAnswer):
                    return result
                call.attempts.append(result.reason)
                call.lost_tokens += sum(result.used)
                if not result.again:
                    raise RefusedError(result.reason)
                if number + 1 < self.settings.attempts:
                    self._wait(number, result.after)
        finally:
            call.seconds = round(time.monotonic() - started, 3)
        times = f" ({self.settings.attempts} attempts)" if self.settings.attempts > 1 else ""
        raise EndpointError(f"{call.attempts[-1]}{times}")

    def _wait(self, number: int, after: float | None) -> None:
        seconds = min(_LONGEST_WAIT, after if after is not None else self.settings.backoff * 2**number)
        if seconds >= self.budget.seconds_left:
            raise BudgetSpentError("the endpoint asks for more patience than the run has time")
        self.pause(seconds)

    def _attempt(self, request: httpx2.Request, reserved: Reservation) -> StoredAnswer | _Attempted:
        """One try. What a failed one may have cost is counted at its worst, since nobody tells."""
        worst = (reserved.input_tokens, reserved.output_tokens)
        used = (0, 0)
        result: StoredAnswer | _Attempted
        try:
            result = self._exchange(request, reserved)
            used = (result.input_tokens, result.output_tokens) if isinstance(result, StoredAnswer) else result.used
        except httpx2.ConnectError:
            result = _Attempted("the endpoint cannot be reached", True)
        except httpx2.TimeoutException:
            result = _Attempted(f"the endpoint said nothing for {self.settings.timeout:g} seconds", True, used=worst)
            used = worst
        except httpx2.TransportError as error:
            result = _Attempted(f"the connection broke ({type(error).__name__})", True, used=worst)
            used = worst
        finally:
            self.budget.settle(reserved, *used)
        return result

    def _exchange(self, request: httpx2.Request, reserved: Reservation) -> StoredAnswer | _Attempted:
        response = self.inner.handle_request(request)
        try:
            body = self._read(response)
        finally:
            response.close()
        status, worst = response.status_code, (reserved.input_tokens, reserved.output_tokens)
        if status == 429 or status >= 500 or status == 408:
            return _Attempted(f"the endpoint answered {status}", True, _retry_after(response))
        if status != 200:
            return _Attempted(f"the endpoint answered {status}: {_said(body)}", status == 409)
        if body is None:
            return _Attempted("the answer was endless", True, used=worst)
        try:
            read = read_answer(response.headers.get("content-type", ""), body)
        except MalformedError as error:
            return _Attempted(str(error), True, used=worst)
        into = reserved.input_tokens if read.input_tokens is None else read.input_tokens
        out = reserved.output_tokens if read.output_tokens is None else read.output_tokens
        return StoredAnswer(read.content_type, body, into, out, self.budget.price(into, out))

    def _read(self, response: httpx2.Response) -> bytes | None:
        """The whole body, decoded; None when it does not end. A trickle ends with the run's time."""
        received = bytearray()
        plain = httpx2.Response(response.status_code, headers=response.headers, stream=response.stream)
        for part in plain.iter_bytes():
            received += part
            if len(received) > _LARGEST_ANSWER or self.budget.seconds_left <= 0:
                return None
        return bytes(received)


def _retry_after(response: httpx2.Response) -> float | None:
    """Seconds, from seconds or a date; None when the header is missing or makes no sense."""
    value = response.headers.get("retry-after", "").strip()
    if value.replace(".", "", 1).isdigit():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, IndexError):
        return None


def _said(body: bytes | None) -> str:
    """The endpoint's own message, short and on one line."""
    text = (body or b"").decode("utf-8", "replace")
    try:
        table = json.loads(text)
        error = table.get("error", table) if isinstance(table, dict) else table
        text = str(error.get("message", error) if isinstance(error, dict) else error)
    except ValueError:
        pass
    return " ".join(text.split())[:200]
