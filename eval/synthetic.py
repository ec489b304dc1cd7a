"""A made-up system of any size with groups that call each other inside, and what proposing boundaries for it costs."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

from agent.boundaries import propose_boundaries
from agent.boundaries.clustering import adjusted_rand
from agent.domain.code import Dependency, DependencyGraph, Symbol

__all__ = ["measure_cost", "synthetic_graph"]

GROUP = 100  # classes in a group
CALLS = 6  # calls a class makes
INSIDE = 0.85  # share of them that stay in its group
TABLES = 6  # a group's


def synthetic_graph(classes: int, seed: int = 0) -> DependencyGraph:
    """Classes in groups of 100: six calls each, 85 % of them within the group, tables and routes of its own."""
    chance = random.Random(seed)  # noqa: S311 - reproducible on purpose
    names = [f"org.acme.g{n // GROUP}.Class{n}" for n in range(classes)]
    groups = max(1, classes // GROUP)
    symbols = [Symbol(name, "class", f"{name.replace('.', '/')}.java", 1, 80, "java", unit=name) for name in names] + [
        Symbol(f"{name}.run", "function", f"{name.replace('.', '/')}.java", 9, 40, "java", name, name) for name in names
    ]
    symbols += [
        Symbol(f"table:g{g}_t{t}", "table", "schema.sql", 1, 1, "sql") for g in range(groups) for t in range(TABLES)
    ]
    edges: list[Dependency] = []
    for number, name in enumerate(names):
        path, group = f"{name.replace('.', '/')}.java", min(number // GROUP, groups - 1)
        for line in range(CALLS):
            start = group * GROUP if chance.random() < INSIDE else chance.randrange(groups) * GROUP
            other = names[min(classes - 1, start + chance.randrange(GROUP))]
            if other != name:
                edges.append(Dependency(f"{name}.run", f"{other}.run", "call", path, 10 + line))
        if chance.random() < 0.3:
            table = f"table:g{group}_t{chance.randrange(TABLES)}"
            edges.append(Dependency(f"{name}.run", table, chance.choice(("read", "write")), path, 30))
        if number % 10 == 0:
            route = f"route:GET /g{group}/c{number}"
            symbols.append(Symbol(route, "route", path, 8, 8, "java"))
            edges.append(Dependency(route, f"{name}.run", "handle", path, 8))
    return DependencyGraph(
        tuple(sorted(symbols, key=lambda s: s.id)),
        tuple(sorted(set(edges), key=lambda d: (d.source, d.target, d.kind, d.path, d.line))),
    )


def measure_cost(classes: int) -> dict[str, float]:
    """CPU seconds and peak memory of a process of its own that makes the graph and proposes boundaries for it."""
    done = subprocess.run(  # noqa: S603 - this interpreter and this module
        [sys.executable, "-m", "eval.synthetic", str(classes)],
        capture_output=True,
        text=True,
        check=True,
        timeout=900,
        cwd=Path(__file__).resolve().parent.parent,
        env=dict(os.environ),
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _measure(classes: int) -> dict[str, float]:
    graph = synthetic_graph(classes)
    before, start = _peak(), time.process_time()
    found = propose_boundaries(graph)
    seconds = time.process_time() - start
    truth = {unit.id: int(unit.id.split(".")[2][1:]) for unit in found.units}
    names = sorted({unit.service for unit in found.units})
    return {
        "seconds": round(seconds, 2),
        "peak_mb": round(_peak(), 1),
        "graph_mb": round(before, 1),
        "ari": round(adjusted_rand({u.id: names.index(u.service) for u in found.units}, truth), 4),
    }


def _peak() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]))))
