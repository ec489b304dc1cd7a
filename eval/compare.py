"""Two runs of the evaluation side by side: result files in; what got better and worse, beyond the noise, out.

A run is a result file, a folder of them, or a folder of such folders: repeats. A figure's noise is the pooled standard
deviation of its repeats, and a change counts when it exceeds the 95 % limit of Welch's t-test. Without repeats a figure
that is computed counts with any change, and a cost (seconds, megabytes) is never judged: nobody knows its noise.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any, Literal

from eval.task import Column, Task

__all__ = ["Difference", "compare_runs", "comparison_json", "comparison_text", "read_runs"]

Verdict = Literal["better", "worse", "within noise", "noise unknown", "changed", "only in A", "only in B"]
ORDER: tuple[Verdict, ...] = (
    "worse", "better", "changed", "noise unknown", "within noise", "only in A", "only in B",
)  # fmt: skip
# Two-sided 95 % quantiles of Student's t for 1 to 10 degrees of freedom, then for 30; between, the stricter is used.
QUANTILES = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
Runs = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Difference:
    """One figure of one row; ``noise`` is how far it may move by chance, None when that is not known."""

    task: str
    row: str
    figure: str
    verdict: Verdict
    before: float | str | None
    after: float | str | None
    noise: float | None = None


def read_runs(place: Path) -> dict[str, list[Mapping[str, Any]]]:
    """Task (and variant) -> its results, repeats in the order of their names. Raises ValueError for what is no run."""
    paths = [place] if place.is_file() else [*sorted(place.glob("*.json")), *sorted(place.glob("*/*.json"))]
    found: dict[str, list[Mapping[str, Any]]] = {}
    for path in paths:
        try:
            result = json.loads(path.read_text("utf-8"))
            name, rows = result["task"], result["rows"]
        except (OSError, ValueError, KeyError, TypeError):
            if place.is_file():
                raise ValueError(f"{path} is no result file of an evaluation") from None
            continue
        if isinstance(rows, list):
            found.setdefault(f"{name} {result.get('variant', '')}".strip(), []).append(result)
    if not found:
        raise ValueError(f"{place} holds no result file")
    return found


def compare_runs(before: Runs, after: Runs, tasks: Sequence[Task]) -> tuple[list[Difference], list[str]]:
    """(differences, what makes the runs unlike). Figures that are equal are left out."""
    known = {task.name: task for task in tasks}
    found: list[Difference] = []
    unlike: list[str] = []
    for name in sorted({*before, *after}):
        task = known.get(name.split(" ")[0])
        if name not in before or name not in after:
            found.append(Difference(name, "", "", "only in A" if name in before else "only in B", None, None))
        elif task is not None:
            unlike += [f"{name}: {what}" for what in _unlike(before[name], after[name])]
            found += _rows(name, task.columns, before[name], after[name])
    return sorted(found, key=lambda d: (ORDER.index(d.verdict), d.task, d.row, d.figure)), unlike


def _unlike(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for key in ("machine", "seeds", "truth", "figwright", "packages"):
        if before[0].get(key) != after[0].get(key):
            old, new = before[0].get(key), after[0].get(key)
            if isinstance(old, dict) and isinstance(new, dict):
                names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
                yield f"{key}: " + ", ".join(f"{name} {old.get(name)} -> {new.get(name)}" for name in names)
            else:
                yield f"{key} differ"


def _rows(
    task: str,
    columns: Sequence[Column],
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
) -> Iterator[Difference]:
    names = [column.key for column in columns if column.role == "name"]
    old, new = _by_name(before, names), _by_name(after, names)
    for row in sorted({*old, *new}):
        if row not in old or row not in new:
            yield Difference(task, row, "", "only in A" if row in old else "only in B", None, None)
            continue
        for column in columns:
            if column.role not in ("", "name"):
                difference = _figure(task, row, column, old[row], new[row])
                if difference is not None:
                    yield difference


def _by_name(results: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for result in results:
        for row in result["rows"]:
            found.setdefault(" / ".join(str(row.get(name)) for name in names), []).append(row)
    return found


def _figure(
    task: str, row: str, column: Column, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Difference | None:
    before, after = _values(old, column.key), _values(new, column.key)
    if not before or not after:
        if not before and not after:
            return None
        return Difference(task, row, column.title, "only in A" if before else "only in B", _mean(before), _mean(after))
    a, b = mean(before), mean(after)
    noise = _noise(before, after)
    if math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12):
        return None
    if noise is None:
        if column.role == "cost":
            return Difference(task, row, column.title, "noise unknown", a, b)
        noise = 0.0
    if abs(b - a) <= noise:
        return Difference(task, row, column.title, "within noise", a, b, noise)
    if column.role == "watch":
        return Difference(task, row, column.title, "changed", a, b, noise)
    better = (b > a) == (column.role == "higher")
    return Difference(task, row, column.title, "better" if better else "worse", a, b, noise)


def _values(rows: Sequence[Mapping[str, Any]], key: str) -> list[float]:
    found = [row.get(key) for row in rows]
    return [float(value) for value in found if isinstance(value, bool | int | float)]


def _mean(values: Sequence[float]) -> float | None:
    return mean(values) if values else None


def _noise(before: Sequence[float], after: Sequence[float]) -> float | None:
    """How far the means of two such samples lie apart by chance, at most, 95 times of 100; None without repeats.

    Welch, The generalization of Student's problem, 1947. When only one side has repeats, the other is taken to be as noisy.
    """
    if max(len(before), len(after)) < 2:
        return None
    spread_a = stdev(before) if len(before) > 1 else stdev(after)
    spread_b = stdev(after) if len(after) > 1 else stdev(before)
    part_a, part_b = spread_a**2 / len(before), spread_b**2 / len(after)
    if part_a + part_b == 0:
        return 0.0
    free = sum(part**2 / (count - 1) for part, count in ((part_a, len(before)), (part_b, len(after))) if count > 1)
    degrees = (part_a + part_b) ** 2 / free if free else 1.0
    return _quantile(degrees) * math.sqrt(part_a + part_b)


def _quantile(degrees: float) -> float:
    if degrees >= 30:
        return 2.042
    return QUANTILES[min(max(int(degrees), 1), len(QUANTILES)) - 1]


def comparison_text(found: Sequence[Difference], unlike: Sequence[str]) -> str:
    """For a terminal: what makes the runs unlike, the counts, then each difference that is more than noise."""
    counts = {verdict: sum(d.verdict == verdict for d in found) for verdict in ORDER}
    lines = [f"unlike runs: {what}" for what in unlike]
    lines.append(", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count) or "nothing differs")
    for one in found:
        if one.verdict in ("only in A", "only in B"):
            lines.append(f"{one.verdict:<13}  {_place(one)}")
        elif one.verdict != "within noise":
            noise = "" if one.noise is None else f", noise {one.noise:.3g}"
            lines.append(f"{one.verdict:<13}  {_place(one)}: {_shown(one.before)} -> {_shown(one.after)}{noise}")
    return "\n".join(lines) + "\n"


def _place(one: Difference) -> str:
    return ", ".join(part for part in (one.task, one.row, one.figure) if part)


def _shown(value: float | str | None) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def comparison_json(found: Sequence[Difference], unlike: Sequence[str]) -> str:
    """The same for machines, with what is within the noise."""
    return json.dumps({"unlike": list(unlike), "differences": [asdict(one) for one in found]}, indent=1) + "\n"
