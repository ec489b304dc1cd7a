"""A small map of services for forges that draw mermaid: services and crossings in, a fenced diagram out."""

from __future__ import annotations

from agent.domain.plan import Plan
from agent.report.visible_text import cut_middle

__all__ = ["MOST_EDGES", "MOST_SERVICES", "draw_mermaid"]

MOST_SERVICES = 12
MOST_EDGES = 12  # more, and the arrows of a forge's layout cannot be followed


def draw_mermaid(plan: Plan) -> list[str]:
    """Lines of the diagram; none for fewer than two services or more than fit."""
    services = plan.boundaries.services
    if not 2 <= len(services) <= MOST_SERVICES:
        return []
    ids = {service.name: f"s{place}" for place, service in enumerate(services)}
    lines = ["```mermaid", "flowchart LR"]
    lines += [f'  {ids[service.name]}["{_label(service.name)}"]' for service in services]
    edges = [c for c in plan.boundaries.crossings if c.source in ids and c.target in ids]
    lines += [f"  {ids[c.source]} -->|{c.weight}| {ids[c.target]}" for c in edges[:MOST_EDGES]]
    return [*lines, "```"]


def _label(name: str) -> str:
    """Everything but letters, digits and the plainest signs as mermaid's own ``#code;`` entities."""
    return "".join(c if c.isalnum() or c in " .-/" else f"#{ord(c)};" for c in cut_middle(name, 40))
