"""What the user told us: pins, weights of routes, accepted findings, answers, dates. Never read from code."""

from __future__ import annotations

from datetime import date
from math import isfinite

from pydantic import Field, field_validator

from agent.domain.effort import PastWork
from agent.domain.inventory import Noun
from agent.domain.workload import Budget, Prices, Workload

__all__ = ["AcceptedFinding", "Answer", "Assumptions"]


class Answer(Noun):
    """The answer to a question of the plan; ``place`` is the file and line that it stands at, filled in by the reader."""

    text: str
    place: str = ""


class AcceptedFinding(Noun):
    """A finding that somebody decided to live with, why, and until when (ISO date; judged at the plan's date)."""

    id: str
    reason: str = Field(min_length=1)
    expires: date | None = None


class Assumptions(Noun):
    """``pins``: unit ID or glob -> service name. ``route_weights``: route glob (``GET /orders/*``) -> business weight > 0.

    ``service_weights``: service glob -> business weight of all its routes. ``workload``, ``prices`` and ``budget`` are what the
    formulas of cost are filled with. ``answers``: question ID -> answer. ``schedule``: a step's ID or a service's name -> the day on which it is to be done.
    ``effort_history``: finished work with its size and days, the only source of any number of days.
    """

    pins: dict[str, str] = Field(default={})
    route_weights: dict[str, float] = Field(default={})
    service_weights: dict[str, float] = Field(default={})
    accept: tuple[AcceptedFinding, ...] = ()
    workload: Workload = Workload()
    prices: Prices = Prices()
    budget: Budget | None = None
    answers: dict[str, Answer] = Field(default={})
    schedule: dict[str, Answer] = Field(default={})
    effort_history: tuple[PastWork, ...] = ()

    @field_validator("answers", "schedule", mode="before")
    @classmethod
    def _told(cls, value: object) -> object:
        """Dotted keys that were not quoted are nested tables in TOML; dates and numbers are written as they are."""
        return _flat(value) if isinstance(value, dict) else value

    @field_validator("effort_history", mode="before")
    @classmethod
    def _past(cls, value: object) -> object:
        """One bad entry is named later and costs no other: here nothing of an entry's content is refused."""
        entries = [value] if isinstance(value, (dict, PastWork)) else value
        return [_past_work(entry) for entry in entries] if isinstance(entries, (list, tuple)) else value

    @field_validator("route_weights", "service_weights")
    @classmethod
    def _positive(cls, value: dict[str, float]) -> dict[str, float]:
        for route, weight in value.items():
            if not 0 < weight <= 1000:
                raise ValueError(f"the weight of {route!r} must be above 0 and at most 1000, not {weight}")
        return value


def _past_work(entry: object) -> PastWork:
    if isinstance(entry, PastWork):
        return entry
    if not isinstance(entry, dict):
        return PastWork(wrong="it is no table with places and days")
    strange = sorted(str(key) for key in entry.keys() - PastWork.model_fields.keys())
    told: dict[str, object] = {key: str(entry[key]) for key in ("what", "kind", "place", "wrong") if key in entry}
    told |= {key: _number(entry[key]) for key in ("places", "days") if key in entry}
    if strange:
        told["wrong"] = f"{strange[0][:80]!r} is not a key of it"
    return PastWork.model_validate(told)


def _number(value: object) -> float | str:
    """A finite number, else its text; yes and no are no numbers."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value) or "''"
    try:
        return float(value) if isfinite(value) else str(value)
    except OverflowError:
        return "a number without end"


def _flat(table: dict[object, object], prefix: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and not set(value) <= {"text", "place"}:
            found.update(_flat(value, f"{name}."))
        elif isinstance(value, (dict, Answer)):
            found[name] = value
        else:
            text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
            found[name] = Answer(text=text.strip())
    return found
