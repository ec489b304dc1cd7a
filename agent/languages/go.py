"""Go: files to facts, and how packages, imports and embedded types turn names into symbols.

A package is a directory; its ID is its import path, and the tests in it are a package of their own (``.../order_test``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agent.domain.facts import FileFacts, Import
from agent.languages.go_facts import BUILTIN_TYPES, read_go
from agent.languages.repository_names import (
    EXTERNAL,
    UNKNOWN,
    Answer,
    Member,
    RepositoryNames,
    Types,
    by_member_name,
)

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGE", "Go"]

MODULE = re.compile(r"(?m)^module[ \t]+\"?([^\s\"]{1,200})")
BUILTINS = frozenset(
    "append cap clear close complex copy delete imag len make max min new panic print println real recover".split()
)
OUTSIDE = "(outside)"
MAX_HOPS = 8


class Packages:
    """Which directories are packages, and by which import paths they are known."""

    def __init__(self, layout: Layout) -> None:
        self.folders: dict[str, list[str]] = {}
        for path in layout.files("go"):
            self.folders.setdefault(path.rpartition("/")[0], []).append(path)
        self.roots: dict[str, str] = {}  # folder -> module path
        for folder in {above for f in self.folders for above in _above(f)}:
            found = MODULE.search(layout.text(f"{folder}/go.mod".lstrip("/")))
            if found is not None:
                self.roots[folder] = found[1].rstrip("/")
        if not self.roots:
            guessed = self._guess(layout)
            if guessed:
                self.roots[""] = guessed
        self.by_import: dict[str, str] = {}
        for folder in sorted(self.folders):
            self.by_import.setdefault(self.name(folder), folder)
            if "/vendor/" not in f"/{folder}/" and "src/" in f"{folder}/":  # a GOPATH kept under version control
                self.by_import.setdefault(folder.rpartition("src/")[2], folder)

    def _guess(self, layout: Layout) -> str:
        """The module's path by what its files import of each other, where no go.mod tells it."""
        votes: Counter[str] = Counter()
        written = {i.module for files in self.folders.values() for p in files for i in layout.facts(p).imports}
        for module in written:
            parts = module.split("/")
            for size in range(1, len(parts)) if "." in parts[0] else ():
                if "/".join(parts[size:]) in self.folders:
                    votes["/".join(parts[:size])] += 1
        return max(sorted(votes), key=lambda prefix: (votes[prefix], len(prefix)), default="")

    def name(self, folder: str) -> str:
        """A folder's import path; the folder itself where no module is known."""
        for above in _above(folder):
            if above in self.roots:
                rest = folder[len(above) :].strip("/")
                return f"{self.roots[above]}/{rest}" if rest else self.roots[above]
        return folder or "(root)"


