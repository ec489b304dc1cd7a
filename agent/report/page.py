"""What the HTML page shows beyond the plan itself: plan in, rows and lists that the templates only have to print out.

Every list is bounded here; what is left out stays in plan.json, and the page says how much that is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from agent.domain.boundary import SHARED, Crossing, Service, TableOwnership, Unit
from agent.domain.finding import SEVERITIES
from agent.domain.handover import PARITY, Disposition
from agent.domain.plan import Plan, RouteRow
from agent.report.pictures.service_focus import Neighbour, draw_focus
from agent.report.services import ServiceMarks

__all__ = [
    "PARITY_STYLES",
    "CycleServices",
    "Focus",
    "Limits",
    "RoleRow",
    "Understanding",
    "churned",
    "crossings",
    "disposition_counts",
    "disputed_tables",
    "file_roles",
    "focus_panels",
    "largest_units",
    "lenses",
    "limits_for",
    "ordered_dispositions",
    "ordered_tables",
    "parity_counts",
    "parity_kinds",
    "severities",
    "table_columns",
    "understanding",
]


_PANEL_ORDER = ("extract first", "extract later", "keep in", "do not split")


@dataclass(frozen=True)
class Limits:
    """How many rows of each list the page prints; ``panel_…`` for each service's panel."""

    evidence: int = 4
    gaps: int = 40
    routes: int = 80
    entry_points: int = 40
    tables: int = 100
    table_columns: int = 14
    contested: int = 40
    shared: int = 60
    crossings: int = 25
    findings: int = 120
    steps: int = 120
    step_evidence: int = 2
    cycles: int = 8
    hotspots: int = 15
    dispositions: int = 40
    rejected: int = 2
    questions: int = 16
    unusable: int = 20
    panel_pictures: int = 1000
    panel_neighbours: int = 8
    panel_rows: int = 8
    panel_units: int = 25
    panel_evidence: bool = True


def limits_for(plan: Plan) -> Limits:
    """Less of each where there is much of everything, so that the page stays one that a browser opens at once."""
    services = len(plan.boundaries.services)
    if services <= 12:
        return Limits()
    shorter = Limits(
        evidence=2,
        routes=40,
        tables=50,
        contested=30,
        shared=30,
        crossings=20,
        findings=60,
        steps=45,
        dispositions=30,
        rejected=1,
        questions=14,
        panel_neighbours=5,
        panel_rows=4,
        panel_units=6,
        panel_evidence=False,
    )
    return shorter if services <= 80 else replace(shorter, panel_pictures=100, panel_units=0)


@dataclass(frozen=True)
class Understanding:
    """All languages' references together: what share of them leads somewhere known, inside or outside."""

    total: int
    known: int
    ambiguous: int
    unresolved: int


def understanding(plan: Plan) -> Understanding:
    rows = plan.not_understood.resolutions
    known = sum(row.exact + row.inferred + row.external for row in rows)
    ambiguous, unresolved = sum(row.ambiguous for row in rows), sum(row.unresolved for row in rows)
    return Understanding(known + ambiguous + unresolved, known, ambiguous, unresolved)


@dataclass(frozen=True)
class Focus:
    """The panel of one service; lists are complete, the template prints their heads."""

    service: Service
    svg: Markup
    callers: tuple[Crossing, ...]
    callees: tuple[Crossing, ...]
    tables: tuple[TableOwnership, ...]
    routes: tuple[RouteRow, ...]
    units: tuple[Unit, ...]


