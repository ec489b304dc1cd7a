"""Mends a Python recipe from what was printed when it failed: rules from a table in, the next recipe to try out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from packaging.utils import canonicalize_name
from packaging.version import Version

from agent.domain.environment import Need, Recipe, Step
from agent.domain.execution import CALLED
from agent.validation.ecosystems.python_declared import requirement_name
from agent.validation.ecosystems.python_recipe import (
    COVERAGE,
    DEPENDENCIES,
    distributions,
    install,
    installing_at,
    minor_of,
    python_steps,
)

__all__ = ["amend_recipe", "rules"]

_LONGEST_LINE = 1_000
_MOST_LINES = 5_000
_MOST_ADDED = 12
_SERVER = re.compile(
    r"(?:postgres(?:ql)?|postgis|psql|pgsql|mysql2?|mariadb|mssql|oracle|cockroachdb)(?:\+\w+)?://", re.I
)
_STEERS = re.compile(r"DJANGO_(?:SETTINGS_MODULE|CONFIGURATION)$")  # which settings, the suite's own options say better
_SUPPORTED = ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table, with its expression compiled."""

    when: re.Pattern[str]
    do: str
    what: str
    note: str
    only: str
    installing: bool  # only while nothing could be run yet: afterwards such a line is of a step that may fail
    unless: str  # not when a rule of this kind has matched already


@dataclass
class _Changes:
    """What the rules that matched ask for."""

    add: dict[str, str] = field(default_factory=dict)
    bound: dict[str, str] = field(default_factory=dict)
    build: dict[str, str] = field(default_factory=dict)
    drop: dict[str, str] = field(default_factory=dict)
    swap: dict[str, str] = field(default_factory=dict)
    variable: dict[str, str] = field(default_factory=dict)
    python: tuple[str, str] = ("", "")


@cache
def rules() -> tuple[Rule, ...]:
    """The table, in its order."""
    table = tomllib.loads(files("agent.validation.ecosystems").joinpath("python_amendments.toml").read_text("utf-8"))
    return tuple(
        Rule(
            re.compile(row["when"]),
            row["do"],
            row["what"],
            row["note"],
            row.get("only", ""),
            row.get("installing", False),
            row.get("unless", ""),
        )
        for row in table["rule"]
    )


def amend_recipe(recipe: Recipe, said: str) -> tuple[Recipe, str] | None:
    """Another recipe and what was changed in it; None when nothing that was printed is known."""
    minor = minor_of(recipe)
    if not minor:
        return None
    changes = _changes(recipe, minor, said)
    notes: list[str] = []
    amended = recipe
    if changes.python[0]:
        target = _target(changes.python[0], minor)
        if target and target != minor:
            notes.append(changes.python[1])
            return _with_python(amended, target), f"{changes.python[1]} ({minor} → {target})"
    for name, note in changes.drop.items():
        amended, notes = _noted(_without(amended, name), amended, notes, note)
    for pair, note in changes.swap.items():
        amended, notes = _noted(_swapped(amended, *pair.split(":")), amended, notes, note)
    for bound, note in (*changes.bound.items(), *changes.build.items()):
        amended, notes = _noted(_bounded(amended, bound), amended, notes, note)
    if changes.build:
        amended = _building_bounded(amended)
    shown = _shown(recipe, {assignment.partition("=")[0] for assignment in changes.variable})
    if shown:
        mended = amended.model_copy(update={"variables": {**amended.variables, **shown}})
        names = ", ".join(sorted(shown))
        note = f"environment variables were missing: set as the repository's own example shows them: {names}"
        amended, notes = _noted(mended, amended, notes, note)
    for assignment, note in changes.variable.items():
        name, _, value = assignment.partition("=")
        if name in shown:
            continue
        mended = amended.model_copy(update={"variables": {**amended.variables, name: value}})
        amended, notes = _noted(mended, amended, notes, note)
    for name, note in list(changes.add.items())[:_MOST_ADDED]:
        amended, notes = _noted(_with(amended, name), amended, notes, note)
    if amended == recipe:
        last = _one_by_one(recipe, said)
        return (last, "took the dependencies one by one, as together they cannot be installed") if last else None
    return amended, "; ".join(dict.fromkeys(notes))


def _shown(recipe: Recipe, missing: set[str]) -> dict[str, str]:
    """All example values once one of them is missing: the next ones would be, too. A server cannot be reached."""
    usable = {
        name: value
        for name, value in recipe.examples.items()
        if name not in recipe.variables and not _SERVER.match(value) and (name in missing or not _STEERS.match(name))
    }
    return usable if missing & usable.keys() else {}


