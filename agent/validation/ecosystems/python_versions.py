"""Chooses the Python that a repository was written for: what it declares and how its syntax reads in, a specifier out.

The choice is never wider than one minor version: an environment that changes when a newer interpreter is installed could
not be made again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from agent.domain.environment import Reason
from agent.domain.inventory import Location
from agent.errors import EnvironmentUnmakeableError
from agent.ports import Toolchains
from agent.validation.ecosystems.python_declared import Declared
from agent.validation.ecosystems.python_sources import Sources

__all__ = ["RELEASED", "ChosenPython", "choose_python"]

_TWO_SHARE = 0.1  # a compat module for Python 2 does not make a Python 2 repository, every tenth file does
# When each version came out: a repository is not expected to run on one that is younger than itself.
RELEASED = {
    "3.6": "2016-12-23",
    "3.7": "2018-06-27",
    "3.8": "2019-10-14",
    "3.9": "2020-10-05",
    "3.10": "2021-10-04",
    "3.11": "2022-10-24",
    "3.12": "2023-10-02",
    "3.13": "2024-10-07",
    "3.14": "2025-10-07",
}
# Newest Python that a release of a framework runs on: (distribution, first version it no longer speaks for, newest Python).
_CEILINGS = (
    ("django", "1.11", "3.5"),
    ("django", "2.0", "3.7"),
    ("django", "2.2", "3.7"),
    ("django", "3.1", "3.9"),
    ("django", "3.2", "3.9"),
    ("django", "4.1", "3.10"),
    ("django", "4.2", "3.11"),
    ("django", "5.1", "3.12"),
    ("numpy", "1.22", "3.9"),
    ("numpy", "1.26", "3.11"),
    ("pandas", "1.4", "3.9"),
    ("pandas", "2.1", "3.11"),
    ("sqlalchemy", "1.3", "3.9"),
    ("jinja2", "3.0", "3.9"),
    ("werkzeug", "1.0", "3.9"),
    ("pyyaml", "6.0", "3.11"),
    ("pillow", "9.0", "3.9"),
    ("lxml", "4.7", "3.9"),
)


@dataclass(frozen=True, slots=True)
class ChosenPython:
    """``minor`` such as ``2.7``; ``others`` are the installed ones to try next, the likeliest first."""

    minor: str
    reason: Reason
    others: tuple[str, ...] = ()


def choose_python(sources: Sources, declared: Declared, as_of: str, toolchains: Toolchains) -> ChosenPython:
    """One installed version. Raises EnvironmentUnmakeableError when the machine has none that will do."""
    installed = _installed(toolchains)
    two = _says_two(sources)
    if two is not None:
        if "2.7" in installed:
            return ChosenPython("2.7", two)
        raise EnvironmentUnmakeableError(
            f"this repository is Python 2 ({two.text}), and no Python 2.7 was found on this machine: install one, "
            "for example with pyenv, and try again."
        )
    threes = [minor for minor in installed if minor.startswith("3.")]
    named_two = _names_two(sources)
    if named_two is not None and not as_of and "2.7" in installed:
        return ChosenPython("2.7", named_two)
    if not threes:
        raise EnvironmentUnmakeableError("no Python 3 was found on this machine: install one and try again.")
    return _choose_three(sources, declared, as_of, threes)


def _installed(toolchains: Toolchains) -> list[str]:
    minors = {".".join(found.version.split(".")[:2]) for found in toolchains.all("python")}
    return sorted((minor for minor in minors if re.fullmatch(r"\d+\.\d+", minor)), key=Version, reverse=True)


def _says_two(sources: Sources) -> Reason | None:
    """Why this is Python 2; None when it is not."""
    only_two = [(path, line) for path, line in sources.only_two if path not in ("ez_setup.py", "distribute_setup.py")]
    says_three = _declares_three(sources)
    share = len(only_two) / max(1, len(sources.files))
    converted = re.search(r"use_2to3['\"\]]*\s*[=:]\s*True", sources.text("setup.py"))
    if only_two and (converted or not says_three or share >= _TWO_SHARE):
        path, line = only_two[0]
        return Reason(
            text=f"{len(only_two)} of {len(sources.files)} files are written in the syntax of Python 2 alone",
            where=(Location(path=path, line=line),),
        )
    if says_three:
        return None
    for path in ("setup.py", "setup.cfg", "PKG-INFO"):
        match = re.search(r"Programming Language :: Python :: 2", sources.text(path))
        if match:
            line = sources.text(path).count("\n", 0, match.start()) + 1
            return Reason(text="it is declared for Python 2 and not for 3", where=(Location(path=path, line=line),))
    if sources.runs_under_two:
        path, line = sources.runs_under_two[0]
        return Reason(
            text=f"{len(sources.runs_under_two)} files use what only Python 2 has",
            where=(Location(path=path, line=line),),
        )
    return None


def _names_two(sources: Sources) -> Reason | None:
    """Why 2.7 is the likelier one for code that declares both: no 3 that is still around is named beside it."""
    newest = max((Version(minor) for minor, _ in _named(sources)), default=Version("3.0"))
    if newest >= Version("3.5") or sources.text("pyproject.toml"):
        return None
    for path in ("setup.py", "setup.cfg", "PKG-INFO"):
        match = re.search(r"Programming Language :: Python :: 2", sources.text(path))
        if match:
            line = sources.text(path).count("\n", 0, match.start()) + 1
            text = "it is declared for Python 2, and for no Python 3 that is still around"
            return Reason(text=text, where=(Location(path=path, line=line),))
    return None


def _declares_three(sources: Sources) -> bool:
    if sources.text("pyproject.toml").find("requires-python") >= 0:
        return True
    metadata = "\n".join(sources.text(path) for path in ("setup.py", "setup.cfg", "pyproject.toml", "PKG-INFO"))
    if re.search(r"Programming Language :: Python :: 3|python_requires\s*=\s*['\"]?\s*(>=|~=|==)\s*3", metadata):
        return True
    return bool(
        re.search(
            r"^python-3|^3\.|python_version\s*=\s*\"3", sources.text("runtime.txt") + sources.text("Pipfile"), re.M
        )
    )


def _choose_three(sources: Sources, declared: Declared, as_of: str, installed: Sequence[str]) -> ChosenPython:
    allowed, reason = _allowed(sources, installed)
    exact = _exact(sources)
    if exact is not None:
        minor, where = exact
        if minor in allowed:
            rest = tuple(other for other in allowed if other != minor)
            return ChosenPython(
                minor, Reason(text=f"the repository says Python {minor}", where=(where,)), _near(minor, rest)
            )
    ceiling = _ceiling(declared)
    fitting = [minor for minor in allowed if not ceiling or Version(minor) <= Version(ceiling[0])] or list(allowed[-1:])
    everything = _named(sources)
    if everything and all(Version(minor) < Version(fitting[-1]) for minor, _ in everything):
        minor, where = max(everything, key=lambda one: Version(one[0]))
        why = Reason(
            text=f"Python {fitting[-1]} is the nearest here to {minor}, the newest that is named", where=(where,)
        )
        return ChosenPython(fitting[-1], why, _near(fitting[-1], tuple(one for one in allowed if one != fitting[-1])))
    named = [(minor, where) for minor, where in everything if minor in fitting]
    if named:
        minor, where = max(named, key=lambda one: Version(one[0]))
        why = Reason(
            text=f"Python {minor} is the newest that the repository names and this machine has", where=(where,)
        )
    else:
        of_its_time = [minor for minor in fitting if not as_of or RELEASED.get(minor, "9999") <= as_of]
        minor = (of_its_time or fitting[-1:])[0]
        why = reason or Reason(text=f"Python {minor} is the newest of the repository's time on this machine")
        if ceiling and not reason:
            why = Reason(text=f"Python {minor} is the newest for the {ceiling[1]} it asks for", where=(ceiling[2],))
    return ChosenPython(minor, why, _near(minor, tuple(other for other in allowed if other != minor)))


def _near(minor: str, others: Sequence[str]) -> tuple[str, ...]:
    """Older ones first, the nearest of them first; then newer ones."""
    older = [other for other in others if Version(other) < Version(minor)]
    newer = [other for other in reversed(others) if Version(other) > Version(minor)]
    return (*older, *newer)


def _allowed(sources: Sources, installed: Sequence[str]) -> tuple[list[str], Reason | None]:
    """Those that ``requires-python`` lets pass, newest first; all of them when none would."""
    for path in ("pyproject.toml", "setup.cfg", "setup.py"):
        text = sources.text(path)
        match = re.search(r"(?:requires-python|python_requires)\s*=\s*['\"]?([^'\"\n]+)['\"]?", text)
        if match is None and path == "pyproject.toml":
            match = re.search(r"^python\s*=\s*['\"]([^'\"\n]+)['\"]", text, re.M)
        if match is None:
            continue
        specifier = _specifier(match.group(1))
        passing = [minor for minor in installed if specifier.contains(f"{minor}.99")] if specifier else []
        if passing:
            where = Location(path=path, line=text.count("\n", 0, match.start()) + 1)
            return passing, Reason(text=f"the package asks for Python {match.group(1).strip()}", where=(where,))
    return list(installed), None


def _specifier(text: str) -> SpecifierSet | None:
    text = text.strip().replace("||", ",").split("|")[0]
    caret = re.fullmatch(r"[\^~](\d+)((?:\.\d+)*)", text)
    if caret:
        text = f">={caret.group(1)}{caret.group(2)},<{int(caret.group(1)) + 1}"
    elif re.fullmatch(r"[\d.]+\*?", text):
        text = f"=={text}" if text.endswith("*") else f"~={text}.0" if text.count(".") == 1 else f"=={text}"
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return None


def _exact(sources: Sources) -> tuple[str, Location] | None:
    """The version that the deployment or the developers' tool is told to use."""
    patterns = (
        ("runtime.txt", r"^python-(3\.\d+)"),
        (".python-version", r"^(?:cpython-)?(3\.\d+)"),
        (".tool-versions", r"^python\s+(3\.\d+)"),
        ("Pipfile", r"^python_(?:full_)?version\s*=\s*\"(3\.\d+)"),
        ("Dockerfile", r"^FROM\s+(?:\S+/)?python:(3\.\d+)"),
    )
    for path, pattern in patterns:
        match = re.search(pattern, sources.text(path), re.M)
        if match:
            return match.group(1), Location(path=path, line=sources.text(path).count("\n", 0, match.start()) + 1)
    return None


