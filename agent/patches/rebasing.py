"""Moves changes that were made on other code to the code as it stands: changes in, those that fit and the conflicts out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agent.domain.inventory import Location
from agent.domain.patch import Left
from agent.domain.verdict import FileChange
from agent.patches.diffs import merge

__all__ = ["moved"]


def moved(
    changes: Sequence[FileChange], text: Callable[[str], str | None]
) -> tuple[tuple[FileChange, ...], tuple[Left, ...]]:
    """``text`` gives a file as it stands, None for none. What changes nothing any more is left out silently."""
    fitting: list[FileChange] = []
    conflicts: list[Left] = []
    for change in changes:
        now = text(change.path)
        if now == change.before:
            fitting.append(change)
        elif now == change.after:
            continue
        elif now is None or change.before is None or change.after is None:
            conflicts.append(_conflict(change))
        else:
            merged = merge(change.before, now, change.after)
            if merged is None:
                conflicts.append(_conflict(change))
            elif merged != now:
                fitting.append(FileChange(path=change.path, before=now, after=merged))
    return tuple(fitting), tuple(conflicts)


def _conflict(change: FileChange) -> Left:
    return Left(
        where=Location(path=change.path), text="other patches left this file another than the one that it was made from"
    )
