"""What a runbook's sections look at: one service in its ground, and how they speak: with evidence or a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from agent.domain.boundary import SHARED, Crossing, Service, TableOwnership
from agent.domain.finding import Evidence
from agent.domain.handover import Disposition, MessageContract, RouteContract, Statement
from agent.domain.plan import Step
from agent.roadmap.ground import Ground
from agent.roadmap.jobs import Job
from agent.roadmap.questions import Asker, place_of
from agent.roadmap.signals import Signals

__all__ = ["View"]


@dataclass(frozen=True)
class View:
    """One service. ``steps`` are all of the roadmap, ``step`` is its own."""

    ground: Ground
    service: Service
    step: Step
    steps: Sequence[Step]
    signals: Signals
    jobs: Sequence[Job]
    contracts: Sequence[RouteContract]
    messages: Sequence[MessageContract]
    dispositions: Sequence[Disposition]
    asker: Asker

    @property
    def name(self) -> str:
        return self.service.name

    @cached_property
    def paths(self) -> frozenset[str]:
        return self.ground.paths_of.get(self.name, frozenset())

    @cached_property
    def owned(self) -> tuple[TableOwnership, ...]:
        return tuple(self.ground.tables[t] for t in self.service.owned_tables if t in self.ground.tables)

    @cached_property
    def into(self) -> list[Crossing]:
        """What others need of it, shared code apart."""
        return [c for c in self.ground.boundaries.crossings if c.target == self.name and c.source != SHARED]

    @cached_property
    def out(self) -> list[Crossing]:
        return [c for c in self.ground.boundaries.crossings if c.source == self.name and c.target != SHARED]

    @cached_property
    def homes(self) -> tuple[Evidence, ...]:
        """Where the service lives: the place of its first unit."""
        units = {u.id: u for u in self.ground.boundaries.units}
        found = [units[u] for u in self.service.units if u in units]
        return tuple(
            Evidence.model_validate({"location": {"path": u.path, "line": u.line}, "text": u.id}) for u in found[:1]
        )

    @cached_property
    def own_jobs(self) -> list[Job]:
        """Jobs that run its code or write its tables."""
        owned = set(self.service.owned_tables)
        return [j for j in self.jobs if self.name in j.services or owned & {t for t, _ in j.writes}]

    def label(self, name: str) -> str:
        return "shared code" if name == SHARED else name

    def fact(self, text: str, evidence: Sequence[Evidence], most: int = 3) -> Statement:
        """A sentence with the places that it rests on."""
        return Statement(text=text, evidence=tuple(evidence[:most]))

    def open(
        self, id_: str, topic: str, text: str, ask: str, owner: str, changes: str,
        evidence: Sequence[Evidence] = (), options: str = "", why: str = "",
    ) -> Statement:  # fmt: skip
        """A sentence that waits for an answer, or that quotes the one that was given."""
        self.asker.ask(id_, topic, ask, owner, why or text, changes, options, evidence, (self.step.id,))
        told = self.asker.answer(id_)
        if told is None:
            return Statement(text=text, evidence=tuple(evidence[:3]), question=id_)
        return Statement(
            text=f"{ask} You said: {told.text}.",
            evidence=(place_of(told, f"{id_} = {told.text}"), *evidence[:2]),
            question=id_,
        )
