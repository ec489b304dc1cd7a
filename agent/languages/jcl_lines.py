"""JCL text to statements: job control lines joined, operands split, in-stream data attached to its DD statement.

Takes decoded text, gives one `Statement` for each JOB, EXEC, DD, PROC, SET ... with keyword and positional operands.
One pass; nothing is expanded here, symbols (``&HLQ``) stay as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["MAX_DATA_LINES", "Statement", "parts_of", "statements_of", "unquoted"]

MAX_DATA_LINES = 5_000
MAX_OPERANDS = 8_000
HEAD = re.compile(r"//(?P<name>[^\s,]{0,40})\s+(?P<operation>[A-Za-z]{2,10})(?:\s+(?P<rest>.*))?\Z")
OPERATIONS = frozenset(
    "JOB EXEC DD PROC PEND SET INCLUDE JCLLIB OUTPUT IF ELSE ENDIF COMMAND XMIT EXPORT CNTL ENDCNTL".split()
)


@dataclass
class Statement:
    """One statement. A nameless DD continues the concatenation before it."""

    name: str
    operation: str
    line: int
    text: str
    keywords: dict[str, str] = field(default_factory=dict)
    positional: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)


def statements_of(text: str) -> Iterator[Statement]:
    """Statements in order; comments, delimiters and what is no JCL at all are left out."""
    lines = text.split("\n")
    place = 0
    while place < len(lines):
        line = _column(lines[place])
        number, place = place + 1, place + 1
        if not line.startswith("//") or line.startswith("//*"):
            continue
        match = HEAD.match(line)
        if match is None or match.group("operation").upper() not in OPERATIONS:
            continue
        operands = _field(match.group("rest") or "")
        while operands.endswith(",") and place < len(lines) and len(operands) < MAX_OPERANDS:
            following = _column(lines[place])
            if following.startswith("//*"):
                place += 1
                continue
            if not following.startswith("// ") or not following[2:].strip():
                break
            operands += _field(following[2:].lstrip(), _quoted(operands))
            place += 1
        statement = Statement(match.group("name").upper(), match.group("operation").upper(), number, operands)
        _split(statement)
        if statement.operation == "DD" and statement.positional[:1] in (["*"], ["DATA"]):
            place = _data(statement, lines, place)
        yield statement


def _column(line: str) -> str:
    """Columns 1 to 71: what follows is a continuation mark and numbering."""
    return line.rstrip("\r\n")[:71].rstrip()


def _quoted(text: str) -> bool:
    return text.count("'") % 2 == 1


def _field(rest: str, inside: bool = False) -> str:
    """The operand field: up to the first blank that is not between apostrophes."""
    for place, character in enumerate(rest):
        if character == "'":
            inside = not inside
        elif character == " " and not inside:
            return rest[:place]
    return rest


def _split(statement: Statement) -> None:
    for part in parts_of(statement.text):
        key, equals, value = part.partition("=")
        if equals and re.match(r"[A-Za-z$#@][\w$#@.]{0,40}\Z", key):
            statement.keywords.setdefault(key.upper(), value)
        else:
            statement.positional.append(part)


def parts_of(text: str) -> list[str]:
    """Operands between the commas that lie in no brackets and no apostrophes."""
    parts, start, depth, inside = [], 0, 0, False
    for place, character in enumerate(text):
        if character == "'":
            inside = not inside
        elif inside:
            continue
        elif character == "(":
            depth += 1
        elif character == ")":
            depth = max(0, depth - 1)
        elif character == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return [part for part in parts if part]


def unquoted(text: str) -> str:
    """Without brackets and apostrophes around it."""
    return text.strip().removeprefix("(").removesuffix(")").strip("'")


def _data(statement: Statement, lines: list[str], place: int) -> int:
    """In-stream data, up to its delimiter; DD * also ends at the next statement."""
    delimiter = unquoted(statement.keywords.get("DLM", "")) or "/*"
    own = delimiter != "/*" or statement.positional[0] == "DATA"
    while place < len(lines):
        line = lines[place].rstrip("\r\n")
        if line.startswith(delimiter):
            return place + 1
        if not own and line.startswith("//"):
            return place
        if len(statement.data) < MAX_DATA_LINES:
            statement.data.append(line[:72])
        place += 1
    return place
