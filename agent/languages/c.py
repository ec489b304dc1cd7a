"""C and C++: files to facts, and how includes, linkage and namespaces turn names into symbols.

A source file and the header of the same name that it includes are one module (a component, in Lakos's word), with the
source file's path as ID; what it defines is ``src/order.cc#shop::Order.total``. Callers that know a function by its
declaration reach the definition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from posixpath import normpath
from typing import TYPE_CHECKING, Any

from agent.domain.facts import FileFacts, Import
from agent.languages.c_facts import HEADERS, read_c
from agent.languages.repository_names import (
    COMMON_MEMBERS,
    EXTERNAL,
    UNKNOWN,
    Answer,
    RepositoryNames,
)

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGES", "C"]

FAMILY = ("c", "c++")
MAX_CANDIDATES = 5
MAX_BASES = 40
MAX_CLOSURE = 3000


class Includes:
    """Which file of the repository an include means, and what a file sees through its includes."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.paths = sorted(path for language in FAMILY for path in layout.files(language))
        self._known = frozenset(self.paths)
        self._by_name: dict[str, list[str]] = {}
        for path in self.paths:
            self._by_name.setdefault(path.rpartition("/")[2], []).append(path)
        self._seen: dict[str, frozenset[str]] = {}
        self._direct: dict[str, tuple[str, ...]] = {}

    def find(self, written: str, path: str) -> tuple[str, str]:
        """(file, resolution): by relative path, else by the only path, or the nearest, that ends like it."""
        folder = path.rpartition("/")[0]
        near = normpath(f"{folder}/{written}") if folder else normpath(written)
        if near in self._known:
            return near, "exact"
        tail = "/".join(part for part in written.split("/") if part not in ("", ".", ".."))
        matches = [p for p in self._by_name.get(tail.rpartition("/")[2], ()) if p == tail or p.endswith("/" + tail)]
        if len(matches) > 1:
            # Of several include folders the one that shares most of the including file's path.
            shared = {p: _common(p, path) for p in matches}
            best = max(shared.values())
            matches = [p for p in matches if shared[p] == best]
        if len(matches) == 1:
            return matches[0], "exact" if "/" in written or len(
                self._by_name[tail.rpartition("/")[2]]
            ) == 1 else "inferred"
        return ("", "several") if matches else ("", "")

    def direct(self, path: str) -> tuple[str, ...]:
        if path not in self._direct:
            found = (self.find(i.module, path)[0] for i in self._layout.facts(path).imports if i.name in ('"', "<"))
            self._direct[path] = tuple(dict.fromkeys(f for f in found if f))
        return self._direct[path]

    def seen_from(self, path: str) -> frozenset[str]:
        """The file itself and everything that it includes, directly or not."""
        if path not in self._seen:
            seen, pending = {path}, [path]
            while pending and len(seen) < MAX_CLOSURE:
                fresh = [p for p in self.direct(pending.pop()) if p not in seen]
                seen.update(fresh)
                pending.extend(fresh)
            self._seen[path] = frozenset(seen)
        return self._seen[path]

    def components(self) -> Mapping[str, str]:
        """path -> the source file whose header it is, or the path itself."""
        found = {path: path for path in self.paths}
        sources: dict[str, list[str]] = {}
        for path in self.paths:
            if not path.endswith(HEADERS):
                for header in self.direct(path):
                    if header.endswith(HEADERS) and _stem(header) == _stem(path):
                        sources.setdefault(header, []).append(path)
        for header, users in sources.items():
            if len(users) == 1:
                found[header] = users[0]
        return found


