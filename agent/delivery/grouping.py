"""Judged patches -> groups that become one request each: one concern, mechanical and judged changes apart, of readable size."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.delivery.dependence import needs_by_lines
from agent.delivery.patch_text import PatchText
from agent.domain.patch import Patch

__all__ = ["MOST_LINES", "Group", "Judged", "group_patches", "slug"]

MOST_LINES = 400
"""Changed lines beyond which another request is begun; a patch is never cut, as its parts were never judged."""
_SMALL_WORDS = frozenset("a an and as at by from in is it of on the to what with".split())


@dataclass(frozen=True)
class Judged:
    """A patch that held (or that nothing protects), with its text."""

    patch: Patch
    text: PatchText

    @property
    def lines(self) -> int:
        return sum(file.added + file.removed for file in self.text.files)

    @property
    def by_rule(self) -> bool:
        """A deterministic program wrote all of it, and nothing in it is a guess."""
        proposal = self.patch.proposal
        return proposal.fixer and not proposal.guess and not proposal.model

    @property
    def unprotected(self) -> bool:
        return self.patch.file.startswith("unprotected/")


@dataclass
class Group:
    """Patches of one request, in the order in which they apply; ``needs`` are IDs of groups."""

    id: str
    key: tuple[str, bool, bool]
    members: list[Judged] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)

    @property
    def lines(self) -> int:
        return sum(member.lines for member in self.members)


def group_patches(judged: Sequence[Judged]) -> list[Group]:
    """``judged`` in the order in which the patches apply. Groups come in an order in which each stands behind what it needs."""
    needs = _needs(judged)
    groups: list[Group] = []
    home: dict[int, Group] = {}
    for one in judged:
        number = one.patch.number
        wanted = {home[other].id for other in needs[number] if other in home}
        group = _room_for(one, wanted, groups)
        if group is None:
            group = Group(_new_id(one, groups), _key(one))
            groups.append(group)
        group.members.append(one)
        group.needs |= wanted - {group.id}
        home[number] = group
    return _ordered(groups)


def slug(text: str, most: int) -> str:
    """Lower-case words joined by hyphens, cut at a word's end."""
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return words if len(words) <= most else words[: most + 1].rpartition("-")[0] or words[:most]


def _needs(judged: Sequence[Judged]) -> Mapping[int, frozenset[int]]:
    """By lines, by what recipes say of themselves, and, in a series, by its order."""
    by_lines = needs_by_lines([(one.patch.number, one.text.files) for one in judged])
    found: dict[int, frozenset[int]] = {}
    for at, one in enumerate(judged):
        proposal = one.patch.proposal
        earlier = judged[:at]
        named = {other.patch.number for other in earlier if other.patch.proposal.recipe in proposal.needs}
        series = {
            other.patch.number
            for other in earlier
            if proposal.series and other.patch.proposal.series == proposal.series
        }
        found[one.patch.number] = frozenset(by_lines[one.patch.number] | named | series)
    return found


def _key(one: Judged) -> tuple[str, bool, bool]:
    proposal = one.patch.proposal
    return proposal.series or proposal.recipe, one.by_rule, one.unprotected


def _room_for(one: Judged, wanted: set[str], groups: Sequence[Group]) -> Group | None:
    """The last group of the same concern, when it has room and does not stand before something that this patch needs."""
    same = [group for group in groups if group.key == _key(one)]
    if not same:
        return None
    group = same[-1]
    whole = bool(one.patch.proposal.series) and one.by_rule  # a series holds as a whole
    if not whole and group.lines + one.lines > MOST_LINES:
        return None
    return None if any(group.id in _all_needs(other, groups) for other in wanted - {group.id}) else group


def _all_needs(name: str, groups: Sequence[Group]) -> set[str]:
    by_id = {group.id: group for group in groups}
    found: set[str] = set()
    todo = [name]
    while todo:
        for other in by_id[todo.pop()].needs - found:
            found.add(other)
            todo.append(other)
    return found


def _new_id(one: Judged, groups: Sequence[Group]) -> str:
    proposal = one.patch.proposal
    first = slug(proposal.series or proposal.recipe, 30)
    said = [word for word in slug(proposal.title, 100).split("-") if word not in {*first.split("-"), *_SMALL_WORDS}]
    name = first if proposal.series and one.by_rule else f"{first}-{slug(' '.join(said), 28)}".strip("-")
    taken = {group.id for group in groups}
    number = 2
    unique = name
    while unique in taken:
        unique = f"{name}-{number}"
        number += 1
    return unique


def _ordered(groups: Sequence[Group]) -> list[Group]:
    """Stable: a group moves back only behind what it needs."""
    left, done, ordered = list(groups), set[str](), list[Group]()
    while left:
        group = next(each for each in left if each.needs <= done)
        left.remove(group)
        ordered.append(group)
        done.add(group.id)
    return ordered
