"""Reads the Test Anything Protocol as node-tap, tape, node:test, Perl and PHP print it: text in, test cases out.

The text is what a process printed, so other lines may stand anywhere between. Time is linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.domain.verdict import CaseResult, Status
from agent.validation.runners.result_files import shorten

__all__ = ["Tap", "is_tap", "read_tap"]

_MOST_LINES = 2_000_000
_MOST_CASES = 500_000
_LONGEST_LINE = 4_000
_DEEPEST = 50
_POINT = re.compile(r"(not ok|ok)\b(?:[ \t]+(\d{1,9}))?(?:[ \t]+-(?=[ \t]|$))?[ \t]*([^\n]*)")
_PLAN = re.compile(r"(\d{1,9})\.\.(\d{1,9})(?:[ \t]*#[ \t]*(.*))?$")
_DIRECTIVE = re.compile(r"(?<!\\)#[ \t]*(skip|todo|time)\S{0,20}[ \t]*([^\n]{0,500})$", re.IGNORECASE)
_SUMMARY = re.compile(
    r"(?:tests|pass|fail|fails|ok|time|duration_ms|skip|skipped|todo|cancelled|suites|failed)\b[ =:]*[\d.]*", re.I
)
_DURATION = re.compile(r"duration_ms:[ \t]*([\d.]{1,20})")
_FIRST = re.compile(r"^(?:TAP version \d+|[ \t]*(?:not ok|ok) \d+\b|1\.\.\d+[ \t]*(?:#.*)?)\s*", re.MULTILINE)


@dataclass
class Tap:
    """``planned`` and ``seen`` count the outermost test points; ``trouble`` says what is broken about the stream."""

    cases: list[CaseResult] = field(default_factory=list)
    planned: int | None = None
    seen: int = 0
    trouble: str = ""


@dataclass
class _Level:
    """One depth of subtests: the name that a comment announced, and how many of its own cases were told already."""

    name: str = ""
    group: str = ""  # the announced name, once a point of another name followed at the same depth
    cases: int = 0
    failures: int = 0


def is_tap(text: str) -> bool:
    """Whether text looks like TAP at all: a version, or both a plan and numbered points."""
    sample = text[:4_000_000]
    kinds = {match[0].strip().split(" ")[0].lstrip("not") for match in _limited(_FIRST.finditer(sample))}
    return "TAP" in kinds or (any(kind.startswith("1..") for kind in kinds) and len(kinds) > 1)


def _limited(matches: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    for number, match in enumerate(matches):
        if number > 10_000:
            return
        yield match


def read_tap(text: str) -> Tap:
    """The cases of a TAP stream. Never raises on any text."""
    nested = "# Subtest" in text or re.search(r"^(?:not )?ok\b[^\n]{0,1000}\{[ \t]*$", text, re.MULTILINE) is not None
    return _Reader(nested=nested).read(text)


class _Reader:
    """Subtests are indented by four blanks and followed by a point of their own one level up, which repeats their outcome."""

    def __init__(self, *, nested: bool) -> None:
        self._nested = nested
        self._tap = Tap()
        self._levels = [_Level()]
        self._group = ""  # tape announces a test by a comment and indents nothing
        self._yaml: list[str] | None = None
        self._yaml_indent = 0

    def read(self, text: str) -> Tap:
        for number, raw in enumerate(text.split("\n")):
            if number > _MOST_LINES or len(self._tap.cases) > _MOST_CASES:
                self._tap.trouble = "the TAP stream is too long"
                break
            line = raw[:_LONGEST_LINE].rstrip()
            if self._in_yaml(line):
                continue
            stripped = line.lstrip(" \t")
            self._line(stripped, len(line) - len(stripped))
        self._end_yaml()
        tap = self._tap
        if not tap.trouble and tap.planned is not None and tap.planned != tap.seen:
            tap.trouble = f"the plan says {tap.planned} tests and {tap.seen} ran"
        return tap

    def _in_yaml(self, line: str) -> bool:
        if self._yaml is None:
            return False
        if line.strip() == "..." or len(self._yaml) > 2_000:
            self._end_yaml()
            return True
        if line.strip() and len(line) - len(line.lstrip()) < self._yaml_indent:
            self._end_yaml()  # the block was never closed
            return False
        self._yaml.append(line)
        return True

    def _end_yaml(self) -> None:
        if self._yaml and self._tap.cases:
            text = "\n".join(self._yaml)
            last = self._tap.cases[-1]
            change: dict[str, object] = {}
            if last.status in ("failed", "error") and not last.message:
                change["message"] = shorten(text)
            if (duration := _DURATION.search(text)) is not None and not last.seconds:
                change["seconds"] = _seconds(duration[1])
            self._tap.cases[-1] = last.model_copy(update=change)
        self._yaml = None

    def _line(self, text: str, indent: int) -> None:
        depth = min(indent // 4, _DEEPEST) if self._nested else 0
        if text == "---":
            self._yaml, self._yaml_indent = [], indent
        elif text.startswith("#"):
            self._comment(text.lstrip("# \t"), depth, text)
        elif text.startswith(("ok", "not ok")) and (point := _POINT.match(text)) is not None:
            if self._nested or indent == 0:
                self._point(point, depth)
        elif text.startswith("Bail out!"):
            self._tap.trouble = f"the run bailed out: {text[9:].strip()[:200]}"
        elif indent == 0 and (plan := _PLAN.match(text)) is not None:
            # Several streams may follow each other, each with a plan.
            self._tap.planned = (self._tap.planned or 0) + max(0, int(plan[2]) - int(plan[1]) + 1)

    def _comment(self, text: str, depth: int, whole: str) -> None:
        if self._nested:
            if text.startswith("Subtest"):
                # node-tap indents the announcement like the subtest, node:test like the point that ends it.
                self._open(text.partition(":")[2].strip(), depth)
        elif whole.startswith("# ") and text and not _SUMMARY.fullmatch(text):
            self._group = text[:500]

    def _open(self, name: str, depth: int) -> None:
        level = self._level(depth)
        level.name = name
        self._levels[depth + 1 :] = [_Level()]

    def _level(self, depth: int) -> _Level:
        while len(self._levels) <= depth:
            self._levels.append(_Level())
        return self._levels[depth]

    def _point(self, point: re.Match[str], depth: int) -> None:
        name, directive = _named(point[3])
        if depth == 0:
            self._tap.seen += 1
        if point[3].rstrip().endswith("{"):  # what follows, up to "}", are its subtests
            self._open(name, depth)
            return
        status: Status = "failed" if point[1] == "not ok" else "passed"
        if directive == "skip":
            status = "skipped"
        elif directive == "todo":
            status = "expected failure" if status == "failed" else "unexpected pass"
        own, inner = self._level(depth), self._level(depth + 1)
        repeats = inner.cases > 0 and (inner.failures > 0 or status != "failed")
        if not inner.cases and own.name and own.name != name:
            own.group, own.name = own.name, ""
        outer = [word for level in self._levels[:depth] for word in (level.group, level.name) if word]
        if repeats:
            own.cases += inner.cases
            own.failures += inner.failures
        else:
            parts = [*outer, *filter(None, (own.group, self._group)), name or f"test {point[2] or self._tap.seen}"]
            self._tap.cases.append(CaseResult(id=" > ".join(parts), status=status))
            own.cases += 1
            own.failures += status == "failed"
        own.name = ""
        self._levels[depth + 1 :] = []


def _named(text: str) -> tuple[str, str]:
    directive = _DIRECTIVE.search(text)
    if directive is not None:
        kind = directive[1].lower()
        text = text[: directive.start()]
    else:
        kind = ""
    return text.strip().rstrip("{").strip()[:500], "" if kind == "time" else kind


def _seconds(text: str) -> float:
    try:
        return float(text) / 1000
    except ValueError:
        return 0.0
