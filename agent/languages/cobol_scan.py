"""What one COBOL source says: the nouns that `agent.languages.cobol_walk` fills and that frameworks read.

A `Scan` holds a file's paragraphs, calls, copies, files, data items and EXEC blocks in source order, and knows which
literals may reach a data item.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from agent.languages.cobol_lines import Text

__all__ = ["MAX_LITERALS", "PROGRAM", "Block", "Call", "Copy", "FileUse", "Item", "Jump", "Paragraph", "Scan"]

MAX_LITERALS = 40  # kept for one item
PROGRAM = re.compile(r"[A-Z$#@][A-Z0-9$#@_-]{0,30}\Z")
NAME_LIKE = re.compile(r"[A-Za-z$#@][\w$#@./-]{0,43}\Z")


class Call(NamedTuple):
    """A program called by a literal or through a data item."""

    scope: str
    target: str
    literal: bool
    line: int


class Jump(NamedTuple):
    """PERFORM or GO TO; ``last`` is the procedure after THRU."""

    scope: str
    target: str
    section: str
    last: str
    line: int


class Copy(NamedTuple):
    """COPY or EXEC SQL INCLUDE."""

    member: str
    library: str
    line: int
    verb: str


class FileUse(NamedTuple):
    """A file or record that a statement names; ``mode``: read | write | update."""

    scope: str
    verb: str
    name: str
    mode: str
    line: int


class Block(NamedTuple):
    """The text of an EXEC block."""

    kind: str
    text: str
    line: int
    scope: str


@dataclass
class Paragraph:
    """A paragraph, a section or a contained program."""

    scope: str
    name: str
    section: str
    line: int
    end: int
    kind: str
    doc: str = ""
    complexity: int = 1


@dataclass
class Item:
    """A data item; ``size`` is its PICTURE's length when that is plain, ``file`` the FD that it lies under."""

    level: int
    name: str
    line: int
    size: int = 0
    value: str = ""
    redefines: str = ""
    file: str = ""


@dataclass
class Scan:
    """Everything that one file says, in source order."""

    text: Text
    name: str = ""
    name_line: int = 1
    programs: list[tuple[str, str, int]] = field(default_factory=list)  # (name, scope, line) of contained ones, entries
    paragraphs: list[Paragraph] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    jumps: list[Jump] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    selects: dict[str, tuple[str, int]] = field(default_factory=dict)  # file -> (name it is assigned to, line)
    files: dict[str, int] = field(default_factory=dict)  # FD and SD -> line
    sorts: set[str] = field(default_factory=set)  # SD: work files of SORT and MERGE
    copied_records: set[str] = field(default_factory=set)  # FDs whose record is in a copybook
    file_uses: list[FileUse] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    moves: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def defined(self) -> frozenset[str]:
        """The names of the items that this file declares."""
        return frozenset(item.name for item in self.items)

    def give(self, item: str, literal: str) -> None:
        """Note that an item may hold a literal that looks like a name."""
        literal = literal.strip()
        known = self.values.setdefault(item, []) if NAME_LIKE.match(literal) else []
        if len(known) < MAX_LITERALS and literal.upper() not in known:
            known.append(literal.upper())

    def literals(self, item: str) -> tuple[tuple[str, ...], bool]:
        """The literals that may reach an item in this file, and whether nothing unknown may."""
        found: dict[str, None] = {}
        seen, pending, closed = {item}, [item], True
        defined = self.defined
        while pending and len(seen) < 200:
            current = pending.pop()
            sources = self.moves.get(current, ())
            found.update(dict.fromkeys(self.values.get(current, ())))
            closed = closed and (bool(self.values.get(current)) or bool(sources)) and current in defined
            fresh = [s for s in sources if s not in seen]
            seen.update(fresh)
            pending.extend(fresh)
        return tuple(found), closed

    def has_unknown(self, item: str) -> bool:
        """Whether one program is known for an item, and others may reach it from a file, a screen or a caller.

        A call through it becomes an edge to the one, so that the rest must be counted. Without any, or with several,
        the call itself counts as unresolved.
        """
        literals, closed = self.literals(item)
        return not closed and len([literal for literal in literals if PROGRAM.match(literal)]) == 1
