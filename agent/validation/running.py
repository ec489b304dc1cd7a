"""One run of a suite: a work copy with a change in it, the runner's command in the box, results by test ID."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.domain.environment import Environment
from agent.domain.execution import Folders, Outcome, Toolchain
from agent.domain.verdict import Suite, SuiteResult
from agent.validation.workplace import PINNED, Workplace, with_toolchains

__all__ = ["LAST_LINES", "Installed", "last_lines", "run_suite"]

LAST_LINES = 30
Coverage = Mapping[str, Mapping[int, bool]]


@dataclass(frozen=True)
class Installed:
    """An environment that stands, and where: what every run of its suite needs."""

    suite: Suite
    environment: Environment
    folder: Path
    toolchains: tuple[Toolchain, ...]


@dataclass(frozen=True)
class Ran:
    """One run: its result, what was printed, and the lines that ran when they were asked for."""

    result: SuiteResult
    outcome: Outcome
    coverage: Coverage = field(default_factory=dict)


def run_suite(
    place: Workplace,
    installed: Installed,
    *,
    files: Mapping[str, str | None] | None = None,
    only: Sequence[str] = (),
    order: int = 0,
    coverage: bool = False,
    wall_seconds: float = 0.0,
) -> Ran:
    """Run the suite in a work copy of its own. ``files`` (Latin-1 text, None to delete) are put over the pristine ones.

    ``wall_seconds`` shortens the limit (0: the workplace's own). The copy is gone when this returns.
    """
    suite, recipe = installed.suite, installed.environment.recipe
    runner = place.ecosystems[suite.ecosystem].runners[suite.runner]
    repo = place.folders.copy(place.pristine, "repo")
    out = place.folders.fresh("out")
    try:
        put_files(repo, files or {})
        command = runner.command(suite, recipe, only=only, order=order, coverage=coverage)
        command = replace(command, env={**PINNED, **recipe.variables, **command.env})
        limits = replace(place.limits, wall_seconds=wall_seconds) if wall_seconds else place.limits
        outcome = place.sandbox.run(
            with_toolchains(command, installed.toolchains),
            Folders(repo=repo, env=installed.folder / "env", out=out, kept=recipe.kept),
            installed.toolchains,
            limits,
        )
        result = runner.read(suite, outcome, out)
        if outcome.stopped_by and not result.trouble:
            result = result.model_copy(update={"trouble": f"the run was stopped: {outcome.stopped_by} used up"})
        result = result.model_copy(
            update={
                "exit_code": outcome.exit_code,
                "stopped_by": outcome.stopped_by,
                "seconds": round(outcome.seconds, 3),
                "last_lines": result.last_lines or last_lines(outcome),
            }
        )
        return Ran(result, outcome, runner.coverage(suite, out) if coverage else {})
    finally:
        place.folders.drop(repo)
        place.folders.drop(out)


def put_files(repo: Path, files: Mapping[str, str | None]) -> None:
    """Write a change into a work copy; a path that leads through a link is replaced by a real folder."""
    for path, text in sorted(files.items()):
        target = repo
        for part in Path(path).parts[:-1]:
            target = target / part
            if target.is_symlink() or target.is_file():
                target.unlink()
            target.mkdir(exist_ok=True)
        target = target / Path(path).name
        mode = target.stat().st_mode if target.is_file() and not target.is_symlink() else None
        target.unlink(missing_ok=True)
        if text is not None:
            target.write_bytes(text.encode("latin-1"))
            if mode is not None:
                target.chmod(mode)


def last_lines(outcome: Outcome, count: int = LAST_LINES) -> tuple[str, ...]:
    """The end of what was printed, standard error last, as text."""
    text = outcome.stdout.decode("utf-8", "replace").splitlines()[-count:]
    text += outcome.stderr.decode("utf-8", "replace").splitlines()[-count:]
    return tuple(line.rstrip()[:400] for line in text if line.strip())[-count:]
