"""Reads a plain folder, one that git does not manage, as a Snapshot; also how any file on disk is read safely.

Symbolic links are never followed, special files never opened, and ``.gitignore`` files are honoured as git would.
"""

# ruff: noqa: PTH115, PTH118 - file names are bytes here, as on disk; pathlib is for text
from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from pathspec import GitIgnoreSpec

from agent.adapters.file_copies import as_output_error, copy_file, copy_link, read_regular_file
from agent.adapters.path_names import shown_name
from agent.domain.inventory import History

__all__ = ["Folder", "kind_of_special", "read_regular_file"]

_VERSION_CONTROL = frozenset({b".git", b".hg", b".svn", b".bzr", b"CVS"})
_MOST_WILDCARDS = 4
_LARGEST_IGNORE_FILE = 1_000_000


class Folder:
    """A folder without version control. It has no commit and no history; everything in it is taken as it is."""

    commit = ""
    dirty = False
    dirty_files = 0
    vcs = "none"
    remote = ""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self._root = os.fsencode(root)
        self._raw: dict[str, bytes] = {}
        self._sizes: list[tuple[str, int]] = []
        self._skipped: list[tuple[str, str, int]] = []
        self._links: list[bytes] = []
        for raw, size in sorted(self._walk()):
            shown = shown_name(raw)
            self._raw[shown] = raw
            self._sizes.append((shown, size))
        self._sizes.sort()
        self._skipped.sort()

    def paths(self) -> Iterable[tuple[str, int]]:
        return self._sizes

    def skipped(self) -> Iterable[tuple[str, str, int]]:
        return self._skipped

    def read(self, path: str) -> bytes:
        if path not in self._raw:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return read_regular_file(os.path.join(self._root, self._raw[path]))

    def committed_on(self) -> str:
        return ""

    def copy_to(self, folder: Path) -> None:
        with as_output_error(folder):
            for raw in self._raw.values():
                copy_file(os.path.join(self._root, raw), raw, folder)
            for raw in self._links:
                copy_link(os.readlink(os.path.join(self._root, raw)), raw, folder)

    def history(self, paths: frozenset[str]) -> History:  # noqa: ARG002 - the port's signature
        return History(commits=0, note="not a git repository: there is no history to read")

    def _walk(self) -> Iterator[tuple[bytes, int]]:
        """(path relative to the root, size) of regular files; a stack, as folders may nest very deep."""
        stack: list[tuple[bytes, tuple[tuple[bytes, GitIgnoreSpec], ...]]] = [(b"", ())]
        while stack:
            folder, rules = stack.pop()
            try:
                entries = sorted(os.scandir(os.path.join(self._root, folder)), key=lambda entry: entry.name)
            except OSError:
                self._skip(folder + b"/", "unreadable", 0)
                continue
            rules = self._with_rules_of(folder, rules, entries)
            for entry in entries:
                path = folder + b"/" + entry.name if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    if entry.name in _VERSION_CONTROL:
                        continue
                    if _ignored(path + b"/", rules):
                        self._skip(path + b"/", "ignored by git", 0)
                    else:
                        stack.append((path, rules))
                    continue
                found = self._file(path, entry, rules)
                if found is not None:
                    yield path, found

    def _file(
        self, path: bytes, entry: os.DirEntry[bytes], rules: tuple[tuple[bytes, GitIgnoreSpec], ...]
    ) -> int | None:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            self._skip(path, "unreadable", 0)
            return None
        special = kind_of_special(status.st_mode)
        if special:
            self._skip(path, special, 0)
            if stat.S_ISLNK(status.st_mode):
                self._links.append(path)
        elif _ignored(path, rules):
            self._skip(path, "ignored by git", status.st_size)
        else:
            return status.st_size
        return None

    def _with_rules_of(
        self, folder: bytes, rules: tuple[tuple[bytes, GitIgnoreSpec], ...], entries: list[os.DirEntry[bytes]]
    ) -> tuple[tuple[bytes, GitIgnoreSpec], ...]:
        if not any(entry.name == b".gitignore" and entry.is_file(follow_symlinks=False) for entry in entries):
            return rules
        where = os.path.join(self._root, folder, b".gitignore")
        try:
            text = read_regular_file(where, limit=_LARGEST_IGNORE_FILE).decode("utf-8", "surrogateescape")
        except OSError:
            return rules
        lines = text.splitlines()
        usable = [line for line in lines if _is_usable(line)]
        if len(usable) < len(lines):
            self._skip(os.path.join(folder, b".gitignore"), "ignore pattern that cannot be honoured", 0)
        return (*rules, (folder, GitIgnoreSpec.from_lines(usable)))

    def _skip(self, path: bytes, reason: str, size: int) -> None:
        self._skipped.append((shown_name(path), reason, size))


def kind_of_special(mode: int) -> str:
    """Why a file of this mode is not read; empty for a regular file."""
    if stat.S_ISREG(mode):
        return ""
    return "symbolic link" if stat.S_ISLNK(mode) else "special file"


def _is_usable(pattern: str) -> bool:
    """Whether an ignore pattern is valid and cheap: each wildcard multiplies what a regular expression may try."""
    if len(re.findall(r"\*+", pattern.removeprefix("**/"))) > _MOST_WILDCARDS:
        return False
    try:
        GitIgnoreSpec.from_lines([pattern])
    except ValueError:
        return False
    return True


def _ignored(path: bytes, rules: tuple[tuple[bytes, GitIgnoreSpec], ...]) -> bool:
    """Whether the innermost ignore file that says anything about the path excludes it."""
    for folder, spec in reversed(rules):
        relative = os.fsdecode(path[len(folder) + 1 :] if folder else path)
        verdict = spec.check_file(relative).include
        if verdict is not None:
            return verdict
    return False
