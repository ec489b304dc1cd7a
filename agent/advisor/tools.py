"""What a model may look up while it thinks: plain functions over the graph and the snapshot, each with bounded output.

No shell, no network, no file outside the snapshot, none that must not be sent. A tool takes only names that code has
offered before, in a question or in an earlier result: a name that stands nowhere but in repository text (a comment, a
string) is refused, so that text cannot steer a tool.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence

from agent.advisor.evidence import EvidenceBook, Sendable
from agent.advisor.rescoring import Scales
from agent.domain.boundary import SHARED
from agent.domain.code import Dependency, DependencyGraph, Symbol
from agent.domain.finding import Evidence
from agent.domain.inventory import Inventory, Location
from agent.prompting import fence

__all__ = ["QUERIES", "Desk", "Toolbox"]

QUERIES = ("cycles", "most used", "largest units", "routes", "tables with several writers")
_ROWS = 12
_SOURCE_LINES = 60
_LONGEST = 4000
_WORDS = re.compile(r"[A-Za-z]{3,}")
_RUN = 4  # this many words in a row as in repository text are that text


class Toolbox:
    """What all questions of a run look things up in; one lock, since readers of repositories are not made for threads."""

    def __init__(
        self,
        graph: DependencyGraph,
        inventory: Inventory,
        sendable: Sendable,
        read: Callable[[str], bytes],
        search: Callable[[str, int], Sequence[tuple[str, float]]],
        scales: Scales | None,
    ) -> None:
        self.graph, self.inventory, self.sendable, self.scales = graph, inventory, sendable, scales
        self._read, self._search = read, search
        self._lock = threading.Lock()

    def search(self, words: str, limit: int) -> list[Symbol]:
        with self._lock:
            found = self._search(words, limit)
        symbols = [self.graph.by_id[name] for name, _ in found if name in self.graph.by_id]
        return [symbol for symbol in symbols if self.sendable.path(symbol.path)]

    def source(self, symbol: Symbol) -> str:
        with self._lock:
            text = self._read(symbol.path).decode("utf-8", "replace")
        lines = text.splitlines()[max(0, symbol.line - 1) : symbol.end_line]
        more = f"\n[{len(lines) - _SOURCE_LINES} more lines]" if len(lines) > _SOURCE_LINES else ""
        return "\n".join(line[:200] for line in lines[:_SOURCE_LINES]) + more


class Desk:
    """The tools of one question: what was offered, what was cited, what of the repository's own text was shown."""

    def __init__(self, box: Toolbox, book: EvidenceBook, asked: str, loose: str) -> None:
        self._box, self._book = box, book
        self._asked = asked
        self._offered: set[str] = {e for e in _identifiers(asked) if e in box.graph.by_id}
        self._untrusted = _runs(loose)

    def functions(self) -> list[Callable[..., str]]:
        """The tools, in the order in which the model sees them."""
        return [
            self.search_code, self.read_symbol, self.list_callers, self.list_callees, self.list_tables, self.list_routes,
            self.price_move, self.read_history, self.query_graph,
        ]  # fmt: skip

    def search_code(self, words: str) -> str:
        """Find classes, functions and tables by a few words, best first."""
        if self._is_from_repository(words):
            return "refused: these words are repository text; use your own"
        found = self._box.search(words[:120], _ROWS)
        return self._show((Evidence(location=_at(s), text=f"{s.kind} {s.id}"), s.id) for s in found)

    def read_symbol(self, symbol: str) -> str:
        """The source of a class, function or table that an earlier result or the question named."""
        known = self._known(symbol)
        if isinstance(known, str):
            return known
        text = self._box.source(known)
        self._untrusted |= _runs(text)
        shown = self._show([(Evidence(location=_at(known), text=f"{known.kind} {known.id}"), known.id)])
        return f"{shown}\n{fence(text[:_LONGEST])}"

    def list_callers(self, symbol: str) -> str:
        """What calls or uses a symbol."""
        known = self._known(symbol)
        if isinstance(known, str):
            return known
        edges = [
            e for e in self._box.graph.incoming.get(known.id, ()) if e.kind in ("call", "use", "handle", "inherit")
        ]
        return self._show((_edge(e), e.source) for e in edges)

    def list_callees(self, symbol: str) -> str:
        """What a symbol calls or uses."""
        known = self._known(symbol)
        if isinstance(known, str):
            return known
        edges = [
            e for s in self._inside(known) for e in self._box.graph.outgoing.get(s, ()) if e.kind in ("call", "use")
        ]
        return self._show((_edge(e), e.target) for e in edges)

    def list_tables(self, symbol: str) -> str:
        """Which tables a symbol reads and writes."""
        known = self._known(symbol)
        if isinstance(known, str):
            return known
        edges = [
            e for s in self._inside(known) for e in self._box.graph.outgoing.get(s, ()) if e.kind in ("read", "write")
        ]
        return self._show((_edge(e), e.target) for e in edges)

    def list_routes(self, symbol: str) -> str:
        """Which routes lead to a symbol."""
        known = self._known(symbol)
        if isinstance(known, str):
            return known
        graph = self._box.graph
        handled = [e for s in self._inside(known) for e in graph.incoming.get(s, ()) if e.kind == "handle"]
        return self._show((_edge(e), e.source) for e in handled)

    def price_move(self, unit: str, service: str) -> str:
        """What moving a unit to another service would do to the whole partition's metrics."""
        scales = self._box.scales
        known = self._known(unit)
        if scales is None:
            return "there are no services to move between here"
        if isinstance(known, str):
            return known
        home = self._box.graph.unit_of(known.id)
        services = sorted(set(scales.homes.values()) - {SHARED})
        if home not in scales.homes or service not in services:
            return f"refused: services are {', '.join(services[:20])}"
        veto = scales.veto({home: service})
        rows = [
            f"{p.measure}: {p.before:g} -> {p.after:g} ({p.better} is better)" for p in scales.price({home: service})
        ]
        return "\n".join([*rows, f"not allowed: {veto}" if veto else "allowed"])

    def read_history(self, symbol: str) -> str:
        """How often the symbol's file was changed, by how many people, and what changes together with it."""
        known = self._known(symbol)
        if isinstance(known, str):
            return known
        history = self._box.inventory.history
        own = next((f for f in history.files if f.path == known.path), None)
        pairs = [(b if a == known.path else a, n) for a, b, n in history.coupling if known.path in (a, b)]
        rows = [f"{path}: {n} commits together" for path, n in pairs if self._box.sendable.path(path)]
        head = f"{own.commits} commits by {own.authors} authors" if own else "no history is known"
        return "\n".join([head, *rows[:_ROWS]])

    def query_graph(self, query: str) -> str:
        """A named query on the whole graph: cycles, most used, largest units, routes, tables with several writers."""
        graph = self._box.graph
        code = [s for s in graph.symbols if s.role == "code"]
        if query == "most used":
            ranked = sorted(code, key=lambda s: (-len(graph.incoming.get(s.id, ())), s.id))
            return self._show((Evidence(location=_at(s), text=f"{s.kind} {s.id}"), s.id) for s in ranked)
        if query == "largest units":
            units = [s for s in code if s.id == s.unit]
            ranked = sorted(units, key=lambda s: (s.line - s.end_line, s.id))
            return self._show((Evidence(location=_at(s), text=f"{s.kind} {s.id}"), s.id) for s in ranked)
        if query == "routes":
            return self._show((_edge(e), e.target) for e in graph.dependencies if e.kind == "handle")
        if query == "tables with several writers":
            return self._show(_several_writers(graph))
        if query == "cycles":
            pairs = {(graph.unit_of(e.source), graph.unit_of(e.target)) for e in graph.dependencies if e.kind == "call"}
            both = [e for e in graph.dependencies if e.kind == "call"
                    and graph.unit_of(e.source) < graph.unit_of(e.target)
                    and (graph.unit_of(e.target), graph.unit_of(e.source)) in pairs]  # fmt: skip
            return self._show((_edge(e), e.source) for e in both)
        return f"refused: queries are {', '.join(QUERIES)}"

    # ------------------------------------------------------------ parts

    def _known(self, name: str) -> Symbol | str:
        symbol = self._box.graph.by_id.get(name)
        if symbol is None:
            return "refused: no such symbol; use a name exactly as a result or the question has it"
        if name not in self._offered:
            return "refused: this name was not offered by the question or a result; find it with search_code first"
        if not self._box.sendable.path(symbol.path):
            return "refused: this file is never shown"
        return symbol

    def _inside(self, symbol: Symbol) -> list[str]:
        return [symbol.id, *self._box.graph.members.get(symbol.id, ())]

    def _show(self, rows: Iterable[tuple[Evidence, str]]) -> str:
        """Rows as citable evidence; the names in them are offered from now on."""
        handles: list[str] = []
        for evidence, name in rows:
            if len(handles) >= _ROWS:
                handles.append("")
                break
            for handle in self._book.offer([evidence]):
                handles.append(handle)
                self._offered.add(name)
        more = "\n[more were left out]" if handles[-1:] == [""] else ""
        shown = [h for h in dict.fromkeys(handles) if h]
        return fence(self._book.lines(shown)) + more if shown else "nothing found"

    def _is_from_repository(self, words: str) -> bool:
        """Whether a run of words stands in repository text that was shown, and not in the question."""
        return bool((_runs(words) & self._untrusted) - _runs(self._asked))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = [word.lower() for word in _WORDS.findall(text)]
    return {tuple(words[n : n + _RUN]) for n in range(len(words) - _RUN + 1)}


def _identifiers(text: str) -> set[str]:
    """Everything in a question that could be the ID of a symbol."""
    return {part.strip(".,;:()") for part in text.split()} | {part for part in re.split(r"[,\n]\s*|\s", text) if part}


def _at(symbol: Symbol) -> Location:
    return Location(path=symbol.path, line=symbol.line)


def _edge(edge: Dependency) -> Evidence:
    text = f"{edge.source} {edge.kind} {edge.target.removeprefix('table:')}"
    sure = "exact" if edge.resolution == "exact" else "inferred"
    return Evidence(location=Location(path=edge.path, line=edge.line), text=text, resolution=sure)  # type: ignore[arg-type]


def _several_writers(graph: DependencyGraph) -> Iterable[tuple[Evidence, str]]:
    for symbol in graph.symbols:
        if symbol.kind == "table":
            writes = [e for e in graph.incoming.get(symbol.id, ()) if e.kind == "write"]
            if len({graph.unit_of(e.source) for e in writes}) > 1:
                yield from ((_edge(e), e.source) for e in writes[:3])
