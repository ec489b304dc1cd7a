"""DependencyGraph -> candidate services, scored, with runners-up, data ownership and an honest verdict."""

from agent.boundaries.pins import BoundariesFile, print_boundaries, read_boundaries, read_pins
from agent.boundaries.printing import as_json
from agent.boundaries.propose import propose_boundaries

__all__ = ["BoundariesFile", "as_json", "print_boundaries", "propose_boundaries", "read_boundaries", "read_pins"]
