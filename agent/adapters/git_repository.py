"""Reads a repository through git: a path or URL (and perhaps a revision) in, a Snapshot out; nothing is written to it.

A work tree is read as it is on disk, a revision from git's objects, a URL from a copy in the cache directory, and a
folder that git does not manage as a plain folder. How git is kept from running what a repository brings along is
written down in ``git_command``.
"""

# ruff: noqa: PTH114, PTH115, PTH118, PTH120 - file names are bytes here, as on disk; pathlib is for text
from __future__ import annotations

import errno
import os
import re
import stat
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from agent.adapters.file_copies import as_output_error, copy_file, copy_link, read_regular_file, write_file
from agent.adapters.folder import Folder, kind_of_special
from agent.adapters.git_clone import clone_path, is_url, name_from_url, shown_remote
from agent.adapters.git_command import GitFailed, GitRepository, git_program
from agent.adapters.git_history import read_history
from agent.adapters.path_names import shown_name
from agent.domain.inventory import History
from agent.errors import RepositoryError
from agent.ports import Snapshot

if TYPE_CHECKING:
    from git.cmd import Git

__all__ = ["find_repository", "open_repository"]


def open_repository(source: str, *, commit: str | None, name: str | None, cache_dir: Path) -> Snapshot:
    """The repository at a local path or a git URL. Raises RepositoryError, whose text can be shown to the user.

    Without ``commit`` a work tree is read as it is, uncommitted changes included, and a URL at its default branch.
    """
    if is_url(source) and not os.path.lexists(source):
        repository = GitRepository(clone_path(source, commit, cache_dir), None)
        called = name or name_from_url(source)
        snapshot = _revision(repository, "", commit or "HEAD", source, called, shown_remote(source))
    else:
        snapshot = _open_path(source, commit, name)
    if not snapshot.paths():
        raise RepositoryError(f"{_quoted(source)} holds no file to read; give the folder that holds the source code")
    return snapshot


def _open_path(source: str, commit: str | None, name: str | None) -> Snapshot:
    path = Path(source)
    if not source or not path.exists():
        raise RepositoryError(
            f"{_quoted(source)} does not exist; give the path of a folder, or a git URL such as https://host/path"
        )
    if not path.is_dir():
        raise RepositoryError(f"{_quoted(source)} is a file; give the folder that holds it")
    if not os.access(path, os.R_OK | os.X_OK):
        raise RepositoryError(f"{_quoted(source)} cannot be read: permission denied; ask for read access to it")
    folder = path.resolve()
    found = find_repository(folder)
    if found is None:
        if commit is not None:
            raise RepositoryError(
                f"{_quoted(source)} is not a git repository, so it has no revision {commit!r}; leave --commit out"
            )
        return Folder(folder, name or _folder_name(folder))
    repository, root = found
    prefix = folder.relative_to(root).as_posix() if folder != root else ""
    remote = _remote_of(repository)
    # A clone of a local path is called as that path too, so that two clones of one repository share a name.
    called = name or (folder.name if prefix else (name_from_url(remote) if remote else "") or _folder_name(root))
    shown = shown_remote(remote) if remote else ""
    if commit is not None or repository.work_tree is None:
        return _revision(repository, prefix, commit or "HEAD", source, called, shown)
    tree = _WorkTree(repository, folder, prefix, called, shown)
    # A folder inside a work tree of which git knows nothing (a build's output, an unpacked archive) is just a folder.
    return tree if tree.paths() or not prefix else Folder(folder, called)


def find_repository(folder: Path) -> tuple[GitRepository, Path] | None:
    """The repository that the folder lies in and its root; None when there is none that git can read."""
    for root in (folder, *folder.parents):
        git_dir = _git_dir(root / ".git")
        work_tree: Path | None = root
        if git_dir is None and root == folder and _is_git_dir(root):
            git_dir, work_tree = root, None
        if git_dir is None:
            continue
        try:
            repository = GitRepository(git_dir, work_tree)
            repository.run("rev-parse", "--git-dir")
        except GitFailed:
            continue
        return repository, root
    return None


def _git_dir(dot_git: Path) -> Path | None:
    """Where a ``.git`` leads: itself, or the place that a ``.git`` file of a submodule or linked work tree names."""
    if dot_git.is_dir():
        return dot_git if _is_git_dir(dot_git) else None
    try:
        text = read_regular_file(os.fsencode(dot_git), limit=5_000)
    except OSError:
        return None
    if not text.startswith(b"gitdir:"):
        return None
    target = dot_git.parent / os.fsdecode(text.removeprefix(b"gitdir:").strip())
    return target if _is_git_dir(target) else None


def _is_git_dir(folder: Path) -> bool:
    objects = (folder / "objects").is_dir() or (folder / "commondir").is_file()
    return (folder / "HEAD").exists() and objects


