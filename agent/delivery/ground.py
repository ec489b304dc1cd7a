"""What an item's branch is to stand on and to hold: the item and what became of those that it needs in, commits out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.delivery.habits import Habits
from agent.domain.delivery import Change, Delivery, Item
from agent.ports import Branches

__all__ = ["At", "Wanted", "Workshop"]


@dataclass(frozen=True)
class At:
    """Where an item is: ``open`` on its branch, in the ``base`` already, or ``absent``."""

    state: Literal["open", "base", "absent"]
    tip: str = ""
    number: int = 0
    why: str = ""


@dataclass(frozen=True)
class Wanted:
    """``tip`` is the branch as it would be made today, ``onto`` what it stands on, ``base`` the branch that the request goes to
    and ``against`` that branch's commit. ``stacked_on`` are items. ``blocked`` and ``conflicts`` say why there is no tip."""

    tip: str = ""
    onto: str = ""
    base: str = ""
    against: str = ""
    stacked_on: tuple[str, ...] = ()
    blocked: str = ""
    conflicts: tuple[str, ...] = ()
    in_base: bool = False


class Workshop:
    """Makes the commits of one delivery. They depend on nothing but the delivery and the remote's commits."""

    def __init__(self, delivery: Delivery, branches: Branches, habits: Habits, author: str) -> None:
        self.delivery, self.branches, self.habits, self.author = delivery, branches, habits, author
        self._items = {item.id: item for item in delivery.items}

    def wanted(self, item: Item, at: Mapping[str, At]) -> Wanted:
        """What the item's branch should hold."""
        needs = self._all_needs(item)
        absent = next((name for name in needs if at[name].state == "absent"), "")
        if absent:
            return Wanted(blocked=f"it needs {absent}, which {at[absent].why or 'is not open'}")
        standing = [name for name in needs if at[name].state == "open"]
        landed = [name for name in needs if at[name].state == "base"]
        if standing:
            return self._stacked(item, standing, at)
        return self._on_base(item, landed)

    def subject(self, item: Item) -> str:
        return self.habits.subject(item.title, item.kind, sorted(item.paths))

    def append(self, item: Item, tip: str, wanted: Wanted) -> str:
        """Commits on top of ``tip``, which is figwright's own work, that bring it to what is wanted: what it stands on merged
        in, and the rest in one commit. Where the two do not merge by themselves, what is wanted is how they do."""
        branches, date = self.branches, self.delivery.committed_on
        tree = branches.tree(wanted.tip)
        if not branches.contains(tip, wanted.onto):
            merged = branches.merge(tip, wanted.onto)
            message = self._message(f"Merge {wanted.base} into {item.branch}", "")
            tip = branches.commit(merged.tree or tree, [tip, wanted.onto], message, branches.date(wanted.onto))
        if branches.tree(tip) != tree:
            subject = self.habits.subject(f"Bring up to date: {item.title}", item.kind, sorted(item.paths))
            tip = branches.commit(tree, [tip], self._message(subject, item.why), date)
        return tip

    def holds(self, tip: str, wanted: Wanted) -> bool:
        """Whether a branch at ``tip`` needs nothing: it shows the wanted change and nothing else against what it goes to, and
        merging it gives what was judged. That the base has moved on since is no reason to touch it."""
        branches = self.branches
        fork = branches.fork(tip, wanted.against)
        if not fork or branches.changed(fork, tip) != branches.changed(wanted.onto, wanted.tip):
            return False
        merged = branches.merge(wanted.onto, tip)
        return not merged.conflicts and merged.tree == branches.tree(wanted.tip)

    def _all_needs(self, item: Item) -> list[str]:
        found: set[str] = set()
        todo = list(item.needs)
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo += self._items[name].needs
        return [each.id for each in self.delivery.items if each.id in found]

    def _stacked(self, item: Item, standing: Sequence[str], at: Mapping[str, At]) -> Wanted:
        top = standing[-1]
        below = at[top].tip
        apart = next((name for name in standing if not self.branches.contains(below, at[name].tip)), "")
        if apart:
            return Wanted(
                blocked=f"it needs both {apart} and {top}, which do not stand on each other: merge one of them"
            )
        tip, conflicts = self._build(below, item)
        in_base = not conflicts and self.branches.tree(tip) == self.branches.tree(below)
        return Wanted(tip, below, self._items[top].branch, below, (top,), conflicts=conflicts, in_base=in_base)

    def _on_base(self, item: Item, landed: Sequence[str]) -> Wanted:
        branches, base = self.branches, self.branches.base
        against, onto = branches.base_tip(), self.delivery.commit
        if landed:
            if not self._base_has(landed, against):
                return Wanted(
                    base=base, against=against, blocked=f"it needs {landed[-1]}, of which {base} holds another form"
                )
            onto = against
        tip, conflicts = self._build(onto, item)
        merged = branches.merge(against, tip) if tip else None
        if merged is None or merged.conflicts:
            return Wanted(base=base, against=against, conflicts=merged.conflicts if merged else conflicts)
        return Wanted(tip, onto, base, against, in_base=merged.tree == branches.tree(against))

    def _base_has(self, landed: Sequence[str], against: str) -> bool:
        """Whether the base still holds what was merged into it."""
        under = self.delivery.commit
        for name in landed:
            under, conflicts = self._build(under, self._items[name])
            if conflicts:
                return False
        return self.branches.merge(against, under).tree == self.branches.tree(against)

    def _build(self, onto: str, item: Item) -> tuple[str, tuple[str, ...]]:
        paths = sorted(item.paths)
        changes: list[tuple[Change, str]] = []
        for change in item.changes:
            subject = self.habits.subject(change.subject, item.kind, paths)
            changes.append((change, self._message(subject, change.body)))
        return self.branches.build(onto, changes, self.delivery.committed_on)

    def _message(self, subject: str, body: str) -> str:
        return self.habits.message(subject, body, self.author)
