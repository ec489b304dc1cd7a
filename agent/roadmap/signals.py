"""Lines of code that tell of sessions, partners, timers and their like: texts in, places by signal out.

A file is searched for plain words first, so that most files cost one pass of a substring search; comments do not count.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from agent.domain.finding import Evidence
from agent.domain.inventory import Location

__all__ = ["Signal", "Signals", "find_signals", "known_signals"]

MOST_PLACES = 60  # of one signal in one file
LONGEST_LINE = 2_000
_COMMENT = re.compile(r"\s*(?:#(?!!)|//(?!\w+[./])|/?\*(?!\.)|--|<!--|;|REM\b|%>|\.\.)|.{6}\*")
_BASIC = re.compile(r"\s*'")


@dataclass(frozen=True)
class Signal:
    """One entry of signals.toml. ``covers`` is what a bought replacement of a commodity must do."""

    name: str
    title: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    commodity: bool = False
    covers: str = ""


@cache
def known_signals() -> Mapping[str, Signal]:
    """All entries, by name."""
    table = tomllib.loads(files("agent.roadmap").joinpath("signals.toml").read_text("utf-8"))
    return {
        name: Signal(
            name, row["title"], tuple(row["words"]), re.compile(row["pattern"]), row.get("commodity", False),
            row.get("covers", ""),
        )
        for name, row in table.items()
    }  # fmt: skip


@dataclass(frozen=True)
class Signals:
    """Signal -> path -> places, by line."""

    places: Mapping[str, Mapping[str, tuple[Evidence, ...]]]

    def of(self, name: str, paths: Collection[str] | None = None) -> list[Evidence]:
        """The places of a signal, by path and line; only in ``paths`` when they are given."""
        by_path = self.places.get(name, {})
        return [e for path in sorted(by_path) if paths is None or path in paths for e in by_path[path]]


def find_signals(texts: Mapping[str, str]) -> Signals:
    """All signals in all texts."""
    found: dict[str, dict[str, tuple[Evidence, ...]]] = {}
    signals = known_signals().values()
    for path in sorted(texts):
        text = texts[path]
        lowered = text.lower()
        wanted = [s for s in signals if any(word in lowered for word in s.words)]
        if not wanted:
            continue
        lines = text.splitlines()
        for signal in wanted:
            places = _places(signal, path, lines)
            if places:
                found.setdefault(signal.name, {})[path] = places
    return Signals(found)


def _places(signal: Signal, path: str, lines: list[str]) -> tuple[Evidence, ...]:
    places = []
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            continue  # minified
        lowered = line.lower()
        if not any(word in lowered for word in signal.words) or not signal.pattern.search(line):
            continue
        if _COMMENT.match(line) and not path.lower().endswith((".jcl", ".prc", ".proc", ".css")):
            continue
        if _BASIC.match(line) and path.lower().endswith((".vb", ".bas", ".cls", ".frm", ".asp", ".vbs")):
            continue
        places.append(
            Evidence(location=Location(path=path, line=number), text=line.strip()[:160], resolution="inferred")
        )
        if len(places) >= MOST_PLACES:
            break
    return tuple(places)
