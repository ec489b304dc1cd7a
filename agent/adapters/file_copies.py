"""Files of somebody else's repository, read and copied without following a link that leads out of it."""

# ruff: noqa: PTH103, PTH118, PTH120, PTH123, PTH211 - file names are bytes here, as on disk; pathlib is for text
from __future__ import annotations

import errno
import os
import posixpath
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.errors import OutputError

__all__ = ["as_output_error", "copy_file", "copy_link", "read_regular_file", "write_file"]


def read_regular_file(path: bytes, limit: int = -1) -> bytes:
    """The bytes of a regular file. Raises OSError for a link, a pipe, a device or what cannot be read.

    Opened without blocking: a named pipe that nobody writes to would otherwise wait for ever.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", os.fsdecode(path))
        return file.read(limit)


def copy_file(source: bytes, raw: bytes, folder: Path) -> None:
    """Copy one regular file to ``raw`` under ``folder``, with its executable bit; one that is gone by now is left out."""
    try:
        executable = bool(os.lstat(source).st_mode & stat.S_IXUSR)
        content = read_regular_file(source)
    except OSError:
        return
    write_file(content, raw, folder, executable=executable)


def write_file(content: bytes, raw: bytes, folder: Path, *, executable: bool = False) -> None:
    """Write a new file at ``raw`` under ``folder``, and the folders on the way."""
    target = os.path.join(os.fsencode(folder), raw)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o777 if executable else 0o666)
    with open(handle, "wb") as file:
        file.write(content)


def copy_link(target: bytes, raw: bytes, folder: Path) -> None:
    """Make a symbolic link anew, unless it leads out of the repository or through an absolute path."""
    leads_to = posixpath.normpath(posixpath.join(posixpath.dirname(raw), target))
    if target.startswith(b"/") or leads_to.split(b"/", 1)[0] == b"..":
        return
    place = os.path.join(os.fsencode(folder), raw)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    if not os.path.lexists(place):
        os.symlink(target, place)


@contextmanager
def as_output_error(folder: Path) -> Iterator[None]:
    """A full disk or a missing permission becomes one sentence."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"the repository cannot be copied to {folder} ({error.strerror or error}): free space or set FIGWRIGHT_CACHE_DIR."
        ) from None
