"""The sandbox built on Docker or Podman: a command and its folders in, an outcome out, in a container that shows this machine's system.

The image is empty: /usr and what goes with it are this machine's own, read-only, so that the same toolchains and environments work as
with bubblewrap and nothing is ever pulled. Limits: memory and processes by the engine's control groups, file size by ulimit, disk,
processor time, wall time and output watched from here, /tmp by its size. A watchdog removes the container when this process is killed.

What it does not protect from: the daemon itself (where Docker runs as root, a hole in it is a hole in the machine); with
``network=True`` the machine's own network.
"""

from __future__ import annotations

import math
import os
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from agent.adapters.sandbox_cgroups import Cgroups, cgroups_of
from agent.adapters.sandbox_command import Filled, check_folders, fill
from agent.adapters.sandbox_engine import Engine, find_engine
from agent.adapters.sandbox_lending import Lent
from agent.adapters.sandbox_network import network_settings
from agent.adapters.sandbox_process import Launch, supervise
from agent.adapters.sandbox_state import Lease, box_user, clear_leftovers, lease, may_change_user, state_folder
from agent.adapters.sandbox_system import (
    GROUP,
    NAME_SERVICE,
    USERS,
    home_folder,
    settings,
    system_folders,
    toolchain_folders,
)
from agent.adapters.sandbox_view import ENV, HOME, OUT, REPO, SHARED_MEMORY, TEMPORARY
from agent.adapters.sandbox_watch import Watch
from agent.domain.execution import Command, Folders, Limits, Outcome, Toolchain
from agent.errors import SandboxError

__all__ = ["ContainerSandbox"]

# Not the command itself: process 1 has no default signal handlers, so it could not be ended by SIGTERM.
FIRST = ("/bin/sh", "-c", '"$@"; exit $?', "sh")
LABEL = "figwright.box"
DEFAULT = Limits()


class ContainerSandbox:
    """Boxes by ``docker`` or ``podman``."""

    name = "container"

    def __init__(self, state: Path | None = None) -> None:
        self._state = state
        self._engine: Engine | str | None = None
        self._cleared = False

    def unusable(self) -> str:
        """Tried once, by running a container."""
        if self._engine is None:
            self._engine = find_engine()
        return self._engine if isinstance(self._engine, str) else ""

    def run(
        self,
        command: Command,
        folders: Folders,
        toolchains: Sequence[Toolchain] = (),
        limits: Limits = DEFAULT,
        *,
        network: bool = False,
    ) -> Outcome:
        """See `agent.ports.Sandbox` and `BubblewrapSandbox.run`."""
        if reason := self.unusable():
            raise SandboxError(reason)
        assert isinstance(self._engine, Engine)
        engine = self._engine
        state = self._state or state_folder()
        if not self._cleared:
            clear_leftovers(state, lambda number: _remove(engine, _label(state, number)))
            self._cleared = True
        with ExitStack() as stack:
            leased = stack.enter_context(lease(state))
            label = _label(state, leased.number)
            _remove(engine, label)
            box = _Container(stack, engine, leased, label, check_folders(folders), toolchains, limits, network)
            return box.run(command)


def _label(state: Path, number: int) -> str:
    return f"{LABEL}={state}/{number}"


def _remove(engine: Engine, label: str) -> None:
    found = engine.ask("ps", "--all", "--quiet", "--filter", f"label={label}").split()
    if found:
        engine.ask("rm", "--force", "--volumes", *found)


