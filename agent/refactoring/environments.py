"""Environments for code that a patch changed: a workplace, a suite and the toolchains it is to run on in; one that stands out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from agent.domain.environment import Environment, Need, Recipe
from agent.domain.execution import Toolchain
from agent.domain.verdict import Suite, SuiteResult
from agent.ports import Ecosystem, Retargeting, Runner, Snapshot, Toolchains
from agent.validation import Installed, Workplace, make_environment

__all__ = ["Made", "make_for"]


@dataclass(frozen=True)
class Made:
    """An environment, where it stands (None when it does not), and its trial run when it was made just now."""

    environment: Environment
    installed: Installed | None
    trial: SuiteResult | None = None


def make_for(place: Workplace, suite: Suite, runs_on: Sequence[Need]) -> Made:
    """What the suite needs with the workplace's files, on these toolchains (none named: as the files themselves ask)."""
    if runs_on:
        ecosystem = _Retargeted(place.ecosystems[suite.ecosystem], runs_on)
        place = replace(
            place,
            ecosystems={**place.ecosystems, suite.ecosystem: ecosystem},
            toolchains=_Narrowed(place.toolchains, runs_on),
        )
    environment, installed, trial = make_environment(place, suite)
    return Made(environment, installed, trial)


class _Retargeted:
    """An ecosystem whose recipes are for other toolchains than the files alone would ask for."""

    def __init__(self, ecosystem: Ecosystem, runs_on: Sequence[Need]) -> None:
        self._ecosystem, self._runs_on = ecosystem, tuple(runs_on)
        self.name = ecosystem.name
        self.runners: Mapping[str, Runner] = ecosystem.runners

    def suites(self, tree: Snapshot) -> Sequence[Suite]:
        return self._ecosystem.suites(tree)

    def recipe(self, tree: Snapshot, suite: Suite, toolchains: Toolchains) -> Recipe:
        if isinstance(self._ecosystem, Retargeting):
            return self._ecosystem.recipe_on(tree, suite, toolchains, self._runs_on)
        recipe = self._ecosystem.recipe(tree, suite, toolchains)
        asked = {need.name: _lowest(need, toolchains) for need in self._runs_on}
        return recipe.model_copy(update={"needs": tuple(asked.get(need.name, need) for need in recipe.needs)})

    def inputs(self, tree: Snapshot, suite: Suite) -> Sequence[str]:
        return self._ecosystem.inputs(tree, suite)

    def amend(self, recipe: Recipe, suite: Suite, said: str) -> tuple[Recipe, str] | None:
        amended = self._ecosystem.amend(recipe, suite, said)
        # An older interpreter would help many a time; it is what is to be left behind.
        return amended if amended is not None and amended[0].needs == recipe.needs else None


def _lowest(need: Need, toolchains: Toolchains) -> Need:
    """The lowest release here that will do: the smallest step, and the same one when a newer is installed tomorrow."""
    found = toolchains.all(need.name)
    if not found:
        return need
    lowest = min(Version(_plain(toolchain.version)) for toolchain in found)
    return Need(name=need.name, versions=f"=={lowest.major}.*")


class _Narrowed:
    """The machine's toolchains without those that will not do."""

    def __init__(self, toolchains: Toolchains, runs_on: Sequence[Need]) -> None:
        self._toolchains = toolchains
        self._asked = {need.name: need.versions for need in runs_on}

    def all(self, name: str) -> Sequence[Toolchain]:
        found = self._toolchains.all(name)
        try:
            wanted = SpecifierSet(self._asked.get(name, ""))
        except InvalidSpecifier:
            return ()
        return [toolchain for toolchain in found if wanted.contains(_plain(toolchain.version), prereleases=True)]

    def best(self, name: str, versions: str = "") -> Toolchain | None:
        fitting = {toolchain.executable for toolchain in self.all(name)}
        best = self._toolchains.best(name, versions)
        if best is None or best.executable in fitting:
            return best
        both = ",".join(part for part in (versions, self._asked.get(name, "")) if part)
        return self._toolchains.best(name, both)


def _plain(version: str) -> str:
    """What a toolchain says of itself as a version that can be compared; 0 for what cannot."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return found.group() if found else "0"
