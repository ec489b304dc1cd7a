"""Take out run-time dependencies of a package.json that no file names.

Before
------
    "dependencies": {
      "express": "^4.18.2",
      "left-pad": "1.3.0"
    }

After
-----
    "dependencies": {
      "express": "^4.18.2"
    }

Why
---
Each one, with all that it brings along, is downloaded, scanned, updated and shipped. One dependency is one patch; the
lock's own list follows, and ``npm install`` drops the rest of what nobody needs any more.

When not
--------
When something loads it by a name that stands nowhere. Database drivers, type definitions, and plugins and presets of tools
are never taken out; nor are devDependencies, which are mostly commands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from agent.domain.patch import Proposal
from agent.domain.verdict import FileChange
from agent.patches.edits import Edit, apply_edits, change
from agent.ports import Codebase

__all__ = ["RECIPE"]

_READ = (
    ".js",
    ".cjs",
    ".mjs",
    ".jsx",
    ".ts",
    ".tsx",
    ".vue",
    ".json",
    ".html",
    ".ejs",
    ".pug",
    ".hbs",
    ".css",
    ".scss",
    ".less",
    ".yml",
    ".yaml",
    ".sh",
    ".md",
)
_UNSEEN = frozenset(
    "pg pg-native pg-hstore mysql mysql2 sqlite3 better-sqlite3 tedious oracledb mssql mariadb redis ioredis mongodb memcached "
    "core-js regenerator-runtime tslib typescript bufferutil utf-8-validate fsevents react react-dom bcrypt node-gyp".split()
)
_FAMILIES = re.compile(
    r"^@types/|(?:^|[/-])(?:babel|eslint|webpack|rollup|postcss|gulp|grunt|jest|karma|prettier|preset|plugin|loader|config)(?:[/-]|$)"
)
_MOST = 10


class NodeDeadDependencies:
    """One patch a dependency."""

    id = "node-dead-dependencies"
    title = "Remove dependencies that no file names"
    languages = frozenset({"javascript", "typescript"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        found: list[Proposal] = []
        for path in code.paths("package.json"):
            if path.rpartition("/")[2] == "package.json" and not code.is_test(path):
                found.extend(self._proposals(code, path))
        return found

    def _proposals(self, code: Codebase, path: str) -> Iterator[Proposal]:
        package = _object(code.text(path))
        named = package.get("dependencies")
        if not isinstance(named, dict) or package.get("workspaces") or not named:
            return
        folder = path.rpartition("/")[0]
        said = _said(code, folder, path)
        rest = json.dumps({key: value for key, value in package.items() if not key.lower().endswith("dependencies")})
        lock = f"{folder}/package-lock.json" if folder else "package-lock.json"
        texts = {path: code.text(path) or "", lock: code.text(lock) or ""}
        dead = [
            n for n in sorted(named) if n not in _UNSEEN and not _FAMILIES.search(n) and not _is_named(n, said, rest)
        ]
        for name in dead[:_MOST]:
            changes = tuple(_changed(texts, name, path, lock))
            if changes:
                yield Proposal(
                    recipe=self.id,
                    title=f"Remove {name}, which no file names"[:72],
                    why="No file names it, and it is none of the packages that others load by name. `npm install` drops from the "
                    "lock what nobody needs any more.",
                    changes=changes,
                )


def _object(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _said(code: Codebase, folder: str, manifest: str) -> str:
    """The text of everything below the package's folder but what it asks for and locks."""
    parts: list[str] = []
    for path in code.paths(*_READ):
        name = path.rpartition("/")[2]
        if (
            path == manifest
            or (folder and not path.startswith(f"{folder}/"))
            or "lock" in name
            or name == "npm-shrinkwrap.json"
        ):
            continue
        if name.endswith(".md"):
            continue
        text = code.text(path)
        if text is not None and len(text) < 1_000_000:
            parts.append(text)
    return "\n".join(parts)


def _is_named(name: str, said: str, rest: str) -> bool:
    """In quotes, as a path of node_modules, or anywhere in the manifest's scripts and settings."""
    quoted = re.escape(name)
    if re.search(rf"""["'`~!]{quoted}(?:["'`/]|$)""", said, re.MULTILINE) or f"node_modules/{name}" in said:
        return True
    return name.rpartition("/")[2] in rest or name in rest


def _changed(texts: dict[str, str], name: str, manifest: str, lock: str) -> Iterator[FileChange]:
    for path in (manifest, lock):
        before = texts[path]
        after = _without(before, name)
        if after != before and _object(after):
            texts[path] = after
            yield change(path, before, after)


def _without(text: str, name: str) -> str:
    """The first object called ``dependencies`` without the entry; in a lock that is the list of the package itself."""
    held = re.search(r'"dependencies"\s*:\s*\{([^{}]*)\}', text)
    if held is None:
        return text
    entry = re.search(rf'\s*"{re.escape(name)}"\s*:\s*"[^"]*"(,?)', held[1])
    if entry is None:
        return text
    start, end = held.start(1) + entry.start(), held.start(1) + entry.end()
    if not entry[1]:  # the last one: the comma of the one before goes with it
        before = text[held.start(1) : start].rstrip()
        if before.endswith(","):
            start = held.start(1) + len(before) - 1
    return apply_edits(text, [Edit(start, end, "")])


RECIPE = NodeDeadDependencies()
