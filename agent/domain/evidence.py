"""What an extraction's evidence says, and what it leaves open: evidence in, the headline and the gaps out.

Nothing is claimed here that the evidence does not hold, and the control is never what is claimed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from agent.domain.container import LEVELS
from agent.domain.extraction import Evidence, OwnContainer, Ownership, Rung, Tally
from agent.domain.wording import listed

__all__ = [
    "MONOLITH",
    "RUNGS",
    "Gap",
    "best_rung",
    "control_rung",
    "gaps",
    "kept_rung",
    "oracle",
    "parity_counts",
    "said_of_container",
    "said_of_tally",
    "service_rung",
    "status",
    "unmovable",
    "unshown",
    "verdict_line",
]

RUNGS = ("oracle", "restricted copy", "slice", "own schema", "branch by abstraction")
"""The whole ladder; evidence has those that were tried."""
MONOLITH = "monolith"
"""Who answers and writes what no service owns."""
_LEFT = {
    "not replayable": ("Requests that cannot be replayed", "they stay in every denominator"),
    "vacuous": ("Requests that show nothing (vacuous)", "both sides answered alike, and nothing is learned from it"),
    "different": ("Answers that differ", "the places are in extraction.json"),
}
_APART = "Requests in which the monolith does not agree with itself"


@dataclass(frozen=True)
class Gap:
    """Something that the evidence does not show. ``count`` is of what, ``items`` are names and causes, whole."""

    what: str
    why: str = ""
    count: int | None = None
    items: tuple[str, ...] = ()


def oracle(evidence: Evidence) -> Rung | None:
    return next((one for one in evidence.rungs if one.level == 0), None)


def control_rung(evidence: Evidence) -> Rung | None:
    return next((one for one in evidence.rungs if one.control), None)


def best_rung(evidence: Evidence) -> Rung | None:
    """The highest that holds. A control is never it."""
    held = [one for one in evidence.rungs if one.passed and not one.control]
    return max(held, key=lambda one: one.level, default=None)


def service_rung(evidence: Evidence) -> Rung | None:
    """The first on which the service's own code answered: what its routes are told by."""
    tried = [one for one in evidence.rungs if one.level >= 2 and one.tally.recorded]
    return min(tried, key=lambda one: one.level, default=None)


def kept_rung(evidence: Evidence) -> Rung | None:
    """The one that says how many lines the service keeps."""
    return next((one for one in evidence.rungs if one.lines is not None and one.lines_of), None)


def verdict_line(evidence: Evidence) -> str:
    """The headline: what holds, never by the control alone."""
    best = best_rung(evidence)
    if best is None:
        first = oracle(evidence)
        return f"Nothing was shown: {first.verdict}" if first else "Nothing was tried"
    if best.level == 0:
        return f"Only the oracle holds, and nothing is shown of {evidence.service} yet: {best.verdict}"
    first = service_rung(evidence) or best
    above = (f"; rung {one.level} ({one.name}) {status(one)}" for one in evidence.rungs if one.level > first.level)
    return f"Rung {first.level} ({first.name}) {status(first)}: {first.verdict}{''.join(above)}"


def status(rung: Rung | None) -> str:
    """``holds``, ``does not hold``, ``not tried``."""
    if rung is None:
        return "not tried"
    return "holds" if rung.passed else "does not hold"


def gaps(evidence: Evidence) -> tuple[Gap, ...]:
    """What comes first on the page, in this order: the climb, requests, defects, tests, drills, container, tables, memory,
    functions."""
    return tuple(
        one
        for part in (_climb, _requests, _defects, _live, _drills, _container, _tables, _memory, _functions)
        for one in part(evidence)
    )  # fmt: skip


def _climb(evidence: Evidence) -> Iterator[Gap]:
    if evidence.dirty_files:
        yield Gap("The commit alone", "the work tree that was read had uncommitted changes", evidence.dirty_files)
    if evidence.stopped:
        yield Gap("The climb stopped", evidence.stopped)
    tried = {one.level for one in evidence.rungs}
    missing = tuple(f"{level} {name}" for level, name in enumerate(RUNGS) if level not in tried)
    if missing:
        yield Gap("Rungs that were not tried", "", len(missing), missing)


def _requests(evidence: Evidence) -> Iterator[Gap]:
    for rung in evidence.rungs:
        if rung.control and rung.passed:
            continue  # its requests are the oracle's and the next rung's, and would be told three times
        where = "" if rung.level == 0 else f" on rung {rung.level} ({rung.name})"
        for verdict, (what, why) in _LEFT.items():
            found = [one for one in rung.residual if one.verdict == verdict]
            causes = tuple(f"{len(one.requests):,}: {one.cause or 'no cause was found'}" for one in found)
            if found:
                what = _APART if verdict == "different" and not where else f"{what}{where}"
                yield Gap(what, why, sum(len(one.requests) for one in found), causes)
        if rung.generated:
            made = rung.generated
            counts = ((made.different, "Generated requests with answers that differ"), (made.vacuous + made.not_replayable, "Generated requests that show nothing"))  # fmt: skip
            for number, what in counts:
                if number:
                    yield Gap(f"{what} on rung {rung.level} ({rung.name})", f"of {made.recorded:,}", number)
    first = oracle(evidence)
    if first and first.tally.server_errors:
        yield Gap("Recorded answers that were errors of the server (5xx)", "counted in the others, too", first.tally.server_errors)  # fmt: skip


