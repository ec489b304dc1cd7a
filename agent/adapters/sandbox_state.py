"""What a box leaves on this machine while it runs: a lease with a lock, a user of its own, and the list of what to clear away.

A lease is a folder ``box-<number>`` whose lock file is held by the process that runs the box. When that process is killed the lock
falls, and `clear_leftovers`, which the next run calls, ends what is left and removes it.
"""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from agent.adapters.sandbox_folders import remove_tree
from agent.errors import SandboxError

__all__ = [
    "PROBE",
    "Lease",
    "box_user",
    "clear_leftovers",
    "end_marked",
    "end_user",
    "lease",
    "may_change_user",
    "state_folder",
]

MARK = "FIGWRIGHT_BOX"  # the variable by which a process is known as ours where there is no box around it
# systemd's table of user numbers leaves 1879048192 to 2147483646 unused; passwd, subuid, containers lie elsewhere.
FIRST_USER = 1_900_000_000
BOXES = 1000
PROBE = BOXES  # the number after those of the boxes: whoever clears a box away ends only what its user runs


@dataclass(frozen=True, slots=True)
class Lease:
    """One box's place: ``folder`` is ours alone, ``number`` is unique among the boxes that run on this machine."""

    folder: Path
    number: int

    def note(self, what: str) -> None:
        """Remember something that must be cleared when this process cannot: a line such as ``cgroup /sys/fs/...``."""
        with (self.folder / "notes").open("a", encoding="utf-8") as file:
            file.write(f"{what}\n")


def state_folder() -> Path:
    """Where leases live: /run/figwright for root, the user's runtime folder, or a folder under the temporary one."""
    if os.geteuid() == 0:
        bases = [Path("/run/figwright")]
    else:
        bases = [Path(os.environ["XDG_RUNTIME_DIR"]) / "figwright"] if os.environ.get("XDG_RUNTIME_DIR") else []
    for folder in [*bases, Path(tempfile.gettempdir()) / f"figwright-{os.geteuid()}"]:
        with suppress(OSError):
            folder.mkdir(mode=0o711, exist_ok=True)
            found = folder.lstat()  # in a shared folder somebody else may have planted the name
            if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and os.access(folder, os.W_OK):
                folder.chmod(0o711)
                return folder
    raise SandboxError("No folder for the sandbox's locks could be made; set TMPDIR to a folder that you can write to.")


@contextmanager
def lease(state: Path) -> Iterator[Lease]:
    """Take the first free number; its folder is removed at the end."""
    for number in range(BOXES):
        folder = state / f"box-{number}"
        locks = _lock(state, number)
        if locks is None:
            continue
        with locks:
            try:
                _clear(folder, number)  # whoever had it before was killed
                folder.mkdir(mode=0o711)
                (folder / "stage").mkdir(mode=0o755)
                yield Lease(folder, number)
            finally:
                with suppress(OSError):
                    _clear(folder, number)
        return
    raise SandboxError(f"All {BOXES} boxes of this machine are taken; wait for a run to end, or look in {state}.")


def clear_leftovers(state: Path | None = None, also: Callable[[int], None] | None = None) -> int:
    """End and remove what killed runs left: processes of the box's user, cgroups, folders. Returns how many boxes.

    ``also`` is called with each such number (containers are cleared by it).
    """
    state = state or state_folder()
    cleared = 0
    for folder in sorted(state.glob("box-*")):
        number = folder.name.removeprefix("box-")
        if not number.isdigit() or (locks := _lock(state, int(number))) is None:
            continue
        with locks:
            if folder.exists():
                _clear(folder, int(number))
                if also is not None:
                    also(int(number))
                cleared += 1
    return cleared


def _lock(state: Path, number: int) -> ExitStack | None:
    """Held until the context ends; None when somebody has it.

    A number is a user of this machine, so that one in another state folder is locked as well: ending the box's user would end
    somebody else's box.
    """
    with ExitStack() as stack:
        for folder in dict.fromkeys([state, state_folder()] if may_change_user() else [state]):
            handle = os.open(folder / f"lock-{number}", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            stack.callback(os.close, handle)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return None
        return stack.pop_all()


def _clear(folder: Path, number: int) -> None:
    if not folder.exists():
        return
    if may_change_user():
        end_user(box_user(number))
    notes = folder / "notes"
    for line in notes.read_text(encoding="utf-8").splitlines() if notes.exists() else ():
        kind, _, what = line.partition(" ")
        if kind == "cgroup":
            remove_cgroup(Path(what))
        elif kind == "mark":
            end_marked(what)
        elif kind == "folder":
            remove_tree(Path(what))
    remove_tree(folder)


def remove_cgroup(folder: Path) -> None:
    """Kill what is in it until it can be removed; gives up after a second."""
    for _ in range(100):
        with suppress(OSError):
            for pid in (folder / "cgroup.procs").read_text(encoding="ascii").split():
                with suppress(OSError):
                    os.kill(int(pid), signal.SIGKILL)
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.01)
        else:
            return


def may_change_user() -> bool:
    """Whether this process is root with a second user to become (not so in ``unshare -r`` and some containers)."""
    return os.geteuid() == 0 and _mapped(BOXES + 1) is not None


def box_user(number: int) -> int:
    """The user of a box's own: nobody else's, so that limits which count by user count this box alone. ``PROBE`` has one too."""
    first = _mapped(BOXES + 1)
    if first is None:
        raise SandboxError("This machine gives root no second user to run a box as.")
    return first + number


def _mapped(wanted: int) -> int | None:
    """The first of ``wanted`` users that exist in this user namespace; the private range if it is mapped."""
    best: int | None = None
    for line in Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines():
        inside, _, length = (int(part) for part in line.split())
        if inside <= FIRST_USER and FIRST_USER + wanted <= inside + length:
            return FIRST_USER
        if length > wanted + 1000:
            best = inside + length - wanted
    return best


def end_user(uid: int) -> None:
    """Kill every process of a box's user, until none is left."""
    _end(lambda: _processes_of(uid))


def end_marked(mark: str) -> None:
    """Kill every process that was started with `MARK` of that value, and its descendants, until none is left."""
    _end(lambda: (pid for found in _marked(mark) for pid in tree(found)))


def _end(alive: Callable[[], Iterable[int]]) -> None:
    for _ in range(200):
        found = sorted(set(alive()))
        if not found:
            return
        for pid in found:
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


def tree(pid: int) -> Iterator[int]:
    """The process and all descendants. In a PID namespace nobody gets out of that tree: orphans go to its first process."""
    pending = [pid]
    seen = set()
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        yield current
        with suppress(OSError):
            for thread in Path(f"/proc/{current}/task").iterdir():
                with suppress(OSError):
                    children = (thread / "children").read_bytes()
                    pending.extend(int(child) for child in children.split())


def _processes_of(uid: int) -> Iterator[int]:
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        with suppress(OSError):
            # Not the owner of /proc/PID: that is root for a process which may not be dumped.
            status = (place / "status").read_bytes()
            if status.partition(b"\nState:\t")[2][:1] == b"Z":
                continue
            if int(status.partition(b"\nUid:\t")[2].split(None, 1)[0]) == uid:
                yield int(place.name)
