"""SQL that is put together from values: sources in, places where something not constant stands in a statement's value out.

A literal that starts an SQL statement is read on through concatenations, format operators and interpolations. What is put
in counts only where SQL expects a value (after ``=``, ``LIKE``, ``(``, a comma, inside quotes): names of tables and columns
cannot be bound anyway and usually come from the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.assessment.reading import Source
from agent.assessment.reading.calls import closing
from agent.assessment.security.origins import SAFE, Origins

__all__ = ["built_statements"]

LANGUAGES = frozenset(
    {"python", "java", "kotlin", "groovy", "javascript", "typescript", "php", "csharp", "vb.net", "ruby", "perl", "go"}
)
MOST_OPERANDS = 60
_SQL = re.compile(
    r"[fFrRbBuU@$]{0,3}[\"'`]{1,3}\s*(?:SELECT\b[\s\S]{1,2000}?(?:\bFROM\b|$)|INSERT\s+(?:OR\s+\w+\s+)?INTO\s|REPLACE\s+INTO\s|UPDATE\s+[\w.`\"\[\]${}%]+\s+SET\s|DELETE\s+FROM\s)",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"(?:=|<|>|\bLIKE\b|\bIN\s*\(|\bBETWEEN\b|\bVALUES\s*\([^)]*|\bLIMIT\b|\bOFFSET\b)\s*(?:\(\s*)?['\"%]{0,3}\Z|'%?\Z",
    re.IGNORECASE,
)
_LIST = re.compile(r"\b(?:VALUES\s*|IN\s*)\([^)]*,?\s*['\"]?\Z", re.IGNORECASE)
_CONSTANT = re.compile(
    r"(?:self\.|this\.|cls\.|\w+\.)?_?[A-Z][A-Z0-9_]*\Z|-?\d+\Z|(?:True|False|true|false|null|None)\Z|(?:self|this|cls)\.(?:_?table\w*|_?prefix|_?schema)\Z",
    re.ASCII,
)
_PHP_VALUE = re.compile(r"\{?(\$\w+(?:->\w+|\[[^\]\n]{1,40}\])?)\}?")
_PYTHON_FIELD = re.compile(r"\{([^{}!:\n]{1,80})(?:![rsa])?(?::[^{}\n]{0,20})?\}")
_TEMPLATE = re.compile(r"[$#]\{([^{}\n]{1,120})\}")
_NEXT = re.compile(r"\s*(\+|\.(?![\w])|\|\||&(?!&))\s*")
_CAST = re.compile(r"(?:\([\w ]{1,12}\)\s*)?(?:new\s+)?")
_NAME = re.compile(r"[\w$@:\\]+|(?=\()")
_MORE = re.compile(r"(?:\.|->|::|\?\.)[\w$]+|(?=[(\[])")


def built_statements(source: Source) -> Iterator[tuple[int, str]]:
    """(offset of the statement, what is put in) for each statement with a value in its text."""
    if source.language not in LANGUAGES:
        return
    literals = dict(source.strings)
    origins = Origins(source)
    used = -1
    for start, end in source.strings:
        if start < used or end - start < 12:
            continue
        text = source.text[start:end]
        if not _SQL.match(text) or _is_prose(text):
            continue
        put, used = _put_in(source, literals, start, end)
        risky = [p for p in put if not _CONSTANT.match(p) and not SAFE.search(p) and not origins.is_harmless(p, start)]
        if risky:
            yield start, risky[0]


def _is_prose(text: str) -> bool:
    """A sentence that starts with a word of SQL."""
    bare = text.strip("\"'` \n")
    words = re.search(r"\b(?:the|your|this|these|an|to|please)\b", bare)
    return bare[:6] in ("Select", "Update", "Delete", "Insert") and bool(words)


def _put_in(source: Source, literals: dict[int, int], start: int, end: int) -> tuple[list[str], int]:
    """Values put into the statement that starts here, and where its expression ends."""
    found: list[str] = []
    sql = ""
    at = start
    for _ in range(MOST_OPERANDS):
        text = source.text[at:end]
        prefix = source.text[max(0, at - 2) : at]
        sql = _interpolated(source.language, prefix, text, sql, found)
        joined = _NEXT.match(source.plain, end)
        adjacent = (
            re.compile(r"\s*(?=[fFrRbBuU]{0,2}[\"'])").match(source.plain, end) if source.language == "python" else None
        )
        if joined is None and adjacent is not None:
            follow = _literal_at(source, literals, adjacent.end())
            if follow is None:
                break
            at, end = follow
            continue
        if joined is None:
            break
        if _NEXT.match(source.plain, end) and source.language in ("php", "perl") and joined.group(1) == "+":
            break
        follow = _literal_at(source, literals, joined.end())
        if follow is not None:
            at, end = follow
            continue
        after = _operand(source, joined.end())
        if after <= joined.end():
            break
        if _VALUE.search(sql[-200:]) or _LIST.search(sql[-400:]):
            found.append(source.plain[joined.end() : after].strip())
        sql += " x "
        at = end = after
    found += _formatted(source, sql, end)
    return found, end


def _operand(source: Source, at: int) -> int:
    """The end of the operand that starts at an offset: a name with its members, calls and subscripts, or a bracket."""
    code = source.code
    cast = _CAST.match(code, at)
    at = cast.end() if cast else at
    name = _NAME.match(code, at)
    if name is None:
        return at
    at = name.end()
    for _ in range(MOST_OPERANDS):
        if code[at : at + 1] in ("(", "["):
            at = min(closing(code, at)[0] + 1, len(code))
            continue
        more = _MORE.match(code, at)
        if more is None or more.end() == at:
            return at
        at = more.end()
    return at


def _literal_at(source: Source, literals: dict[int, int], at: int) -> tuple[int, int] | None:
    """The string literal at an offset, its prefix skipped."""
    for skip in range(3):
        if at + skip in literals:
            return at + skip, literals[at + skip]
        if source.text[at + skip : at + skip + 1] not in "fFrRbBuU@$":
            return None
    return None


def _interpolated(language: str, prefix: str, text: str, sql: str, found: list[str]) -> str:
    """The SQL read so far with this literal's; what is interpolated in it as a value goes to ``found``."""
    pattern = None
    if language in ("php", "perl") and text[:1] in ('"', "<"):
        pattern = _PHP_VALUE
    elif (language == "python" and re.search(r"(?i)f[rb]?\Z", prefix)) or (language == "csharp" and "$" in prefix):
        pattern = _PYTHON_FIELD
    elif (language in ("javascript", "typescript") and text[:1] == "`") or (
        language in ("ruby", "groovy", "kotlin") and text[:1] == '"'
    ):
        pattern = _TEMPLATE
    inner = text.strip("\"'`") if not text.endswith(("'\"", "'`", "\"'")) else text[1:-1].lstrip("\"'`")
    if pattern is None:
        return sql + inner
    at = 0
    for hit in pattern.finditer(inner):
        before = sql + inner[at : hit.start()]
        if _VALUE.search(before[-200:]) or _LIST.search(before[-400:]):
            found.append(hit.group(1).strip())
        sql = before + " x "
        at = hit.end()
    return sql + inner[at:]


