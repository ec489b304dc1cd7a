"""Take out requirements that nothing in a Python repository imports or names.

Before
------
    # requirements.txt
    flask>=3.0
    simplejson

After
-----
    # requirements.txt
    flask>=3.0

Why
---
Each one is downloaded, scanned, updated and shipped in every image. One requirement is one patch, and the tests run in an
environment without it.

When not
--------
When something loads it by a name that stands nowhere in the code. Tools, plugins, database drivers, servers, and packages
that others need without an import are never taken out; nor is anything from a list in which every version is pinned, since
such a list also holds what other packages need: there it is named as left to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.edits import Edit, Lines, apply_edits, change, left
from agent.patches.python_requirements import Requirement, is_frozen, may_be_loaded_unseen, modules_of, requirements
from agent.ports import Codebase

__all__ = ["RECIPE"]

_READ = (
    ".py",
    ".pyx",
    ".pyi",
    ".cfg",
    ".ini",
    ".toml",
    ".yml",
    ".yaml",
    ".json",
    ".sh",
    ".html",
    ".conf",
    ".j2",
    ".in",
    ".jinja",
    ".txt",
    ".env",
)
_NAMED = ("Dockerfile", "Procfile", "Makefile", "tox.ini", "crontab", "Justfile", "Vagrantfile")
_MOST = 10


class PythonDeadDependencies:
    """One patch a distribution, in all the files that ask for it."""

    id = "python-dead-dependencies"
    title = "Remove requirements that nothing uses"
    languages = frozenset({"python"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        found = list(requirements(code))
        files = {requirement.path for requirement in found}
        names = sorted({r.name for r in found if not may_be_loaded_unseen(r.name)})
        if not names:
            return ()
        words = _words(code, files)
        dead = [name for name in names if not any(_is_used(module, words) for module in modules_of(name))]
        texts = {path: code.text(path) or "" for path in files}
        frozen = {path for path in files if is_frozen([r for r in found if r.path == path])}
        return list(self._proposals(dead, found, frozen, texts))

    def _proposals(
        self, dead: Sequence[str], found: Sequence[Requirement], frozen: set[str], texts: dict[str, str]
    ) -> Iterator[Proposal]:
        pinned = [
            left(
                r.path, r.line, f"{r.name} is imported nowhere: it may be here for another package; if not, take it out"
            )
            for r in found
            if r.name in dead and r.path in frozen
        ]
        for name in dead[:_MOST]:
            places = [r for r in found if r.name == name]
            if any(r.path in frozen for r in places):
                continue
            changes = [made for path in sorted({r.path for r in places}) if (made := _without(path, texts, places))]
            if changes:
                yield self._proposal(f"Remove {name}, which nothing uses", tuple(changes), ())
        if pinned:
            yield self._proposal("Requirements that nothing imports", (), tuple(pinned[: 2 * _MOST]))

    def _proposal(self, title: str, changes: tuple[FileChange, ...], todo: tuple[Left, ...]) -> Proposal:
        return Proposal(
            recipe=self.id,
            title=title[:72],
            why="No file imports it or names it, and it is none of the packages that others load by name.",
            changes=changes,
            left=todo,
        )


def _without(path: str, texts: dict[str, str], places: Sequence[Requirement]) -> FileChange | None:
    """The file without it; ``texts`` follows, so that the next patch is made from this one's result."""
    before = texts[path]
    lines = Lines(before)
    own = [
        number
        for number in range(1, len(lines.starts) + 1)
        if any(r.path == path and r.said == lines.line(number) for r in places)
    ]
    edits = []
    for number in own:
        last = number
        while lines.line(last).endswith("\\") and last < len(lines.starts):
            last += 1
        edits.append(Edit(lines.start(number), lines.start(last + 1), ""))
    after = apply_edits(before, edits)
    texts[path] = after
    return change(path, before, after) if after != before else None


def _words(code: Codebase, manifests: set[str]) -> Mapping[str, None]:
    """Every word of the files that may name a module; what asks for it, and what locks or describes it, left out."""
    words: dict[str, None] = {}
    for path in code.paths():
        name = path.rpartition("/")[2]
        if not name.endswith(_READ) and not name.startswith(_NAMED):
            continue
        if path in manifests and not name.endswith((".py", ".toml", ".cfg")):
            continue
        if re.search(
            r"lock|requirements|constraints|licen[cs]e|changelog|readme|authors|notice", name, re.I
        ) or name in ("Pipfile", "environment.yml"):
            continue
        text = code.text(path)
        if text is None or len(text) > 1_000_000:
            continue
        if path in manifests:
            text = "\n".join(
                line
                for line in text.splitlines()
                if not re.match(r"\s*[\"']?[A-Za-z0-9._-]+(\[[^]]*\])?\s*([~<>=!;\"',]|$)", line)
            )
        words.update(dict.fromkeys(word.lower() for word in re.findall(r"[A-Za-z_][A-Za-z0-9_-]*", text)))
    return words


def _is_used(module: str, words: Mapping[str, None]) -> bool:
    first = module.partition(".")[0].lower()
    return first in words or first.replace("_", "-") in words or first.replace("-", "_") in words


RECIPE = PythonDeadDependencies()
