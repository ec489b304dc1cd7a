"""One recipe's changes to many files as proposals that a person can review and tests can judge: changes in, proposals out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange

__all__ = ["MOST_LINES", "in_small_parts", "lines_changed"]

MOST_LINES = 200
_MOST_SINGLE = 40  # files up to which each has a proposal of its own
_TITLE = 72


def lines_changed(change: FileChange) -> int:
    """About how many lines differ: exact where lines were changed one for one."""
    old, new = (change.before or "").split("\n"), (change.after or "").split("\n")
    if len(old) == len(new):
        return sum(a != b for a, b in zip(old, new, strict=True))
    return len(set(old) ^ set(new))


def in_small_parts(
    recipe: str,
    title: str,
    why: str,
    changes: Sequence[FileChange],
    left: Sequence[Left],
    *,
    together: bool = False,
) -> Sequence[Proposal]:
    """A proposal for each file, or for each folder when there are many files; at most about 200 lines in each.

    ``together``: as many files as that makes lines, whatever their folders.

    What was left goes with the file's proposal, and what belongs to no changed file into a last one without changes.
    """
    proposals = []
    said: set[int] = set()
    for part in _groups(changes) if together else _parts(changes):
        paths = {change.path for change in part}
        own = [(n, one) for n, one in enumerate(left) if one.where.path in paths]
        said.update(n for n, _ in own)
        room = _TITLE - len(title) - len(" in ")
        named = _named(part)
        subject = f"{title} in {named if len(named) <= room else '…' + named[len(named) - room + 1 :]}"
        proposals.append(
            Proposal(recipe=recipe, title=subject, why=why, changes=tuple(part), left=tuple(one for _, one in own))
        )
    rest = tuple(one for n, one in enumerate(left) if n not in said)
    if rest:
        proposals.append(Proposal(recipe=recipe, title=f"{title}: what is left to people"[:100], why=why, left=rest))
    return tuple(proposals)


def _parts(changes: Sequence[FileChange]) -> Iterator[Sequence[FileChange]]:
    if len(changes) <= _MOST_SINGLE:
        yield from ([change] for change in sorted(changes, key=lambda one: one.path))
        return
    folders: dict[str, list[FileChange]] = {}
    for change in sorted(changes, key=lambda one: one.path):
        folders.setdefault(change.path.rpartition("/")[0], []).append(change)
    for _, files in sorted(folders.items()):
        yield from _groups(files)


def _groups(files: Sequence[FileChange]) -> Iterator[Sequence[FileChange]]:
    """Files in order, as long as they have no more than `MOST_LINES` together."""
    part: list[FileChange] = []
    size = 0
    for change in sorted(files, key=lambda one: one.path):
        lines = lines_changed(change)
        if part and size + lines > MOST_LINES:
            yield part
            part, size = [], 0
        part.append(change)
        size += lines
    if part:
        yield part


def _named(part: Sequence[FileChange]) -> str:
    if len(part) == 1:
        return part[0].path
    folders = {change.path.rpartition("/")[0] for change in part}
    if len(folders) > 1:
        return f"{len(part)} files"
    return f"{folders.pop() or 'the top folder'} ({len(part)} files)"
