"""Reads small configuration files out of a snapshot: a path in, text or a JSON object out, never an exception."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from agent.domain.inventory import Location
from agent.ports import Snapshot

__all__ = ["Tree", "beside", "line_of", "read_tree"]

_LARGEST = 4_000_000


class Tree:
    """A snapshot with its paths as a set, and files read at most once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.sizes = dict(snapshot.paths())
        self._texts: dict[str, str] = {}

    @property
    def paths(self) -> Iterable[str]:
        return self.sizes

    def has(self, path: str) -> bool:
        return path in self.sizes

    def has_folder(self, folder: str) -> bool:
        return any(path.startswith(f"{folder}/") for path in self.sizes)

    def text(self, path: str) -> str:
        """The file's text; empty when there is none or it is too large."""
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def _read(self, path: str) -> str:
        if not 0 < self.sizes.get(path, 0) <= _LARGEST:
            return ""
        try:
            return self.snapshot.read(path).decode("utf-8-sig", "replace")
        except OSError:
            return ""

    def json(self, path: str) -> Mapping[str, Any]:
        """The JSON object in a file; empty when it is none."""
        try:
            value = json.loads(self.text(path))
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    def first(self, folder: str, names: Sequence[str]) -> str:
        """The first of these names that the folder holds, as a path; empty when it holds none."""
        return next((path for name in names if self.has(path := beside(folder, name))), "")


def read_tree(snapshot: Snapshot) -> Tree:
    """A snapshot, ready to be asked by path."""
    return Tree(snapshot)


def beside(folder: str, name: str) -> str:
    """A name in a folder, as a path in the repository."""
    return f"{folder}/{name}" if folder else name


def line_of(text: str, needle: str, path: str) -> Location:
    """Where a text first stands in a file; the file as a whole when it does not."""
    at = text.find(needle)
    return Location(path=path, line=text.count("\n", 0, at) + 1 if at >= 0 else 0)
