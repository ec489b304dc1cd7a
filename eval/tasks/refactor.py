"""How far the recipes take a repository from Python 2 to 3, counted in the tests that passed under Python 2.7."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.composition import codebase, languages, open_sandbox, place_for, workbench
from agent.domain.assumptions import Assumptions
from agent.domain.patch import Patch, RefactorReport, Tested
from agent.domain.verdict import Baseline
from agent.errors import FigwrightError
from agent.patches.catalogue import recipes
from agent.patches.codebase import OverlaidCode
from agent.patches.diffs import line_counts
from agent.pipeline import Run, Stages
from agent.refactoring import Wishes, refactor
from agent.settings import Settings
from agent.validation import Workplace, make_environment, run_suite
from agent.validation.case_names import as_named_before
from eval.datasets import sample_folder
from eval.task import Column, Description, Outcome, Request, Skipped, Value

__all__ = ["REFACTOR"]

SAMPLE = "stockroom"
_KIND = "py2-to-py3"


@dataclass(frozen=True)
class Refactor(Description):
    """One row a repository: the same tests under 2.7, then on Python 3 unconverted, after fissix, and after the recipes."""

    def run(self, request: Request) -> Outcome:
        if request.quick:
            return Outcome((), (Skipped(SAMPLE, "takes minutes: not part of --quick"),))
        rows: list[Mapping[str, Value]] = []
        skipped: list[Skipped] = []
        for name, root in _cases(request):
            if not root.is_dir():
                skipped.append(Skipped(name, f"no folder of that name in {root.parent.name}: give --sources DIR"))
                continue
            try:
                rows.append(_measure(name, root.resolve(), request))
            except FigwrightError as error:
                skipped.append(Skipped(name, str(error)))
        if len(rows) > 1:
            rows.append(_mean([row for row in rows if row["repository"] != SAMPLE]))
        if request.dataset is None:
            skipped.append(Skipped("repositories of a dataset", "--dataset with a dev.json was not given"))
        return Outcome(tuple(rows), tuple(skipped))


def _cases(request: Request) -> list[tuple[str, Path]]:
    if request.dataset is None:
        return [(SAMPLE, sample_folder() / SAMPLE)]
    places = [request.dataset, request.dataset / "dev.json", request.dataset / "refactor" / "dev.json"]
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        return []
    sources = request.sources or file.parent
    listed = json.loads(file.read_text("utf-8"))["repos"]
    found = [(repo["name"], sources / repo["name"]) for repo in listed if repo.get("kind") == _KIND]
    return [(SAMPLE, sample_folder() / SAMPLE), *found]


def _measure(name: str, root: Path, request: Request) -> Mapping[str, Value]:
    settings = Settings(cache_dir=request.work / "refactor")
    started = time.perf_counter()
    with workbench(str(root), settings, None, name) as bench:
        stages = Stages(bench, Run(), Assumptions())
        with place_for(bench.snapshot, settings.cache_dir, open_sandbox("bubblewrap")) as place:
            code = codebase(place, stages.inventory, stages.graph, stages.boundaries)
            recipe = recipes()["python3"]
            done = refactor(place, code, [recipe], languages(), bench.memo, Wishes(runs=1, mutants=0))
            row = _row(name, done.report, place, code)
    return {**row, "test_runs": done.test_runs, "seconds": time.perf_counter() - started}


def _row(name: str, report: RefactorReport, place: Workplace, code: OverlaidCode) -> dict[str, Value]:
    before = next((one for one in report.tested if not one.brought_by), None)
    after = next((one for one in report.tested if one.brought_by), None)
    wanted = frozenset(before.passed) if before else frozenset()
    ours = len(wanted & frozenset(after.passed)) if after else None
    kept, dropped = _kept(report), [patch for patch in report.patches if not _is_kept(patch)]
    sizes = [line_counts(change) for patch in kept for change in patch.proposal.changes]
    return {
        "repository": name,
        "python": ", ".join(before.toolchains) if before else "",
        "baseline": len(wanted),
        "unconverted": _passing(place, before, after, {}) if before and after else None,
        "fissix": _passing(place, before, after, _fissix(place, code)) if before and after else None,
        "ours": ours,
        "share": ours / len(wanted) if wanted and ours is not None else None,
        "steps": sum(not patch.proposal.guess for patch in kept),
        "guesses": sum(patch.proposal.guess for patch in kept),
        "refused": len(dropped),
        "lines": sum(new + gone for new, gone in sizes),
        "kept_guesses": "; ".join(patch.proposal.title for patch in kept if patch.proposal.guess),
        "dropped_steps": "; ".join(patch.proposal.title for patch in dropped if not patch.proposal.guess),
        "note": (after.trouble if after else "; ".join(report.not_tried))[:160],
    }


def _is_kept(patch: Patch) -> bool:
    return bool(patch.file)


def _kept(report: RefactorReport) -> list[Patch]:
    return [patch for patch in report.patches if _is_kept(patch)]


def _passing(place: Workplace, before: Tested, after: Tested, files: Mapping[str, str | None]) -> int | None:
    """Tests of the baseline that pass in the environment of Python 3 with these files."""
    _, installed, _ = make_environment(place, after.suite, after.recipe)
    if installed is None:
        return None
    result = run_suite(place, installed, files=files, wall_seconds=900.0).result
    baseline = Baseline(suite=before.suite, environment=before.environment, passed=before.passed)
    return len(as_named_before(baseline, result).passed & frozenset(before.passed))


def _fissix(place: Workplace, code: OverlaidCode) -> dict[str, str | None]:
    """Every file as fissix alone, with all that it does by default, leaves it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fissix import refactor as fissix

        tool = fissix.RefactoringTool(fissix.get_fixers_from_package("fissix.fixes"))
    found: dict[str, str | None] = {}
    for path in code.paths(".py"):
        text = code.text(path) or ""
        try:
            tree = tool.refactor_string(text if text.endswith("\n") else text + "\n", str(place.pristine / path))
        except Exception:  # noqa: BLE001, S112 - it raises anything on what is not Python 2
            continue
        if tree is not None and tree.was_changed:
            found[path] = str(tree).encode("latin-1", "replace").decode("latin-1")
    return found


