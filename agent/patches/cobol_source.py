"""Fixed-format COBOL as lines, words and paragraphs: a file's text in, its procedure division out.

Columns 1 to 6 hold a number, 7 says what the line is, 8 to 72 hold code, 73 to 80 a remark: only code is ever changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from agent.patches.edits import MOST_BYTES, Lines
from agent.ports import Codebase

__all__ = ["CobolProgram", "Paragraph", "Word", "cobol_programs", "copybooks", "read_cobol"]

SUFFIXES = (".cbl", ".cob", ".cobol", ".CBL", ".COB")
COPYBOOKS = (".cpy", ".CPY", ".copy", ".cpb")
_WORD = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|==|[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?|[.](?=\s|$)|[^\s]")
_CODE_END = 72


@dataclass(frozen=True)
class Word:
    """A word in upper case with its place: line from 1, column from 0; ``area_a`` when it begins in columns 8 to 11."""

    text: str
    line: int
    column: int
    area_a: bool


@dataclass
class Paragraph:
    """A paragraph or section header with the words up to the next one. Lines are those from its header to the next."""

    name: str
    line: int
    is_section: bool
    words: list[Word] = field(default_factory=list)
    end_line: int = 0

    @property
    def sentences(self) -> list[list[str]]:
        found: list[list[str]] = [[]]
        for word in self.words:
            if word.text == ".":
                found.append([])
            else:
                found[-1].append(word.text)
        return [sentence for sentence in found if sentence]


class CobolProgram:
    """One program in fixed format."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        self.lines = Lines(text)
        self.count = len(text.splitlines())

    def code(self, number: int) -> str:
        """Columns 8 to 72, with blanks before them, so that columns stay; empty for remarks."""
        line = self.lines.line(number)
        if len(line) < 8 or line[6] in "*/$" or line[6] in "dD":
            return ""
        return " " * 7 + line[7:_CODE_END]

    def is_remark(self, number: int) -> bool:
        line = self.lines.line(number)
        return len(line) > 6 and line[6] in "*/"

    @cached_property
    def words(self) -> Sequence[Word]:
        found: list[Word] = []
        for number in range(1, self.count + 1):
            for match in _WORD.finditer(self.code(number)):
                found.append(Word(match[0].upper(), number, match.start(), 7 <= match.start() <= 10))
        return found

    @cached_property
    def procedure(self) -> int:
        """The index of the word PROCEDURE of the procedure division; the number of words when there is none or several."""
        at = [
            i
            for i, w in enumerate(self.words[:-1])
            if w.text == "PROCEDURE" and w.area_a and self.words[i + 1].text == "DIVISION"
        ]
        return at[0] if len(at) == 1 else len(self.words)

    @cached_property
    def paragraphs(self) -> Sequence[Paragraph]:
        """In the order of the text; the first may have no name (statements right behind the division's header)."""
        words = self.words[self.procedure :]
        start = next((i for i, w in enumerate(words) if w.text == "."), len(words))
        found = [Paragraph("", words[start].line if start < len(words) else 0, False)]
        at = start + 1
        while at < len(words):
            word = words[at]
            following = words[at + 1].text if at + 1 < len(words) else ""
            if word.area_a and re.fullmatch(r"[A-Z0-9][A-Z0-9_-]*", word.text) and following in (".", "SECTION"):
                found[-1].end_line = word.line - 1
                found.append(Paragraph(word.text, word.line, following == "SECTION"))
                at += 2 if following == "." else 3
                continue
            found[-1].words.append(word)
            at += 1
        found[-1].end_line = self.count
        return [p for p in found if p.name or p.words]

    @property
    def is_plain(self) -> bool:
        """Whether the flow of control can be read: no ALTER, no declaratives, no continued words, no name twice."""
        words = {w.text for w in self.words[self.procedure :]}
        names = [p.name for p in self.paragraphs]
        continued = any(self.lines.line(n)[6:7] == "-" for n in range(1, self.count + 1))
        return (
            self.procedure < len(self.words)
            and not words & {"ALTER", "DECLARATIVES", "ENTRY", "USE", ">>"}
            and "COPY" not in words
            and not continued
            and len(names) == len(set(names))
        )


def read_cobol(path: str, text: str | None) -> CobolProgram | None:
    """The program, when it is in fixed format: its divisions begin in column 8."""
    if text is None or len(text) > MOST_BYTES or "\t" in text or "\0" in text:
        return None
    heads = len(re.findall(r"^.{6} (?:IDENTIFICATION|ID|PROCEDURE)\s+DIVISION\b", text, re.MULTILINE | re.IGNORECASE))
    if not heads or re.search(r"^\s*>>\s*SOURCE|SOURCEFORMAT", text, re.MULTILINE | re.IGNORECASE):
        return None
    return CobolProgram(path, text)


def cobol_programs(code: Codebase) -> Iterator[CobolProgram]:
    for path in code.paths(*SUFFIXES):
        program = None if code.is_test(path) else read_cobol(path, code.text(path))
        if program is not None:
            yield program


def copybooks(code: Codebase) -> Sequence[str]:
    return code.paths(*COPYBOOKS)
