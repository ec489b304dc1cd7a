"""Where a Python variable was made: a name as written in one file in; the file, scope and name that bind it out.

The resolver answers what an object *is* (an external library's Blueprint); linking a blueprint to its registration
needs to know *which* object it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from agent.domain.facts import Binding, Definition, Import
from agent.ports import Project

__all__ = ["Place", "PythonNames"]

MAX_HOPS = 10
MAX_BASES = 60


class Place(NamedTuple):
    """A binding: the variable, class or function ``name`` in ``scope`` of the file; a whole module has no name."""

    path: str
    scope: str
    name: str

    @property
    def full(self) -> str:
        """The scope path of what is bound."""
        return f"{self.scope}.{self.name}" if self.scope and self.name else self.scope or self.name


class _File:
    """Names of one file, by scope."""

    def __init__(self, project: Project, path: str) -> None:
        facts = project.facts(path)
        self.imports: dict[tuple[str, str], Import] = {}
        self.stars: list[Import] = []
        for imported in facts.imports:
            if imported.name == "*":
                self.stars.append(imported)
            else:
                self.imports.setdefault((imported.scope, imported.alias), imported)
        self.definitions: dict[str, Definition] = {}
        for definition in facts.definitions:
            self.definitions.setdefault(definition.name, definition)
        self.bindings: dict[tuple[str, str], Binding] = {}
        for binding in facts.bindings:
            self.bindings.setdefault((binding.scope, binding.name), binding)
        self.bases: dict[str, list[str]] = {}
        for reference in facts.references:
            if reference.kind == "inherit":
                self.bases.setdefault(reference.scope, []).append(reference.name)


class PythonNames:
    """Follows names through scopes, imports and re-exports; one lives for one `link`."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._files: dict[str, _File] = {}
        self._globals: dict[tuple[str, str], Place | None] = {}
        self._lines: dict[tuple[str, str], tuple[tuple[Place, ...], tuple[str, ...]]] = {}

    def file(self, path: str) -> _File:
        """The names of one file, indexed once."""
        if path not in self._files:
            self._files[path] = _File(self._project, path)
        return self._files[path]

    def module_path(self, path: str, module: str) -> str | None:
        """The file of a module as an import in ``path`` writes it (relative dots allowed); None when external."""
        here = self._project.modules().get(path, "")
        package = here if path.endswith("__init__.py") else here.rpartition(".")[0]
        if not module.startswith("."):
            found = self._project.path_of_module(module)
            return found or (self._project.path_of_module(f"{package}.{module}") if package else None)
        level = len(module) - len(module.lstrip("."))
        parts = package.split(".") if package else []
        if level - 1 > len(parts):
            return None
        parts = parts[: len(parts) - (level - 1)]
        rest = module.lstrip(".")
        return self._project.path_of_module(".".join([*parts, rest] if rest else parts))

    def place(self, path: str, scope: str, chain: str) -> Place | None:
        """Where the object that ``chain`` names was bound; None when it is external or not a plain name."""
        if not chain or "?" in chain or "(" in chain or "[" in chain:
            return None
        links = chain.split(".")
        current = self._first(path, scope, links[0], MAX_HOPS)
        for link in links[1:]:
            if current is None:
                return None
            current = self._within(current, link)
        return self._followed(current, MAX_HOPS) if current is not None else None

    def _first(self, path: str, scope: str, name: str, hops: int) -> Place | None:
        file = self.file(path)
        if name in ("self", "cls"):
            owner = scope
            while owner and (owner not in file.definitions or file.definitions[owner].kind == "function"):
                owner = owner.rpartition(".")[0]
            return Place(path, owner.rpartition(".")[0], owner.rpartition(".")[2]) if owner else None
        place = scope
        while True:
            found = self._bound(path, place, name, hops)
            if found is not None or not place:
                return found
            place = place.rpartition(".")[0]

    def _bound(self, path: str, scope: str, name: str, hops: int) -> Place | None:
        file = self.file(path)
        full = f"{scope}.{name}" if scope else name
        if full in file.definitions or (scope, name) in file.bindings:
            return Place(path, scope, name)
        if hops <= 0:
            return None
        if (scope, name) in file.imports:
            return self._imported(path, file.imports[scope, name], hops - 1)
        return self._starred(path, name, hops) if file.stars and not scope else None

    def _starred(self, path: str, name: str, hops: int) -> Place | None:
        """A name from a star import; each is looked up once, since packages star-import each other in circles."""
        key = (path, name)
        if key in self._globals:
            return self._globals[key]
        self._globals[key] = None
        for star in self.file(path).stars:
            target = self.module_path(path, star.module)
            if target is not None and target != path and (found := self._bound(target, "", name, hops - 1)) is not None:
                self._globals[key] = found
                break
        return self._globals[key]

    def _imported(self, path: str, imported: Import, hops: int) -> Place | None:
        if not imported.name:
            bound = imported.module
            if imported.alias == bound.partition(".")[0]:
                bound = imported.alias  # `import a.b` binds `a`
            target = self.module_path(path, bound)
            return Place(target, "", "") if target is not None else None
        base = imported.module
        joined = base + imported.name if base.endswith(".") else f"{base}.{imported.name}"
        submodule = self.module_path(path, joined)
        holder = self.module_path(path, base)
        if holder is not None and holder != submodule:
            found = self._bound(holder, "", imported.name, hops)
            if found is not None:
                return found
        return Place(submodule, "", "") if submodule is not None else None

    def _within(self, place: Place, name: str) -> Place | None:
        if not place.full:
            found = self._bound(place.path, "", name, MAX_HOPS)
            if found is None:
                module = self._project.modules().get(place.path, "")
                inner = self._project.path_of_module(f"{module}.{name}")
                return Place(inner, "", "") if inner is not None else None
            return found
        return Place(place.path, place.full, name)

    def _followed(self, place: Place, hops: int) -> Place:
        """``bp = other.bp`` is the other one."""
        binding = self.file(place.path).bindings.get((place.scope, place.name))
        if binding is None or binding.declared or hops <= 0 or place.full in self.file(place.path).definitions:
            return place
        value = binding.value
        if not value or value == place.name or value[0] in "?@" or "(" in value or "[" in value:
            return place
        target: Place | None = self._first(place.path, place.scope, value.partition(".")[0], hops - 1)
        for link in value.split(".")[1:]:
            target = self._within(target, link) if target is not None else None
        return self._followed(target, hops - 1) if target is not None and target != place else place

    # ---------------------------------------------------------------- classes

    def class_place(self, path: str, scope: str, chain: str) -> Place | None:
        """The class of the repository that a name means."""
        place = self.place(path, scope, chain)
        if place is None:
            return None
        definition = self.file(place.path).definitions.get(place.full)
        return place if definition is not None and definition.kind != "function" else None

    def lineage(self, place: Place, depth: int = 0) -> tuple[tuple[Place, ...], tuple[str, ...]]:
        """The class and its bases in the repository, nearest first, and the external bases as written."""
        key = (place.path, place.full)
        if key in self._lines:
            return self._lines[key]
        self._lines[key] = ((place,), ())  # a cycle of bases ends here
        if depth > MAX_BASES:
            return self._lines[key]
        own: list[Place] = [place]
        external: list[str] = []
        for written in self.file(place.path).bases.get(place.full, ()):
            base = self.class_place(place.path, place.scope, written)
            if base is None or base == place:
                external.append(written)
                continue
            inner, outer = self.lineage(base, depth + 1)
            own.extend(p for p in inner if p not in own)
            external.extend(e for e in outer if e not in external)
        self._lines[key] = (tuple(own), tuple(external))
        return self._lines[key]

    def methods(self, place: Place, names: Iterable[str]) -> dict[str, Place]:
        """Which of the methods the class defines or inherits in the repository, and where."""
        found: dict[str, Place] = {}
        for name in names:
            for owner in self.lineage(place)[0]:
                if f"{owner.full}.{name}" in self.file(owner.path).definitions:
                    found[name] = Place(owner.path, owner.full, name)
                    break
        return found

    def symbol(self, place: Place) -> str:
        """The symbol ID of what is bound there."""
        return self._project.symbol_at(place.path, place.full)

    def method_symbol(self, owner: Place, method: Place | None) -> str:
        """A class's own method; the class itself for an inherited one, whose code alone would not show which class."""
        own = method is not None and (method.path, method.scope) == (owner.path, owner.full)
        return self.symbol(method) if own and method is not None else self.symbol(owner)
