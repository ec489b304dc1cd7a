"""Control groups of one box, in version 1 or 2, whichever this machine lets us write: made, read and removed.

In: `Limits` and where this process is. Out: the files that a new process writes itself into, and what the kernel counted. A controller
that cannot be had is left out, and `agent.adapters.sandbox_watch` counts that by itself.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from agent.adapters.sandbox_state import Lease, remove_cgroup
from agent.domain.execution import Limits, Stop

__all__ = ["Cgroups", "cgroups_of", "make_cgroups"]

CONTROLLERS = ("memory", "pids", "cpuacct")


@dataclass(slots=True)
class Cgroups:
    """``folders`` maps each controller that works to its folder; ``unified`` says that it is version 2's one tree."""

    folders: dict[str, Path] = field(default_factory=dict)
    unified: bool = False

    def entrances(self) -> list[Path]:
        """What a process writes "0" into to come under the limits."""
        return sorted({folder / "cgroup.procs" for folder in self.folders.values()})

    def stop(self) -> Stop:
        """The limit that the kernel enforced, if it did."""
        memory = self.folders.get("memory")
        events = "memory.events" if self.unified else "memory.oom_control"
        if memory is not None and _field(memory / events, "oom_kill") > 0:
            return "memory"
        pids = self.folders.get("pids")
        if pids is not None and _field(pids / "pids.events", "max") > 0:
            return "processes"
        return ""

    def cpu_seconds(self) -> float | None:
        """Of all that ever ran in the box; None when nobody counts."""
        folder = self.folders.get("cpuacct")
        if folder is None:
            return None
        if self.unified:
            return _field(folder / "cpu.stat", "usage_usec") / 1e6
        with suppress(OSError, ValueError):
            return int((folder / "cpuacct.usage").read_text(encoding="ascii")) / 1e9
        return None

    def remove(self) -> None:
        for folder in set(self.folders.values()):
            remove_cgroup(folder)


def make_cgroups(lease: Lease, limits: Limits, root: Path = Path("/sys/fs/cgroup"), own: str | None = None) -> Cgroups:
    """Below the group that this process is in, so that limits set from outside go on holding.

    ``own`` is the text of /proc/self/cgroup.
    """
    if own is None:
        own = Path("/proc/self/cgroup").read_text(encoding="utf-8")
    paths: dict[str, str] = {}
    for line in own.splitlines():
        _, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        for name in names.split(","):
            paths[name] = path
    name = f"figwright-{os.getpid()}-{lease.number}"
    if (root / "cgroup.controllers").exists():
        return _unified(lease, limits, root, paths.get("", "/"), name)
    groups = Cgroups()
    for controller in CONTROLLERS:
        folder = _make(lease, root / controller, paths.get(controller, "/"), name)
        if folder is None:
            continue
        if _limit(folder, controller, limits):
            groups.folders[controller] = folder
        else:
            remove_cgroup(folder)
    return groups


def _make(lease: Lease, mounted: Path, path: str, name: str) -> Path | None:
    """In our own group; at the top where a container shows us a path that is not mounted."""
    for parent in (mounted / path.lstrip("/"), mounted):
        if not (parent / "cgroup.procs").exists():
            continue
        folder = parent / name
        with suppress(OSError):
            folder.mkdir(exist_ok=True)
            lease.note(f"cgroup {folder}")
            return folder
    return None


def _limit(folder: Path, controller: str, limits: Limits) -> bool:
    """Write the limits of a version 1 group; whether they hold."""
    try:
        if controller == "memory":
            (folder / "memory.limit_in_bytes").write_text(str(limits.memory_bytes), encoding="ascii")
            with suppress(OSError):  # a kernel without swap accounting
                (folder / "memory.memsw.limit_in_bytes").write_text(str(limits.memory_bytes), encoding="ascii")
        elif controller == "pids":
            (folder / "pids.max").write_text(str(limits.processes), encoding="ascii")
    except OSError:
        return False
    return os.access(folder / "cgroup.procs", os.W_OK)


def _unified(lease: Lease, limits: Limits, root: Path, path: str, name: str) -> Cgroups:
    """Version 2: a group with processes hands no controller down, so the place is found upwards from our own.

    A process may only be moved by who can write the common ancestor's cgroup.procs: that is why a plain ssh session, which
    has no group delegated to it, gets none.
    """
    own = root / path.lstrip("/")
    best = Cgroups(unified=True)
    for parent in (own, *own.parents):
        if not parent.is_relative_to(root):
            break
        if not os.access(parent / "cgroup.procs", os.W_OK):
            continue
        control = parent / "cgroup.subtree_control"
        for controller in {"memory", "pids"} - set(_words(control)):
            with suppress(OSError):
                control.write_text(f"+{controller}", encoding="ascii")
        handed = _words(control)
        if not best.folders or "memory" in handed:
            best.remove()
            best.folders = _unified_group(lease, limits, parent / name, handed)
        if "memory" in best.folders:
            break
    return best


def _unified_group(lease: Lease, limits: Limits, folder: Path, handed: list[str]) -> dict[str, Path]:
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return {}
    lease.note(f"cgroup {folder}")
    found = {"cpuacct": folder}  # cpu.stat counts in every group
    values = {
        "memory": (("memory.max", limits.memory_bytes), ("memory.swap.max", 0), ("memory.oom.group", 1)),
        "pids": (("pids.max", limits.processes),),
    }
    for controller, settings in values.items():
        if controller not in handed:
            continue
        for number, (file, value) in enumerate(settings):
            try:
                (folder / file).write_text(str(value), encoding="ascii")
            except OSError:
                if number == 0:
                    break
        else:
            found[controller] = folder
    return found


def _words(path: Path) -> list[str]:
    with suppress(OSError):
        return path.read_text(encoding="ascii").split()
    return []


def _field(path: Path, name: str) -> int:
    """A number from a file of lines such as ``oom_kill 3``; 0 when it is not there."""
    with suppress(OSError, ValueError):
        for line in path.read_text(encoding="ascii").splitlines():
            key, _, value = line.partition(" ")
            if key == name:
                return int(value)
    return 0


def cgroups_of(pid: int, root: Path = Path("/sys/fs/cgroup")) -> Cgroups:
    """Those that somebody else put a process into; only what can be read here."""
    groups = Cgroups(unified=(root / "cgroup.controllers").exists())
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8").splitlines():
            _, names, path = line.split(":", 2)
            for name in names.split(","):
                folder = root / path.lstrip("/") if groups.unified else root / name / path.lstrip("/")
                if groups.unified:
                    found = {"memory": "memory.max", "pids": "pids.max", "cpuacct": "cpu.stat"}
                    groups.folders |= {key: folder for key, file in found.items() if (folder / file).exists()}
                elif name in CONTROLLERS and (folder / "cgroup.procs").exists() and path != "/":
                    groups.folders[name] = folder
    return groups
