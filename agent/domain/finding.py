"""Findings: statements about the system that somebody should act on, each with evidence and how sure it is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agent.domain.inventory import Location, Noun

__all__ = ["SEVERITIES", "Evidence", "Finding", "Quantity", "Rule"]

SEVERITIES = ("critical", "high", "medium", "low", "info")


class Evidence(Noun):
    """A place in the code and what stands there, with how sure the reading is."""

    location: Location
    text: str
    resolution: Literal["exact", "inferred", "ambiguous"] = "exact"


class Quantity(Noun):
    """A number with how it came about. ``formula`` is written in names, ``inputs`` gives each name its value and source.

    ``low`` and ``high`` are equal where nothing is uncertain. Invariant: no number without a formula and inputs.
    """

    name: str
    low: float
    high: float
    unit: str
    formula: str = Field(min_length=1)
    inputs: tuple[str, ...] = Field(min_length=1)


class Rule(Noun):
    """One kind of finding of a lens. ``matches`` says what is looked for, ``why`` it matters, ``remedy`` what to do.

    ``step`` is the roadmap step that its findings create (empty: none of their own); ``references`` are numbers of public
    catalogues (``CWE-89``, ``ASVS 5.3.4``); ``questions`` ask what a regulation asks, which code alone cannot answer.
    """

    id: str
    lens: str
    severity: Literal["critical", "high", "medium", "low", "info"]
    title: str
    matches: str
    why: str
    remedy: str
    step: str = ""
    references: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


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
    lens: str = ""
    step: str = ""  # the roadmap step that removes it
    references: tuple[str, ...] = ()  # CWE-89, ASVS 5.3.4
    questions: tuple[str, ...] = ()  # to be asked of people: a regulation is never answered from code
    quantities: tuple[Quantity, ...] = ()
    accepted: str = ""  # why somebody lives with it
