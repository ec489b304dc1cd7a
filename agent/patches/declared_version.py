"""The version of a distribution that a Python repository asks for: its manifests in, (major, minor) out."""

from __future__ import annotations

import re

from agent.ports import Codebase

__all__ = ["declared"]

_FILES = (
    "requirements.txt",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "Pipfile",
    "base.txt",
    "common.txt",
    "production.txt",
    "prod.txt",
    "requirements.in",
)


def declared(code: Codebase, name: str) -> tuple[int, int] | None:
    """The lowest version that is allowed, so that nothing newer is asked of the code; None when none is declared."""
    pattern = re.compile(
        rf"(?:^|[\s\"'])(?i:{re.escape(name)})(?:\[[^\]]*\])?(?:[\"']?\s*=\s*[\"']|\s*)(?:==|>=|~=|\^|>)\s*(\d+)(?:\.(\d+))?",
        re.MULTILINE,
    )
    found: list[tuple[int, int]] = []
    for path in code.paths(*_FILES):
        text = code.text(path)
        if text is not None and len(text) < 200_000 and not code.is_test(path):
            found += [(int(major), int(minor or 0)) for major, minor in pattern.findall(text)]
    return min(found, default=None)
