"""What an evaluation task is: what it measures, against which truth and baselines, and the rows it answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

__all__ = ["Column", "Description", "Outcome", "Request", "Role", "Skipped", "Task", "Value"]

Value = str | int | float | bool | None
Role = Literal["name", "higher", "lower", "cost", "watch", ""]


@dataclass(frozen=True)
class Request:
    """What the user asked for. ``work`` is an empty folder for caches and outputs; ``quick`` means samples only."""

    work: Path
    dataset: Path | None = None
    sources: Path | None = None
    quick: bool = False


@dataclass(frozen=True)
class Skipped:
    """A case that was not run, and why: never silently left out."""

    case: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """Rows of equal keys, in the order in which the table shows them. ``variant`` is what was measured of several (a model)."""

    rows: tuple[Mapping[str, Value], ...]
    skipped: tuple[Skipped, ...] = ()
    variant: str = ""


@dataclass(frozen=True)
class Column:
    """How the table shows one key of the rows; numbers get ``digits`` places.

    ``role`` is what a comparison makes of it: part of the row's name; a figure that is better higher or lower; a cost, which
    is better lower and never twice the same; a figure to watch, of which neither is better; or nothing.
    """

    key: str
    title: str
    digits: int = 0
    role: Role = ""


class Task(Protocol):
    """One thing that is measured. The sentences go into the result file and the table's page as they are.

    ``data`` says how to get what it needs. ``budget`` and ``quick_budget`` are the minutes that a run may take on two cores.
    ``opt_in`` tasks need something that few machines have, and run only when they are named.
    """

    @property
    def name(self) -> str: ...
    @property
    def measures(self) -> str: ...
    @property
    def truth(self) -> str: ...
    @property
    def baselines(self) -> str: ...
    @property
    def limits(self) -> str: ...
    @property
    def data(self) -> str: ...
    @property
    def budget(self) -> float: ...
    @property
    def quick_budget(self) -> float: ...
    @property
    def opt_in(self) -> bool: ...
    @property
    def seeds(self) -> tuple[int, ...]: ...
    @property
    def columns(self) -> tuple[Column, ...]: ...

    def run(self, request: Request) -> Outcome:
        """Measure. Raises nothing for a single bad case: that becomes a `Skipped`."""
        ...


@dataclass(frozen=True)
class Description:
    """The fixed part of a task, for implementations to inherit."""

    name: str
    measures: str
    truth: str
    baselines: str
    limits: str
    columns: tuple[Column, ...]
    seeds: tuple[int, ...] = field(default=())
    data: str = ""
    budget: float = 0.0
    quick_budget: float = 0.0
    opt_in: bool = False
