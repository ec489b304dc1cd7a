"""Puts the machine's toolchains into commands: what is needed by name in, executables where a placeholder stood out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from agent.domain.environment import Need
from agent.domain.execution import Command, Toolchain
from agent.errors import EnvironmentUnmakeableError
from agent.ports import Toolchains

__all__ = ["PINNED", "toolchains_for", "with_toolchains"]

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


def toolchains_for(needs: Sequence[Need], toolchains: Toolchains) -> tuple[Toolchain, ...]:
    """The machine's toolchains for these needs, in their order. Raises EnvironmentUnmakeableError naming what is missing."""
    found = []
    for need in needs:
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
