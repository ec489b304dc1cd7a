"""Work on many items in child processes, one for each core: items in, results in the items' order out.

A child that dies or hangs (a grammar's native code can do both) costs the one item that it was at: that item's answer
is None with the reason, a new child goes on behind it. Children are forked, so that items need not be sent; where that
is not possible or not safe (other threads, another system) the work is done here.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait

__all__ = ["PATIENCE", "can_fork", "cores", "in_children"]

PATIENCE = 120.0  # seconds without an answer after which a child is taken to hang
Answer = tuple[bytes | None, str]


def cores() -> int:
    """How many children may run at once."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def can_fork() -> bool:
    """Whether a forked child would be whole: there is fork, and no other thread that may hold a lock."""
    return "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1


def in_children(
    work: Callable[[int], bytes], shares: Sequence[Sequence[int]], take: Callable[[int, bytes | None, str], None],
    patience: float = PATIENCE,
) -> None:  # fmt: skip
    """``work`` on the items of each share in a child of its own; ``take(item, result, why not)`` as answers arrive."""
    running: dict[Connection, _Child] = {}
    for share in shares:
        _start(running, work, list(share))
    try:
        while running:
            ready = wait(list(running), timeout=patience)
            for connection in ready or list(running):
                child = running[connection]  # type: ignore[index]
                answer = child.receive() if ready else None
                if answer is not None:
                    take(child.items[child.done], answer, "")
                    child.done += 1
                    continue
                del running[connection]  # type: ignore[arg-type]
                why = child.end(hung=not ready)
                if child.done < len(child.items):
                    take(child.items[child.done], None, why)
                    _start(running, work, child.items[child.done + 1 :])
    finally:
        for child in running.values():
            child.end(hung=True)


class _Child:
    def __init__(self, work: Callable[[int], bytes], items: list[int]) -> None:
        self.items = items
        self.done = 0
        context = multiprocessing.get_context("fork")
        self.connection, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(work, items, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def receive(self) -> bytes | None:
        try:
            return self.connection.recv_bytes()
        except (EOFError, OSError):
            return None

    def end(self, *, hung: bool) -> str:
        if hung:
            self._process.kill()
        self._process.join()
        self.connection.close()
        code = self._process.exitcode or 0
        return "gave no answer in time and was ended" if hung else f"crashed (signal {-code})" if code < 0 else "ended"


def _start(running: dict[Connection, _Child], work: Callable[[int], bytes], items: list[int]) -> None:
    if items:
        child = _Child(work, items)
        running[child.connection] = child


def _run(work: Callable[[int], bytes], items: Sequence[int], answers: Connection) -> None:
    gc.disable()
    for item in items:
        answers.send_bytes(work(item))
    answers.close()
    os._exit(0)  # nothing of the parent's is to be closed or flushed twice
