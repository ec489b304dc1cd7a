"""What a running system showed: requests, operations seen together, statements, jobs, tables; read from files that the user gives."""

from __future__ import annotations

from pydantic import Field

from agent.domain.inventory import Location, Noun

__all__ = ["JobRuns", "Observation", "Request", "Runtime", "TableUse"]


class Request(Noun):
    """Requests of one method and path (without the query), and how many of them failed with a 5xx status."""

    method: str
    path: str
    count: int = Field(gt=0)
    failed: int = 0


class Observation(Noun):
    """Names that one operation touched: functions, types or modules as a tracer writes them, and tables.

    ``operation`` is a route or a statement, ``count`` how often it was seen.
    """

    operation: str
    code: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    count: int = Field(default=1, gt=0)


class JobRuns(Noun):
    """The runs of one job as its log names it; ``longest`` in seconds, 0 when no run has both times."""

    name: str
    runs: int = Field(gt=0)
    failed: int = 0
    longest: float = 0.0


class TableUse(Noun):
    """How often a table was read and written since its statistics began."""

    table: str
    reads: int = 0
    writes: int = 0


class Runtime(Noun):
    """All evidence, sorted. ``sources`` are (file name, what it was read as, records); ``left`` counts what could not be
    read, by reason and the place of the first."""

    requests: tuple[Request, ...] = ()
    observations: tuple[Observation, ...] = ()
    jobs: tuple[JobRuns, ...] = ()
    tables: tuple[TableUse, ...] = ()
    sources: tuple[tuple[str, str, int], ...] = ()
    left: tuple[tuple[str, int, Location], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.requests or self.observations or self.jobs or self.tables)
