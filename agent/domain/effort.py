"""What a step takes: its size, and days only where the user's own past work gives them, with the basis.

Invariant: no number of days without a basis that says from how many entries and by which formula.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from agent.domain.inventory import Noun
from agent.domain.wording import counted

__all__ = ["Effort", "Measure", "PastWork", "Size"]

Measure = Literal["place", "unit"]


class PastWork(Noun):
    """A piece of work that the user finished: how large it was and how many working days it took.

    It is kept as it was written, since a bad entry is named and left out where it is used; ``place`` is the file and line,
    ``wrong`` what is wrong with its form, both filled in by the reader.
    """

    what: str = ""
    kind: str = ""  # a step's kind; empty for any
    places: float | str = ""
    days: float | str = ""
    place: str = ""
    wrong: str = ""


class Size(Noun):
    """``count`` places in ``files`` files or, for a step that moves or borders code, units with ``lines`` lines."""

    count: int
    measure: Measure = "place"
    files: int = 0
    lines: int = 0

    def __str__(self) -> str:
        if self.measure == "unit":
            return f"{counted(self.count, 'unit')}, {counted(self.lines, 'line')}"
        return counted(self.count, "place") + (f" in {counted(self.files, 'file')}" if self.files else "")


class Effort(Noun):
    """A size and, where it could be calibrated, a range of working days; ``low`` and ``high`` are both there or both not."""

    size: Size
    low: float | None = None
    high: float | None = None
    basis: str = Field(min_length=1)

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.low is None) != (self.high is None) or (self.low or 0.0) > (self.high or 0.0):
            raise ValueError("a range has a low and a high end, in this order")
        return self

    @property
    def days(self) -> str:
        """``3.1 to 9.4``, or ``uncalibrated``."""
        if self.low is None or self.high is None:
            return "uncalibrated"
        return f"{_days(self.low)} to {_days(self.high)}"


def _days(number: float) -> str:
    return "under 0.1" if number < 0.1 else f"{number:,.0f}" if number >= 10 else f"{number:.1f}"
