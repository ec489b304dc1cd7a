"""What the compiler, the container or a page says is missing, and what the monolith ran: text or lines in, demands for the next round out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from agent.extraction.slicing import Demand, Slice
from agent.extraction.slicing_java.program import JavaProgram

__all__ = ["read_java_demands", "witnessed_java_demands"]

_MISSING = re.compile(
    r"cannot find symbol \|\s*symbol:\s*(class|method|variable|constructor)\s+([\w$]{1,200})[^|\n]{0,300}"
    r"(?:\|\s*location:\s*(?:(?:variable|class|interface|package)\s+)?([^\n]{1,300}))?"
)
_ABSTRACT = re.compile(
    r"([\w$.]{1,200}|<anonymous [\w$.]{1,200}>) is not abstract and does not override abstract method ([\w$]{1,200})\("
)
_PAGE_METHOD = re.compile(r"The method ([\w$]{1,200})\([^\n]{0,200} is undefined for the type ([\w$.]{1,200})")
_PAGE_TYPE = re.compile(r"([A-Z][\w$]{0,200}) cannot be resolved")
_LOAD = re.compile(
    r"(?:NoClassDefFoundError|ClassNotFoundException|package or class|Could not initialize class)[: ]+L?([\w/$.]{1,300})"
)
_NO_METHOD = re.compile(r"NoSuchMethodError: (?:'[^']{0,100} )?([\w$.]{1,300})\.([\w$]{1,200})\(")
_NO_FIELD = re.compile(r"NoSuchFieldError: ([\w$]{1,200})")
_PROPERTY = re.compile(r"Property \[([\w$]{1,200})\] not (?:found on|readable on) type \[([\w.$]{1,300})\]")
_FILE = re.compile(r"(?:File|JSP file) (?:\[|&#91;)?/?([^\]&\n]{1,300}?)(?:\]|&#93;)? not found")


def read_java_demands(program: JavaProgram, printed: str) -> tuple[Demand, ...]:
    """Everything in the text that something which was left out would mend, in order."""
    text = printed[-400_000:]
    found: list[Demand] = []
    for match in _MISSING.finditer(text):
        kind, name, where = match.group(1), match.group(2), match.group(3) or ""
        if kind == "class":
            found += [Demand("module", one, reason=_short(match[0])) for one in program.by_name.get(name, ())]
        else:
            found += _members(program, name, where, _short(match[0]))
    for match in _ABSTRACT.finditer(text):
        found += _members(program, match.group(2), match.group(1), _short(match[0]))
    for match in _PAGE_METHOD.finditer(text):
        found += _members(program, match.group(1), match.group(2), _short(match[0]))
    for match in _PAGE_TYPE.finditer(text):
        found += [Demand("module", one, reason=match[0]) for one in program.by_name.get(match.group(1), ())]
    for match in _LOAD.finditer(text):
        name = match.group(1).replace("/", ".").partition("$")[0]
        if name in program.types:
            found.append(Demand("module", name, reason=match[0]))
    for match in _NO_METHOD.finditer(text):
        found += _members(program, match.group(2), match.group(1), match[0])
    for match in _PROPERTY.finditer(text):
        cap = match.group(1)[:1].upper() + match.group(1)[1:]
        known = {name for one in program.types.values() for member in one.members for name in member.names}
        for getter in sorted({f"get{cap}", f"is{cap}"} & known):
            found += _members(program, getter, match.group(2), match[0])
    for match in _NO_FIELD.finditer(text):
        found.append(Demand("member", match.group(1), reason=match[0]))
    for match in _FILE.finditer(text):
        pages = [path for path in program.files if path.endswith(f"/{match.group(1).lstrip('/')}")]
        found += [Demand("file", path, reason=match[0]) for path in pages]
    return tuple(dict.fromkeys(found))


def _members(program: JavaProgram, name: str, where: str, reason: str) -> Iterator[Demand]:
    """Of the types that the message names, else of any that declares it."""
    words = set(re.findall(r"[A-Za-z_$][\w$]*", where))
    declaring = [one.id for one in program.types.values() if any(name in member.names for member in one.members)]
    said = {one for word in words for one in program.by_name.get(word, ())}
    near = said | {above for one in said for above in program.above.get(one, ())}
    for one in [one for one in declaring if one in near] or declaring:
        yield Demand("member", name, one, reason)


def _short(text: str) -> str:
    return " ".join(text.split())[:200]


def witnessed_java_demands(program: JavaProgram, made: Slice, ran: Mapping[str, Collection[int]]) -> tuple[Demand, ...]:
    """For each member whose lines ran in the monolith and which the slice leaves out: that it be kept."""
    gone = {(piece.path, piece.line) for piece in made.pieces if piece.what == "removed"}
    reason = "the monolith ran it for a request that the slice answered otherwise"
    found: list[Demand] = []
    for path, lines in sorted(ran.items()):
        source = program.sources.get(path)
        for one in source.types if source else ():
            if any(one.lines[0] <= line <= one.lines[1] for line in lines) and path not in made.files:
                found.append(Demand("module", one.id, reason=reason))
            for member in one.members:
                there = path in made.files and (path, member.lines[0]) not in gone
                if not there and any(member.lines[0] <= line <= member.lines[1] for line in lines):
                    found += [Demand("member", name, one.id, reason) for name in member.names]
    return tuple(dict.fromkeys(found))
