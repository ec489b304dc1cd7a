"""A program whose code lies elsewhere than the recorded one: both stand in one box, and what was recorded names the monolith's paths."""

# ruff: noqa
# mypy: ignore-errors
import json
import os
import re
import sys

PATH = r"(?<![\w.-])%s(?=[/\"\\:;,?&\s]|$)(/[^\"\\\s:;,'<>|?*&]*)?"


def pattern_of(origin):
    return re.compile(PATH % re.escape(origin))


class Elsewhere(object):
    """Put before a Program. ``origin`` is where the monolith lies, ``repository`` this side's own folder."""

    def __init__(self, setup):
        self.origin, self.root = setup["origin"], setup["repository"]
        self.moved_paths = None
        if self.root != self.origin:
            self.moved_paths = pattern_of(self.origin)
            with open(setup["tracked"]) as file:
                self.tracked = frozenset(json.load(file))
            setup["application"] = json.loads(self.at_home(json.dumps(setup["application"])))
        super(Elsewhere, self).__init__(setup)

    def make(self):
        super(Elsewhere, self).make()
        self.refuse_strangers()

    def at_home(self, text):
        """Paths of the monolith's files as this side's; data that tests or programs made stay where they are."""

        def moved(match):
            rest = match.group(1) or ""
            below = rest.strip("/")
            return self.root + rest if not below or self.is_code(below) else match.group(0)

        return self.moved_paths.sub(moved, text) if self.moved_paths else text

    def is_code(self, below):
        return below in self.tracked or os.path.exists(os.path.join(self.root, below))

    def known_as(self, name):
        if self.moved_paths and name.startswith(self.root + "/"):
            return self.origin + name[len(self.root) :]
        return name

    def refuse_strangers(self):
        """A slice that took code from the monolith beside it would show nothing."""
        if self.moved_paths is None:
            return
        for name, module in sorted(sys.modules.items()):
            path = getattr(module, "__file__", None)
            if isinstance(path, str) and path.startswith(self.origin + "/") and "site-packages" not in path:
                raise RuntimeError("the service loaded %s from the monolith" % name)

    def state_of(self, request):
        found = json.loads(self.at_home(self.blobs.get(request["state"]).decode("utf-8") or "{}"))
        found["folders"] = {}  # they lie in this box already, for all sides
        return found
