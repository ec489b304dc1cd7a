"""Which files will be mended next: sizes, structure and history of files in; a ranking, and how well it held, out.

score = sum over measures of weight × (ln(1 + measure) - mean) / standard deviation, mean and deviation over the system's files.
The weights follow a logistic regression on other systems' histories; `python -m eval risk` says how well they do.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from agent.assessment.case import Case

__all__ = [
    "WEIGHTS",
    "Check",
    "FileRisk",
    "area_under_curve",
    "check_ranking",
    "logs_of",
    "measures_of",
    "rank_files",
    "scores",
]

WEIGHTS = {"lines": 1.0, "entropy": 0.5}
"""What counts, and how much: complexity, fan-in and past fixes were tried as well and added nothing on systems held back."""

SCALE = {"entropy": 4.0}  # small numbers, spread before the logarithm
LEAST_FILES = 20
LEAST_MENDED = 8


@dataclass(frozen=True)
class FileRisk:
    """One file's place. ``share`` is the share of files that rank below it, 0..1."""

    path: str
    measures: Mapping[str, float]
    score: float
    share: float


@dataclass(frozen=True)
class Check:
    """How the ranking held on the last year of the history: areas under the curve, of it and of lines of code alone."""

    day: str
    files: int
    mended: int
    auc: float
    auc_lines: float


def measures_of(case: Case) -> dict[str, dict[str, float]]:
    """Path -> measure -> value, for files of code that hold a unit."""
    churn = {f.path: f for f in case.inventory.history.files}
    lines = {f.path: f.code_lines for f in case.inventory.files if f.role == "code"}
    complexity: dict[str, int] = defaultdict(int)
    paths: dict[str, str] = {}
    for symbol in case.graph.symbols:
        if symbol.kind == "function" and symbol.role == "code":
            complexity[symbol.path] += symbol.complexity
        paths.setdefault(symbol.unit or symbol.id, symbol.path)
    users: dict[str, set[str]] = defaultdict(set)
    for edge in case.graph.dependencies:
        used = paths.get(case.graph.unit_of(edge.target))
        if used is not None and used != edge.path:
            users[used].add(edge.path)
    found = {}
    for path in sorted({unit.path for unit in case.boundaries.units} & set(lines)):
        history = churn.get(path)
        found[path] = {
            "lines": float(lines[path]),
            "complexity": float(complexity[path]),
            "fan-in": float(len(users[path])),
            "entropy": history.entropy if history else 0.0,
            "fixes": float(history.fixes) if history else 0.0,
        }
    return found


def scores(measures: Mapping[str, Mapping[str, float]], weights: Mapping[str, float] = WEIGHTS) -> dict[str, float]:
    """Path -> score; higher is likelier to be mended."""
    logs = logs_of(measures, tuple(weights))
    return {
        path: round(math.fsum(weight * logs[name][path] for name, weight in weights.items()), 6)
        for path in sorted(measures)
    }


def logs_of(measures: Mapping[str, Mapping[str, float]], names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Measure -> path -> (ln(1 + value) - mean) / standard deviation; all 0 where every file has the same."""
    found = {}
    for name in names:
        logs = {path: math.log1p(measures[path][name] * SCALE.get(name, 1.0)) for path in sorted(measures)}
        mean = math.fsum(logs.values()) / max(1, len(logs))
        deviation = math.sqrt(math.fsum((x - mean) ** 2 for x in logs.values()) / max(1, len(logs)))
        found[name] = {path: (x - mean) / deviation if deviation else 0.0 for path, x in logs.items()}
    return found


def rank_files(case: Case) -> tuple[FileRisk, ...]:
    """The files that are likeliest to break first; empty without a history."""
    if not any(f.entropy or f.fixes for f in case.inventory.history.files):
        return ()
    measures = measures_of(case)
    if len(measures) < LEAST_FILES:
        return ()
    found = scores(measures)
    ordered = sorted(found.values())
    ranked = [
        FileRisk(path, measures[path], score, round(bisect_left(ordered, score) / len(ordered), 4))
        for path, score in found.items()
    ]
    return tuple(sorted(ranked, key=lambda f: (-f.score, f.path)))


def check_ranking(case: Case) -> Check | None:
    """The ranking with the history up to a year ago, against what was mended since; None when that is too little to say.

    Lines are today's in both areas, as older files are not read: that favours lines.
    """
    history = case.inventory.history
    now = measures_of(case)
    earlier = {f.path: f for f in history.earlier if f.path in now}
    mended = [path for path, f in earlier.items() if f.mended]
    if min(len(mended), len(earlier) - len(mended)) < LEAST_MENDED:
        return None
    measures = {
        path: {**now[path], "entropy": f.entropy, "fixes": float(f.fixes)} for path, f in sorted(earlier.items())
    }
    by_score = area_under_curve(scores(measures), mended)
    by_lines = area_under_curve({path: of["lines"] for path, of in measures.items()}, mended)
    return Check(history.held_back, len(measures), len(mended), round(by_score, 3), round(by_lines, 3))


def area_under_curve(score: Mapping[str, float], hits: Collection[str]) -> float:
    """The chance that a hit has a higher score than what is none (ties count half): .5 is a coin, 1 is perfect."""
    hit = [score[path] for path in score if path in hits]
    other: Sequence[float] = sorted(score[path] for path in score if path not in hits)
    if not hit or not other:
        return 0.5
    wins = math.fsum((bisect_left(other, value) + bisect_right(other, value)) / 2 for value in hit)
    return wins / (len(hit) * len(other))
