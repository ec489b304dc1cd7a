"""What the rungs share while a service is taken up the ladder, and the evidence file that it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agent.domain.boundary import Boundaries
from agent.domain.code import DependencyGraph
from agent.domain.extraction import Evidence, RecordedRequest, Rung
from agent.domain.inventory import Inventory
from agent.extracting.stacks import Stack
from agent.extraction import Ground, Recording, Replayed
from agent.extraction.live import Asked
from agent.extraction.owning import Owners, observed_ownership, own_requests
from agent.validation import Workplace

__all__ = ["Climb", "LiveRun", "Made"]

_PASSED = ("passed", "expected failure")


@dataclass(frozen=True)
class LiveRun:
    """The repository's tests, run once behind a facade: each test's status, and what it asked whom."""

    statuses: Mapping[str, str]
    asked: Asked
    trouble: str = ""

    def passed(self, test: str) -> bool:
        return self.statuses.get(test) in _PASSED


@dataclass
class Climb:
    """What the rungs share: the ground, the recording, the monolith's own answers, and what was found so far."""

    stack: Stack
    ground: Ground
    recording: Recording
    service: str
    boundaries: Boundaries
    owners: Owners
    suite: str
    first: Replayed = field(default_factory=lambda: Replayed(()))
    unsteady: frozenset[int] = frozenset()  # requests in which the monolith does not agree with itself
    rungs: list[Rung] = field(default_factory=list)
    controls: list[LiveRun] = field(default_factory=list)
    """The live tests with every route on the monolith, once they have run: the same for each service of a recording."""

    @property
    def own(self) -> tuple[RecordedRequest, ...]:
        """The recorded requests that the service's handlers answered."""
        return own_requests(self.recording.requests, self.owners, self.service)

    def evidence(self, place: Workplace, stopped: str, notes: Sequence[str] = ()) -> Evidence:
        """``extraction.json``."""
        routes = sorted({f"{one.method} {one.route}" for one in self.own})
        return Evidence(
            name=place.tree.name,
            commit=place.tree.commit,
            service=self.service,
            sandbox=place.sandbox.name,
            suites=(self.suite,),
            tests=self.recording.tests,
            service_routes=tuple(routes),
            rungs=tuple(self.rungs),
            ownership=observed_ownership(self.recording.requests, self.first.answers, self.boundaries, self.owners),
            stopped=stopped,
            notes=(*self.recording.notes, *([self.recording.trouble] if self.recording.trouble else ()), *notes),
        )


class Made(Protocol):
    """What the earlier stages found, each made when it is first asked for."""

    def inventory(self) -> Inventory: ...

    def graph(self) -> DependencyGraph: ...

    def boundaries(self) -> Boundaries: ...
