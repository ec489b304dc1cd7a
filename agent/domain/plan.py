"""The plan: everything that the report shows, as one versioned value; its JSON Schema is generated from these types.

Invariants: no clock, no machine path, no random order anywhere in it; every list is in an order that its docstring
names; every claim about the system carries evidence.
"""

from __future__ import annotations

from typing import Literal

from agent.domain.advice import Advice
from agent.domain.boundary import Boundaries
from agent.domain.effort import Effort
from agent.domain.finding import Evidence, Finding
from agent.domain.handover import Handover
from agent.domain.inventory import Inventory, Location, Noun

__all__ = [
    "SCHEMA_VERSION",
    "Action",
    "CodeSummary",
    "FileGap",
    "Hotspot",
    "LanguageResolution",
    "NotUnderstood",
    "Phase",
    "Plan",
    "Repository",
    "Roadmap",
    "RouteRow",
    "Step",
    "SystemSummary",
]

SCHEMA_VERSION: Literal["1.0"] = "1.0"


class Repository(Noun):
    """Which source was read. ``commit`` is empty for a folder without git; ``dirty`` tells of uncommitted changes."""

    name: str
    commit: str
    vcs: Literal["git", "none"]
    remote: str
    dirty: bool
    dirty_files: int
    as_of: str  # the date that end-of-life is judged at (ISO)


class LanguageResolution(Noun):
    """What became of one language's references (imports, calls, types, uses)."""

    language: str
    exact: int
    inferred: int
    ambiguous: int
    external: int
    unresolved: int
    reasons: tuple[tuple[str, int], ...] = ()  # why unresolved, most frequent first


class FileGap(Noun):
    """A file that was not, or only partly, parsed."""

    location: Location
    reason: str


class NotUnderstood(Noun):
    """What figwright did not understand: printed before anything else.

    ``unparsed_languages``: (language, files, code lines) without a parser, largest first. ``gaps``: files that failed or
    have syntax errors, the first 200 by path; ``gap_count`` counts them all.
    """

    resolutions: tuple[LanguageResolution, ...]
    unparsed_languages: tuple[tuple[str, int, int], ...]
    gaps: tuple[FileGap, ...]
    gap_count: int
    skipped_files: int
    ambiguous_examples: tuple[Evidence, ...]
    notes: tuple[str, ...]  # one sentence each: no history, table names built at run time, ...


class RouteRow(Noun):
    """An HTTP route, its handler, the tables that it reaches, and the service that would own it."""

    route: str
    handler: str
    location: Location
    service: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]


class Hotspot(Noun):
    """A file by churn and complexity. ``score`` = rank product in 0..1 (1 is hottest)."""

    path: str
    unit: str
    commits: int
    authors: int
    code_lines: int
    complexity: int
    score: float
    service: str


class CodeSummary(Noun):
    """Sizes of the graph: symbols by kind, dependencies by kind and by resolution, cycles among units."""

    symbols: tuple[tuple[str, int], ...]
    dependencies: tuple[tuple[str, int], ...]
    resolutions: tuple[tuple[str, int], ...]
    cycles: tuple[tuple[str, ...], ...]  # strongly connected components of more than one unit, largest first


class SystemSummary(Noun):
    """The system at a glance."""

    code_lines: int
    test_lines: int
    units: int
    tables: int
    routes: int
    code: CodeSummary
    routes_table: tuple[RouteRow, ...]
    hotspots: tuple[Hotspot, ...]  # hottest first, at most 40


class Step(Noun):
    """One step of the roadmap.

    ``value`` and ``cost`` are in 0..1 and explained by ``reasons``; criteria are checkable sentences; ``findings`` are the
    IDs of what the step rests on or removes.
    """

    id: str
    title: str
    kind: Literal["prepare", "observe", "cut", "extract", "own_data", "retire", "keep", "modularize", "containerize"]
    service: str
    reasons: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    value: float | None
    cost: float | None
    entry: tuple[str, ...]
    exit: tuple[str, ...]
    rollback: str
    findings: tuple[str, ...]
    depends_on: tuple[str, ...]
    abort: tuple[str, ...] = ()  # what stops it: a number where one is known, else the question that asks for it
    effort: Effort | None = None  # None where nothing is to be done


class Phase(Noun):
    """Steps that belong together, with the reason why they come at this point."""

    id: str
    title: str
    why: str
    steps: tuple[Step, ...]


class Roadmap(Noun):
    """Phases in order; ``order_reason`` says by what rule the extractions were ordered."""

    verdict: str
    order_reason: str
    phases: tuple[Phase, ...]


class Action(Noun):
    """One of the three things to do first."""

    title: str
    why: str
    evidence: tuple[Evidence, ...]
    step: str


class Plan(Noun):
    """A modernization plan."""

    schema_version: Literal["1.0"] = "1.0"
    figwright: str
    repository: Repository
    first_actions: tuple[Action, ...]
    not_understood: NotUnderstood
    inventory: Inventory
    system: SystemSummary
    boundaries: Boundaries
    findings: tuple[Finding, ...]  # by severity, then ID
    roadmap: Roadmap
    handover: Handover = Handover()
    advice: Advice = Advice()  # a language model's words and proposals, when one was asked
