"""Answers by the hash of what was asked: one file each, whole or not at all, so that a killed run loses only the call it was in."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["AnswerStore", "StoredAnswer"]


@dataclass(frozen=True)
class StoredAnswer:
    """An endpoint's answer as it came, and what it cost."""

    content_type: str
    body: bytes
    input_tokens: int
    output_tokens: int
    cost: float | None


class AnswerStore:
    """A folder of the cache."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> StoredAnswer | None:
        """None when unknown; a damaged file is unknown."""
        try:
            table = json.loads(self._path(key).read_text("utf-8"))
            return StoredAnswer(**{**table, "body": base64.b64decode(table["body"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def put(self, key: str, answer: StoredAnswer) -> None:
        """A full disk loses the cache's benefit, not the answer."""
        path = self._path(key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(suffix=".tmp", dir=path.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump({**asdict(answer), "body": base64.b64encode(answer.body).decode("ascii")}, out)
            Path(temporary).replace(path)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"
