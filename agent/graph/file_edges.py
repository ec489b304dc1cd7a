"""One file's imports and references to its edges: what resolution, the precise layer of calls and the tables make of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping

from msgspec import Struct

from agent.domain.facts import FileFacts, Reference
from agent.graph.calls import MAX_TARGETS, Calls, CallSite
from agent.graph.resolver import Resolution, Resolver
from agent.graph.tables import Tables

__all__ = ["OUTCOMES", "FileEdges", "References"]

OUTCOMES = ("exact", "inferred", "ambiguous", "external", "unresolved")
SURE = ("exact", "inferred")


class FileEdges(Struct, frozen=True, array_like=True, gc=False):
    """What one file contributes to the graph; every place in it is in that file."""

    edges: tuple[tuple[str, str, str, int, str], ...] = ()  # source, target, kind, line, resolution
    ambiguous: tuple[tuple[str, str, str, int, tuple[str, ...]], ...] = ()  # source, name, kind, line, candidates
    counts: tuple[int, ...] = ()  # by OUTCOMES; empty for a file whose language has no references to count
    reasons: tuple[tuple[str, int], ...] = ()  # why unresolved
    uses: tuple[tuple[str, str, str, int, str], ...] = ()  # source, table, mode, line, resolution


class References:
    """Reads files' edges one by one, each from a fresh start, so that none depends on which came before it."""

    def __init__(self, project: Resolver, symbols: Container[str], tables: Tables, calls: Calls) -> None:
        self._project = project
        self._symbols = symbols
        self._tables = tables
        self._calls = calls

    def read(self, path: str, file: FileFacts) -> FileEdges:
        """The file's edges; ``project.reads`` then holds what they were taken from."""
        self._project.begin(path)
        self._tables.begin()
        return _File(path, self._project, self._symbols, self._tables, self._calls.of(path)).edges(file)


