"""Serves a recorded application to a drill."""

# ruff: noqa
# mypy: ignore-errors
from .drill_program import main

__all__ = ["main"]
