"""Jobs as operations know them: when each runs, what it starts, what it writes, and whether it can be started again.

Entry points and call trees in, one row a job out, in the order of their places.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from agent.domain.finding import Evidence
from agent.domain.inventory import EntryPoint
from agent.domain.runtime import JobRuns
from agent.roadmap.ground import Ground
from agent.roadmap.signals import Signals
from agent.roadmap.usage import runs_of

__all__ = ["Job", "find_jobs"]

KINDS = ("job", "batch", "worker")
_TOKEN = re.compile(r"[\w./-]{3,160}")


@dataclass(frozen=True)
class Job:
    """``schedule`` is as written; ``units`` are what it runs; ``restart`` are places that deal with starting it again.

    ``outside``: it starts nothing of this repository.
    """

    name: str
    kind: str
    schedule: str
    evidence: Evidence
    units: frozenset[str]
    paths: frozenset[str]
    writes: tuple[tuple[str, Evidence], ...]
    services: tuple[str, ...]
    restart: tuple[Evidence, ...]
    outside: bool
    runs: JobRuns | None = None  # in the user's job logs

    @property
    def key(self) -> str:
        """Its part of a question's ID."""
        return " ".join(self.name.split())[:80]


def find_jobs(ground: Ground, signals: Signals) -> tuple[Job, ...]:
    """One row for each entry point that a clock, a scheduler or a queue starts; the same program twice stays two rows."""
    entries = [e for e in ground.inventory.entry_points if e.kind in KINDS]
    writes = _writes(ground)
    return tuple(_job(ground, signals, entry, writes) for entry in entries)


def _writes(ground: Ground) -> dict[str, list[tuple[str, Evidence]]]:
    """Unit -> (table, place) of its writes."""
    found: dict[str, list[tuple[str, Evidence]]] = defaultdict(list)
    for edge in ground.graph.dependencies:
        if edge.kind == "write" and edge.target.startswith("table:"):
            table = edge.target[6:]
            sure = "exact" if edge.resolution == "exact" else "inferred"
            place = Evidence.model_validate(
                {
                    "location": {"path": edge.path, "line": edge.line},
                    "text": f"{edge.source} writes {table}",
                    "resolution": sure,
                }
            )
            found[edge.source].append((table, place))
    return found


def _job(ground: Ground, signals: Signals, entry: EntryPoint, writes: dict[str, list[tuple[str, Evidence]]]) -> Job:
    starts = set(_started(ground, entry))
    symbols: set[str] = set()
    for unit in sorted(starts):
        symbols |= ground.graph.reached_from(unit)
        for symbol in ground.graph.members.get(unit, ()):
            symbols |= ground.graph.reached_from(symbol)
    units = {ground.graph.unit_of(s) for s in symbols} & ground.service_of_unit.keys()
    paths = {ground.graph.by_id[u].path for u in units} | {entry.evidence.path}
    own = {ground.graph.by_id[u].path for u in starts if u in ground.graph.by_id} | {entry.evidence.path}
    written = {table: place for s in sorted(symbols) for table, place in reversed(writes.get(s, []))}
    services = {ground.service_of_unit[u] for u in starts if u in ground.service_of_unit}
    return Job(
        name=entry.name,
        kind=entry.kind,
        schedule=entry.how,
        evidence=Evidence(location=entry.evidence, text=f"{entry.kind}: {entry.name} ({entry.how})"[:200]),
        units=frozenset(units),
        paths=frozenset(paths),
        writes=tuple(sorted(written.items())),
        services=tuple(sorted(services)),
        restart=tuple(signals.of("restart", own | {p for p in paths if "batch" in p or "job" in p or "cron" in p})),
        outside=not starts,
        runs=runs_of(ground, entry.name),
    )


def _started(ground: Ground, entry: EntryPoint) -> Iterator[str]:
    """Units that the entry point runs: by its name, its file, or by what its script names."""
    homes = ground.service_of_unit
    yield from (unit for unit in (entry.name, entry.name.partition(" ")[0]) if unit in homes)
    by_path = [u.id for u in ground.boundaries.units if u.path == entry.name]
    yield from by_path
    scripts = [p for p in (entry.name, entry.evidence.path) if p in ground.texts]
    for path in scripts:
        if path.rpartition("/")[2].lower() in ("crontab", "crontab.txt") or path in (
            u.path for u in ground.boundaries.units
        ):
            if path == entry.evidence.path and entry.kind == "batch":
                yield from (u.id for u in ground.boundaries.units if u.path == path)
            continue
        words = set(_TOKEN.findall(ground.texts[path][:200_000]))
        yield from sorted(words & homes.keys())
        yield from sorted(u.id for u in ground.boundaries.units if u.path in words)
