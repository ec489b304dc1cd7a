"""No sandbox: a command as a plain child of this process, with a clean environment, limits and an end. Only when asked for by name."""

from __future__ import annotations

import math
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from agent.adapters.sandbox_cgroups import Cgroups
from agent.adapters.sandbox_command import check_folders, fill
from agent.adapters.sandbox_folders import remove_tree
from agent.adapters.sandbox_lending import Lent
from agent.adapters.sandbox_network import network_settings
from agent.adapters.sandbox_process import Launch, supervise
from agent.adapters.sandbox_state import MARK, Lease, clear_leftovers, end_marked, lease, state_folder
from agent.adapters.sandbox_system import home_folder
from agent.adapters.sandbox_watch import Watch
from agent.domain.execution import Command, Folders, Limits, Outcome, Toolchain

__all__ = ["BareSandbox"]

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
    leased.note(f"mark {mark}")
    also = {MARK: mark, **(network_settings(os.environ, home_folder()).variables if network else {})}
    places = (str(folders.repo), str(folders.env), str(folders.out))
    filled = fill(command, *places, str(private / "home"), str(private / "tmp"), toolchains, also)
    program = _which(filled.argv[0], filled.env["PATH"], filled.cwd)
    if program is None:
        return Outcome(127, b"", f"{filled.argv[0]}: not found\n".encode(), 0.0)
    lent = Lent(folders, None, (private / "tmp",))
    with lent, _links(lent):
        launch = Launch(filled.argv, filled.env, filled.cwd, program=program, rlimits=_rlimits(limits))
        watch = Watch(limits, Cgroups(), lent.disk(limits))
        ended = supervise(launch, limits, watch, lambda: end_marked(mark))
    if ended.failure:
        return Outcome(126, b"", f"{filled.argv[0]}: {ended.failure}\n".encode(), ended.seconds)
    stopped = ended.stopped_by or lent.stop(limits)
    return Outcome(ended.exit_code, ended.stdout, ended.stderr, ended.seconds, ended.cpu_seconds, stopped)


@contextmanager
def _links(lent: Lent) -> Iterator[None]:
    """A link in the place of each kept path. What the repository has there itself stays as it is."""
    made = []
    for source, path in lent.kept:
        place = lent.folders.repo / path
        if place in lent.made:
            place.rmdir() if source.is_dir() else place.unlink()
            place.symlink_to(source)
            made.append((source, place))
    try:
        yield
    finally:
        for source, place in made:
            with suppress(OSError):
                place.unlink()
                place.mkdir() if source.is_dir() else place.touch()


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