def _remote_of(repository: GitRepository) -> str:
    """The URL of ``origin``, else of the first remote by name; empty without one."""
    try:
        listed = repository.run("config", "--local", "-z", "--get-regexp", r"^remote\..*\.url$")
    except GitFailed:  # exit code 1: there is none
        return ""
    urls: dict[str, str] = {}
    for entry in listed.decode("utf-8", "replace").split("\0"):
        key, _, url = entry.partition("\n")
        if url:
            urls.setdefault(key, url)
    return urls.get("remote.origin.url") or (urls[min(urls)] if urls else "")


def _revision(repository: GitRepository, prefix: str, revision: str, source: str, name: str, remote: str) -> Snapshot:
    missing = RepositoryError(
        f"there is no revision {revision!r} in {_quoted(source)}; `git log --oneline` lists the ones there are"
        if revision != "HEAD"
        else f"{_quoted(source)} has no commit yet, so there is nothing to read"
    )
    if revision.startswith("-"):
        raise missing
    try:
        full = repository.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except GitFailed:
        raise missing from None
    return _Commit(repository, full.decode("ascii").strip(), prefix, name, remote)


class _GitSnapshot:
    """What a work tree and a commit have in common: how they list their files, and their history."""

    vcs = "git"
    dirty = False
    dirty_files = 0

    def __init__(self, repository: GitRepository, commit: str, prefix: str, name: str, remote: str) -> None:
        self.name = name
        self.commit = commit
        self.remote = remote
        self._repository = repository
        self._prefix = prefix
        self._raw: dict[str, bytes] = {}
        self._sizes: list[tuple[str, int]] = []
        self._skipped: list[tuple[str, str, int]] = []
        self._links: dict[bytes, str] = {}  # of a commit, the object that holds the link's text

    def committed_on(self) -> str:
        if not self.commit:
            return ""
        try:
            return self._repository.run("show", "-s", "--format=%cs", self.commit).decode("ascii").strip()
        except GitFailed:
            return ""

    def paths(self) -> Iterable[tuple[str, int]]:
        return self._sizes

    def skipped(self) -> Iterable[tuple[str, str, int]]:
        return self._skipped

    def history(self, paths: frozenset[str]) -> History:
        if not self.commit:
            return History(commits=0, note="the repository has no commit yet")
        names = {self._raw[path]: path for path in paths if path in self._raw}
        return read_history(self._repository, self.commit, self._prefix, names)

    def _add(self, raw: bytes, size: int) -> None:
        shown = shown_name(raw)
        if self._raw.setdefault(shown, raw) is raw:
            self._sizes.append((shown, size))

    def _skip(self, raw: bytes, reason: str, size: int) -> None:
        self._skipped.append((shown_name(raw), reason, size))

    def _sort(self) -> None:
        self._sizes.sort()
        self._skipped.sort()

    def _raw_name(self, path: str) -> bytes:
        if path not in self._raw:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return self._raw[path]


class _WorkTree(_GitSnapshot):
    """Checked-out files as they are on disk, committed or not, without what git ignores."""

    def __init__(self, repository: GitRepository, folder: Path, prefix: str, name: str, remote: str) -> None:
        super().__init__(repository, _head(repository), prefix, name, remote)
        self._root = os.fsencode(folder)
        self._folder = folder
        self._linked_folders: dict[bytes, bool] = {b"": False}
        for raw in sorted(set(self._listed("--cached", "--others"))):
            self._take(raw)
        for raw in self._listed("--others", "--ignored", "--directory"):
            size = 0 if raw.endswith(b"/") else self._size_on_disk(raw)
            self._skip(raw, "ignored by git", size)
        self._sort()
        self.dirty_files = self._changes()
        self.dirty = self.dirty_files > 0

    def read(self, path: str) -> bytes:
        return read_regular_file(os.path.join(self._root, self._raw_name(path)))

    def copy_to(self, folder: Path) -> None:
        with as_output_error(folder):
            for raw in self._raw.values():
                copy_file(os.path.join(self._root, raw), raw, folder)
            for raw in self._links:
                copy_link(os.readlink(os.path.join(self._root, raw)), raw, folder)

    def _listed(self, *options: str) -> list[bytes]:
        try:
            listed = self._repository.run("ls-files", "-z", "--exclude-standard", *options, cwd=self._folder)
        except GitFailed as failure:
            raise RepositoryError(
                f"git cannot list the files of {_quoted(self._folder.name)}: {failure}; `git fsck` may tell more"
            ) from failure
        return [raw for raw in listed.split(b"\0") if raw]

    def _take(self, raw: bytes) -> None:
        if raw.endswith(b"/"):
            self._skip(raw, "nested repository", 0)
            return
        try:
            status = os.lstat(os.path.join(self._root, raw))
        except (FileNotFoundError, NotADirectoryError):
            return  # deleted in the work tree
        except OSError:
            self._skip(raw, "unreadable", 0)
            return
        if stat.S_ISDIR(status.st_mode):
            self._skip(raw, "submodule", 0)
            return
        special = kind_of_special(status.st_mode)
        if not special and self._through_link(os.path.dirname(raw)):
            special = "symbolic link"
        if special:
            self._skip(raw, special, 0)
            if stat.S_ISLNK(status.st_mode):
                self._links[raw] = ""
        else:
            self._add(raw, status.st_size)

    def _through_link(self, folder: bytes) -> bool:
        """Whether a folder is reached through a symbolic link, which may lead out of the repository."""
        if folder not in self._linked_folders:
            linked = os.path.islink(os.path.join(self._root, folder)) or self._through_link(os.path.dirname(folder))
            self._linked_folders[folder] = linked
        return self._linked_folders[folder]

    def _size_on_disk(self, raw: bytes) -> int:
        try:
            return os.lstat(os.path.join(self._root, raw)).st_size
        except OSError:
            return 0

    def _changes(self) -> int:
        """How many files differ from the commit: changed, added, deleted or not tracked."""
        options = ("--porcelain=v1", "-z", "--untracked-files=all", "--ignore-submodules=all", "--no-renames")
        try:
            listed = self._repository.run("status", *options, "--", ".", cwd=self._folder)
        except GitFailed:
            return 0
        # Staged for deletion and yet on disk is listed twice, as D and as ??.
        return len({entry[3:] for entry in listed.split(b"\0") if len(entry) > 3})


