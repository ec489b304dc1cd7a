"""A workplace of validation and an environment that stands in, the ground that extraction works on out."""

from __future__ import annotations

from agent.extraction import Ground
from agent.toolchains import PINNED
from agent.validation import Installed, Workplace

__all__ = ["ground_for"]


def ground_for(place: Workplace, installed: Installed) -> Ground:
    """Everything that a box needs to run this repository's code as its suite does."""
    return Ground(
        sandbox=place.sandbox,
        folders=place.folders,
        pristine=place.pristine,
        env=installed.folder / "env",
        kept=installed.environment.recipe.kept,
        toolchains=installed.toolchains,
        variables={**PINNED, **installed.environment.recipe.variables},
        folder=installed.suite.folder,
        test_files=installed.suite.files,
        limits=place.limits,
        say=place.say,
    )
