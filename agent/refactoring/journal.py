"""What was found out already, kept across runs: a question's parts in, the answer that a killed run left behind out.

An answer depends on figwright's own code, the repository's files, the change and the environment; all are in its key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel

from agent.domain.verdict import FileChange
from agent.fingerprint import own_code
from agent.ports import Memo, Snapshot

__all__ = ["Journal", "digest", "digest_of_changes", "digest_of_overlay", "digest_of_tree"]

Value = TypeVar("Value", bound=BaseModel)


class Journal:
    """Answers by the digest of what they depend on. ``reused`` counts those that a run before this one found."""

    def __init__(self, memo: Memo, base: str) -> None:
        """``base`` is the digest of the repository as it was read."""
        self._memo, self._base = memo, base
        self.reused = 0

    def key(self, *parts: str) -> str:
        return f"refactor:{digest(own_code(), self._base, *parts)}"

    def recall(self, key: str, kind: type[Value]) -> Value | None:
        stored = self._memo.get(key)
        if stored is None:
            return None
        try:
            value = kind.model_validate_json(stored)
        except ValueError:
            return None
        self.reused += 1
        return value

    def keep(self, key: str, value: BaseModel) -> None:
        self._memo.put(key, value.model_dump_json().encode())


def digest(*parts: str) -> str:
    """SHA-256 of the parts, each with its length, so that no two lists of parts read alike."""
    found = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogateescape")
        found.update(b"%d\0" % len(content) + content)
    return found.hexdigest()


def digest_of_tree(tree: Snapshot) -> str:
    """Of every file's path and bytes."""
    found: list[str] = []
    for path, _ in tree.paths():
        try:
            found += [path, hashlib.sha256(tree.read(path)).hexdigest()]
        except OSError:
            found += [path, "unreadable"]
    return digest(*found)


def digest_of_overlay(overlay: Mapping[str, str | None]) -> str:
    return digest(*_parts(sorted(overlay.items())))


def digest_of_changes(changes: Sequence[FileChange]) -> str:
    return digest(*_parts(sorted((change.path, change.after) for change in changes)))


def _parts(files: Iterable[tuple[str, str | None]]) -> list[str]:
    return [part for path, text in files for part in (path, "gone" if text is None else f"text {text}")]
