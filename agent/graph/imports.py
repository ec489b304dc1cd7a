"""What each file's imports bind: names, star imports, and the dependencies that import statements are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from msgspec import Struct

from agent.domain.facts import FileFacts
from agent.graph.catalogue import Catalogue, Reads

if TYPE_CHECKING:
    from agent.ports import Language, Project

__all__ = ["Imports", "Namespace"]


class Namespace(Struct, frozen=True, gc=False):
    """One file's imports, resolved. ``targets`` are (line, scope, target, resolution) of those that are dependencies."""

    names: dict[str, str]
    local: dict[tuple[str, str], str]  # (scope, alias) -> target
    stars: list[str]
    targets: list[tuple[int, str, str, str]]


class Imports(Catalogue):
    """A `Catalogue` with its imports resolved; each file's once, with what was read for it."""

    def __init__(
        self,
        facts: Mapping[str, FileFacts],
        languages: Mapping[str, Language],
        exists: frozenset[str],
        texts: Mapping[str, str],
    ) -> None:
        super().__init__(facts, languages, exists, texts)
        self._namespaces: dict[str, Namespace] = {}
        self._namespace_reads: dict[str, Reads] = {}
        self._closures: dict[str, tuple[tuple[str, ...], bool]] = {}

    def import_targets(self, path: str) -> Sequence[tuple[int, str, str, str]]:
        """(line, scope, target, resolution) of each import that is a dependency (or external, or unresolved)."""
        return self.namespace(path).targets

    def namespace(self, path: str) -> Namespace:
        """The file's imports; whoever asks depends on the files that they were looked up in."""
        if path not in self.reads.namespaces:
            if path not in self._namespaces:
                self._resolve_imports(path)
            self.reads.namespaces.add(path)
            self.reads.take(self._namespace_reads[path])
        return self._namespaces[path]

    def _resolve_imports(self, path: str) -> None:
        file = self._facts[path]
        found = self._namespaces[path] = Namespace({}, {}, [], [])
        outer, self.reads = self.reads, Reads()
        self._namespace_reads[path] = self.reads
        self.reads.paths.add(path)
        project = cast("Project", self)  # whoever is asked for imports is a whole Resolver
        language = self._languages.get(file.language)
        for imported in file.imports if language else ():
            for alias, target, resolution in language.resolve_import(imported, path, project) if language else ():
                if resolution or target.startswith(("external:", "unresolved:")):
                    found.targets.append((imported.line, imported.scope, target, resolution))
                if target.startswith("unresolved:") or not alias:
                    continue
                if alias == "*":
                    found.stars.append(target)
                elif imported.scope:
                    found.local.setdefault((imported.scope, alias), target)
                else:
                    found.names.setdefault(alias, target)
        self.reads = outer

    def star_closure(self, path: str) -> tuple[tuple[str, ...], bool]:
        """(files whose names a star import brings here, directly or through others; whether a library's come too)."""
        known = self._closures.get(path)
        if known is None:
            seen, frontier, open_star = {path: None}, [path], False
            while frontier:
                following: list[str] = []
                for current in frontier:
                    for module in self.namespace(current).stars:
                        open_star = open_star or module.startswith("external:")
                        source = self.path_of_module(module)
                        if source is not None and source not in seen:
                            seen[source] = None
                            following.append(source)
                frontier = following
            known = self._closures[path] = (tuple(seen)[1:], open_star)
        for source in known[0]:
            self.namespace(source)
        return known
