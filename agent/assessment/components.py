"""Dependencies: libraries that nobody maintains, and builds that give another result tomorrow.

Before: `request` 2.88 in package.json, and no lock file. After: a maintained library, and versions that are pinned. Why: an image
is built again and again; what it is built from has to be known and mendable. When not: a library that is frozen on purpose and
has no reach to the outside. Licences and versions are those that manifests declare (`figwright assess --format cyclonedx` lists
them); vulnerabilities are unknown here: figwright asks nobody on the network.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from agent.assessment.case import Case, evidence, report
from agent.domain.finding import Finding, Rule
from agent.domain.inventory import Component
from agent.domain.wording import counted

__all__ = ["RULES", "look"]

RULES = (
    Rule(
        id="dependencies.abandoned", lens="dependencies", severity="medium", title="A library is no longer maintained",
        matches="Declared libraries against a bundled table of those whose maintainers ended them, with date and source.",
        why="Nobody will mend it, and newer runtimes will not be supported.",
        remedy="Move to the named successor; behind one adapter of your own first where many places use it.",
        step="Replace libraries that nobody maintains", references=("CWE-1104", "ASVS 14.2.1"),
    ),
    Rule(
        id="dependencies.unpinned", lens="dependencies", severity="low", title="Library versions are not fixed",
        matches="Manifests that name no exact versions, in a folder without a lock file of their ecosystem; and libraries taken from a branch "
        "or address that no lock names.",
        why="Two builds of the same commit give two different images; a rollback may not bring back what ran before.",
        remedy="Commit a lock file (pip-tools or uv, package-lock.json, composer.lock, Gemfile.lock) and install from it.",
        step="Make builds repeatable", references=("ASVS 14.1.1",),
    ),
)  # fmt: skip
BY_ID = {rule.id: rule for rule in RULES}

_LOCKS = {
    "npm": ("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "npm-shrinkwrap.json", "bun.lockb", "bun.lock"),
    "packagist": ("composer.lock",), "rubygems": ("Gemfile.lock",),
    "pypi": ("poetry.lock", "Pipfile.lock", "uv.lock", "pdm.lock", "requirements.lock", "requirements.txt.lock", "pylock.toml"),
}  # fmt: skip


@cache
def _abandoned() -> dict[str, dict[str, dict[str, str]]]:
    text = files("agent.assessment").joinpath("abandoned.toml").read_text("utf-8")
    return {
        eco: {_plain(eco, name): entry for name, entry in names.items()} for eco, names in tomllib.loads(text).items()
    }


def _plain(ecosystem: str, name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower() if ecosystem == "pypi" else name.lower()


def look(case: Case) -> Iterator[Finding]:
    """Rules dependencies.abandoned and dependencies.unpinned."""
    named: dict[tuple[str, str], list[Component]] = defaultdict(list)
    for component in case.inventory.components:
        if not component.development:
            named[component.ecosystem, _plain(component.ecosystem, component.name)].append(component)
    for (ecosystem, name), uses in sorted(named.items()):
        entry = _abandoned().get(ecosystem, {}).get(name)
        if entry is not None:
            places = [evidence(c.evidence.path, c.evidence.line, f"{c.name} {c.version}".strip()) for c in uses]
            yield report(
                case, BY_ID["dependencies.abandoned"], f"{ecosystem} {name}", places, services=(),
                title=f"{uses[0].name} is not maintained since {entry['since']}",
                detail=f"According to {entry['source']}. Instead: {entry['instead']}.",
            )  # fmt: skip
    yield from _unpinned(case)


def _unpinned(case: Case) -> Iterator[Finding]:
    loose: dict[tuple[str, str], list[Component]] = defaultdict(list)
    floating: dict[tuple[str, str], list[Component]] = defaultdict(list)
    for component in case.inventory.components:
        if component.ecosystem in _LOCKS and not component.development and not _is_exact(component.version):
            loose[component.evidence.path, component.ecosystem].append(component)
            if _floats(case, component) and not _locked(case, component):
                floating[component.evidence.path, component.ecosystem].append(component)
    pinned = _pinned_folders(case)
    paths = {f.path for f in case.inventory.files} | {e for s in case.inventory.skipped for e in s.examples}
    for (path, ecosystem), components in sorted(loose.items()):
        if (
            path.endswith(("setup.py", "setup.cfg"))
            or (ecosystem, path.rpartition("/")[0]) in pinned
            or _has_lock(case, path, ecosystem, paths)
        ):
            # A library declares ranges: the application pins. What no lock names floats all the same.
            components = floating.get((path, ecosystem), [])
            if not components:
                continue
        places = [
            evidence(c.evidence.path, c.evidence.line, f"{c.name} {c.version or '(any version)'}") for c in components
        ]
        yield report(
            case, BY_ID["dependencies.unpinned"], f"{path} {ecosystem}", places, services=(),
            title=f"{path} fixes no version of {counted(len(components), 'library', 'libraries')}",
        )  # fmt: skip


def _pinned_folders(case: Case) -> set[tuple[str, str]]:
    """Folders where another manifest of the ecosystem fixes every version: requirements.txt beside a Pipfile."""
    versions: dict[tuple[str, str], list[str]] = defaultdict(list)
    for component in case.inventory.components:
        versions[component.ecosystem, component.evidence.path].append(component.version)
    return {(eco, path.rpartition("/")[0]) for (eco, path), found in versions.items() if all(map(_is_exact, found))}


_ADDRESS = re.compile(
    r"(?:git|https?|ssh)(?:\+\w+)?://[^\s\"']+|[\"'](?:github|gitlab|bitbucket):[\w./#-]+|:\s*[\"'][\w.-]+/[\w.-]+(?:#[\w./-]+)?[\"']|@\s*(?:git|https?)\S+"
)
_COMMIT = re.compile(
    r"[#@](?:[0-9a-f]{7,40}|(?:semver:)?[\^~]?v?\d+(?:\.\d+)+)(?=$|[\"'#&])|\.(?:tgz|whl|tar\.gz|zip)\b"
)


def _floats(case: Case, component: Component) -> bool:
    """Whether it comes from a repository or an address, at no commit, tag or file; the inventory leaves addresses out."""
    try:
        text = case.read(component.evidence.path) if case.read is not None else b""
    except (OSError, KeyError):
        return False
    lines = text.decode("utf-8", "replace").splitlines()
    line = lines[component.evidence.line - 1] if 0 < component.evidence.line <= len(lines) else ""
    found = _ADDRESS.search(re.sub(r"\s#\s.*|\s//.*", "", line))  # a comment may name a page
    return found is not None and component.name.lower() in line.lower() and _COMMIT.search(found.group()) is None


def _locked(case: Case, component: Component) -> bool:
    """Whether a lock in the manifest's folder names the library."""
    folder = component.evidence.path.rpartition("/")[0]
    for name in _LOCKS.get(component.ecosystem, ()):
        try:
            text = case.read(f"{folder}/{name}" if folder else name) if case.read is not None else b""
        except (OSError, KeyError):
            continue
        if component.name.encode() in text:
            return True
    return False


def _is_exact(version: str) -> bool:
    return bool(re.fullmatch(r"(?:===?\s*)?v?\d+(?:\.\d+)*(?:[-.+]?[A-Za-z][\w.-]*)?", version.strip()))


def _has_lock(case: Case, path: str, ecosystem: str, paths: set[str]) -> bool:
    """A lock in the manifest's folder or above; generated files that were left out of the inventory count."""
    folder = path.rpartition("/")[0]
    while True:
        for name in _LOCKS[ecosystem]:
            candidate = f"{folder}/{name}" if folder else name
            if candidate in paths:
                return True
            if case.read is not None:
                try:
                    case.read(candidate)
                except (OSError, KeyError):
                    pass
                else:
                    return True
        if not folder:
            return False
        folder = folder.rpartition("/")[0]
