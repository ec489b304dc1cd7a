"""Starts a box's outermost process, reads what it prints, watches its limits and ends it: a `Launch` in, an `Ended` out."""

from __future__ import annotations

import fcntl
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from agent.adapters.sandbox_output import Transcript
from agent.adapters.sandbox_watch import Watch
from agent.domain.execution import Limits, Stop

__all__ = ["Ended", "Launch", "in_memory", "supervise"]

STAGE = Path(__file__).with_name("sandbox_stage.py")
F_SETPIPE_SZ = 1031
TICK, SLOWEST = 0.05, 0.25  # seconds between two looks at the limits: the second where looking is dear
# Output is cut, not stopped; but nobody reads the end of a thousand times that, and printing it costs the machine.
FLOOD = 256
SIGNALS = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14, 15, 24, 25, 31})


@dataclass(frozen=True, slots=True)
class Launch:
    """What `agent.adapters.sandbox_stage` does before it becomes ``argv``.

    ``binds`` are (source, name): each source is shown as ``stage/name``. ``uid`` None stays the user that we are. ``{status}`` in
    ``argv`` is the number of the descriptor for bubblewrap's reports. ``handles`` stay open across the start.
    """

    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: str = "/"
    uid: int | None = None
    stage: str = ""
    binds: Sequence[tuple[str, str]] = ()
    cgroups: Sequence[Path] = ()
    rlimits: Mapping[str, int] = field(default_factory=dict)
    handles: Sequence[int] = ()
    program: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """``reported`` is the exit code that bubblewrap reported: None when the box was never ready or was killed."""

    exit_code: int
    stdout: bytes
    stderr: bytes
    seconds: float
    cpu_seconds: float
    stopped_by: Stop
    reported: int | None
    failure: str


def in_memory(content: bytes, name: str = "figwright") -> int:
    """A descriptor that reads ``content`` and has no name in any folder."""
    handle = os.memfd_create(name)
    os.write(handle, content)
    os.lseek(handle, 0, os.SEEK_SET)
    return handle


def supervise(launch: Launch, limits: Limits, watch: Watch, end: Callable[[], None]) -> Ended:
    """Run it to its end. ``end`` kills what belongs to the box besides its outermost process and its first one.

    The caller's thread must stay in this call: the box dies with the thread that started it.
    """
    with ExitStack() as stack:
        status, write = os.pipe()
        stack.callback(os.close, status)
        started = time.monotonic()
        child = _Child(_start(launch, write))
        stack.callback(child.close)
        if watch.locate is None and not any("{status}" in word for word in launch.argv):
            watch.first = child.pid
        try:
            return _Run(child, status, limits, watch, end, started).to_its_end()
        finally:
            child.kill(watch.first, end)


def _start(launch: Launch, status: int) -> subprocess.Popen[bytes]:
    spec = {
        "parent": os.getpid(),
        "status": status,
        "argv": [item.replace("{status}", str(status)) for item in launch.argv],
        "program": launch.program or launch.argv[0],
        "env": dict(launch.env),
        "cwd": launch.cwd,
        "uid": launch.uid,
        "stage": launch.stage,
        "binds": [list(bind) for bind in launch.binds],
        "cgroups": [str(place) for place in launch.cgroups],
        "rlimits": dict(launch.rlimits),
    }
    source = in_memory(json.dumps(spec).encode())
    try:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", str(STAGE), str(source)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={},
            cwd="/",
            pass_fds=(source, status, *launch.handles),
            start_new_session=True,
        )
    finally:
        os.close(source)
        os.close(status)


class _Child:
    """The outermost process. Reaped here and not by Popen, which would lose how much processor time it took."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.pid = process.pid
        self.spent = 0.0

    def close(self) -> None:
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def reap(self) -> bool:
        """Whether it has ended."""
        if self.process.returncode is not None:
            return True
        pid, status, usage = os.wait4(self.pid, os.WNOHANG)
        if pid == 0:
            return False
        self.spent = usage.ru_utime + usage.ru_stime
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return True

    def kill(self, first: int | None, end: Callable[[], None]) -> None:
        """First the box's first process, with which its PID namespace ends; then this one reaps it and counts its time."""
        if not self.reap() and first is not None:
            with suppress(OSError):
                os.kill(first, signal.SIGKILL)
            deadline = time.monotonic() + 0.5
            while not self.reap() and time.monotonic() < deadline:
                time.sleep(0.002)
        if not self.reap():  # such as a container's client that waits for us to read
            with suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)
            while not self.reap():
                time.sleep(0.002)
        end()


