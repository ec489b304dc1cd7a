"""Decides which Node.js a package's tests run under: what the repository says in, a version of the npm package ``node`` out.

The npm registry carries Node.js itself as a package, so an old one can be had wherever packages can.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["node_of_the_time", "older_node", "satisfies", "wanted_version"]

_LONGEST_RANGE = 300
# The long-term support line that was usual from that day on; before it, whatever people ran.
_ERAS: tuple[tuple[str, str], ...] = (
    ("2024-11-01", "22"),
    ("2023-11-01", "20"),
    ("2022-11-01", "18"),
    ("2021-11-01", "16"),
    ("2020-11-01", "14"),
    ("2019-11-01", "12"),
    ("2018-11-01", "10"),
    ("2017-11-01", "8"),
    ("2016-11-01", "6"),
    ("2015-10-01", "4"),
    ("2015-02-06", "0.12"),
    ("2013-03-11", "0.10"),
    ("", "0.10"),
)
_COMPARISON = re.compile(r"(>=|<=|>|<|=|\^|~>?|)\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?\S*")
_Bound = tuple[int, int, int]


def node_of_the_time(date: str) -> str:
    """The Node.js line that was usual on that day (ISO); empty for no date."""
    return next(version for since, version in _ERAS if date >= since) if date else ""


def older_node(current: str, date: str) -> str:
    """The next line to try when tests do not load under ``current``; empty when there is none older that makes sense."""
    lines = [version for _, version in _ERAS[:-1]]
    start = node_of_the_time(date)
    key = _number(current)
    if start and _number(start) < key:
        return start
    # Without a date, or with one that did not help, the steps at which most broke: 10 has what 12 took away, and so on.
    return next((line for line in lines if _number(line) < key and line in ("16", "10", "6", "0.10")), "")


def _number(version: str) -> tuple[int, int]:
    parts = [int(part) for part in re.findall(r"\d+", version)[:2]]
    major, minor = [*parts, 0, 0][:2]
    return (major, minor if major == 0 else 0)


def satisfies(version: str, wanted: str) -> bool:
    """Whether a version meets an npm range; a range that cannot be read is met, as npm only warns of it."""
    digits = [int(part) for part in re.findall(r"\d+", version)[:3]]
    have = (digits[0], digits[1], digits[2]) if len(digits) == 3 else (digits[0] if digits else 0, 0, 0)
    if len(wanted) > _LONGEST_RANGE:
        return True
    return any(_meets_all(have, part) for part in wanted.split("||"))


def _meets_all(have: _Bound, part: str) -> bool:
    if (span := re.fullmatch(r"\s*v?(\d[\w.]*)\s+-\s+v?(\d[\w.]*)\s*", part)) is not None:
        part = f">={span[1]} <={span[2]}"
    return all(low <= have < high for low, high in map(_bounds, _COMPARISON.findall(part)))


def _bounds(found: Sequence[str]) -> tuple[_Bound, _Bound]:
    """The half-open interval that one comparison stands for."""
    sign, *texts = found
    given = [int(text) for text in texts if text.isdigit()]
    endless = (10**6, 0, 0)
    if not given:
        return (0, 0, 0), endless
    low: _Bound = (*given, 0, 0)[:3]  # type: ignore[assignment]
    after = _after(given)
    if sign == ">=":
        return low, endless
    if sign == ">":
        return after, endless
    if sign == "<":
        return (0, 0, 0), low
    if sign == "<=":
        return (0, 0, 0), after
    if sign == "^":
        return low, (low[0] + 1, 0, 0) if low[0] or len(given) == 1 else (0, low[1] + 1, 0)
    if sign.startswith("~"):
        return low, (low[0] + 1, 0, 0) if len(given) == 1 else (low[0], low[1] + 1, 0)
    return low, after


def _after(given: Sequence[int]) -> _Bound:
    if len(given) == 1:
        return (given[0] + 1, 0, 0)
    if len(given) == 2:
        return (given[0], given[1] + 1, 0)
    return (given[0], given[1], given[2] + 1)


def wanted_version(text: str) -> str:
    """The version in an ``.nvmrc`` or ``.node-version``: ``v10.3`` gives ``10.3``; aliases such as ``lts/*`` give nothing."""
    match = re.fullmatch(r"\s*v?(\d{1,3}(?:\.\d{1,4}){0,2})\s*", text[:100])
    return match[1] if match else ""
