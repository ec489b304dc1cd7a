"""Characterization tests on request: a file of the repository in, tests of what it does today out, as a change of their own."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from agent.domain.inventory import Location
from agent.domain.verdict import FileChange
from agent.errors import InputError
from agent.ports import Language
from agent.validation.characterization import Characterization, characterize
from agent.validation.judging import read_pristine
from agent.validation.running import Installed, run_suite
from agent.validation.workplace import Workplace

__all__ = ["as_patch", "protect_file"]

_MOST_BYTES = 2_000_000


def protect_file(
    place: Workplace, installed: Installed, path: str, languages: Mapping[str, Language]
) -> Characterization:
    """Record tests for the lines of a file that no test runs. Raises InputError when it is not a product's Python file."""
    text = read_pristine(place.pristine, path)
    if text is None or not path.endswith(".py") or path in installed.suite.files:
        raise InputError(
            f"{path} is not a Python file of this repository's product: name one, from the repository's root."
        )
    runner = place.ecosystems[installed.suite.ecosystem].runners[installed.suite.runner]
    place.say("which lines the tests run")
    lines = run_suite(place, installed, coverage=runner.measures).coverage.get(path)
    numbers = range(1, text.count("\n") + 2)
    missed = [n for n in numbers if lines is None or lines.get(n) is False]
    texts = {
        name: found
        for name, size in place.tree.paths()
        if name.endswith(".py") and size <= _MOST_BYTES and (found := read_pristine(place.pristine, name)) is not None
    }
    place.say(f"recording what {path} does")
    return characterize(place, installed, [Location(path=path, line=n) for n in missed], texts, languages)


def as_patch(changes: tuple[FileChange, ...]) -> str:
    """New files as one unified diff that ``git apply`` takes."""
    parts: list[str] = []
    for change in changes:
        after = (change.after or "").encode("latin-1").decode("utf-8", "replace").splitlines(keepends=True)
        head = f"diff --git a/{change.path} b/{change.path}\nnew file mode 100644\n"
        parts.append(head + "".join(difflib.unified_diff([], after, "/dev/null", f"b/{change.path}")))
    return "".join(parts)
