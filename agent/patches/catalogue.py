"""The recipes by ID, in the order in which they are tried, and each one's page: module docstrings in, values out."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import cast

from agent.errors import InputError
from agent.patches.recipes import CATALOGUE
from agent.ports import PatchRecipe

__all__ = ["HEADINGS", "choose", "page", "recipes", "sections"]

HEADINGS = ("Before", "After", "Why", "When not")
_HEADING = re.compile(rf"^({'|'.join(HEADINGS)})[ \t]*\n-+[ \t]*$", re.MULTILINE)


@cache
def recipes() -> Mapping[str, PatchRecipe]:
    """Every recipe by its ID, in the catalogue's order."""
    return {recipe.id: recipe for recipe, _ in _loaded()}


@cache
def page(recipe: str) -> str:
    """The user's page: the docstring of the module that holds the recipe, or of its class when the module holds several."""
    for found, module in _loaded():
        if found.id == recipe:
            own = inspect.cleandoc(type(found).__doc__ or "")
            return own if _HEADING.search(own) else inspect.cleandoc(module)
    raise InputError(f"--recipe {recipe!r} is not known: figwright refactor --list shows the ones there are.")


def sections(text: str) -> Mapping[str, str]:
    """A page's parts by heading; ``""`` is what stands before the first."""
    parts = _HEADING.split(text)
    found = {"": parts[0].strip()}
    for heading, body in zip(parts[1::2], parts[2::2], strict=True):
        found[heading] = body.strip("\n").rstrip()
    return found


def choose(asked: Sequence[str], languages: frozenset[str]) -> tuple[PatchRecipe, ...]:
    """Those asked for, or without any the default ones for the repository's languages; in the catalogue's order."""
    known = recipes()
    for name in asked:
        if name not in known:
            raise InputError(f"--recipe {name!r} is not known: use one of {', '.join(known) or '(none yet)'}.")
    if asked:
        return tuple(recipe for name, recipe in known.items() if name in asked)
    return tuple(
        recipe for recipe in known.values() if recipe.default and (not recipe.languages or recipe.languages & languages)
    )


@cache
def _loaded() -> tuple[tuple[PatchRecipe, str], ...]:
    found: list[tuple[PatchRecipe, str]] = []
    for name in CATALOGUE:
        module = importlib.import_module(f"agent.patches.recipes.{name}")
        held = getattr(module, "RECIPES", None) or (module.RECIPE,)
        found.extend((cast("PatchRecipe", recipe), module.__doc__ or "") for recipe in held)
    return tuple(found)