def _mean(rows: list[Mapping[str, Value]]) -> Mapping[str, Value]:
    """The mean share over repositories that have a baseline; all else is a sum."""
    shares = [float(row["share"]) for row in rows if isinstance(row["share"], float)]
    summed: dict[str, Value] = {
        key: sum(value for row in rows if isinstance(value := row[key], int | float))
        for key in (
            "baseline",
            "unconverted",
            "fissix",
            "ours",
            "steps",
            "guesses",
            "refused",
            "lines",
            "test_runs",
            "seconds",
        )
    }
    enough = sum(share >= 0.9 for share in shares)
    return {
        **dict.fromkeys(rows[0], ""),
        **summed,
        "repository": "all",
        "share": sum(shares) / len(shares) if shares else None,
        "note": f"share: mean over {len(shares)} repositories; {enough} of them at 0.9 or more",
    }


REFACTOR = Refactor(
    name="refactor",
    measures="How many tests that pass under Python 2.7 pass under Python 3.11 once the python3 recipe has written its patches, "
    "without a model; each step kept or dropped by the tests alone.",
    truth="The tests of the unchanged repository under Python 2.7, by test ID, in an environment that figwright makes itself.",
    baselines="The repository as it is under Python 3.11, and after all default fixers of fissix (2to3).",
    limits="Tests only see what they run. Tests that expect the order of an unordered dictionary, or the very words of an "
    "interpreter's message, cannot pass under both versions.",
    data="the sample stockroom; --dataset with dev.json for real repositories; interpreters of Python 2.7 and 3.11",
    budget=60,
    columns=(
        Column("repository", "Repository", role="name"),
        Column("python", "Baseline on"),
        Column("baseline", "Baseline"),
        Column("unconverted", "Unconverted"),
        Column("fissix", "fissix"),
        Column("ours", "Recipes", role="higher"),
        Column("share", "Share", 3, role="higher"),
        Column("steps", "Steps kept"),
        Column("guesses", "Guesses kept"),
        Column("refused", "Refused"),
        Column("lines", "Changed lines"),
        Column("kept_guesses", "Guesses that helped"),
        Column("dropped_steps", "Steps that hurt"),
        Column("test_runs", "Test runs"),
        Column("seconds", "Seconds", 1, role="cost"),
        Column("note", "Note"),
    ),
)
