"""Reads churn and change coupling out of git: a revision and a set of files in, one History out.

One ``git log`` answers everything. Merges are left out, as they repeat what their parents changed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import NamedTuple

from agent.adapters.git_change_measures import (
    LARGEST_CHANGE,
    Changed,
    ChangeMeasures,
    measure_changes,
    measure_held_back,
    quiet_authors,
)
from agent.adapters.git_command import GitFailed, GitRepository
from agent.domain.inventory import EarlierFile, FileHistory, History

__all__ = ["COMMIT_WINDOW", "read_history"]

COMMIT_WINDOW = 5_000
"""The most commits that are read, newest first: older ones say little about how the system changes today."""

LEAST_SHARED = 3
"""Two files that changed together less often may have done so by chance."""

MOST_PAIRS = 2_000

_FORMAT = "--format=tformat:%x00%x00%H%x00%ae%x00%cs%x00%s"


class _Commit(NamedTuple):
    id: str
    author: str
    date: str
    subject: str
    files: tuple[bytes, ...]


def read_history(repository: GitRepository, commit: str, prefix: str, names: dict[bytes, str]) -> History:
    """History up to ``commit`` of the files in ``names``: raw path below ``prefix`` to the path that results show."""
    arguments = ["log", "--no-merges", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-show-signature"]
    arguments += ["--no-color", "--no-decorate", "--no-notes", "--name-only", "-z", f"-n{COMMIT_WINDOW}"]
    arguments += [_FORMAT, commit, "--", *([prefix] if prefix else [])]
    try:
        # From the root, or git would name the files relative to another folder.
        log = repository.run(*arguments)
    except GitFailed as failure:
        return History(commits=0, note=f"git could not read the history: {failure}")
    boundary = _shallow_boundary(repository)
    # The oldest commits of a shallow clone seem to add every file; what they changed is not known.
    commits = [found for found in _commits(log, prefix) if found.id not in boundary]
    return _summary(commits, names, _note(len(commits), bool(boundary)))


def _commits(log: bytes, prefix: str) -> Iterator[_Commit]:
    """Two NULs open a commit; its ID, author, date, subject and files follow, each ended by one NUL."""
    tokens = log.split(b"\0")
    cut = len(os.fsencode(prefix)) + 1 if prefix else 0
    position, empties = 0, 0
    while position < len(tokens):
        if tokens[position]:
            position += 1
            empties = 0
            continue
        empties += 1
        position += 1
        if empties < 2 or position + 3 >= len(tokens) or len(tokens[position]) not in (40, 64):
            continue
        identifier, author, day, subject = tokens[position : position + 4]
        position += 4
        end = position
        while end < len(tokens) and tokens[end]:
            end += 1
        files = [token.removeprefix(b"\n") if at == 0 else token for at, token in enumerate(tokens[position:end])]
        position, empties = end, 0
        who = author.decode("utf-8", "replace").lower()
        what = subject.decode("utf-8", "replace")
        yield _Commit(identifier.decode(), who, day.decode(), what, tuple(file[cut:] for file in files))


def _summary(commits: list[_Commit], names: dict[bytes, str], note: str) -> History:
    touched: Counter[str] = Counter()
    authors: dict[str, set[str]] = {}
    together: Counter[tuple[str, str]] = Counter()
    for commit in commits:
        known = sorted({names[file] for file in commit.files if file in names})
        touched.update(known)
        for path in known:
            authors.setdefault(path, set()).add(commit.author)
        if 2 <= len(commit.files) <= LARGEST_CHANGE:
            together.update(combinations(known, 2))
    changes = [_changed(commit, names) for commit in commits]
    quiet = quiet_authors(changes)
    measures = measure_changes(changes, max((c.day for c in changes), default=date.min))
    cut, before, mended = measure_held_back(changes)
    pairs = sorted((-shared, *pair) for pair, shared in together.items() if shared >= LEAST_SHARED)
    dates = sorted(commit.date for commit in commits)
    return History(
        commits=len(commits),
        first=dates[0] if dates else "",
        last=dates[-1] if dates else "",
        files=tuple(_file(p, touched[p], len(authors[p]), measures[p], quiet) for p in sorted(touched)),
        coupling=tuple((left, right, -shared) for shared, left, right in pairs[:MOST_PAIRS]),
        note=note,
        held_back=cut.isoformat() if cut else "",
        earlier=tuple(
            EarlierFile(path=p, entropy=round(m.entropy, 4), fixes=m.fixes, mended=p in mended)
            for p, m in sorted(before.items())
        ),
    )


def _file(path: str, commits: int, authors: int, measures: ChangeMeasures, quiet: frozenset[str]) -> FileHistory:
    return FileHistory(
        path=path, commits=commits, authors=authors, fixes=measures.fixes, entropy=round(measures.entropy, 4),
        main_share=measures.main_share, main_quiet=measures.main in quiet,
    )  # fmt: skip


def _changed(commit: _Commit, names: dict[bytes, str]) -> Changed:
    known = tuple(sorted({names[file] for file in commit.files if file in names}))
    try:
        day = date.fromisoformat(commit.date)
    except ValueError:
        day = date.min  # a commit with a year that no calendar has
    return Changed(commit.author, day, commit.subject, known, len(commit.files))


def _shallow_boundary(repository: GitRepository) -> frozenset[str]:
    """The commits at which a shallow clone was cut off."""
    try:
        where = os.fsdecode(repository.run("rev-parse", "--git-path", "shallow")).rstrip("\n")
        with open(os.path.join(repository.work_tree or repository.git_dir, where), "rb") as file:  # noqa: PTH118, PTH123
            return frozenset(file.read().decode("ascii", "replace").split())
    except (GitFailed, OSError):
        return frozenset()


def _note(commits: int, shallow: bool) -> str:
    notes = []
    if shallow:
        notes.append("a shallow clone: the history before its oldest commit is missing")
    if commits >= COMMIT_WINDOW:
        notes.append(f"only the last {COMMIT_WINDOW} commits were read")
    return "; ".join(notes)
