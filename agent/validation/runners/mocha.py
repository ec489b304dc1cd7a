"""Runs mocha of any age through a reporter of its own, and reads one line of JSON a test.

IDs are titles from the outside in (``cart > adds``), without the file: old versions do not tell it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.domain.environment import Recipe
from agent.domain.execution import OUT, Command, Outcome
from agent.domain.verdict import CaseResult, Suite, SuiteResult
from agent.validation.runners.javascript import Call, driver_command, failed_step, number, texts
from agent.validation.runners.result_files import json_lines, lines_that_ran, read_bytes, said, shorten, summed_up

__all__ = ["MOCHA", "Mocha", "unloadable"]

_REPORTER = Path(__file__).with_name("mocha_reporter.js").read_text("utf-8")
_LONGEST_PATTERN = 60_000
# "at Object.<anonymous> (/work/repo/test/cart.js:1:7)" in the stack of an error that no test caught.
_AT = re.compile(r"^(?:- |\s*at [^\n(]{0,200}\(|\s*at |)(/[^\s():]{1,400}\.[cm]?[jt]sx?)(?::\d+|\s*$)", re.MULTILINE)


class Mocha:
    """mocha, from 1.0 on."""

    name = "mocha"
    ecosystem = "node"
    shuffles = True
    selects = True
    measures = True

    def command(
        self,
        suite: Suite,
        recipe: Recipe,
        *,
        only: Sequence[str] = (),
        order: int = 0,
        coverage: bool = False,
        test_seconds: float = 0.0,  # noqa: ARG002 - mocha has a limit of its own
    ) -> Command:
        words = ["--reporter", f"{OUT}/mocha_reporter.js"]
        pattern = "^(?:" + "|".join(sorted(re.escape(_full_title(name)).replace("/", r"\/") for name in only)) + ")$"
        if only and len(pattern) <= _LONGEST_PATTERN:
            words += ["--grep", pattern]
        call = Call(
            default="mocha",
            words=tuple(words),
            files=(("mocha_reporter.js", _REPORTER),),
            env=(("FIGWRIGHT_ORDER", str(order)),),
        )
        return driver_command(suite, recipe, call, coverage=coverage)

    def read(self, suite: Suite, outcome: Outcome, out: Path) -> SuiteResult:  # noqa: ARG002 - the port's signature
        entries = json_lines(read_bytes(out, "mocha.jsonl"))
        step = failed_step(out)
        trouble = f"the build step before the tests failed: {step}" if step else ""
        if not trouble and sum("start" in entry for entry in entries) > sum("end" in entry for entry in entries):
            trouble = "mocha ended before its last test"
        cases = _cases(entries)
        errors = unloadable(said(outcome)) if not cases and outcome.exit_code and not step else ()
        return summed_up("mocha", cases, outcome, trouble=trouble, collection_errors=errors)

    def coverage(self, suite: Suite, out: Path) -> Mapping[str, Mapping[int, bool]]:  # noqa: ARG002
        return lines_that_ran(out)


def _full_title(name: str) -> str:
    """mocha greps in the titles joined by blanks; a number that made a twin unique is not part of them."""
    return re.sub(r"\[\d+\]$", "", name).replace(" > ", " ")


def _cases(entries: Sequence[Mapping[str, Any]]) -> Sequence[CaseResult]:
    """One case a test: mocha may call the same one passed and then failed, when it ends twice; then it failed."""
    worst: dict[Any, CaseResult] = {}
    for entry in entries:
        titles, status = texts(entry.get("titles")), entry.get("status")
        if status not in ("passed", "failed", "skipped") or not titles:
            continue
        key = entry.get("n") if isinstance(entry.get("n"), str) else len(worst)
        case = CaseResult(
            id=" > ".join(title.strip() for title in titles),
            status="error" if status == "failed" and entry.get("hook") is True else status,
            seconds=number(entry, "ms") / 1000,
            message=shorten(message) if isinstance(message := entry.get("message"), str) else "",
        )
        if key not in worst or worst[key].status in ("passed", "skipped"):
            worst[key] = case
    return sorted(worst.values(), key=lambda case: case.id)


def unloadable(printed: str) -> tuple[str, ...]:
    """The first file of the repository in the stack of an error that kept the tests from being loaded."""
    for match in _AT.finditer(printed[-200_000:]):
        path = match[1]
        if "/node_modules/" not in path and "/env/" not in path:
            parts = path.split("/")
            return ("/".join(parts[-2:]),)
    return ()


MOCHA = Mocha()