class _Index:
    """Packages' names, types and variables; made once per project."""

    def __init__(self, project: Project, language: Go) -> None:
        self.project = project
        self.packages = Packages(project)
        self.names: dict[str, dict[str, tuple[str, str, str]]] = {}  # package -> name -> (ID, kind, result or type)
        self.places: dict[str, str] = {}  # symbol -> path
        self.variables: dict[str, dict[str, tuple[str, str]]] = {}
        self.types = Types()
        self.named: dict[str, tuple[str, str]] = {}  # type -> (what it is defined as, path)
        self.modules = project.modules()
        self.clauses: dict[str, str] = {}  # package -> the name that its files give it
        paths = project.files("go")
        for path in paths:
            self._enter(path, project.facts(path), language)
        for path in paths:
            for wiring in project.facts(path).wirings:
                if wiring.kind == "base":
                    owner = self.modules[path] + "." + wiring.scope
                    base = self.type_named(wiring.args[0], path)
                    found = EXTERNAL if base in ("", OUTSIDE) else Answer((base,), "exact")
                    self.types.bases.setdefault(owner, []).append(found)
                    field = wiring.args[0].rpartition("::")[2].lstrip("%")
                    self.types.add(owner, field, Member("", wiring.args[0], path))

    def _enter(self, path: str, facts: FileFacts, language: Go) -> None:
        package = self.modules[path]
        names = self.names.setdefault(package, {})
        if not path.endswith("_test.go"):
            self.clauses.setdefault(package, facts.package)
        for definition in facts.definitions:
            symbol = language.symbol_id(package, definition.name)
            owner, _, name = definition.name.rpartition(".")
            self.places.setdefault(symbol, path)
            if owner:
                self.types.add(self._home(owner, package), name, Member(symbol, definition.returns, path))
            else:
                names.setdefault(definition.name, (symbol, definition.kind, definition.returns))
        for wiring in facts.wirings:
            if wiring.kind == "variable":
                self.variables.setdefault(package, {}).setdefault(wiring.scope, (wiring.args[0], path))
            elif wiring.kind == "field":
                owner, _, name = wiring.scope.rpartition(".")
                self.types.add(f"{package}.{owner}", name, Member("", wiring.args[0], path))
            elif wiring.kind in ("named", "alias"):
                self.named[f"{package}.{wiring.scope}"] = (wiring.args[0], path)

    def _home(self, owner: str, package: str) -> str:
        return f"{package}.{owner}"

    # ---------------------------------------------------------------- names

    def around(self, path: str) -> Sequence[str]:
        """The packages whose names a file has: its own, for a test the tested one, and dot imports."""
        package = self.modules[path]
        found = [package]
        if path.endswith("_test.go"):
            found.append(package.removesuffix("_test"))
        for imported in self.project.facts(path).imports:
            if imported.name == ".":
                found.append(imported.module)
        return found

    def package_of(self, alias: str, path: str) -> str:
        """The import path that an alias stands for in the file."""
        imports = self.project.facts(path).imports
        for imported in imports:
            if imported.alias == alias:
                return imported.module
        for imported in imports:  # a package may have another name than its directory
            if not imported.name and self.clauses.get(imported.module) == alias:
                return imported.module
        return ""

    def find(self, written: str, path: str) -> tuple[str, str, str] | None:
        """(ID, kind, result) of ``Name`` or ``alias::Name``; the ID is `OUTSIDE` for a library's."""
        alias, separator, name = written.rpartition("::")
        if not separator:
            for package in self.around(path):
                if name in self.names.get(package, {}):
                    return self.names[package][name]
            return None
        package = self.package_of(alias, path)
        if package not in self.names:
            return (OUTSIDE, "", "") if package and package not in self.packages.by_import else None
        return self.names[package].get(name)

    def type_named(self, written: str, path: str) -> str:
        """A type's ID; `OUTSIDE` for a library's or a built-in one; "" when it is neither."""
        written = written.lstrip("%")
        if written in BUILTIN_TYPES:
            return OUTSIDE
        found = self.find(written, path) if written else None
        if found is None:
            return ""
        symbol = found[0]
        for _ in range(MAX_HOPS):
            target, place = self.named.get(symbol, ("", ""))
            if not target or target.startswith("%") or self.types.members.get(symbol):
                break
            behind = self.find(target, place)
            if behind is None or behind[0] == OUTSIDE:
                break
            symbol = behind[0]
        return symbol

    # ---------------------------------------------------------------- values

    def start(self, head: str, path: str, hops: int) -> tuple[str, str]:
        """The value that a key starts with: (its type as written, the file in which that is written)."""
        if head.startswith(":"):
            return _elements(head[1:], path)
        name = head.rstrip("!%")
        suffix = head[len(name) :]
        if name.startswith("*") or not suffix.startswith("!"):
            return self.variable(name.removeprefix("*"), suffix, path, hops)
        found = self.find(name, path)
        if found is None or found[0] == OUTSIDE:
            return (OUTSIDE, "") if found is not None else ("", "")
        symbol, kind, result = found
        written, place = (result, self.places[symbol]) if kind == "function" else (symbol, "")
        return _elements(written + suffix[1:], place)

    def variable(self, name: str, suffix: str, path: str, hops: int) -> tuple[str, str]:
        alias, separator, short = name.rpartition("::")
        package = self.package_of(alias, path) if separator else ""
        if separator and package not in self.names:
            return OUTSIDE, ""
        for space in [package] if separator else self.around(path):
            known = self.variables.get(space, {}).get(short)
            if known is not None and hops < MAX_HOPS:
                written, place = self.value(known[0].split("->"), known[1], hops + 1)
                return _elements(written + suffix, place)
        return "", ""

    def value(self, links: Sequence[str], path: str, hops: int = 0) -> tuple[str, str]:
        """A chain's type as written, and the file that it is written in."""
        if links[0].startswith("~"):
            return "", ""
        written, place = self.start(links[0], path, hops)
        for link in links[1:]:
            member = self.member(written, place, link.rstrip("!%"))
            if not isinstance(member, Member):
                return (OUTSIDE, "") if member.how == "external" else ("", "")
            suffix = link[len(link.rstrip("!%")) :]
            written, place = _elements(member.type + suffix.replace("!", "", 1 if member.symbol else 0), member.path)
        return written, place

    def member(self, written: str, place: str, name: str) -> Member | Answer:
        if written == OUTSIDE:
            return EXTERNAL
        if not written or written.startswith("%"):
            return UNKNOWN
        owner = self.type_named(written, place) if place else written
        if owner == OUTSIDE:
            return EXTERNAL
        return self.types.find(owner, name, place) if owner else UNKNOWN


