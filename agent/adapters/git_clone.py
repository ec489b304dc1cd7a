"""Keeps a copy of a remote repository in the cache directory: a git URL in, the path of an up-to-date bare clone out.

A clone is made under another name and renamed when complete, so that an interrupted run leaves nothing that a later one
could mistake for it. The URL is given to git each time and stored nowhere: it may hold a password.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from agent.adapters.git_command import CLONE_PROTOCOLS, NO_PROTOCOL, GitFailed, run_git
from agent.adapters.path_names import shown_name
from agent.errors import RepositoryError

__all__ = ["clone_path", "is_url", "name_from_url", "shown_remote", "url_host"]

_URL = re.compile(r"(https|http|ssh|git|file|git\+ssh|ssh\+git)://[^\s]+\Z", re.IGNORECASE)
_SCP = re.compile(r"(?:[\w.-]+@)([A-Za-z0-9][\w.-]*):(?!/{2})(\S+)\Z")
_SCHEME = re.compile(r"[A-Za-z][\w+.-]*:(?:/{2}|:)")
_FULL_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_REFS = ("+HEAD:refs/heads/figwright-default", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")


def is_url(source: str) -> bool:
    """Whether the text names a remote repository rather than a path (also one whose scheme git must not be given)."""
    return bool(_SCHEME.match(source) or _SCP.match(source))


def url_host(url: str) -> str:
    """The host that a URL leads to; empty for a path or a ``file://`` URL."""
    short = _SCP.match(url)
    if short:
        return short.group(1)
    try:
        return (urlsplit(url).hostname or "") if _URL.match(url) and not url.lower().startswith("file:") else ""
    except ValueError:
        return ""


def shown_remote(url: str) -> str:
    """Host and path of a remote, without scheme, user, password, port or query; empty for one on this disk.

    A URL that cannot be taken apart shows its scheme only: whatever follows may be a secret.
    """
    short = _SCP.match(url)
    host = url_host(url)
    if not host:
        scheme = _SCHEME.match(url)
        return "" if not scheme or url.lower().startswith("file:") else f"{scheme.group()}…"
    path = short.group(2) if short else urlsplit(url).path
    return shown_name(f"{host}/{path.strip('/').removesuffix('.git')}".rstrip("/").encode("utf-8", "replace"))


def name_from_url(url: str) -> str:
    """The last part of a URL's path, usable as a folder name."""
    short = _SCP.match(url)
    path = short.group(2) if short else re.sub(r"[?#].*", "", url)
    parts = [part for part in path.rstrip("/").split("/") if part not in ("", ".git")]
    last = parts[-1].rpartition(":")[2].removesuffix(".git") if parts else ""
    return re.sub(r"[^\w.-]+", "-", last).strip("-.") or "repository"


def clone_path(url: str, commit: str | None, cache_dir: Path) -> Path:
    """A bare clone with the remote's present branches and tags. Raises RepositoryError when there is no way to it.

    A commit given by its full ID that is already here needs no network.
    """
    if not (_URL.match(url) or _SCP.match(url)):
        raise RepositoryError(
            f"the URL {shown_remote(url) or 'given'} has a scheme that figwright does not fetch from; "
            "use https://, ssh:// or git@host:path"
        )
    clones = cache_dir / "clones"
    key = hashlib.sha256(url.encode("utf-8", "surrogateescape")).hexdigest()[:24]
    place = clones / key
    try:
        clones.mkdir(parents=True, exist_ok=True)
        with _alone(clones / f"{key}.lock"):
            _remove_leftovers(clones, key)
            if place.is_dir() and commit and _FULL_ID.match(commit) and _has(place, commit):
                return place
            if not (place.is_dir() and _refreshed(place, url, commit)):
                _clone(url, commit, place)
    except OSError as error:
        raise RepositoryError(
            f"the clone of {_shown(url)} cannot be kept in the cache directory: {error.strerror}; "
            "free some space or set another one"
        ) from error
    return place


def _clone(url: str, commit: str | None, place: Path) -> None:
    partial = Path(tempfile.mkdtemp(prefix=f"{place.name}.partial-", dir=place.parent))
    try:
        run_git(["init", "--quiet", "--bare", "--template=", "."], cwd=partial, environment={"GIT_DIR": str(partial)})
        _fetch(url, commit, partial)
        shutil.rmtree(place, ignore_errors=True)
        partial.rename(place)
    except GitFailed as failure:
        said = str(failure).replace(url, _shown(url))
        raise RepositoryError(
            f"{_shown(url)} cannot be cloned: {_without_credentials(said)}; check the URL and your access to it"
        ) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _refreshed(place: Path, url: str, commit: str | None) -> bool:
    """Whether an earlier clone could be brought up to date; if not, it is made anew."""
    try:
        _fetch(url, commit, place)
    except GitFailed:
        return False
    return True


def _fetch(url: str, commit: str | None, place: Path) -> None:
    environment = {"GIT_DIR": str(place), "GIT_ALLOW_PROTOCOL": CLONE_PROTOCOLS}
    fetch = ["fetch", "--quiet", "--force", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"]
    run_git([*fetch, "--prune", "--end-of-options", url, *_REFS], cwd=place, environment=environment)
    run_git(["symbolic-ref", "HEAD", "refs/heads/figwright-default"], cwd=place, environment=environment)
    if commit and _FULL_ID.match(commit) and not _has(place, commit):
        # Perhaps a commit of a pull request: many servers hand it out by its ID, though no branch leads to it.
        try:
            wanted = f"+{commit}:refs/figwright/{commit}"
            run_git([*fetch, "--end-of-options", url, wanted], cwd=place, environment=environment)
        except GitFailed:
            return


def _has(place: Path, commit: str) -> bool:
    environment = {"GIT_DIR": str(place), "GIT_ALLOW_PROTOCOL": NO_PROTOCOL}
    try:
        run_git(["cat-file", "-e", f"{commit}^{{commit}}"], cwd=place, environment=environment)
    except GitFailed:
        return False
    return True


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Keeps a second figwright from the same clone; the kernel lets go of the lock however the process ends."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _remove_leftovers(clones: Path, key: str) -> None:
    """What an interrupted run left behind: half a clone, or git's own locks in a whole one."""
    for leftover in clones.glob(f"{key}.partial-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for lock in (clones / key).rglob("*.lock"):
        lock.unlink(missing_ok=True)


def _shown(url: str) -> str:
    return shown_remote(url) or f"the repository {name_from_url(url)!r}"


def _without_credentials(text: str) -> str:
    return re.sub(r"://[^/\s@]*@", "://", text)
