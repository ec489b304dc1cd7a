"""Writes the slice of a monolith that one service needs: graph, inventory and boundary in; files and reasons out.

Nothing is run here. What a run of the slice finds missing comes in again as demands (`agent.extraction.slicing.repairs`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from agent.domain.boundary import Boundaries
from agent.domain.code import DependencyGraph
from agent.domain.inventory import Inventory
from agent.errors import InputError
from agent.extraction.owning import MONOLITH
from agent.extraction.slicing.closure import select
from agent.extraction.slicing.outcome import Piece, Slice, put_together
from agent.extraction.slicing.program import Cut, Program, cut_of, read_program
from agent.extraction.slicing.repairs import read_demands
from agent.extraction.slicing.roots import find_roots
from agent.extraction.slicing.selection import Demand
from agent.extraction.slicing.witnessed import witnessed_demands

__all__ = [
    "MONOLITH",
    "Cut",
    "Demand",
    "Piece",
    "Program",
    "Slice",
    "cut_of",
    "open_program",
    "read_demands",
    "slice_service",
    "witnessed_demands",
]


def open_program(
    graph: DependencyGraph, inventory: Inventory, boundaries: Boundaries, service: str, paths: Iterable[str],
    read: Callable[[str], bytes],
) -> tuple[Program, Cut]:  # fmt: skip
    """The monolith read for one service of the proposal. Raises InputError when there is nothing to slice."""
    names = sorted(s.name for s in boundaries.services)
    if service not in names:
        raise InputError(f"no service is called {service!r}: choose one of {', '.join(names) or '(there are none)'}.")
    cut = cut_of(graph, boundaries, service)
    if not cut.routes:
        raise InputError(
            f"{service} serves no route: a slice is what answers requests, so choose a service with routes."
        )
    program = read_program(graph, {f.path: f.role for f in inventory.files}, read, cut, paths)
    if not program.framework:
        raise InputError("slices are written for Flask and Django so far, and neither is imported here: use level 0.")
    return program, cut


def slice_service(program: Program, cut: Cut, entries: Sequence[str] = (), demands: Sequence[Demand] = ()) -> Slice:
    """The service's folder. ``entries`` are what made the application when it was recorded (``module:function``, or
    a settings module); ``demands`` are what earlier rounds were found to lack."""
    return put_together(program, cut, select(program, [*find_roots(program, entries)], demands))
