"""Constants in source: which ones a file holds, and which are particular enough to be told from chance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from agent.ports import Language
from agent.validation.syntax import Syntax, read_syntax

__all__ = ["expected_values", "is_telling", "literals_of", "number_value"]

NUMBER = re.compile(r"^-?[\d_]*\.?[\d_]+([eE][-+]?\d+)?$|^-?0[xXoObB][\da-fA-F_]+$")
QUOTED = re.compile(r"(?s)^[a-zA-Z@$]{0,2}(\"\"\"|'''|\"|'|`)(.*)\1$")
# Numbers that code is full of: powers of ten and two, and the parts of a day.
ROUND = frozenset({str(10**n) for n in range(20)} | {str(2**n) for n in range(65)} | {str(2**n - 1) for n in range(65)}
                  | {"3600", "86400", "604800", "1440", "1000000", "1900", "1970", "2000", "9999", "99999", "65535"})  # fmt: skip
LONG_TEXT = 8


def expected_values(tests: Iterable[tuple[str, str]], languages: Mapping[str, Language]) -> frozenset[str]:
    """Every constant that stands in the tests: (path, text) of their files."""
    found: set[str] = set()
    for path, text in tests:
        syntax = read_syntax(path, text, languages)
        if syntax is not None:
            found.update(literals_of(syntax))
    return frozenset(found)


def literals_of(syntax: Syntax) -> Mapping[str, int]:
    """Constant -> the first line that it stands on. Numbers by value, strings without their quotes; imports apart."""
    found: dict[str, int] = {}
    for token in syntax.tokens:
        if token.kind in ("string", "character_literal") and "import" not in token.parent:
            match = QUOTED.match(token.text)
            if match:
                found.setdefault(match.group(2), token.line)
        elif (NUMBER.match(token.text.rstrip("lLfFdDjJnmM")) and token.text[:1].isdigit()) or token.text[:1] == ".":
            value = number_value(token.text)
            if value:
                found.setdefault(value, token.line)
    return found


def number_value(text: str) -> str:
    """A number's value as text, the same for ``0777`` and ``0o777``; other constants as they are."""
    bare = text.replace("_", "")
    if not NUMBER.match(bare.rstrip("lLfFdDjJnmM") or "-"):
        return text if re.fullmatch(r"[A-Za-z]+", text) else ""
    digits = bare if bare[:2].lower() == "0x" else bare.rstrip("lLfFdDjJnmM")
    try:
        if re.fullmatch(r"-?0[0-7]+", digits):
            return str(int(digits, 8))
        return str(int(digits, 0))
    except ValueError:
        pass
    try:
        return repr(float(digits))
    except ValueError:
        return ""


def is_telling(value: str) -> bool:
    """Whether meeting this value both in a test and in new code is no accident: long text, or a number with four digits
    or three behind the point's leading zeros that is not a round one."""
    digits = value.lstrip("-")
    if re.fullmatch(r"\d+", digits):
        return len(digits) >= 4 and digits not in ROUND and bool(digits.rstrip("0")[3:])
    if re.fullmatch(r"\d*\.\d+(e[-+]?\d+)?", digits):
        return len(digits.replace(".", "").strip("0").split("e")[0]) >= 3
    return len(value.strip()) >= LONG_TEXT and bool(re.search(r"\d|\s|[A-Z].*[a-z]", value))
