"""The sandbox built on bubblewrap: a command and its folders in, an outcome out, in namespaces of its own under a user of its own.

How each limit is kept, with control groups (root, or a version 2 group that is delegated to us) and without:

==============  ==========================================  =====================================================
limit           with control groups                         without
==============  ==========================================  =====================================================
wall time       this process ends the box                   the same
processor time  cpuacct.usage or cpu.stat, all processes    summed over the process tree; RLIMIT_CPU for each one
memory          memory controller, no swap; /tmp counts     private memory of the tree and /tmp, 20 times a second
processes       pids controller (threads count)             RLIMIT_NPROC for the box's own user or user namespace
file size       RLIMIT_FSIZE                                the same
disk            writable folders are measured when the free space drops by what is left, /tmp has a size
output          both ends are kept; a box that prints 256 times the limit is ended
==============  ==========================================  =====================================================

What it does not protect from: a hole in the kernel; with ``network=True`` the machine's own network, its loopback services included;
how long things take being seen from inside.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from agent.adapters.sandbox_cgroups import Cgroups, make_cgroups
from agent.adapters.sandbox_command import Filled, check_folders, fill
from agent.adapters.sandbox_lending import Lent
from agent.adapters.sandbox_network import network_settings
from agent.adapters.sandbox_process import Launch, supervise
from agent.adapters.sandbox_state import (
    PROBE,
    Lease,
    box_user,
    clear_leftovers,
    end_user,
    lease,
    may_change_user,
    state_folder,
)
from agent.adapters.sandbox_system import home_folder, system_folders
from agent.adapters.sandbox_view import ENV, HOME, OUT, REPO, SHARED_MEMORY, TEMPORARY, View
from agent.adapters.sandbox_watch import Watch
from agent.domain.execution import Command, Folders, Limits, Outcome, Toolchain
from agent.errors import SandboxError

__all__ = ["BubblewrapSandbox"]

CAP_SYS_ADMIN = 21
OLDEST = (0, 8)
DEFAULT = Limits()


class BubblewrapSandbox:
    """Boxes by ``bwrap``. Started as root, each box has a user of its own that nobody else is."""

    name = "bubblewrap"

    def __init__(self, state: Path | None = None) -> None:
        self._state = state
        self._cleared = False
        self._unusable: str | None = None

    def unusable(self) -> str:
        """Tried once, by running ``true`` in a box."""
        if self._unusable is None:
            self._unusable = self._try()
        return self._unusable

    def _try(self) -> str:
        program = shutil.which("bwrap")
        if program is None:
            return "bwrap is not installed; install the package bubblewrap, or choose --sandbox container."
        said = subprocess.run([program, "--version"], capture_output=True, check=False).stdout.decode(errors="replace")  # noqa: S603
        version = tuple(int(part) for part in re.findall(r"\d+", said)[:2])
        if version < OLDEST:
            return f"bwrap is {said.strip() or 'broken'}, and 0.8 is the oldest that can close user namespaces; choose --sandbox container."
        if os.geteuid() == 0 and not _may_stage():
            return (
                "figwright runs as root without CAP_SYS_ADMIN or without another user to become, as containers do; "
                "run it as an ordinary user, or give the container --privileged."
            )
        # The same box as for a test, but on folders of the system's that exist everywhere and that nothing is written to.
        plain = [
            "--unshare-all",
            "--unshare-user",
            "--disable-userns",
            "--ro-bind",
            "/usr",
            "/usr",
            "--proc",
            "/proc",
            "--dev",
            "/dev",
        ]
        links = [word for path, link in system_folders() if link for word in ("--symlink", link, path)]
        shown = [
            word for path, link in system_folders() if not link and path != "/usr" for word in ("--ro-bind", path, path)
        ]
        user = box_user(PROBE) if os.geteuid() == 0 else None
        found = subprocess.run(  # noqa: S603
            [program, *plain, *links, *shown, "--", "/bin/true"], capture_output=True, check=False, user=user, group=user,
            extra_groups=None if user is None else [], cwd="/", env={},
        )  # fmt: skip
        if found.returncode:
            said = found.stderr.decode(errors="replace").strip()
            return f"bwrap cannot make a box here ({said}); user namespaces may be switched off: choose --sandbox container."
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
        """See `agent.ports.Sandbox`. ``repo`` must be a copy: its files change owner for the time of the run.

        Afterwards the folders are ours and readable, and nothing in ``out`` leads out of it or blocks who reads it; in ``repo``
        links stay as the command left them, so whoever reads there must not follow them.
        """
        if reason := self.unusable():
            raise SandboxError(reason)
        state = self._state or state_folder()
        if not self._cleared:
            clear_leftovers(state)
            self._cleared = True
        with ExitStack() as stack:
            box = _Box(stack, stack.enter_context(lease(state)), check_folders(folders), toolchains, limits, network)
            return box.run(command)


def _may_stage() -> bool:
    """Root with a user to become and the right to mount."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("CapEff:"):
            return may_change_user() and bool(int(line.split()[1], 16) >> CAP_SYS_ADMIN & 1)
    return False


