"""What the endpoint sent, as the OpenAI protocol has it: bytes in, whether they are a whole answer and what it used out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

__all__ = ["MalformedError", "Read", "read_answer"]


class MalformedError(ValueError):
    """Not a whole answer; the text says what is wrong with it."""


@dataclass(frozen=True)
class Read:
    """A whole answer's type, and its tokens where it tells them."""

    content_type: str
    input_tokens: int | None
    output_tokens: int | None


def read_answer(content_type: str, body: bytes) -> Read:
    """Check an answer to a chat completion, plain or streamed. Raises MalformedError."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "text/event-stream":
        return _read_stream(body)
    if kind != "application/json":
        raise MalformedError(f"the endpoint answered with {kind or 'no content type'} instead of JSON")
    table = _table(body, "the answer is not whole JSON")
    choices = table.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict) or "message" not in choices[0]:
        raise MalformedError("the answer holds no message")
    return Read("application/json", *_usage(table))


def _read_stream(body: bytes) -> Read:
    finished = False
    usage: tuple[int | None, int | None] = (None, None)
    for line in body.decode("utf-8", "replace").splitlines():
        if not line.startswith("data:"):
            continue
        data = line[5:].strip()
        if data == "[DONE]":
            break
        table = _table(data.encode(), "the stream holds what is not JSON")
        for choice in table.get("choices") or ():
            finished = finished or bool(isinstance(choice, dict) and choice.get("finish_reason"))
        found = _usage(table)
        usage = found if found[0] is not None else usage
    if not finished:
        raise MalformedError("the stream ended before the answer did")
    return Read("text/event-stream", *usage)


def _table(data: bytes, complaint: str) -> dict[str, Any]:
    try:
        table = json.loads(data)
    except (ValueError, RecursionError):
        raise MalformedError(complaint) from None
    if not isinstance(table, dict):
        raise MalformedError(complaint)
    if table.get("error"):
        raise MalformedError("the answer is an error")
    return table


def _usage(table: dict[str, Any]) -> tuple[int | None, int | None]:
    usage = table.get("usage")
    if not isinstance(usage, dict):
        return None, None
    counts = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
    if all(isinstance(count, int) and 0 <= count < 10_000_000 for count in counts):
        return counts[0], counts[1]
    return None, None