class Go(RepositoryNames):
    """The `Language` of .go files; the unit is the package."""

    name = "go"
    suffixes = (".go",)

    def unit_kind(self) -> str:
        """Boundaries are drawn around packages."""
        return "module"

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:  # noqa: ARG002
        """Facts of one file. Never raises: what cannot be parsed in bounded work has ``failure`` set."""
        return read_go(source)

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """The import path of each file's directory; a directory's tests are a package beside it."""
        packages = Packages(layout)
        return {
            path: packages.name(folder) + ("_test" if path.endswith("_test.go") else "")
            for folder, paths in packages.folders.items()
            for path in paths
        }

    def symbol_id(self, module: str, scope: str) -> str:
        """``shop.org/order`` and ``Order.Total`` give ``shop.org/order.Order.Total``."""
        return f"{module}.{scope}" if scope else module

    def resolve_written(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:  # noqa: ARG002
        """An import of a package; its names are looked up where they are used."""
        index = self.index_of(project)
        if imported.module in index.names:
            return (("", imported.module, "exact"),)
        if imported.module in index.packages.by_import:
            return (("", index.packages.name(index.packages.by_import[imported.module]), "inferred"),)
        root = next((r for r in index.packages.roots.values() if imported.module.startswith(f"{r}/")), "")
        if root:
            return (("", "unresolved:no such package in the module", ""),)
        parts = imported.module.split("/")
        return (("", f"external:{'/'.join(parts[:3] if '.' in parts[0] else parts[:1])}", ""),)

    def make_index(self, project: Project) -> _Index:
        return _Index(project, self)

    def answer(self, key: str, path: str, index: _Index) -> Answer:
        if "->" in key:
            links = key.split("->")
            written, place = index.value(links[:-1], path)
            if not written:
                return by_member_name(index.types, links[-1])
            member = index.member(written, place, links[-1])
            if not isinstance(member, Member):
                return member
            return Answer((member.symbol,), "exact") if member.symbol else UNKNOWN
        if key.startswith("*"):
            return UNKNOWN
        found = index.find(key, path)
        if found is None:
            return EXTERNAL if key in BUILTINS else UNKNOWN
        return EXTERNAL if found[0] == OUTSIDE else Answer((found[0],), "exact")


def _above(folder: str) -> list[str]:
    """The folder and those around it, nearest first."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:end]) for end in range(len(parts), -1, -1)]


def _elements(written: str, place: str) -> tuple[str, str]:
    """``%Order%`` is an element of a sequence of orders: an Order."""
    while written.endswith(("%", "!")):
        if written[-1] == "!":
            return "", ""
        inner = written[:-1]
        if not inner.startswith("%"):
            return (OUTSIDE, "") if inner == OUTSIDE else ("", "")
        written = inner[1:]
    return written, place


LANGUAGE = Go()
