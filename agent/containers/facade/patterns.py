"""A framework's URL pattern in, the same as a plain regular expression out, with what decides which of two comes first.

The expressions use only what Python, RE2 (Envoy) and PCRE (nginx) read alike: literals, classes, groups without a name,
``+ * ? |``. They are matched against the whole path, without its query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["REST", "STAR", "Family", "Part", "Pattern", "literal", "may_overlap", "one_line", "read_pattern"]

Family = Literal["weighed", "ordered", "counted", "exact"]
"""How a framework chooses among patterns that fit. *weighed*: segment by segment, literal before variable (Flask, ASP.NET).
*ordered*: the first one written (Django, Express, Laravel, tables of one's own). *counted*: fewest variables (Spring), with a
servlet's ``/x/*`` and ``*.do`` after them. *exact*: paths are files (PHP)."""

STAR, REST = 150, 300
"""Weights of a lone ``*`` and of a last one, which takes all that follows."""

_LONGEST = 400
_MOST_VARIABLES = 3  # in one segment
_RUNS_ON = re.compile(r"<path:|\{\*")
_SEGMENT = "[^/]+"
_UUID = "[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}"
_CONVERTERS: Mapping[str, tuple[str, int]] = {  # expression, and the weight that Werkzeug gives it
    "int": ("[0-9]+", 50),
    "float": ("[0-9]+\\.[0-9]+", 50),
    "uuid": (_UUID, 100),
    "slug": ("[-a-zA-Z0-9_]+", 100),
    "path": ("[^/].*", 200),
}
_ANGLE = re.compile(r"<(?:([A-Za-z_]\w{0,60})(?:\(([^()<>]{0,120})\))?:)?(\w{0,80})>")
_BRACE = re.compile(r"\{(\*{0,2})[\w.-]{0,80}[^{}/*]{0,120}?(\?)?\}")
_SPECIAL = frozenset("\\.+*?()[]{}|^$")
_LENGTHS = re.compile(r"(?:length\s*=\s*(\d{1,4}))\Z")


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between two slashes: an expression, how many literals and variables it has, how heavy those are."""

    expression: str
    literals: tuple[str, ...] = ()
    weights: tuple[int, ...] = ()
    rest: bool = False  # goes on over slashes

    @property
    def fixed(self) -> bool:
        return not self.weights


@dataclass(frozen=True, slots=True)
class Pattern:
    """``text`` as the framework has it; ``slash``: it ends with one; ``suffix``: a servlet's ``*.do``."""

    text: str
    parts: tuple[Part, ...]
    slash: bool = False
    suffix: bool = False

    @property
    def expression(self) -> str:
        """The expression without anything about a slash at the end."""
        if self.suffix:
            return ".*" + self.parts[0].expression
        joined = "".join(
            part.expression if part.rest and part.expression.startswith("(?:/") else "/" + part.expression
            for part in self.parts
        )
        return joined or "/"

    @property
    def variables(self) -> int:
        return sum(len(part.weights) for part in self.parts)


def one_line(text: str) -> str:
    """Text of the repository as a comment can carry it: file names and reasons may hold line breaks and control characters."""
    return "".join(
        letter for letter in " ".join(text.split()) if letter.isprintable() or "\udc80" <= letter <= "\udcff"
    )


def literal(text: str) -> str:
    """Text as an expression that matches only itself, in all three dialects."""
    return "".join("\\" + letter if letter in _SPECIAL else letter for letter in text)


def read_pattern(text: str, family: Family) -> Pattern | None:
    """The pattern of a route symbol (``/orders/<int:id>``); None when it cannot be had as a path: an expression, a star
    in the middle, control characters."""
    if not text or len(text) > _LONGEST or any(ord(letter) <= 32 or letter in "\x7f\"'" for letter in text):
        return None
    if text.startswith("*.") and text[2:].replace("_", "").isalnum():
        return Pattern(text, (Part(literal(text[1:]), (text[1:],)),), suffix=True)
    if not text.startswith("/"):
        return None
    slash = text.endswith("/") and text != "/"
    if text == "/":
        return Pattern(text, ())
    parts: list[Part] = []
    if len(_RUNS_ON.findall(text)) > 2:
        return None
    segments = text[1:].removesuffix("/").split("/")
    for place, segment in enumerate(segments):
        if segment in ("*", "**") and place == len(segments) - 1:
            parts.append(Part("(?:/.*)?", (), (REST,), rest=True))
        elif segment == "*" and family == "counted":
            parts.append(Part(_SEGMENT, (), (STAR,)))
        else:
            part = _part(segment, family)
            if part is None:
                return None
            parts.append(part)
    return Pattern(text, tuple(_merged(parts)), slash)


def _part(segment: str, family: Family) -> Part | None:
    """One segment: literal text and variables in any mixture."""
    expression: list[str] = []
    literals: list[str] = []
    weights: list[int] = []
    rest, place, plain = False, 0, ""
    while place < len(segment):
        found = _ANGLE.match(segment, place) or _BRACE.match(segment, place)
        if found is None:
            if segment[place] in "*<>{}^$~|?":  # an expression's own signs: not read
                return None
            plain += segment[place]
            place += 1
            continue
        if plain:
            literals.append(plain)
            expression.append(literal(plain))
            plain = ""
        if segment[place] == "<":
            inner, weight = _converter(found[1] or "", found[2] or "", family)
        elif found[1]:
            inner, weight = ".*", 200
        else:
            inner, weight = _SEGMENT, 100
        if found[2] == "?" and segment[place] == "{":
            return None  # an optional last variable is two patterns; the framework's reader has it as one
        rest = rest or weight == 200
        expression.append(inner)
        weights.append(weight)
        place = found.end()
    if plain:
        literals.append(plain)
        expression.append(literal(plain))
    if len(weights) > _MOST_VARIABLES:
        return None  # a backtracking engine (nginx) could be kept busy with it
    return Part("".join(expression), tuple(literals), tuple(weights), rest)


def _converter(name: str, arguments: str, family: Family) -> tuple[str, int]:
    if name == "any":
        names = [literal(one.strip().strip("'\"")) for one in arguments.split(",") if one.strip()]
        return ("(?:" + "|".join(names) + ")", 100) if names else (_SEGMENT, 100)
    if name == "string" and (exact := _LENGTHS.match(arguments)):
        return f"[^/]{{{int(exact[1])}}}", 100
    if name == "path" and family != "weighed":
        return ".+", 200
    if name == "int" and "signed" in arguments:
        return "-?[0-9]+", 50
    return _CONVERTERS.get(name, (_SEGMENT, 100))


def _merged(parts: Iterable[Part]) -> Iterable[Part]:
    """After a variable that runs over slashes everything is one part, as in Werkzeug."""
    held: Part | None = None
    for part in parts:
        if held is not None and not part.expression.startswith("(?:/"):
            held = Part(
                held.expression + "/" + part.expression,
                held.literals + part.literals,
                held.weights + part.weights,
                rest=True,
            )
        elif held is not None:
            held = Part(held.expression + part.expression, held.literals, held.weights + part.weights, rest=True)
        elif part.rest:
            held = part
        else:
            yield part
    if held is not None:
        yield held


def may_overlap(one: Pattern, other: Pattern) -> bool:
    """Whether some path could fit both; true when that is not known."""
    if one.suffix or other.suffix:
        return True
    for left, right in zip(one.parts, other.parts, strict=False):
        if left.rest or right.rest:
            return True
        if left.fixed and right.fixed:
            if left.literals != right.literals:
                return False
        elif left.fixed or right.fixed:
            fixed, free = (left, right) if left.fixed else (right, left)
            if re.fullmatch(free.expression, "".join(fixed.literals)) is None:
                return False
    if len(one.parts) == len(other.parts):
        return True
    longer = one if len(one.parts) > len(other.parts) else other
    return longer.parts[min(len(one.parts), len(other.parts))].rest
