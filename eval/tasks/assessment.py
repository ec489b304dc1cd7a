"""What each lens of the assessment finds on the samples and on checkouts, and the CPU seconds that it takes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.assessment import LENSES
from agent.composition import workbench
from agent.domain.assumptions import Assumptions
from agent.pipeline import Run, make_case
from agent.settings import Settings
from eval.datasets import sample_folder
from eval.task import Column, Description, Outcome, Request, Value

__all__ = ["ASSESSMENT"]


@dataclass(frozen=True)
class Assessment(Description):
    """One row for each repository and lens."""

    def run(self, request: Request) -> Outcome:
        places = sorted(path for path in sample_folder().iterdir() if path.is_dir())
        if request.sources is not None:
            places += sorted(path for path in request.sources.iterdir() if path.is_dir())
        return Outcome(tuple(row for place in places for row in _rows(place, request.work)), ())


def _rows(place: Path, work: Path) -> list[Mapping[str, Value]]:
    settings = Settings(cache_dir=work / "cache")
    rows: list[Mapping[str, Value]] = []
    with workbench(str(place), settings, None, None) as bench:
        case = make_case(bench, Run(), Assumptions())
        before = _cpu()
        _ = case.sources  # read once, whichever lens asks first
        reading = _cpu() - before
        for lens in LENSES:
            before = _cpu()
            found = list(lens.look(case))
            counts = Counter(f.severity for f in found)
            rows.append(
                {
                    "repository": place.name,
                    "lens": lens.name,
                    "rules": len(lens.rules),
                    "findings": len(found),
                    "high": counts["high"] + counts["critical"],
                    "medium": counts["medium"],
                    "low": counts["low"],
                    "reading_cpu_seconds": round(reading, 2),
                    "cpu_seconds": round(_cpu() - before, 2),
                    "without_place": sum(1 for f in found if not f.evidence),
                }
            )
    return rows


def _cpu() -> float:
    times = os.times()
    return times.user + times.system


ASSESSMENT = Assessment(
    name="assessment",
    measures="Findings by lens and severity, and CPU seconds of each lens; reading all source once is a column of its own.",
    truth="None: counts, not correctness. `without_place` must be 0.",
    baselines="None.",
    limits="Precision needs people who read findings; planted defects are kept apart from the rules' authors.",
    data="samples; every folder of --sources",
    budget=10,
    quick_budget=0.4,
    columns=(
        Column("repository", "Repository", role="name"),
        Column("lens", "Lens", role="name"),
        Column("rules", "Rules"),
        Column("findings", "Findings"),
        Column("high", "High"),
        Column("cpu_seconds", "CPU s", 2, role="cost"),
        Column("without_place", "Without a place", role="lower"),
    ),
)