class _Container:
    """One call."""

    def __init__(
        self,
        stack: ExitStack,
        engine: Engine,
        leased: Lease,
        label: str,
        folders: Folders,
        toolchains: Sequence[Toolchain],
        limits: Limits,
        network: bool,
    ) -> None:
        self.stack, self.engine, self.lease, self.label = stack, engine, leased, label
        self.folders, self.toolchains, self.limits = folders, toolchains, limits
        owner = box_user(leased.number) if may_change_user() and not engine.rootless else None
        self.user = 0 if engine.rootless and engine.name == "docker" else owner or os.geteuid()
        self.group = self.user if owner is not None or self.user == 0 else os.getegid()
        self.network = network_settings(os.environ, home_folder()) if network else None
        self.home = leased.folder / "home"
        self.lent = Lent(folders, owner, (self.home,))

    def run(self, command: Command) -> Outcome:
        variables = self.network.variables if self.network else {}
        filled = fill(command, REPO, ENV, OUT, HOME, TEMPORARY, self.toolchains, variables)
        self._make_home()
        engine = self.engine
        with self.lent:
            container = engine.ask("create", *self._words(filled), engine.image(), *FIRST, *filled.argv)
            guard = _watchdog(engine, container)
            try:
                locate = _Locate(engine, container)
                disk = self.lent.disk(self.limits)
                watch = Watch(self.limits, Cgroups(), disk, (TEMPORARY, SHARED_MEMORY), locate=locate)
                client = Launch(
                    (engine.program, "start", "--attach", container), dict(os.environ), program=engine.program
                )
                ended = supervise(client, self.limits, watch, lambda: _kill(engine, container))
                state = engine.ask("inspect", "--format", "{{.State.OOMKilled}} {{.State.Error}}", container)
            finally:
                guard.communicate()  # the end of its input
        killed, _, error = state.partition(" ")
        if error.strip():
            raise SandboxError(f"The container could not be started: {error.strip()}")
        stopped = ended.stopped_by or ("memory" if killed == "true" else self.lent.stop(self.limits))
        return Outcome(ended.exit_code, ended.stdout, ended.stderr, ended.seconds, ended.cpu_seconds, stopped)

    def _make_home(self) -> None:
        """HOME is a folder of this run, so that settings can lie in it and clients can write beside them."""
        self.home.mkdir(mode=0o755)
        for name, text in (self.network.home if self.network else {}).items():
            place = self.home / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")

    def _words(self, filled: Filled) -> list[str]:
        room = max(min(self.limits.disk_bytes, self.limits.memory_bytes // 2), 1 << 20)
        words = [
            f"--label={self.label}",
            "--pull=never",
            "--log-driver=none",  # else the daemon writes all output to its own disk
            "--read-only",
            "--cap-drop=ALL",
            "--security-opt=no-new-privileges",
            "--ipc=private",
            "--hostname=box",
            f"--user={self.user}:{self.group}",
            f"--memory={self.limits.memory_bytes}",
            f"--memory-swap={self.limits.memory_bytes}",
            f"--pids-limit={self.limits.processes}",
            f"--ulimit=fsize={self.limits.file_bytes}",
            f"--ulimit=cpu={math.ceil(self.limits.cpu_seconds) + 1}",
            "--ulimit=core=0",
            "--ulimit=nofile=8192",
            f"--tmpfs={TEMPORARY}:rw,exec,nosuid,nodev,mode=1777,size={room}",
            f"--shm-size={max(room // 2, 1 << 20)}",
            f"--workdir={filled.cwd}",
            f"--network={'none' if self.network is None else 'host'}",
        ]
        if self.engine.rootless and self.engine.name == "podman":
            words.append("--userns=keep-id")
        words += [f"--env={name}={value}" for name, value in filled.env.items()]
        return words + self._mounts()

    def _mounts(self) -> list[str]:
        words = [_mount(Path(path), path) for path, link in (*system_folders(), *settings()) if not link]
        for name, text in (
            ("passwd", USERS.format(uid=self.user, home=HOME)),
            ("group", GROUP.format(uid=self.user)),
            ("nsswitch.conf", NAME_SERVICE),
        ):
            file = self.lease.folder / name
            file.write_text(text, encoding="utf-8")
            file.chmod(0o644)
            words.append(_mount(file, f"/etc/{name}"))
        shown = [*toolchain_folders(self.toolchains), *(self.network.shown if self.network else ())]
        words += [_mount(path, str(path)) for path in shown if str(path) != "/etc/hosts"]
        words += [
            _mount(self.folders.repo, REPO, writable=True),
            _mount(self.folders.out, OUT, writable=True),
            _mount(self.folders.env, ENV, writable=self.folders.env_writable),
            _mount(self.home, HOME, writable=True),
        ]
        words += [_mount(source, f"{REPO}/{path}") for source, path in self.lent.kept]
        return words


def _mount(source: Path, target: str, *, writable: bool = False) -> str:
    real = str(source.resolve())
    if "," in real or "," in target or '"' in real:
        raise SandboxError(f"A container engine cannot show a folder with a comma in its name: {real}.")
    return f"--mount=type=bind,source={real},target={target}" + ("" if writable else ",readonly")


def _watchdog(engine: Engine, container: str) -> subprocess.Popen[bytes]:
    """A process that removes the container as soon as its standard input ends: when we say so, or when we are killed."""
    return subprocess.Popen(  # noqa: S603
        ["/bin/sh", "-c", 'cat >/dev/null; exec "$1" rm --force --volumes "$2"', "sh", engine.program, container],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _kill(engine: Engine, container: str) -> None:
    with suppress(SandboxError):  # it has ended by itself
        engine.ask("kill", container)


class _Locate:
    """Asks for the container's first process until it has one."""

    def __init__(self, engine: Engine, container: str) -> None:
        self.engine, self.container = engine, container

    def __call__(self) -> tuple[int, Cgroups] | None:
        with suppress(SandboxError, ValueError):
            pid = int(self.engine.ask("inspect", "--format", "{{.State.Pid}}", self.container))
            if pid > 0:
                return pid, cgroups_of(pid)
        return None
