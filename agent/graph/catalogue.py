"""The facts of all files by what they are looked up by: paths, modules, symbols, scopes, members (the `Layout` port).

What is looked up is noted in `reads`: the answer for a file holds as long as nothing that was read for it changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from agent.domain.facts import Binding, Definition, FileFacts, Wiring

if TYPE_CHECKING:
    from agent.ports import Language

__all__ = ["TYPES", "Catalogue", "Reads"]

TYPES = frozenset({"class", "interface", "enum"})


class Reads:
    """What an answer was taken from. ``missing`` are IDs that no file defines, ``inside`` the functions looked into."""

    __slots__ = ("inside", "members", "missing", "namespaces", "paths")

    def __init__(self) -> None:
        self.namespaces: set[str] = set()  # files whose imports' own reads are among these
        self.paths: set[str] = set()
        self.missing: set[str] = set()
        self.members: set[str] = set()
        self.inside: set[tuple[str, str]] = set()

    def take(self, other: Reads) -> None:
        """Add what was read for something that this answer uses."""
        self.paths |= other.paths
        self.missing |= other.missing
        self.members |= other.members
        self.inside |= other.inside


class Catalogue:
    """All facts of a repository; immutable once made, but for caches."""

    def __init__(
        self,
        facts: Mapping[str, FileFacts],
        languages: Mapping[str, Language],
        exists: frozenset[str],
        texts: Mapping[str, str],
    ) -> None:
        self._facts = facts
        self._languages = languages
        self._exists = exists
        self._texts = texts
        self.reads = Reads()
        self._by_language: dict[str, list[str]] = {}
        for path in sorted(facts):
            self._by_language.setdefault(facts[path].language, []).append(path)
        self._modules: dict[str, str] = {}
        self._module_ids: dict[str, dict[str, str]] = {}
        self._paths: dict[str, str] = {}  # module ID -> path, all languages
        for name, language in languages.items():
            named = language.name_modules(self)
            self._modules.update(named)
            self._module_ids[name] = {module: path for path, module in sorted(named.items(), reverse=True)}
            for module, path in self._module_ids[name].items():
                self._paths.setdefault(module, path)
        self._tops = {
            name: frozenset(module.partition(".")[0] for module in ids) for name, ids in self._module_ids.items()
        }
        self._wirings: dict[str, list[tuple[str, Wiring]]] = {}
        self._definitions: dict[str, tuple[str, Definition]] = {}
        self._scopes: dict[str, dict[str, Definition]] = {}
        self._symbols: dict[str, dict[str, str]] = {}  # path -> scope -> symbol ID
        self._bound: dict[str, dict[tuple[str, str], list[Binding]]] = {}
        self._names: dict[str, set[str]] = {}
        self._members_by_name: dict[str, list[str]] = {}
        self._types_by_name: dict[str, list[str]] = {}
        self._inherits: dict[str, list[str]] = {}
        self._claimed: list[tuple[str, str, str]] = []  # (symbol ID, path, base) of what another file defines
        for path in sorted(facts):
            self._enter(path, facts[path])
        for path, file in facts.items():
            for reference in file.references:
                if reference.kind == "inherit":
                    symbol = self.symbol_at(path, reference.scope)
                    self._inherits.setdefault(symbol, []).append(reference.name)
                    if symbol not in self._definitions or self._definitions[symbol][0] != path:
                        self._claimed.append((symbol, path, reference.name))

    def _enter(self, path: str, file: FileFacts) -> None:
        language = self._languages.get(file.language)
        module = self._modules.get(path, path)
        scopes = self._scopes[path] = {}
        symbols = self._symbols[path] = {"": language.symbol_id(module, "") if language else module}
        for definition in file.definitions:
            name = definition.name
            scopes.setdefault(name, definition)
            if language is None:
                continue
            symbol = symbols[name] = language.symbol_id(module, name)
            if symbol not in self._definitions:
                self._definitions[symbol] = (path, definition)
                outer, _, short = name.rpartition(".")
                if definition.kind in TYPES:
                    self._types_by_name.setdefault(short, []).append(symbol)
                elif scopes.get(outer, definition).kind in TYPES:
                    self._members_by_name.setdefault(short, []).append(symbol)
            elif self._definitions[symbol][0] != path:
                self._claimed.append((symbol, path, ""))
        bound = self._bound[path] = {}
        for binding in file.bindings:
            key = (binding.scope, binding.name)
            if key in bound:
                bound[key].append(binding)
            else:
                bound[key] = [binding]
        for wiring in file.wirings:
            self._wirings.setdefault(wiring.framework, []).append((path, wiring))

    def shared(self) -> object:
        """What any file's answers may depend on without naming it: modules, types by package, IDs claimed twice."""
        types = [
            (path, file.package, [d.name for d in file.definitions if d.kind in TYPES])
            for path, file in sorted(self._facts.items())
            if file.language != "python"
        ]
        languages = sorted((path, file.language) for path, file in self._facts.items())
        python2 = self.has_wiring("python", "python2")
        return (sorted(self._modules.items()), languages, types, sorted(self._claimed), python2)

    def surroundings(self) -> object:
        """The paths and configuration files around the sources."""
        return (sorted(self._exists), sorted(self._texts.items()))

    # ---------------------------------------------------------------- what there is

    def files(self, language: str) -> Sequence[str]:
        return self._by_language.get(language, [])

    def facts(self, path: str) -> FileFacts:
        self.reads.paths.add(path)
        return self._facts[path]

    def all_facts(self) -> Mapping[str, FileFacts]:
        return self._facts

    def exists(self, path: str) -> bool:
        return path in self._exists

    def text(self, path: str) -> str:
        return self._texts.get(path, "")

    def modules(self) -> Mapping[str, str]:
        return self._modules

    def module_ids(self, language: str) -> Mapping[str, str]:
        return self._module_ids.get(language, {})

    def top_names(self, language: str) -> frozenset[str]:
        return self._tops.get(language, frozenset())

    def path_of_module(self, module: str) -> str | None:
        return self._paths.get(module)

    def defines(self, path: str, name: str) -> bool:
        self.reads.paths.add(path)
        return name in self._scopes.get(path, {}) or ("", name) in self._bound.get(path, {})

    def has_wiring(self, framework: str, kind: str) -> bool:
        return any(wiring.kind == kind for _, wiring in self._wirings.get(framework, ()))

    def wirings(self, framework: str, kind: str = "") -> Iterator[tuple[str, Wiring]]:
        for path, wiring in self._wirings.get(framework, ()):
            if not kind or wiring.kind == kind:
                yield path, wiring

    def bindings(self, path: str, scope: str) -> Sequence[Binding]:
        return [b for b in self._facts[path].bindings if b.scope == scope]

    def definition(self, symbol: str) -> tuple[str, Definition] | None:
        """(path, definition) of a type or function symbol."""
        found = self._definitions.get(symbol)
        if found is None:
            self.reads.missing.add(symbol)
        else:
            self.reads.paths.add(found[0])
        return found

    def definitions(self) -> Mapping[str, tuple[str, Definition]]:
        return self._definitions

    def types_named(self, name: str) -> Sequence[str]:
        """IDs of the types with that simple name."""
        return self._types_by_name.get(name, [])

    def members_named(self, name: str) -> Sequence[str]:
        """IDs of the functions of types with that simple name."""
        self.reads.members.add(name)
        return self._members_by_name.get(name, [])

    def symbol_at(self, path: str, scope: str) -> str:
        known = self._symbols[path]
        symbol = known.get(scope)
        if symbol is None:
            language = self._languages.get(self._facts[path].language)
            module = self._modules.get(path, path)
            symbol = known[scope] = language.symbol_id(module, scope) if language else module
        return symbol

    def _own_names(self, path: str) -> set[str]:
        """The last parts of all that a file defines or binds, at any depth."""
        names = self._names.get(path)
        if names is None:
            names = self._names[path] = {name for _, name in self._bound[path]}
            names.update([name.rpartition(".")[2] for name in self._scopes[path]])
        return names

    def is_type_scope(self, path: str, scope: str) -> bool:
        """Whether a scope is a file or a type in it, and not the inside of a function."""
        definition = self._scopes[path].get(scope)
        return not scope or (definition is not None and definition.kind in TYPES)

    def is_type(self, symbol: str) -> bool:
        found = self.definition(symbol)
        return found is not None and found[1].kind in TYPES
