"""Versions as people declare them: text of an ecosystem in, the ranges that it allows out, so that life cycles compare.

A range is a pair of version tuples, the lower one included, the upper one not; ``(3, 8)`` to ``(3, 9)`` is every 3.8.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet

__all__ = ["Range", "Version", "cycle_range", "lowest", "ranges_of", "version_tuple"]

Version = tuple[int, ...]
_ENDLESS: Version = (1_000_000,)


class Range(NamedTuple):
    """Versions from ``low`` up to, but not including, ``high``."""

    low: Version
    high: Version

    def meets(self, other: Range) -> bool:
        return self.low < other.high and other.low < self.high


def version_tuple(text: str) -> Version:
    """The leading numbers: ``v2.0.3.RELEASE`` is (2, 0, 3); empty when it starts with none."""
    found = re.match(r"[vV=\s]{0,4}(\d{1,9}(?:\.\d{1,9}){0,5})", text)
    return tuple(int(part) for part in found.group(1).split(".")) if found else ()


def cycle_range(version: Version) -> Range:
    """All versions that start like this one."""
    return Range(version, (*version[:-1], version[-1] + 1)) if version else Range((), ())


def lowest(ranges: tuple[Range, ...]) -> Version:
    return min((span.low for span in ranges), default=())


def ranges_of(ecosystem: str, declared: str) -> tuple[Range, ...]:
    """What a declared version allows; empty when it says nothing that can be compared (``*``, ``latest``, a URL)."""
    text = declared.strip()[:200]
    if ecosystem == "pypi":
        return _python_ranges(text)
    if ecosystem in ("npm", "packagist"):
        spans = (_npm_range(part) for part in re.split(r"\|\|?", text))
        return tuple(span for span in spans if span is not None)
    version = version_tuple(text.lstrip("[(~>^=< "))
    return (cycle_range(version),) if version else ()


def _python_ranges(text: str) -> tuple[Range, ...]:
    """PEP 440 specifiers, and Poetry's carets; exclusions (``!=3.1.*``) do not move a range's ends."""
    if text.startswith(("^", "~")) and not text.startswith("~="):
        span = _npm_range(text)
        return (span,) if span else ()
    try:
        specifiers = SpecifierSet(text)
    except InvalidSpecifier:
        version = version_tuple(text)
        return (cycle_range(version),) if version else ()
    low: Version = ()
    high = _ENDLESS
    for specifier in specifiers:
        version = version_tuple(specifier.version)
        if not version:
            continue
        match specifier.operator:
            case "==" | "===":
                low, high = max(low, version), min(high, cycle_range(version).high)
            case "~=":
                low, high = max(low, version), min(high, cycle_range(version[:-1] or version).high)
            case ">=":
                low = max(low, version)
            case ">":
                low = max(low, cycle_range(version).high)
            case "<":
                high = min(high, version)
            case "<=":
                high = min(high, cycle_range(version).high)
    return (Range(low, high),) if (low or high != _ENDLESS) and low < high else ()


def _npm_range(text: str) -> Range | None:
    """One alternative of a semver range: ``^1.2``, ``~1.2``, ``>=12 <15``, ``1.x``, ``1.2.3``, ``1.2 - 1.4``."""
    low: Version = ()
    high = _ENDLESS
    hyphen = re.match(r"\s*([\w.]+)\s+-\s+([\w.]+)\s*$", text)
    if hyphen:
        first, last = version_tuple(hyphen.group(1)), version_tuple(hyphen.group(2))
        return Range(first, cycle_range(last).high) if first and last else None
    for operator, number in re.findall(
        r"(\^|~>?|>=|<=|>|<|=)?\s*v?(\d[\d.]{0,40})", text.replace(".x", "").replace(".*", "")
    ):
        version = version_tuple(number)
        if not version:
            continue
        match operator:
            case "^":
                fixed = next((at for at, part in enumerate(version) if part), len(version) - 1)
                low, high = max(low, version), min(high, cycle_range(version[: fixed + 1]).high)
            case "~" | "~>":
                low, high = max(low, version), min(high, cycle_range(version[: min(2, len(version))]).high)
            case ">=":
                low = max(low, version)
            case ">":
                low = max(low, cycle_range(version).high)
            case "<":
                high = min(high, version)
            case "<=":
                high = min(high, cycle_range(version).high)
            case _:
                low, high = max(low, version), min(high, cycle_range(version).high)
    return Range(low, high) if (low or high != _ENDLESS) and low < high else None
