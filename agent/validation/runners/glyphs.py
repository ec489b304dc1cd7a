"""Reads the reports that test runners print for people: text in, test cases or at least counts out.

It is the last resort, for a command that no reporter of ours can be added to: ticks and crosses under indented headings
(mocha's spec, nodeunit, vows, jasmine's spec reporter), else a summary line such as ``364 assertions``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.domain.verdict import CaseResult, Status

__all__ = ["Summary", "read_glyphs", "read_summary", "without_colours"]

_COLOUR = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]")
_MOST_LINES = 1_000_000
_LONGEST_LINE = 1_000
_PASSED = "\u2714\u2713\u221a"
_FAILED = "\u2716\u2717\u2718\u00d7\u2715"
_LINE = re.compile(rf"([{_PASSED}]|[{_FAILED}]|\d{{1,5}}\)|-(?= ))[ \t]+(\S[^\n]*)")
_TIME = re.compile(r"[ \t]*[(\[][\d.,]{1,12} ?m?s(?:ec)?[)\]]$")
# A heading stands alone; what a program logs has most often a colon, a bracket or an equals sign in it.
_HEADING = re.compile(r"[^\[{=<>|]{1,200}")
_CLOSING = re.compile(r"\d{1,7} (?:passing|failing|pending)\b")
_SUMMARIES: tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...] = (
    # nodeunit: "OK: 364 assertions (12345ms)", "FAILURES: 2/364 assertions failed (120ms)"
    (re.compile(r"OK: (\d{1,7}) assertions?"), None),
    (re.compile(r"FAILURES: (?P<bad>\d{1,7})/(\d{1,7}) assertions? failed"), None),
    # vows: "OK » 10 honored", "Broken » 8 honored ∙ 2 broken"
    (re.compile(r"(\d{1,7}) honored"), re.compile(r"(\d{1,7}) (?:broken|errored)")),
    # jasmine: "10 specs, 0 failures"; minitest alike
    (re.compile(r"(\d{1,7}) specs?, (?P<bad>\d{1,7}) failures?"), None),
    # mocha's dot reporter, and many others: "12 passing", "2 failing"
    (
        re.compile(r"(\d{1,7}) (?:passing|tests? passed|passed)\b"),
        re.compile(r"(\d{1,7}) (?:failing|tests? failed|failed)\b"),
    ),
    # mocha 1.0 and qunit: "12 tests complete", "tests: 12 ... failed: 0"
    (re.compile(r"(\d{1,7}) tests? complete"), re.compile(r"(\d{1,7}) of \d{1,7} tests? failed")),
)


@dataclass(frozen=True)
class Summary:
    """What a closing line says: its words, how many, and how many of them failed."""

    text: str
    count: int
    failed: int


def without_colours(text: str) -> str:
    """Text as it would be on paper."""
    return _COLOUR.sub("", text)


def read_glyphs(text: str) -> Sequence[CaseResult]:
    """The cases that ticks and crosses tell, with the headings above them. Never raises on any text."""
    cases: list[CaseResult] = []
    headings: list[_Heading] = []
    blank = True
    for line in without_colours(text).split("\n")[:_MOST_LINES]:
        line = line[:_LONGEST_LINE].rstrip()
        stripped = line.lstrip()
        if not stripped:
            blank = True
            continue
        indent = len(line) - len(stripped)
        match = _LINE.fullmatch(stripped)
        if match is not None and not (match[1][0].isdigit() and indent == 0):
            headings = _above(headings, indent)
            name = _TIME.sub("", match[2])[:500]
            cases.append(CaseResult(id=" > ".join([*(one.text for one in headings), name]), status=_status(match[1])))
        elif match is None and cases and _CLOSING.match(stripped):
            break  # what follows repeats the failures
        elif match is None and _HEADING.fullmatch(stripped) and (blank or (headings and indent > headings[-1].indent)):
            headings = [*(one for one in headings if one.indent < indent), _Heading(indent, stripped, flat=blank)]
        blank = False
    return cases if any(case.status == "passed" for case in cases) else []


@dataclass
class _Heading:
    """``flat``: it may be the heading of ticks that are indented like itself, as nodeunit's are."""

    indent: int
    text: str
    flat: bool


def _above(headings: Sequence[_Heading], indent: int) -> list[_Heading]:
    """The headings of a tick at that indent; one with deeper ticks under it has none beside it."""
    kept = [one for one in headings if one.indent < indent or (one.flat and one.indent == indent)]
    for one in kept:
        one.flat = one.flat and one.indent == indent
    return kept


def _status(mark: str) -> Status:
    if mark in _PASSED:
        return "passed"
    return "skipped" if mark == "-" else "failed"


def read_summary(text: str) -> Summary | None:
    """The last closing line that is known; None when there is none."""
    plain = without_colours(text)[-200_000:]
    best: tuple[int, Summary] | None = None
    for good, bad in _SUMMARIES:
        matches = list(good.finditer(plain))
        if not matches:
            continue
        last = matches[-1]
        failed = int(last["bad"]) if "bad" in last.groupdict() else 0
        count = _count(last)
        if bad is not None and (found := list(bad.finditer(plain))):
            failed = int(found[-1][1])
        line = plain[plain.rfind("\n", 0, last.start()) + 1 :].split("\n", 1)[0].strip()
        if best is None or last.start() > best[0]:
            best = (last.start(), Summary(line[:300], count, failed))
    return best[1] if best else None


def _count(match: re.Match[str]) -> int:
    """The group that is not called ``bad``."""
    position = match.re.groupindex.get("bad", 0)
    return int(match[2 if position == 1 else 1])
