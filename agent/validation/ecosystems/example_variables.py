"""The variables that a repository tells its developers to set: a tree in, names with example values and their file out.

Such a file is copied to ``.env`` by hand, as the repository's own README says; so its values are what tests can run with.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

from dotenv import dotenv_values

__all__ = ["example_files", "read_examples"]

_NAMES = re.compile(
    r"(?:\.?env[.-](?P<a>test|testing|ci|example|sample|template|tmpl|dist|defaults?|dev|development|local)"
    r"|(?P<b>test|example|sample|template)\.env)$"
)
_ORDER = ("test", "testing", "ci", "example", "sample", "template", "tmpl", "dist", "default", "defaults")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,80}$")
_MOST, _LONGEST = 200, 2_000
# What the box, its interpreter and its libraries are steered by is not the repository's to set
_NOT_THEIRS = re.compile(r"(?:PATH|HOME|SHELL|USER|TMPDIR|IFS|VIRTUAL_ENV|PYTHON\w*|(?:LD|DYLD|UV|PIP|FIGWRIGHT)_\w+)$")


def example_files(paths: Iterable[str]) -> tuple[str, ...]:
    """Paths of such files, the best first: those of tests, then by depth."""
    found = []
    for path in paths:
        match = _NAMES.search(path.rpartition("/")[2].lower())
        if match and match.start() == 0:
            kind = match["a"] or match["b"]
            rank = _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
            found.append((path.count("/"), rank, path))
    return tuple(path for _, _, path in sorted(found))


def read_examples(text: str) -> dict[str, str]:
    """Name to value, in the file's order; without empty values and what is not the repository's to set."""
    try:
        values = dotenv_values(stream=io.StringIO(text.replace("\x00", "")), interpolate=False)
    except (ValueError, RecursionError):
        return {}
    found: dict[str, str] = {}
    for name, value in values.items():
        if (
            value
            and len(value) <= _LONGEST
            and _NAME.match(name)
            and not _NOT_THEIRS.match(name)
            and len(found) < _MOST
        ):
            found[name] = value
    return found
