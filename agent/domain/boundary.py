"""Candidate services: who belongs where, what crosses, who owns which table, and what the alternatives were.

A unit is what boundaries are drawn around: a module (Python, JavaScript) or a top-level type (Java). Each unit has
one home; shared code is set apart with a reason.
"""

from __future__ import annotations

from typing import Literal

from agent.domain.bill import Bill
from agent.domain.finding import Evidence
from agent.domain.inventory import Location, Noun
from agent.domain.runtime import JobRuns, TableUse

__all__ = [
    "SHARED",
    "Alternative",
    "Boundaries",
    "Change",
    "Comparison",
    "Contested",
    "Crossing",
    "Explanation",
    "Home",
    "Metrics",
    "Move",
    "Pin",
    "Pull",
    "Service",
    "SharedUnit",
    "TableOwnership",
    "Traffic",
    "Unit",
]

SHARED = "__shared__"
"""The service name of units that are set apart as shared code."""


class Unit(Noun):
    """A unit and its home; ``service`` is a service's name or ``__shared__``; ``pinned`` when the user placed it."""

    id: str
    path: str
    line: int
    service: str
    code_lines: int
    pinned: bool = False
    reason: str  # why it is here, from the evidence


class SharedUnit(Noun):
    """A unit set apart. ``kind``: library (used everywhere, uses nothing of the domain), kernel (domain types used by
    several services), glue (wires everything: start-up, configuration, god modules). ``used_by`` lists services."""

    unit: str
    kind: Literal["library", "kernel", "glue"]
    reason: str
    used_by: tuple[str, ...]
    location: Location


class Contested(Noun):
    """A unit whose second-best home is nearly as good; shares are its weight of ties to each (0..1)."""

    unit: str
    service: str
    share: float
    runner_up: str
    runner_up_share: float
    location: Location


class Crossing(Noun):
    """What crosses from one service to another: ``source`` needs ``target``.

    ``weight`` counts dependencies; ``kinds`` splits it; ``evidence`` shows the first by path and line.
    """

    source: str
    target: str
    weight: int
    kinds: tuple[tuple[str, int], ...]
    evidence: tuple[Evidence, ...]


class TableOwnership(Noun):
    """A table, its owner (``""`` undecided), and which services read and write it, with the surest evidence first."""

    table: str
    owner: str
    reason: str
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    location: Location
    evidence: tuple[Evidence, ...]


class Service(Noun):
    """A candidate service.

    ``needs`` are operations of neighbours that it calls (symbol, neighbour's name, count); ``offers`` are its symbols
    that neighbours call. ``verdict`` in plain words: extract first, extract later, keep in, do not split.
    """

    name: str
    title: str
    name_reason: str
    units: tuple[str, ...]
    code_lines: int
    tests: int  # test files that touch it
    entry_points: tuple[str, ...]  # routes and jobs
    owned_tables: tuple[str, ...]
    shared_tables: tuple[str, ...]  # tables that it touches and does not own, or owns with other writers
    calls_out: int
    calls_in: int
    cohesion: float  # share of its units' ties that stay inside, 0..1
    offers: tuple[tuple[str, int], ...]
    needs: tuple[tuple[str, str, int], ...]
    verdict: Literal["extract first", "extract later", "keep in", "do not split"]
    verdict_reason: str


class Metrics(Noun):
    """Internal metrics of one partition (definitions in docs/boundaries.md; shared units left out).

    sm: structural modularity, higher is better. icp: inter-partition call share, 0..1, lower is better. ifn: mean
    number of cross-service unit pairs per service, lower is better. ned: 1 - share of units in services of 5 to 20.
    modularity: Newman's, of the weighted graph. stability: mean adjusted Rand index over perturbed runs, 0..1.
    """

    services: int
    sm: float
    icp: float
    ifn: float
    ned: float
    modularity: float
    stability: float


class Alternative(Noun):
    """Another granularity or method that was scored: coarse, medium or fine; packages; one service."""

    name: str
    metrics: Metrics
    chosen: bool
    reason: str
    services: tuple[tuple[str, int], ...]  # (name, units)
    units: tuple[tuple[str, str], ...]  # (unit, service)


