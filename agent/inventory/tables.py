"""Loads the inventory's bundled tables: the name of a TOML file in this folder in, its content out, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["table"]


@cache
def table(name: str) -> dict[str, Any]:
    """The content of ``<name>.toml``; callers must not change it."""
    return tomllib.loads(resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))
