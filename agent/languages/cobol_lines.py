"""COBOL source lines to tokens: bytes in, words, literals, periods and whole EXEC blocks out, with line numbers.

Reads fixed format (columns 8 to 72, indicator in column 7, continued literals) and free format; comments, page control
and sequence numbers are left out. One pass over the lines, no grammar, so the work is linear whatever the bytes are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["MAX_BYTES", "Row", "Text", "Token", "read_rows", "tokens_of"]

MAX_BYTES = 5_000_000
MAX_ROW = 4_000  # one logical line, all continuations joined
MAX_BLOCK = 3_000  # lines of one EXEC block
MAX_OPENINGS = 8  # EXEC blocks on one line; each is checked against the line's literals
AREA = slice(7, 72)
WIDTH = 65

DIVISION = re.compile(r"(?i)\s{0,6}(?:identification|id|environment|data|procedure)\s{1,20}division\b")
FREE = re.compile(r"(?i)\s*(?:>>\s*source\s+(?:format\s+)?(?:is\s+)?free|\$\s*set\s+sourceformat\s*\(?\s*[\"']?free)")
FIXED = re.compile(
    r"(?i)\s*(?:>>\s*source\s+(?:format\s+)?(?:is\s+)?fixed|\$\s*set\s+sourceformat\s*\(?\s*[\"']?fixed)"
)
QUOTED = re.compile(r"'[^']*'?|\"[^\"]*\"?")
TOKEN = re.compile(
    r"(?P<comment>\*>.*)|(?P<literal>'[^']*'?|\"[^\"]*\"?)|(?P<word>[\w$#@&:][\w$#@&:-]*)|(?P<period>\.(?=\s|\Z))|(?P<mark>\S)"
)
EXEC = re.compile(r"(?i)(?<![\w-])EXEC(?:UTE)?\s+(?P<kind>SQLIMS|SQL|CICS|DLI|HTML)\b")
END_EXEC = re.compile(r"(?i)(?<![\w-])END-EXEC(?![\w-])")
PAGE_CONTROL = frozenset({"SKIP1", "SKIP2", "SKIP3", "EJECT"})


class Token(NamedTuple):
    """``kind``: word (upper case) | literal (without quotes) | period | mark | SQL, CICS, DLI ... (an EXEC block's text)."""

    kind: str
    text: str
    line: int
    column: int  # from 0; the line's own, 0 for continuations
    first: bool  # nothing stands before it on its line


class Row(NamedTuple):
    """A logical line: continuations joined. ``base`` is the column that its text starts at."""

    line: int
    base: int
    text: str


@dataclass
class Text:
    """A file's logical lines and comments (line -> text), and the lines that made no sense."""

    rows: list[Row] = field(default_factory=list)
    comments: dict[int, str] = field(default_factory=dict)
    errors: list[int] = field(default_factory=list)
    free: bool = False


def read_rows(source: bytes) -> Text:
    """The file's logical lines in whichever format it is written."""
    lines = source.decode("utf-8", "replace").replace("\0", " ").replace("\x1a", " ").split("\n")
    text = Text(free=_is_free(lines))
    free = text.free
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n ")[:MAX_ROW].expandtabs(8)
        if not line:
            continue
        if FREE.match(line) or FIXED.match(line):
            free = FREE.match(line) is not None
        elif free:
            _free_row(text, number, line)
        else:
            _fixed_row(text, number, line)
    return text


def _is_free(lines: list[str]) -> bool:
    """By directive, else by where divisions start, else by what stands in the indicator column."""
    odd = plain = 0
    for raw in lines[:400]:
        line = raw.rstrip("\r").expandtabs(8)[:200]
        if FREE.match(line):
            return True
        if FIXED.match(line):
            return False
        if DIVISION.match(line):
            return len(line) - len(line.lstrip()) < 7
        if not line.strip() or line.lstrip().startswith("*"):
            continue
        if (len(line) > 6 and line[6] not in " *-/dD$") or (line[:6].strip(" 0123456789") and len(line.strip()) > 6):
            odd += 1
        else:
            plain += 1
    return odd > plain


def _free_row(text: Text, number: int, line: str) -> None:
    bare = line.lstrip()
    if bare.startswith(("*>", ">>", "$", "*")):
        text.comments[number] = bare.lstrip("*> ")
    elif not _is_page_control(line):
        text.rows.append(Row(number, 0, line))


def _fixed_row(text: Text, number: int, line: str) -> None:
    indicator, content = line[6:7], line[AREA]
    if (indicator in "*/$dD" and indicator) or content.lstrip().startswith("*>"):
        text.comments[number] = content.strip("*>- ")
        return
    if not content.strip() or _is_page_control(content):
        return
    if indicator == "-" and text.rows:
        text.rows[-1] = _continued(text.rows[-1], content)
    else:
        text.rows.append(Row(number, 7, content))


def _is_page_control(text: str) -> bool:
    return text.strip(" .").upper() in PAGE_CONTROL


def _continued(row: Row, content: str) -> Row:
    """A literal that is open at column 72 goes on behind the next line's first quote; a word goes on at once."""
    if len(row.text) > MAX_ROW:
        return row
    opened = ""
    for match in QUOTED.finditer(row.text):
        piece = match.group()
        opened = piece[0] if len(piece) == 1 or piece[-1] != piece[0] else ""
    rest = content.lstrip()
    if opened:
        pad = -len(row.text) % WIDTH if len(row.text) < WIDTH else 0
        return row._replace(text=row.text + " " * pad + rest.removeprefix(opened))
    return row._replace(text=row.text.rstrip() + rest)


def tokens_of(text: Text) -> Iterator[Token]:
    """All tokens in order; an EXEC block comes as one token whose kind is the language in it."""
    block: list[str] = []
    kind, start, column = "", 0, 0
    for row in text.rows:
        content, offset, openings = row.text, 0, 0
        while True:
            if kind:
                end, again = END_EXEC.search(content, offset), EXEC.search(content, offset)
                opened = again is not None and (end is None or again.start() < end.start())
                if opened or (end is None and len(block) > MAX_BLOCK):
                    text.errors.append(start)  # never closed: what follows is read as if it were
                    yield Token(kind, "\n".join(block), start, column, False)
                    kind, block = "", []
                    continue
                stop = end.start() if end else len(content)
                block.append(_sql_line(content[offset:stop]) if kind == "SQL" else content[offset:stop])
                if end is None:
                    break
                yield Token(kind, "\n".join(block), start, column, False)
                kind, block, offset = "", [], end.end()
            openings += 1
            opening = EXEC.search(content, offset) if openings <= MAX_OPENINGS else None
            if opening is not None and _in_literal(content, offset, opening.start()):
                opening = None
            yield from _plain(row, offset, opening.start() if opening else len(content))
            if opening is None:
                break
            kind, start, column = opening.group("kind").upper(), row.line, row.base + opening.start()
            offset = opening.end()
    if kind:
        text.errors.append(start)
        yield Token(kind, "\n".join(block), start, column, False)


def _sql_line(text: str) -> str:
    """Without a comment to the end of the line; a quote before it may mean that it is none."""
    cut = text.find("--")
    return text[:cut] if cut >= 0 and text.count("'", 0, cut) % 2 == 0 else text


def _in_literal(content: str, offset: int, position: int) -> bool:
    return any(m.start() < position < m.end() for m in QUOTED.finditer(content, offset, len(content))) or (
        "*>" in content[offset:position]
    )


def _plain(row: Row, start: int, end: int) -> Iterator[Token]:
    first = not row.text[:start].strip()
    for match in TOKEN.finditer(row.text, start, end):
        kind = match.lastgroup or "mark"
        if kind == "comment":
            return
        text = match.group()
        if kind == "literal":
            text = text[1:-1] if len(text) > 1 and text[-1] == text[0] else text[1:]
        elif kind == "word":
            text = text.upper()
        yield Token(kind, text, row.line, row.base + match.start(), first)
        first = False
