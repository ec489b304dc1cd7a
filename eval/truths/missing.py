"""Why a truth cannot be had here, and the command that gets it."""

from __future__ import annotations

__all__ = ["MissingTruthError"]


class MissingTruthError(Exception):
    """The sentence is shown as the reason for which a case was skipped."""
