"""What is being tried: the image, its deployable, the variables it is started with, and how it went wrong."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Literal

from agent.containers.reading import is_signing_key
from agent.domain.container import Backing, Deployable, Image

__all__ = ["Attempt", "Failure", "Repair", "Stage", "first_attempt"]

Stage = Literal["build", "start", "health", "test"]


@dataclass(frozen=True)
class Attempt:
    """``env`` are throwaway values that only the trial is started with: none of them is ever written anywhere.

    ``beside`` are the services that are started with it, ``password`` is theirs.
    """

    image: Image
    app: Deployable
    env: dict[str, str] = field(default_factory=dict)
    beside: tuple[Backing, ...] = ()
    password: str = ""


def first_attempt(image: Image, app: Deployable) -> Attempt:
    """With a throwaway key for every variable that signs, as ``secrets/NAME.env`` would be filled in before the start."""
    env = {v.name: secrets.token_hex(24) for v in app.variables if v.secret and is_signing_key(v.name)}
    return Attempt(image, app, env)


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
