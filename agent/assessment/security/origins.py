"""Where a value comes from, as far as its function tells: an expression and a place in; harmless or not out.

Harmless are constants, numbers, escaped and checked values, times, and what the database itself gave back. Parameters, the
request and what cannot be traced are not. One function is read, backwards from the place; nothing is followed out of it.
"""

from __future__ import annotations

import re

from agent.assessment.reading import Block, Source, functions
from agent.assessment.reading.blocks import braced, enclosing
from agent.assessment.reading.calls import closing

__all__ = ["REQUEST", "SAFE", "Origins"]

SAFE = re.compile(
    r"(?i)\b(?:int|intval|floatval|float|parseInt|parseFloat|Number|Integer\.parseInt|Long\.parseLong|Integer\.valueOf|long|quote\w*|\w*escape\w*|"
    r"literal|adapt|Convert\.ToInt\d+|CInt|CLng|number_format|abs|count|len|strlen|sizeof|length|size|date|strftime|strtotime|mktime|"
    r"placeholders?|repeat|str_repeat|array_fill|db_quote|sql_quote|esc|round|floor|ceil|max|min|range|lastInsertId|mysqli?_insert_id|insert_id|nextval|md5|sha1|hash\w*|hexdigest|uuid\w*|uniqid)\s*\("
    r"|\(\s*(?:int|float|integer|double|bool)\s*\)|\.length\b|\.size\(\)|\barray_map\s*\(\s*['\"](?:intval|esc\w*|\w*quote\w*)['\"]|\.(?:isoformat|toISOString|getTime|hexdigest|strftime)\b"
)
REQUEST = re.compile(
    r"\$_(?:GET|POST|REQUEST|COOKIE|SERVER|FILES)\b|\bgetParameter|\breq\.(?:query|params|body|headers|cookies)\b|\brequest\.(?:args|form|values|GET|POST|params|json|cookies|headers|query)|"
    r"\bgetHeader|\bgetQueryString|\bparams\[|\bphp://input|\bRequest\.(?:QueryString|Form|Params|Cookies)|\binput\s*\(|\bsys\.argv\b|\bargv\b|\breadline\b"
)
_ROWS = re.compile(
    r"(?i)\b(?:db_\w+|\w*fetch\w*|\w*query\w*|select\w*|execute\w*|find\w*|rows?|all|one|first|get_?(?:row|all|one|value)s?|load\w*|cursor|result\w*|rs\.get\w+|getInt|getLong|nextId|next_\w+)\s*\("
)
_CHECKED = r"(?i)\b(?:in_array|preg_match|ctype_\w+|is_numeric|is_int|checkdate|array_key_exists)\s*\((?:\s*(?:'[^'\n]{{0,200}}'|\"[^\"\n]{{0,200}}\"))?[^;{{}}\n]{{0,120}}{name}|{name}\s*(?:not\s+)?in\s*[\[(]|{name}\.(?:isdigit|isalnum|matches)\b|\bisset\s*\(\s*\$\w+\[\s*{name}\s*\]"
_VARIABLE = re.compile(r"(?<![\w.>:'\"])(\$?[A-Za-z_]\w*)(?!\s*\(|[\w])")
_WORDS = frozenset(
    "if else and or not in is new return null None True False true false this self cls as for array list".split()
)
_PLACES = re.compile(r"[\"']\s*\(?\??(?:\?|%s)(?:\s*,\s*)?\)?[\"']")
# One of two constants, whichever the condition says: `$good ? 'good' : 'bad'`, `"asc" if up else "desc"`.
_EITHER = re.compile(
    r"\s*(?:[^?:'\"]{1,200}\?\s*(?:''|\d+)\s*:\s*(?:''|\d+)|(?:''|\d+)\s+if\b[^'\"]{1,200}\belse\s+(?:''|\d+))\s*\)?\s*"
)
_ROW_NUMBER = re.compile(r"(\$?[A-Za-z_]\w*)(?:\[\s*[\"']\w*_?id[\"']\s*\]|->\w*id|\.(?:\w+_)?id)")
_GIVEN_BACK = re.compile(r"\s*(?:new\s+)?[A-Za-z_][\w.:>\\-]*\s*\(")
_NUMBER = re.compile(r"\bget\w*(?:Id|Count|Number)\s*\(\s*\)\Z")
_TYPES = r"(?:long|int|short|double|float|boolean|bool|decimal|Integer|Long|Short|Double|Float|Boolean|BigDecimal|BigInteger|java\.util\.Date|Date|LocalDate|LocalDateTime|Timestamp|Instant|UUID|Guid|DateTime|uint\d*|int\d+)"
_WAY_OUT = re.compile(r"\b(?:return|throw|die|exit|die_page|abort|continue|break|raise)\b|=[^=]")
MOST_DEPTH = 3


