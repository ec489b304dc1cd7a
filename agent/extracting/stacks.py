"""What a stack (an ecosystem and its web frameworks) has to know so that a service can be taken out of its programs.

The ladder, the repair loop, the gates and the comparison are the same for all: they speak to these two.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, Protocol, Self, TypeVar

from agent.domain.boundary import Boundaries
from agent.domain.code import DependencyGraph
from agent.domain.execution import Command
from agent.domain.extraction import Answer, RecordedRequest
from agent.domain.inventory import Inventory
from agent.extracting.watching import Ran
from agent.extraction import Ground, Recording, Replayed, Side
from agent.extraction.owning import own_requests
from agent.extraction.slicing import Cut, Demand, Slice

__all__ = ["Bounded", "Cutter", "Stack"]

ProgramT = TypeVar("ProgramT")


class Cutter(Protocol):
    """A recorded program, read for one service of its boundaries."""

    @property
    def service(self) -> str: ...

    @property
    def left(self) -> tuple[str, ...]:
        """Jobs and commands of the service that no request starts."""
        ...

    def over(self, recording: Recording) -> Cutter:
        """The same program, asked the requests of another recording of it."""
        ...

    def own(self) -> tuple[RecordedRequest, ...]:
        """The recorded requests that the service answers."""
        ...

    def cut(self, demands: Sequence[Demand] = ()) -> Slice:
        """The service's folder; ``demands`` are what earlier rounds were found to lack."""
        ...

    def empty(self) -> Slice:
        """The same folder with every route a stub: a service that serves nothing."""
        ...

    def start(self, made: Slice) -> str:
        """What the slice prints when all of it is loaded in the box, without a request."""
        ...

    def lacks(self, printed: str) -> Sequence[Demand]:
        """What an error names as missing."""
        ...

    def witnessed(self, made: Slice, ran: Ran) -> Sequence[Demand]:
        """What the monolith ran and the slice does not have."""
        ...

    def replay(self, tree: Path, numbers: Sequence[int] | None, upstream: str, patience: float = 0.0) -> Replayed:
        """What a folder with code answers to those recorded requests. ``patience``: seconds for an answer of a slice with
        defects, which may hang; 0: as long as for any."""
        ...

    def watch(self, tree: Path, numbers: Sequence[int], upstream: str) -> tuple[tuple[Answer, ...], Ran]:
        """The same, and which lines ran for which request."""
        ...


class Stack(Protocol):
    """How requests of this ecosystem's programs are recorded and replayed, and how its code is cut."""

    @property
    def ecosystem(self) -> str:
        """The name of `agent.validation`'s ecosystem whose suites are recorded."""
        ...

    @property
    def unrecorded(self) -> str:
        """Why a suite may have made no request that could be recorded, in words."""
        ...

    def record(self, ground: Ground, command: Command, into: Path) -> Recording: ...

    def replay_sides(
        self, ground: Ground, recording: Recording, tree: Path, only: Collection[int] | None, sides: Sequence[Side],
        facade: str = "", routes: bool = False,
    ) -> Replayed: ...  # fmt: skip

    def open(
        self,
        ground: Ground,
        recording: Recording,
        graph: DependencyGraph,
        inventory: Inventory,
        boundaries: Boundaries,
        service: str,
        paths: Sequence[str],
        read: Callable[[str], bytes],
    ) -> Cutter:
        """Raises InputError when there is nothing that could be cut."""
        ...  # fmt: skip


@dataclass(frozen=True)
class Bounded(Generic[ProgramT]):
    """What every cutter is, whatever its language: a recorded program and the boundary of one service in it."""

    ground: Ground
    recording: Recording
    program: ProgramT
    boundary: Cut

    @property
    def service(self) -> str:
        return self.boundary.service

    @property
    def left(self) -> tuple[str, ...]:
        return tuple(self.boundary.left)

    def over(self, recording: Recording) -> Self:
        return replace(self, recording=recording)

    def own(self) -> tuple[RecordedRequest, ...]:
        return own_requests(self.recording.requests, self.boundary.homes, self.boundary.service)
