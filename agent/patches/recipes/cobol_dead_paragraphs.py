"""Take paragraphs out of a COBOL program that control can never reach.

Before
------
           PERFORM 1000-READ THRU 1000-EXIT.
           STOP RUN.
       1000-READ.
           READ IN-FILE AT END MOVE 'Y' TO WS-EOF-SW.
       1000-EXIT.
           EXIT.
       5000-OLD-TOTALS.
           DISPLAY WS-TOTAL.

After
-----
           PERFORM 1000-READ THRU 1000-EXIT.
           STOP RUN.
       1000-READ.
           READ IN-FILE AT END MOVE 'Y' TO WS-EOF-SW.
       1000-EXIT.
           EXIT.

Why
---
Whoever moves the program reads, converts and tests them as well. Every way that control may take is followed from the first
paragraph on: PERFORM with its ranges and sections, GO TO, SORT procedures, labels in EXEC, and falling into the next one.

When not
--------
Programs with ALTER, DECLARATIVES, ENTRY, paragraphs from copybooks or continued words are left alone, as is free format. Data
that only the removed paragraphs used stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain.patch import Proposal
from agent.domain.verdict import FileChange
from agent.patches.cobol_flow import reached
from agent.patches.cobol_source import CobolProgram, Paragraph, cobol_programs
from agent.patches.edits import Edit, apply_edits, change
from agent.ports import Codebase

__all__ = ["RECIPE"]


class DeadParagraphs:
    """One patch a program."""

    id = "cobol-dead-paragraphs"
    title = "Remove paragraphs that are never reached"
    languages = frozenset({"cobol"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        found: list[Proposal] = []
        for program in cobol_programs(code):
            dead = _dead(program) if program.is_plain else []
            if dead:
                changed, names = _without(program, dead), ", ".join(p.name for p in dead)
                found.append(
                    Proposal(
                        recipe=self.id,
                        title=f"Remove paragraphs of {program.path.rpartition('/')[2][:30]} that nothing reaches",
                        why=f"No PERFORM, GO TO or fall-through leads to {names}.",
                        changes=(changed,),
                    )
                )
        return found


def _dead(program: CobolProgram) -> list[Paragraph]:
    """Unreached ones whose names do not stand in what stays."""
    alive = reached(program)
    dead = [p for p in program.paragraphs if p.name and p.name not in alive]
    while True:
        gone = {p.name for p in dead}
        said = {w.text for p in program.paragraphs if p.name not in gone for w in p.words}
        sections = {p.name for p in dead if p.is_section and not _all_gone(program, p, gone)}
        kept = [p for p in dead if p.name not in said and p.name not in sections]
        if len(kept) == len(dead):
            return kept
        dead = kept


def _all_gone(program: CobolProgram, section: Paragraph, gone: set[str]) -> bool:
    at = program.paragraphs.index(section) + 1
    while at < len(program.paragraphs) and not program.paragraphs[at].is_section:
        if program.paragraphs[at].name not in gone:
            return False
        at += 1
    return True


def _without(program: CobolProgram, dead: Sequence[Paragraph]) -> FileChange:
    edits = []
    for paragraph in dead:
        last = paragraph.end_line
        while last > paragraph.line and (program.is_remark(last) or not program.lines.line(last).strip()):
            last -= 1  # remarks above the next header belong to that
        if paragraph.end_line == program.count:
            last = program.count
        edits.append(Edit(program.lines.start(paragraph.line), program.lines.start(last + 1), ""))
    return change(program.path, program.text, apply_edits(program.text, edits))


RECIPE = DeadParagraphs()
