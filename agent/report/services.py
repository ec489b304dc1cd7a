"""How each service looks throughout one report: plan in, a mark (colour, pattern, anchor) per service out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent.domain.boundary import SHARED
from agent.domain.plan import Plan
from agent.report.visible_text import cut_middle

__all__ = ["COLOURS", "PATTERNS", "ServiceMark", "ServiceMarks", "anchors", "mark_services"]

COLOURS = 12
PATTERNS = 4
"""Twelve colours that can be told apart; then the same again hatched, dotted and crossed. Labels always carry the name."""


@dataclass(frozen=True)
class ServiceMark:
    """``style`` holds the CSS classes of its colour and pattern; ``anchor`` is empty for what has no section of its own."""

    name: str
    label: str
    style: str
    pattern: int
    anchor: str

    @property
    def colour(self) -> str:
        """The colour's class alone, for marks that cannot carry a pattern."""
        return self.style.split(" ")[0]


@dataclass(frozen=True)
class ServiceMarks:
    """Marks by service name; unknown names and shared code get a neutral one."""

    known: dict[str, ServiceMark]

    def __getitem__(self, name: str) -> ServiceMark:
        if name in self.known:
            return self.known[name]
        label = "shared code" if name == SHARED else cut_middle(name, 48) if name else "no service"
        return ServiceMark(name, label, "cs", 0, "shared" if name == SHARED else "")


def anchors(names: Iterable[str], prefix: str) -> dict[str, str]:
    """A distinct fragment identifier for each name: readable, ASCII, and free of anything that could break out."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        if name in found:
            continue
        slug = re.sub(r"[^a-z0-9]+", "-", name[:80].lower()).strip("-")[:40] or "x"
        number, anchor = 1, f"{prefix}-{slug}"
        while anchor in taken:
            number += 1
            anchor = f"{prefix}-{slug}-{number}"
        taken.add(anchor)
        found[name] = anchor
    return found


def mark_services(plan: Plan) -> ServiceMarks:
    """The largest services get the twelve plain colours, ties by name."""
    services = plan.boundaries.services
    targets = anchors((service.name for service in services), "s")
    ranked = sorted(services, key=lambda service: (-service.code_lines, service.name))
    known = {}
    for place, service in enumerate(ranked):
        pattern = place // COLOURS % PATTERNS
        style = f"c{place % COLOURS}" + (f" p{pattern}" if pattern else "")
        known[service.name] = ServiceMark(
            service.name, cut_middle(service.name, 48), style, pattern, targets[service.name]
        )
    return ServiceMarks(known)