class _Index:
    """Functions, types, fields and aliases by qualified name, with the files that they lie in; once per project."""

    def __init__(self, project: Project, language: C) -> None:
        self.includes = Includes(project)
        modules = project.modules()
        self.functions: dict[str, list[tuple[str, str, bool]]] = {}  # (ID, path, visible only where it is included)
        self.types: dict[str, list[tuple[str, str, bool]]] = {}
        self.type_ids: set[str] = set()
        self.declared: dict[str, list[str]] = {}
        self.variables: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        self.bases: dict[str, list[tuple[str, str]]] = {}
        self.opened: dict[str, list[str]] = {}  # path -> namespaces of using directives, and used names
        self.returns: dict[str, str] = {}
        self.methods: dict[str, set[str]] = {}
        self.members: set[str] = set()
        for path in self.includes.paths:
            facts = project.facts(path)
            local = {w.args[0] for w in facts.wirings if w.kind == "static"}
            header = path.endswith(HEADERS)
            for definition in facts.definitions:
                full = definition.name.replace(".", "::")
                symbol = language.symbol_id(modules.get(path, path), definition.name)
                entry = (symbol, path, header or definition.name in local or "macro" in definition.decorators)
                if definition.kind == "function":
                    method = "." in definition.name
                    self.functions.setdefault(full, []).append(entry if not method else (symbol, path, False))
                    self.returns.setdefault(full, definition.returns)
                    if method:
                        self.methods.setdefault(full.rpartition("::")[2], set()).add(symbol)
                else:
                    self.types.setdefault(full, []).append(entry)
                    self.type_ids.add(symbol)
            for wiring in facts.wirings:
                full = wiring.scope.replace(".", "::")
                if wiring.kind == "declare":
                    self.declared.setdefault(full, []).append(path)
                    self.returns.setdefault(full, wiring.args[0])
                elif wiring.kind == "variable":
                    self.members.add(full.rpartition("::")[2])
                    self.variables.setdefault(full, wiring.args[0])
                elif wiring.kind == "alias" and full:
                    self.aliases.setdefault(full, wiring.args[0])
                elif wiring.kind == "base":
                    self.bases.setdefault(full, []).append((wiring.args[0], wiring.args[1]))
                elif wiring.kind in ("namespace", "using"):
                    self.opened.setdefault(path, []).append(wiring.args[0])
        self.namespaces = {name[: name.index("::")] for name in (*self.types, *self.functions) if "::" in name}

    # ---------------------------------------------------------------- names

    def spellings(self, name: str, where: str, path: str) -> Iterable[str]:
        """The qualified names that a name may stand for, innermost first; then those of using directives."""
        parts = where.split("::") if where else []
        for end in range(len(parts), 0, -1):
            yield "::".join([*parts[:end], name])
        yield name
        for opened in self.opened.get(path, ()):
            yield f"{opened}::{name}" if not opened.endswith("::" + name) else opened

    def type_named(self, name: str, where: str, path: str, hops: int = 0) -> str:
        """A type's qualified name, behind aliases; "" when the repository has none."""
        if not name or hops > 8:
            return ""
        for spelling in self.spellings(name, where, path):
            if spelling in self.types:
                return spelling
            if spelling in self.aliases:
                target = self.aliases[spelling]
                return self.type_named(target, spelling.rpartition("::")[0], path, hops + 1) if target != name else ""
        return ""

    def pick(self, found: Sequence[tuple[str, str, bool]], path: str, declarations: Sequence[str]) -> Answer:
        """Which of the definitions of a name a file means: what it sees, else what is linked with it."""
        seen = self.includes.seen_from(path)
        visible = {symbol for symbol, place, _ in found if place in seen}
        if len(visible) == 1:
            return Answer(tuple(visible), "exact")
        if visible:
            own = {symbol for symbol, place, _ in found if place == path}
            return Answer(tuple(own), "exact") if len(own) == 1 else Answer(tuple(sorted(visible)), "ambiguous")
        linked = {symbol: place for symbol, place, local in found if not local}
        shown = [place for place in declarations if place in seen]
        if len(linked) == 1:
            return Answer(tuple(linked), "exact" if shown else "inferred")
        if not linked:
            # In a header that this file does not include itself: an includer may, before it includes this one.
            others = {symbol for symbol, place, _ in found if place.endswith(HEADERS)}
            guess = len(others) == 1 and (path.endswith(HEADERS) or found[0][0] in self.type_ids)
            return Answer(tuple(others), "inferred") if guess else EXTERNAL
        promised = {s for s, place in linked.items() if any(h in self.includes.seen_from(place) for h in shown)}
        if len(promised) == 1:
            return Answer(tuple(promised), "exact")
        near = {s for s, place in linked.items() if _folder(place) == _folder(path) and (not promised or s in promised)}
        if len(near) == 1:
            return Answer(tuple(near), "inferred")
        return Answer(tuple(sorted(promised or linked)), "ambiguous")

    def method(self, owner: str, name: str, path: str) -> Answer:
        """A type's own function or its bases'."""
        seen, pending, outside = {owner}, [owner], UNKNOWN
        while pending and len(seen) < MAX_BASES:
            current = pending.pop(0)
            full = f"{current}::{name}"
            if full in self.functions:
                return self.pick(self.functions[full], path, self.declared.get(full, ()))
            if full in self.declared:
                return EXTERNAL
            if full in self.variables:
                return Answer((), "value")
            for base, where in self.bases.get(current, ()):
                meant = self.type_named(base, where, path)
                if not meant:
                    outside = EXTERNAL
                elif meant not in seen:
                    seen.add(meant)
                    pending.append(meant)
        return outside

    def function(self, name: str, where: str, path: str) -> Answer:
        for spelling in self.spellings(name, where, path):
            owner, _, short = spelling.rpartition("::")
            if owner in self.types:
                found = self.method(owner, short, path)
                if found.targets:
                    return found
            if spelling in self.functions:
                return self.pick(self.functions[spelling], path, self.declared.get(spelling, ()))
            if spelling in self.declared:
                return EXTERNAL  # declared here, defined in no file of the repository
            if spelling in self.variables:
                return Answer((), "value")
        meant = self.type_named(name, where, path)
        if meant:
            return self.pick(self.types[meant], path, ())
        return EXTERNAL  # C knows no name without a declaration: this one comes from a library's header

    def chain(self, links: Sequence[str], where: str, path: str) -> Answer:
        """``Type->field->function``."""
        head = links[0]
        if head == "this":
            written, inside = where, ""
        elif head.startswith("*") and len(head) > 1:
            written, inside = self.variable(head[1:], where, path)
        else:
            written, inside = head.removeprefix("*"), where
        for link in links[1:-1]:
            owner = self.type_named(written, inside, path)
            if not owner:
                break
            written, inside = self.field(owner, link, path)
        owner = self.type_named(written, inside, path)
        if owner:
            return self.method(owner, links[-1], path)
        return EXTERNAL if written else self.by_name(links[-1])

    def field(self, owner: str, name: str, path: str) -> tuple[str, str]:
        """A field's type as written, and where."""
        seen, pending = {owner}, [owner]
        while pending and len(seen) < MAX_BASES:
            current = pending.pop(0)
            written = self.variables.get(f"{current}::{name}")
            if written is not None:
                return written, current
            fresh = [m for b, w in self.bases.get(current, ()) if (m := self.type_named(b, w, path)) and m not in seen]
            seen.update(fresh)
            pending.extend(fresh)
        return "", ""

    def variable(self, name: str, where: str, path: str) -> tuple[str, str]:
        """The type of a variable that is not the function's own, as written, and where."""
        if where in self.types:
            found = self.field(where, name, path)
            if found[0]:
                return found
        for spelling in self.spellings(name, where, path):
            if spelling in self.variables:
                return self.variables[spelling], spelling.rpartition("::")[0]
        return "", ""

    def by_name(self, name: str) -> Answer:
        if name not in self.methods and name not in self.members:
            return EXTERNAL  # no type of the repository has such a member
        found = self.methods.get(name, ()) if name.lower() not in COMMON_MEMBERS and len(name) > 3 else ()
        if not 1 <= len(found) <= MAX_CANDIDATES:
            return UNKNOWN
        return Answer(tuple(sorted(found)), "inferred" if len(found) == 1 else "ambiguous")


