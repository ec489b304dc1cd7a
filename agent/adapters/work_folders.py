"""Folders that a run works in: made under the cache directory, locked while in use, removed at the end or by the next run.

A process that is killed leaves its folders behind, but not its locks: whoever comes next sees which are orphans.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from filelock import FileLock

from agent.errors import OutputError

__all__ = ["WorkFolders", "remove_tree"]


class WorkFolders:
    """A run's own folder under ``root/runs``, and ``root/environments`` which all runs share. A context manager."""

    def __init__(self, root: Path) -> None:
        self._runs = root / "runs"
        self._environments = root / "environments"
        self._number = 0
        try:
            self._runs.mkdir(parents=True, exist_ok=True)
            self._environments.mkdir(parents=True, exist_ok=True)
            self.removed = _remove_orphans(self._runs)
            self.folder = Path(tempfile.mkdtemp(prefix="run-", dir=self._runs))
            self._lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        except OSError as error:
            raise OutputError(
                f"no work folder can be made in {root} ({error.strerror or error}): free space or set FIGWRIGHT_CACHE_DIR."
            ) from None

    def __enter__(self) -> WorkFolders:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        remove_tree(self.folder)
        os.close(self._lock)

    def fresh(self, name: str) -> Path:
        """A new, empty folder of this run."""
        self._number += 1
        folder = self.folder / f"{self._number:04d}-{name}"
        folder.mkdir()
        return folder

    def drop(self, folder: Path) -> None:
        """Remove a folder before the run ends, whatever tests did to its permissions."""
        remove_tree(folder)

    def clear(self, folder: Path) -> None:
        """Remove what is in a folder."""
        for entry in sorted(folder.iterdir()):
            if entry.is_dir() and not entry.is_symlink():
                remove_tree(entry)
            else:
                entry.unlink()

    def copy(self, source: Path, name: str) -> Path:
        """A copy of a folder of this run, links as links."""
        target = self.fresh(name)
        try:
            shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
        except (OSError, shutil.Error) as error:
            raise OutputError(f"the work copy cannot be made ({error}): free space in the cache directory.") from None
        return target

    @contextmanager
    def environment(self, key: str) -> Iterator[Path]:
        """The folder of an environment, for this process alone as long as the block lasts; others wait."""
        with FileLock(self._environments / f"{key}.lock"):
            folder = self._environments / key
            folder.mkdir(exist_ok=True)
            yield folder


def remove_tree(folder: Path) -> None:
    """Remove a folder of which tests may have taken away the permissions; links in it are not followed."""

    def open_up(function: Callable[[str], object], path: str, _: object) -> None:
        with contextlib.suppress(OSError):
            for place in (os.path.dirname(path), path):  # noqa: PTH120 - what shutil hands over is a string
                mode = os.lstat(place).st_mode
                if not stat.S_ISLNK(mode):
                    os.chmod(place, stat.S_IMODE(mode) | stat.S_IRWXU)  # noqa: PTH101
            if function in (os.open, os.scandir, os.listdir):
                shutil.rmtree(path, ignore_errors=True)
            else:
                function(path)

    shutil.rmtree(folder, onerror=open_up)


def _remove_orphans(runs: Path) -> int:
    """Remove the folders of runs that are no more; how many."""
    removed = 0
    for folder in sorted(runs.iterdir()):
        try:
            lock = os.open(folder / ".lock", os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            if folder.stat().st_mtime > runs.stat().st_mtime - 60:
                continue  # being made at this moment
            remove_tree(folder)
            removed += 1
            continue
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            remove_tree(folder)
            removed += 1
        finally:
            os.close(lock)
    return removed
