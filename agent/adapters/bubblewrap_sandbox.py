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
from contextlib import ExitStack, suppress
from pathlib import Path

from agent.adapters.sandbox_cgroups import Cgroups, make_cgroups
from agent.adapters.sandbox_command import Filled, check_folders, fill
from agent.adapters.sandbox_folders import Size, hand_over, mount_point, take_back
from agent.adapters.sandbox_network import NetworkSettings, network_settings
from agent.adapters.sandbox_process import Ended, Launch, in_memory, supervise
from agent.adapters.sandbox_seccomp import filter_program
from agent.adapters.sandbox_state import (
    Lease,
    box_user,
    clear_leftovers,
    end_user,
    lease,
    may_change_user,
    state_folder,
)
from agent.adapters.sandbox_system import (
    GROUP,
    HOSTS,
    NAME_SERVICE,
    USERS,
    settings,
    system_folders,
    toolchain_folders,
)
from agent.adapters.sandbox_watch import DiskWatch, Watch
from agent.domain.execution import Command, Folders, Limits, Outcome, Stop, Toolchain
from agent.errors import SandboxError

__all__ = ["BubblewrapSandbox"]

REPO, ENV, OUT, HOME, TEMPORARY = "/repo", "/env", "/out", "/tmp/home", "/tmp"  # noqa: S108 - the box's own
INSIDE = 1000  # the user as the box sees itself
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
        user = box_user(0) if os.geteuid() == 0 else None
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
    """One call: what is shown where, handed over before and taken back after."""

    def __init__(
        self,
        stack: ExitStack,
        leased: Lease,
        folders: Folders,
        toolchains: Sequence[Toolchain],
        limits: Limits,
        network: bool,
    ) -> None:
        self.stack, self.lease, self.folders, self.limits = stack, leased, folders, limits
        self.toolchains = toolchains
        self.uid = box_user(leased.number) if os.geteuid() == 0 else None
        self.stage = str(leased.folder / "stage") if self.uid is not None else ""
        self.staged: list[tuple[str, str]] = []
        self.handles: list[int] = []
        self.network = network_settings(os.environ, Path.home()) if network else None
        self.cgroups = Cgroups()

    def run(self, command: Command) -> Outcome:
        filled = fill(
            command, REPO, ENV, OUT, HOME, TEMPORARY, self.toolchains, self.network.variables if self.network else {}
        )
        made = self._mount_points()
        writable = [self.folders.repo, self.folders.out, *([self.folders.env] if self.folders.env_writable else [])]
        try:
            before = sum(hand_over(folder, self.uid).bytes for folder in writable)
            self.cgroups = make_cgroups(self.lease, self.limits)
            self.stack.callback(self.cgroups.remove)
            disk = DiskWatch(writable, before, self.limits.disk_bytes)
            watch = Watch(self.limits, self.cgroups, disk, (TEMPORARY, "/dev/shm"))  # noqa: S108
            launch = self._launch(filled)
            self.stack.callback(self._close)
            ended = supervise(launch, self.limits, watch, self._end)
        finally:
            sizes = self._take_back()
            for place in reversed(made):
                with suppress(OSError):
                    place.rmdir() if place.is_dir() else place.unlink()
        if (
            ended.reported is None
            and not ended.stopped_by
            and "bwrap: execvp" not in ended.stderr.decode(errors="replace")
        ):
            said = ended.failure or ended.stderr.decode(errors="replace").strip()[-500:]
            raise SandboxError(f"No box could be made, or it was killed from outside: {said or ended.exit_code}.")
        return self._outcome(ended, before, sizes)

    def _outcome(self, ended: Ended, before: int, sizes: list[Size]) -> Outcome:
        stopped: Stop = ended.stopped_by
        if not stopped and any(size.largest >= self.limits.file_bytes for size in sizes):
            stopped = "file size"
        if not stopped and sum(size.bytes for size in sizes) - before > self.limits.disk_bytes:
            stopped = "disk"
        code = ended.exit_code if ended.reported is not None or stopped else 127
        return Outcome(code, ended.stdout, ended.stderr, ended.seconds, ended.cpu_seconds, stopped)

    def _take_back(self) -> list[Size]:
        sizes = [take_back(self.folders.repo), take_back(self.folders.out, result=True)]
        if self.folders.env_writable:
            sizes.append(take_back(self.folders.env, shared=True))
        return sizes

    def _end(self) -> None:
        if self.uid is not None:
            end_user(self.uid)

    def _close(self) -> None:
        for handle in self.handles:
            os.close(handle)

    def _mount_points(self) -> list[Path]:
        """Places in the repository for what preparation kept; those that were made for it go again afterwards."""
        made: list[Path] = []
        for kept in self.folders.kept:
            source = self.folders.env / "kept" / kept
            if source.exists():
                try:
                    made += mount_point(self.folders.repo, kept, folder=source.is_dir())
                except OSError as error:
                    raise SandboxError(
                        f"{kept} cannot be shown in the repository: {error.strerror or error}."
                    ) from error
        return made

    def _launch(self, filled: Filled) -> Launch:
        words = self._arguments(filled)
        arguments = self._handle("\0".join(words).encode() + b"\0")
        inner: list[str] = []
        rlimits = {
            "RLIMIT_CORE": 0,
            "RLIMIT_FSIZE": self.limits.file_bytes,
            "RLIMIT_CPU": math.ceil(self.limits.cpu_seconds) + 1,
            "RLIMIT_NOFILE": 8192,
        }
        if self.uid is not None:
            rlimits["RLIMIT_NPROC"] = self.limits.processes + 3  # bwrap's own
        elif "pids" not in self.cgroups.folders and shutil.which("prlimit"):
            # Only inside: outside it would count all that this user runs.
            inner = ["prlimit", f"--nproc={self.limits.processes}", "--"]
        program = shutil.which("bwrap") or "bwrap"
        outer = ["bwrap", "--args", str(arguments), "--json-status-fd", "{status}", "--"]
        return Launch(
            argv=[*outer, *inner, *filled.argv],
            program=program,
            env={},
            uid=self.uid,
            stage=self.stage,
            binds=self.staged,
            cgroups=self.cgroups.entrances(),
            rlimits=rlimits,
            handles=self.handles,
        )

    def _arguments(self, filled: Filled) -> list[str]:
        words = "--unshare-user --unshare-ipc --unshare-pid --unshare-uts --unshare-cgroup-try".split()
        words += "--disable-userns --die-with-parent --new-session --hostname box --clearenv".split()
        words += ["--uid", str(INSIDE), "--gid", str(INSIDE), "--proc", "/proc", "--dev", "/dev"]
        if self.network is None:
            words.append("--unshare-net")
        program = filter_program()
        if program:
            words += ["--seccomp", str(self._handle(program))]
        words += self._system() + self._writable()
        for name, value in filled.env.items():
            words += ["--setenv", name, value]
        # Last of all: until now places to mount on had to be made.
        return [*words, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", filled.cwd]

    def _system(self) -> list[str]:
        words = ["--perms", "0755", "--dir", "/etc"]
        for folder in sorted({str(Path(path).parent) for path, _ in settings()} - {"/etc"}):
            words += ["--perms", "0755", "--dir", folder]  # made on the way, they would be closed
        for path, link in (*system_folders(), *settings()):
            words += ["--symlink", link, path] if link else ["--ro-bind", path, path]
        texts = {
            "/etc/passwd": USERS.format(uid=INSIDE, home=HOME),
            "/etc/group": GROUP.format(uid=INSIDE),
            "/etc/nsswitch.conf": NAME_SERVICE,
            "/etc/hostname": "box\n",
        }
        if self.network is None:
            texts["/etc/hosts"] = HOSTS
        else:
            texts |= self.network.etc
        words += self._files(texts)
        words += ["--dir", "/run", "--dir", "/var", "--symlink", "/run", "/var/run", "--symlink", "/tmp", "/var/tmp"]  # noqa: S108
        return words

    def _writable(self) -> list[str]:
        room = min(self.limits.disk_bytes, self.limits.memory_bytes // 2)
        words = ["--perms", "1777", "--size", str(max(room, 1 << 20)), "--tmpfs", TEMPORARY, "--dir", HOME]
        words += ["--perms", "1777", "--size", str(max(room // 2, 1 << 20)), "--tmpfs", "/dev/shm"]  # noqa: S108
        shown = toolchain_folders(self.toolchains)
        for number, path in enumerate(shown):
            words += ["--ro-bind", self._place(path, f"toolchain-{number}"), str(path)]
        if self.network is not None:
            words += self._network(self.network)
        words += ["--bind", self._place(self.folders.repo, "repo"), REPO]
        words += ["--bind", self._place(self.folders.out, "out"), OUT]
        env = self._place(self.folders.env, "env")
        words += ["--bind" if self.folders.env_writable else "--ro-bind", env, ENV]
        for kept in self.folders.kept:
            if (self.folders.env / "kept" / kept).exists():
                words += ["--ro-bind", f"{env}/kept/{kept}", f"{REPO}/{kept}"]
        return words

    def _network(self, network: NetworkSettings) -> list[str]:
        words = self._files({f"{HOME}/{name}": text for name, text in network.home.items()})
        for number, path in enumerate(network.shown):
            words += ["--ro-bind", self._place(path, f"network-{number}"), str(path)]
        return words

    def _files(self, texts: dict[str, str]) -> list[str]:
        words: list[str] = []
        for path, text in texts.items():
            words += ["--perms", "0644", "--file", str(self._handle(text.encode())), path]
        return words

    def _place(self, source: Path, name: str) -> str:
        """Where the box's user reaches it: where it is, or on the stage."""
        if not self.stage:
            return str(source)
        self.staged.append((str(source), name))
        return f"{self.stage}/{name}"

    def _handle(self, content: bytes) -> int:
        handle = in_memory(content)
        self.handles.append(handle)
        return handle
