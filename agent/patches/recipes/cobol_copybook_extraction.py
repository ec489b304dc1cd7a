"""Move a record that two or more COBOL programs spell out in the same way into one copybook.

Before
------
    * two programs, each with
       01  CT-RECORD.
           05  CT-KEY                      PIC X(08).
           05  CT-AMOUNT                   PIC S9(9)V99.
           05  CT-STATUS                   PIC X(01).

After
-----
    * both programs
           COPY CTRECORD.

    * cpy/CTRECORD.cpy
       01  CT-RECORD.
           05  CT-KEY                      PIC X(08).
           05  CT-AMOUNT                   PIC S9(9)V99.
           05  CT-STATUS                   PIC X(01).

Why
---
One layout in several programs drifts apart: a field gets longer in one of them only. The lines have to be the same in
columns 7 to 72, names and remarks included; at least three of them below the record's own.

When not
--------
When the programs belong to different applications that happen to agree. Where the repository has no copybooks yet nothing is
changed, since nobody has told the compiler where to look for them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.domain.patch import Proposal
from agent.domain.verdict import FileChange
from agent.patches.cobol_source import CobolProgram, cobol_programs, copybooks
from agent.patches.edits import Edit, apply_edits, change, newline_of
from agent.ports import Codebase

__all__ = ["RECIPE"]

_RECORD = re.compile(r"^ {7}0?1  +([A-Z0-9][A-Z0-9-]*)\s*\.", re.IGNORECASE)
_FEWEST = 4
_MOST = 10


@dataclass(frozen=True)
class Record:
    """A 01 entry with its subordinate lines: from ``first`` to ``last``."""

    program: CobolProgram
    name: str
    first: int
    last: int
    layout: str


class CopybookExtraction:
    """One patch a record."""

    id = "cobol-copybook-extraction"
    title = "Extract a record into a copybook"
    languages = frozenset({"cobol"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        books = copybooks(code)
        if not books:
            return ()
        folder, suffix = _house(books)
        taken = {_stem(path) for path in books}
        programs = list(cobol_programs(code))
        taken |= {_stem(program.path) for program in programs}
        texts = {program.path: program.text for program in programs}
        by_layout: dict[str, list[Record]] = defaultdict(list)
        for program in programs:
            for record in _records(program):
                by_layout[record.layout].append(record)
        shared = [
            records
            for records in by_layout.values()
            if len({r.program.path for r in records}) >= 2 and len({r.program.path for r in records}) == len(records)
        ]
        shared.sort(key=lambda records: (-len(records), records[0].program.path, records[0].first))
        found: list[Proposal] = []
        for records in shared[:_MOST]:
            name = _free_name(records[0].name, taken)
            if not name:
                continue
            taken.add(name)
            path = f"{folder}/{name}{suffix}" if folder else f"{name}{suffix}"
            found.append(self._proposal(name, records, list(_changes(records, name, path, texts))))
        return found

    def _proposal(self, name: str, records: Sequence[Record], changes: Sequence[FileChange]) -> Proposal:
        return Proposal(
            recipe=self.id,
            title=f"Move {records[0].name[:30]} into the copybook {name}",
            why=f"{len(records)} programs spell out the same record: a field that gets longer in one of them only breaks the others.",
            changes=tuple(changes),
        )


def _house(books: Sequence[str]) -> tuple[str, str]:
    """The folder and suffix of most copybooks."""
    folders = Counter(path.rpartition("/")[0] for path in books)
    folder = min(folders, key=lambda f: (-folders[f], f))
    suffixes = Counter(path[path.rindex(".") :] for path in books if path.rpartition("/")[0] == folder)
    return folder, min(suffixes, key=lambda s: (-suffixes[s], s))


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0].upper()


def _free_name(record: str, taken: set[str]) -> str:
    """At most eight letters and digits, beginning with a letter, that no program or copybook has."""
    bare = re.sub(r"[^A-Z0-9]", "", record.upper())
    bare = bare if bare[:1].isalpha() else f"C{bare}"
    for name in (bare[:8], *(f"{bare[:7]}{n}" for n in range(2, 10))):
        if name and name not in taken:
            return name
    return ""


def _records(program: CobolProgram) -> Iterator[Record]:
    last_line = program.words[program.procedure].line - 1 if program.procedure < len(program.words) else program.count
    number = 1
    while number <= last_line:
        found = _RECORD.match(program.code(number))
        if not found:
            number += 1
            continue
        end = number
        while end < last_line and _belongs(program, end + 1):
            end += 1
        while end > number and program.is_remark(end):
            end -= 1
        lines = [program.lines.line(n)[6:72].rstrip() for n in range(number, end + 1)]
        if (
            len(lines) >= _FEWEST
            and not _is_private(found[1], lines)
            and not any(re.search(r"\bCOPY\b|\bEXEC\b|:", line, re.I) or line[:1] == "-" for line in lines)
        ):
            yield Record(program, found[1].upper(), number, end, "\n".join(lines))
        number = end + 1


def _is_private(name: str, lines: Sequence[str]) -> bool:
    """Switches and counters of one program: they only happen to look alike."""
    values = any(re.search(r"\bVALUES?\b", line, re.IGNORECASE) and not re.match(r".\s*88\b", line) for line in lines)
    return values or re.match(r"(?:WS|WK|W|WORK|SW)-", name, re.IGNORECASE) is not None


def _belongs(program: CobolProgram, number: int) -> bool:
    """A subordinate entry, the rest of one, or a remark among them."""
    if program.is_remark(number):
        return True
    code = program.code(number)
    if not code.strip():
        return False
    if len(program.lines.line(number)) < 8:
        return False
    first = code.split()[0].upper()
    if re.fullmatch(r"\d\d?\.?", first):
        return 2 <= int(first.rstrip(".")) <= 49 or first.rstrip(".") == "88"
    # a clause that goes on: the line before it has not ended its sentence
    before = number - 1
    while before > 1 and program.is_remark(before):
        before -= 1
    return not program.code(before).rstrip().endswith(".")


def _changes(records: Sequence[Record], name: str, path: str, texts: dict[str, str]) -> Iterator[FileChange]:
    end = newline_of(records[0].program.text)
    layout = "".join(f"      {line}{end}" for line in records[0].layout.split("\n"))
    yield change(path, None, layout)
    for record in records:
        before = texts[record.program.path]
        program = CobolProgram(record.program.path, before)
        found = next((r for r in _records(program) if r.layout == record.layout), None)
        if found is None:
            continue
        head = program.lines.line(found.first)
        copy = f"{head[:6]}     COPY {name}."
        copy = copy.ljust(72) + head[72:] if len(head) > 72 else copy
        edit = Edit(program.lines.start(found.first), program.lines.start(found.last + 1), copy + newline_of(before))
        texts[program.path] = apply_edits(before, [edit])
        yield change(program.path, before, texts[program.path])


RECIPE = CopybookExtraction()