_PLACE = re.compile(r"(?<!%)%(?:\(\w+\))?[sdrif]|\{\w*\}")


def _formatted(source: Source, sql: str, end: int) -> list[str]:
    """The statement is formatted by ``%`` or ``.format`` (Python) or is the format of String.format, sprintf, Printf."""
    at = end
    if source.language == "python":
        operator = re.compile(r"\s*(%)\s*|\s*(\.format)\s*\(").match(source.plain, end)
        if operator is None:
            return []
        at = operator.end()
        kinds = "%" if operator.group(1) else "{"
    elif source.language in ("java", "php", "go", "ruby", "perl"):
        line_start = source.line_span(source.line(max(0, end - 1)))[0]
        before = source.code[max(line_start - 300, end - 1200, 0) : end]
        if (
            not re.search(r"\b(?:String\.format|sprintf|fmt\.Sprintf)\s*\(\s*[\"'` ]*[^;]{0,600}\Z", before)
            or source.plain[end : end + 200].lstrip()[:1] != ","
        ):
            return []
        kinds = "%"
    else:
        return []
    arguments = _arguments(source, at)
    risky = []
    places = [p for p in _PLACE.finditer(sql) if p.group()[0] == kinds]
    for number, place in enumerate(places):
        before = sql[: place.start()]
        numeric = place.group()[-1] in "dif" and kinds == "%"
        if numeric or not (_VALUE.search(before[-200:]) or _LIST.search(before[-400:])):
            continue
        if named := re.match(r"[%{]\(?([A-Za-z_]\w*)[)}]", place.group()):
            word = named.group(1)
            written = rf"[\"']{word}[\"']\s*:\s*([^,}}\n]+)|\b{word}\s*=(?!=)\s*([^,)\n]+)"
            if given := re.search(written, source.plain[at : at + 1500]):
                risky.append((given.group(1) or given.group(2)).strip())
            continue
        risky.append(
            arguments[number] if number < len(arguments) else (arguments[0] if len(arguments) == 1 else "value")
        )
    return risky


def _arguments(source: Source, at: int) -> list[str]:
    text = source.code
    while at < len(text) and text[at] in " \t\n,":
        at += 1
    opening = at if text[at : at + 1] == "(" else at - 1 if text[at - 1 : at] == "(" else -1
    if opening >= 0:
        _, spans = closing(text, opening)
        return [source.plain[a:b].strip() for a, b in spans]
    after = _operand(source, at)
    rest = [source.plain[at:after].strip()] if after > at else []
    if source.language != "python":
        end = text.find(")", at)
        rest = [part.strip() for part in source.plain[at : end if end > 0 else at].split(",")]
    return rest