def focus_panels(plan: Plan, marks: ServiceMarks, limits: Limits) -> list[Focus]:
    """One panel per service; the first is the one to take out first, so that it is what the page opens with."""
    callers, callees = _crossings_by_end(plan.boundaries.crossings)
    tables: defaultdict[str, list[TableOwnership]] = defaultdict(list)
    for table in plan.boundaries.tables:
        for name in sorted({table.owner, *table.writers, *table.readers}):
            tables[name].append(table)
    routes: defaultdict[str, list[RouteRow]] = defaultdict(list)
    for route in plan.system.routes_table:
        routes[route.service].append(route)
    units: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in plan.boundaries.units:
        units[unit.service].append(unit)
    drawn = _busiest(plan, limits.panel_pictures)
    panels = []
    for service in sorted(plan.boundaries.services, key=lambda s: (_PANEL_ORDER.index(s.verdict), s.name)):
        name = service.name
        sides = (
            [Neighbour(c.source, c.weight) for c in callers[name]],
            [Neighbour(c.target, c.weight) for c in callees[name]],
        )
        svg = draw_focus(service, *sides, marks, limits.panel_neighbours) if name in drawn else Markup()
        owned = sorted(tables[name], key=lambda table: (table.owner != name, table.table))
        largest = sorted(units[name], key=lambda unit: (-unit.code_lines, unit.id))
        panels.append(
            Focus(
                service,
                svg,
                tuple(callers[name]),
                tuple(callees[name]),
                tuple(owned),
                tuple(routes[name]),
                tuple(largest),
            )
        )
    return panels


def crossings(plan: Plan, *, with_shared: bool) -> list[Crossing]:
    """Crossings between services, or those with shared code at an end: it is set apart, so they weigh differently."""
    return [c for c in plan.boundaries.crossings if (SHARED in (c.source, c.target)) == with_shared]


def _busiest(plan: Plan, most: int) -> set[str]:
    ranked = sorted(plan.boundaries.services, key=lambda s: (-(s.calls_in + s.calls_out), -s.code_lines, s.name))
    return {service.name for service in ranked[:most]}


def _crossings_by_end(
    crossings: Sequence[Crossing],
) -> tuple[Mapping[str, list[Crossing]], Mapping[str, list[Crossing]]]:
    """(by target, by source), each heaviest first and shared code last."""
    callers: defaultdict[str, list[Crossing]] = defaultdict(list)
    callees: defaultdict[str, list[Crossing]] = defaultdict(list)
    for crossing in sorted(crossings, key=_by_weight):
        callers[crossing.target].append(crossing)
        callees[crossing.source].append(crossing)
    return callers, callees


def _by_weight(crossing: Crossing) -> tuple[bool, int, str, str]:
    return SHARED in (crossing.source, crossing.target), -crossing.weight, crossing.source, crossing.target


PARITY_STYLES = {
    "tested": "exact",
    "characterised": "inferred",
    "replayed": "external",
    "dropped by decision": "ambiguous",
    "unknown": "unresolved",
}
_KINDS = ("deployable", "module", "job", "screen group", "table group", "capability", "route", "table", "file")


def ordered_dispositions(plan: Plan) -> list[Disposition]:
    """Deployables and modules first, then what somebody has to decide, then the rest."""
    return sorted(
        plan.handover.dispositions,
        key=lambda d: (d.kind not in _KINDS[:2], not d.candidate, _KINDS.index(d.kind), d.component),
    )


def disposition_counts(plan: Plan) -> list[tuple[str, int]]:
    """(action, components), candidates apart, most first."""
    counts = Counter(f"{d.action} (candidates)" if d.candidate else d.action for d in plan.handover.dispositions)
    return sorted(counts.items(), key=lambda c: (-c[1], c[0]))


def parity_counts(plan: Plan) -> list[tuple[str, int]]:
    """(status, functions) in the ledger's order, without those that nothing has."""
    counts = Counter(row.status for row in plan.handover.parity)
    return [(status, counts[status]) for status in PARITY if counts[status]]


def parity_kinds(plan: Plan) -> list[tuple[str, list[int]]]:
    """(kind, functions by status in the ledger's order)."""
    counts = Counter((row.kind, row.status) for row in plan.handover.parity)
    kinds = [k for k in ("route", "screen", "report", "job", "message") if any(k == kind for kind, _ in counts)]
    return [(kind, [counts[kind, status] for status in PARITY]) for kind in kinds]  # type: ignore[index]


