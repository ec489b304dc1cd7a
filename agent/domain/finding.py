"""Findings: statements about the system that somebody should act on, each with evidence and how sure it is."""

from __future__ import annotations

from typing import Literal

from agent.domain.inventory import Location, Noun

__all__ = ["SEVERITIES", "Evidence", "Finding"]

SEVERITIES = ("critical", "high", "medium", "low", "info")


class Evidence(Noun):
    """A place in the code and what stands there, with how sure the reading is."""

    location: Location
    text: str
    resolution: Literal["exact", "inferred", "ambiguous"] = "exact"


class Finding(Noun):
    """``rule`` names the kind, ``id`` this occurrence (stable for the same code). Invariant: at least one evidence."""

    id: str
    rule: str
    severity: Literal["critical", "high", "medium", "low", "info"]
    title: str
    detail: str
    remedy: str
    services: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    count: int  # all occurrences, of which `evidence` shows the first
