"""One recipe a file (or a folder, for a large one); `CATALOGUE` names them in the order in which they are tried.

Each module holds ``RECIPE`` (or ``RECIPES``) of the port `agent.ports.PatchRecipe`, and its docstring is the user's page:
what it changes, before and after, why, and when not to use it.
"""

from __future__ import annotations

__all__ = ["CATALOGUE"]

CATALOGUE: tuple[str, ...] = ()
