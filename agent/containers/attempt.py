"""What is being tried: the image, its deployable, the variables it is started with, and how it went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from agent.domain.container import Deployable, Image

__all__ = ["Attempt", "Failure", "Repair", "Stage"]

Stage = Literal["build", "start", "health", "test"]


@dataclass(frozen=True)
class Attempt:
    """``env`` are throwaway values that only the trial is started with: none of them is ever written anywhere."""

    image: Image
    app: Deployable
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """``said`` is the end of what was printed; ``listening`` are ports that something in the container listens on."""

    stage: Stage
    said: str
    stopped_by: str = ""
    listening: tuple[int, ...] = ()


@dataclass(frozen=True)
class Repair:
    """The next attempt, with what was wrong and what was changed, each a sentence's end."""

    attempt: Attempt
    diagnosis: str
    change: str
