"""A name for each group of units from its own vocabulary: the word that it uses most and the others least."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from agent.boundaries.system import System
from agent.boundaries.vocabulary import TECHNICAL, domain_words, last_name, words

__all__ = ["name_groups"]

LEAST_SHARE = 0.12  # a word that fewer members say is no name for all of them
STORED = 1.5  # what a word that names a table counts for
CODED = 0.5  # the same for one without a vowel: GLP and JRNL are codes rather than words
VOWEL = re.compile("[aeiouy]")


def name_groups(system: System, groups: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """(name, why) of each group of nodes (units and tables), unique, in the groups' order.

    A word counts once for each unit whose last name, members or folder has it, one and a half times for a table, and is worth more the
    fewer other groups use it.
    """
    roots = _root_words(system)
    profiles = [{w: share for w, share in _profile(system, members).items() if w not in roots} for members in groups]
    # A word that names a table is the business's own; it counts more than a class's or folder's word.
    stored = {word for table in system.tables for word in domain_words(table.removeprefix("table:"))}
    spread = Counter(word for profile in profiles for word, share in profile.items() if share >= 0.1)
    taken: set[str] = set()
    named: list[tuple[str, str]] = [("", "")] * len(groups)
    order = sorted(range(len(groups)), key=lambda i: (-len(groups[i]), groups[i][:1]))
    for position in order:
        named[position] = _name(profiles[position], profiles, spread, groups[position], taken, stored)
        taken.add(named[position][0])
    return named


def _root_words(system: System) -> set[str]:
    """Words of the folder or package that most units lie in: the system's own name names no part of it."""
    tops = Counter(unit.replace("/", ".").partition(".")[0] for unit in system.units)
    return {word for top, n in tops.items() if 2 * n > len(system.units) and n > 2 for word in words(top)}


def _profile(system: System, members: Sequence[str]) -> dict[str, float]:
    """word -> share of the members that carry it."""
    counts: Counter[str] = Counter()
    total = 0.0
    for member in members:
        table = member.startswith("table:")
        weight = 1.5 if table else 1.0
        total += weight
        found = set(words(member.removeprefix("table:"))) if table else _unit_words(member)
        for word in found - TECHNICAL:
            counts[word] += weight  # type: ignore[assignment]
    for route, handler in system.handlers.items():
        if system.graph.unit_of(handler) in members:
            path = route.rpartition(" ")[2].strip("/").partition("/")[0]
            for word in set(words(path)) - TECHNICAL:
                counts[word] += 0.5  # type: ignore[assignment]
    return {word: count / max(1.0, total) for word, count in counts.items()}


def _unit_words(unit: str) -> set[str]:
    last = last_name(unit)
    folder = unit.rpartition("/")[0].rpartition("/")[2] if "/" in unit else unit.rpartition(".")[0].rpartition(".")[2]
    return {*words(last), *words(folder)}


def _worth(word: str, stored: set[str]) -> float:
    return (STORED if word in stored else 1.0) * (1.0 if VOWEL.search(word) else CODED)


def _name(
    profile: Mapping[str, float], profiles: Iterable[Mapping[str, float]], spread: Mapping[str, int],
    members: Sequence[str], taken: set[str], stored: set[str],
) -> tuple[str, str]:  # fmt: skip
    everywhere = Counter[str]()
    for other in profiles:
        everywhere.update(other)
    scored = sorted(
        (
            (share * share / everywhere[word] * _worth(word, stored), word)
            for word, share in profile.items()
            if (len(word) > 2 or share >= 0.5) and word not in taken and share >= LEAST_SHARE
        ),
        key=lambda item: (-item[0], item[1]),
    )
    if scored:
        word = scored[0][1]
        others = spread.get(word, 1) - 1
        return word, f"{profile[word]:.0%} of its members say '{word}'" + (
            f", so do {others} other groups" if others > 0 else ""
        )
    parts = [m for m in members if not m.startswith("table:")] or list(members)
    first = parts[0].rpartition("/")[2].rpartition(".")[0] if "/" in parts[0] else parts[0].rpartition(".")[2]
    base = "-".join(words(first)) or "part"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name, "no word sets it apart; named after its first member"
