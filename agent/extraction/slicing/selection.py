"""What a slice holds and what it was asked for: plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Demand", "Place", "Selection"]

Place = tuple[str, int]
"""A statement: module ID, index."""


@dataclass(frozen=True, order=True)
class Demand:
    """Something that must be there. ``kind``: name (in ``module``), module, whole (a module with all that is in it), member
    (of any class), model, table, template, tag, file."""

    kind: str
    name: str
    module: str = ""
    reason: str = ""


@dataclass
class Selection:
    """Pieces that are kept, each with its reason. ``aliases``: names of an import that stay; ``members``: methods of a class
    that stay (others go) for classes where that is decided one by one; ``stubs``: handlers that others own, by symbol ID."""

    statements: dict[Place, str] = field(default_factory=dict)
    aliases: dict[Place, set[str]] = field(default_factory=dict)
    members: dict[Place, dict[str, str]] = field(default_factory=dict)
    stubs: dict[str, str] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    dynamic: set[tuple[str, int, str]] = field(default_factory=set)
