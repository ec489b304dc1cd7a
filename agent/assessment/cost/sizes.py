"""How large each deployable is: measurements of the user first, then what settings in the repository reserve; else unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.assessment.case import Case, evidence
from agent.assessment.reading import Source
from agent.domain.boundary import SHARED
from agent.domain.finding import Evidence

__all__ = ["HEAP_OVERHEAD", "SYSTEM", "Need", "Reserved", "deployables", "need_of", "reserved_memory"]

SYSTEM = "system"
"""The key of the system as it is, in one piece."""

HEAP_OVERHEAD = 1.5  # stacks, code and buffers beside a heap: assumed to be at most half of it again
REST = "rest"

_UNIT = {
    "": 1 / 1024**2,
    "b": 1 / 1024**2,
    "k": 1 / 1024,
    "ki": 1 / 1024,
    "m": 1.0,
    "mi": 1.0,
    "g": 1024.0,
    "gi": 1024.0,
}
_HEAPS = (
    re.compile(r"-Xmx(\d{1,6})([kKmMgG])\b"),
    re.compile(r"--max-old-space-size[= ](\d{2,6})()\b"),
)
_LIMITS = re.compile(
    r"^[ \t]*-?[ \t]*(mem_limit|memory|shared_memory)[ \t]*:[ \t]*[\"']?(\d{1,12})([kKmMgG]?[iI]?)[bB]?[\"']?[ \t]*(?:#.*)?$",
    re.MULTILINE,
)
_PIPELINE = re.compile(r"(?:^|/)(?:\.github|\.circleci|\.gitlab|\.travis|\.mvn|\.buildkite|ci)(?:/|\.|-ci)|azure-pipelines|bitbucket-pipelines|[Jj]enkinsfile")  # fmt: skip
_KEY = re.compile(r"^([ \t]*)(?:-[ \t]+)?([\w.-]+)[ \t]*:")
_BACKING = re.compile(
    r"(?i)db|database|postgres|mysql|maria|oracle|mssql|redis|mongo|rabbit|kafka|elastic|cache|memcache|mail|smtp|nginx|proxy|zookeeper|minio|requests$"
)


@dataclass(frozen=True)
class Reserved:
    """Memory that a setting reserves: ``low`` to ``high`` MB, and where it is written."""

    what: str
    low: float
    high: float
    place: Evidence


@dataclass(frozen=True)
class Need:
    """Memory and cores of one replica of a deployable as ranges, each with its formula; None where nothing is known."""

    name: str
    memory_mb: tuple[float, float] | None
    memory_formula: str
    cores: tuple[float, float] | None
    cores_formula: str
    inputs: tuple[str, ...]


def deployables(case: Case) -> tuple[str, ...]:
    """What would run on its own once split: services that can be extracted, and the rest; empty when nothing is split."""
    if case.boundaries.verdict != "split":
        return ()
    found = [s.name for s in case.boundaries.services if s.verdict in ("extract first", "extract later")]
    return (*sorted(found), REST) if found else ()


def need_of(case: Case, name: str) -> Need:
    """What one replica needs: measured, else the system's settings (for the system), else bounded by the system's measure."""
    told = case.assumptions.workload
    memory, cores = told.memory_mb.get(name), told.cpu_cores.get(name)
    inputs = [f"memory of {name} {memory:g} MB (workload.memory_mb)"] if memory else []
    inputs += [f"cores of {name} {cores:g} (workload.cpu_cores)"] if cores else []
    found: list[tuple[float, float] | None] = [(memory, memory) if memory else None, (cores, cores) if cores else None]
    formulas = ["measured peak", "measured peak"]
    if name == SYSTEM:
        if not memory and (reserved := reserved_memory(case)):
            found[0], formulas[0] = (
                (max(r.low for r in reserved), sum(r.high for r in reserved)),
                "largest to sum of what settings reserve",
            )
            inputs += [f"{r.what} ({r.place.location})" for r in reserved]
    elif not (memory and cores):
        share, whole = _share(case, name), need_of(case, SYSTEM)
        for at, (measured, of) in enumerate(((memory, whole.memory_mb), (cores, whole.cores))):
            if not measured and of:
                found[at], formulas[at] = (
                    (share * of[0], of[1]),
                    "share of the code × the system's need, up to all of it",
                )
        if any(f is not None for f in found):
            inputs += [f"share of the code {share:.3f}", *whole.inputs]
    return Need(name, found[0], formulas[0], found[1], formulas[1], tuple(dict.fromkeys(inputs)))


def _share(case: Case, name: str) -> float:
    lines = {s.name: s.code_lines for s in case.boundaries.services if s.name != SHARED}
    total = sum(lines.values()) or 1
    if name == REST:
        return 1 - sum(lines.get(other, 0) for other in deployables(case) if other != REST) / total
    return lines.get(name, 0) / total


def reserved_memory(case: Case) -> tuple[Reserved, ...]:
    """What settings of the repository reserve for its own processes; databases, caches and proxies left out."""
    found: dict[tuple[str, int], Reserved] = {}
    for source in case.sources:
        if source.role == "template" or len(source.text) > 200_000 or _PIPELINE.search(source.path):
            continue
        for one in (*_heaps(source), *_limits(source)):
            found.setdefault((one.place.location.path, one.place.location.line), one)
    return tuple(found[key] for key in sorted(found))


def _heaps(source: Source) -> Iterator[Reserved]:
    if "-Xmx" not in source.text and "--max-old-space-size" not in source.text:
        return
    for pattern in _HEAPS:
        for m in pattern.finditer(source.plain):
            size = float(m.group(1)) * _UNIT[m.group(2).lower() or "m"]
            if size >= 16:
                yield Reserved(
                    f"heap of {size:g} MB, up to × {HEAP_OVERHEAD:g} for what lies beside it", size, size * HEAP_OVERHEAD,
                    evidence(source.path, source.line(m.start()), f"heap {m.group()}"),
                )  # fmt: skip


def _limits(source: Source) -> Iterator[Reserved]:
    """Memory limits of Compose and Kubernetes files."""
    if source.language not in ("yaml", "yml"):
        return
    lines = source.text.splitlines()
    for m in _LIMITS.finditer(source.text):
        size = float(m.group(2)) * _UNIT.get(m.group(3).lower(), 0.0)
        line = source.line(m.start(1))
        parents = list(_parents(lines, line - 1))
        if size < 16 or any(_BACKING.search(parent) for parent in parents) or "requests" in parents:
            continue
        if m.group(1) != "mem_limit" and not {"limits", "resources"} & set(parents):
            continue
        yield Reserved(f"limit of {size:g} MB", size, size, evidence(source.path, line, f"{m.group(1)}: {size:g} MB"))


def _parents(lines: list[str], at: int) -> Iterator[str]:
    """Keys that enclose a line of YAML, by indentation, the nearest first."""
    depth = len(lines[at]) - len(lines[at].lstrip()) if at < len(lines) else 0
    for number in range(min(at, len(lines)) - 1, max(-1, at - 400), -1):
        key = _KEY.match(lines[number])
        if key and len(key.group(1)) < depth:
            depth = len(key.group(1))
            yield key.group(2)
