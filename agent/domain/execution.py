"""What runs in a sandbox: a command, the folders that it sees, what it may use up, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

__all__ = ["CALLED", "ENV", "OUT", "REPO", "Command", "Folders", "Limits", "Outcome", "Stop", "Toolchain"]

# Written in a command's arguments and variables; the sandbox puts there where it shows that folder. A sandbox that
# mounts shows the same path for every run, so that an environment made once fits every later work copy.
REPO = "{repo}"
ENV = "{env}"
OUT = "{out}"

CALLED = "=== the tests were called ==="  # after what was printed, when it was not the preparation alone

Stop = Literal["", "wall time", "processor time", "memory", "processes", "file size", "disk", "output"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use up, all of its processes together where the machine allows it."""

    wall_seconds: float = 900.0
    cpu_seconds: float = 1800.0
    memory_bytes: int = 4 << 30
    processes: int = 512
    file_bytes: int = 1 << 30
    disk_bytes: int = 4 << 30  # what may be written to all writable folders together
    output_bytes: int = 8 << 20  # of standard output, and as much again of standard error: more is cut in the middle


@dataclass(frozen=True, slots=True)
class Command:
    """``argv`` runs without a shell, in ``cwd`` (relative to the repository). ``env`` is the whole environment but for
    what the sandbox itself sets (HOME, TMPDIR, PATH when not given)."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str = ""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """An interpreter or a compiler that this machine has. ``home`` is shown read-only, at the same path, in the box.

    ``name``: python, java, node, php, go, maven, gradle, composer. ``version`` as it prints itself, such as ``2.7.18``.
    ``executable`` lies under ``home`` or in the system's own folders. ``also`` are further folders it cannot do without.
    """

    name: str
    version: str
    executable: Path
    home: Path
    also: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of one run on this machine. ``repo`` and ``out`` are writable; ``env`` only while it is being made.

    ``kept`` are paths in the repository that preparation made (``node_modules``); each is at ``env/kept/<path>`` and is
    shown, read-only, in its place in the repository.
    """

    repo: Path
    env: Path
    out: Path
    kept: tuple[str, ...] = ()
    env_writable: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended. ``exit_code`` is negative for a signal, as subprocess has it; ``stopped_by`` names the limit
    that ended it, if one did. ``seconds`` is wall time, ``cpu_seconds`` user and system of the whole box."""

    exit_code: int
    stdout: bytes
    stderr: bytes
    seconds: float
    cpu_seconds: float = 0.0
    stopped_by: Stop = ""
