"""The checks of ``figwright doctor``, one function each: a Machine in, a Diagnosis out."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping

from agent.doctor.check import Diagnosis, Machine
from agent.ports import Toolchains

__all__ = ["CHECKS"]

LEAST_FREE = 2_000_000_000  # bytes: a clone, an index and one environment of a middling repository
SMALL = 10_000_000


def check_system(machine: Machine) -> Diagnosis:
    """Linux, or what does not work elsewhere."""
    found = f"{machine.system}, Python {machine.python}"
    if machine.system == "Linux":
        return Diagnosis(name="system", status="PASS", found=found)
    return Diagnosis(
        name="system",
        status="WARN",
        found=found,
        costs="the sandbox bubblewrap, proofs of containers and word vectors are made for Linux; plans work elsewhere",
        fix="use Linux, a container of it or WSL 2 for test, refactor and containerize",
    )


def check_git(machine: Machine) -> Diagnosis:
    """The program git, with which every repository is read."""
    found, wrong = machine.git()
    if not wrong:
        return Diagnosis(name="git", status="PASS", found=found)
    return Diagnosis(
        name="git",
        status="FAIL",
        found=wrong,
        costs="no repository under git can be read, no URL cloned; a plain folder still can",
        fix="install the package git",
    )


def check_cache(machine: Machine) -> Diagnosis:
    """The cache folder: whether it can be written, and whether there is room."""
    place, fix = machine.cache, "free space, or set FIGWRIGHT_CACHE_DIR to a folder with room"
    there = next(folder for folder in (place, *place.parents) if folder.exists())
    try:
        if place.exists():
            with tempfile.TemporaryFile(dir=place):
                pass
        elif not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
            raise PermissionError(13, "no permission to make it")
        free = shutil.disk_usage(there).free
    except OSError as error:
        found = f"{place} cannot be written ({error.strerror or error})"
        return Diagnosis(
            name="cache", status="FAIL", found=found, costs="nothing that figwright does can start", fix=fix
        )
    found = f"{place}, {free / 1e9:.1f} GB free"
    if free < SMALL:
        return Diagnosis(name="cache", status="FAIL", found=found, costs="no plan has room to be made", fix=fix)
    if free < LEAST_FREE:
        costs = "environments of tests, images and large indexes may not fit"
        return Diagnosis(name="cache", status="WARN", found=found, costs=costs, fix=fix)
    return Diagnosis(name="cache", status="PASS", found=found)


def check_python(machine: Machine) -> Diagnosis:
    """Interpreters for other people's tests, those of Python 2 among them."""
    there = _versions(machine.toolchains, "python")
    for versions, costs, fix in (
        (">=3", _tests_of("Python"), "install python3 with venv"),
        ("<3", _tests_of("Python 2"), "install Python 2.7, for example by pyenv install 2.7.18"),
    ):
        if machine.toolchains.best("python", versions) is None:
            found = f"{there or 'none that answers'}; none {versions}"
            return Diagnosis(name="Python", status="WARN", found=found, costs=costs, fix=fix)
    return Diagnosis(name="Python", status="PASS", found=there)


def _toolchain(name: str, label: str, costs: str, fix: str) -> Callable[[Machine], Diagnosis]:
    """A check that this machine has such a toolchain."""

    def check(machine: Machine) -> Diagnosis:
        """Every one that answers, newest first."""
        there = _versions(machine.toolchains, name)
        if there:
            return Diagnosis(name=label, status="PASS", found=there)
        return Diagnosis(name=label, status="WARN", found="none that answers", costs=costs, fix=fix)

    return check


def _versions(toolchains: Toolchains, name: str) -> str:
    return ", ".join(dict.fromkeys(toolchain.version for toolchain in toolchains.all(name)))


