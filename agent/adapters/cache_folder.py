"""What figwright keeps in its cache folder: the folder in, entries with size and last use out; and the removal of some.

Traps that this module is about: the folder may be set to one that holds other things, so that an entry counts only when it
looks like ours; links are counted as themselves and never followed; what a running process uses stays, which locks tell, or
on Linux its open files. An entry is renamed before it is removed: whoever comes meanwhile makes a new one.
"""

from __future__ import annotations

import contextlib
import fcntl
import fnmatch
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.adapters.work_folders import remove_tree

__all__ = ["KINDS", "Entry", "choose_entries", "list_cache", "remove_entries"]

KINDS: Mapping[str, str] = {
    "repository": "facts, plans and the index of one repository: the next plan takes as long as the first",
    "clone": "a copy of a repository given as a URL: fetched again",
    "environment": "what a repository's tests need, installed: made again, which needs the network",
    "run": "work folders of a run, kept only while it lasts or when it was killed",
    "advice": "answers of language models and the ledger: asked, and paid, again",
    "leftover": "what an interrupted clean left behind",
}
_PLACES: Mapping[str, tuple[str, ...]] = {
    "repository": ("repositories",),
    "clone": ("clones",),
    "environment": ("validation", "environments"),
    "run": ("validation", "runs"),
    "advice": ("advisor",),
}
_MARK = ".removing-"
_DAY = 86_400.0


@dataclass(frozen=True)
class Entry:
    """Something that is kept. ``used`` is seconds since the epoch; ``busy`` when a running process has it."""

    kind: str
    name: str
    path: Path
    size: int
    files: int
    used: float
    busy: bool

    def idle_days(self, now: float) -> float:
        """Days since it was last used."""
        return max(0.0, now - self.used) / _DAY


def list_cache(root: Path) -> tuple[list[Entry], list[str]]:
    """(entries by kind and name, names of what lies there and is not figwright's). Nothing is changed."""
    found: list[Entry] = []
    foreign: list[str] = []
    root = root.resolve()
    opened = _open_files(root)
    for kind, parts in _PLACES.items():
        place = root.joinpath(*parts)
        if any(root.joinpath(*parts[: n + 1]).is_symlink() for n in range(len(parts))):
            foreign.append(f"{'/'.join(parts)} (a link)")
            continue
        for path in _children(place):
            if path.name.startswith(_MARK):
                found.append(_entry("leftover", path, busy=False))
            elif not _is_ours(kind, path):
                foreign += [] if path.name.endswith(".lock") else [f"{'/'.join(parts)}/{path.name}"]
            else:
                found.append(_entry(kind, path, _busy(kind, path, opened)))
    known = {parts[0] for parts in _PLACES.values()}
    foreign += [path.name for path in _children(root) if path.name not in known]
    if any(entry.busy for entry in found):  # a run that reads a clone does not hold it open all the time
        found = [_with_busy(entry) if entry.kind == "clone" else entry for entry in found]
    return sorted(found, key=lambda e: (list(KINDS).index(e.kind), e.name)), sorted(foreign)


def _with_busy(entry: Entry) -> Entry:
    return Entry(entry.kind, entry.name, entry.path, entry.size, entry.files, entry.used, True)


def choose_entries(
    entries: Sequence[Entry], kinds: Sequence[str], names: Sequence[str], days: float | None, now: float | None = None
) -> list[Entry]:
    """Those of any of the kinds and names (patterns; empty: all) that were not used for so many days."""
    at = time.time() if now is None else now
    return [
        entry
        for entry in entries
        if (not kinds or entry.kind in kinds)
        and (not names or any(fnmatch.fnmatchcase(entry.name, name) for name in names))
        and (days is None or entry.idle_days(at) >= days)
    ]


def remove_entries(root: Path, entries: Sequence[Entry]) -> tuple[list[Entry], list[tuple[Entry, str]]]:
    """(removed, (left, why)). Each is looked at again under its lock just before it goes."""
    root = root.resolve()
    removed: list[Entry] = []
    left: list[tuple[Entry, str]] = []
    for entry in entries:
        why = _remove(root, entry)
        if why:
            left.append((entry, why))
        else:
            removed.append(entry)
    return removed, left


