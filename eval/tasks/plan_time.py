"""CPU seconds and peak memory of `figwright plan`, from an empty cache and once more from a full one."""

from __future__ import annotations

import hashlib
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.datasets import sample_folder
from eval.task import Column, Description, Outcome, Request, Skipped, Value

__all__ = ["PLAN_TIME", "measure_command"]

REPEATS = 3


@dataclass(frozen=True)
class Cost:
    """What one process used, children that it waited for included."""

    seconds: float
    cpu_seconds: float
    memory_mb: float
    code: int
    errors: str


def measure_command(command: list[str], environment: Mapping[str, str], log: Path) -> Cost:
    """Run a command to its end and read its resource usage from the kernel."""
    start = os.times().elapsed
    with log.open("wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env=dict(environment))  # noqa: S603
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(
        seconds=os.times().elapsed - start,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        memory_mb=usage.ru_maxrss / 1024,
        code=process.returncode,
        errors=log.read_text("utf-8", "replace")[-300:].strip(),
    )


@dataclass(frozen=True)
class PlanTime(Description):
    """Each repetition starts from an empty cache of its own; the row tells the medians."""

    def run(self, request: Request) -> Outcome:
        places = [sample_folder() / "orderdesk"]
        if request.sources is not None:
            places += sorted(path for path in request.sources.iterdir() if path.is_dir())
        rows: list[Mapping[str, Value]] = []
        skipped: list[Skipped] = []
        for place in places:
            repeats = [
                self._once(place, request.work / f"{place.name}-{n}") for n in range(1 if request.quick else REPEATS)
            ]
            failed = next((cost for pair in repeats for cost in pair[:2] if cost.code), None)
            if failed is None:
                rows.append(_row(place.name, repeats))
            else:
                reason = failed.errors.splitlines()[-1] if failed.errors else f"exit code {failed.code}"
                skipped.append(Skipped(place.name, reason.replace(str(place), place.name)))
        return Outcome(tuple(rows), tuple(skipped))

    def _once(self, place: Path, work: Path) -> tuple[Cost, Cost, bool]:
        """(cold, warm, whether both wrote the same bytes)."""
        work.mkdir(parents=True)
        environment = {**os.environ, "FIGWRIGHT_CACHE_DIR": str(work / "cache"), "NO_COLOR": "1"}
        costs, digests = [], []
        for name in ("cold", "warm"):
            out = work / name
            command = [sys.executable, "-m", "agent.cli", "plan", str(place), "--out", str(out), "--quiet"]
            cost = measure_command(command, environment, work / f"{name}.log")
            costs.append(cost)
            digests.append([_digest(out / file) for file in ("plan.json", "plan.md", "plan.html")])
            if cost.code:
                return cost, cost, False
        return costs[0], costs[1], digests[0] == digests[1]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _row(name: str, repeats: list[tuple[Cost, Cost, bool]]) -> dict[str, Value]:
    cold = statistics.median(pair[0].cpu_seconds for pair in repeats)
    warm = statistics.median(pair[1].cpu_seconds for pair in repeats)
    return {
        "repository": name,
        "cold_cpu_seconds": round(cold, 2),
        "cold_seconds": round(statistics.median(pair[0].seconds for pair in repeats), 2),
        "cold_memory_mb": round(max(pair[0].memory_mb for pair in repeats), 1),
        "warm_cpu_seconds": round(warm, 2),
        "warm_share": round(warm / cold, 3),
        "same_bytes": all(pair[2] for pair in repeats),
        "repeats": len(repeats),
    }


PLAN_TIME = PlanTime(
    name="plan_time",
    measures="CPU seconds (user and system, children included) and peak memory of `figwright plan`, in a process of "
    "its own, from an empty cache (cold) and again from the cache that it left (warm); medians of the repetitions.",
    truth="The kernel's resource usage of the process; and that the cold and the warm run write the same bytes.",
    baselines="The cold run is the baseline of the warm one.",
    limits="One machine, named in the result file; the file system's cache is whatever the machine had.",
    data="the samples; every folder of --sources",
    budget=15,
    quick_budget=0.5,
    columns=(
        Column("repository", "Repository", role="name"),
        Column("cold_cpu_seconds", "Cold CPU s", 1, role="cost"),
        Column("cold_memory_mb", "Peak MB", role="cost"),
        Column("warm_cpu_seconds", "Warm CPU s", 1, role="cost"),
        Column("warm_share", "Warm / cold", 2),
        Column("same_bytes", "Same bytes", role="higher"),
    ),
)