class C(RepositoryNames):
    """The `Language` of C or of C++; the unit is the component. Both look into one index: they call each other."""

    def __init__(self, name: str, suffixes: tuple[str, ...]) -> None:
        super().__init__()
        self.name = name
        self.suffixes = suffixes

    def unit_kind(self) -> str:
        """Boundaries are drawn around components."""
        return "module"

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:
        """Facts of one file. Never raises: what cannot be parsed in bounded work has ``failure`` set."""
        return read_c(path, source, self.name)

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """A source file's path stands for it and for its header."""
        components = Includes(layout).components()
        return {path: components[path] for path in layout.files(self.name)}

    def symbol_id(self, module: str, scope: str) -> str:
        """``src/order.cc`` and ``shop::Order.total`` give ``src/order.cc#shop::Order.total``."""
        return f"{module}#{scope}" if scope else module

    def resolve_written(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:
        """An include binds no name by itself: which definition a name means also depends on what is linked."""
        if imported.name == "computed":
            return (("", "unresolved:include computed by a macro", ""),)
        found, how = self.index_of(project).includes.find(imported.module, path)
        if found:
            return (("", project.symbol_at(found, ""), how),)
        if how:
            return (("", "unresolved:several files could be included", ""),)
        if imported.name == '"' and not imported.module.endswith((".c", ".cpp")) and "/" not in imported.module:
            return (("", f"external:{imported.module}", ""),)  # generated by the build, or a library's
        return (("", f"external:{imported.module.partition('/')[0]}", ""),)

    def make_index(self, project: Project) -> _Index:
        return _Index(project, self)

    def answer(self, key: str, path: str, index: _Index) -> Answer:
        name, _, where = key.partition(" in ")
        if name.startswith("&"):
            found = index.function(name[1:], where, path)
            return found if found.targets else EXTERNAL
        if name.startswith("*") and "->" not in name:
            return UNKNOWN
        if "->" in name:
            return index.chain(name.split("->"), where, path)
        meant = index.type_named(name, where, path)
        if meant:
            return index.pick(index.types[meant], path, ())
        return index.function(name, where, path)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _common(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one.split("/"), other.split("/"), strict=False):
        if a != b:
            break
        count += 1
    return count


LANGUAGES = (
    C("c", (".c", ".h", ".pc")),
    C("c++", (".cpp", ".cc", ".cxx", ".c++", ".hpp", ".hh", ".hxx", ".ipp", ".inl", ".tcc")),
)
