"""Runs a container program with bounds of time, output and disk: words in, an Outcome out; nothing of it goes on afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from agent.domain.execution import Limits, Outcome, Stop

__all__ = ["LABEL", "clip", "marked", "run_bounded", "stamp", "stamp_is_alive"]

LABEL = "figwright.run"
_TICK = 0.1
_KEPT = 400_000  # bytes of each stream's end


def run_bounded(
    argv: Sequence[str],
    limits: Limits,
    *,
    watched: Path | None = None,
    env: Mapping[str, str] | None = None,
    given: bytes = b"",
) -> Outcome:
    """``watched`` is a path on the disk whose free space must not fall by more than the limit while it runs."""
    began = time.monotonic()
    free = _free(watched) if watched else 0
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as into:
        into.write(given)
        into.seek(0)
        child = subprocess.Popen(  # noqa: S603
            list(argv),
            stdin=into,
            stdout=out,
            stderr=err,
            env=dict(env) if env is not None else None,
            start_new_session=True,
        )
        stopped: Stop = ""
        try:
            while child.poll() is None:
                time.sleep(_TICK)
                if time.monotonic() - began > limits.wall_seconds:
                    stopped = "wall time"
                elif watched is not None and free - _free(watched) > limits.disk_bytes:
                    stopped = "disk"
                elif _size(out) + _size(err) > limits.output_bytes * 8:
                    stopped = "output"
                if stopped:
                    break
        finally:
            _end(child)
        return Outcome(child.returncode, _end_of(out), _end_of(err), time.monotonic() - began, stopped_by=stopped)


def _end(child: subprocess.Popen[bytes]) -> None:
    """All of its session: a client that is asked politely tells its daemon to stop."""
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(8)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _free(place: Path) -> int:
    there = os.statvfs(place)
    return there.f_bavail * there.f_frsize


def _size(stream: IO[bytes]) -> int:
    return os.fstat(stream.fileno()).st_size


def _end_of(stream: IO[bytes]) -> bytes:
    stream.seek(max(0, _size(stream) - _KEPT))
    return stream.read()


def marked(dockerfile: Path, mark: str) -> Path:
    """A copy beside it in which every stage carries our mark, so that what a failed build leaves can be found and removed."""
    lines = []
    for line in dockerfile.read_text("utf-8").splitlines():
        lines.append(line)
        if line.startswith("FROM "):
            lines.append(f"LABEL {LABEL}={mark}")
    copy = dockerfile.with_name(f"{dockerfile.name}.marked")
    copy.write_text("\n".join(lines) + "\n", "utf-8")
    return copy


def clip(data: bytes, most: int = 60_000) -> str:
    return data.decode("utf-8", "replace")[-most:]


def stamp() -> str:
    """This process by number and start, so that a later process of the same number is not taken for it."""
    return f"{os.getpid()}-{_started(os.getpid())}"


def stamp_is_alive(text: str) -> bool:
    number, _, started = text.partition("-")
    return number.isdigit() and _started(int(number)) == started and started != ""


def _started(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