def _remove(root: Path, entry: Entry) -> str:
    """Why it was left; empty when it is gone."""
    path = entry.path
    if path.is_symlink() or not path.parent.resolve().is_relative_to(root):
        return "it is a link, or lies outside of the cache"
    if entry.busy:
        return "a running process uses it"
    try:
        with _alone(_lock_of(entry)) as alone:
            if not alone or _is_open(path, _open_files(root)):
                return "a running process uses it"
            aside = path if entry.kind == "leftover" else path.with_name(f"{_MARK}{os.getpid()}-{path.name}")
            if aside != path:
                path.rename(aside)
            if aside.is_dir():
                remove_tree(aside)
            else:
                aside.unlink()
    except FileNotFoundError:
        return ""  # somebody else removed it
    except OSError as error:
        return f"it cannot be removed ({error.strerror or error})"
    return "some of it cannot be removed" if aside.exists() else ""


# ---------------------------------------------------------------- what is ours


def _is_ours(kind: str, path: Path) -> bool:
    """Whether it looks like what figwright makes there."""
    if path.is_symlink():
        return False
    return _SIGNS[kind](path)


_SIGNS: Mapping[str, Callable[[Path], bool]] = {
    "repository": lambda path: bool(re.search(r"-[0-9a-f]{12}\Z", path.name)) and (path / "memo.sqlite").is_file(),
    "clone": lambda path: bool(re.fullmatch(r"[0-9a-f]{24}(\.partial-\w+)?", path.name)) and path.is_dir(),
    "environment": lambda path: bool(re.fullmatch(r"(rewriting-)?[0-9a-f]{12,64}", path.name)) and path.is_dir(),
    "run": lambda path: path.name.startswith("run-") and path.is_dir(),
    "advice": lambda path: path.name in ("answers", "ledger.jsonl"),
}


def _entry(kind: str, path: Path, busy: bool) -> Entry:
    size, files, used = _measure(path)
    return Entry(kind, path.name, path, size, files, used, busy)


def _measure(path: Path) -> tuple[int, int, float]:
    """(bytes on disk, files, last use); links count as themselves. Reading a file counts as use of what it lies in."""
    about = path.lstat()
    size, files, used = about.st_blocks * 512, 0, about.st_mtime
    if not path.is_dir() or path.is_symlink():
        return size, 1, max(used, about.st_atime)
    todo = [str(path)]
    while todo:
        here = todo.pop()
        with contextlib.suppress(OSError), os.scandir(here) as entries:
            for entry in entries:
                seen = entry.stat(follow_symlinks=False)
                size += seen.st_blocks * 512
                if entry.is_dir(follow_symlinks=False):
                    todo.append(entry.path)
                    continue
                files += 1
                if len(here) == len(str(path)):
                    used = max(used, seen.st_mtime, seen.st_atime)
    return size, files, used


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


# ---------------------------------------------------------------- what is in use


def _lock_of(entry: Entry) -> Path | None:
    """The file that a process locks while it works with the entry."""
    if entry.kind == "run":
        return entry.path / ".lock"
    if entry.kind in ("environment", "clone"):
        return entry.path.with_name(f"{entry.name.partition('.')[0]}.lock")
    return None


def _busy(kind: str, path: Path, opened: frozenset[str] | None) -> bool:
    lock = _lock_of(Entry(kind, path.name, path, 0, 0, 0.0, False))
    with _alone(lock) as alone:
        return not alone or _is_open(path, opened)


def _is_open(path: Path, opened: frozenset[str] | None) -> bool:
    if opened is not None:
        inside = f"{path}/"
        return any(name == str(path) or name.startswith(inside) for name in opened)
    journal = path / "memo.sqlite-wal"  # there while a connection is open, or after a crash
    return journal.is_file() and time.time() - journal.stat().st_mtime < _DAY


@contextmanager
def _alone(lock: Path | None) -> Iterator[bool]:
    """Whether nobody else holds the lock; while the block lasts nobody can. A lock that is not there is nobody's."""
    if lock is None or not lock.is_file() or lock.is_symlink():
        yield True
        return
    handle = os.open(lock, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _open_files(root: Path) -> frozenset[str] | None:
    """Paths below ``root`` that other processes have open or stand in; None where the system does not tell."""
    if not Path("/proc/self/fd").is_dir():
        return None
    own, found = str(os.getpid()), set()
    for process in _children(Path("/proc")):
        if process.name.isdigit() and process.name != own:
            for link in (process / "cwd", *_children(process / "fd")):
                with contextlib.suppress(OSError):
                    target = str(link.readlink())
                    if target.startswith(f"{root}/"):
                        found.add(target.removesuffix(" (deleted)"))
    return frozenset(found)
