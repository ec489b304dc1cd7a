"""The user's past work and a step's size in, the effort out: a range of working days with its basis, or the size alone.

Days per place (or per unit) of the history are taken from the 10th to the 90th percentile. Places and units are never
mixed: what was learned from one says nothing of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import get_args

from agent.domain.effort import Effort, Measure, PastWork, Size
from agent.domain.finding import Evidence
from agent.domain.handover import Unusable
from agent.domain.plan import Step
from agent.domain.wording import counted, listed

__all__ = ["History", "size_of"]

FEWEST = 5
SMALLEST, LARGEST = 0.001, 10_000_000.0
KINDS: tuple[str, ...] = get_args(Step.model_fields["kind"].annotation)
IN_UNITS = ("extract", "modularize")
KEY = "effort_history"


def size_of(evidence: Sequence[Evidence]) -> Size:
    """The places that are named, each once."""
    places = {(e.location.path, e.location.line) for e in evidence}
    return Size(count=len(places), files=len({path for path, _ in places}))


@dataclass(frozen=True)
class _Entry:
    kind: str
    size: float
    days: float

    @property
    def measure(self) -> Measure:
        return "unit" if self.kind in IN_UNITS else "place"


class History:
    """Past work as far as it can be used; ``unusable`` names the rest."""

    def __init__(self, told: Sequence[PastWork]) -> None:
        self.unusable: list[Unusable] = []
        self._told = len(told)
        self._entries: list[_Entry] = []
        for number, work in enumerate(told, 1):
            wrong = _wrong(work)
            if wrong:
                said = f"entry {number}{f' ({work.what[:80]!r})' if work.what else ''}: {wrong}"
                self.unusable.append(Unusable(place=work.place or "figwright.toml", why=f"[{KEY}] {said}"))
            else:
                self._entries.append(_Entry(work.kind, float(work.places), float(work.days)))

    def effort(self, kind: str, size: Size) -> Effort:
        """What a step of this kind and size takes; without enough entries the size alone."""
        if not self._told:
            return Effort(size=size, basis=f"figwright.toml has no {KEY}")
        alike = [entry for entry in self._entries if entry.measure == size.measure]
        own = [entry for entry in alike if entry.kind == kind]
        used, whose = (own, f"kind {kind}") if len(own) >= FEWEST else (alike, f"all kinds measured in {size.measure}s")
        if len(used) < FEWEST or not size.count:
            why = f"{len(used)} usable of {whose}, {FEWEST} are needed" if size.count else "its size is not known"
            return Effort(size=size, basis=f"{counted(self._told, 'entry', 'entries')} of {KEY}: {why}")
        rates = sorted(entry.days / entry.size for entry in used)
        tenths = quantiles(rates, n=10, method="inclusive")
        low, high = _rounded(tenths[0]), _rounded(tenths[-1])
        beyond = _beyond(size, used)
        return Effort(
            size=size,
            low=_rounded(size.count * tenths[0]),
            high=_rounded(size.count * tenths[-1]),
            basis=f"{counted(size.count, size.measure)} times the 10th to 90th percentile ({low:g} to {high:g}) of days per "
            f"{size.measure} in {len(used)} entries of {KEY}, {whose}{beyond}",
        )


def _beyond(size: Size, used: Sequence[_Entry]) -> str:
    """Whether the history holds anything of this size at all."""
    least, most = min(e.size for e in used), max(e.size for e in used)
    if least <= size.count <= most:
        return ""
    return f"; {'larger' if size.count > most else 'smaller'} than any of them ({least:g} to {most:g})"


def _wrong(work: PastWork) -> str:
    """Why an entry cannot be used; empty when it can."""
    if work.wrong:
        return work.wrong
    if work.kind and work.kind not in KINDS:
        return f"there is no kind of step {work.kind[:80]!r}, only {listed(KINDS, len(KINDS))}"
    for name, value in (("places", work.places), ("days", work.days)):
        if value == "":
            return f"{name} is missing"
        if isinstance(value, str):
            return f"{name} {value[:80]!r} is not a number"
        if not SMALLEST <= value <= LARGEST:
            return f"{name} {value:g} is not a number from {SMALLEST:g} to {LARGEST:,.0f}"
    return ""


def _rounded(days: float) -> float:
    """Two digits that mean something: more would claim to know more."""
    return float(f"{days:.2g}") if days < 100 else float(round(days))
