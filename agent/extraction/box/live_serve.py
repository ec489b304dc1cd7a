"""Serves a program to tests that run: as `serve` does, with state that comes from the test instead of a recording."""

# ruff: noqa
# mypy: ignore-errors
import json
import os
import sys

from . import serve
from .live_program import LiveDjango, LiveFlask


def main(path):
    with open(path) as file:
        setup = json.load(file)
    if setup["repository"] != setup["origin"]:
        leave(setup["origin"])
    serve.main(path, {"flask": LiveFlask, "django": LiveDjango})


def leave(origin):
    """A slice finds nothing of the monolith: neither by a path nor by an installation that points there."""
    sys.path[:] = [one for one in sys.path if one != origin and not one.startswith(origin + os.sep)]
    sys.meta_path[:] = [one for one in sys.meta_path if not type_name(one).startswith("__editable__")]


def type_name(finder):
    return getattr(finder, "__module__", "") or ""
