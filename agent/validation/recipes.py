"""The user's own recipe, as a file: TOML in, a Recipe out."""

from __future__ import annotations

import tomllib

from pydantic import ValidationError as BadShape

from agent.domain.environment import Recipe
from agent.errors import InputError

__all__ = ["read_recipe"]


def read_recipe(text: str, name: str) -> Recipe:
    """A recipe from TOML (or from the JSON that ``figwright test --format json`` prints under ``recipe``).

    Raises InputError naming the file, the key and what is wrong with it.
    """
    try:
        if text.lstrip().startswith("{"):
            return Recipe.model_validate_json(text)
        return Recipe.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"the recipe {name} cannot be read as TOML ({error}): correct it.") from None
    except BadShape as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(
            f"the recipe {name} does not fit at {where}: {first['msg'].lower()}; docs/guide/tests.md shows one."
        ) from None
