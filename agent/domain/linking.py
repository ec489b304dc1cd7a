"""What a framework adds to the graph once it has seen the whole project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.domain.code import AmbiguousReference, Dependency, Symbol
    from agent.domain.facts import Entity, TableUse

__all__ = ["Linking"]


@dataclass(frozen=True)
class Linking:
    """Symbols (routes, templates), dependencies, and the entities and table uses of files, each with its path.

    ``ambiguous`` are operands with several possible values, ``unresolved`` (path, reason) those with none: neither makes an
    edge, and both are counted.
    """

    symbols: tuple[Symbol, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    entities: tuple[tuple[str, Entity], ...] = ()
    table_uses: tuple[tuple[str, TableUse], ...] = ()
    ambiguous: tuple[AmbiguousReference, ...] = ()
    unresolved: tuple[tuple[str, str], ...] = ()
