"""Runs git for reading a repository that nobody vouches for: arguments in, bytes out; no prompt, hook, filter or write.

What makes it safe, measure by measure:

- The repository is named by ``GIT_DIR`` and ``GIT_WORK_TREE``. Git then neither looks for another one, nor believes the
  repository's own ``core.worktree``, nor refuses a folder that belongs to another user ("dubious ownership").
- Settings are given in the environment (``GIT_CONFIG_COUNT``), where they outrank the repository's own: no hooks, no
  fsmonitor, no filter drivers, no signature check (each of them names a command to run).
- ``GIT_ALLOW_PROTOCOL`` names no protocol while reading, so that a missing object is never fetched from a remote that
  the repository chose; the transports ``ext`` and ``fd``, which run commands, are never allowed.
- ``GIT_OPTIONAL_LOCKS=0`` keeps git from refreshing the index, the one thing it would write.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import RepositoryError

if TYPE_CHECKING:
    from git.cmd import Git

__all__ = [
    "CLONE_PROTOCOLS",
    "NO_PROTOCOL",
    "GitFailed",
    "GitRepository",
    "find_git",
    "git_program",
    "run_git",
    "try_git",
]

NO_PROTOCOL = "none"
CLONE_PROTOCOLS = "https:http:ssh:git:file"

_SETTINGS = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.quotePath", "false"),
    ("core.pager", "cat"),
    ("core.untrackedCache", "false"),
    ("diff.external", ""),
    ("diff.ignoreSubmodules", "all"),
    ("fetch.recurseSubmodules", "false"),
    ("fetch.writeCommitGraph", "false"),
    ("gc.auto", "0"),
    ("http.lowSpeedLimit", "1000"),
    ("http.lowSpeedTime", "60"),
    ("log.follow", "false"),
    ("log.showSignature", "false"),
    ("maintenance.auto", "false"),
    ("protocol.ext.allow", "never"),
    ("protocol.fd.allow", "never"),
    ("submodule.recurse", "false"),
    ("transfer.bundleURI", "false"),
)


class GitFailed(Exception):  # noqa: N818 - reads as what happened
    """Git ended with an error; the text is what it said last, without credentials."""


def find_git() -> tuple[str, str]:
    """(git's version, why git cannot be used); one of the two is empty."""
    import tempfile

    try:
        with tempfile.TemporaryDirectory() as folder:
            said = run_git(["version"], cwd=Path(folder), environment={})
    except (RepositoryError, GitFailed) as error:
        return "", str(error)
    return said.decode("utf-8", "replace").strip().removeprefix("git version "), ""


def run_git(
    arguments: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    settings: Sequence[tuple[str, str]] = (),
) -> bytes:
    """Standard output of ``git arguments``. Raises GitFailed, and RepositoryError when git is not installed."""
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # without git, GitPython would not even be imported
    from git.exc import GitCommandError, GitCommandNotFound

    try:
        return git_program(cwd).execute(
            ["git", *arguments],
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            env={**_environment(settings), **environment},
        )
    except GitCommandNotFound as error:
        raise RepositoryError(_NO_GIT) from error
    except GitCommandError as error:
        raise GitFailed(_last_words(error.stderr)) from error


def try_git(
    arguments: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    settings: Sequence[tuple[str, str]] = (),
    given: bytes = b"",
) -> tuple[int, bytes, str]:
    """(exit code, standard output, all that it complained of), with ``given`` on its standard input. Raises RepositoryError
    when git is not installed."""
    import tempfile

    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    from git.exc import GitCommandNotFound

    try:
        with tempfile.TemporaryFile() as stdin:
            stdin.write(given)
            stdin.seek(0)
            code, printed, complaint = git_program(cwd).execute(
                ["git", *arguments],
                istream=stdin,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                with_extended_output=True,
                with_exceptions=False,
                env={**_environment(settings), **environment},
            )
    except GitCommandNotFound as error:
        raise RepositoryError(_NO_GIT) from error
    return code, bytes(printed), str(complaint)


def git_program(cwd: Path) -> Git:
    """GitPython's handle on the git program. Importing it costs a quarter of a second, so it is done when needed."""
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # a machine without git can still read plain folders
    from git.cmd import Git

    return Git(str(cwd))


class GitRepository:
    """A repository on this disk, read without trusting it.

    ``git_dir`` is where its objects are, ``work_tree`` its checked-out files (None for a bare one).
    """

    def __init__(self, git_dir: Path, work_tree: Path | None) -> None:
        self.git_dir = git_dir
        self.work_tree = work_tree
        self._settings: list[tuple[str, str]] = []
        self._settings = [
            (f"filter.{name}.{key}", value) for name in self._filters() for key, value in _FILTER_OFF.items()
        ]

    @property
    def environment(self) -> dict[str, str]:
        """What a git process needs to read this repository and no other."""
        return {**_environment(self._settings), **self._location()}

    def run(self, *arguments: str, cwd: Path | None = None) -> bytes:
        """Standard output of git in this repository. Raises GitFailed."""
        where = cwd or self.work_tree or self.git_dir
        return run_git(arguments, cwd=where, environment=self._location(), settings=self._settings)

    def _location(self) -> dict[str, str]:
        place = {
            "GIT_DIR": str(self.git_dir),
            "GIT_INDEX_FILE": str(self.git_dir / "index"),
            "GIT_ALLOW_PROTOCOL": NO_PROTOCOL,
            "GIT_NO_LAZY_FETCH": "1",
        }
        if self.work_tree is not None:
            place["GIT_WORK_TREE"] = str(self.work_tree)
        return place

    def _filters(self) -> list[str]:
        """Names of the filter drivers that the repository itself configures; the user's own are left as they are."""
        try:
            listed = self.run("config", "--local", "--includes", "--name-only", "-z", "--get-regexp", r"^filter\.")
        except GitFailed:  # exit code 1: there is none
            return []
        names = {entry[len("filter.") :].rpartition(".")[0] for entry in os.fsdecode(listed).split("\0") if entry}
        return sorted(names - {""})


_FILTER_OFF = {"clean": "", "smudge": "", "process": "", "required": "false"}
_NO_GIT = "git is not installed, so the repository's history cannot be read; install git and try again"


def _environment(settings: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The variables that make git silent, offline unless told otherwise, and read-only."""
    ssh = os.environ.get("GIT_SSH_COMMAND", "ssh")
    variables = {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "GCM_INTERACTIVE": "never",
        "GIT_SSH_COMMAND": f"{ssh} -oBatchMode=yes -oConnectTimeout=20",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_LITERAL_PATHSPECS": "1",
        "LC_ALL": "C",
        "LANGUAGE": "C",
    }
    given = [*_SETTINGS, *settings]
    variables["GIT_CONFIG_COUNT"] = str(len(given))
    for number, (key, value) in enumerate(given):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables


def _last_words(stderr: str) -> str:
    """The line of git's complaint that says most, without what GitPython wraps around it."""
    text = stderr.strip().removeprefix("stderr:").strip().strip("'").strip()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("fatal:", "error:", "ssh:"))] or lines
    return told[0].removeprefix("fatal: ").removeprefix("error: ") if told else "git gave no reason"
