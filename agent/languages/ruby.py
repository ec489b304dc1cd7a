"""Ruby: files to facts, and how requires, constant lookup and Rails' autoloading turn names into symbols.

A file is a module whose ID is its path; a class that is opened in several files is a symbol in each of them
(``app/models/order.rb#Shop::Order``), and its name means the file where it is at home.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from posixpath import normpath
from typing import TYPE_CHECKING, Any

from agent.domain.facts import FileFacts, Import
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
from agent.languages.ruby_facts import read_ruby

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGE", "Ruby"]

ROOTS = frozenset("lib test spec app".split())
MAX_CANDIDATES = 5


class _Index:
    """Types and constants by full name, methods by type, files by how they are required; made once per project."""

    def __init__(self, project: Project, language: Ruby) -> None:
        self.homes: dict[str, list[tuple[str, str, int]]] = {}  # type -> (ID, path, what it holds)
        self.constants: dict[str, list[tuple[str, str]]] = {}
        self.types = Types()
        self.namespaces: set[str] = set()
        self.functions: dict[str, list[tuple[str, str]]] = {}  # methods outside types
        self.local: set[str] = set()
        self.by_name: dict[str, list[str]] = {}
        self.known = frozenset(project.files("ruby"))
        bases: list[tuple[str, str, str]] = []
        for path in project.files("ruby"):
            self.by_name.setdefault(path.rpartition("/")[2], []).append(path)
            facts = project.facts(path)
            held: dict[str, int] = {}
            for definition in facts.definitions:
                owner, _, name = definition.name.rpartition(".")
                symbol = language.symbol_id(path, definition.name)
                if definition.kind != "function":
                    continue
                held[owner] = held.get(owner, 0) + 1
                if owner:
                    self.types.add(owner, name, Member(symbol, "", path))
                else:
                    self.functions.setdefault(name, []).append((symbol, path))
            for wiring in facts.wirings:
                if wiring.kind == "base":
                    bases.append((wiring.scope, wiring.args[0], wiring.args[1]))
                    held[wiring.scope] = held.get(wiring.scope, 0) + 1000
                elif wiring.kind == "constant":
                    owner = wiring.scope.rpartition("::")[0]
                    tops = {d.name for d in facts.definitions}
                    self.constants.setdefault(wiring.scope, []).append(
                        (language.symbol_id(path, owner if owner in tops else ""), path)
                    )
                elif wiring.kind == "namespace":
                    self.namespaces.add(wiring.scope)
                elif wiring.kind == "local":
                    self.local.add(language.symbol_id(path, wiring.args[0]))
            for definition in facts.definitions:
                if definition.kind != "function":
                    entry = (language.symbol_id(path, definition.name), path, held.get(definition.name, 0))
                    self.homes.setdefault(definition.name, []).append(entry)
        for full in [*self.homes, *self.constants]:
            parts = full.split("::")
            self.namespaces.update("::".join(parts[:end]) for end in range(1, len(parts)))
        for owner, base, where in bases:
            names = [name for name in (self.constant(base, where, owner) if base else ()) if name != owner]
            found = Answer(tuple(names[:1]), "exact") if names and names[0] in self.homes else EXTERNAL
            self.types.bases.setdefault(owner, []).append(found)

    # ---------------------------------------------------------------- constants

    def constant(self, name: str, where: str, skip: str = "") -> Iterator[str]:
        """The full names that a constant may stand for, innermost first; only those that exist."""
        if name.startswith("::"):
            spellings = [name[2:]]
        else:
            parts = where.split("::") if where else []
            spellings = ["::".join([*parts[:end], name]) for end in range(len(parts), 0, -1)] + [name]
            for base in self.types.bases.get(where, ()):
                spellings.extend(f"{target}::{name}" for target in base.targets)
        for spelling in spellings:
            if spelling != skip and (spelling in self.homes or spelling in self.constants):
                yield spelling

    def place(self, full: str, path: str) -> Answer:
        """The file where a type is at home: by its name's usual path, else where most of it is."""
        homes = self.homes.get(full)
        if not homes:
            held = self.constants.get(full, ())
            own = [symbol for symbol, place in held if place == path]
            targets = tuple(dict.fromkeys(own or [symbol for symbol, _ in held]))
            return _nearest([(t, t.partition("#")[0]) for t in targets], path)
        tail = "/" + "/".join(underscored(part) for part in full.split("::")) + ".rb"
        usual = [(symbol, place) for symbol, place, _ in homes if f"/{place}".endswith(tail)]
        if usual:
            return _nearest(usual, path)
        if len(homes) == 1:
            return Answer((homes[0][0],), "exact")
        if any(place == path and held for _, place, held in homes):
            return Answer(tuple(symbol for symbol, place, _ in homes if place == path)[:1], "exact")
        most = max(held for _, _, held in homes)
        main = [(symbol, place) for symbol, place, held in homes if held == most]
        found = _nearest(main, path)
        return found._replace(how="inferred") if found.how == "exact" else found

    # ---------------------------------------------------------------- methods

    def on_self(self, name: str, where: str, path: str) -> Answer:
        found = self.types.find(where, name, path) if where else UNKNOWN
        if isinstance(found, Member):
            return Answer((found.symbol,), "exact")
        own = [symbol for symbol, place in self.functions.get(name, ()) if place == path]
        if own:
            return Answer((own[0],), "exact")
        if found.how != "unknown":
            return found
        outside = [entry for entry in self.functions.get(name, ()) if entry[0] not in self.local]
        if outside:
            # A method outside any type is everybody's, as far as its file is loaded.
            return _nearest(outside, path, sure="inferred")
        if where and name not in self.types.names:
            return EXTERNAL
        if not where or where not in self.homes or where in self.namespaces or path.endswith(".erb"):
            return by_member_name(self.types, name)
        return UNKNOWN if name in self.types.names else EXTERNAL

    def on_constant(self, constant: str, name: str, where: str, path: str) -> Answer:
        full = next(self.constant(constant, where), "")
        if not full:
            return EXTERNAL if not self.is_namespace(constant, where) else by_member_name(self.types, name)
        if full not in self.homes:
            return by_member_name(self.types, name)
        found = self.types.find(full, "initialize" if name == "new" else name, path)
        if isinstance(found, Member):
            return Answer((found.symbol,), "exact")
        if found.targets:
            return found
        if name == "new":
            return self.place(full, path)
        return found if found.how == "external" or name in self.types.names else EXTERNAL

    def is_namespace(self, name: str, where: str) -> bool:
        parts = where.split("::") if where else []
        return any("::".join([*parts[:end], name]) in self.namespaces for end in range(len(parts), -1, -1))

    # ---------------------------------------------------------------- files

    def required(self, name: str, path: str) -> tuple[str, str]:
        """The file that ``require`` loads by its load path: a ``lib`` folder, the root, or the only such file."""
        wanted = name if name.endswith(".rb") else name + ".rb"
        found = [p for p in self.by_name.get(wanted.rpartition("/")[2], ()) if p == wanted or p.endswith("/" + wanted)]
        roots = [p for p in found if p == wanted or p[: -len(wanted) - 1].rpartition("/")[2] in ROOTS]
        near = _nearest([(p, p) for p in roots], path)
        if near.how == "exact" and near.targets:
            return near.targets[0], "exact"
        if len(found) == 1 and "/" in wanted:
            return found[0], "inferred"
        return "", "several" if len(near.targets) > 1 else ""


