"""Carries out a recipe: toolchains, steps in the box, then a trial run; what is missing is added, and it is tried again.

An environment is kept under the hash of its recipe, the toolchains and the files that it depends on, and used again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agent.domain.environment import Attempt, Environment, Recipe
from agent.domain.execution import CALLED, REPO, Command, Folders, Limits, Outcome, Toolchain
from agent.domain.verdict import Suite, SuiteResult
from agent.errors import EnvironmentUnmakeableError
from agent.fingerprint import own_code
from agent.validation.running import Installed, last_lines, run_suite
from agent.validation.workplace import PINNED, Workplace, find_toolchains, with_toolchains

__all__ = ["MOST_ROUNDS", "make_environment"]

MOST_ROUNDS = 8
_MARKER = "made.json"
_SAID = 60_000  # characters of output that `amend` may look at


@dataclass(frozen=True)
class _Round:
    """How far one recipe came, as a rank: steps failed, nothing ran, some files not loaded, all loaded."""

    environment: Environment
    result: SuiteResult | None

    def rank(self) -> tuple[bool, bool, int, int]:
        result = self.result
        if result is None:
            return (False, False, 0, 0)
        return (True, not result.trouble, len(result.passed), -len(result.collection_errors))


def make_environment(
    place: Workplace, suite: Suite, given: Recipe | None = None
) -> tuple[Environment, Installed | None, SuiteResult | None]:
    """Make what the suite needs, or find it made. The environment says what failed; None when it does not stand.

    ``given`` is the user's own recipe: it is carried out as it is and never amended. The result is that of the trial
    run, None when the environment was found made.
    """
    ecosystem = place.ecosystems[suite.ecosystem]
    try:
        recipe = given or ecosystem.recipe(place.tree, suite, place.toolchains)
        toolchains = find_toolchains(recipe, place.toolchains)
    except EnvironmentUnmakeableError as error:
        bare = given or Recipe(ecosystem=suite.ecosystem)
        return Environment(recipe=bare, key=bare.key(), failed="toolchains", reason=str(error)), None, None
    key = recipe.key(_inputs(place, suite, toolchains))
    with place.folders.environment(key) as folder:
        made = _read_marker(folder)
        if made is not None and (made.clean or made.made_by == own_code()):
            installed = Installed(suite, made, folder, find_toolchains(made.recipe, place.toolchains))
            return made.model_copy(update={"reused": True}), installed, None
        best = _rounds(place, suite, recipe, key, folder, amend=given is None)
        if best.environment.usable:
            place.folders.drop(folder / "cache")
            environment = best.environment.model_copy(update={"clean": _is_clean(best.result), "made_by": own_code()})
            _write_marker(folder, environment)
            installed = Installed(suite, environment, folder, find_toolchains(environment.recipe, place.toolchains))
            return environment, installed, best.result
        place.folders.clear(folder)
        return best.environment, None, best.result


def _rounds(place: Workplace, suite: Suite, recipe: Recipe, key: str, folder: Path, *, amend: bool) -> _Round:
    """Try recipes until one loads every test, nothing more is known to help, or the rounds are used up; the best stands."""
    best: _Round | None = None
    tried: _Round | None = None
    notes: tuple[str, ...] = ()
    seen: set[str] = set()
    last = recipe
    for number in range(1, MOST_ROUNDS + 1):
        last = recipe
        seen.add(recipe.key())
        tried, said = _try(place, suite, recipe, key, folder, number, notes, tried)
        if best is None or tried.rank() > best.rank():
            best = tried
        if not amend or _is_clean(tried.result):
            break
        amended = place.ecosystems[suite.ecosystem].amend(recipe, suite, said[-_SAID:])
        if amended is None or amended[0].key() in seen:
            break
        recipe, note = amended
        place.say(f"environment, round {number + 1}: {note}")
        notes = (*notes, note)
    assert best is not None
    if best.environment.recipe is not last and best.environment.usable:
        best, _ = _try(
            place, suite, best.environment.recipe, key, folder, best.environment.rounds, best.environment.amended
        )
    return best


def _differ_in_variables(made: Environment, recipe: Recipe) -> bool:
    """Whether what was made is what the recipe would make: it asks for the same steps, and all held in which the
    repository's own code has a part.

    For Python alone: Maven, Go and npm are told by variables what to fetch.
    """
    held = made.usable and not any(
        (one.exit_code or one.stopped_by) and any(REPO in word for word in one.command) for one in made.attempts
    )
    aside: dict[str, object] = {"variables": {}, "reasons": ()}
    return (
        recipe.ecosystem == "python"
        and held
        and made.recipe.model_copy(update=aside) == recipe.model_copy(update=aside)
    )


def _is_clean(result: SuiteResult | None) -> bool:
    """Whether every test could be loaded, and not more than half fail: then something that they all need is missing."""
    if result is None or result.trouble or result.collection_errors:
        return False
    bad = result.count("failed", "error")
    return not bad or bad < len(result.passed)


def _try(
    place: Workplace,
    suite: Suite,
    recipe: Recipe,
    key: str,
    folder: Path,
    number: int,
    notes: tuple[str, ...],
    before: _Round | None = None,
) -> tuple[_Round, str]:
    """One round from an empty folder (downloads are kept between rounds); also everything that was printed.

    What the round ``before`` made stands when no more than variables of the run have changed.
    """
    environment = Environment(recipe=recipe, key=key, rounds=number, amended=notes)
    try:
        toolchains = find_toolchains(recipe, place.toolchains)
    except EnvironmentUnmakeableError as error:
        return _Round(environment.model_copy(update={"failed": "toolchains", "reason": str(error)}), None), str(error)
    if before is not None and _differ_in_variables(before.environment, recipe):
        attempts, failed, said = before.environment.attempts, None, ""
    else:
        attempts, failed, said = _carry_out(place, recipe, folder, toolchains)
    environment = environment.model_copy(
        update={
            "toolchains": tuple(f"{toolchain.name} {toolchain.version}" for toolchain in toolchains),
            "attempts": attempts,
        }
    )
    if failed is not None:
        environment = environment.model_copy(update={"failed": failed.step, "reason": _reason(failed)})
        return _Round(environment, None), said
    place.say("environment: trial run")
    ran = run_suite(place, Installed(suite, environment, folder, toolchains))
    printed = "\n".join(
        [
            said,
            ran.outcome.stdout.decode("utf-8", "replace"),
            ran.outcome.stderr.decode("utf-8", "replace"),
            *ran.result.collection_errors,
            *(case.message for case in ran.result.cases if case.status in ("failed", "error")),
            ran.result.trouble,
            CALLED,  # at the end, which is what is looked at of much
        ]
    )
    return _Round(environment, ran.result), printed


def _carry_out(
    place: Workplace, recipe: Recipe, folder: Path, toolchains: Sequence[Toolchain]
) -> tuple[tuple[Attempt, ...], Attempt | None, str]:
    """Run the steps in a copy of their own; (attempts, the needed step that failed, what was printed)."""
    env = folder / "env"
    place.folders.drop(env)
    env.mkdir()
    cache = folder / "cache"
    cache.mkdir(exist_ok=True)
    (env / "cache").mkdir()
    repo, out = place.folders.copy(place.pristine, "preparation"), place.folders.fresh("out")
    attempts: list[Attempt] = []
    printed: list[str] = []
    failed: Attempt | None = None
    try:
        _move_in(cache, env / "cache")
        for step in recipe.steps:
            place.say(f"environment: {step.name}")
            command = Command(step.run, {**PINNED, **_caches(), **recipe.variables, **step.env}, step.cwd)
            outcome = place.sandbox.run(
                with_toolchains(command, toolchains),
                Folders(repo=repo, env=env, out=out, env_writable=True),
                toolchains,
                _preparing(place, step.seconds),
                network=step.network,
            )
            attempt = _attempt(step.name, step.run, outcome)
            attempts.append(attempt)
            printed.append(outcome.stdout.decode("utf-8", "replace") + outcome.stderr.decode("utf-8", "replace"))
            if step.needed and (attempt.exit_code != 0 or attempt.stopped_by):
                failed = attempt
                break
        if failed is None:
            _keep(repo, env, recipe.kept)
        _move_in(env / "cache", cache)
        place.folders.drop(env / "cache")
    finally:
        place.folders.drop(repo)
        place.folders.drop(out)
    return tuple(attempts), failed, "\n".join(printed)


def _attempt(name: str, run: tuple[str, ...], outcome: Outcome) -> Attempt:
    good = outcome.exit_code == 0 and not outcome.stopped_by
    return Attempt(
        step=name,
        command=run,
        exit_code=outcome.exit_code,
        seconds=round(outcome.seconds, 1),
        stopped_by=outcome.stopped_by,
        last_lines=() if good else last_lines(outcome),
    )


def _reason(attempt: Attempt) -> str:
    how = f"stopped: {attempt.stopped_by} used up" if attempt.stopped_by else f"exit code {attempt.exit_code}"
    # A script in an argument would fill the page: its first words tell which it is.
    words = [
        word if len(word) <= 100 and "\n" not in word else word.split("\n", 1)[0][:60] + " ..."
        for word in attempt.command
    ]
    return f"the step {attempt.step!r} failed ({how}): {' '.join(words)}"


def _keep(repo: Path, env: Path, kept: Sequence[str]) -> None:
    """Move what the steps made in the work tree into the environment."""
    for path in kept:
        source, target = repo / path, env / "kept" / path
        if source.is_dir() and not source.is_symlink() and source.resolve().is_relative_to(repo.resolve()):
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)


def _move_in(source: Path, target: Path) -> None:
    for entry in sorted(source.iterdir()):
        if not (target / entry.name).exists():
            entry.rename(target / entry.name)


def _caches() -> dict[str, str]:
    """Downloads of one environment's rounds; never shared between repositories, whose installers write to it."""
    return {
        "PIP_CACHE_DIR": "{env}/cache/pip",
        "UV_CACHE_DIR": "{env}/cache/uv",
        "npm_config_cache": "{env}/cache/npm",
        "COMPOSER_CACHE_DIR": "{env}/cache/composer",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def _preparing(place: Workplace, seconds: float) -> Limits:
    """Preparation may write more than a test run, and its time is the step's own."""
    limits = place.limits
    return replace(limits, wall_seconds=seconds, disk_bytes=max(limits.disk_bytes, 8 << 30), cpu_seconds=seconds * 4)


def _inputs(place: Workplace, suite: Suite, toolchains: Sequence[Toolchain]) -> str:
    """What the recipe depends on beyond itself: the machine's toolchains, the sandbox's paths, dependency files."""
    parts = [place.sandbox.name, *(f"{toolchain.name} {toolchain.version}" for toolchain in toolchains)]
    parts.append(suite.model_dump_json(exclude={"where", "why"}))
    for path in sorted(place.ecosystems[suite.ecosystem].inputs(place.tree, suite)):
        parts.append(f"{path} {hashlib.sha256(place.tree.read(path)).hexdigest()}")
    return "\n".join(parts)


def _read_marker(folder: Path) -> Environment | None:
    try:
        return Environment.model_validate_json((folder / _MARKER).read_bytes())
    except (OSError, ValueError):
        return None


def _write_marker(folder: Path, environment: Environment) -> None:
    """Written last and whole: an environment without it was never finished."""
    part = folder / f"{_MARKER}.part"
    part.write_text(environment.model_dump_json(indent=1), "utf-8")
    part.replace(folder / _MARKER)
