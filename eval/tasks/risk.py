"""How well the ranking of files by risk meets the files that were mended in the year after, beside lines of code alone."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy

from agent.adapters.git_change_measures import LARGEST_CHANGE, is_fix
from agent.assessment.risk.ranking import area_under_curve, logs_of, measures_of, scores
from agent.composition import workbench
from agent.domain.assumptions import Assumptions
from agent.errors import FigwrightError
from agent.pipeline import Run, make_case
from agent.settings import Settings
from eval.task import Column, Description, Outcome, Request, Skipped, Value

__all__ = ["RISK"]

YEARS_BACK = (5, 3, 1)
LEAST = 5  # mended files, and others
MEASURES = ("lines", "entropy", "fixes", "complexity", "fan-in")


@dataclass(frozen=True)
class _Cut:
    name: str
    day: str
    measures: Mapping[str, Mapping[str, float]]
    mended: frozenset[str]


@dataclass(frozen=True)
class Risk(Description):
    """One row for each repository and year, and one with the means."""

    def run(self, request: Request) -> Outcome:
        if request.sources is None:
            return Outcome(
                (), (Skipped("all", "needs --sources with checkouts (or bare repositories) that have a history"),)
            )
        cuts: list[_Cut] = []
        skipped: list[Skipped] = []
        for place in sorted(path for path in request.sources.iterdir() if path.is_dir()):
            for years in YEARS_BACK:
                found = _cut(place, years, request.work)
                if isinstance(found, Skipped):
                    skipped.append(found)
                else:
                    cuts.append(found)
        rows = [_row(cut, [other for other in cuts if other.name != cut.name]) for cut in cuts]
        return Outcome((*rows, *_means(rows)), tuple(skipped))


def _git(place: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - git on a repository that the user named
        ["git", "-C", str(place), *arguments], capture_output=True, check=False, timeout=300, stdin=subprocess.DEVNULL  # noqa: S607
    )  # fmt: skip
    return done.stdout.decode("utf-8", "replace")


def _cut(place: Path, years: int, work: Path) -> _Cut | Skipped:
    case = f"{place.name} {years} years back"
    newest = _git(place, "log", "-1", "--format=%cs", "HEAD").strip()
    if not newest:
        return Skipped(case, "no history")
    day = date.fromisoformat(newest) - timedelta(days=round(365.25 * years))
    revision = _git(place, "rev-list", "-1", "--first-parent", f"--before={day.isoformat()}T00:00:00", "HEAD").strip()
    if not revision:
        return Skipped(case, "the history begins later")
    try:
        with workbench(str(place), Settings(cache_dir=work / "cache"), revision, None) as bench:
            measures = measures_of(make_case(bench, Run(), Assumptions()))
    except FigwrightError as error:
        return Skipped(case, str(error))
    mended = _mended(place, day) & frozenset(measures)
    if min(len(mended), len(measures) - len(mended)) < LEAST:
        return Skipped(case, f"{len(mended)} of {len(measures)} files were mended in the year after")
    return _Cut(place.name, day.isoformat(), measures, mended)


def _mended(place: Path, day: date) -> frozenset[str]:
    """Files of code fixes in the year after."""
    until = (day + timedelta(days=365)).isoformat()
    log = _git(
        place, "log", "--no-merges", "--no-renames", "--name-only", "--format=%x01%s",
        f"--since={day.isoformat()}T00:00:00", f"--until={until}T00:00:00", "HEAD",
    )  # fmt: skip
    found: set[str] = set()
    for commit in log.split("\x01")[1:]:
        subject, *files = commit.split("\n")
        files = [file for file in files if file]
        if len(files) <= LARGEST_CHANGE and is_fix(subject):
            found.update(files)
    return frozenset(found)


def _row(cut: _Cut, others: Sequence[_Cut]) -> dict[str, Value]:
    names = {
        "auc": scores(cut.measures),
        "lines": scores(cut.measures, {"lines": 1.0}),
        "entropy": scores(cut.measures, {"entropy": 1.0}),
        "complexity": scores(cut.measures, {"complexity": 1.0}),
        "fan_in": scores(cut.measures, {"fan-in": 1.0}),
        "regression": scores(cut.measures, _fitted(others)) if others else {},
    }
    found: dict[str, Value] = {
        "repository": cut.name,
        "day": cut.day,
        "files": len(cut.measures),
        "mended": len(cut.mended),
    }
    return found | {
        key: round(area_under_curve(score, cut.mended), 4) if score else None for key, score in names.items()
    }


def _fitted(others: Sequence[_Cut]) -> dict[str, float]:
    """Weights of a logistic regression over all measures on the other repositories, each counted the same."""
    tables, hits, weights = [], [], []
    for cut in others:
        logs = logs_of(cut.measures, MEASURES)
        tables.append(numpy.array([[logs[name][path] for name in MEASURES] for path in sorted(cut.measures)]))
        hits.append(numpy.array([float(path in cut.mended) for path in sorted(cut.measures)]))
        weights.append(numpy.full(len(cut.measures), 100 / len(cut.measures)))
    x, y, w = numpy.vstack(tables), numpy.concatenate(hits), numpy.concatenate(weights)
    x = numpy.c_[x, numpy.ones(len(x))]
    ridge = numpy.diag([1.0] * len(MEASURES) + [1e-6])
    beta = numpy.zeros(x.shape[1])
    for _ in range(25):  # Newton's method
        p = 1 / (1 + numpy.exp(-x @ beta))
        beta = beta + numpy.linalg.solve(
            x.T @ (x * (w * p * (1 - p))[:, None]) + ridge, x.T @ (w * (y - p)) - ridge @ beta
        )
    return {name: float(value) for name, value in zip(MEASURES, beta, strict=False)}


def _means(rows: Sequence[Mapping[str, Value]]) -> list[dict[str, Value]]:
    """The mean over repositories of each repository's mean."""
    if not rows:
        return []
    found: dict[str, Value] = {"repository": "mean of repositories", "day": "", "files": None, "mended": None}
    for key in ("auc", "lines", "entropy", "complexity", "fan_in", "regression"):
        by_name: dict[str, list[float]] = {}
        for row in rows:
            if isinstance(value := row[key], float):
                by_name.setdefault(str(row["repository"]), []).append(value)
        means = [sum(values) / len(values) for values in by_name.values()]
        found[key] = round(sum(means) / len(means), 4) if means else None
    return [found]


RISK = Risk(
    name="risk",
    measures="Area under the curve of files ranked by risk with the history up to a day, against files that commits mended in the year after: .5 is a coin.",
    truth="Commits whose subject says that they mend code; each repository at three days, 5, 3 and 1 years before its newest commit.",
    baselines="Lines of code, change entropy, complexity and fan-in alone; a logistic regression over all of them, fitted on the other repositories.",
    limits="Subjects do not always say what a commit mends; a fix touches files that were not at fault; renamed files begin anew. "
    "The shipped weights were chosen with some of these histories in view; the regression's never were.",
    data="every folder of --sources that has a history; none in the samples",
    budget=40,
    columns=(
        Column("repository", "Repository", role="name"),
        Column("day", "Day", role="name"),
        Column("files", "Files"),
        Column("mended", "Mended after"),
        Column("auc", "figwright", 3, role="higher"),
        Column("lines", "Lines alone", 3),
        Column("entropy", "Entropy alone", 3),
        Column("complexity", "Complexity alone", 3),
        Column("fan_in", "Fan-in alone", 3),
        Column("regression", "Regression, others", 3),
    ),
)
