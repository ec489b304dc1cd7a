"""How a repair changes an attempt: the image with other fields, and the change in words."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files

from agent.containers.attempt import Attempt, Repair

__all__ = ["changed", "in_builder", "joined", "table"]


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files("agent.containers") / "repairs.toml").read_text("utf-8"))


def changed(attempt: Attempt, diagnosis: str, change: str, **fields: object) -> Repair:
    image = attempt.image.model_copy(update={**fields, "changes": (*attempt.image.changes, change)})
    return Repair(replace(attempt, image=image), diagnosis, change)


def joined(old: Iterable[str], new: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*old, *new}))


def in_builder(attempt: Attempt, packages: str, diagnosis: str) -> Repair | None:
    names = packages.split()
    image = attempt.image
    if set(names) <= set(image.build_packages if image.build_base else image.packages):
        return None
    field = "build_packages" if image.build_base else "packages"
    old = image.build_packages if image.build_base else image.packages
    return changed(attempt, diagnosis, f"{', '.join(names)} installed while building", **{field: joined(old, names)})
