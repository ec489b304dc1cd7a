"""Of defects planted into copies of the samples, how many the lens they belong to finds where they stand."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from agent.assessment import LENSES
from agent.composition import workbench
from agent.domain.assumptions import Assumptions
from agent.domain.finding import Finding
from agent.pipeline import Run, make_case
from agent.settings import Settings
from eval.datasets import sample_folder
from eval.planting import Plant, Planted, planted, read_plants
from eval.task import Column, Description, Outcome, Request, Skipped, Value

__all__ = ["PLANTED", "lenses_that_found"]


@dataclass(frozen=True)
class PlantedDefects(Description):
    """One row for each lens, and one for all."""

    def run(self, request: Request) -> Outcome:
        plants = sorted(read_plants(), key=lambda plant: plant.sample)
        if request.quick:  # one of each lens
            firsts = {plant.lens: plant for plant in sorted(plants, key=lambda plant: plant.id, reverse=True)}
            plants = [plant for plant in plants if firsts[plant.lens] is plant]
        found: dict[str, frozenset[str]] = {}
        skipped: list[Skipped] = []
        for sample, group in groupby(plants, key=lambda plant: plant.sample):
            found.update(_search(sample, list(group), request.work, skipped))
        return Outcome(rows_of(plants, found), tuple(skipped))


def _search(sample: str, plants: Sequence[Plant], work: Path, skipped: list[Skipped]) -> dict[str, frozenset[str]]:
    """Plant -> the lenses that found it."""
    copy = work / "copies" / sample
    shutil.copytree(sample_folder() / sample, copy)
    before = places_of(look(copy, work))
    found: dict[str, frozenset[str]] = {}
    for plant in plants:
        try:
            with planted(plant, copy) as place:
                found[plant.id] = lenses_that_found(place, plant, before, look(copy, work))
        except ValueError as error:
            skipped.append(Skipped(plant.id, str(error)))
    return found


def look(place: Path, work: Path) -> tuple[Finding, ...]:
    """What all lenses find."""
    with workbench(str(place), Settings(cache_dir=work / "cache"), None, None) as bench:
        case = make_case(bench, Run(), Assumptions())
        return tuple(found for lens in LENSES for found in lens.look(case))


def places_of(findings: Iterable[Finding]) -> frozenset[tuple[str, str, int]]:
    """(rule, path, line) of all evidence."""
    return frozenset((f.rule, e.location.path, e.location.line) for f in findings for e in f.evidence)


def lenses_that_found(
    place: Planted, plant: Plant, before: frozenset[tuple[str, str, int]], after: Iterable[Finding]
) -> frozenset[str]:
    """Lenses with evidence at the plant's lines which that rule did not have in the sample, wherever its lines went."""
    found = set()
    for finding in after:
        if plant.rules and finding.lens == plant.lens and finding.rule not in plant.rules:
            continue
        for evidence in finding.evidence:
            line = evidence.location.line
            if evidence.location.path != plant.file or not place.near(line):
                continue
            if (finding.rule, plant.file, place.came_from(line)) not in before:
                found.add(finding.lens)
    return frozenset(found)


def rows_of(plants: Sequence[Plant], found: Mapping[str, frozenset[str]]) -> tuple[Mapping[str, Value], ...]:
    """Recall by lens; what only another lens found is a column of its own and does not count."""
    asked = [plant for plant in plants if plant.id in found]
    rows: list[Mapping[str, Value]] = []
    for lens in (*(lens.name for lens in LENSES), "all"):
        own = sorted((p for p in asked if lens in (p.lens, "all")), key=lambda plant: plant.id)
        if not own:
            continue
        hits = [p for p in own if p.lens in found[p.id]]
        rows.append(
            {
                "lens": lens,
                "planted": len(own),
                "first_recall": round(sum(1 for p in own if p.first) / len(own), 3),
                "found": len(hits),
                "recall": round(len(hits) / len(own), 3),
                "by_another_lens": sum(1 for p in own if found[p.id] and p.lens not in found[p.id]),
                "missed": " ".join(p.id for p in own if p not in hits),
            }
        )
    return tuple(rows)


PLANTED = PlantedDefects(
    name="planted",
    measures="Recall of each lens: a planted defect counts when its lens has a new finding at its lines (two lines of grace).",
    truth="Defects written from the description of the lenses, before their rules were read (`eval/planted/`).",
    baselines="None.",
    limits="Our own samples, and one hand wrote all defects; rules were mended with the misses in view: today's recall says which kinds are "
    "covered, the first what a stranger's defects may expect. Each is searched alone, in a copy without a git history. One of each lens with --quick.",
    data="samples",
    budget=10,
    quick_budget=0.4,
    columns=(
        Column("lens", "Lens", role="name"),
        Column("planted", "Planted"),
        Column("first_recall", "Recall at first", 3),
        Column("found", "Found", role="higher"),
        Column("recall", "Recall", 3, role="higher"),
        Column("by_another_lens", "Only by another lens"),
        Column("missed", "Missed"),
    ),
)
