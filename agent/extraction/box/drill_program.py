"""Programs for drills: a recorded application that answers in no order, from any client, beside another one in the same box."""

# ruff: noqa
# mypy: ignore-errors
import json
import sys

from . import serve
from .django_program import DjangoProgram
from .flask_program import FlaskProgram
from .live_elsewhere import Elsewhere
from .live_serve import leave


class Drilled(Elsewhere):
    def move_databases(self, folder):
        super(Drilled, self).move_databases(folder)
        for name, place in list(self.databases.moved.items()):
            if self.moved_paths and name.startswith(self.origin + "/"):
                self.databases.moved[self.root + name[len(self.origin) :]] = place


class DrilledFlask(Drilled, FlaskProgram):
    pass


class DrilledDjango(Drilled, DjangoProgram):
    pass


KINDS = {"flask": DrilledFlask, "django": DrilledDjango}


def opened(path):
    """The setup, once this process can find nothing of the monolith if it is another side."""
    with open(path) as file:
        setup = json.load(file)
    if setup["repository"] != setup["origin"]:
        leave(setup["origin"])
    return setup


def main(path):
    opened(path)
    serve.main(path, KINDS)
