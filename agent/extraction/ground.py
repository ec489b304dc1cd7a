"""Where a repository's code runs for extraction: a sandbox, its folders, an environment that stands; nothing here starts anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agent.domain.execution import ENV, Limits, Toolchain
from agent.ports import Sandbox, Workspace

__all__ = ["PYTHON", "Ground"]

PYTHON = f"{ENV}/venv/bin/python"
"""The interpreter of a Python environment, as commands name it."""


@dataclass(frozen=True)
class Ground:
    """``pristine`` is the repository as it was read. ``variables`` are those of its recipe, with what pins every run.

    ``folder`` is the suite's, relative to the repository; ``test_files`` are what belongs to the tests, relative too.
    """

    sandbox: Sandbox
    folders: Workspace
    pristine: Path
    env: Path
    kept: tuple[str, ...]
    toolchains: tuple[Toolchain, ...]
    variables: Mapping[str, str]
    folder: str = ""
    test_files: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    say: Callable[[str], None] = lambda _: None
