"""What validation works with: a sandbox, toolchains, folders, and the pristine copy of the repository."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.domain.environment import Recipe
from agent.domain.execution import Command, Limits, Toolchain
from agent.errors import EnvironmentUnmakeableError
from agent.ports import Ecosystem, Sandbox, Snapshot, Toolchains, Workspace

__all__ = ["PINNED", "Workplace", "find_toolchains", "with_toolchains"]

# Set for every run: what a test may depend on without knowing it.
PINNED: Mapping[str, str] = {
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONIOENCODING": "utf-8",
}
_PLACEHOLDER = re.compile(r"\{toolchain:([a-z]+)(:home)?\}")


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
    found = []
    for need in recipe.needs:
        best = toolchains.best(need.name, need.versions)
        if best is None:
            there = ", ".join(toolchain.version for toolchain in toolchains.all(need.name)) or "none"
            raise EnvironmentUnmakeableError(
                f"the tests need {need.name} {need.versions or 'of any version'}, and this machine has {there}: install it, "
                f"or give your own recipe with --env."
            )
        found.append(best)
    return tuple(found)


def with_toolchains(command: Command, toolchains: Sequence[Toolchain]) -> Command:
    """The command with ``{toolchain:python}`` and ``{toolchain:java:home}`` filled in."""
    by_name = {toolchain.name: toolchain for toolchain in toolchains}

    def fill(text: str) -> str:
        def path(match: re.Match[str]) -> str:
            toolchain = by_name.get(match[1])
            if toolchain is None:
                raise EnvironmentUnmakeableError(
                    f"the recipe speaks of {match[0]} but does not need {match[1]}: add it to its needs."
                )
            return str(toolchain.home if match[2] else toolchain.executable)

        return _PLACEHOLDER.sub(path, text)

    return replace(
        command, argv=tuple(map(fill, command.argv)), env={name: fill(value) for name, value in command.env.items()}
    )
