"""Counts what a running box uses, and says which limit is reached: what no kernel limit covers, several times a second.

In: the box's first process, its writable folders, its control groups. Out: the name of the limit, or "".

- memory, processes: by control group where one can be made; else summed over the box's process tree here.
- processor time: the control group's counter, else the tree's (with children that ended); RLIMIT_CPU stands behind it per process.
- disk: the writable folders are walked when the file system has lost as much space as is left to the box, and now and then besides.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agent.adapters.sandbox_cgroups import Cgroups
from agent.adapters.sandbox_folders import INODE, size_of
from agent.adapters.sandbox_state import tree
from agent.domain.execution import Limits, Stop

__all__ = ["DiskWatch", "TreeUse", "Watch", "tree_use"]

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
RESERVE = 256 << 20  # a box never takes the last of a disk
SHARE = 20  # a walk may take one part in so many of the time


@dataclass(frozen=True, slots=True)
class TreeUse:
    """What one process and its descendants use at a moment."""

    processes: int = 0
    memory: int = 0
    cpu_seconds: float = 0.0


def tree_use(pid: int) -> TreeUse:
    """Threads count as processes, as RLIMIT_NPROC has it. Memory is what is not shared, so a forked server counts once."""
    processes = memory = ticks = 0
    for current in tree(pid):
        with suppress(OSError, IndexError, ValueError):
            fields = Path(f"/proc/{current}/stat").read_bytes().rpartition(b")")[2].split()
            ticks += sum(int(item) for item in fields[11:15])
            processes += int(fields[17])
            _, resident, shared, *_ = Path(f"/proc/{current}/statm").read_bytes().split()
            memory += (int(resident) - int(shared)) * PAGE
    return TreeUse(processes, memory, ticks / TICKS)


def proportional(pid: int) -> int:
    """Pages that processes share since a fork divided among them: dear to read, so only asked before somebody is stopped."""
    total = 0
    for current in tree(pid):
        with suppress(OSError):
            for line in Path(f"/proc/{current}/smaps_rollup").read_bytes().splitlines():
                if line.startswith((b"Pss_Anon:", b"SwapPss:")):
                    total += int(line.split()[1]) * 1024
    return total


@dataclass(slots=True)
class DiskWatch:
    """What was written to ``folders`` since ``before`` bytes were in them."""

    folders: Sequence[Path]
    before: int
    limit: int
    used: int = 0
    _free: int = 0
    _first_free: int = 0
    _next: float = 0.0
    _earliest: float = 0.0

    def __post_init__(self) -> None:
        self._free = self._first_free = self._left()

    def _left(self) -> int:
        """Free bytes, with a price for free inodes, on the tightest file system of the folders."""
        left = []
        for folder in self.folders:
            found = os.statvfs(folder)
            left.append(found.f_bavail * found.f_frsize)
            if found.f_favail:
                left.append(found.f_favail * INODE)
        return min(left)

    def full(self, pid: int | None) -> bool:
        """Whether the limit is passed. Cheap unless much was written since the last look."""
        left = self._left()
        if left < RESERVE and left < self._first_free:
            return True
        now = time.monotonic()
        room = max(self.limit - self.used, self.limit // 50)
        dropped = self._free - left
        if now < self._next and (dropped < room or now < self._earliest):
            return False
        sizes = [size_of(folder) for folder in self.folders]
        self.used = (
            sum(measured.bytes for measured in sizes)
            - self.before
            + (deleted_but_open(pid, self.folders) if pid else 0)
        )
        if any(measured.closed for measured in sizes):
            self.used = max(self.used, self._first_free - left)
        if any(measured.too_deep for measured in sizes):
            return True
        self._free = left
        cost = time.monotonic() - now
        self._next = now + max(2.0, 2 * SHARE * cost)
        self._earliest = now + SHARE * cost
        return self.used > self.limit


def deleted_but_open(pid: int, folders: Sequence[Path]) -> int:
    """Bytes of files which have no name any more and are still held: they fill a disk unseen."""
    devices = {folder.stat().st_dev for folder in folders}
    found: dict[tuple[int, int], int] = {}
    for current in tree(pid):
        with suppress(OSError):
            for handle in Path(f"/proc/{current}/fd").iterdir():
                with suppress(OSError):
                    status = handle.stat()
                    if status.st_nlink == 0 and status.st_dev in devices:
                        found[(status.st_dev, status.st_ino)] = status.st_blocks * 512
    return sum(found.values())


@dataclass(slots=True)
class Watch:
    """All counters of one box. ``first`` is its first process, None until it is known; ``temporary`` its tmpfs, seen from inside.

    ``locate`` finds the first process and the control groups where somebody else makes them.
    """

    limits: Limits
    cgroups: Cgroups
    disk: DiskWatch
    temporary: tuple[str, ...] = ()
    first: int | None = None
    locate: Callable[[], tuple[int, Cgroups] | None] | None = None
    cpu_seconds: float = 0.0

    def look(self) -> Stop:
        """The limit that is reached now."""
        if self.first is None and self.locate is not None and (found := self.locate()) is not None:
            self.first, self.cgroups = found
        kernel = self.cgroups.stop()
        if kernel:
            return kernel
        use = TreeUse()
        counted = self.cgroups.cpu_seconds()
        if self.first is not None and (counted is None or not {"memory", "pids"} <= self.cgroups.folders.keys()):
            use = tree_use(self.first)
        self.cpu_seconds = max(self.cpu_seconds, use.cpu_seconds if counted is None else counted)
        if self.cpu_seconds > self.limits.cpu_seconds:
            return "processor time"
        if "pids" not in self.cgroups.folders and use.processes >= self.limits.processes:
            return "processes"
        in_memory, full = self._temporary()
        if "memory" not in self.cgroups.folders and self._too_much(use.memory + in_memory, in_memory):
            return "memory"
        if full or self.disk.full(self.first):
            return "disk"
        return ""

    def _too_much(self, memory: int, in_memory: int) -> bool:
        limit = self.limits.memory_bytes
        return memory > limit and self.first is not None and proportional(self.first) + in_memory > limit

    def _temporary(self) -> tuple[int, bool]:
        """Bytes in the box's tmpfs, and whether one is full."""
        used, full = 0, False
        for place in self.temporary:
            with suppress(OSError):
                inside = Path(f"/proc/{self.first}/root{place}")
                if inside.stat().st_dev == Path(place).stat().st_dev:
                    continue  # the box is not set up yet: this is the machine's own
                found = os.statvfs(inside)
                used += (found.f_blocks - found.f_bfree) * found.f_frsize
                full = full or (found.f_blocks > 0 and found.f_bfree == 0) or (found.f_files > 0 and found.f_ffree == 0)
        return used, full
