"""A repository that the user named -> its remote: URL without credentials, borrowed objects, the folder inside of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agent.adapters.git_clone import clone_path, is_url, shown_remote
from agent.adapters.git_command import GitFailed, GitRepository
from agent.adapters.git_credentials import Login, taken_out
from agent.adapters.git_repository import find_repository
from agent.errors import InputError

__all__ = ["Remote", "find_remote"]


@dataclass(frozen=True)
class Remote:
    """``url`` is what git pushes to, a path for one on this disk; ``own``: it is the user's repository itself. ``folder`` is the
    folder inside of the repository that was named; ``login`` what the URL held."""

    url: str
    objects: Path
    folder: str = ""
    login: Login | None = None
    own: bool = False

    @property
    def shown(self) -> str:
        """For people: without credentials."""
        return shown_remote(self.url) or self.url


def find_remote(repo: str, name: str | None, cache_dir: Path, *, may_be_own: bool) -> Remote:
    """``name`` is a remote's name or a URL; None means ``origin``. Without any remote the branches may go to the repository
    itself (``may_be_own``). Raises InputError."""
    if is_url(repo) and not Path(repo).exists():
        url, login = taken_out(repo)
        return Remote(url, clone_path(repo, None, cache_dir) / "objects", login=login)
    folder = Path(repo).resolve()
    found = find_repository(folder)
    if found is None:
        raise InputError(f"{repo} is not a git repository: only commits can become branches.")
    repository, root = found
    inside = folder.relative_to(root).as_posix() if folder != root else ""
    objects = (repository.work_tree or repository.git_dir) / repository.run(
        "rev-parse", "--git-path", "objects"
    ).decode().strip()
    named = bool(name) and (is_url(name or "") or Path(name or "").exists())
    url = name if name and named else _url_of(repository, name or "origin")
    if not url:
        if name or not may_be_own:
            raise InputError(
                f"{repo} has no remote {name or 'origin'!r} to push to: add it with `git remote add`, or name another one with --remote."
            )
        return Remote(str(repository.git_dir.resolve()), objects.resolve(), inside, own=True)
    if not is_url(url):
        url = str((root / url).resolve())
    url, login = taken_out(url)
    return Remote(url, objects.resolve(), inside, login)


def _url_of(repository: GitRepository, name: str) -> str:
    for key in ("pushurl", "url"):
        try:
            listed = repository.run("config", "--local", "--get-all", f"remote.{name}.{key}")
        except GitFailed:
            continue
        return listed.decode("utf-8", "replace").strip().split("\n")[0]
    return ""
