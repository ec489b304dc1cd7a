"""Which calls cross into a proposed service, as far as they are exact: graph and boundaries in, operations out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from agent.domain.boundary import Service
from agent.domain.code import Dependency, Symbol
from agent.domain.patch import Left
from agent.domain.verdict import FileChange
from agent.domain.wording import counted
from agent.patches.edits import left
from agent.ports import Codebase

__all__ = ["MOST_LINES", "MOST_OPERATIONS", "Crossings", "Seam", "SeamMaker", "words_of"]

MOST_OPERATIONS = 12
MOST_LINES = 400
_SHOWN = 12


@dataclass(frozen=True)
class Seam:
    """What makes one boundary's seam."""

    service: str
    flag: str
    operations: tuple[str, ...]
    calls: int
    changes: tuple[FileChange, ...]
    left: tuple[Left, ...]


class SeamMaker(Protocol):
    """One language's way to make a seam."""

    def make(self, service: Service) -> Iterable[Seam]:
        """The seam, or nothing when no call can be moved or it is there already."""
        ...

    def is_there(self, service: Service) -> bool:
        """Whether the service has its seam already."""
        ...


class Crossings:
    """Calls from outside a service into it, of one language."""

    def __init__(self, code: Codebase, language: str) -> None:
        self.code = code
        self.language = language
        self.graph = code.graph

    @cached_property
    def home(self) -> Mapping[str, str]:
        return {unit.id: unit.service for unit in self.code.boundaries.units}

    def into(self, service: Service) -> Mapping[str, Sequence[Dependency]]:
        """Called functions (symbol IDs) with their exact calls from outside, most called first."""
        found: dict[str, list[Dependency]] = defaultdict(list)
        for dependency in self._crossing(service):
            if dependency.kind == "call" and self.graph.by_id[dependency.target].kind == "function":
                found[dependency.target].append(dependency)
        return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))

    def _crossing(self, service: Service) -> Iterable[Dependency]:
        return self._entering.get(service.name, ())

    @cached_property
    def _entering(self) -> Mapping[str, Sequence[Dependency]]:
        found: dict[str, list[Dependency]] = defaultdict(list)
        for dependency in self.graph.dependencies:
            if dependency.resolution != "exact" or dependency.kind not in ("call", "use", "inherit"):
                continue
            source, target = self.graph.by_id[dependency.source], self.graph.by_id[dependency.target]
            if source.role != "code" or target.role != "code" or target.language != self.language:
                continue
            there = self.home.get(target.unit or target.id, "")
            if there and self.home.get(source.unit or source.id, "") != there and source.language == self.language:
                found[there].append(dependency)
        return found

    def types_that_cross(self, service: Service) -> list[Left]:
        """Types of the service that others make, extend or catch: an implementation elsewhere has to answer for them."""
        by_type: dict[str, list[Dependency]] = defaultdict(list)
        for dependency in self._crossing(service):
            target: Symbol = self.graph.by_id[dependency.target]
            if target.kind in ("class", "interface", "enum"):
                by_type[dependency.target].append(dependency)
        most = sorted(by_type.items(), key=lambda item: (-len(item[1]), item[0]))[:_SHOWN]
        return [
            left(
                uses[0].path,
                uses[0].line,
                f"{name} of {service.name} is used directly here{_and_elsewhere(len(uses) - 1)}: it needs a contract "
                "before another implementation can answer",
            )
            for name, uses in most
        ]


def _and_elsewhere(places: int) -> str:
    return f" and in {counted(places, 'more place')}" if places else ""


def words_of(name: str) -> list[str]:
    """A service's name as lower-case words fit for identifiers."""
    words = [word.lower() for word in re.findall(r"[A-Za-z][a-z0-9]*|[0-9]+", name)]
    return words if words and words[0][0].isalpha() else ["part", *words]