def _defects(evidence: Evidence) -> Iterator[Gap]:
    if service_rung(evidence) is None:
        return
    tallies = [one.mutants for one in evidence.rungs if one.mutants is not None]
    if not any(one.tried for one in tallies):
        yield Gap("Whether a mistake in the service would be noticed", "no defect was put into it")
    for one in tallies:
        left = one.tried - one.killed
        if left:
            places = tuple(f"{s.path}:{s.line} {s.operator}" for s in one.survivors)
            yield Gap("Defects that nothing noticed", f"of {one.tried:,} in lines that ran", left, places)


def _live(evidence: Evidence) -> Iterator[Gap]:
    runs = [one.live for one in evidence.rungs if one.live is not None]
    if not runs and service_rung(evidence) is not None:
        yield Gap("The repository's own tests against the running service", "none was run live through the facade")
    for one in runs:
        cannot = sum(count for _, count in one.cannot)
        if cannot:
            causes = tuple(f"{count:,}: {why}" for why, count in one.cannot)
            yield Gap("Tests that cannot run live", f"of {one.tests:,}", cannot, causes)
        if one.new_failures:
            why = "they pass with every route on the monolith"
            yield Gap("Tests that fail with the service", why, len(one.new_failures), one.new_failures)


def _drills(evidence: Evidence) -> Iterator[Gap]:
    failed = [(rung, one) for rung in evidence.rungs for one in rung.drills if not one.passed]
    if failed:
        yield Gap("Drills that failed", "", len(failed), tuple(f"{one.name}: {one.verdict}" for _, one in failed))


def _container(evidence: Evidence) -> Iterator[Gap]:
    for one in (rung.container for rung in evidence.rungs if rung.container is not None):
        if one.failed:
            yield Gap("The service's own container", f"{one.level}, and no further: {one.failed}")
        elif LEVELS.index(one.level) < LEVELS.index("built"):
            yield Gap("The service's own container", "its Dockerfile is written and was not built: --build does")


def _tables(evidence: Evidence) -> Iterator[Gap]:
    shared = unmovable(evidence)
    if shared:
        items = tuple(f"{one.table}: {_writers(one)}" for one in shared)
        why = "others were seen to write them, too: until their writes go through the service, both share a database"
        yield Gap("Tables that cannot move", why, len(shared), items)


def _memory(evidence: Evidence) -> Iterator[Gap]:
    for one in evidence.rungs:
        if one.split_memory:
            why = "both sides change them, and each has a copy of its own after the split"
            yield Gap("Values in the memory of the process", why, len(one.split_memory), one.split_memory)


def unmovable(evidence: Evidence) -> list[Ownership]:
    """Tables that the service changes, and others as well."""
    return [one for one in evidence.ownership if len(one.writers) > 1 and evidence.service in dict(one.writers)]


def _writers(one: Ownership) -> str:
    return listed([f"{name} {count:,}" for name, count in one.writers], 6)


def _functions(evidence: Evidence) -> Iterator[Gap]:
    by_why: defaultdict[str, list[str]] = defaultdict(list)
    for row in evidence.parity:
        if row.shown == "no":
            by_why[row.why].append(f"{row.row.kind} {row.row.name}")
    for why in sorted(by_why):
        yield Gap("Functions of the parity ledger", why, len(by_why[why]), tuple(by_why[why]))


def unshown(evidence: Evidence) -> int:
    """Rows of the ledger that are neither replayed, dropped, nor stay."""
    return sum(row.shown == "no" for row in evidence.parity)


def parity_counts(evidence: Evidence) -> tuple[tuple[str, int], ...]:
    """(words, rows), in a fixed order, without empty ones."""
    counts: Counter[str] = Counter(row.shown for row in evidence.parity)
    words = (("replayed", "replayed"), ("dropped", "dropped by decision"), ("stays", "staying with the monolith"), ("no", "not shown"))  # fmt: skip
    return tuple((text, counts[key]) for key, text in words if counts[key])


def said_of_container(one: OwnContainer) -> str:
    """How far the service's own image was proved, in words."""
    asked = f"answered {one.health}" if one.health else "listened"
    words = {
        "written": "written, and not built",
        "linted": "written and linted, and not built",
        "built": "built, and did not start",
        "started": f"built and started, and {one.health or 'its port'} was not answered",
        "healthy": f"built and started, and {asked}",
        "tested": f"built and started, {asked}, and passed its tests",
    }
    repaired = f", after {one.rounds - 1} repaired builds" if one.rounds > 1 else ""
    return f"{words[one.level]}{repaired}{f': {one.failed}' if one.failed else ''}"


def said_of_tally(tally: Tally, how: str = "recorded") -> str:
    """``34 recorded, 34 identical``: what is zero is left out, but for the identical ones. ``how`` they came about."""
    parts = [f"{tally.recorded:,} {how}", f"{tally.identical:,} identical"]
    rest = (("masked", tally.masked), ("different", tally.different), ("vacuous", tally.vacuous), ("not replayable", tally.not_replayable))  # fmt: skip
    return ", ".join([*parts, *(f"{count:,} {word}" for word, count in rest if count)])
