"""Calls JavaScript test runners through a small driver: a suite in, a command out; the driver's own report back in.

The driver (``node_driver.js``) runs in the box: build steps first, because a change must be built before it is tested, then
the package's own test command with a machine reporter added to its end, then the lines that ran.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.domain.environment import Recipe
from agent.domain.execution import OUT, REPO, Command
from agent.domain.verdict import Suite
from agent.validation.runners.result_files import read_json

__all__ = ["BEFORE", "NODE_BIN", "RUN", "Call", "driver_command", "failed_step", "in_repository", "repository_root"]

BEFORE = "before: "
RUN = "run: "
NODE_BIN = "FIGWRIGHT_NODE_BIN"
_DRIVER = Path(__file__).with_name("node_driver.js").read_text("utf-8")


@dataclass(frozen=True)
class Call:
    """What is added to a package's test command. ``rules`` are words for some versions: (module, from, below, word, ...)."""

    default: str
    words: tuple[str, ...] = ()
    rules: tuple[tuple[str, ...], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    v8: bool = True  # whether the runner's own process tells the lines, rather than the runner itself


def driver_command(suite: Suite, recipe: Recipe, call: Call, *, coverage: bool = False) -> Command:
    """The command of one run. Options of the suite that are neither a build step nor the command itself are added last."""
    runs = [option.removeprefix(RUN) for option in suite.options if option.startswith(RUN)]
    others = [option for option in suite.options if not option.startswith((RUN, BEFORE))]
    plan = {
        "repo": REPO,
        "out": OUT,
        "bin": recipe.variables.get(NODE_BIN, ""),
        "before": [option.removeprefix(BEFORE) for option in suite.options if option.startswith(BEFORE)],
        "mains": runs or [" ".join((call.default, *map(_quoted, suite.paths)))],
        "words": [*call.words, *others],
        "rules": call.rules,
        "files": dict(call.files),
        "coverage": coverage,
        "v8": coverage and call.v8,
    }
    argv = ("{toolchain:node}", "-e", _DRIVER, "--", json.dumps(plan, sort_keys=True))
    return Command(argv=argv, env={"CI": "true", **dict(call.env)}, cwd=suite.folder)


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"


def failed_step(out: Path) -> str:
    """The build step that failed before any test could run; empty when none did."""
    report = read_json(out, "driver.json")
    failed = report.get("failed") if isinstance(report, dict) else None
    return failed if isinstance(failed, str) else ""


def repository_root(out: Path) -> str:
    """Where the box showed the repository, as the driver saw it."""
    report = read_json(out, "driver.json")
    root = report.get("root") if isinstance(report, dict) else None
    return root if isinstance(root, str) else ""


def in_repository(path: Any, root: str) -> str:
    """A path that a runner printed, relative to the repository."""
    text = path if isinstance(path, str) else ""
    return text[len(root) + 1 :] if root and text.startswith(f"{root}/") else text


def texts(value: Any) -> Sequence[str]:
    """The strings of a list that came from a report."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def number(entry: Mapping[str, Any], name: str) -> float:
    """A number of a report, 0 when it is none."""
    value = entry.get(name)
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e9 else 0.0