class Pin(Noun):
    """A change that the user made in boundaries.toml, and what it did."""

    what: str
    line: int
    effect: str


class Traffic(Noun):
    """What the user's logs, traces and statistics said of this system.

    ``sources`` are (file, kind, records); ``routes`` (route, requests), most first; ``silent`` routes that no request of the
    logs was for: a question, not a proof, since logs cover their time only. ``operations`` counts what traces and
    statistics brought; ``jobs`` are as their log names them, ``tables`` as the graph does. ``unmatched`` and ``left`` count what could not be placed, and what could not be read, by reason.
    """

    sources: tuple[tuple[str, str, int], ...] = ()
    requests: int = 0
    operations: int = 0
    routes: tuple[tuple[str, int], ...] = ()
    silent: tuple[str, ...] = ()
    jobs: tuple[JobRuns, ...] = ()
    tables: tuple[TableUse, ...] = ()
    unmatched: tuple[tuple[str, int], ...] = ()
    left: tuple[tuple[str, int, Location], ...] = ()


class Boundaries(Noun):
    """The proposal. ``verdict`` is `split`, `modularize` (boundaries exist but entangled or too small to run apart)
    or `do not split`; ``verdict_reasons`` carry the numbers. Units and tables are sorted by ID, services by name."""

    verdict: Literal["split", "modularize", "do not split"]
    verdict_reasons: tuple[str, ...]
    services: tuple[Service, ...]
    units: tuple[Unit, ...]
    shared: tuple[SharedUnit, ...]
    contested: tuple[Contested, ...]
    crossings: tuple[Crossing, ...]  # heaviest first
    tables: tuple[TableOwnership, ...]
    metrics: Metrics
    alternatives: tuple[Alternative, ...]
    layers: tuple[tuple[str, float, int], ...]  # (layer, weight used, edges)
    pins: tuple[Pin, ...] = ()
    routes: tuple[tuple[str, str], ...] = ()  # (route, service) where the user's word differs from its handler's unit
    bill: Bill = Bill()
    traffic: Traffic = Traffic()


class Pull(Noun):
    """How strongly one layer of evidence ties something to a service. ``share`` is of all its ties to services, 0..1."""

    service: str
    layer: str
    share: float
    partners: tuple[str, ...]  # the strongest first
    evidence: tuple[Evidence, ...] = ()  # layers of likeness (names, packages, history) have no line


class Home(Noun):
    """Where something lives at one granularity."""

    granularity: str
    service: str
    chosen: bool


class Move(Noun):
    """What another home would change in the whole partition: modularity and SM (higher is better), ICP (lower is)."""

    service: str
    modularity: float
    icp: float
    sm: float


class Explanation(Noun):
    """Why a unit, a table or a service is where it is. ``service`` is its home, ``__shared__`` or ``""`` (undecided)."""

    subject: str
    kind: Literal["unit", "table", "service"]
    location: Location
    service: str
    reason: str
    pinned: bool = False
    pulls: tuple[Pull, ...] = ()
    granularities: tuple[Home, ...] = ()
    moves: tuple[Move, ...] = ()
    entry_points: tuple[str, ...] = ()
    used_by: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    members: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


class Change(Noun):
    """One thing before and after; ``""`` where it is not there."""

    what: str
    before: str
    after: str
    note: str = ""


class Comparison(Noun):
    """figwright's proposal against the same with the user's edits; pairs are (before, after)."""

    moved_units: tuple[Change, ...]
    moved_tables: tuple[Change, ...]
    services_added: tuple[str, ...]
    services_removed: tuple[str, ...]
    metrics: tuple[Change, ...]
    crossings: tuple[int, int]
    crossings_by_pair: tuple[Change, ...]
    conflicts: tuple[tuple[str, ...], tuple[str, ...]]
    verdict: tuple[str, str]
    service_verdicts: tuple[Change, ...]
    pins: tuple[Pin, ...]
