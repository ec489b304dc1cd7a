"""The lenses in the order of the guide: a name, what it looks with, its rules; the docstring is the user's page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from inspect import cleandoc
from types import ModuleType
from typing import cast

from agent.assessment import (
    ai,
    components,
    cost,
    data_ownership,
    governance,
    integration,
    performance,
    portability,
    privacy,
    protection,
    risk,
    runtime,
    security,
    skills,
    structure,
)
from agent.assessment.case import Case
from agent.assessment.data import hazards, migration
from agent.domain.finding import Finding, Rule

__all__ = ["LENSES", "RULES", "Lens", "lens_named"]


@dataclass(frozen=True)
class Lens:
    """``modules`` each have ``look(case)`` and ``RULES``."""

    name: str
    modules: tuple[ModuleType, ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules of its modules, by ID."""
        return tuple(sorted((r for m in self.modules for r in cast(Iterable[Rule], m.RULES)), key=lambda r: r.id))

    @property
    def page(self) -> str:
        """The docstrings of its modules."""
        return "\n\n".join(cleandoc(m.__doc__ or "") for m in self.modules)

    def look(self, case: Case) -> Iterator[Finding]:
        """Its findings, each with the lens's name."""
        for module in self.modules:
            look = cast(Callable[[Case], Iterator[Finding]], module.look)
            for found in look(case):
                yield found if found.lens else found.model_copy(update={"lens": self.name})


LENSES = (
    Lens("security", (security,)),
    Lens("privacy", (privacy,)),
    Lens("dependencies", (runtime, components)),
    Lens("performance", (performance,)),
    Lens("cost", (cost,)),
    Lens("data", (data_ownership, migration, hazards)),
    Lens("portability", (portability,)),
    Lens("structure", (structure,)),
    Lens("integration", (integration,)),
    Lens("protection", (protection,)),
    Lens("risk", (risk,)),
    Lens("skills", (skills,)),
    Lens("governance", (governance,)),
    Lens("ai", (ai,)),
)

RULES = tuple(rule for lens in LENSES for rule in lens.rules)


def lens_named(name: str) -> Lens | None:
    """The lens of that name; None when there is none."""
    return next((lens for lens in LENSES if lens.name == name), None)