class Origins:
    """Of one file; functions are found when first needed."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._blocks: list[Block] | None = None

    def is_harmless(self, expression: str, offset: int, depth: int = 0) -> bool:
        """Whether nothing that somebody outside controls can be in it, as far as this function shows."""
        bare = re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", "''", expression)
        if _EITHER.fullmatch(bare):
            return True
        if self._is_row_number(expression, offset):
            return True
        if REQUEST.search(expression):
            return bool(SAFE.search(bare))
        if SAFE.search(bare) or _ROWS.search(bare) or _NUMBER.search(bare) or _PLACES.search(expression):
            return True
        variables = [v for v in _VARIABLE.findall(bare) if v not in _WORDS and not re.fullmatch(r"[A-Z][A-Z0-9_]*", v)]
        if not variables:
            return True
        return all(self._is_harmless_variable(v, offset, depth) for v in variables)

    def _is_row_number(self, expression: str, offset: int) -> bool:
        """The number of a row that a function gave back, whatever the function was asked: `$t['id']` of `$t = ticket_get(...)`."""
        found = _ROW_NUMBER.fullmatch(expression.strip())
        if found is None or REQUEST.search(found.group(1)):
            return False
        given = self._given(found.group(1), self._function(offset)[1], offset)
        return given is not None and given[1] < offset and bool(_GIVEN_BACK.match(given[0]))

    def request_way(self, expression: str, offset: int, depth: int = 0) -> str | None:
        """What an expression's variables were given on the way from the request, innermost last; None when they were not."""
        bare = re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", "''", expression)
        _, body = self._function(offset)
        for name in dict.fromkeys(_VARIABLE.findall(bare)):
            given = self._given(name, body, offset) if name not in _WORDS else None
            if given is None or given[1] >= offset:
                continue
            value, at = given
            bare_value = re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", "''", value)
            if _ROWS.search(bare_value):
                continue  # it only says which row; the value is the database's
            if REQUEST.search(value):
                return value
            further = self.request_way(value, at, depth + 1) if depth < MOST_DEPTH else None
            if further is not None:
                return f"{further} {value}"
        return None

    def _is_harmless_variable(self, name: str, offset: int, depth: int) -> bool:
        head, body = self._function(offset)
        plain = self._source.plain
        if re.search(
            rf"\b{_TYPES}\s+{re.escape(name)}\b|(?<!\w){re.escape(name)}\s*:\s*(?:int|float|bool|number|date|datetime|UUID)\b",
            plain[head:offset],
        ):
            return True
        if self._is_checked(name, body, offset):
            return True
        given = self._given(name, body, offset)
        if given is None:
            return False  # a parameter, or from outside of the function
        value, at = given
        if depth >= MOST_DEPTH or not value.strip() or at >= offset:
            return False
        return self.is_harmless(value, at, depth + 1)

    def _is_checked(self, name: str, body: int, offset: int) -> bool:
        """Whether a check of a variable holds at a place: the place lies in what the check guards, or after a way out."""
        code = self._source.code
        for m in re.finditer(_CHECKED.format(name=re.escape(name)), self._source.plain[body:offset]):
            at = body + m.start()
            condition = re.search(r"\b(?:else\s*)?if\s*\([^;{}]*\Z", code[max(body, at - 300) : at])
            if condition is None:
                return True  # a value that is chosen by the check, or a language without braces
            opening = code.find("(", max(body, at - 300) + condition.start())
            block = braced(code, opening, closing(code, opening)[0] + 1)
            if block is None:
                return True
            refused = code[:at].rstrip().endswith("!")
            if refused and _WAY_OUT.search(code, block.start, block.end):
                return True
            if not refused and block.start <= offset <= block.end:
                return True
        return False

    def _function(self, offset: int) -> tuple[int, int]:
        if self._blocks is None:
            self._blocks = functions(self._source)
        block = enclosing(self._blocks, offset)
        return (block.head, block.start) if block else (max(0, offset - 6000), max(0, offset - 6000))

    def _given(self, name: str, body: int, offset: int) -> tuple[str, int] | None:
        """The last value given to a name before a place, and where."""
        escaped = re.escape(name)
        pattern = re.compile(
            rf"(?<![\w.>$]){escaped}\s*(?:\[[^\]\n]{{0,40}}\]\s*)?[.+]?=(?![=>])\s*(?P<value>[^;\n]{{0,400}})|"
            rf"\bfor(?:each)?\s*(?:my\s+)?\(?(?P<list>[^;\n]{{1,200}}?)\s+as\s+(?:\$\w+\s*=>\s*)?{escaped}\s*\)|"
            rf"\bfor\s+(?:[\w, ()]{{0,40}},\s*)?{escaped}(?:\s*,[\w, ]{{0,40}})?\s+in\s+(?P<items>[^:\n]{{1,200}})|"
            rf"\bfor\s*\(\s*(?:const|let|var|final\s+)?\s*[\w<>\[\] ]{{0,40}}?{escaped}\s*(?::|of)\s*(?P<each>[^)\n]{{1,200}})|"
            rf"\blist\s*\([^)\n]{{0,100}}{escaped}[^)\n]{{0,100}}\)\s*=\s*(?P<parts>[^;\n]{{0,300}})"
        )
        last = None
        for found in pattern.finditer(self._source.plain, body, offset):
            last = found
        if last is None:
            return None
        value = next(
            v for v in (last["value"], last["list"], last["items"], last["each"], last["parts"], "") if v is not None
        )
        return value, last.start()