def _noted(mended: Recipe, before: Recipe, notes: list[str], note: str) -> tuple[Recipe, list[str]]:
    return (mended, [*notes, note]) if mended != before else (before, notes)


def _changes(recipe: Recipe, minor: str, said: str) -> _Changes:
    changes = _Changes()
    lines = [line[:_LONGEST_LINE].rstrip() for line in said.splitlines()[-_MOST_LINES:]]
    lines = list(dict.fromkeys(line.removeprefix("E   ") for line in lines if line.strip()))
    ran = _ran(said)
    for rule in rules():
        if rule.installing and ran:
            continue
        if (rule.only and not minor.startswith(rule.only)) or (rule.unless and getattr(changes, rule.unless)):
            continue
        for line in lines:
            match = rule.when.search(line)
            if match is None:
                continue
            first = next((group for group in match.groups() if group), "")
            what, note = rule.what.replace("{1}", first), rule.note.replace("{1}", first)
            if rule.do == "python":
                if not changes.python[0] and _target(what, minor):
                    changes.python = (what, note)
            elif rule.do == "add":
                name = _distribution(what) if what.startswith("import:") else what
                if name:
                    changes.add.setdefault(name, note)
            else:
                kind: dict[str, str] = getattr(changes, rule.do)
                kind.setdefault(what, note)
    if not _has(recipe, DEPENDENCIES):
        changes.drop.clear()
    return changes


def _ran(said: str) -> bool:
    """Whether tests were called: then all needed steps held."""
    return CALLED in said


def _has(recipe: Recipe, name: str) -> bool:
    return any(step.name == name for step in recipe.steps)


def _distribution(what: str) -> str:
    """The distribution for a missing import; empty when the table says that there is none, or does not know it."""
    module = what.removeprefix("import:")
    return distributions().get(module.split(".")[0], "")


# --- interpreters ---


def _target(what: str, minor: str) -> str:
    """The version that a rule asks for, as a minor version; empty when there is none."""
    if what == "2":
        return "2.7" if minor != "2.7" else ""
    if what == "3":
        return "3.11" if minor == "2.7" else ""
    if what.startswith("of:"):
        there = {".".join(found.split(".")[:2]) for found in re.findall(r"\d+\.\d+\.\d+", what)}
        same = sorted((one for one in there if one.split(".")[0] == minor.split(".")[0]), key=Version)
        older = [one for one in same if Version(one) < Version(minor)]
        return older[-1] if older else same[0] if same else ""
    if minor == "2.7":
        return ""
    if what == "older" or what.startswith("<"):
        ceiling = Version(minor) if what == "older" else min(Version(what[1:]), Version(minor))
        older = [one for one in _SUPPORTED if Version(one) < ceiling]
        fits = what == "older" or Version(minor) >= Version(what[1:])
        return older[-1] if older and fits else ""
    return what if what in _SUPPORTED and Version(what) > Version(minor) else ""


def _with_python(recipe: Recipe, minor: str) -> Recipe:
    """The same for another interpreter: how to make the environment and how to install change with it."""
    before = minor_of(recipe)
    old_names = {step.name for step in python_steps(before)}
    steps = [_reinstalling(step, before, minor, recipe.as_of) for step in recipe.steps if step.name not in old_names]
    needs = tuple(
        Need(name="python", versions=f"=={minor}.*") if need.name == "python" else need for need in recipe.needs
    )
    return recipe.model_copy(update={"needs": needs, "steps": (*python_steps(minor), *steps)})


def _reinstalling(step: Step, before: str, minor: str, as_of: str) -> Step:
    at = installing_at(step)
    for dated in (as_of, ""):
        prefix = install(before, dated)
        if step.run[at : at + len(prefix)] == prefix:
            run = (*step.run[:at], *install(minor, dated), *step.run[at + len(prefix) :])
            return step.model_copy(update={"run": run})
    if step.name == COVERAGE:
        version = {"2.7": "coverage==5.5", "3.6": "coverage==5.5", "3.7": "coverage==7.2.7"}.get(
            minor, "coverage>=7.6,<8"
        )
        return step.model_copy(update={"run": (*step.run[:-1], version)})
    return step


# --- requirements ---


def _arguments(recipe: Recipe, step: Step) -> tuple[int, tuple[str, ...]]:
    """(where the requirements of an installing step begin, the requirements); none for another step."""
    at = installing_at(step)
    for dated in (recipe.as_of, ""):
        prefix = install(minor_of(recipe), dated)
        if step.run[at : at + len(prefix)] == prefix:
            return at + len(prefix), step.run[at + len(prefix) :]
    return len(step.run), ()


