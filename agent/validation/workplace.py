"""What validation works with: a sandbox, toolchains, folders, and the pristine copy of the repository."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agent.domain.environment import Recipe
from agent.domain.execution import Limits, Toolchain
from agent.ports import Ecosystem, Sandbox, Snapshot, Toolchains, Workspace
from agent.toolchains import PINNED, toolchains_for, with_toolchains

__all__ = ["PINNED", "Workplace", "find_toolchains", "with_toolchains"]


@dataclass(frozen=True)
class Workplace:
    """``pristine`` is the repository as it was read; nothing ever runs in it. ``say`` tells progress."""

    tree: Snapshot
    pristine: Path
    sandbox: Sandbox
    toolchains: Toolchains
    ecosystems: Mapping[str, Ecosystem]
    folders: Workspace
    limits: Limits = field(default_factory=Limits)
    say: Callable[[str], None] = lambda _: None


def find_toolchains(recipe: Recipe, toolchains: Toolchains) -> tuple[Toolchain, ...]:
    """The machine's toolchains that the recipe needs, in its order. Raises EnvironmentUnmakeableError naming what is missing."""
    return toolchains_for(recipe.needs, toolchains)
