"""Perl: files to facts, and how packages, use, exports and @ISA turn names into symbols.

A file is a module whose ID is its path; what it defines is ``lib/Shop/Order.pm#Shop::Order.total``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from posixpath import normpath
from typing import TYPE_CHECKING, Any

from agent.domain.facts import FileFacts, Import
from agent.languages.perl_facts import read_perl
from agent.languages.repository_names import (
    EXTERNAL,
    UNKNOWN,
    Answer,
    Member,
    RepositoryNames,
    Types,
    by_member_name,
    common_folders,
)

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGE", "Perl"]

UNIVERSAL = frozenset("can isa DOES VERSION import unimport".split())


class _Index:
    """Packages, their subs and exports, and files by name; made once per project."""

    def __init__(self, project: Project, language: Perl) -> None:
        self.homes: dict[str, list[tuple[str, str]]] = {}  # package -> (ID, path)
        self.types = Types()
        self.main: dict[str, list[tuple[str, str]]] = {}  # subs outside packages
        self.exports: dict[str, set[str]] = {}
        self.imports: dict[tuple[str, str], dict[str, str]] = {}  # (path, package) -> name -> module
        self.used: dict[str, list[str]] = {}
        self.by_name: dict[str, list[str]] = {}
        paths = project.files("perl")
        for path in paths:
            self.by_name.setdefault(path.rpartition("/")[2], []).append(path)
            facts = project.facts(path)
            self.used[path] = [i.module for i in facts.imports if i.name in ("use", "file")]  # packages, files
            for definition in facts.definitions:
                owner, _, name = definition.name.rpartition(".")
                symbol = language.symbol_id(path, definition.name)
                if definition.kind != "function":
                    self.homes.setdefault(definition.name, []).append((symbol, path))
                elif owner:
                    self.types.add(owner, name, Member(symbol, "", path))
                else:
                    self.main.setdefault(name, []).append((symbol, path))
            for wiring in facts.wirings:
                if wiring.kind == "export" and wiring.args[1] == "EXPORT":
                    self.exports.setdefault(wiring.scope, set()).add(wiring.args[0])
                elif wiring.kind == "import":
                    self.imports.setdefault((path, wiring.scope), {}).setdefault(wiring.args[1], wiring.args[0])
        for path in paths:
            for wiring in project.facts(path).wirings:
                if wiring.kind == "base":
                    base = wiring.args[0]
                    found = Answer((base,), "exact") if base in self.homes else EXTERNAL
                    self.types.bases.setdefault(wiring.scope, []).append(found)

    def place(self, package: str, path: str) -> Answer:
        """The file of a package: the one named like it, else the only one."""
        homes = self.homes.get(package, ())
        own = [(symbol, place) for symbol, place in homes if place == path]
        tail = "/" + package.replace("::", "/") + ".pm"
        usual = [(symbol, place) for symbol, place in homes if f"/{place}".endswith(tail)]
        found = own or _nearest(usual or list(homes), path)
        return Answer(tuple(symbol for symbol, _ in found), "exact" if len(found) == 1 else "ambiguous")

    def method(self, owner: str, name: str, path: str, *, skip_own: bool = False) -> Answer:
        found = self.types.find(owner, name, path, skip_own=skip_own)
        if isinstance(found, Member):
            return Answer((found.symbol,), "exact")
        if found.how != "unknown" or name in UNIVERSAL:
            return found if found.targets else EXTERNAL
        if owner not in self.homes and owner != "main":
            return EXTERNAL
        if name == "new" and not skip_own:
            return self.place(owner, path) if owner in self.homes else UNKNOWN
        # AUTOLOAD, generated accessors: the name alone tells only that nothing else can be meant.
        return UNKNOWN if owner in self.homes or name in self.types.names else EXTERNAL

    def own(self, package: str, name: str, path: str) -> Answer | None:
        found = self.types.own(package, name, path)
        return Answer((found.symbol,), "exact") if isinstance(found, Member) else found

    def function(self, name: str, where: str, path: str) -> Answer:
        package, _, short = name.rpartition("::")
        if package == "main":
            return self.outside(short, path)
        if package:
            return self.own(package, short, path) or (UNKNOWN if package in self.homes else EXTERNAL)
        found = self.own(where, name, path) if where else None
        if found is not None:
            return found
        if not where and any(place == path for _, place in self.main.get(name, ())):
            return self.outside(name, path)
        module = self.imports.get((path, where), {}).get(name, "")
        if module:
            return self.own(module, name, path) or (UNKNOWN if module in self.homes else EXTERNAL)
        for used in dict.fromkeys(self.used.get(path, ())):
            found = self.own(used, name, path) if name in self.exports.get(used, ()) else None
            if found is not None:
                return found
        if not where and name in self.main:
            return self.outside(name, path)
        return (
            EXTERNAL if any(m not in self.homes and not m.endswith(".pl") for m in self.used.get(path, ())) else UNKNOWN
        )

    def outside(self, name: str, path: str) -> Answer:
        """A sub of package main: the file's own, else one of the files that it requires."""
        found = self.main.get(name, ())
        own = [symbol for symbol, place in found if place == path]
        if own:
            return Answer((own[0],), "exact")
        wanted = {module.rpartition("/")[2] for module in self.used.get(path, ())}
        required = [symbol for symbol, place in found if place.rpartition("/")[2] in wanted]
        if required:
            return Answer(tuple(sorted(required)), "exact" if len(required) == 1 else "ambiguous")
        return EXTERNAL if not found else UNKNOWN


