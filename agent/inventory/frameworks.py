"""Recognises frameworks and notable libraries: declared packages and imports in, named uses with versions out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from agent.domain.inventory import FrameworkUse, Location
from agent.inventory.imports import prefixes
from agent.inventory.manifests.declared import Dependency
from agent.inventory.tables import table
from agent.inventory.versions import version_tuple

__all__ = ["ImportCount", "collect_frameworks", "framework_life", "is_known_import"]

_ECOSYSTEMS = ("pypi", "maven", "npm", "packagist", "nuget", "rubygems", "go")


class ImportCount(NamedTuple):
    """How many files import a library, and the first place."""

    files: int
    path: str
    line: int


class _Known(NamedTuple):
    packages: dict[tuple[str, str], list[str]]
    starred: tuple[tuple[str, str, str], ...]  # ecosystem, beginning, framework
    imports: dict[tuple[str, str], str]
    anchors: dict[str, frozenset[str]]
    lives: dict[str, str]


@cache
def _known() -> _Known:
    packages: dict[tuple[str, str], list[str]] = {}
    starred, imports, lives = [], {}, {}
    anchors: dict[str, frozenset[str]] = {}
    for framework, entry in table("frameworks").items():
        for ecosystem in _ECOSYSTEMS:
            for name in entry.get(ecosystem, ()):
                if name.endswith("*"):
                    starred.append((ecosystem, name[:-1], framework))
                else:
                    packages.setdefault((ecosystem, name), []).append(framework)
        for family in ("python", "java", "javascript"):
            imports.update({(family, module): framework for module in entry.get(family, ())})
        if "anchor" in entry:
            anchors[framework] = frozenset(entry["anchor"])
        if "life" in entry:
            lives[framework] = entry["life"]
    return _Known(packages, tuple(starred), imports, anchors, lives)


def framework_life(framework: str) -> str:
    """The framework's key in end_of_life.toml; empty without one."""
    return _known().lives.get(framework, "")


def is_known_import(family: str, name: str) -> str:
    """The framework that an imported name belongs to; empty when it is none that is known."""
    imports = _known().imports
    return next((imports[family, prefix] for prefix in prefixes(family, name) if (family, prefix) in imports), "")


def _frameworks_of(dependency: Dependency) -> list[str]:
    name = dependency.name
    if dependency.ecosystem == "pypi":
        name = re.sub(r"[-_.]+", "-", name).lower()
    known = _known()
    found = list(known.packages.get((dependency.ecosystem, name), ()))
    found += [
        framework
        for ecosystem, start, framework in known.starred
        if ecosystem == dependency.ecosystem and name.startswith(start)
    ]
    return list(dict.fromkeys(found))


def collect_frameworks(
    dependencies: Iterable[Dependency], imported: Mapping[str, ImportCount]
) -> tuple[FrameworkUse, ...]:
    """One use a framework and version; what manifests declare goes before what imports show."""
    declared: dict[str, list[Dependency]] = {}
    for dependency in dependencies:
        for framework in _frameworks_of(dependency):
            declared.setdefault(framework, []).append(dependency)
    uses = [use for framework, found in declared.items() for use in _declared_uses(framework, found)]
    for framework, count in imported.items():
        if framework not in declared:
            files = "1 file" if count.files == 1 else f"{count.files} files"
            place = Location(path=count.path, line=count.line)
            uses.append(
                FrameworkUse(
                    name=framework,
                    version="",
                    how=f"imported by {files}; no manifest gives its version",
                    evidence=place,
                )
            )
    return tuple(sorted(uses, key=lambda use: (use.name.lower(), use.version, use.evidence.path, use.evidence.line)))


def _declared_uses(framework: str, found: list[Dependency]) -> list[FrameworkUse]:
    """The most telling declarations: the framework's own package before its family, exact versions before ranges."""
    anchors = _known().anchors.get(framework)
    if anchors is not None:
        found = [d if d.name in anchors else d._replace(version="") for d in found]
    lead = found
    lead = [d for d in lead if not d.development] or lead
    lead = [d for d in lead if d.version] or lead
    lead = [d for d in lead if _is_exact(d)] or lead
    by_version: dict[str, Dependency] = {}
    for dependency in sorted(lead, key=lambda d: (d.path.count("/"), d.path, d.line)):
        by_version.setdefault(dependency.version, dependency)
    uses = []
    for version, dependency in by_version.items():
        note = dependency.note or ("for development only" if dependency.development else "")
        how = f"{dependency.name.removeprefix('plugin:')} in {dependency.path.rpartition('/')[2]}" + (
            f", {note}" if note else ""
        )
        place = Location(path=dependency.path, line=dependency.line)
        uses.append(FrameworkUse(name=framework, version=version, how=how, evidence=place))
    return uses


def _is_exact(dependency: Dependency) -> bool:
    return bool(version_tuple(dependency.version)) and not re.search(r"[~^<>*|,!]|\.x\b", dependency.version)
