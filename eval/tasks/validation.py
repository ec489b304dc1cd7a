"""Whether verdicts are sound: bad changes, drawn afresh at each run, that must not be accepted, and good ones that must."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from agent.errors import FigwrightError
from eval.bad_changes import draw_bad_changes
from eval.datasets import sample_folder
from eval.soundness import Bench, good_changes, open_bench
from eval.task import Column, Description, Outcome, Request, Skipped, Value

__all__ = ["VALIDATION"]

SAMPLE = "orderdesk"
BAD = 60
QUICK_BAD, QUICK_GOOD = 3, 1


@dataclass(frozen=True)
class Validation(Description):
    """One row for the bad changes of each kind (all mutants together), and one for the good ones."""

    def run(self, request: Request) -> Outcome:
        seed = secrets.randbelow(1_000_000)
        print(f"seed {seed}", flush=True)
        try:
            with open_bench(sample_folder() / SAMPLE, request.work / "cache", say=lambda _: None) as bench:
                rows = self._judge(bench, seed, request.quick)
        except (FigwrightError, ValueError) as error:
            return Outcome((), (Skipped(SAMPLE, str(error)),))
        return Outcome(tuple(rows))

    def _judge(self, bench: Bench, seed: int, quick: bool) -> list[Mapping[str, Value]]:
        labels: dict[str, Counter[str]] = {"mutants": Counter(), "mutants, dressed up": Counter(), "attacks": Counter()}
        for bad in draw_bad_changes(bench.sources, seed, QUICK_BAD if quick else BAD):
            verdict = bench.judge(bad.changes)
            group = "attacks" if bad.kind.islower() else "mutants, dressed up" if "dressed" in bad.kind else "mutants"
            labels[group][verdict.label] += 1
            if verdict.accepted:
                print(f"ACCEPTED {bad.kind}: {verdict.reasons} {[change.path for change in bad.changes]}", flush=True)
        good: Counter[str] = Counter()
        for number, (kind, changes) in enumerate(good_changes(bench.sources)):
            if quick and number >= QUICK_GOOD:
                break
            verdict = bench.judge(changes)
            good[verdict.label] += 1
            if not verdict.accepted:
                print(f"not accepted: {kind}: {verdict.reasons}", flush=True)
        return [*(_row(f"bad: {name}", seed, found) for name, found in labels.items()), _row("good", seed, good)]


def _row(name: str, seed: int, labels: Counter[str]) -> Mapping[str, Value]:
    accepted = labels["mutation-checked"] + labels["no regression"] + labels["restored"]
    return {
        "changes": name,
        "seed": seed,
        "count": labels.total(),
        "refused": labels["refused"],
        "unprotected": labels["unprotected"],
        "accepted": accepted,
    }


VALIDATION = Validation(
    name="validation",
    measures="What `figwright test --patch` says of changes that are known to be bad (defects made by another mutator under "
    "covered lines, some of them among harmless edits; deleted and weakened tests, runners that end with code 0, code that "
    "asks whether it is tested, forged results and more) and of refactorings that keep what the code does.",
    truth="By construction: no bad change may be accepted, every good one should be.",
    baselines="Tests alone accept every mutant that they do not kill: the column `unprotected`.",
    limits="One sample, Python only; the good changes are written by hand. The seed is drawn afresh and is in the table.",
    data="one sample, whose test environment needs a package registry",
    budget=90,
    quick_budget=1.5,
    columns=(
        Column("changes", "Changes", role="name"),
        Column("seed", "Seed"),
        Column("count", "Judged"),
        Column("refused", "Refused", role="watch"),
        Column("unprotected", "Unprotected", role="watch"),
        Column("accepted", "Accepted", role="watch"),
    ),
)
