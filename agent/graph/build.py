"""Facts of all files to one dependency graph: names resolved, frameworks linked, tables, routes and templates joined in."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from agent.domain.code import AmbiguousReference, Dependency, DependencyGraph, ResolutionCount, Symbol
from agent.domain.facts import FileFacts
from agent.graph.calls import Calls, find_calls
from agent.graph.file_edges import OUTCOMES, FileEdges, References
from agent.graph.outline import digest
from agent.graph.remembered import Remembered
from agent.graph.resolver import Resolver
from agent.graph.tables import Tables
from agent.ports import Framework, Language, Linked, Relating

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
    remembered: Remembered | None = None,
) -> DependencyGraph:
    """The graph in canonical order.

    ``roles`` gives each file's role (code, test, migration ...), ``exists`` all paths of the snapshot, ``texts`` the
    small configuration files that resolution reads (package.json, tsconfig.json). ``remembered`` are files' edges of
    earlier builds; the graph is the same with and without.
    """
    collecting = gc.isenabled()
    gc.disable()  # hundreds of thousands of small values and hardly a cycle: the collector would take a fifth of the time
    try:
        return _build(facts, roles, languages, frameworks, exists, texts, remembered)
    finally:
        if collecting:
            gc.enable()


def _build(
    facts: Mapping[str, FileFacts],
    roles: Mapping[str, str],
    languages: Mapping[str, Language],
    frameworks: Sequence[Framework],
    exists: frozenset[str],
    texts: Mapping[str, str],
    remembered: Remembered | None,
) -> DependencyGraph:
    project = Resolver(facts, languages, exists, texts)
    for framework in frameworks:
        if isinstance(framework, Relating):
            project.relate(framework.members(project))
    calls, failed = _follow_calls(facts, project, languages, remembered)
    linked = [framework.link(project) for framework in frameworks]
    tables = _join_tables(project, frameworks, linked)
    builder = _Builder(project, roles, tables)
    builder.add_definitions(languages)
    for each in linked:
        builder.add_linked(each)
    references = References(project, builder.symbols, tables, calls)
    if remembered is not None:
        remembered.begin(project, builder.symbols, sorted(tables.entities().items()))
    for path, file in sorted(facts.items()):
        for use in file.table_uses:
            tables.use(path, use)
        if file.language in languages:
            builder.add_file(path, file.language, _edges(path, file, references, calls, project, remembered))
    if remembered is not None:
        remembered.save()
    return builder.graph(failed)


def _edges(
    path: str, file: FileFacts, references: References, calls: Calls, project: Resolver, remembered: Remembered | None
) -> FileEdges:
    if remembered is None:
        return references.read(path, file)
    precise = digest(sorted(calls.of(path).items())) if file.flow else b""
    edges = remembered.find(path, precise)
    if edges is None:
        edges = references.read(path, file)
        remembered.keep(path, precise, project.reads, edges)
    return edges


def _follow_calls(
    facts: Mapping[str, FileFacts],
    project: Resolver,
    languages: Mapping[str, Language],
    remembered: Remembered | None,
) -> tuple[Calls, str]:
    """The precise layer, for the languages whose facts carry what it needs, and why it failed ("" when it did not)."""
    followed = sorted({file.language for file in facts.values() if file.flow and file.language in languages})
    if not followed:
        return Calls({}), ""
    language = languages[followed[0]]
    try:
        return (remembered.find_calls(project, language) if remembered else find_calls(facts, project, language)), ""
    except Exception as error:  # noqa: BLE001 - without it the graph stands on names alone, and says so
        return Calls({}), f"calls were not followed through values ({type(error).__name__}: {error})"


def _join_tables(project: Resolver, frameworks: Sequence[Framework], linked: Sequence[Linked]) -> Tables:
    """All declarations first: what a file does with an entity must not depend on which of the two is read first."""
    tables = Tables(project, {f.name: f for f in frameworks})
    for each in linked:
        for path, entity in each.entities:
            tables.declare(path, entity)
    for path, file in sorted(project.all_facts().items()):
        for entity in file.entities:
            tables.declare(path, entity)
    for each in linked:
        for path, use in each.table_uses:
            tables.use(path, use)
    return tables


class _Builder:
    """Collects symbols and dependencies; lives for one build."""

    def __init__(self, project: Resolver, roles: Mapping[str, str], tables: Tables) -> None:
        self._project = project
        self._roles = roles
        self._tables = tables
        self.symbols: dict[str, Symbol] = {}
        self._edges: dict[tuple[str, str, str, str, int], str] = {}
        self._ambiguous: dict[tuple[str, str, str, int], AmbiguousReference] = {}
        self._counts: dict[str, Counter[str]] = {}
        self._reasons: dict[str, Counter[str]] = {}

    # ---------------------------------------------------------------- symbols

    def add_definitions(self, languages: Mapping[str, Language]) -> None:
        """A symbol for each module, type and function; types and functions know their container and unit."""
        symbol_at = self._project.symbol_at
        for path, file in sorted(self._project.all_facts().items()):
            language = languages.get(file.language)
            role = self._roles.get(path, "code")
            by_type = language is not None and language.unit_kind() == "type"
            module = symbol_at(path, "")
            if not by_type or not any(d.kind != "function" for d in file.definitions):
                end = max([file.code_lines, *(d.end_line for d in file.definitions)], default=1)
                kind = "template" if module.startswith("template:") else "module"
                unit = "" if file.language in NOT_UNITS else module
                self._add(Symbol(module, kind, path, 1, end, file.language, "", unit, role=role))
            for definition in file.definitions if language else ():
                symbol = symbol_at(path, definition.name)
                outer = definition.name.rpartition(".")[0]
                container = symbol_at(path, outer) if outer or not by_type else ""
                unit = symbol_at(path, definition.name.partition(".")[0]) if by_type else module
                unit = "" if file.language in NOT_UNITS else unit
                self._add(
                    Symbol(
                        symbol, definition.kind, path, definition.line, definition.end_line, file.language,
                        container, unit, definition.doc, definition.decorators, definition.complexity, role,
                    )
                )  # fmt: skip

    def _add(self, symbol: Symbol) -> None:
        self.symbols.setdefault(symbol.id, symbol)

    def add_linked(self, linked: Linked) -> None:
        """What a framework contributes."""
        for symbol in linked.symbols:
            # A route that a test sets up is the test's; one that a web.xml declares is code, whatever the file is called.
            from_test = self._roles.get(symbol.path) == "test"
            self._add(replace(symbol, role="test") if from_test else symbol)
        for edge in linked.dependencies:
            self._edge(edge.source, edge.target, edge.kind, edge.path, edge.line, edge.resolution)
        for found in linked.ambiguous:
            self._ambiguous[found.source, found.name, found.path, found.line] = found
            self._note(found.path, "ambiguous", "")
        for path, reason in linked.unresolved:
            self._note(path, "unresolved", reason)

    def _note(self, path: str, outcome: str, reason: str) -> None:
        language = self._project.all_facts()[path].language
        self._counts.setdefault(language, Counter())[outcome] += 1
        if reason:
            self._reasons.setdefault(language, Counter())[reason] += 1

    def _edge(self, source: str, target: str, kind: str, path: str, line: int, resolution: str) -> None:
        if source == target:
            return
        key = (source, target, kind, path, line)
        if self._edges.get(key) != "exact":
            self._edges[key] = resolution

    # ---------------------------------------------------------------- one file

    def add_file(self, path: str, language: str, found: FileEdges) -> None:
        """Imports, references and table uses of one file."""
        known = self._edges
        for source, target, kind, line, resolution in found.edges:
            key = (source, target, kind, path, line)
            if known.get(key) != "exact":
                known[key] = resolution
        for source, name, kind, line, candidates in found.ambiguous:
            self._ambiguous[source, name, path, line] = AmbiguousReference(source, name, kind, path, line, candidates)
        counts = self._counts.setdefault(language, Counter())
        for outcome, count in zip(OUTCOMES, found.counts, strict=True):
            counts[outcome] += count
        reasons = self._reasons.setdefault(language, Counter())
        for reason, count in found.reasons:
            reasons[reason] += count
        for source, table, mode, line, resolution in found.uses:
            self._tables.note(source, table, mode, path, line, resolution)

    # ---------------------------------------------------------------- the result

    def graph(self, failed: str) -> DependencyGraph:
        """Everything in canonical order; edges to symbols that do not exist are dropped and counted as unresolved."""
        for symbol in self._tables.symbols(self._roles):
            self._add(symbol)
        for edge in self._tables.dependencies():
            self._edge(edge.source, edge.target, edge.kind, edge.path, edge.line, edge.resolution)
        self._drop_lone_documents()
        symbols, edges = self.symbols, self._edges
        kept = sorted(key for key in edges if key[0] in symbols and key[1] in symbols)
        failures, errors = [("", failed)] if failed else [], []
        for path, file in sorted(self._project.all_facts().items()):
            if file.failure:
                failures.append((path, file.failure))
            elif file.error_lines:
                errors.append((path, file.error_lines[0], len(file.error_lines)))
        return DependencyGraph(
            tuple([symbols[key] for key in sorted(symbols)]),
            tuple([Dependency(*key, edges[key]) for key in kept]),
            tuple([self._ambiguous[key] for key in sorted(self._ambiguous)]),
            tuple([self._count(language) for language in sorted(self._counts)]),
            tuple(failures),
            tuple(errors),
        )

    def _drop_lone_documents(self) -> None:
        """An XML or SQL file that nothing refers to and that declares nothing (a pom.xml) is no node of the graph."""
        tied = {end for source, target, *_ in self._edges for end in (source, target)}
        tied.update(symbol.container for symbol in self.symbols.values())
        for identifier, symbol in list(self.symbols.items()):
            if symbol.kind == "module" and symbol.language in NOT_UNITS and identifier not in tied:
                del self.symbols[identifier]

    def _count(self, language: str) -> ResolutionCount:
        counts = self._counts[language]
        reasons = sorted(self._reasons.get(language, Counter()).items(), key=lambda item: (-item[1], item[0]))
        return ResolutionCount(
            language, counts["exact"], counts["inferred"], counts["ambiguous"], counts["external"],
            counts["unresolved"], tuple(reasons[:REASONS_KEPT]),
        )  # fmt: skip
