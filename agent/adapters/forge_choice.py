"""Which forge a remote belongs to, where its API is and which token is for it: a remote in, a way to open the forge out.

A token goes only to the host of the remote, or to the API that the user named, and never over an unencrypted connection.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from agent.adapters.git_clone import is_url, name_from_url, url_host
from agent.adapters.git_credentials import Login, ask_git, from_environment
from agent.adapters.git_remote import Remote
from agent.errors import ForgeError, InputError
from agent.ports import Forge

__all__ = ["Chosen", "choose_forge"]

_OWN = "FIGWRIGHT_FORGE_TOKEN"
_HOSTS = (
    ("github", "github"),
    ("gitlab", "gitlab"),
    ("gitea", "gitea"),
    ("forgejo", "gitea"),
    ("codeberg.org", "gitea"),
)
_VARIABLES = {
    "github": ("GH_TOKEN", "GITHUB_TOKEN"),
    "gitlab": ("GITLAB_TOKEN",),
    "gitea": ("GITEA_TOKEN", "FORGEJO_TOKEN"),
}
_ENTERPRISE = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
_USERS = {"github": "x-access-token", "gitlab": "oauth2", "gitea": "x-access-token"}
_LOCAL = ("localhost", "127.0.0.1", "::1")
ACTIONS_NOTE = (
    "Requests made with an Actions token do not start any workflow: their checks stay empty until somebody pushes. Use a "
    "GitHub App's token instead (docs/guide/pull-requests.md)."
)


@dataclass(frozen=True)
class Chosen:
    """``login`` is for pushing; None leaves it to git."""

    kind: str
    open: Callable[[], Forge]
    login: Login | None = None
    notes: tuple[str, ...] = ()


def choose_forge(name: str, remote: Remote, api_url: str | None, folder: Path) -> Chosen:
    """``folder`` is where Markdown files go when there is no forge. Raises InputError and ForgeError."""
    kind = _kind(remote) if name == "auto" else name
    over_http = remote.url.startswith(("https://", "http://"))
    if kind == "none":
        from agent.adapters.markdown_forge import MarkdownForge

        login = remote.login or (from_environment((_OWN,), "x-access-token") if over_http else None)
        if login is not None:
            _refuse_open(remote.url)
        return Chosen("none", lambda: MarkdownForge(folder), login)
    api = (api_url or _api(kind, remote)).rstrip("/")
    _refuse_open(api)
    path = _path(kind, remote)
    login, notes = _login(kind, remote, api)
    if over_http:
        _refuse_open(remote.url)
    return Chosen(kind, lambda: _open(kind, api, path, login.password), login if over_http else None, notes)


def _open(kind: str, api: str, path: str, token: str) -> Forge:
    if kind == "github":
        from agent.adapters.github_forge import GitHubForge

        return GitHubForge(api, path, token)
    if kind == "gitlab":
        from agent.adapters.gitlab_forge import GitLabForge

        return GitLabForge(api, path, token)
    from agent.adapters.gitea_forge import GiteaForge

    return GiteaForge(api, path, token)


def _kind(remote: Remote) -> str:
    host = url_host(remote.url).lower()
    if not host:
        return "none"
    kind = next((kind for part, kind in _HOSTS if part in host), "")
    if not kind:
        raise InputError(f"{host} does not say which forge it is: name it with --forge github, gitlab, gitea or none.")
    return kind


def _api(kind: str, remote: Remote) -> str:
    host = url_host(remote.url).lower()
    if not host:
        raise InputError(
            f"the remote {remote.shown} is no address of a forge: name its API with --api-url, or use --forge none."
        )
    if host == "github.com" and kind == "github":
        return "https://api.github.com"
    if remote.url.startswith(("https://", "http://")):
        host = urlsplit(remote.url).netloc
    scheme = "http" if remote.url.startswith("http://") else "https"
    return f"{scheme}://{host}/api/{ {'github': 'v3', 'gitlab': 'v4', 'gitea': 'v1'}[kind] }"


def _path(kind: str, remote: Remote) -> str:
    """``owner/name``; GitLab's groups may be nested."""
    if is_url(remote.url) and ":" in remote.url and "://" not in remote.url:
        path = remote.url.partition(":")[2]
    else:
        path = urlsplit(remote.url).path
    parts = [part for part in path.removesuffix("/").removesuffix(".git").split("/") if part]
    if len(parts) < 2:
        raise InputError(
            f"the remote {name_from_url(remote.url)!r} does not say owner and name: name another one with --remote."
        )
    return "/".join(parts if kind == "gitlab" else parts[-2:])


def _login(kind: str, remote: Remote, api: str) -> tuple[Login, tuple[str, ...]]:
    """The environment before the URL before git's helper. Raises ForgeError when there is no token anywhere."""
    host = url_host(remote.url).lower() or (urlsplit(api).hostname or "")
    variables = _VARIABLES[kind]
    if kind == "github" and host != "github.com":
        served = urlsplit(os.environ.get("GITHUB_SERVER_URL", "")).hostname == host
        variables = (*_ENTERPRISE, *(variables if served else ()))
    login = from_environment((_OWN, *variables), _USERS[kind])
    if login is None:
        login = remote.login or ask_git(remote.url if "://" in remote.url else f"https://{host}/")
    if login is None:
        raise ForgeError(
            f"there is no token for {host}: set {_OWN} (docs/guide/pull-requests.md says with which rights), or sign in with git's "
            "credential helper."
        )
    from_actions = os.environ.get("GITHUB_ACTIONS") == "true" and login.password == os.environ.get("GITHUB_TOKEN")
    return login, (ACTIONS_NOTE,) if kind == "github" and from_actions else ()


def _refuse_open(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "http" and (parts.hostname or "") not in _LOCAL:
        raise ForgeError(
            f"the token would travel unencrypted to {parts.hostname}: use https, in the remote's URL and --api-url."
        )
    if parts.scheme not in ("http", "https"):
        raise InputError("--api-url has to begin with https://.")
