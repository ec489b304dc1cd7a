"""The repository's files as the containers stage reads them: paths and bounded text, a snapshot's reader in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from agent.domain.inventory import Inventory

__all__ = ["Tree", "label", "line_of", "project_of", "unique"]

_MOST = 400_000  # bytes of one file that are looked at; what matters here stands in small files
_ASIDE = re.compile(r"(?:^|/)(?:tests?|testing|docs?|examples?|samples?|benchmarks?|fixtures|\.github|node_modules)/")


@dataclass(frozen=True)
class Tree:
    """``paths`` are sorted; ``roles`` are the inventory's, for files that it read."""

    paths: tuple[str, ...]
    read: Callable[[str], bytes]
    roles: Mapping[str, str]
    languages: Mapping[str, str]
    _texts: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def of(inventory: Inventory, paths: Iterable[str], read: Callable[[str], bytes]) -> Tree:
        roles = {file.path: file.role for file in inventory.files}
        languages = {file.path: file.language for file in inventory.files}
        return Tree(tuple(sorted(paths)), read, roles, languages)

    def has(self, path: str) -> bool:
        return path in self._all

    def text(self, path: str) -> str:
        """The beginning of the file; empty when there is none or it cannot be read."""
        if path not in self._texts:
            try:
                self._texts[path] = self.read(path)[:_MOST].decode("utf-8", "replace") if self.has(path) else ""
            except OSError:
                self._texts[path] = ""
        return self._texts[path]

    def code(self, *languages: str, folder: str = "") -> Iterator[str]:
        """Files of these languages that run in production: neither tests nor documentation nor examples."""
        for path in self.paths:
            if self.languages.get(path) in languages and self.runs(path) and under(path, folder):
                yield path

    def settings(self, folder: str = "") -> Iterator[str]:
        """Configuration files that a program reads."""
        for path in self.paths:
            if path.endswith((".cfg", ".ini", ".properties", ".conf")) and self.runs(path) and under(path, folder):
                yield path

    def runs(self, path: str) -> bool:
        return self.roles.get(path, "data") not in ("test", "document") and not _ASIDE.search(path)

    def named(self, *names: str, folder: str | None = None) -> list[str]:
        """Paths whose last part is one of these, the outermost first."""
        found = [path for path in self.paths if path.rpartition("/")[2] in names and not _ASIDE.search(path)]
        if folder is not None:
            found = [path for path in found if path.rpartition("/")[0] == folder]
        return sorted(found, key=lambda path: (path.count("/"), path))

    @cached_property
    def _all(self) -> frozenset[str]:
        return frozenset(self.paths)


def under(path: str, folder: str) -> bool:
    return not folder or path.startswith(folder + "/")


def label(text: str, other: str = "app") -> str:
    """A DNS label: lower case, digits, hyphens, at most 40 characters, beginning with a letter."""
    made = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    made = re.sub(r"^[0-9-]+", "", made)[:40].strip("-")
    return made or other


def unique(name: str, taken: set[str]) -> str:
    """The name, numbered when it is taken; it is taken afterwards."""
    made, number = name, 2
    while made in taken:
        made = f"{name[:36].rstrip('-')}-{number}"
        number += 1
    taken.add(made)
    return made


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def project_of(path: str, manifests: Iterable[str]) -> str:
    """The innermost folder above ``path`` that has one of these manifests; the repository when none has."""
    folders = {manifest.rpartition("/")[0] for manifest in manifests}
    folder = path.rpartition("/")[0]
    while folder:
        if folder in folders:
            return folder
        folder = folder.rpartition("/")[0]
    return ""
