"""Reading in child processes: a reader that crashes or hangs costs one file, which the report then names."""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time

import pytest

from agent.domain.inventory import SourceFile
from agent.graph import build_graph, read_facts
from agent.graph.fan_out import can_fork, in_children
from agent.languages.python import Python


@pytest.fixture(autouse=True)
def _forks() -> None:
    """Asked before each test: another test of this process may have left threads behind."""
    if not can_fork():
        pytest.skip("this process cannot be forked safely")


def run(work, shares, patience=60.0):
    found = {}
    in_children(work, shares, lambda item, answer, why: found.update({item: (answer, why)}), patience)
    return found


def test_every_item_is_answered_by_some_child():
    assert run(lambda item: b"%d" % item, [[0, 2, 4], [1, 3], []]) == {n: (b"%d" % n, "") for n in range(5)}


def test_a_crash_costs_one_item_and_says_so():
    def work(item):
        if item in (1, 2):
            os.kill(os.getpid(), signal.SIGKILL)
        return b"read"

    found = run(work, [[0, 1, 2, 3]])
    assert found == {
        0: (b"read", ""), 1: (None, f"crashed (signal {signal.SIGKILL})"),
        2: (None, f"crashed (signal {signal.SIGKILL})"), 3: (b"read", ""),
    }  # fmt: skip


def test_a_hang_is_ended_and_the_rest_is_read():
    def work(item):
        while item == 0:
            time.sleep(1)
        return b"read"

    assert run(work, [[0, 1]], patience=0.5) == {0: (None, "gave no answer in time and was ended"), 1: (b"read", "")}


def test_no_fork_beside_other_threads():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert not can_fork()
    finally:
        stop.set()
        thread.join()


class Fragile(Python):
    """Python whose native parser dies on some sources, as grammars' C code has been seen to."""

    def extract(self, path, source):
        if b"boom" in source:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().extract(path, source)


def test_a_parser_crash_is_a_line_in_the_report_and_never_a_silent_zero():
    files = {"a.py": b"import b\n", "b.py": b"boom = 1\n", "c.py": b"import a\n"}
    sources = [
        SourceFile(
            path=path,
            language="python",
            bytes=len(data),
            lines=1,
            code_lines=1,
            digest=hashlib.sha256(data).hexdigest(),
        )
        for path, data in files.items()
    ]
    languages = {"python": Fragile()}
    facts = read_facts(sources, files.__getitem__, languages, [])
    graph = build_graph(facts, {}, languages, [], frozenset(files), {})
    assert graph.failures == (("b.py", f"the reader crashed (signal {signal.SIGKILL})"),)
    assert {(e.source, e.target) for e in graph.dependencies} == {("a", "b"), ("c", "a")}