def _named(sources: Sources) -> list[tuple[str, Location]]:
    """Every version that classifiers, tox and CI name."""
    found: list[tuple[str, Location]] = []
    workflows = [path for path in sources.sizes if re.fullmatch(r"\.github/workflows/[^/]+\.ya?ml", path)]
    for path in ("setup.py", "setup.cfg", "pyproject.toml", "tox.ini", ".travis.yml", ".gitlab-ci.yml", *workflows):
        for number, line in enumerate(sources.text(path).split("\n"), start=1):
            where = Location(path=path, line=number)
            for minor in re.findall(r"Programming Language :: Python :: (3\.\d+)", line):
                found.append((minor, where))
            if path == "tox.ini":
                found.extend((f"3.{minor}", where) for minor in re.findall(r"\bpy3\.?(\d+)", line))
                for inner in re.findall(r"py\{([^}]*)\}", line):
                    found.extend((f"3.{minor}", where) for minor in re.findall(r"\b3\.?(\d+)", inner))
            elif path.endswith((".yml", ".yaml")):
                found.extend(
                    (minor, where) for minor in re.findall(r"(?<![\d.])(3\.\d{1,2})(?![\d.])", line) if _is_python(line)
                )
    return found


def _is_python(line: str) -> bool:
    return bool(re.search(r"python|^\s*-\s*['\"]?3\.\d+['\"]?\s*$|\[", line, re.I))


def _ceiling(declared: Declared) -> tuple[str, str, Location] | None:
    """The lowest ceiling that a pinned or bounded framework sets: (Python, requirement, where)."""
    found: list[tuple[str, str, Location]] = []
    for wanted in declared.wanted:
        bound = re.search(r"(?:==|~=|<=?)\s*(\d+(?:\.\d+)*)", wanted.text)
        version = bound.group(1) if bound else declared.locked.get(wanted.name, "")
        if not version:
            continue
        exclusive = bound is not None and "<" in bound.group(0) and "=" not in bound.group(0)
        for name, before, python in _CEILINGS:
            below = Version(version) <= Version(before) if exclusive else Version(version) < Version(before)
            if name == wanted.name and below:
                found.append((python, wanted.text, wanted.where))
                break
    return min(found, key=lambda one: Version(one[0])) if found else None
