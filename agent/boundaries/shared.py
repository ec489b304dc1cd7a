"""Shared code as a stage of its own: what everybody uses, what wires everything, and god modules are set apart.

Left in, such units drag clusters together; set apart, each gets a reason and a kind (library, kernel, glue).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from agent.boundaries.system import System
from agent.boundaries.vocabulary import domain_words, last_name

__all__ = ["SharedCode", "base_types", "browser_code", "hubs", "spread_units"]


@dataclass(frozen=True)
class SharedCode:
    """Why a unit is set apart."""

    kind: str  # library | kernel | glue
    reason: str


MEDDLING = 0.25  # what only reads widely is a report, not a kernel
WIDE = 8  # units that use a thing before it may be shared although it touches a table or answers a route ...
WIDE_SHARE = 0.15  # ... and their share of all units
BROWSER = re.compile(r"(^|/)(static\w*|public|assets|webapp|wwwroot|www|resources/(static|public))/")


def stored_words(system: System) -> set[str]:
    """The domain words of the tables' names."""
    return {word for table in system.tables for word in domain_words(table.removeprefix("table:"))}


def at_home(unit: str, stored: Collection[str]) -> bool:
    """Whether its name speaks of a table's matter: then it has a home there, however wide it reaches."""
    return any(word in stored for word in domain_words(last_name(unit)))


def browser_code(system: System) -> dict[str, SharedCode]:
    """Scripts that a server of another language hands to browsers: they ship with pages, not as a service of their own."""
    languages = {unit: system.symbol(unit).language for unit in system.units}
    if not any(language in ("python", "java") for language in languages.values()):
        return {}
    return {
        unit: SharedCode("library", "browser code that ships with the pages")
        for unit, language in languages.items()
        if language in ("javascript", "typescript") and BROWSER.search(system.symbol(unit).path)
    }


def hubs(system: System) -> dict[str, SharedCode]:
    """Units that no clustering should see: they touch or tie a large part of the whole by themselves."""
    count, tables, stored = len(system.units), len(system.tables), stored_words(system)
    found: dict[str, SharedCode] = {}
    for unit in system.units:
        touched = system.access.get(unit, {})
        declared = sum(1 for uses in touched.values() if any(e.kind == "declare" for e in uses))
        written = sum(1 for uses in touched.values() if any(e.kind == "write" for e in uses))
        fan_in, fan_out = system.fan_in.get(unit, 0), system.fan_out.get(unit, 0)
        if declared >= max(4, 0.4 * tables):
            found[unit] = SharedCode("kernel", f"declares {declared} of the {tables} tables")
        elif len(touched) >= max(5, 0.5 * tables) and written >= MEDDLING * len(touched) and not at_home(unit, stored):
            found[unit] = SharedCode("kernel", f"touches {len(touched)} of the {tables} tables")
        elif fan_in >= max(8, 0.4 * count) and unit not in system.row_types and declared == 0:
            kind = "library" if not touched else "kernel"
            found[unit] = SharedCode(kind, f"{fan_in} of {count} units use it")
        elif fan_out >= max(8, 0.4 * count) and fan_in <= 0.1 * count:
            found[unit] = SharedCode("glue", f"uses {fan_out} of {count} units")
    return found


def base_types(system: System) -> dict[str, SharedCode]:
    """Types without a table of their own that types of several tables inherit: what entities have in common."""
    heirs: dict[str, set[str]] = {}
    for (heir, base), edges in system.ties.items():
        if any(edge.kind == "inherit" for edge in edges):
            heirs.setdefault(base, set()).add(heir)
    found: dict[str, SharedCode] = {}
    for base in sorted(heirs):
        if system.access.get(base) or base in system.row_types:
            continue
        below, pending = set(heirs[base]), sorted(heirs[base])
        while pending:
            more = heirs.get(pending.pop(), set()) - below
            below |= more
            pending += sorted(more)
        tables = {table for heir in below for table in _rows_of(system, heir)}
        if len(tables) > 1:
            found[base] = SharedCode("kernel", f"a base of types that hold the rows of {len(tables)} tables")
    return found


def _rows_of(system: System, unit: str) -> set[str]:
    declared = {t for t, uses in system.access.get(unit, {}).items() if any(e.kind == "declare" for e in uses)}
    return declared | ({system.row_types[unit]} if unit in system.row_types else set())


def spread_units(system: System, home: Mapping[str, int]) -> dict[str, SharedCode]:
    """Units whose users (or whose needs) are spread over the clusters, with no majority anywhere."""
    found: dict[str, SharedCode] = {}
    users: dict[str, Counter[int]] = {}
    needs: dict[str, Counter[int]] = {}
    for source, target in system.ties:
        if source in home and target in home:
            users.setdefault(target, Counter())[home[source]] += 1
            needs.setdefault(source, Counter())[home[target]] += 1
    handling = {system.graph.unit_of(handler) for handler in system.handlers.values()}
    clusters = len(set(home.values()))
    stored = stored_words(system)
    for unit in system.units:
        by, on = users.get(unit, Counter()), needs.get(unit, Counter())
        widely = sum(by.values()) >= max(WIDE, WIDE_SHARE * len(system.units))
        if (
            unit not in home
            or clusters < 3
            or (not widely and (unit in handling or at_home(unit, stored)))
            or unit in system.row_types
        ):
            continue
        touches = bool(system.access.get(unit))
        if (
            len(by) >= 3
            and sum(by.values()) >= 4
            and _largest(by) <= (0.4 if touches else 0.5)
            and (widely or not touches)
        ):
            kind = "library" if sum(on.values()) <= 1 and not touches else "kernel"
            found[unit] = SharedCode(kind, f"used from {len(by)} of {clusters} groups, mostly by none of them")
        elif len(on) >= 4 and _largest(on) <= 0.4 and not touches and len(by) <= 1:
            found[unit] = SharedCode("glue", f"uses {len(on)} of {clusters} groups, none of them mostly")
    return found


def _largest(counts: Counter[int]) -> float:
    """The share of the group that has most of them."""
    return max(counts.values()) / sum(counts.values())