class _Commit(_GitSnapshot):
    """The files of one commit, read from git's objects through one process that stays open."""

    def __init__(self, repository: GitRepository, commit: str, prefix: str, name: str, remote: str) -> None:
        super().__init__(repository, commit, prefix, name, remote)
        self._blobs: dict[str, str] = {}
        self._executable: set[str] = set()
        self._lock = threading.Lock()
        self._reader: tuple[int, Git] | None = None
        where = f"{commit}:{prefix}" if prefix else commit
        try:
            listed = repository.run("ls-tree", "-r", "-z", "--long", "--full-tree", where)
        except GitFailed:
            raise RepositoryError(
                f"revision {commit[:12]} has no folder {prefix!r}; leave --commit out or give the repository's root"
            ) from None
        for entry in listed.split(b"\0"):
            if entry:
                self._take(entry)
        self._sort()

    def read(self, path: str) -> bytes:
        blob = self._blobs.get(path)
        if blob is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return self._object(blob, path)

    def copy_to(self, folder: Path) -> None:
        with as_output_error(folder):
            for path, raw in self._raw.items():
                write_file(self.read(path), raw, folder, executable=path in self._executable)
            for raw, blob in self._links.items():
                copy_link(self._object(blob, shown_name(raw)), raw, folder)

    def _object(self, blob: str, path: str) -> bytes:
        with self._lock:
            try:
                _, _, _, stream = self._process().stream_object_data(blob)
                return bytes(stream.read())
            except ValueError as error:  # missing, as in a partial clone
                raise OSError(errno.EIO, "git has no such object", path) from error

    def _process(self) -> Git:
        """The open ``git cat-file --batch``; a forked process needs its own, or two would read each other's answers."""
        if self._reader is None or self._reader[0] != os.getpid():
            program = git_program(self._repository.git_dir)
            program.update_environment(**self._repository.environment)
            self._reader = (os.getpid(), program)
        return self._reader[1]

    def _take(self, entry: bytes) -> None:
        """An entry reads ``<mode> <type> <object> <size, padded>TAB<path>``."""
        facts, _, raw = entry.partition(b"\t")
        mode, kind, blob, size = facts.split()
        if kind == b"commit":
            self._skip(raw, "submodule", 0)
        elif mode == b"120000":
            self._skip(raw, "symbolic link", 0)
            self._links[raw] = blob.decode("ascii")
        elif not size.isdigit():
            self._skip(raw, "unreadable", 0)
        else:
            self._add(raw, int(size))
            self._blobs.setdefault(shown_name(raw), blob.decode("ascii"))
            if mode == b"100755":
                self._executable.add(shown_name(raw))


def _head(repository: GitRepository) -> str:
    try:
        return repository.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}").decode("ascii").strip()
    except GitFailed:  # a repository without a commit
        return ""


def _folder_name(folder: Path) -> str:
    name = folder.parent.name if folder.name == ".git" else folder.name.removesuffix(".git")
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "repository"


def _quoted(source: str) -> str:
    """The source as given, on one line and without credentials."""
    return shown_name(os.fsencode(shown_remote(source) if is_url(source) else source)) or "''"