class Ruby(RepositoryNames):
    """The `Language` of Ruby and of ERB templates; the unit is the file."""

    name = "ruby"
    suffixes = (".rb", ".rake", ".gemspec", ".erb", ".ru")

    def unit_kind(self) -> str:
        """Boundaries are drawn around files."""
        return "module"

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:
        """Facts of one file. Never raises: what cannot be parsed in bounded work has ``failure`` set."""
        return read_ruby(path, source)

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """A file's ID is its path."""
        return {path: path for path in layout.files(self.name)}

    def symbol_id(self, module: str, scope: str) -> str:
        """``app/models/order.rb`` and ``Shop::Order.total`` give ``app/models/order.rb#Shop::Order.total``."""
        return f"{module}#{scope}" if scope else module

    def resolve_written(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:
        """A require; it binds no names, since constants are everybody's."""
        index = self.index_of(project)
        if imported.name == "computed":
            return (("", "unresolved:required file computed at run time", ""),)
        folder = path.rpartition("/")[0]
        if imported.name in ("require_relative", "require __dir__", "require __FILE__") or imported.module[:1] == ".":
            start = path if imported.name == "require __FILE__" else folder
            near = normpath(f"{start}/{imported.module}").lstrip("/")
            for candidate in (near + ".rb", near):
                if candidate in index.known:
                    return (("", candidate, "exact"),)
            return (("", "unresolved:required file is not in the repository", ""),)
        found, how = index.required(imported.module, path)
        if found:
            return (("", found, how),)
        if how:
            return (("", "unresolved:several files could be required", ""),)
        return (("", f"external:{imported.module.partition('/')[0]}", ""),)

    def make_index(self, project: Project) -> _Index:
        return _Index(project, self)

    def answer(self, key: str, path: str, index: _Index) -> Answer:
        name, _, where = key.partition(" in ")
        receiver, arrow, method = name.partition("->")
        if arrow and receiver == "~":
            return by_member_name(index.types, method)
        if arrow and receiver == "super":
            found = index.types.find(where, method, path, skip_own=True)
            if isinstance(found, Member):
                return Answer((found.symbol,), "exact")
            return found if found.targets else EXTERNAL
        if arrow:
            return index.on_constant(receiver, method, where, path)
        bare = name.removeprefix("&")
        if not bare.removeprefix("::")[:1].isupper():
            return index.on_self(name, where, path)
        full = next(index.constant(bare, where), "")
        if not full:
            return EXTERNAL
        found_at = index.place(full, path)
        return found_at._replace(how="inferred") if name.startswith("&") and found_at.how == "exact" else found_at


def underscored(name: str) -> str:
    """``OrderLine`` as Rails writes it in a path: ``order_line``."""
    return re.sub(r"(?<=[a-z\d])([A-Z])|(?<=[A-Z])([A-Z])(?=[a-z])", r"_\1\2", name).lower()


def _nearest(found: Sequence[tuple[str, str]], path: str, sure: str = "exact") -> Answer:
    """Of (ID, path) the one whose path shares most folders with this path; several stay ambiguous."""
    if len(found) > 1:
        shared = {symbol: common_folders(place, path) for symbol, place in found}
        best = max(shared.values())
        found = [(symbol, place) for symbol, place in found if shared[symbol] == best]
    if not found:
        return UNKNOWN
    symbols = tuple(sorted({symbol for symbol, _ in found}))
    return Answer(symbols, sure if len(symbols) == 1 else "ambiguous")


LANGUAGE = Ruby()
