"""What a framework adds to the graph once it has seen the whole project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.domain.code import Dependency, Symbol
    from agent.domain.facts import Entity, TableUse

__all__ = ["Linking"]


@dataclass(frozen=True)
class Linking:
    """Symbols (routes, templates), dependencies, and the entities and table uses of files, each with its path."""

    symbols: tuple[Symbol, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    entities: tuple[tuple[str, Entity], ...] = ()
    table_uses: tuple[tuple[str, TableUse], ...] = ()
