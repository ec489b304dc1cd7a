"""Languages whose names mean something only in sight of the whole repository: references in, what each of them means out.

A reference of such a language is one key, whatever it is written like; its `answer` is looked up in an index of all the
language's files (types whose members lie in several files, packages, headers), and handed to the resolver as bindings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from agent.domain.facts import Import

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = [
    "COMMON_MEMBERS",
    "EXTERNAL",
    "NAMES",
    "UNKNOWN",
    "Answer",
    "Lookup",
    "Member",
    "RepositoryNames",
    "Types",
    "by_member_name",
    "common_folders",
]

NAMES = Import("", "(names)", "", 0)  # the last import of every file that refers to something
MAX_CANDIDATES = 5
MAX_BASES = 60
MAX_COPIES = 60


class Answer(NamedTuple):
    """What a key means. ``how``: exact | inferred | ambiguous | external | unknown | value (a variable or a field)."""

    targets: tuple[str, ...] = ()
    how: str = "unknown"


UNKNOWN = Answer()
EXTERNAL = Answer((), "external")

# Members that collections, strings, files and errors of every library have: that one type of the repository has a
# member of such a name says nothing about a receiver of unknown type.
COMMON_MEMBERS = frozenset(
    "add all any append apply at bind build call catch clear clone close cmp code compare contains copy count create "
    "data debug decode delete destroy dispose do done each empty encode end equals error exec execute exists exit fatal "
    "fetch fill filter find first flush format get has hash header headers id index info init insert inspect is items "
    "iter join key keys kind last len length list load lock log main map match max merge message min mode name new next "
    "off on open options parse path peek pop post print printf push put query read receive reduce register release "
    "remove render replace reset resize respond_to result run save scan search seek select send set show size sleep "
    "sort split start state status step stop string sub sum swap tell test text then time title to_a to_h to_s tostring "
    "to_string type undef union unlock unwrap update url use valid validate value values version wait warn width write"
    .split()
)  # fmt: skip


class Member(NamedTuple):
    """A member of a type: a function's ``symbol`` or ``""`` for a field, and its type as written in ``path``."""

    symbol: str
    type: str
    path: str


class Types:
    """Types by ID, with members and bases from whichever file they come."""

    def __init__(self) -> None:
        self.members: dict[str, dict[str, list[Member]]] = {}
        self.bases: dict[str, list[Answer]] = {}
        self.by_member: dict[str, set[str]] = {}
        self.names: set[str] = set()

    def add(self, owner: str, name: str, member: Member) -> None:
        """A function comes before a field of the same name; copies of a type in several files are kept apart."""
        held = self.members.setdefault(owner, {}).setdefault(name, [])
        self.names.add(name)
        if held and not held[0].symbol and (member.symbol or not held[0].type):
            held.clear()
        if not held or (member.symbol and len(held) < MAX_COPIES and all(m.symbol != member.symbol for m in held)):
            held.append(member)
        if member.symbol:
            self.by_member.setdefault(name, set()).add(member.symbol)

    def own(self, owner: str, name: str, path: str) -> Member | Answer | None:
        """A type's own member as a file means it; several when nothing tells which of the type's copies it means."""
        held = self.members.get(owner, {}).get(name)
        if not held:
            return None
        if len(held) == 1:
            return held[0]
        shared = [(m.path == path, common_folders(m.path, path)) for m in held]
        best = max(shared)
        near = [member for member, place in zip(held, shared, strict=True) if place == best]
        if len(near) == 1:
            return near[0]
        return Answer(tuple(sorted(m.symbol for m in near)), "ambiguous")

    def find(self, owner: str, name: str, path: str, *, skip_own: bool = False) -> Member | Answer:
        """A type's own member, else its bases', nearest first. A base outside the repository may have any member."""
        seen, frontier, outside = {owner}, [owner], UNKNOWN
        first = True
        while frontier and len(seen) < MAX_BASES:
            following: list[str] = []
            for current in frontier:
                member = None if first and skip_own else self.own(current, name, path)
                if member is not None:
                    return member
                for base in self.bases.get(current, ()):
                    if base.how == "external":
                        outside = EXTERNAL
                    following.extend(t for t in base.targets[:1] if t not in seen)
                    seen.update(base.targets[:1])
            frontier, first = following, False
        return outside


def common_folders(one: str, other: str) -> int:
    """How many folders two paths share from the top."""
    count = 0
    for a, b in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if a != b:
            break
        count += 1
    return count


def by_member_name(types: Types, name: str) -> Answer:
    """A call on a receiver of unknown type: the only member of that name is a guess, a few are candidates.

    A name that no type of the repository has leads out of it.
    """
    if name not in types.names:
        return EXTERNAL
    if name.lower() in COMMON_MEMBERS or len(name) < 3:
        return UNKNOWN
    found = types.by_member.get(name, ())
    if not 1 <= len(found) <= MAX_CANDIDATES:
        return UNKNOWN
    return Answer(tuple(sorted(found)), "inferred" if len(found) == 1 else "ambiguous")


class Lookup(NamedTuple):
    """What the keys of one file mean: surely known ones, and bindings for the others."""

    sure: Mapping[str, str]
    bound: Sequence[tuple[str, str, str]]


class RepositoryNames:
    """What such languages have in common as a `Language`; subclasses make the index and answer keys."""

    name = ""
    receiver_names: frozenset[str] = frozenset()
    super_names: frozenset[str] = frozenset()
    implicit_receiver = False
    builtins: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self._indexes: WeakKeyDictionary[Any, tuple[Any, dict[str, Lookup]]] = WeakKeyDictionary()

    def make_index(self, project: Project) -> Any:
        raise NotImplementedError

    def answer(self, key: str, path: str, index: Any) -> Answer:
        """What a key of that file means."""
        raise NotImplementedError

    def resolve_written(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:
        """What an import that is written in the file leads to."""
        raise NotImplementedError

    def index_of(self, project: Project) -> Any:
        return self._entry(project)[0]

    def _entry(self, project: Project) -> tuple[Any, dict[str, Lookup]]:
        entry = self._indexes.get(project)
        if entry is None:
            entry = self._indexes[project] = (self.make_index(project), {})
        return entry

    def resolve_import(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:
        if imported.name == NAMES.name:
            return self._lookup(path, project).bound
        return self.resolve_written(imported, path, project)

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:
        return self._lookup(path, project).sure

    def _lookup(self, path: str, project: Project) -> Lookup:
        index, lookups = self._entry(project)
        if path not in lookups:
            sure: dict[str, str] = {}
            bound: list[tuple[str, str, str]] = []
            outside = False
            for key in dict.fromkeys(reference.name for reference in project.facts(path).references):
                found = self.answer(key, path, index)
                if found.how == "exact" and len(found.targets) == 1:
                    sure[key] = found.targets[0]
                elif found.how == "external":
                    outside = True
                else:
                    bound.append((key, _other(found), ""))
            if outside:
                bound.append(("*", f"external:{self.name} libraries", ""))
            lookups[path] = Lookup(sure, bound)
        return lookups[path]


def _other(found: Answer) -> str:
    """A binding's target for what is not sure; the resolver finds no symbol of an ``unknown:`` one."""
    if found.how == "inferred" and len(found.targets) == 1:
        return f"inferred:{found.targets[0]}"
    if found.targets:
        return "ambiguous:" + "|".join(sorted(found.targets)[:MAX_CANDIDATES])
    return "unknown:"
