"""Replace GO TO the exit paragraph by EXIT PARAGRAPH, and PERFORM ... THRU by PERFORM, where that is provably the same.

Before
------
           PERFORM 1000-READ THRU 1000-EXIT.
       1000-READ.
           READ IN-FILE AT END
               MOVE 'Y' TO WS-EOF-SW
               GO TO 1000-EXIT.
           ADD 1 TO WS-COUNT.
       1000-EXIT.
           EXIT.

After
-----
           PERFORM 1000-READ.
       1000-READ.
           READ IN-FILE AT END
               MOVE 'Y' TO WS-EOF-SW
               EXIT PARAGRAPH.
           ADD 1 TO WS-COUNT.

Why
---
A paragraph that is left by its end alone can be moved, translated and tested as one routine. The shape: the exit paragraph
stands right behind, holds nothing but EXIT, is gone to from the paragraph before it alone, and is named by no other PERFORM.

When not
--------
Where the program is compiled by a compiler without EXIT PARAGRAPH (IBM Enterprise COBOL before 5, OS/VS COBOL): the
check under GnuCOBOL cannot see that, which is why this is done when it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from agent.domain.patch import Proposal
from agent.patches.cobol_source import CobolProgram, Paragraph, Word, cobol_programs
from agent.patches.edits import Edit, apply_edits, change
from agent.ports import Codebase

__all__ = ["RECIPE"]

_CODE_END = 72


class GotoStructuring:
    """One patch a program."""

    id = "cobol-goto-structuring"
    title = "Structure exits of COBOL paragraphs"
    languages = frozenset({"cobol"})
    default = False  # not every compiler knows EXIT PARAGRAPH

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        found: list[Proposal] = []
        for program in cobol_programs(code):
            if not program.is_plain:
                continue
            edits, names = _edits(program)
            after = apply_edits(program.text, edits)
            if after != program.text:
                found.append(
                    Proposal(
                        recipe=self.id,
                        title=f"Structure the exits of {program.path.rpartition('/')[2][:40]}",
                        why="A paragraph that is left at its own end is one routine: the exit paragraphs and the jumps to them are "
                        f"gone. Structured: {', '.join(names)}.",
                        changes=(change(program.path, program.text, after),),
                    )
                )
        return found


def _edits(program: CobolProgram) -> tuple[list[Edit], list[str]]:
    by_line: dict[int, list[tuple[int, int, str]]] = {}
    gone: list[tuple[int, int]] = []
    names: list[str] = []
    paragraphs = program.paragraphs
    for paragraph, behind in pairwise(paragraphs):
        pieces = _structured(program, paragraph, behind)
        last = behind.end_line
        while last > behind.line and (program.is_remark(last) or not program.lines.line(last).strip()):
            last -= 1
        if pieces is None or any(program.is_remark(n) for n in range(behind.line, last)):
            continue
        for number, start, end, text in pieces:
            by_line.setdefault(number, []).append((start, end, text))
        gone.append((behind.line, last))
        names.append(paragraph.name)
    edits = [Edit(program.lines.start(a), program.lines.start(b + 1), "") for a, b in gone]
    for number, changes in by_line.items():
        at = program.lines.start(number)
        line = program.lines.line(number)
        edits.append(Edit(at, at + len(line), _rewritten(line, changes)))
    return edits, names


def _structured(
    program: CobolProgram, paragraph: Paragraph, behind: Paragraph
) -> list[tuple[int, int, int, str]] | None:
    """(line, start, end, text) of what changes, when the shape is there."""
    if not paragraph.name or paragraph.is_section or behind.is_section or behind.sentences != [["EXIT"]]:
        return None
    pieces: list[tuple[int, int, int, str]] = []
    for holder in program.paragraphs:
        words = holder.words
        for at, word in enumerate(words):
            if word.text != behind.name:
                continue
            before = [w.text for w in words[max(0, at - 3) : at]]
            if before[-2:] == ["GO", "TO"] and holder is paragraph:
                same = words[at - 2].line == word.line
                if not same or words[at - 1].line != word.line:
                    return None
                pieces.append((word.line, words[at - 2].column, word.column + len(word.text), "EXIT PARAGRAPH"))
            elif before[-3:-1] == ["PERFORM", paragraph.name] and before[-1] in ("THRU", "THROUGH"):
                if not _one_line(words[at - 2 : at + 1]):
                    return None
                start = words[at - 2].column + len(words[at - 2].text)
                pieces.append((word.line, start, word.column + len(word.text), ""))
            else:
                return None
    if not any(text == "" for *_, text in pieces):
        return None
    return pieces


def _one_line(words: Sequence[Word]) -> bool:
    return len({word.line for word in words}) == 1


def _rewritten(line: str, changes: Sequence[tuple[int, int, str]]) -> str:
    """The line with its columns 73 to 80 where they were."""
    code, remark = line[:_CODE_END], line[_CODE_END:]
    for start, end, text in sorted(changes, reverse=True):
        code = code[:start] + text + code[end:]
    code = code.rstrip() if not remark else code
    return code.ljust(_CODE_END)[:_CODE_END] + remark if remark else code


RECIPE = GotoStructuring()