def _any_of(
    label: str, choices: Callable[[Machine], Mapping[str, Callable[[], str]]], costs: str, fix: str
) -> Callable[[Machine], Diagnosis]:
    """A check that one of several can be used; the first that can is enough."""

    def check(machine: Machine) -> Diagnosis:
        """The first that can be used, or why none can."""
        wrong = []
        for name, why in choices(machine).items():
            said = why()
            if not said:
                return Diagnosis(name=label, status="PASS", found=name)
            wrong.append(said.rstrip("."))
        return Diagnosis(name=label, status="WARN", found="; ".join(wrong), costs=costs, fix=fix)

    return check


def check_linters(machine: Machine) -> Diagnosis:
    """What reads generated container files for mistakes."""
    wrong = {linter.name: why for linter in machine.linters if (why := linter.unusable())}
    found = [linter.name for linter in machine.linters if linter.name not in wrong]
    if not wrong:
        return Diagnosis(name="linters", status="PASS", found=", ".join(found))
    return Diagnosis(
        name="linters",
        status="WARN",
        found=f"{', '.join(found) or 'none'}; missing: {', '.join(wrong)}",
        costs=f"generated container files are not linted by {', '.join(wrong)}",
        fix="install figwright[containers]; " + "; ".join(wrong.values()),
    )


def check_vectors(machine: Machine) -> Diagnosis:
    """Pretrained word vectors for ``ask``."""
    found, wrong = machine.vectors()
    if not wrong:
        return Diagnosis(name="word vectors", status="PASS", found=found)
    return Diagnosis(
        name="word vectors",
        status="WARN",
        found=f"hashed ones only ({wrong})",
        costs="ask finds what a question spells like the code, less of what it says in other words",
        fix="install figwright[vectors]",
    )


def check_assistants(machine: Machine) -> Diagnosis:
    """The library behind ``figwright mcp``."""
    if (machine.extras or {}).get("mcp"):
        return Diagnosis(name="mcp", status="PASS", found="installed")
    return Diagnosis(
        name="mcp",
        status="WARN",
        found="not installed",
        costs="assistants and editors cannot ask through figwright mcp",
        fix="install figwright[mcp]",
    )


def check_model(machine: Machine) -> Diagnosis | None:
    """The language model's endpoint; None when none is configured, which is no lack."""
    if machine.endpoint is None:
        return None
    found, wrong = machine.endpoint()
    if not wrong:
        return Diagnosis(name="model", status="PASS", found=found)
    return Diagnosis(
        name="model",
        status="FAIL",
        found=wrong,
        costs="plans, answers and edits have no words of a model; all else works",
        fix="start the endpoint, correct [advisor] in figwright.toml, or put its key into FIGWRIGHT_LLM_KEY",
    )


def _tests_of(language: str) -> str:
    return f"tests of {language} repositories cannot be run, so changes to them are not judged"


CHECKS: Mapping[str, Callable[[Machine], Diagnosis | None]] = {
    "system": check_system,
    "git": check_git,
    "cache": check_cache,
    "sandbox": _any_of(
        "sandbox",
        lambda machine: machine.sandboxes,
        "test, refactor and containerize --test run nothing, unless you say --sandbox none",
        "install bubblewrap 0.8 or newer, and let ordinary users make user namespaces; or start docker or podman",
    ),
    "python": check_python,
    "java": _toolchain("java", "JDK", _tests_of("Java"), "install a JDK (with javac) of the repositories' version"),
    "maven": _toolchain(
        "maven", "Maven", "Java repositories without a wrapper (mvnw) cannot be built", "install maven"
    ),
    "node": _toolchain("node", "Node", _tests_of("JavaScript and TypeScript"), "install nodejs and npm"),
    "php": _toolchain("php", "PHP", _tests_of("PHP"), "install php-cli"),
    "composer": _toolchain(
        "composer", "Composer", "PHP repositories with dependencies cannot be set up", "install composer"
    ),
    "go": _toolchain("go", "Go", _tests_of("Go"), "install Go"),
    "builder": _any_of(
        "builder",
        lambda machine: machine.builders,
        "containerize writes files, but cannot build, start and ask them",
        "install and start docker, podman or buildah",
    ),
    "linters": check_linters,
    "word vectors": check_vectors,
    "mcp": check_assistants,
    "model": check_model,
}
