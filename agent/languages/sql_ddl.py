"""SQL scripts cut into statements, and CREATE TABLE turned into columns: tolerant of every dialect, strict about none.

In goes a script's text, out come statements with the line each starts on, and for a table its columns with types and
foreign keys. One pass of patterns over the text; no dialect is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain.facts import Column

__all__ = ["CREATE_TABLE", "FOREIGN_KEY", "clean_name", "columns_of", "split_statements"]

TOKEN = re.compile(
    r"--[^\n]*|/\*.*?(?:\*/|\Z)|'(?:[^'\\]|''|\\.)*(?:'|\Z)|\"[^\"]*(?:\"|\Z)|`[^`]*(?:`|\Z)|"
    r"\$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z)|^[ \t]*delimiter[ \t]+(?P<delimiter>\S+)[^\n]*|^[ \t]*(?P<go>go|/)[ \t]*$|"
    r"(?P<word>[A-Za-z_]\w*)|(?P<end>[;$/|]{1,4})|\#[^\n]*",
    re.DOTALL | re.IGNORECASE | re.MULTILINE,
)
BODIED = re.compile(
    r"(?is)\s*create\s+(?:or\s+(?:replace|alter)\s+)?(?:definer\s*=\s*\S+\s+)?(?:(?:non)?editionable\s+)?"
    r"(?:procedure|proc|function|trigger|package|event)\b"
)
INNER = frozenset({"if", "loop", "while", "repeat", "for"})
NAME = r"(?:[\"`\[]?[\w$#-]+[\"`\]]?\s*\.\s*){0,3}(?:\"[^\"]{1,128}\"|`[^`]{1,128}`|\[[^\]]{1,128}\]|[\w$#]+)"
CREATE_TABLE = re.compile(
    rf"(?is)\s*create\s+(?:or\s+replace\s+)?(?:(?:global|local|private|temp|temporary|unlogged|cached|memory|column|"
    rf"external|foreign)\s+){{0,2}}table\s+(?:if\s+not\s+exists\s+)?(?P<name>{NAME})"
)
FOREIGN_KEY = re.compile(
    rf"(?is)foreign\s+key\s*(?:{NAME})?\s*\((?P<columns>[^()]{{1,1000}})\)\s*references\s+(?P<table>{NAME})"
)
INLINE_KEY = re.compile(rf"(?is)\breferences\s+(?P<table>{NAME})")
COLUMN = re.compile(
    rf"(?is)\s*(?P<name>{NAME})\s+(?P<type>\[?\w+\]?(?:\s+(?:varying|precision|unsigned|large\s+object|with(?:out)?\s+time\s+zone)"
    rf"\b)?(?:\s*\([^()]{{0,200}}\))?)"
)
CONSTRAINTS = frozenset(
    [
        "constraint",
        "primary",
        "foreign",
        "unique",
        "key",
        "index",
        "check",
        "fulltext",
        "spatial",
        "exclude",
        "like",
        "period",
        "partition",
    ]
)
MAX_ITEMS = 2000


def split_statements(text: str) -> Iterator[tuple[int, str]]:
    """(line, statement) in order, comments left in, terminators left out; bodies of procedures stay in one piece."""
    start, depth, delimiter = 0, 0, ";"
    bodied = began = False
    previous = ""
    line, counted = 1, 0
    for match in TOKEN.finditer(text):
        word = (match.group("word") or "").lower()
        ending = match.group("end") or ""
        if word:
            if not previous and word == "create":
                bodied, began, depth = BODIED.match(text, match.start()) is not None, False, 0
            depth, began = _depth(word, previous, depth, began) if bodied else (0, False)
            previous = word
            continue
        closes = bool(ending) and (ending == delimiter if delimiter != ";" else ";" in ending)
        inside = bodied and began and depth > 0 and delimiter == ";" and not match.group("go")
        if not (match.group("delimiter") or match.group("go") or (closes and not inside)):
            continue
        statement = text[start : match.start()]
        if statement.strip():
            lead = len(statement) - len(statement.lstrip())
            line, counted = line + text.count("\n", counted, start + lead), start + lead
            yield line, statement.strip()
        start, depth, previous, bodied, began = match.end(), 0, "", False, False
        delimiter = match.group("delimiter") or delimiter
    rest = text[start:]
    if rest.strip():
        lead = len(rest) - len(rest.lstrip())
        yield line + text.count("\n", counted, start + lead), rest.strip()


def _depth(word: str, previous: str, depth: int, began: bool) -> tuple[int, bool]:
    """Nesting of BEGIN, CASE and END; END IF and END LOOP close what was never counted."""
    if word == "begin" or (word == "case" and previous != "end"):
        return depth + 1, True
    if word == "end":
        return depth - 1, began
    if previous == "end" and word in INNER:
        return depth + 1, began
    return depth, began


def clean_name(written: str) -> str:
    """A table's own name, without schema and quotes."""
    last = (
        re.split(r"\.(?=(?:[^\"`\]]|\"[^\"]*\"|`[^`]*`|\[[^\]]*\])*\Z)", written.strip())[-1]
        if len(written) < 600
        else written
    )
    return last.strip().strip('"`[]').strip()


