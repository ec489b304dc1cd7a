"""What a bubblewrap box shows and where, as the words that bwrap reads: folders, toolchains and variables in, arguments out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from agent.adapters.sandbox_command import Filled
from agent.adapters.sandbox_lending import Lent
from agent.adapters.sandbox_network import NetworkSettings
from agent.adapters.sandbox_process import in_memory
from agent.adapters.sandbox_seccomp import filter_program
from agent.adapters.sandbox_system import (
    GROUP,
    HOSTS,
    NAME_SERVICE,
    USERS,
    settings,
    system_folders,
    toolchain_folders,
)
from agent.domain.execution import Limits, Toolchain

__all__ = ["ENV", "HOME", "OUT", "REPO", "SHARED_MEMORY", "TEMPORARY", "View"]

REPO, ENV, OUT, HOME, TEMPORARY = "/repo", "/env", "/out", "/tmp/home", "/tmp"  # noqa: S108 - the box's own
SHARED_MEMORY = "/dev/shm"  # noqa: S108
LINKS = {"/var/run": "/run", "/var/tmp": "/tmp"}  # noqa: S108
INSIDE = 1000  # the user as the box sees itself


class View:
    """``stage`` is where folders are shown to the box's user first when that user cannot reach them ("" when it can).

    ``staged`` and ``handles`` are filled on the way: what to show on the stage, and descriptors that bwrap reads.
    """

    def __init__(
        self, lent: Lent, toolchains: Sequence[Toolchain], network: NetworkSettings | None, stage: str
    ) -> None:
        self.lent, self.network, self.stage = lent, network, stage
        self.toolchains = toolchain_folders(toolchains)
        self.staged: list[tuple[str, str]] = []
        self.handles: list[int] = []

    def close(self) -> None:
        for handle in self.handles:
            os.close(handle)

    def arguments(self, filled: Filled, limits: Limits) -> int:
        """A descriptor for ``bwrap --args``: on the command line, the box could read them in /proc/1."""
        words = "--unshare-user --unshare-ipc --unshare-pid --unshare-uts --unshare-cgroup-try".split()
        words += "--disable-userns --die-with-parent --new-session --hostname box --clearenv".split()
        words += ["--uid", str(INSIDE), "--gid", str(INSIDE), "--proc", "/proc", "--dev", "/dev"]
        if self.network is None:
            words.append("--unshare-net")
        program = filter_program()
        if program:
            words += ["--seccomp", str(self._handle(program))]
        words += self._system() + self._temporary(limits) + self._folders()
        for name, value in filled.env.items():
            words += ["--setenv", name, value]
        # Last of all: until now places to mount on had to be made.
        words += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", filled.cwd]
        return self._handle("\0".join(words).encode(errors="surrogateescape") + b"\0")

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
        words += self._files(texts | ({"/etc/hosts": HOSTS} if self.network is None else dict(self.network.etc)))
        links = [word for path, link in LINKS.items() for word in ("--symlink", link, path)]
        return [*words, "--dir", "/run", "--dir", "/var", *links]

    def _temporary(self, limits: Limits) -> list[str]:
        room = max(min(limits.disk_bytes, limits.memory_bytes // 2), 2 << 20)
        words = ["--perms", "1777", "--size", str(room), "--tmpfs", TEMPORARY, "--dir", HOME]
        return [*words, "--perms", "1777", "--size", str(room // 2), "--tmpfs", SHARED_MEMORY]

    def _folders(self) -> list[str]:
        words: list[str] = []
        for number, path in enumerate(self.toolchains):
            words += ["--ro-bind", self._place(path, f"toolchain-{number}"), str(path)]
        if self.network is not None:
            words += self._files({f"{HOME}/{name}": text for name, text in self.network.home.items()})
            for number, path in enumerate(self.network.shown):
                words += ["--ro-bind", self._place(path, f"network-{number}"), str(path)]
        folders = self.lent.folders
        words += ["--bind", self._place(folders.repo, "repo"), REPO]
        words += ["--bind", self._place(folders.out, "out"), OUT]
        env = self._place(folders.env, "env")
        words += ["--bind" if folders.env_writable else "--ro-bind", env, ENV]
        for _, kept in self.lent.kept:
            words += ["--ro-bind", f"{env}/kept/{kept}", f"{REPO}/{kept}"]
        return words

    def _files(self, texts: dict[str, str]) -> list[str]:
        words: list[str] = []
        for folder in sorted(
            {parent for path in texts for parent in Path(path).parents if Path(HOME) in parent.parents}
        ):
            words += ["--perms", "0755", "--dir", str(folder)]
        for file, text in texts.items():
            words += ["--perms", "0644", "--file", str(self._handle(text.encode())), file]
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
