"""Who may push: the environment or git's own credential helper in, a login out; it is never printed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from agent.adapters.git_command import try_git

__all__ = ["Login", "ask_git", "from_environment", "taken_out"]


@dataclass(frozen=True)
class Login:
    """A user name and a password or token. Its text form shows neither."""

    user: str = field(repr=False)
    password: str = field(repr=False)


def from_environment(variables: Sequence[str], user: str) -> Login | None:
    """The first of the variables that is set."""
    for name in variables:
        token = os.environ.get(name, "").strip()
        if token:
            return Login(user, token)
    return None


def ask_git(url: str) -> Login | None:
    """What git's credential helpers know of a host, without asking anybody. The repository's own configuration is not read."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return None
    host = parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
    question = f"protocol={parts.scheme}\nhost={host}\npath={parts.path.lstrip('/')}\n\n"
    with tempfile.TemporaryDirectory(prefix="figwright-") as empty:
        place = {"GIT_CEILING_DIRECTORIES": str(Path(empty).parent)}
        code, printed, _ = try_git(["credential", "fill"], cwd=Path(empty), environment=place, given=question.encode())
    answer = dict(line.split("=", 1) for line in printed.decode("utf-8", "replace").splitlines() if "=" in line)
    password = answer.get("password", "")
    return Login(answer.get("username", ""), password) if code == 0 and password else None


def taken_out(url: str) -> tuple[str, Login | None]:
    """A URL without its user and password, and these."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or "@" not in parts.netloc:
        return url, None
    clean = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, parts.fragment))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return clean, Login(user, password) if password else None
