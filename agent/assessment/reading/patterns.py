"""Rules that are one pattern on one view of the source: sources in, (pattern, source, offset) of each match out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from agent.assessment.reading.masking import Source

__all__ = ["Pattern", "match_patterns"]

MOST_MATCHES = 500
NEAR = 600  # characters: about eight lines


@dataclass(frozen=True)
class Pattern:
    """Speaks for ``rule`` where ``regex`` matches ``plain`` text (comments gone) and starts in code, not in a string.

    ``needles`` are lower-case strings of which a file must hold one to be searched at all. ``unless`` is searched for in
    the line of the match, ``near`` some lines around it, ``absent`` in the whole file: each silences it. ``strings`` allows matches inside of
    strings; ``paths`` is searched for in the path.
    """

    rule: str
    languages: frozenset[str]
    needles: tuple[str, ...]
    regex: re.Pattern[str]
    say: str
    unless: re.Pattern[str] | None = None
    absent: re.Pattern[str] | None = None
    strings: bool = False
    paths: re.Pattern[str] | None = None
    not_paths: re.Pattern[str] | None = field(default=None)
    near: re.Pattern[str] | None = None


def match_patterns(patterns: Sequence[Pattern], sources: Iterable[Source]) -> Iterator[tuple[Pattern, Source, int]]:
    """All matches, by source, then pattern, then place."""
    by_language: dict[str, list[Pattern]] = {}
    for pattern in patterns:
        for language in pattern.languages:
            by_language.setdefault(language, []).append(pattern)
    for source in sources:
        for pattern in by_language.get(source.language, ()):
            if not any(needle in source.lower for needle in pattern.needles):
                continue
            if (pattern.paths and not pattern.paths.search(source.path)) or (
                pattern.not_paths and pattern.not_paths.search(source.path)
            ):
                continue
            if pattern.absent and pattern.absent.search(source.plain):
                continue
            yield from ((pattern, source, at) for at in _places(pattern, source))


def _places(pattern: Pattern, source: Source) -> Iterator[int]:
    for count, found in enumerate(pattern.regex.finditer(source.plain)):
        if count >= MOST_MATCHES:
            return
        at = found.start()
        while at < found.end() and source.plain[at].isspace():
            at += 1
        if not pattern.strings and source.code[at] != source.plain[at]:
            continue
        if pattern.unless:
            start, end = source.statement(at)
            if pattern.unless.search(source.plain, start, end):
                continue
        if pattern.near and pattern.near.search(source.plain, max(0, at - NEAR), at + NEAR):
            continue
        yield at
