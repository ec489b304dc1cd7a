"""Which members and pages a service needs: from its servlets along what the graph resolved, and along names where Java decides late.

Late are overriding methods, pages by their names in literals, and what a page calls; demands of earlier rounds are added.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from agent.extraction.slicing import Demand
from agent.extraction.slicing_java.program import JavaProgram
from agent.extraction.slicing_java.sources import Member, Type, words_of

__all__ = ["Chosen", "choose"]

_EXPRESSION = re.compile(r"[$#]\{([^{}]{1,2000})\}")
_INCLUDE = re.compile(r"(?:file|page|template)\s*=\s*[\"']([^\"'<>%\n]{1,300})[\"']")


@dataclass
class Chosen:
    """Kept pieces with their reasons: ``types`` by ID, ``members`` by (type, index), ``pages`` by path."""

    types: dict[str, str] = field(default_factory=dict)
    members: dict[tuple[str, int], str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    wanted: dict[tuple[str, str], str] = field(default_factory=dict)  # (type, member's name)
    words: set[str] = field(default_factory=set)  # of all that is kept
    properties: dict[str, str] = field(
        default_factory=dict
    )  # methods that an expression of a page may call, of any type


def choose(
    program: JavaProgram, demands: Sequence[Demand] = (), nothing: bool = False, stored: Collection[str] = ()
) -> Chosen:
    """``nothing``: every servlet is a stub. ``stored``: types whose objects lie in sessions, which all services share."""
    closure = _Closure(program, frozenset(stored))
    for name in program.listed:
        closure.type(name, "web.xml names it", whole=True)
    for name, patterns in program.servlets.items() if not nothing else ():
        own = [pattern for pattern, owner in patterns if not owner]
        if own:
            closure.type(name, f"serves {', '.join(own)}", whole=True)
    for path, patterns in program.mapped_pages.items() if not nothing else ():
        if any(not owner for _, owner in patterns):
            closure.page(path, "a route of the service")
    for demand in demands if not nothing else ():
        closure.demand(demand)
    closure.settle()
    return closure.chosen


class _Closure:
    def __init__(self, program: JavaProgram, stored: frozenset[str]) -> None:
        self.program = program
        self.stored = stored
        self.chosen = Chosen()
        self._pages_by_stem: dict[str, list[str]] = {}
        for path, role in program.files.items():
            if role == "page":
                self._pages_by_stem.setdefault(path.rpartition("/")[2].rpartition(".")[0], []).append(path)

    def type(self, name: str, why: str, whole: bool = False) -> None:
        one = self.program.types.get(name)
        if one is None:
            return
        if name not in self.chosen.types:
            self.chosen.types[name] = why
            self._words(one.words, ())
            for member in one.members:
                if one.whole or member.kind in ("constructor", "block"):
                    self.member(one, member, "part of every object of its class")
            self._used(one, -1)
            for above in self.program.above[name]:
                self.type(above, f"{name} extends it")
        if whole:
            for member in one.members:
                if member.kind == "method" and not member.private:
                    self.member(one, member, why)

    def member(self, one: Type, member: Member, why: str) -> None:
        key = (one.id, member.index)
        if key in self.chosen.members:
            return
        self.chosen.members[key] = why
        self._words(member.words, member.literals)
        self._used(one, member.index)
        if member.kind == "type":
            return

    def named(self, type_id: str, name: str, why: str) -> None:
        """A member by its name, all that are called so; it may be one of the types above."""
        if (type_id, name) in self.chosen.wanted:
            return
        self.chosen.wanted[type_id, name] = why
        self.type(type_id, why)
        for above in self.program.above.get(type_id, ()):
            self.named(above, name, why)

    def page(self, path: str, why: str) -> None:
        if path in self.chosen.pages or path not in self.program.files:
            return
        self.chosen.pages[path] = why
        raw = self.program.read(path)[:1_000_000]
        text = raw.decode("utf-8", "replace")
        words = words_of(raw)
        self.chosen.words |= words
        for match in _INCLUDE.finditer(text):
            self._pages(match.group(1).rpartition("/")[2].rpartition(".")[0], f"{path} includes it")
        for word in sorted(words_of(" ".join(_EXPRESSION.findall(text)).encode())):
            # An expression says a property and no type
            for getter in (f"get{word[:1].upper()}{word[1:]}", f"is{word[:1].upper()}{word[1:]}", word):
                self.chosen.properties.setdefault(getter, f"{path} reads the property")
        for word in sorted(words):
            for name in self.program.by_name.get(word, ()):
                self.type(name, f"{path} names it")
                for other in sorted(words):
                    self.chosen.wanted.setdefault((name, other), f"{path} calls it")

    def demand(self, demand: Demand) -> None:
        if demand.kind == "file":
            self.page(demand.name, demand.reason)
        elif demand.kind == "module":
            self.type(demand.name, demand.reason)
        elif demand.module:
            self.named(demand.module, demand.name, demand.reason)
        else:
            for name in self.program.types:
                self.chosen.wanted.setdefault((name, demand.name), demand.reason)

    def settle(self) -> None:
        """Until nothing is added: members that are wanted by name, fields that are mentioned, and what overrides them."""
        before = -1
        while before != len(self.chosen.members) + len(self.chosen.types) + len(self.chosen.pages):
            before = len(self.chosen.members) + len(self.chosen.types) + len(self.chosen.pages)
            for name in list(self.chosen.types):
                one = self.program.types[name]
                for member in one.members:
                    why = self._needed(one, member)
                    if why:
                        self.member(one, member, why)

    def _needed(self, one: Type, member: Member) -> str:
        if (one.id, member.index) in self.chosen.members:
            return ""
        if member.kind == "field" and one.id in self.stored:
            return "part of what lies in sessions"
        if member.kind in ("field", "type"):
            mine = self._own_words(one) if member.private else self.chosen.words
            return "kept code names it" if any(name in mine for name in member.names) else ""
        for name in member.names:
            if (one.id, name) in self.chosen.wanted:
                return self.chosen.wanted[one.id, name]
            if name in self.chosen.properties and not member.private:
                return self.chosen.properties[name]
            if any((other, name) in self.chosen.wanted for other in self._family(one.id)):
                return "it overrides, or is overridden by, what is kept"
            declared = any(name in m.names for other in self._above(one.id) for m in self.program.types[other].members)
            if member.overrides and not declared:
                return "a library calls it"
            if not member.private and one.above and not declared and not self._called(name):
                return "nothing in the program calls it by name, so a library may"
        return ""

    def _own_words(self, one: Type) -> set[str]:
        found: set[str] = set()
        for member in one.members:
            if (one.id, member.index) in self.chosen.members:
                found |= member.words
        return found

    def _above(self, name: str) -> set[str]:
        found: set[str] = set()
        waiting = list(self.program.above.get(name, ()))
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self.program.above.get(one, ())
        return found

    def _family(self, name: str) -> Iterable[str]:
        """Types above and below."""
        above = self._above(name)
        return [*above, *(other for other in self.chosen.types if name in self._above(other))]

    def _called(self, name: str) -> bool:
        known = self.__dict__.setdefault("_all_calls", None)
        if known is None:
            known = {member for several in self.program.calls.values() for _, _, member in several}
            self.__dict__["_all_calls"] = known
        return name in known

    def _used(self, one: Type, index: int) -> None:
        for target, name in self.program.uses.get((one.id, index), ()):
            if name:
                self.named(target, name, f"{one.id} uses it")
            else:
                self.type(target, f"{one.id} uses it")

    def _words(self, words: Iterable[str], literals: Iterable[str]) -> None:
        self.chosen.words |= set(words)
        for literal in literals:
            if literal in self.program.types:
                self.type(literal, "named in a literal")
            self._pages(literal.rpartition("/")[2].removesuffix(".jsp"), f"named in a literal: {literal}")
            for part in literal.split(":"):
                self._pages(part, f"named in a literal: {literal}")

    def _pages(self, stem: str, why: str) -> None:
        for path in self._pages_by_stem.get(stem, ()):
            self.page(path, why)
