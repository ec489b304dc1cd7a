"""No sandbox: a command as a plain child of this process, with a clean environment, limits and an end. Only when asked for by name."""

from __future__ import annotations

import math
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from agent.adapters.sandbox_cgroups import Cgroups
from agent.adapters.sandbox_command import check_folders, fill
from agent.adapters.sandbox_folders import hand_over, mount_point, remove_tree, take_back
from agent.adapters.sandbox_network import network_settings
from agent.adapters.sandbox_process import Launch, supervise
from agent.adapters.sandbox_state import Lease, clear_leftovers, lease, state_folder
from agent.adapters.sandbox_watch import DiskWatch, Watch, tree
from agent.domain.execution import Command, Folders, Limits, Outcome, Toolchain
from agent.errors import SandboxError

__all__ = ["BareSandbox"]

MARK = "FIGWRIGHT_BOX"
DEFAULT = Limits()


class BareSandbox:
    """What the command may do is what you may do. It reads your files and keys, writes wherever you can, uses the network and sees
    your processes, and its tests can edit the environment that they run in, or figwright. Use it for code that you would run yourself.

    What it does: HOME and TMPDIR are fresh folders that are removed afterwards; the environment holds nothing of yours; wall time, output,
    file size and core dumps are limited for each process; processor time, memory, disk and the number of processes are watched for
    the tree of processes. Whatever carries the mark that its environment was given is killed at the end, daemons included; a program
    that clears its environment and leaves the tree gets away.
    """

    name = "none"

    def __init__(self, state: Path | None = None) -> None:
        self._state = state

    def unusable(self) -> str:
        return ""

    def run(
        self,
        command: Command,
        folders: Folders,
        toolchains: Sequence[Toolchain] = (),
        limits: Limits = DEFAULT,
        *,
        network: bool = False,
    ) -> Outcome:
        """See `agent.ports.Sandbox`. ``network`` is only about settings: without it the network is there all the same."""
        state = self._state or state_folder()
        clear_leftovers(state)
        with ExitStack() as stack:
            leased = stack.enter_context(lease(state))
            return _run(stack, leased, command, check_folders(folders), toolchains, limits, network)


def _run(
    stack: ExitStack,
    leased: Lease,
    command: Command,
    folders: Folders,
    toolchains: Sequence[Toolchain],
    limits: Limits,
    network: bool,
) -> Outcome:
    private = Path(tempfile.mkdtemp(prefix="figwright-"))
    leased.note(f"folder {private}")
    stack.callback(remove_tree, private)
    for name in ("home", "tmp"):
        (private / name).mkdir()
    mark = secrets.token_hex(16)
    also = {MARK: mark, **(network_settings(os.environ, Path.home()).variables if network else {})}
    places = (str(folders.repo), str(folders.env), str(folders.out))
    filled = fill(command, *places, str(private / "home"), str(private / "tmp"), toolchains, also)
    stack.callback(_unlink, _show_kept(folders))
    writable = [folders.repo, folders.out, private / "tmp", *([folders.env] if folders.env_writable else [])]
    before = sum(hand_over(folder, None).bytes for folder in writable)
    program = _which(filled.argv[0], filled.env["PATH"], filled.cwd)
    if program is None:
        return Outcome(127, b"", f"{filled.argv[0]}: not found\n".encode(), 0.0)
    launch = Launch(filled.argv, filled.env, filled.cwd, program=program, rlimits=_rlimits(limits))
    watch = Watch(limits, Cgroups(), DiskWatch(writable, before, limits.disk_bytes))
    ended = supervise(launch, limits, watch, lambda: _end(mark))
    sizes = [take_back(folders.repo), take_back(folders.out, result=True), take_back(private / "tmp")]
    if ended.failure:
        raise SandboxError(f"The command could not be started: {ended.failure}.")
    stopped = ended.stopped_by
    if not stopped and any(size.largest >= limits.file_bytes for size in sizes):
        stopped = "file size"
    return Outcome(ended.exit_code, ended.stdout, ended.stderr, ended.seconds, ended.cpu_seconds, stopped)


def _rlimits(limits: Limits) -> dict[str, int]:
    return {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_CPU": math.ceil(limits.cpu_seconds) + 1,
        "RLIMIT_NOFILE": 8192,
    }


def _which(name: str, path: str, cwd: str) -> str | None:
    """As execvp finds it, in the command's own PATH."""
    if "/" in name:
        place = Path(cwd, name)
        return str(place) if os.access(place, os.X_OK) and not place.is_dir() else None
    return shutil.which(name, path=path)


def _show_kept(folders: Folders) -> list[Path]:
    """A link in the place of each kept path; returns what was made. What is there already stays: it is the repository's own."""
    made: list[Path] = []
    for kept in folders.kept:
        source, place = folders.env / "kept" / kept, folders.repo / kept
        if source.exists() and not os.path.lexists(place):
            try:
                parents = mount_point(folders.repo, kept, folder=source.is_dir())
            except OSError as error:
                raise SandboxError(f"{kept} cannot be shown in the repository: {error.strerror or error}.") from error
            place.rmdir() if source.is_dir() else place.unlink()
            place.symlink_to(source)
            made += parents
    return made


def _unlink(made: list[Path]) -> None:
    for place in reversed(made):
        with suppress(OSError):
            place.unlink() if place.is_symlink() else place.rmdir()


def _end(mark: str) -> None:
    """Kill all that carries the mark, with descendants, until nothing does."""
    for _ in range(200):
        marked = sorted({pid for found in _marked(mark) for pid in tree(found)})
        if not marked:
            return
        for pid in marked:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)


def _marked(mark: str) -> Iterator[int]:
    needle = f"{MARK}={mark}".encode()
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            with suppress(OSError):
                if needle in (place / "environ").read_bytes().split(b"\0"):
                    yield int(place.name)
