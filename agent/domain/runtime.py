"""What a running system showed: requests, operations seen together, statements; read from files that the user gives."""

from __future__ import annotations

from pydantic import Field

from agent.domain.inventory import Location, Noun

__all__ = ["Observation", "Request", "Runtime"]


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


class Runtime(Noun):
    """All evidence, sorted. ``sources`` are (file name, what it was read as, records); ``left`` counts what could not be
    read, by reason and the place of the first."""

    requests: tuple[Request, ...] = ()
    observations: tuple[Observation, ...] = ()
    sources: tuple[tuple[str, str, int], ...] = ()
    left: tuple[tuple[str, int, Location], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.requests or self.observations)
