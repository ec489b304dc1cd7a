"""Shared code as a stage of its own: what everybody uses, what wires everything, and god modules are set apart.

Left in, such units drag clusters together; set apart, each gets a reason and a kind (library, kernel, glue).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from agent.boundaries.system import System
from agent.boundaries.vocabulary import domain_words, last_name

__all__ = ["SharedCode", "browser_code", "hubs", "spread_units"]


@dataclass(frozen=True)
class SharedCode:
    """Why a unit is set apart."""

    kind: str  # library | kernel | glue
    reason: str


WIDE = 8  # units that use a thing before it may be shared although it touches a table or answers a route ...
WIDE_SHARE = 0.15  # ... and their share of all units
BROWSER = re.compile(r"(^|/)(static\w*|public|assets|webapp|wwwroot|www|resources/(static|public))/")


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
    count, tables = len(system.units), len(system.tables)
    found: dict[str, SharedCode] = {}
    for unit in system.units:
        touched = system.access.get(unit, {})
        declared = sum(1 for uses in touched.values() if any(e.kind == "declare" for e in uses))
        fan_in, fan_out = system.fan_in.get(unit, 0), system.fan_out.get(unit, 0)
        if declared >= max(4, 0.4 * tables):
            found[unit] = SharedCode("kernel", f"declares {declared} of the {tables} tables")
        elif len(touched) >= max(5, 0.5 * tables):
            found[unit] = SharedCode("kernel", f"touches {len(touched)} of the {tables} tables")
        elif fan_in >= max(8, 0.4 * count) and unit not in system.row_types and declared == 0:
            kind = "library" if not touched else "kernel"
            found[unit] = SharedCode(kind, f"{fan_in} of {count} units use it")
        elif fan_out >= max(8, 0.4 * count) and fan_in <= 0.1 * count:
            found[unit] = SharedCode("glue", f"uses {fan_out} of {count} units")
    return found


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
    stored = {word for table in system.tables for word in domain_words(table.removeprefix("table:"))}
    for unit in system.units:
        by, on = users.get(unit, Counter()), needs.get(unit, Counter())
        widely = sum(by.values()) >= max(WIDE, WIDE_SHARE * len(system.units))
        at_home = stored & set(domain_words(last_name(unit)))  # it speaks of a table's matter
        if (
            unit not in home
            or clusters < 3
            or (not widely and (unit in handling or at_home))
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
