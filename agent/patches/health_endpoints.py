"""Whether a system says that it is up, and what an added endpoint consists of: a code base in, yes or no out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.domain.patch import Left
from agent.domain.verdict import FileChange
from agent.ports import Codebase

__all__ = ["Endpoint", "is_answered", "test_folder"]

_PATH = re.compile(
    r"""["'`(^/](?:[\w-]+/)?(?:healthz?|health[_-]?check|livez|readyz|liveness|readiness|ping|heartbeat|alive|_status)/?(?:\$)?["'`)]"""
)
_READ = (".py", ".js", ".cjs", ".mjs", ".ts", ".java", ".kt", ".php", ".rb")


@dataclass(frozen=True)
class Endpoint:
    """What adds it, what is left to people, and a test in a change of its own where the tests' style is known."""

    title: str
    changes: tuple[FileChange, ...]
    left: Sequence[Left] = ()
    test: FileChange | None = None


def is_answered(code: Codebase) -> bool:
    """Whether any path in the code is called health, ping or the like, or the actuator is there."""
    for path in code.paths(*_READ):
        text = code.text(path)
        if text is not None and len(text) < 1_000_000 and not code.is_test(path) and _PATH.search(text):
            return True
    return any(
        "actuator" in (code.text(path) or "") or "microprofile-health" in (code.text(path) or "")
        for path in code.paths("pom.xml", "build.gradle", "build.gradle.kts")
    )


def test_folder(code: Codebase, suffix: str, prefixes: Sequence[str]) -> Sequence[str]:
    """Test files of that kind whose name begins with one of the prefixes (all, without any), sorted."""
    return [
        path
        for path in code.paths(suffix)
        if code.is_test(path) and (not prefixes or path.rpartition("/")[2].startswith(tuple(prefixes)))
    ]
