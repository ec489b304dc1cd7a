"""Visual Basic source to statements: comments gone, literals blank, continued lines joined, each with its first line.

Understands the explicit continuation (`` _``), the implicit one (an open bracket, a comma or an operator at the end) and
colons between statements. One pass over the lines, so the work is linear whatever the bytes are.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Statement", "statements_of"]

MAX_LINE = 20_000
MAX_JOINED = 300  # lines of one statement
PIECE = re.compile(r"\"(?:[^\"]|\"\")*\"?c?|'|\u2019")
REMARK = re.compile(r"(?i)(?:^|:)[ \t]*rem(?:[ \t]|$)")
GOES_ON = re.compile(
    r"(?:[,({&+*/=<.]|[ \t](?:And|AndAlso|Or|OrElse|Xor|Mod|In|Is|IsNot|From|Where|Select|Like))[ \t]*\Z", re.IGNORECASE
)
BRACKET = re.compile(r"[()\[\]{}]")


class Statement(NamedTuple):
    """``text`` has ``"..."`` for every literal; ``comment`` is the documentation above it."""

    text: str
    line: int
    last: int
    comment: str


def statements_of(source: str) -> list[Statement]:
    """All statements in order."""
    found: list[Statement] = []
    parts: list[str] = []
    notes: list[str] = []
    start, opened = 0, 0
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, raw in enumerate(lines, 1):
        code, comment = _without_comment(raw[:MAX_LINE])
        if not parts:
            start = number
        bare = code.strip()
        if not bare and not parts:
            if comment and len(notes) < 30:
                notes.append(comment)
            elif not comment:
                notes.clear()
            continue
        if bare.startswith("#") and not parts:  # #If, #Region
            continue
        explicit = bare == "_" or bare.endswith((" _", "\t_"))
        parts.append(bare[:-1].rstrip() if explicit else bare)
        opened += sum(1 if mark in "([{" else -1 for mark in BRACKET.findall(code))
        implicit = bare and (opened > 0 or GOES_ON.search(" " + bare) is not None) and not bare.startswith(("<", "#"))
        if (explicit or implicit or (_is_attribute(bare) and len(parts) < 20)) and len(parts) < MAX_JOINED:
            continue
        _add(found, " ".join(parts), start, number, notes)
        parts, notes, opened = [], [], 0
    if parts:
        _add(found, " ".join(parts), start, len(lines), notes)
    return found


def _is_attribute(bare: str) -> bool:
    """An attribute on a line of its own belongs to the declaration below."""
    return bare.startswith("<") and bare.endswith(">") and not bare.lower().startswith(("<assembly", "<module"))


def _add(found: list[Statement], text: str, start: int, last: int, notes: list[str]) -> None:
    comment = "\n".join(notes)
    depth, begin = 0, 0
    if ":" in text:
        for position, mark in enumerate(text):
            depth += (mark in "([{") - (mark in ")]}")
            if mark == ":" and depth <= 0 and text[position + 1 : position + 2] != "=":
                if text[begin:position].strip():
                    found.append(Statement(text[begin:position].strip(), start, last, comment))
                begin = position + 1
    if text[begin:].strip():
        found.append(Statement(text[begin:].strip(), start, last, comment))


def _without_comment(line: str) -> tuple[str, str]:
    """(the code with blank literals, the comment)."""
    pieces: list[str] = []
    at = 0
    for match in PIECE.finditer(line):
        if match[0][0] != '"':
            pieces.append(line[at : match.start()])
            return "".join(pieces), line[match.end() :].strip("' \t")
        pieces.append(line[at : match.start()] + '""')
        at = match.end()
    code = "".join(pieces) + line[at:]
    remark = REMARK.search(code)
    return (code[: remark.start()], code[remark.end() :].strip()) if remark is not None else (code, "")
