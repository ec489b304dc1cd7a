"""Facts of all files to one dependency graph: names resolved, frameworks linked, tables, routes and templates joined in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from agent.domain.code import AmbiguousReference, Dependency, DependencyGraph, ResolutionCount, Symbol
from agent.domain.facts import FileFacts, Reference
from agent.graph.calls import MAX_TARGETS, Calls, find_calls
from agent.graph.resolver import Resolution, Resolver
from agent.graph.tables import Tables
from agent.ports import Framework, Language, Relating

__all__ = ["build_graph"]

REASONS_KEPT = 6
# Read for what they declare and refer to; no boundary runs around them.
NOT_UNITS = frozenset({"xml", "sql", "html", "jsp", "bms", "cics definitions", "control statements"})


def build_graph(
    facts: Mapping[str, FileFacts],
    roles: Mapping[str, str],
    languages: Mapping[str, Language],
    frameworks: Sequence[Framework],
    exists: frozenset[str],
    texts: Mapping[str, str],
) -> DependencyGraph:
    """The graph in canonical order.

    ``roles`` gives each file's role (code, test, migration ...), ``exists`` all paths of the snapshot, ``texts`` the
    small configuration files that resolution reads (package.json, tsconfig.json).
    """
    project = Resolver(facts, languages, exists, texts)
    for framework in frameworks:
        if isinstance(framework, Relating):
            project.relate(framework.members(project))
    calls, failed = _follow_calls(facts, project, languages)
    builder = _Builder(project, roles, {f.name: f for f in frameworks}, calls, failed)
    builder.add_definitions(languages)
    for framework in frameworks:
        linked = framework.link(project)
        builder.add_linked(linked.symbols, linked.dependencies)
        for path, entity in linked.entities:
            builder.tables.declare(path, entity)
        for path, use in linked.table_uses:
            builder.tables.use(path, use)
    for path, file in sorted(facts.items()):
        builder.add_file(path, file, languages)
    return builder.graph()


def _follow_calls(
    facts: Mapping[str, FileFacts], project: Resolver, languages: Mapping[str, Language]
) -> tuple[Calls, str]:
    """The precise layer, for the languages whose facts carry what it needs, and why it failed ("" when it did not)."""
    followed = sorted({file.language for file in facts.values() if file.flow and file.language in languages})
    if not followed:
        return Calls({}), ""
    try:
        return find_calls(facts, project, languages[followed[0]]), ""
    except Exception as error:  # noqa: BLE001 - without it the graph stands on names alone, and says so
        return Calls({}), f"calls were not followed through values ({type(error).__name__}: {error})"


class _Builder:
    """Collects symbols and dependencies; lives for one build."""

    def __init__(
        self,
        project: Resolver,
        roles: Mapping[str, str],
        frameworks: Mapping[str, Framework],
        calls: Calls,
        failed: str = "",
    ) -> None:
        self._project = project
        self._failed = failed
        self._calls = calls
        self._roles = roles
        self._symbols: dict[str, Symbol] = {}
        self._edges: dict[tuple[str, str, str, str, int], str] = {}
        self._ambiguous: dict[tuple[str, str, str, int], AmbiguousReference] = {}
        self._counts: dict[str, Counter[str]] = {}
        self._reasons: dict[str, Counter[str]] = {}
        self.tables = Tables(project, frameworks)

    # ---------------------------------------------------------------- symbols

    def add_definitions(self, languages: Mapping[str, Language]) -> None:
        """A symbol for each module, type and function; types and functions know their container and unit."""
        for path, file in sorted(self._project.all_facts().items()):
            language = languages.get(file.language)
            role = self._roles.get(path, "code")
            by_type = language is not None and language.unit_kind() == "type"
            module = self._project.symbol_at(path, "")
            if not by_type or not any(d.kind != "function" for d in file.definitions):
                end = max([file.code_lines, *(d.end_line for d in file.definitions)], default=1)
                kind = "template" if module.startswith("template:") else "module"
                unit = "" if file.language in NOT_UNITS else module
                self._add(Symbol(module, kind, path, 1, end, file.language, "", unit, role=role))
            for definition in file.definitions if language else ():
                symbol = self._project.symbol_at(path, definition.name)
                outer = definition.name.rpartition(".")[0]
                container = self._project.symbol_at(path, outer) if outer or not by_type else ""
                top = definition.name.partition(".")[0]
                unit = self._project.symbol_at(path, top) if by_type else module
                unit = "" if file.language in NOT_UNITS else unit
                self._add(
                    Symbol(
                        symbol, definition.kind, path, definition.line, definition.end_line, file.language,
                        container, unit, definition.doc, definition.decorators, definition.complexity, role,
                    )
                )  # fmt: skip

    def _add(self, symbol: Symbol) -> None:
        self._symbols.setdefault(symbol.id, symbol)

    def add_linked(self, symbols: Iterable[Symbol], dependencies: Iterable[Dependency]) -> None:
        """What a framework contributes."""
        for symbol in symbols:
            # A route that a test sets up is the test's; one that a web.xml declares is code, whatever the file is called.
            from_test = self._roles.get(symbol.path) == "test"
            self._add(replace(symbol, role="test") if from_test else symbol)
        for edge in dependencies:
            self._edge(edge.source, edge.target, edge.kind, edge.path, edge.line, edge.resolution)

    def _edge(self, source: str, target: str, kind: str, path: str, line: int, resolution: str) -> None:
        if source == target:
            return
        key = (source, target, kind, path, line)
        if self._edges.get(key) != "exact":
            self._edges[key] = resolution

    # ---------------------------------------------------------------- one file

    def add_file(self, path: str, file: FileFacts, languages: Mapping[str, Language]) -> None:
        """Imports, references and table uses of one file."""
        for entity in file.entities:
            self.tables.declare(path, entity)
        for use in file.table_uses:
            self.tables.use(path, use)
        if file.language not in languages:
            return
        counts = self._counts.setdefault(file.language, Counter())
        for line, scope, target, resolution in self._project.import_targets(path):
            self._import(path, line, scope, target, resolution, counts, file.language)
        for wiring in file.wirings:
            if wiring.kind == "unresolved":
                what = wiring.args[0] if wiring.args else "wiring"
                counts["unresolved"] += 1
                self._reasons.setdefault(file.language, Counter())[
                    f"{wiring.framework}: {what} computed at run time"
                ] += 1
        for reference in file.references:
            self._reference(path, reference, counts, file.language)
        for site in self._calls.unnamed(path):
            if len(site.targets) <= MAX_TARGETS:
                self._call_edges(site.source, path, site.line, site.targets)

    def _import(
        self, path: str, line: int, scope: str, target: str, resolution: str, counts: Counter[str], language: str
    ) -> None:
        kind, separator, why = target.partition(":")
        if separator and kind == "external":
            counts["external"] += 1
        elif separator and kind == "unresolved":
            counts["unresolved"] += 1
            self._reasons.setdefault(language, Counter())["import: " + why.split(" ./")[0].split(" ..")[0]] += 1
        else:
            counts[resolution] += 1
            source = self._project.symbol_at(path, scope)
            if target not in self._symbols:
                target = self._owner(target)
            self._edge(source, target, "import", path, line, resolution)

    def _owner(self, target: str) -> str:
        """An imported variable has no symbol of its own; its module stands for it."""
        while target and target not in self._symbols:
            head = target.rpartition("#")[0] or target.rpartition(".")[0]
            if head == target:
                break
            target = head
        return target

    def _reference(self, path: str, reference: Reference, counts: Counter[str], language: str) -> None:
        found = self._project.resolve(path, reference.scope, reference.name)
        source = self._project.symbol_at(path, reference.scope)
        self.tables.reference(path, source, reference, found)
        if reference.kind == "assign":
            return
        resolution = found.resolution
        if found.reason == "variable" and reference.kind == "call":
            resolution, found = "unresolved", Resolution("", "unresolved", reason="called value is a variable")
        if reference.kind == "call" and self._followed(path, source, reference, found, counts):
            return
        counts[resolution] += 1
        if resolution == "unresolved":
            self._reasons.setdefault(language, Counter())[found.reason] += 1
        elif resolution == "ambiguous":
            key = (source, reference.name, path, reference.line)
            self._ambiguous[key] = AmbiguousReference(
                source, reference.name, reference.kind, path, reference.line, found.candidates
            )
        self._edges_of(path, source, reference, found)

    def _followed(self, path: str, source: str, reference: Reference, found: Resolution, counts: Counter[str]) -> bool:
        """Edges by the precise layer where it knows what is called; False leaves the reference to its name alone."""
        name = reference.name
        sites = self._calls.at(path, reference.line, "" if name.endswith(")") else name.rpartition(".")[2])
        targets = sorted({target for site in sites for target in site.targets if target in self._symbols})
        complete = all(site.complete for site in sites)
        if not targets or (len(targets) > MAX_TARGETS and found.resolution in ("exact", "inferred")):
            return False
        if len(targets) > MAX_TARGETS:
            counts["ambiguous"] += 1
            self._ambiguous[(source, name, path, reference.line)] = AmbiguousReference(
                source, name, "call", path, reference.line, tuple(targets)
            )
            return True
        sure = found.resolution == "exact" and bool(found.target)
        named = found.target in self._symbols and found.reason != "instance"
        meant = named and (self._project.is_type(found.target) or found.target in targets)
        if named and complete and not meant:
            # A decorated function: the call runs what the decorator made of it, and still depends on the function.
            self._edge(source, found.target, "use", path, reference.line, found.resolution)
            found = Resolution("", found.resolution, value=None, through=found.through)
        self._edges_of(path, source, reference, found)
        created = named and self._project.is_type(found.target)
        self._call_edges(
            source, path, reference.line, targets, "exact" if sure and created and len(targets) == 1 else "inferred"
        )
        counts["exact" if sure and (meant or not named) else "inferred"] += 1
        return True

    def _call_edges(
        self, source: str, path: str, line: int, targets: Iterable[str], resolution: str = "inferred"
    ) -> None:
        for target in targets:
            if target in self._symbols:
                self._edge(source, target, "call", path, line, resolution)

    def _edges_of(self, path: str, source: str, reference: Reference, found: Resolution) -> None:
        kind, line = reference.kind, reference.line
        if found.target in self._symbols and found.resolution in ("exact", "inferred") and found.reason != "instance":
            self._edge(source, found.target, kind, path, line, found.resolution)
        elif found.value is not None and found.value.kind == "instance" and kind == "call":
            self._edge(source, found.value.target, "use", path, line, found.resolution)
        for symbol, _, _ in found.through:
            # A chain that only passes through a type still depends on it: Order.objects.filter() needs Order.
            if symbol != found.target and symbol in self._symbols and self._project.is_type(symbol):
                self._edge(source, symbol, "use", path, line, "exact")

    # ---------------------------------------------------------------- the result

    def graph(self) -> DependencyGraph:
        """Everything in canonical order; edges to symbols that do not exist are dropped and counted as unresolved."""
        for symbol in self.tables.symbols(self._roles):
            self._add(symbol)
        for edge in self.tables.dependencies():
            self._edge(edge.source, edge.target, edge.kind, edge.path, edge.line, edge.resolution)
        self._drop_lone_documents()
        edges = [
            Dependency(source, target, kind, path, line, resolution)
            for (source, target, kind, path, line), resolution in sorted(self._edges.items())
            if source in self._symbols and target in self._symbols
        ]
        failures, errors = [("", self._failed)] if self._failed else [], []
        for path, file in sorted(self._project.all_facts().items()):
            if file.failure:
                failures.append((path, file.failure))
            elif file.error_lines:
                errors.append((path, file.error_lines[0], len(file.error_lines)))
        return DependencyGraph(
            tuple(self._symbols[key] for key in sorted(self._symbols)),
            tuple(edges),
            tuple(self._ambiguous[key] for key in sorted(self._ambiguous)),
            tuple(self._count(language) for language in sorted(self._counts)),
            tuple(failures),
            tuple(errors),
        )

    def _drop_lone_documents(self) -> None:
        """An XML or SQL file that nothing refers to and that declares nothing (a pom.xml) is no node of the graph."""
        tied = {end for source, target, *_ in self._edges for end in (source, target)}
        tied.update(symbol.container for symbol in self._symbols.values())
        for identifier, symbol in list(self._symbols.items()):
            if symbol.kind == "module" and symbol.language in NOT_UNITS and identifier not in tied:
                del self._symbols[identifier]

    def _count(self, language: str) -> ResolutionCount:
        counts = self._counts[language]
        reasons = sorted(self._reasons.get(language, Counter()).items(), key=lambda item: (-item[1], item[0]))
        return ResolutionCount(
            language, counts["exact"], counts["inferred"], counts["ambiguous"], counts["external"],
            counts["unresolved"], tuple(reasons[:REASONS_KEPT]),
        )  # fmt: skip