class _Run:
    """The loop: output and the end of the process as they come, limits every `TICK`."""

    def __init__(
        self,
        child: _Child,
        status: int,
        limits: Limits,
        watch: Watch,
        end: Callable[[], None],
        started: float,
    ) -> None:
        self.child, self.limits, self.watch, self.end = child, limits, watch, end
        self.started = started
        self.stopped_by: Stop = ""
        self.status = bytearray()
        self.printed = (Transcript(limits.output_bytes), Transcript(limits.output_bytes))
        self.selector = selectors.DefaultSelector()
        streams = (child.process.stdout, child.process.stderr)
        handles = [stream.fileno() for stream in streams if stream is not None]
        for handle, sink in zip([*handles, status], [*(kept.add for kept in self.printed), self._report], strict=True):
            os.set_blocking(handle, False)
            with suppress(OSError):  # a quota on pipes
                fcntl.fcntl(handle, F_SETPIPE_SZ, 1 << 20)
            self.selector.register(handle, selectors.EVENT_READ, sink)

    def to_its_end(self) -> Ended:
        ended = os.pidfd_open(self.child.pid)
        try:
            self.selector.register(ended, selectors.EVENT_READ, None)
            self._until_it_ends()
        finally:
            self.selector.unregister(ended)
            os.close(ended)
        seconds = time.monotonic() - self.started
        self.child.kill(self.watch.first, self.end)
        self._drain()
        self.selector.close()
        if not self.stopped_by:
            self.stopped_by = self.watch.cgroups.stop()
        return self._ended(seconds)

    def _until_it_ends(self) -> None:
        deadline = self.started + self.limits.wall_seconds
        tick = TICK / 2
        following = time.monotonic() + tick
        while True:
            now = time.monotonic()
            for key, _ in self.selector.select(max(0.0, min(following, deadline) - now)):
                if key.data is None:
                    if self.child.reap():
                        return
                else:
                    self._take(key)
            now = time.monotonic()
            if now >= deadline:
                self.stopped_by = "wall time"
            elif now >= following:
                self.stopped_by = self.watch.look()
                cost = time.monotonic() - now
                following = now + min(max(TICK, 20 * cost), SLOWEST)
            if max(self.printed[0].total, self.printed[1].total) > FLOOD * self.limits.output_bytes:
                self.stopped_by = self.stopped_by or "output"
            if self.stopped_by:
                return

    def _take(self, key: selectors.SelectorKey) -> bool:
        """One read; False at the end of that stream."""
        try:
            chunk = os.read(key.fd, 1 << 18)
        except BlockingIOError:
            return True
        if chunk:
            key.data(chunk)
        else:
            self.selector.unregister(key.fd)
        return bool(chunk)

    def _drain(self) -> None:
        """What is still in the pipes. Every writer is dead by now, or out of reach: so not for long."""
        deadline = time.monotonic() + 1.0
        while self.selector.get_map() and time.monotonic() < deadline:
            ready = self.selector.select(0.05)
            if not ready:
                return
            for key, _ in ready:
                self._take(key)

    def _report(self, chunk: bytes) -> None:
        self.status += chunk[: 65536 - len(self.status)]
        if self.watch.first is None:
            self.watch.first = _number(bytes(self.status), "child-pid")

    def _ended(self, seconds: float) -> Ended:
        status = bytes(self.status)
        reported = _number(status, "exit-code")
        code = reported if reported is not None else self.child.process.returncode
        code = -9 if self.stopped_by and code == 0 else code
        if 128 < code <= 160 and code - 128 in SIGNALS:
            code = 128 - code  # bubblewrap and shells say 128 + the signal
        spent = self.child.spent
        counted = self.watch.cgroups.cpu_seconds()
        cpu = max(self.watch.cpu_seconds, spent) if counted is None else counted
        failure = status.partition(b"figwright-stage: ")[2].decode(errors="replace").strip()
        stdout, stderr = (transcript.text() for transcript in self.printed)
        return Ended(code, stdout, stderr, seconds, cpu, self._stop(code, cpu), reported, failure)

    def _stop(self, code: int, cpu: float) -> Stop:
        if self.stopped_by:
            return self.stopped_by
        if code == -signal.SIGXFSZ:
            return "file size"
        if code == -signal.SIGXCPU or cpu > self.limits.cpu_seconds:
            return "processor time"
        return ""


def _number(status: bytes, name: str) -> int | None:
    """A field of bubblewrap's reports: JSON objects, the last of which may still be on its way."""
    for line in status.splitlines():
        with suppress(ValueError):
            found = json.loads(line)
            if isinstance(found, dict) and isinstance(found.get(name), int):
                return int(found[name])
    return None
