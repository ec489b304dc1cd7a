"""Visual Basic .NET and 6: files to facts, and how namespaces, imports, modules and inheritance turn names into symbols.

A file is a module whose ID is its path, together with its designer file; ``Forms/Order.vb#Order.Total`` is a member. The
root namespace of a project stands in no source file, so types are found by as much of their name as is written, the
nearest first. Names compare without regard to case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from agent.languages.vbnet_facts import PRIMITIVES, read_visual_basic

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGES", "VisualBasic"]

MAX_HOPS = 12
OUTSIDE = "(outside)"
DESIGNER = (".designer.vb", ".generated.vb")


class _Type:
    """One type, all its parts in one project together. ``key`` is how `Types` knows it."""

    __slots__ = ("full", "is_module", "key", "parts")

    def __init__(self, key: str, full: str) -> None:
        self.key = key
        self.full = full
        self.is_module = False
        self.parts: list[tuple[str, str]] = []  # (ID, path)


class _Index:
    """Types by simple name, their members, and the modules whose members are everybody's; made once per project."""

    def __init__(self, project: Project, language: VisualBasic) -> None:
        self.name = language.name
        modules = project.modules()
        self.projects = _projects(project.files(self.name)) if self.name == "vb.net" else {}
        self.by_name: dict[str, list[_Type]] = {}
        self.by_key: dict[str, _Type] = {}
        self.types = Types()
        self.namespaces: set[str] = set()
        self.globals: dict[str, list[tuple[_Type, str]]] = {}
        self.imports: dict[str, list[str]] = {}
        bases: list[tuple[str, str, str]] = []
        for path in project.files(self.name):
            facts = project.facts(path)
            self.imports[path] = [i.module.lower() for i in facts.imports if i.name == "*"]
            elsewhere = {w.scope: w.args[0] for w in facts.wirings if w.kind == "namespace"}
            for definition in facts.definitions:
                if definition.kind != "function":
                    self._enter(path, facts.package, definition.name, elsewhere, "module" in definition.decorators)
                    entry = self.type_at(path, definition.name)
                    entry.parts.append((language.symbol_id(modules.get(path, path), definition.name), path))
            for definition in facts.definitions:
                owner, _, name = definition.name.rpartition(".")
                if definition.kind == "function" and owner:
                    symbol = language.symbol_id(modules.get(path, path), definition.name)
                    self._member(path, owner, name, Member(symbol, definition.returns, path))
            for wiring in facts.wirings:
                if wiring.kind in ("field", "outside"):
                    owner, _, name = wiring.scope.rpartition(".")
                    written = wiring.args[0] if wiring.args else OUTSIDE
                    self._member(path, owner, name, Member("", written, path))
                elif wiring.kind == "base":
                    bases.append((self.type_at(path, wiring.scope).key, wiring.args[0], path))
        for key, written, path in bases:
            found = self.type_named(written, path)
            self.types.bases.setdefault(key, []).append(
                Answer((found[0].key,), "exact") if len(found) == 1 and found[0].key != key else EXTERNAL
            )

    def _key(self, path: str, scope: str) -> str:
        folder = path.rpartition("/")[0]
        return f"{self.projects.get(folder, '')}|{scope.lower()}" if self.projects else f"{path}|{scope.lower()}"

    def _enter(self, path: str, package: str, scope: str, elsewhere: Mapping[str, str], is_module: bool) -> None:
        key = self._key(path, scope)
        entry = self.by_key.get(key)
        if entry is None:
            namespace = elsewhere.get(scope.partition(".")[0], package)
            full = f"{namespace}.{scope}".strip(".").lower()
            parts = namespace.lower().split(".") if namespace else []
            self.namespaces.update(".".join(parts[: end + 1]) for end in range(len(parts)))
            entry = self.by_key[key] = _Type(key, full)
            self.by_name.setdefault(full.rpartition(".")[2], []).append(entry)
        entry.is_module = entry.is_module or is_module

    def _member(self, path: str, owner: str, name: str, member: Member) -> None:
        entry = self.by_key.get(self._key(path, owner))
        if entry is None:
            return
        self.types.add(entry.key, name.lower(), member)
        if entry.is_module:
            self.globals.setdefault(name.lower(), []).append((entry, member.symbol))

    def type_at(self, path: str, scope: str) -> _Type:
        return self.by_key.setdefault(self._key(path, scope), _Type(self._key(path, scope), scope.lower()))

    # ---------------------------------------------------------------- types

    def type_named(self, written: str, path: str) -> list[_Type]:
        """The types that a name may mean: the ones in sight by import or namespace, then the nearest."""
        lower = written.replace("::", ".").lower()
        held = self.by_name.get(lower.rpartition(".")[2], [])
        found = [t for t in held if t.full == lower or t.full.endswith(f".{lower}") or lower.endswith(f".{t.full}")]
        if "." in lower:
            found = [t for t in found if "." in t.full or not self._is_elsewhere(lower)]
        if len(found) > 1:
            shown = [t for t in found if t.full.rpartition(".")[0] in self.imports.get(path, ())]
            same = [t for t in found if any(place == path for _, place in t.parts)]
            found = same or shown or found
        return _nearest(found, path)

    def _is_elsewhere(self, lower: str) -> bool:
        """Whether a qualified name starts like one of the platform's: System.Data.DataTable is no DataTable of ours."""
        return lower.partition(".")[0] in ("system", "microsoft", "my")

    def place(self, found: Sequence[_Type], path: str) -> Answer:
        symbols = {self._home(entry, path) for entry in found}
        if not symbols:
            return EXTERNAL
        return Answer(tuple(sorted(symbols)), "exact" if len(symbols) == 1 else "ambiguous")

    def _home(self, entry: _Type, path: str) -> str:
        own = next((symbol for symbol, place in entry.parts if place == path), "")
        return (
            own or min(entry.parts, key=lambda part: (part[1].lower().endswith(DESIGNER), part[1]), default=("", ""))[0]
        )

    # ---------------------------------------------------------------- members

    def bare(self, name: str, owner: str, path: str) -> Answer:
        """A name on its own: a member of the types around it, a module's member, or a type."""
        lower = name.lower()
        outside = False
        scope = owner.replace("::", ".")
        while scope:
            member = self.types.find(self._key(path, scope), lower, path)
            if isinstance(member, Member):
                return _of(member)
            if member.targets:
                return member
            outside = outside or member.how == "external"
            scope = scope.rpartition(".")[0]
        shared = self.globals.get(lower, ())
        if shared:
            near = {entry.key for entry in _nearest([entry for entry, _ in shared], path)}
            symbols = tuple(sorted({symbol for entry, symbol in shared if entry.key in near}))
            if symbols == ("",):
                return UNKNOWN
            return Answer(symbols, "exact" if len(symbols) == 1 else "ambiguous")
        found = self.type_named(name, path)
        if found:
            return self.place(found, path)
        if outside or lower not in self.types.names:
            return EXTERNAL
        return UNKNOWN

    def chain(self, links: Sequence[str], owner: str, path: str) -> Answer:
        """``a.b.c``: what the last name means on what those before it are."""
        current, rest = self.start(links, owner, path)
        if current is None:
            return by_member_name(self.types, links[-1].lower())
        for place, link in enumerate(rest):
            if current == OUTSIDE:
                return EXTERNAL
            found = self.types.find(current, link.lower(), path, skip_own=links[0].lower() == "mybase" and place == 0)
            last = place == len(rest) - 1
            if not isinstance(found, Member):
                return EXTERNAL if found.how == "external" and not found.targets else found
            if last:
                return _of(found)
            step = self.after(found)
            if step is None:
                return by_member_name(self.types, links[-1].lower())
            current = step
        return UNKNOWN

    def after(self, member: Member) -> str | None:
        """The key of a member's type; None when it is not known."""
        if not member.type:
            return None
        return self.key_of(member.type, member.path)

    def key_of(self, written: str, path: str) -> str | None:
        if written.lower() in PRIMITIVES or written == OUTSIDE:
            return OUTSIDE
        found = self.type_named(written, path)
        if len(found) == 1:
            return found[0].key
        return None if found else OUTSIDE

    def start(self, links: Sequence[str], owner: str, path: str) -> tuple[str | None, Sequence[str]]:
        head = links[0]
        if head == "~":
            return None, ()
        if head.startswith(":"):
            return self.key_of(head[1:], path), links[1:]
        scope = owner.replace("::", ".")
        if head.lower() in ("me", "mybase", "myclass"):
            return self._key(path, scope), links[1:]
        place = scope
        while place:
            member = self.types.find(self._key(path, place), head.lower(), path)
            if isinstance(member, Member):
                return self.after(member), links[1:]
            place = place.rpartition(".")[0]
        shared = self.globals.get(head.lower(), ())
        for size in range(min(len(links) - 1, MAX_HOPS), 0, -1):
            found = self.type_named(".".join(links[:size]), path)
            if len(found) == 1 and (size == 1 or "." in found[0].full or not shared):
                return found[0].key, links[size:]
            if found:
                return None, ()
        near = _nearest([entry for entry, _ in shared], path)
        kinds = {self.after(m) for e in near if isinstance(m := self.types.own(e.key, head.lower(), path), Member)}
        if shared:
            return (kinds.pop() if len(kinds) == 1 else None), links[1:]
        return OUTSIDE, links[1:]


