"""One graph built in a process of its own: a folder and a cache in, what it cost out as JSON on standard output."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from agent.adapters.memo_store import MemoStore
from agent.composition import frameworks, languages, open_snapshot
from agent.inventory import take_inventory
from agent.languages.python import Python
from agent.pipeline import Run, make_graph
from agent.settings import Settings

if TYPE_CHECKING:
    from agent.ports import Framework, Language, Snapshot

MEGABYTE = 1024  # the kernel counts kilobytes


@dataclass(frozen=True)
class Bench:
    """What `make_graph` works with."""

    snapshot: Snapshot
    languages: Mapping[str, Language]
    frameworks: tuple[Framework, ...]
    memo: MemoStore


def cpu_seconds() -> float:
    """Of this process and the children that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def peak_memory() -> int:
    """Kilobytes resident at most so far. ``ru_maxrss`` would count what the parent held when it started this process."""
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


def measure(root: Path, cache: Path, *, calls: bool) -> dict[str, object]:
    """The graph of a folder, with a cache that may hold an earlier state of it."""
    readers = {**languages(), **({} if calls else {"python": cast("Language", Python(flow=False))})}
    snapshot = open_snapshot(str(root), Settings())
    inventory = take_inventory(snapshot, as_of=None)
    bench = Bench(snapshot, readers, frameworks(), MemoStore(cache))
    before = peak_memory()
    cpu, wall = cpu_seconds(), time.perf_counter()
    graph, _ = make_graph(bench, inventory, Run())
    cost = cpu_seconds() - cpu
    peak = peak_memory()
    return {
        "cpu_seconds": cost,
        "seconds": time.perf_counter() - wall,
        "memory_mb": peak / MEGABYTE,
        "stage_mb": (peak - before) / MEGABYTE,
        "lines": sum(f.lines for f in inventory.files if f.language in readers),
        "edges": len(graph.dependencies),
        "digest": hashlib.sha256(msgspec.msgpack.encode(graph)).hexdigest(),
    }


def measure_index(root: Path, cache: Path) -> dict[str, object]:
    """Storing the graph of a folder in an empty index; the graph itself comes from the cache."""
    from agent.adapters.chroma_index import ChromaIndex

    snapshot = open_snapshot(str(root), Settings())
    bench = Bench(snapshot, languages(), frameworks(), MemoStore(cache))
    graph, key = make_graph(bench, take_inventory(snapshot, as_of=None), Run())
    cpu = cpu_seconds()
    written = ChromaIndex(cache.parent / "index").store(graph, snapshot.read, key)
    return {"cpu_seconds": cpu_seconds() - cpu, "written": written["written"]}


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["graph", "names", "index"])
    parser.add_argument("root", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--one-core", action="store_true")
    asked = parser.parse_args()
    if asked.one_core:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if asked.what == "index":
        print(json.dumps(measure_index(asked.root, asked.cache)))
    else:
        print(json.dumps(measure(asked.root, asked.cache, calls=asked.what == "graph")))


if __name__ == "__main__":
    main()
