"""DependencyGraph -> candidate services, scored, with runners-up, data ownership and an honest verdict."""

from agent.boundaries.compare import compare
from agent.boundaries.explain import explain
from agent.boundaries.pins import BoundariesFile, print_boundaries, read_boundaries, read_pins
from agent.boundaries.printing import as_json
from agent.boundaries.propose import propose_boundaries
from agent.boundaries.telling import tell_comparison, tell_explanation

__all__ = [
    "BoundariesFile",
    "as_json",
    "compare",
    "explain",
    "print_boundaries",
    "propose_boundaries",
    "read_boundaries",
    "read_pins",
    "tell_comparison",
    "tell_explanation",
]
