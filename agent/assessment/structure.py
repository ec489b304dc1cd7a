"""Structure that stands in the way: cycles between services, god units, shared code that everything waits for.

Before: orders imports billing, billing imports orders. After: one direction, or an event for the other. Why: services in
a cycle can only be released together. When not: cycles inside one service cost nothing here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import networkx

from agent.assessment.case import SHOWN, Case, evidence, finding, seen
from agent.domain.boundary import SHARED
from agent.domain.code import Dependency
from agent.domain.finding import Finding, Rule
from agent.domain.wording import counted

__all__ = ["RULES", "look", "unit_cycles"]

RULES = (
    Rule(
        id="structure.service-cycle", lens="structure", severity="medium", title="Two services need each other",
        matches="Pairs of proposed services with calls, imports or types in both directions.",
        why="Services in a cycle can only be released together.",
        remedy="Turn one direction into an event, a callback handed in, or move the code.",
    ),
    Rule(
        id="structure.god-unit", lens="structure", severity="medium", title="A unit holds much of the code and everybody uses it",
        matches="Units of 400 lines or more, with 8 % of the code or more, used by four units or more.",
        why="Every extraction will have to touch it.",
        remedy="Split it along the services that use each part.",
    ),
)  # fmt: skip

GOD_LINES = 400
GOD_SHARE = 0.08
EACH_WAY = 6


def look(case: Case) -> Iterator[Finding]:
    """Rules structure.service-cycle and structure.god-unit."""
    yield from _service_cycles(case)
    yield from _god_units(case)


def unit_cycles(case: Case) -> tuple[tuple[str, ...], ...]:
    """Strongly connected components of more than one unit (Tarjan), largest first, members sorted."""
    graph = networkx.DiGraph()
    homes = {unit.id for unit in case.boundaries.units}
    for edge in case.graph.dependencies:
        a, b = case.graph.unit_of(edge.source), case.graph.unit_of(edge.target)
        if a != b and a in homes and b in homes:
            graph.add_edge(a, b)
    found = [tuple(sorted(c)) for c in networkx.strongly_connected_components(graph) if len(c) > 1]
    return tuple(sorted(found, key=lambda c: (-len(c), c)))


def _service_cycles(case: Case) -> Iterator[Finding]:
    edges: dict[tuple[str, str], list[Dependency]] = defaultdict(list)
    for edge in case.graph.dependencies:
        a, b = case.service_of(edge.source), case.service_of(edge.target)
        if a and b and a != b and SHARED not in (a, b) and edge.kind in ("call", "import", "inherit", "use", "type"):
            edges[a, b].append(edge)
    for (a, b), there in sorted(edges.items()):
        back = edges.get((b, a), [])
        if a > b or not back:
            continue
        fewer, more, first, second = (there, back, a, b) if len(there) <= len(back) else (back, there, b, a)
        shown = [*fewer[:EACH_WAY], *more[: SHOWN - min(EACH_WAY, len(fewer))]]  # both directions are the claim
        yield finding(
            "structure.service-cycle", f"{a}|{b}", "medium",
            f"{a} and {b} need each other",
            f"{counted(len(edges[a, b]), 'dependency leads', 'dependencies lead')} from {a} to {b} and {len(edges[b, a])} back; cutting the "
            f"{len(fewer)} from {first} to {second} is the shorter way out.",
            f"Turn what {first} needs of {second} into an event, a callback handed in, or move the code to where it is needed.",
            (a, b),
            [seen(e, f"{e.source} needs {e.target}") for e in shown],
        )  # fmt: skip


def _god_units(case: Case) -> Iterator[Finding]:
    total = sum(unit.code_lines for unit in case.boundaries.units)
    users: dict[str, set[str]] = defaultdict(set)
    for edge in case.graph.dependencies:
        a, b = case.graph.unit_of(edge.source), case.graph.unit_of(edge.target)
        if a != b and case.service_of(edge.source):
            users[b].add(a)
    for unit in case.boundaries.units:
        fan_in = len(users[unit.id])
        if unit.code_lines < GOD_LINES or unit.code_lines < GOD_SHARE * total or fan_in < 4:
            continue
        services = case.named(case.service_of(u) for u in users[unit.id])
        functions = sum(1 for s in case.graph.symbols if s.unit == unit.id and s.kind == "function")
        yield finding(
            "structure.god-unit", unit.id, "medium",
            f"{unit.id} holds {unit.code_lines / total:.0%} of the code and {fan_in} units use it",
            f"{unit.code_lines:,} lines and {functions} functions in one unit, used from {len(services)} services: every "
            "extraction will have to touch it.",
            "Split it along the services that use each part before the first extraction; keep only what knows no domain.",
            services,
            [evidence(unit.path, unit.line, f"{unit.code_lines:,} lines, {functions} functions, fan-in {fan_in}")],
        )  # fmt: skip
