"""Puts the preparation of a Python environment together: interpreter, requirements and suite in, a Recipe out.

Layout of an environment: ``venv`` holds the interpreter and the packages, ``tools`` what measures (apart, so that it does
not meet the project's own dependencies), ``built`` what installing the project itself made and its repository lacks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from packaging.version import Version

from agent.domain.environment import Need, Reason, Recipe, Step
from agent.domain.execution import ENV, REPO
from agent.validation.ecosystems.python_declared import requirement_name

__all__ = [
    "COVERAGE",
    "DEPENDENCIES",
    "ITSELF",
    "RUNNER",
    "Plan",
    "constraints_of",
    "distributions",
    "install",
    "installing_at",
    "make_recipe",
    "minor_of",
    "python_steps",
    "with_runner",
]

PYTHON = f"{ENV}/venv/bin/python"
CONSTRAINTS = f"{ENV}/constraints.txt"
DEPENDENCIES = "install the dependencies"
RUNNER = "install the test runner"
ITSELF = "install the package itself"
COVERAGE = "install coverage.py apart"
_TOOLCHAIN = "{toolchain:python}"
_UV = "uv>=0.9,<1"
_VIRTUALENV = "virtualenv==20.15.1"  # the last that makes environments for 2.7, and itself runs on 2.7
_QUIET = {"PIP_NO_INPUT": "1", "PIP_NO_PYTHON_VERSION_WARNING": "1", "PIP_PROGRESS_BAR": "off", "UV_NO_PROGRESS": "1"}

# pip in one line, also where the interpreter came without it; 2.7 has ensurepip from 2.7.9 on.
_BOOTSTRAP = """\
import os, subprocess, sys
target, wanted = sys.argv[1:3]
def pip(*args):
    return subprocess.call([sys.executable, "-m", "pip"] + list(args))
if subprocess.call([sys.executable, "-c", "import pip"]):
    os.environ["PYTHONUSERBASE"] = os.path.join(target, "base")
    if subprocess.call([sys.executable, "-m", "ensurepip", "--user"]):
        sys.exit("this Python has neither pip nor ensurepip: install one that has, for example with pyenv")
sys.exit(pip("install", "--target", target, wanted))
"""
_LINK = "import os, sys; os.makedirs(sys.argv[1]); os.symlink(sys.executable, os.path.join(sys.argv[1], 'python'))"
# What an import means may have come with another package (recurrence with django-ical): its own name is then somebody else's.
_UNLESS = """\
import subprocess, sys
try:
    from importlib.util import find_spec
    spec = find_spec(sys.argv[1])
    there = spec is not None and spec.origin not in (None, "namespace")
except ImportError:
    import imp
    try:
        there = bool(imp.find_module(sys.argv[1]))
    except ImportError:
        there = False
sys.exit(0 if there else subprocess.call(sys.argv[2:]))
"""
_WRITE = "import sys; open(sys.argv[1], 'w').write('\\n'.join(sys.argv[2:]) + '\\n')"


@dataclass(frozen=True)
class Plan:
    """All that a recipe is made of. ``guessed`` are wished for, one by one, unless what ``imports`` has for one is there
    already; ``itself`` is how pip is given the package.
    """

    minor: str
    wanted: tuple[str, ...] = ()
    runner: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()
    imports: Mapping[str, str] | None = None
    constraints: tuple[str, ...] = ()
    itself: str = ""
    own_name: str = ""
    paths: tuple[str, ...] = (REPO,)
    as_of: str = ""
    reasons: tuple[Reason, ...] = ()
    variables: Mapping[str, str] | None = None
    examples: Mapping[str, str] | None = None


def make_recipe(plan: Plan) -> Recipe:
    """The steps, in an order in which what is needed fails first and what is nice to have cannot harm."""
    # A suite of the standard library's unittest needs nothing fetched: it runs on a machine without a network too.
    needs_installer = bool(plan.wanted or plan.runner or plan.itself or plan.guessed)
    steps = list(python_steps(plan.minor) if needs_installer else bare_steps(plan.minor))
    # pip refuses to install from a folder what a constraint bounds.
    bounds = (*plan.constraints, *constraints_of(plan.minor, plan.constraints))
    constraints = tuple(bound for bound in bounds if requirement_name(bound) != plan.own_name)
    steps.append(Step(name="write constraints", run=(PYTHON, "-c", _WRITE, CONSTRAINTS, *constraints)))
    for name, wanted in ((DEPENDENCIES, plan.wanted), (RUNNER, plan.runner)):
        if wanted:
            steps.append(Step(name=name, run=install(plan.minor, plan.as_of, *wanted), network=True, env=_QUIET))
    if plan.itself:
        steps.extend(_itself(plan))
    for name in plan.guessed:
        steps.append(_guess(plan.minor, plan.as_of, name, (plan.imports or {}).get(name, "")))
    steps.append(_coverage(plan.minor))
    variables = {
        "PATH": f"{ENV}/venv/bin:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": ":".join(plan.paths),
        "VIRTUAL_ENV": f"{ENV}/venv",
        **(plan.variables or {}),
    }
    return Recipe(
        ecosystem="python",
        needs=(Need(name="python", versions=f"=={plan.minor}.*"),),
        steps=tuple(steps),
        variables=variables,
        as_of=plan.as_of,
        examples=dict(plan.examples or {}),
        reasons=plan.reasons,
    )


def with_runner(recipe: Recipe, minor: str, tools: Sequence[str]) -> Recipe:
    """The recipe with these packages of today's versions, installed last so that they bend nothing else."""
    if not tools:
        return recipe
    steps = list(recipe.steps)
    if not any(step.name == "fetch the installer" for step in steps):
        bare = [step.name for step in bare_steps(minor)]
        steps = [*python_steps(minor), *(step for step in steps if step.name not in bare)]
    step = Step(name=RUNNER, run=install(minor, "", *tools), network=True, env=_QUIET)
    at = next((n for n, one in enumerate(steps) if one.name == COVERAGE), len(steps))
    return recipe.model_copy(update={"steps": (*steps[:at], step, *steps[at:])})


