"""Line-limited mutants: a source text and some of its lines in, small defects of those lines out, the same for each seed.

Own operators over the trees that are parsed anyway: why no library is in docs/decisions/0007-mutation.md.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.ports import Language
from agent.validation.mutation.operators import Replacement, replacements
from agent.validation.syntax import Syntax, read_syntax, walk

__all__ = ["Mutant", "apply", "every_mutant", "mutants"]

MOST_CANDIDATES = 20_000
# A test that does no more than run the line notices most of these: others first.
CRASHING = frozenset(
    {"removed argument", "argument value", "assigned value", "removed statement", "return value", "nothing"}
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One defect: ``start`` to ``end`` of the text becomes ``replacement``. ``line`` is where it starts."""

    path: str
    line: int
    operator: str
    start: int
    end: int
    replacement: str

    def apply(self, text: str) -> str:
        return text[: self.start] + self.replacement + text[self.end :]


def apply(mutant: Mutant, text: str) -> str:
    """The text with the defect in it."""
    return mutant.apply(text)


def mutants(
    path: str,
    text: str,
    lines: Collection[int],
    languages: Mapping[str, Language],
    *,
    limit: int = 20,
    seed: int = 0,
    near: Sequence[tuple[int, int]] = (),
) -> Sequence[Mutant]:
    """At most ``limit`` mutants, spread evenly over ``lines``; those within ``near`` (byte spans) first on each line.

    A mutant that no longer parses is left out. Empty when the file has no parser. The order is by line, then place.
    """
    syntax = read_syntax(path, text, languages)
    if syntax is None or syntax.broken:
        return ()
    by_line: dict[int, list[Mutant]] = defaultdict(list)
    for mutant in every_mutant(syntax, lines):
        by_line[mutant.line].append(mutant)
    for line, group in by_line.items():
        group.sort(
            key=lambda m: (not _within(m, near), m.operator in CRASHING, _shuffled(m, seed), m.start, m.replacement)
        )
        by_line[line] = _distinct_places_first(group)
    chosen: list[Mutant] = []
    queues = [by_line[line] for line in sorted(by_line, key=lambda line: (_rank(line, seed), line))]
    while len(chosen) < limit and any(queues):
        for queue in queues:
            while queue and len(chosen) < limit:
                mutant = queue.pop(0)
                if _parses(mutant, syntax, languages):
                    chosen.append(mutant)
                    break
    return tuple(sorted(chosen, key=lambda m: (m.line, m.start, m.end, m.operator, m.replacement)))


def every_mutant(syntax: Syntax, lines: Collection[int]) -> Iterable[Mutant]:
    """All of them that start on these lines, in the order of the text; not checked for whether they parse."""
    wanted = frozenset(lines)
    source = syntax.text
    seen: set[tuple[int, int, str]] = set()
    for node in walk(syntax.root):
        if node.end_point[0] + 1 < min(wanted, default=0):
            continue
        for found in replacements(node, syntax.language, lambda one: source[one.start_byte : one.end_byte]):
            line = syntax.line_at(found.start)
            key = (found.start, found.end, found.text)
            if line in wanted and key not in seen and source[found.start : found.end] != found.text:
                seen.add(key)
                yield _mutant(syntax.path, line, found)
            if len(seen) >= MOST_CANDIDATES:
                return


def _mutant(path: str, line: int, found: Replacement) -> Mutant:
    return Mutant(path, line, found.operator, found.start, found.end, found.text)


def _parses(mutant: Mutant, syntax: Syntax, languages: Mapping[str, Language]) -> bool:
    changed = read_syntax(syntax.path, mutant.apply(syntax.text), languages)
    return changed is not None and not changed.broken


def _within(mutant: Mutant, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= mutant.start and mutant.end <= end for start, end in spans)


def _distinct_places_first(group: Sequence[Mutant]) -> list[Mutant]:
    # Two mutants of one operator say little more than one of them; another place on the line says more.
    first: list[Mutant] = []
    later: list[Mutant] = []
    seen: set[tuple[int, int]] = set()
    for mutant in group:
        (later if (mutant.start, mutant.end) in seen else first).append(mutant)
        seen.add((mutant.start, mutant.end))
    return first + later


def _shuffled(mutant: Mutant, seed: int) -> str:
    said = (
        f"{seed}\0{mutant.path}\0{mutant.line}\0{mutant.operator}\0{mutant.replacement}\0{mutant.start - mutant.line}"
    )
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def _rank(line: int, seed: int) -> str:
    return hashlib.sha256(f"{seed}\0{line}".encode()).hexdigest()
