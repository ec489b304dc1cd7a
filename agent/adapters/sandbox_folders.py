"""The writable folders of a box, seen from outside: handed over, measured while it runs, taken back and cleaned.

What is in them is hostile: links that lead out, pipes that block a reader, folders without permissions, a thousand levels. So every step
goes by directory descriptor and follows no link, and nothing deeper than `DEEPEST` is entered.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["DEEPEST", "Size", "hand_over", "mount_point", "remove_tree", "size_of", "take_back"]

DEEPEST = 120
INODE = 4096  # an empty file costs something too; without it, a billion of them would be free
OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(slots=True)
class Size:
    """Bytes on disk with `INODE` for each entry, the largest file, and what could not be looked into."""

    bytes: int = 0
    largest: int = 0
    closed: int = 0
    too_deep: int = 0

    def add(self, found: os.stat_result) -> None:
        self.bytes += found.st_blocks * 512 + INODE
        if stat.S_ISREG(found.st_mode):
            self.largest = max(self.largest, found.st_size)

    def __iadd__(self, other: Size) -> Size:
        self.bytes += other.bytes
        self.largest = max(self.largest, other.largest)
        self.closed += other.closed
        self.too_deep += other.too_deep
        return self


def _entries(folder: int) -> list[tuple[str, os.stat_result]]:
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # gone since it was listed
                found.append((entry.name, entry.stat(follow_symlinks=False)))
    return found


def _walk(root: Path, size: Size, *, open_up: bool = False) -> Iterator[tuple[int, str, os.stat_result, int]]:
    """(descriptor of the parent, name, status, depth) of everything below ``root``, parents first.

    ``open_up`` gives the owner access to folders that were closed; only when nobody else can write there.
    """
    stack: list[tuple[int, list[tuple[str, os.stat_result]]]] = []
    try:
        folder = os.open(root, OPEN)
        stack.append((folder, _entries(folder)))
        while stack:
            folder, entries = stack[-1]
            if not entries:
                os.close(stack.pop()[0])
                continue
            name, found = entries.pop()
            yield folder, name, found, len(stack)
            if not stat.S_ISDIR(found.st_mode):
                continue
            if len(stack) >= DEEPEST:
                size.too_deep += 1
                continue
            try:
                if open_up and found.st_mode & 0o700 != 0o700:
                    os.chmod(name, stat.S_IMODE(found.st_mode) | 0o700, dir_fd=folder)
                child = os.open(name, OPEN, dir_fd=folder)
            except OSError:
                size.closed += 1
                continue
            stack.append((child, []))
            try:
                stack[-1][1].extend(_entries(child))
            except OSError:
                size.closed += 1
    finally:
        for folder, _ in stack:
            os.close(folder)


def size_of(root: Path) -> Size:
    """What a folder holds now. Safe while the box writes in it."""
    size = Size()
    for _, _, found, _ in _walk(root, size):
        size.add(found)
    return size


def hand_over(root: Path, uid: int | None, *, part: bool = False) -> Size:
    """Make the box's user the owner of all that is there (None: it is ours already); returns its size.

    A file with a second name is replaced by a copy, since the other name may lie outside (git clones share objects that way);
    not so with ``part``, where all names are known to be inside.
    """
    size = Size()
    if uid is not None:
        os.chown(root, uid, uid, follow_symlinks=False)
    for folder, name, found, _ in _walk(root, size):
        size.add(found)
        if not part and found.st_nlink > 1 and stat.S_ISREG(found.st_mode):
            _separate(folder, name)
        if uid is not None and found.st_uid != uid:
            # This takes the set-user-ID bit from a file, which nothing in a work copy needs.
            os.chown(name, uid, uid, dir_fd=folder, follow_symlinks=False)
    return size


def _separate(folder: int, name: str) -> None:
    """Give the name a file of its own."""
    source = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    with os.fdopen(source, "rb") as old:
        found = os.fstat(source)
        copy = f".figwright-{os.getpid()}"
        target = os.open(
            copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder
        )
        with os.fdopen(target, "wb") as new:
            shutil.copyfileobj(old, new)
            new.flush()
            os.fchmod(target, stat.S_IMODE(found.st_mode) & 0o777)
            os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
    os.rename(copy, name, src_dir_fd=folder, dst_dir_fd=folder)


def take_back(root: Path, *, result: bool = False, shared: bool = False) -> Size:
    """After the box: ours again, open to us, without set-user-ID bits, pipes, sockets, devices; returns its size.

    ``result`` also removes links that lead out of ``root``: what is read there later can be read without another thought.
    ``shared`` opens it for other users to read: an environment is used by boxes under other users than the one that made it.
    """
    size = Size()
    root.chmod(stat.S_IMODE(root.lstat().st_mode) | (0o755 if shared else 0o700))
    real = os.path.realpath(root)
    us, group = os.geteuid(), os.getegid()
    _own(root, root.lstat(), us, group, None)
    for folder, name, found, depth in _walk(root, size, open_up=True):
        size.add(found)
        kind = stat.S_IFMT(found.st_mode)
        if kind not in (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
            os.unlink(name, dir_fd=folder)
        elif kind == stat.S_IFLNK:
            _own(name, found, us, group, folder)
            if result and not _leads_inside(folder, name, real):
                os.unlink(name, dir_fd=folder)
        elif kind == stat.S_IFDIR and depth >= DEEPEST:
            _remove(Path(f"/proc/{os.getpid()}/fd/{folder}") / name)
        else:
            _own(name, found, us, group, folder)
            mode = _mode(found, shared=shared)
            if mode != stat.S_IMODE(found.st_mode):
                os.chmod(name, mode, dir_fd=folder)
    return size


def _own(name: str | Path, found: os.stat_result, uid: int, gid: int, folder: int | None) -> None:
    if uid == 0 and (found.st_uid, found.st_gid) != (uid, gid):
        os.chown(name, uid, gid, dir_fd=folder, follow_symlinks=False)


def _mode(found: os.stat_result, *, shared: bool) -> int:
    mode = stat.S_IMODE(found.st_mode) & 0o1777 | (0o700 if stat.S_ISDIR(found.st_mode) else 0o600)
    if shared:
        mode |= 0o444 | (0o111 if mode & 0o100 else 0)
    return mode


def _leads_inside(folder: int, name: str, root: str) -> bool:
    here = os.path.realpath(f"/proc/self/fd/{folder}")
    try:
        os.stat(name, dir_fd=folder)
    except FileNotFoundError:
        pass  # leads nowhere yet, but where to still counts
    except OSError:
        return False  # a circle
    target = os.path.realpath(Path(here, os.readlink(name, dir_fd=folder)))
    return target == root or target.startswith(root + os.sep)


def remove_tree(root: Path) -> None:
    """Remove a folder whatever is in it; nothing when it is not there."""
    if not root.is_symlink() and root.is_dir():
        size = Size()
        for _ in _walk(root, size, open_up=True):
            pass  # opened up on the way
        if size.too_deep:
            _remove(root)
    shutil.rmtree(root, ignore_errors=True)
    if root.exists():
        _remove(root)


def _remove(path: Path) -> None:
    """By the system's own ``rm``, which copes with any depth."""
    subprocess.run(["rm", "-rf", "--", str(path)], check=False, capture_output=True, stdin=subprocess.DEVNULL)  # noqa: S603, S607


def mount_point(root: Path, relative: str, *, folder: bool) -> list[Path]:
    """Make the place for ``relative`` in ``root`` without following a link; returns what was made, outermost first.

    Raises OSError when a part of it is a link or a file.
    """
    parts = [part for part in Path(relative).parts if part not in (".", "")]
    if not parts or ".." in parts or Path(relative).is_absolute():
        raise NotADirectoryError(f"{relative!r} is not a path inside the repository")
    made: list[Path] = []
    here = os.open(root, OPEN)
    try:
        for depth, part in enumerate(parts):
            place = root.joinpath(*parts[: depth + 1])
            last = depth == len(parts) - 1
            if last and not folder:
                if not place.is_symlink() and place.is_file():
                    break
                os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o644, dir_fd=here))
                made.append(place)
                break
            with suppress(FileExistsError):
                os.mkdir(part, 0o755, dir_fd=here)
                made.append(place)
            child = os.open(part, OPEN, dir_fd=here)
            os.close(here)
            here = child
    finally:
        os.close(here)
    return made