def ordered_tables(plan: Plan) -> list[TableOwnership]:
    """Tables that need a decision first: several writers, then no owner, then the rest by name."""
    return sorted(
        plan.boundaries.tables, key=lambda t: (-len(t.writers) if len(t.writers) > 1 else 0, t.owner != "", t.table)
    )


def disputed_tables(plan: Plan) -> int:
    """How many of the tables, in that order, need a decision."""
    return sum(len(table.writers) > 1 or not table.owner for table in plan.boundaries.tables)


def churned(plan: Plan) -> bool:
    """Whether the history tells files apart: with one commit to each, only complexity ranks them."""
    return any(spot.commits > 1 for spot in plan.system.hotspots)


def largest_units(plan: Plan, limits: Limits) -> list[Unit]:
    """What to look at where no history ranks anything."""
    return sorted(plan.boundaries.units, key=lambda unit: (-unit.code_lines, unit.id))[: limits.hotspots]


def table_columns(plan: Plan, limits: Limits) -> list[str]:
    """The services that touch any table, as columns; none when they are too many to stand beside each other."""
    names = {name for table in plan.boundaries.tables for name in (table.owner, *table.writers, *table.readers)}
    shown = sorted(name for name in names if name and name != SHARED) + ([SHARED] if SHARED in names else [])
    return shown if len(shown) <= limits.table_columns else []


class CycleServices:
    """Called with the units of a cycle, names the services that it runs through."""

    def __init__(self, plan: Plan) -> None:
        self._home = {unit.id: unit.service for unit in plan.boundaries.units}

    def __call__(self, cycle: Sequence[str]) -> list[str]:
        return sorted({self._home[unit] for unit in cycle if unit in self._home})


def severities(plan: Plan) -> list[tuple[str, int]]:
    """How many findings of each severity there are, gravest first."""
    counts: Counter[str] = Counter(finding.severity for finding in plan.findings)
    return [(severity, counts[severity]) for severity in SEVERITIES if counts[severity]]


@dataclass(frozen=True)
class LensRow:
    """Findings of one lens. ``shares`` are percentages of the fullest lens, by severity, so that bars can be held against each other."""

    lens: str
    counts: tuple[tuple[str, int], ...]
    shares: tuple[tuple[str, float], ...]
    steps: tuple[str, ...]


def lenses(plan: Plan) -> list[LensRow]:
    """What each lens found, those with the gravest findings first."""
    counted: dict[str, Counter[str]] = {}
    for finding in plan.findings:
        counted.setdefault(finding.lens or finding.rule.partition(".")[0], Counter())[finding.severity] += 1
    most = max((counts.total() for counts in counted.values()), default=1)
    rows = []
    for lens in sorted(counted, key=lambda name: ([-counted[name][one] for one in SEVERITIES], name)):
        counts = [(severity, counted[lens][severity]) for severity in SEVERITIES]
        shares = tuple((severity, 100 * number / most) for severity, number in counts if number)
        of_lens = (f.step for f in plan.findings if (f.lens or f.rule.partition(".")[0]) == lens)
        rows.append(LensRow(lens, tuple(counts), shares, tuple(sorted(set(of_lens) - {""}))))
    return rows


@dataclass(frozen=True)
class RoleRow:
    """Files of one role, added up."""

    role: str
    files: int
    lines: int
    bytes: int


def file_roles(plan: Plan) -> list[RoleRow]:
    """The files that were read, by role, most lines first."""
    totals: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for file in plan.inventory.files:
        for place, amount in enumerate((1, file.code_lines, file.bytes)):
            totals[file.role][place] += amount
    rows = [RoleRow(role, *amounts) for role, amounts in totals.items()]
    return sorted(rows, key=lambda row: (-row.lines, row.role))
