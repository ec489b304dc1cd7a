"""The folders of one run, lent to a box and taken back whatever happens: `Folders` in, sizes and the limits they passed out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from agent.adapters.sandbox_folders import Size, hand_over, mount_point, take_back
from agent.adapters.sandbox_watch import DiskWatch
from agent.domain.execution import Folders, Limits, Stop
from agent.errors import SandboxError

__all__ = ["Lent"]


class Lent:
    """A context in which the writable folders belong to the box's user ``owner`` (None: to us all the time).

    ``also`` are further writable folders of this run alone. ``kept`` are the kept paths that exist, as (source, relative path);
    ``made`` the places in the repository that were made for them.
    """

    def __init__(self, folders: Folders, owner: int | None, also: Sequence[Path] = ()) -> None:
        self.folders, self.owner, self.also = folders, owner, also
        sources = ((folders.env / "kept" / path, path) for path in folders.kept)
        self.kept = [(source, path) for source, path in sources if source.exists()]
        self.writable = [folders.repo, folders.out, *also, *([folders.env] if folders.env_writable else [])]
        self.before = 0
        self._sizes: list[Size] = []
        self.made: list[Path] = []

    def __enter__(self) -> Lent:
        try:
            for source, path in self.kept:
                self._make_place(source, path)
            for folder in self.writable:
                self.before += hand_over(folder, self.owner, part=folder == self.folders.env).bytes
        except BaseException:
            self._take_back()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._take_back()

    def _make_place(self, source: Path, path: str) -> None:
        """Places in the repository for what preparation kept; those that were made for it go again afterwards."""
        try:
            self.made += mount_point(self.folders.repo, path, folder=source.is_dir())
        except OSError as error:
            raise SandboxError(f"{path} cannot be shown in the repository: {error.strerror or error}.") from error

    def _take_back(self) -> None:
        for folder in self.writable:
            self._sizes.append(take_back(folder, result=folder == self.folders.out, shared=folder == self.folders.env))
        for place in reversed(self.made):
            with suppress(OSError):
                place.rmdir() if place.is_dir() and not place.is_symlink() else place.unlink()

    def disk(self, limits: Limits) -> DiskWatch:
        return DiskWatch(self.writable, self.before, limits.disk_bytes)

    def stop(self, limits: Limits) -> Stop:
        """The limit that the folders show to have been reached, when nothing else stopped the box before."""
        if any(size.largest >= limits.file_bytes for size in self._sizes):
            return "file size"
        if sum(size.bytes for size in self._sizes) - self.before > limits.disk_bytes:
            return "disk"
        return ""
