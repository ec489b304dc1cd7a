"""A command with its placeholders filled in, and the variables that every box has: values of `agent.domain.execution` in and out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from agent.domain.execution import ENV, OUT, REPO, Command, Folders, Toolchain
from agent.errors import SandboxError

__all__ = ["SYSTEM_PATH", "Filled", "check_folders", "fill", "search_path"]

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Filled:
    """``cwd`` is absolute, ``env`` complete."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: str


def fill(
    command: Command,
    repo: str,
    env: str,
    out: str,
    home: str,
    temporary: str,
    toolchains: Sequence[Toolchain],
    also: Mapping[str, str],
) -> Filled:
    """Put the folders in their places. ``also`` are variables which the command may override.

    Raises SandboxError for a command without words, with NUL bytes, or that starts outside the repository.
    """

    def put(text: str) -> str:
        return text.replace(REPO, repo).replace(ENV, env).replace(OUT, out)

    below = PurePosixPath(put(command.cwd))
    start = PurePosixPath(repo) / below
    if ".." in below.parts or not start.is_relative_to(repo):
        raise SandboxError(f"A command must start inside the repository, not in {command.cwd!r}.")
    basis = {"HOME": home, "TMPDIR": temporary, "PATH": search_path(toolchains), "LANG": "C.UTF-8", **also}
    variables = basis | {name: put(value) for name, value in command.env.items()}
    argv = tuple(put(word) for word in command.argv)
    if not argv:
        raise SandboxError("A command without words cannot be run.")
    bad = [name for name in variables if not name or "=" in name]
    if bad or any("\0" in text for text in (*argv, *variables, *variables.values(), str(start))):
        raise SandboxError(f"A command or variable that no system can pass on: {command.argv[0]!r} {bad}.")
    return Filled(argv, variables, str(start))


def search_path(toolchains: Sequence[Toolchain]) -> str:
    """The toolchains' own folders, in the order given, then the system's."""
    own = [str(toolchain.executable.parent) for toolchain in toolchains]
    return ":".join(dict.fromkeys([*own, *SYSTEM_PATH.split(":")]))


def check_folders(folders: Folders) -> Folders:
    """The same with real paths. Raises SandboxError when one is missing, or lies in another: then writing would not be bounded."""
    try:
        real = {name: Path(getattr(folders, name)).resolve(strict=True) for name in ("repo", "env", "out")}
    except OSError as error:
        raise SandboxError(f"A folder of the run is not there: {error.filename}.") from error
    for name, path in real.items():
        if not path.is_dir():
            raise SandboxError(f"{path} is not a folder.")
        for other, place in real.items():
            if name != other and path.is_relative_to(place):
                raise SandboxError(f"The run's folders must lie apart, but {path} is in {place}.")
    return Folders(real["repo"], real["env"], real["out"], folders.kept, folders.env_writable)
