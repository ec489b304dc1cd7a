"""What earlier commands left in a folder, as values: the plan, judged patches with their texts, container files with their proofs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.domain.container import ContainerReport
from agent.domain.extraction import Evidence
from agent.domain.patch import RefactorReport
from agent.domain.plan import Plan

__all__ = ["Extraction", "Results"]


@dataclass(frozen=True)
class Results:
    """``plan_hash`` is of plan.json; ``plan_files`` are those of its files that people read and edit, ``patches`` the patch
    files by their name in the report, ``container_files`` the written files; ``committed_on`` is the commit's ISO date."""

    plan: Plan
    plan_hash: str
    plan_files: Mapping[str, str]
    report: RefactorReport
    patches: Mapping[str, bytes]
    containers: ContainerReport | None = None
    container_files: Mapping[str, str] = field(default_factory=dict)
    committed_on: str = ""


@dataclass(frozen=True)
class Extraction:
    """What ``extract`` left in the folder ``place``. ``files`` are those that were judged, by their paths below it, ``digest``
    is of the evidence, ``taken`` are the paths of its commit."""

    evidence: Evidence
    files: Mapping[str, bytes]
    place: str
    digest: str
    taken: frozenset[str] = frozenset()
    committed_on: str = ""
