"""What stands in a container's way, with the patch recipe that fixes it: code and inventory in, findings out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from agent.containers.reading import written_folders
from agent.containers.tree import Tree, line_of, under
from agent.domain.container import Blocker
from agent.domain.inventory import Inventory, Location

__all__ = ["find_blockers"]

Kind = Literal["host", "path", "local state", "log file", "session", "timer", "licence", "port"]
RECIPES: dict[Kind, str] = {
    "host": "cloud-config-from-environment",
    "path": "cloud-config-from-environment",
    "local state": "cloud-state-off-local-disk",
    "log file": "cloud-logs-to-stdout",
    "port": "cloud-port-from-environment",
}
_LOG = re.compile(r"(?i)/log(?:s)?(?:/|$)|\.log$")
_STATE = re.compile(r"(?i)^/(?:srv|data|database|var/lib|var/(?!log|mail|spool)[a-z]+)(?:/|$)")
_MOST_PER_KIND = 20
_CODE: tuple[tuple[str, Kind, re.Pattern[str], str], ...] = (
    ("python", "log file", re.compile(r"\b(?:FileHandler|RotatingFileHandler|TimedRotatingFileHandler)\("), "logs go to a file"),
    ("java", "log file", re.compile(r"\bnew\s+(?:FileHandler|FileAppender|RollingFileAppender)\("), "logs go to a file"),
    ("javascript", "log file", re.compile(r"createWriteStream\([^)\n]{0,80}log|transports\.File\("), "logs go to a file"),
    ("php", "log file", re.compile(r"error_log\([^;\n]{1,200},\s*3\s*,"), "logs go to a file"),
    ("python", "session", re.compile(r"(?mi)^_?\w*(?:session|cart|basket)s?\w*\s*=\s*(?:\{\}|dict\(\))"), "sessions live in the process"),
    ("javascript", "session", re.compile(r"(?mi)^(?:var|let|const)\s+_?\w*session\w*\s*=\s*(?:\{\}|new Map\(\))"), "sessions live in the process"),
    ("java", "session", re.compile(r"\bsession\.setAttribute\("), "sessions live in the server's memory"),
    ("php", "session", re.compile(r"\bsession_start\("), "sessions are files on local disk"),
    ("javascript", "timer", re.compile(r"(?m)^[ \t]*setInterval\("), "a timer runs in the process: every replica would run it"),
    ("python", "timer", re.compile(r"\bthreading\.Timer\(|BackgroundScheduler\("), "a timer runs in the process: every replica would run it"),
    ("java", "timer", re.compile(r"(?m)^[ \t]*@(?:Scheduled|Schedule)\b"), "a timer runs in the process: every replica would run it"),
    ("python", "port", re.compile(r"\.run\([^)\n]{0,80}port\s*=\s*\d{2,5}\b"), "the port is fixed"),
    ("javascript", "port", re.compile(r"\.listen\(\s*\d{2,5}\b|(?m:^\s*port:\s*\d{2,5}\b)"), "the port is fixed"),
)  # fmt: skip
_LICENCE = re.compile(r"(?i)\b(?:hasp|sentinel|flexlm|lmgrd|dongle|licen[cs]e[_-]?(?:server|key|file|dongle))\b")


def find_blockers(inventory: Inventory, tree: Tree, folder: str, languages: Iterable[str]) -> tuple[Blocker, ...]:
    """In the order of kind and place; each at one place of the code."""
    wanted = tuple(languages)
    found: dict[tuple[str, str, int], Blocker] = {}
    for blocker in (
        *_hosts(inventory, folder),
        *_paths(tree, folder, wanted),
        *_in_code(tree, folder, wanted),
        *_licences(tree, folder, wanted),
    ):
        found.setdefault((blocker.kind, blocker.where.path, blocker.where.line), blocker)
    counts: dict[str, int] = {}
    kept = []
    for key in sorted(found):
        counts[key[0]] = counts.get(key[0], 0) + 1
        if counts[key[0]] <= _MOST_PER_KIND:
            kept.append(found[key])
    return tuple(kept)


def _blocker(kind: Kind, text: str, where: Location) -> Blocker:
    return Blocker(kind=kind, text=text, where=where, recipe=RECIPES.get(kind, ""))


def _hosts(inventory: Inventory, folder: str) -> Iterator[Blocker]:
    for system in inventory.external_systems:
        named = re.search(r"\(([\w.-]+\.[\w.:-]+)\)|^([\w-]+(?:\.[\w-]+)+(?::\d+)?)$", system.name)
        if named and system.evidence and under(system.evidence[0].path, folder):
            yield _blocker("host", f"the host {named[1] or named[2]} is written in the code", system.evidence[0])


def _paths(tree: Tree, folder: str, languages: tuple[str, ...]) -> Iterator[Blocker]:
    for place, where in written_folders(tree, folder, languages):
        if _LOG.search(place):
            yield _blocker("log file", f"log files are written to {place}", where)
        elif place.startswith("/mnt/"):
            yield _blocker("path", f"the mounted folder {place} is written in the code", where)
        elif _STATE.search(place):
            yield _blocker("local state", f"state is kept on local disk in {place}", where)
        else:
            yield _blocker("path", f"the folder {place} is written in the code", where)


def _in_code(tree: Tree, folder: str, languages: tuple[str, ...]) -> Iterator[Blocker]:
    for language, kind, pattern, text in _CODE:
        if language not in languages:
            continue
        for path in tree.code(language, folder=folder):
            content = tree.text(path)
            match = pattern.search(content)
            if match:
                yield _blocker(kind, text, Location(path=path, line=line_of(content, match.start())))


def _licences(tree: Tree, folder: str, languages: tuple[str, ...]) -> Iterator[Blocker]:
    for path in tree.code(*languages, folder=folder):
        content = tree.text(path)
        match = _LICENCE.search(content)
        if match:
            where = Location(path=path, line=line_of(content, match.start()))
            yield _blocker("licence", f"a licence check ({match[0]}) may be bound to a machine", where)
