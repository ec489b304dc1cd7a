"""A snapshot with a change over it: what an environment is made from once patches are in."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from agent.domain.inventory import History
from agent.ports import Snapshot

__all__ = ["OverlaidTree"]


class OverlaidTree:
    """The files of ``tree`` with ``overlay`` (Latin-1 text, None for a deleted file) over them."""

    def __init__(self, tree: Snapshot, overlay: Mapping[str, str | None]) -> None:
        self._tree, self._overlay = tree, dict(overlay)
        self.name, self.commit, self.vcs, self.remote = tree.name, tree.commit, tree.vcs, tree.remote
        self.dirty, self.dirty_files = tree.dirty, tree.dirty_files

    def paths(self) -> Iterable[tuple[str, int]]:
        sizes = dict(self._tree.paths())
        for path, text in self._overlay.items():
            if text is None:
                sizes.pop(path, None)
            else:
                sizes[path] = len(text)
        return sorted(sizes.items())

    def skipped(self) -> Iterable[tuple[str, str, int]]:
        return self._tree.skipped()

    def read(self, path: str) -> bytes:
        if path not in self._overlay:
            return self._tree.read(path)
        text = self._overlay[path]
        if text is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return text.encode("latin-1")

    def history(self, paths: frozenset[str]) -> History:
        return self._tree.history(paths)

    def committed_on(self) -> str:
        return self._tree.committed_on()

    def copy_to(self, folder: Path) -> None:
        self._tree.copy_to(folder)
        for path, text in sorted(self._overlay.items()):
            target = folder / path
            if text is None:
                target.unlink(missing_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(text.encode("latin-1"))
