"""What manifests declare: the records that every manifest reader gives back, each with its file and line."""

from __future__ import annotations

import re
from typing import NamedTuple

from agent.domain.inventory import EntryPoint, Location

__all__ = ["Declared", "Dependency", "RuntimeClaim", "line_at", "line_with", "without_secrets"]


class Dependency(NamedTuple):
    """A library that a manifest asks for. ``development`` ones are for tests and tools only."""

    ecosystem: str  # pypi | maven | npm | packagist | nuget | rubygems | go
    name: str
    version: str
    path: str
    line: int
    development: bool = False
    note: str = ""  # where it applies, if not everywhere


class RuntimeClaim(NamedTuple):
    """A version of a product that a file asks for: ``product`` is its key in end_of_life.toml or its plain name.

    ``ecosystem`` says in which notation ``version`` is written.
    """

    product: str
    version: str
    how: str
    path: str
    line: int
    ecosystem: str = ""


class Declared:
    """What one manifest says; lists, as readers fill them."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.dependencies: list[Dependency] = []
        self.runtimes: list[RuntimeClaim] = []
        self.entry_points: list[EntryPoint] = []
        self.build_systems: list[tuple[str, int]] = []
        self.test_runners: list[tuple[str, int]] = []
        self.test_scripts: list[tuple[str, int]] = []  # commands that a package's test script runs
        self.images: list[tuple[str, int]] = []  # of containers that run beside the system
        self.bases: list[tuple[str, int]] = []  # of containers that are built
        self.built: list[tuple[EntryPoint, str]] = []  # services of a compose file, with their Dockerfiles

    def depend(
        self, ecosystem: str, name: str, version: str, line: int, *, development: bool = False, note: str = ""
    ) -> None:
        # A version may be an address to fetch from, with a token in it.
        version = "" if "://" in version else version.strip()[:100]
        self.dependencies.append(Dependency(ecosystem, name[:200], version, self.path, line, development, note))

    def run_on(self, product: str, version: str, how: str, line: int, ecosystem: str = "") -> None:
        if version.strip():
            self.runtimes.append(RuntimeClaim(product, version.strip()[:100], how, self.path, line, ecosystem))

    def enter(self, kind: str, name: str, how: str, line: int) -> None:
        place = Location(path=self.path, line=line)
        shown = without_secrets(" ".join(name.split()))[:160]
        self.entry_points.append(EntryPoint(kind=kind, name=shown, how=without_secrets(how), evidence=place))


_SECRET_OPTION = re.compile(
    r"(?i)((?:pass(?:word|wd|phrase)?|pwd|secret|token|credential|requirepass|api[_-]?key|access[_-]?key)[\w-]{0,20}[\"']?"
    r"(?:[ \t]*[=:][ \t]*|[ \t]+))(?![-$])[^\s\"',;]{1,200}"
)
_SECRET_IN_URL = re.compile(r"://[^\s/@\"']{1,200}@")
_MYSQL_PASSWORD = re.compile(r"(\bmysql\w{0,20}\b.{0,200}?[ \t]-p)[^\s\"']{1,100}")


def without_secrets(command: str) -> str:
    """A command line with what looks like a password, token or user of a URL replaced by three stars."""
    command = _SECRET_IN_URL.sub("://***@", command)
    command = _MYSQL_PASSWORD.sub(r"\1***", command)
    return _SECRET_OPTION.sub(r"\1***", command)


def line_at(text: str, offset: int) -> int:
    """The line, from 1, of a character."""
    return text.count("\n", 0, offset) + 1


def line_with(text: str, *needles: str) -> int:
    """The line where the last needle stands as a word, after the ones before it; 0 when one is missing."""
    position = 0
    for heading in needles[:-1]:
        position = text.find(heading, position)
        if position < 0:
            return 0
        position += len(heading)
    found = re.compile(rf"(?<![\w-]){re.escape(needles[-1])}(?![\w-])", re.IGNORECASE).search(text, position)
    return line_at(text, found.start()) if found else 0