def _steps_of(recipe: Recipe) -> Iterator[tuple[int, Step, int, tuple[str, ...]]]:
    for at, step in enumerate(recipe.steps):
        start, arguments = _arguments(recipe, step)
        if arguments:
            yield at, step, start, arguments


def _with(recipe: Recipe, requirement: str) -> Recipe:
    """One more distribution, by a step of its own that may fail; unchanged when it is there already."""
    name = requirement_name(requirement)
    for _, step, _, arguments in _steps_of(recipe):
        there = any(requirement_name(argument) == name for argument in arguments if not argument.startswith(("-", "{")))
        if there and (step.needed or step.run[-1] == requirement or name != "setuptools"):
            return recipe
    step = Step(
        name=f"install {requirement}",
        run=install(minor_of(recipe), recipe.as_of, requirement),
        network=True,
        needed=False,
        seconds=300.0,
    )
    at = next((at for at, one in enumerate(recipe.steps) if one.name == COVERAGE), len(recipe.steps))
    return recipe.model_copy(update={"steps": (*recipe.steps[:at], step, *recipe.steps[at:])})


def _without(recipe: Recipe, name: str) -> Recipe:
    """Without a requirement, where the repository itself asked for it."""
    wanted = canonicalize_name(name)
    steps = list(recipe.steps)
    for at, step, start, arguments in _steps_of(recipe):
        if step.name != DEPENDENCIES:
            continue
        left = tuple(one for one in arguments if one.startswith(("-", "{")) or requirement_name(one) != wanted)
        steps[at] = step.model_copy(update={"run": (*step.run[:start], *left)})
        if not [one for one in left if not one.startswith("-")]:
            steps[at : at + 1] = []
        break
    return recipe.model_copy(update={"steps": tuple(steps)})


def _swapped(recipe: Recipe, old: str, new: str) -> Recipe:
    steps = list(recipe.steps)
    for at, step, start, arguments in _steps_of(recipe):
        changed = tuple(new if requirement_name(one) == old and not one.startswith("-") else one for one in arguments)
        steps[at] = step.model_copy(update={"run": (*step.run[:start], *changed)})
    return recipe.model_copy(update={"steps": tuple(steps)})


def _bounded(recipe: Recipe, bound: str) -> Recipe:
    """One more constraint; the tightest that a rule gives a package replaces the others."""
    name = requirement_name(bound)
    steps = []
    for step in recipe.steps:
        if step.name == "write constraints":
            kept = tuple(one for one in step.run[4:] if requirement_name(one) != name or "==" in one)
            step = step.model_copy(update={"run": (*step.run[:4], *kept, bound)})
        steps.append(step)
    asked = any(requirement_name(one) == name for _, _, _, arguments in _steps_of(recipe) for one in arguments)
    held = any(step.name == "write constraints" and bound in step.run for step in recipe.steps)
    mended = recipe.model_copy(update={"steps": tuple(steps)})
    return recipe if held else mended if asked or name else recipe


def _building_bounded(recipe: Recipe) -> Recipe:
    """The constraints hold for the tools that build packages, too."""
    where = "{env}/constraints.txt"
    extra: Mapping[str, str] = {"UV_BUILD_CONSTRAINT": where, "PIP_CONSTRAINT": where, "PIP_BUILD_CONSTRAINT": where}
    steps = tuple(
        step.model_copy(update={"env": {**step.env, **extra}}) if _arguments(recipe, step)[1] else step
        for step in recipe.steps
    )
    return recipe.model_copy(update={"steps": steps})


def _one_by_one(recipe: Recipe, said: str) -> Recipe | None:
    """The dependencies as steps of their own that may fail: the last resort when they exclude each other."""
    if _ran(said):
        return None
    steps: list[Step] = []
    changed = False
    for step in recipe.steps:
        start, arguments = _arguments(recipe, step)
        names = [one for one in arguments if not one.startswith("-")]
        if step.name == DEPENDENCIES and step.needed and len(names) > 1 and len(names) <= 150:
            options = [one for one in arguments if one.startswith("-")]
            for name in names:
                run = (*step.run[:start], *options, name)
                steps.append(step.model_copy(update={"name": f"install {name}", "run": run, "needed": False}))
            changed = True
        elif step.name == DEPENDENCIES and step.needed:
            steps.append(step.model_copy(update={"needed": False}))
            changed = True
        else:
            steps.append(step)
    return recipe.model_copy(update={"steps": tuple(steps)}) if changed else None