class _Box:
    """One call: what is shown where, lent before and taken back after."""

    def __init__(
        self,
        stack: ExitStack,
        leased: Lease,
        folders: Folders,
        toolchains: Sequence[Toolchain],
        limits: Limits,
        network: bool,
    ) -> None:
        self.stack, self.lease, self.limits, self.toolchains = stack, leased, limits, toolchains
        self.uid = box_user(leased.number) if os.geteuid() == 0 else None
        self.lent = Lent(folders, self.uid)
        self.network = network_settings(os.environ, home_folder()) if network else None
        stage = str(leased.folder / "stage") if self.uid is not None else ""
        self.view = View(self.lent, toolchains, self.network, stage)
        stack.callback(self.view.close)

    def run(self, command: Command) -> Outcome:
        variables = self.network.variables if self.network else {}
        filled = fill(command, REPO, ENV, OUT, HOME, TEMPORARY, self.toolchains, variables)
        with self.lent:
            cgroups = make_cgroups(self.lease, self.limits)
            self.stack.callback(cgroups.remove)
            watch = Watch(self.limits, cgroups, self.lent.disk(self.limits), (TEMPORARY, SHARED_MEMORY))
            ended = supervise(self._launch(filled, cgroups), self.limits, watch, self._end)
        printed = ended.stderr.decode(errors="replace")
        if ended.reported is None and not ended.stopped_by and "bwrap: execvp" not in printed:
            said = ended.failure or printed.strip()[-500:] or ended.exit_code
            raise SandboxError(f"No box could be made, or it was killed from outside: {said}.")
        stopped = ended.stopped_by or self.lent.stop(self.limits)
        code = ended.exit_code if ended.reported is not None or ended.stopped_by else 127
        return Outcome(code, ended.stdout, ended.stderr, ended.seconds, ended.cpu_seconds, stopped)

    def _end(self) -> None:
        if self.uid is not None:
            end_user(self.uid)

    def _launch(self, filled: Filled, cgroups: Cgroups) -> Launch:
        inner: list[str] = []
        rlimits = {
            "RLIMIT_CORE": 0,
            "RLIMIT_FSIZE": self.limits.file_bytes,
            "RLIMIT_CPU": math.ceil(self.limits.cpu_seconds) + 1,
            "RLIMIT_NOFILE": 8192,
        }
        if self.uid is not None:
            rlimits["RLIMIT_NPROC"] = self.limits.processes + 3  # bwrap's own
        elif "pids" not in cgroups.folders and shutil.which("prlimit"):
            # Only inside: outside it would count all that this user runs.
            inner = ["prlimit", f"--nproc={self.limits.processes}", "--"]
        arguments = self.view.arguments(filled, self.limits)
        return Launch(
            argv=["bwrap", "--args", str(arguments), "--json-status-fd", "{status}", "--", *inner, *filled.argv],
            program=shutil.which("bwrap") or "bwrap",
            env={},
            uid=self.uid,
            stage=self.view.stage,
            binds=self.view.staged,
            cgroups=cgroups.entrances(),
            rlimits=rlimits,
            handles=self.view.handles,
        )