class Perl(RepositoryNames):
    """The `Language` of Perl 4 and 5; the unit is the file."""

    name = "perl"
    suffixes = (".pl", ".pm", ".cgi", ".t", ".psgi")

    def unit_kind(self) -> str:
        """Boundaries are drawn around files."""
        return "module"

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:  # noqa: ARG002
        """Facts of one file. Never raises on any bytes."""
        return read_perl(source), None

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """A file's ID is its path."""
        return {path: path for path in layout.files(self.name)}

    def symbol_id(self, module: str, scope: str) -> str:
        """``lib/Order.pm`` and ``Shop::Order.total`` give ``lib/Order.pm#Shop::Order.total``."""
        return f"{module}#{scope}" if scope else module

    def resolve_written(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:
        """What is used or required; names are looked up where they are called."""
        index = self.index_of(project)
        if imported.name == "computed":
            return (("", "unresolved:required file computed at run time", ""),)
        if imported.name == "file" and not imported.module.endswith(".pm"):
            return self._file(imported.module, path, index)
        package = imported.module.removesuffix(".pm").replace("/", "::")
        found = index.place(package, "")
        if len(found.targets) == 1:
            return (("", found.targets[0].partition("#")[0], "exact"),)
        if found.targets:
            return (("", "unresolved:several files define the package", ""),)
        tail = "/" + package.replace("::", "/") + ".pm"
        files = [p for p in index.by_name.get(tail.rpartition("/")[2], ()) if f"/{p}".endswith(tail)]
        if len(files) == 1:
            return (("", files[0], "exact"),)
        return (("", f"external:{'::'.join(package.split('::')[:2])}", ""),)

    def _file(self, written: str, path: str, index: _Index) -> Sequence[tuple[str, str, str]]:
        folder = path.rpartition("/")[0]
        near = normpath(f"{folder}/{written}" if folder else written).lstrip("/")
        tail = "/" + "/".join(part for part in written.split("/") if part not in ("", ".", ".."))
        files = index.by_name.get(tail.rpartition("/")[2], ())
        if near in files:
            return (("", near, "exact"),)
        matches = [p for p in files if f"/{p}".endswith(tail)]
        if len(matches) == 1:
            return (("", matches[0], "inferred"),)
        why = "several files could be required" if matches else "required file is not in the repository"
        return (("", f"unresolved:{why}", ""),)

    def make_index(self, project: Project) -> _Index:
        return _Index(project, self)

    def answer(self, key: str, path: str, index: _Index) -> Answer:
        name, _, where = key.partition(" in ")
        receiver, arrow, method = name.partition("->")
        if not arrow:
            if key in index.homes and " in " not in key and "(" not in key and key not in index.main:
                return index.place(key, path)
            return index.function(name, where, path)
        if receiver == "~":
            return EXTERNAL if method in UNIVERSAL else by_member_name(index.types, method)
        if receiver in ("self", "super"):
            return index.method(where or "main", method, path, skip_own=receiver == "super")
        return index.method(receiver, method, path)


def _nearest(found: Sequence[tuple[str, str]], path: str) -> Sequence[tuple[str, str]]:
    if len(found) < 2:
        return found
    shared = {symbol: common_folders(place, path) for symbol, place in found}
    best = max(shared.values())
    return sorted(entry for entry in found if shared[entry[0]] == best)


LANGUAGE = Perl()