def python_steps(minor: str) -> tuple[Step, ...]:
    """A virtual environment, and an installer that suits its age."""
    if minor == "2.7":
        return (
            Step(
                name="fetch virtualenv",
                run=(_TOOLCHAIN, "-c", _BOOTSTRAP, f"{ENV}/boot", _VIRTUALENV),
                network=True,
                env=_QUIET,
            ),
            Step(
                name="make a virtual environment",
                run=(_TOOLCHAIN, "-m", "virtualenv", "--no-download", "--no-periodic-update", f"{ENV}/venv"),
                env={"PYTHONPATH": f"{ENV}/boot", "VIRTUALENV_OVERRIDE_APP_DATA": f"{ENV}/boot/app-data"},
            ),
        )
    made = Step(name="make a virtual environment", run=(_TOOLCHAIN, "-m", "venv", f"{ENV}/venv"))
    if Version(minor) < Version("3.8"):
        tools = ("pip", "setuptools", "wheel")
        return made, Step(
            name="renew the installer",
            run=(PYTHON, "-m", "pip", "install", "--upgrade", *tools),
            network=True,
            env=_QUIET,
        )
    return made, Step(
        name="fetch the installer",
        run=(PYTHON, "-m", "pip", "install", "--target", f"{ENV}/boot", _UV),
        network=True,
        env=_QUIET,
    )


def bare_steps(minor: str) -> tuple[Step, ...]:
    """An interpreter at the usual place, and nothing else."""
    if minor == "2.7":  # a link will do: 2.7 looks for its library where the link leads
        run = (_TOOLCHAIN, "-c", _LINK, f"{ENV}/venv/bin")
        return (Step(name="link the interpreter", run=run),)
    return (Step(name="make a virtual environment", run=(_TOOLCHAIN, "-m", "venv", f"{ENV}/venv")),)


def install(minor: str, as_of: str, *arguments: str) -> tuple[str, ...]:
    """The command that installs into the environment: uv from 3.8 on, which can resolve as of a date, else pip."""
    if minor == "2.7" or Version(minor) < Version("3.8"):
        return (PYTHON, "-m", "pip", "install", "-c", CONSTRAINTS, *arguments)
    dated = ("--exclude-newer", as_of) if as_of else ()
    return (f"{ENV}/boot/bin/uv", "pip", "install", "--python", PYTHON, "-c", CONSTRAINTS, *dated, *arguments)


def installing_at(step: Step) -> int:
    """Where in a step's command the installer's own begins."""
    return 4 if step.run[2:3] == (_UNLESS,) else 0


def minor_of(recipe: Recipe) -> str:
    """The minor version that a recipe of this module is for; empty for somebody else's."""
    need = next((need for need in recipe.needs if need.name == "python"), None)
    return need.versions.removeprefix("==").removesuffix(".*") if need else ""


def _itself(plan: Plan) -> list[Step]:
    """Install the package for its metadata, scripts and what its build makes; then let the repository's code show.

    The copy that pip made is taken away again: with it there, a file that a change deletes would still be found.
    """
    source = files("agent.validation.runners.probes").joinpath("keep_built.py").read_text("utf-8")
    pretend = {"SETUPTOOLS_SCM_PRETEND_VERSION": "0.0.0", "PBR_VERSION": "0.0.0", **_QUIET}
    return [
        Step(
            name=ITSELF,
            run=install(plan.minor, plan.as_of, plan.itself),
            network=True,
            needed=False,
            env=pretend,
        ),
        Step(name="let the repository's own code show", run=(PYTHON, "-c", source, REPO, f"{ENV}/built"), needed=False),
    ]


def _guess(minor: str, as_of: str, name: str, top: str) -> Step:
    unless = (PYTHON, "-c", _UNLESS, top) if top else ()
    return Step(
        name=f"install {name}",
        run=(*unless, *install(minor, as_of, name)),
        network=True,
        needed=False,
        env=_QUIET,
        seconds=300.0,
    )


def _coverage(minor: str) -> Step:
    version = (
        "coverage==5.5" if minor in ("2.7", "3.6") else "coverage==7.2.7" if minor == "3.7" else "coverage>=7.6,<8"
    )
    return Step(
        name=COVERAGE,
        run=(PYTHON, "-m", "pip", "install", "--target", f"{ENV}/tools", version),
        network=True,
        needed=False,
        env=_QUIET,
        seconds=300.0,
    )


@cache
def _table() -> Mapping[str, Mapping[str, object]]:
    return tomllib.loads(files("agent.validation.ecosystems").joinpath("python_distributions.toml").read_text("utf-8"))


def distributions() -> Mapping[str, str]:
    """Import name to the name on the package index; "" where no index has it."""
    return {name: str(value) for name, value in _table()["distributions"].items()}


def constraints_of(minor: str, given: Sequence[str] = ()) -> tuple[str, ...]:
    """The bounds for an interpreter, without those of packages that ``given`` already bounds."""
    bounds = _table()["constraints"].get(minor, {})
    taken = {line.split("=")[0].split("<")[0].split(">")[0].strip().lower() for line in given}
    found = bounds.items() if isinstance(bounds, dict) else ()
    return tuple(f"{name}{bound}" for name, bound in sorted(found) if name not in taken)