class _File:
    def __init__(
        self,
        path: str,
        project: Resolver,
        symbols: Container[str],
        tables: Tables,
        sites: Mapping[tuple[int, str], tuple[CallSite, ...]],
    ) -> None:
        self._path = path
        self._project = project
        self._symbols = symbols
        self._tables = tables
        self._sites = sites
        self._edges: dict[tuple[str, str, str, int], str] = {}
        self._ambiguous: dict[tuple[str, str, int], tuple[str, tuple[str, ...]]] = {}
        self._counts = dict.fromkeys(OUTCOMES, 0)
        self._reasons: Counter[str] = Counter()
        self._uses: dict[tuple[str, str, str, int], str] = {}

    def edges(self, file: FileFacts) -> FileEdges:
        for line, scope, target, resolution in self._project.import_targets(self._path):
            self._import(line, scope, target, resolution)
        for wiring in file.wirings:
            if wiring.kind == "unresolved":
                what = wiring.args[0] if wiring.args else "wiring"
                self._unresolved(f"{wiring.framework}: {what} computed at run time")
        for reference in file.references:
            self._reference(reference)
        for (line, name), sites in sorted(self._sites.items()):
            if not name:  # what the language calls: iteration, `with`, properties
                for site in sites:
                    if len(site.targets) <= MAX_TARGETS:
                        self._call_edges(site.source, line, site.targets)
        return FileEdges(
            tuple([(*key, resolution) for key, resolution in self._edges.items()]),
            tuple([(s, name, kind, line, c) for (s, name, line), (kind, c) in self._ambiguous.items()]),
            tuple(self._counts.values()),
            tuple(self._reasons.items()),
            tuple([(*key, resolution) for key, resolution in self._uses.items()]),
        )

    def _unresolved(self, why: str) -> None:
        self._counts["unresolved"] += 1
        self._reasons[why] += 1

    def _edge(self, source: str, target: str, kind: str, line: int, resolution: str) -> None:
        if source == target:
            return
        key = (source, target, kind, line)
        if self._edges.get(key) != "exact":
            self._edges[key] = resolution

    def _is_symbol(self, identifier: str) -> bool:
        """Whether the graph has it; one that no file defines may yet come from a framework, hence the look-up."""
        return self._project.definition(identifier) is not None or identifier in self._symbols

    # ---------------------------------------------------------------- imports

    def _import(self, line: int, scope: str, target: str, resolution: str) -> None:
        kind, separator, why = target.partition(":")
        if separator and kind == "external":
            self._counts["external"] += 1
        elif separator and kind == "unresolved":
            self._unresolved("import: " + why.split(" ./")[0].split(" ..")[0])
        else:
            self._counts[resolution] += 1
            source = self._project.symbol_at(self._path, scope)
            self._edge(source, self._owner(target), "import", line, resolution)

    def _owner(self, target: str) -> str:
        """An imported variable has no symbol of its own; its module stands for it."""
        while target and not self._is_symbol(target):
            head = target.rpartition("#")[0] or target.rpartition(".")[0]
            if head == target:
                break
            target = head
        return target

    # ---------------------------------------------------------------- references

    def _reference(self, reference: Reference) -> None:
        path, kind = self._path, reference.kind
        found = self._project.resolve(path, reference.scope, reference.name)
        source = self._project.symbol_at(path, reference.scope)
        for table, mode, resolution in self._tables.accesses(source, reference, found):
            key = (source, table, mode, reference.line)
            if self._uses.get(key) != "exact":
                self._uses[key] = resolution
        if kind == "assign":
            return
        resolution = found.resolution
        if kind == "call":
            if found.reason == "variable":
                resolution, found = "unresolved", Resolution("", "unresolved", reason="called value is a variable")
            if self._sites and self._followed(source, reference, found):
                return
        self._counts[resolution] += 1
        if resolution == "unresolved":
            self._reasons[found.reason] += 1
        elif resolution == "ambiguous":
            self._ambiguous[source, reference.name, reference.line] = (kind, found.candidates)
        self._edges_of(source, reference, found)

    def _followed(self, source: str, reference: Reference, found: Resolution) -> bool:
        """Edges by the precise layer where it knows what is called; False leaves the reference to its name alone."""
        name, line = reference.name, reference.line
        sites = self._sites.get((line, "" if name.endswith(")") else name.rpartition(".")[2]))
        if not sites:
            return False
        targets = sorted({target for site in sites for target in site.targets if self._is_symbol(target)})
        if not targets or (len(targets) > MAX_TARGETS and found.resolution in SURE):
            return False
        if len(targets) > MAX_TARGETS:
            self._counts["ambiguous"] += 1
            self._ambiguous[source, name, line] = ("call", tuple(targets))
            return True
        complete = all(site.complete for site in sites)
        sure = found.resolution == "exact" and bool(found.target)
        named = found.reason != "instance" and self._is_symbol(found.target)
        meant = named and (self._project.is_type(found.target) or found.target in targets)
        if named and complete and not meant:
            # A decorated function: the call runs what the decorator made of it, and still depends on the function.
            self._edge(source, found.target, "use", line, found.resolution)
            found = Resolution("", found.resolution, value=None, through=found.through)
        self._edges_of(source, reference, found)
        created = named and self._project.is_type(found.target)
        self._call_edges(source, line, targets, "exact" if sure and created and len(targets) == 1 else "inferred")
        self._counts["exact" if sure and (meant or not named) else "inferred"] += 1
        return True

    def _call_edges(self, source: str, line: int, targets: Iterable[str], resolution: str = "inferred") -> None:
        for target in targets:
            if self._is_symbol(target):
                self._edge(source, target, "call", line, resolution)

    def _edges_of(self, source: str, reference: Reference, found: Resolution) -> None:
        kind, line, target = reference.kind, reference.line, found.target
        if target and found.resolution in SURE and found.reason != "instance" and self._is_symbol(target):
            self._edge(source, target, kind, line, found.resolution)
        elif kind == "call" and found.value is not None and found.value.kind == "instance":
            self._edge(source, found.value.target, "use", line, found.resolution)
        for symbol, _, _ in found.through:
            # A chain that only passes through a type still depends on it: Order.objects.filter() needs Order.
            if symbol != target and self._project.is_type(symbol):
                self._edge(source, symbol, "use", line, "exact")