def columns_of(statement: str, line: int) -> tuple[Column, ...]:
    """The columns of a CREATE TABLE statement that starts on ``line``; empty for CREATE TABLE ... AS SELECT."""
    opening = CREATE_TABLE.match(statement)
    if opening is None:
        return ()
    found: dict[str, Column] = {}
    foreign: dict[str, str] = {}
    for position, item in _items(statement, opening.end()):
        first = re.match(r"\s*(\w+)", item)
        if (
            first
            and first.group(1).lower() in CONSTRAINTS
            and not re.match(r"\s*(?:key|index|period|like)\s+\w+\s*(?:,|\Z|not|null)", item, re.I)
        ):
            if key := FOREIGN_KEY.search(item):
                for name in key.group("columns").split(","):
                    foreign[clean_name(name).lower()] = clean_name(key.group("table"))
            continue
        if column := COLUMN.match(item):
            name = clean_name(column.group("name"))
            key = INLINE_KEY.search(item, column.end())
            place = line + statement.count("\n", 0, position + column.start("name"))
            written = " ".join(column.group("type").split()).strip("[]")
            found.setdefault(name, Column(name, written, place, clean_name(key.group("table")) if key else ""))
    return tuple(
        Column(c.name, c.type, c.line, c.references or foreign.get(c.name.lower(), "")) for c in found.values()
    )


def _items(statement: str, position: int) -> Iterator[tuple[int, str]]:
    """(position, text) of what stands between the outer parentheses, cut at its top-level commas, comments blanked."""
    opened = re.compile(r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*\(", re.DOTALL).match(statement, position)
    if opened is None:
        return
    depth, start, count = 1, opened.end(), 0
    blanked = list(statement)
    for match in re.finditer(
        r"--[^\n]*|/\*.*?\*/|'(?:[^'\\]|''|\\.)*'|\"[^\"]*\"|`[^`]*`|[(),]", statement[start:], re.DOTALL
    ):
        piece, at = match.group(), start_of(match, opened.end())
        if piece[:2] in ("--", "/*"):
            for index in range(at, at + len(piece)):
                blanked[index] = "\n" if statement[index] == "\n" else " "
        elif piece == "(":
            depth += 1
        elif piece == ")":
            depth -= 1
        if depth == 0 or (piece == "," and depth == 1):
            yield start, "".join(blanked[start:at])
            start, count = at + 1, count + 1
        if depth == 0 or count > MAX_ITEMS:
            return


def start_of(match: re.Match[str], base: int) -> int:
    """Where a match in a cut text lies in the whole one."""
    return base + match.start()
