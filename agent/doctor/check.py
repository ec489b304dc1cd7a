"""What a check of this machine says, and what the checks look at: the nouns of ``figwright doctor``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from agent.ports import ContainerLinter, Toolchains

__all__ = ["STATUSES", "Diagnosis", "Machine", "Status"]

Status = Literal["PASS", "WARN", "FAIL"]
STATUSES: tuple[Status, ...] = ("PASS", "WARN", "FAIL")


class Diagnosis(BaseModel):
    """One thing that figwright uses, and how it stands here.

    PASS needs nothing. WARN: ``costs`` is what does not work without it. FAIL: no plan can be made, or something that was
    configured does not answer. ``fix`` says what to do; both are empty on PASS.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    status: Status
    found: str
    costs: str = ""
    fix: str = ""


@dataclass(frozen=True)
class Machine:
    """What the checks ask. Every callable answers with a sentence of what is wrong, empty when nothing is.

    ``git`` and ``vectors`` answer (what was found, what is wrong). ``endpoint`` is None when no model is configured.
    """

    system: str
    python: str
    toolchains: Toolchains
    git: Callable[[], tuple[str, str]]
    sandboxes: Mapping[str, Callable[[], str]]
    builders: Mapping[str, Callable[[], str]]
    linters: Sequence[ContainerLinter]
    vectors: Callable[[], tuple[str, str]]
    cache: Path
    endpoint: Callable[[], tuple[str, str]] | None = None
    extras: Mapping[str, bool] | None = None