class VisualBasic(RepositoryNames):
    """The `Language` of VB.NET or of Visual Basic 6; the unit is the file."""

    def __init__(self, name: str, suffixes: tuple[str, ...]) -> None:
        super().__init__()
        self.name = name
        self.suffixes = suffixes

    def unit_kind(self) -> str:
        """Boundaries are drawn around files."""
        return "module"

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:
        """Facts of one file. Never raises on any bytes."""
        return read_visual_basic(path, source, self.name), None

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """A file's path stands for it and for what a designer generates beside it."""
        paths = layout.files(self.name)
        known = {path.lower(): path for path in paths}
        found = {}
        for path in paths:
            stem = next((path[: -len(end)] for end in DESIGNER if path.lower().endswith(end)), "")
            found[path] = known.get(f"{stem}.vb".lower(), path) if stem else path
        return found

    def symbol_id(self, module: str, scope: str) -> str:
        """``Forms/Order.vb`` and ``Order.Total`` give ``Forms/Order.vb#Order.Total``."""
        return f"{module}#{scope}" if scope else module

    def resolve_written(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:
        """An import of a namespace binds names and is no dependency in itself: the types that are used are."""
        index = self.index_of(project)
        lower = imported.module.lower()
        if any(space == lower or lower.endswith(f".{space}") for space in index.namespaces):
            return ()
        found = index.type_named(imported.module, path)
        if len(found) == 1 and not index._is_elsewhere(lower):
            return (("", index.place(found, path).targets[0], "exact"),)
        return (("", f"external:{'.'.join(imported.module.split('.')[:2])}", ""),)

    def make_index(self, project: Project) -> _Index:
        return _Index(project, self)

    def answer(self, key: str, path: str, index: _Index) -> Answer:
        name, _, owner = key.partition(" in ")
        if "->" in name:
            return index.chain(name.split("->"), owner, path)
        if " in " in key:
            return index.bare(name, owner, path)
        return index.place(index.type_named(name, path), path)


def _of(member: Member) -> Answer:
    if member.symbol:
        return Answer((member.symbol,), "exact")
    return EXTERNAL if member.type == OUTSIDE else UNKNOWN


def _nearest(found: Sequence[_Type], path: str) -> list[_Type]:
    if len(found) < 2:
        return list(found)
    shared = [max((common_folders(place, path) for _, place in entry.parts), default=0) for entry in found]
    best = max(shared)
    return [entry for entry, count in zip(found, shared, strict=True) if count == best]


def _projects(paths: Sequence[str]) -> dict[str, str]:
    """Folder -> the folder of its project: the one that holds a ``My Project`` folder, else the top one."""
    roots = {path.lower().split("my project/")[0].rstrip("/") for path in paths if "my project/" in path.lower()}
    found: dict[str, str] = {}
    for path in paths:
        folder = path.rpartition("/")[0]
        if folder not in found:
            parts = folder.lower().split("/")
            above = ["/".join(parts[:end]) for end in range(len(parts), 0, -1)]
            found[folder] = next((place for place in above if place in roots), parts[0])
    return found or {"": ""}


LANGUAGES = (VisualBasic("vb.net", (".vb",)), VisualBasic("visual basic 6", (".bas", ".frm", ".cls", ".dsr")))
