"""What the user told us: pins, weights of routes, accepted findings. Never read from code."""

from __future__ import annotations

from datetime import date

from pydantic import Field, field_validator

from agent.domain.inventory import Noun

__all__ = ["AcceptedFinding", "Assumptions"]


class AcceptedFinding(Noun):
    """A finding that somebody decided to live with, why, and until when (ISO date; judged at the plan's date)."""

    id: str
    reason: str = Field(min_length=1)
    expires: date | None = None


class Assumptions(Noun):
    """``pins``: unit ID or glob -> service name. ``route_weights``: route glob (``GET /orders/*``) -> business weight > 0."""

    pins: dict[str, str] = Field(default={})
    route_weights: dict[str, float] = Field(default={})
    accept: tuple[AcceptedFinding, ...] = ()

    @field_validator("route_weights")
    @classmethod
    def _positive(cls, value: dict[str, float]) -> dict[str, float]:
        for route, weight in value.items():
            if not 0 < weight <= 1000:
                raise ValueError(f"the weight of {route!r} must be above 0 and at most 1000, not {weight}")
        return value
