"""Debian packages behind declared dependencies, from a table: names of dependencies in, packages out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["extensions", "normal", "packages_for"]


@cache
def _table() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    return tomllib.loads((files("agent.containers") / "system_packages.toml").read_text("utf-8"))


def normal(name: str) -> str:
    """A distribution's name as the table spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def packages_for(family: str, names: Iterable[str], version: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(packages to build with, packages to run with), sorted. ``version`` is Python's: newer ones install wheels."""
    build: set[str] = set()
    run: set[str] = set()
    for name in names:
        row = _table()[family].get(normal(name))
        if row is None or (row.get("wheel") and version and _at_least(version, row["wheel"])):
            continue
        build.update(row.get("build", ()))
        run.update(row.get("run", ()))
    if "gcc" in build and family == "python":
        build.add("libc6-dev")
    return tuple(sorted(build)), tuple(sorted(run))


def extensions(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """PHP's: (extensions that the code calls, packages that building them needs)."""
    code = list(texts)
    found, build = [], set()
    for name, row in sorted(_table()["php"].items()):
        pattern = re.compile(row["code"])
        if any(pattern.search(text) for text in code):
            found.append(name)
            build.update(row.get("build", ()))
    return tuple(found), tuple(sorted(build))


def _at_least(version: str, wanted: str) -> bool:
    return tuple(map(int, version.split(".")[:2])) >= tuple(map(int, wanted.split(".")))
