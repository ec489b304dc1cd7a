"""How much two plans say the same: the share of step sentences that remain equal once the names are removed.

``python -m eval.sentences PLAN.json ...`` prints a table of all pairs. A *step sentence* is a title, reason, entry, exit or abort
criterion or way back of a roadmap step. Names are the system's own: services, units, symbols, tables, routes, files, jobs,
columns and whatever is quoted; they become ``_``. Numbers stay in the first measure, since they are what was counted in that
system, and become ``#`` in the second and harder one. The share of a pair is the number of sentences that both have, by the
smaller plan's number.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

__all__ = ["main", "sentences", "share", "without_names"]

LIMIT = 0.30
_SPLIT = re.compile(r"(?<=[a-z0-9)_#])\. (?=\S)")
_PATH = re.compile(
    r"`[^`]*`|(?<![\w])(?:[\w.$-]+/)+[\w.$<>:{}-]*|/[\w./<>:{}-]+|\b[\w-]+\.(?:py|java|js|jsp|php|cbl|jcl|sql|html|xml|ts|cob|txt|sh|cfg|properties)\b(?::\d+)?"
)
_CODE = re.compile(r"\b\w*[a-z]\w*(?:[._#]\w+)+\b|\b\w+_\w+\b|\b[A-Z][A-Z0-9]{3,}\b|\b[a-z]+[A-Z]\w*\b|\bS\d\d+\b")
_RUN = re.compile(r"_(?:(?:,| and|, and| or| \(#?\d*\)|:)? ?_)+")


def sentences(plan: dict[str, Any]) -> Iterator[str]:
    """All sentences of all steps."""
    for phase in plan["roadmap"]["phases"]:
        for step in phase["steps"]:
            parts = (
                step["title"],
                *step["reasons"],
                *step["entry"],
                *step["exit"],
                *step.get("abort", ()),
                step["rollback"],
            )
            for text in parts:
                yield from (piece.strip() for piece in _SPLIT.split(text) if piece.strip())


def without_names(text: str, names: re.Pattern[str], *, numbers: bool = False) -> str:
    """The sentence with ``_`` for every name; ``numbers`` become ``#`` too."""
    shown = names.sub("_", _PATH.sub("_", text))
    shown = _CODE.sub("_", shown)
    if numbers:
        shown = re.sub(r"\d[\d,.]*", "#", shown)
    return _RUN.sub("_", _RUN.sub("_", shown)).lower()


def names_of(plan: dict[str, Any]) -> re.Pattern[str]:
    """All names that the plan knows, longest first."""
    boundaries = plan["boundaries"]
    found: set[str] = {plan["repository"]["name"]}
    for service in boundaries["services"]:
        found |= {service["name"], service["title"], *service["entry_points"]}
    for unit in boundaries["units"]:
        found |= {unit["id"], unit["id"].rpartition(".")[2], unit["path"]}
    found |= {t["table"] for t in boundaries["tables"]} | {r["route"] for r in plan["system"]["routes_table"]}
    found |= {e["name"] for e in plan["inventory"]["entry_points"]} | {
        e["name"] for e in plan["inventory"]["external_systems"]
    }
    words = sorted((n for n in found if len(n) > 2), key=lambda n: (-len(n), n))[:20_000]
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(w) for w in words) + r")(?!\w)")


def share(one: set[str], other: set[str]) -> float:
    """Of the smaller set, how much is in the larger."""
    return len(one & other) / max(1, min(len(one), len(other)))


def measure(plans: Sequence[dict[str, Any]], *, numbers: bool) -> list[tuple[str, str, float]]:
    """(one, other, share) for all pairs, the most alike first."""
    sets = []
    for plan in plans:
        names = names_of(plan)
        sets.append((plan["repository"]["name"], {without_names(s, names, numbers=numbers) for s in sentences(plan)}))
    rows = [(a, b, share(x, y)) for (a, x), (b, y) in combinations(sets, 2)]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))


def main(arguments: Sequence[str]) -> int:
    """Print both measures; 1 when a pair of the first is above the limit."""
    plans = [json.loads(Path(name).read_text("utf-8")) for name in arguments]
    worst = 0.0
    for numbers in (False, True):
        rows = measure(plans, numbers=numbers)
        title = "numbers removed too" if numbers else "names removed"
        mean = sum(row[2] for row in rows) / max(1, len(rows))
        print(f"{title}: {len(rows)} pairs, mean {mean:.0%}, {sum(r[2] > LIMIT for r in rows)} above {LIMIT:.0%}")
        for one, other, value in rows[:6]:
            print(f"  {value:5.0%}  {one} and {other}")
        worst = worst if numbers else rows[0][2] if rows else 0.0
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
