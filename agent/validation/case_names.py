"""Names of tests that two runners, or two versions of one, write differently: a baseline and a result in, one naming out.

A parameter's value is part of a test's name, and its text depends on the interpreter: ``u'a'`` and ``'a'``, ``1L`` and
``1``, ``<type 'int'>`` and ``<class 'int'>``.
"""

from __future__ import annotations

import re
from collections import defaultdict

from agent.domain.verdict import Baseline, SuiteResult

__all__ = ["as_named_before"]

_ALIKE = (
    (re.compile(r"\b[bBuU](?=['\"])"), ""),
    (re.compile(r"\b(\d+)[lL]\b"), r"\1"),
    (re.compile(r"<type '"), "<class '"),
    (re.compile(r"'(?:__builtin__|builtins|exceptions)\."), "'"),
    (re.compile(r" at 0x[0-9a-fA-F]+"), ""),
    (re.compile(r"<(?:unbound method|bound method|function) [\w.<>]*?(\w+)(?= |>)"), r"<function \1"),
    (re.compile(r"\bset\(\[(.*?)\]\)"), r"{\1}"),
)


def as_named_before(baseline: Baseline, result: SuiteResult) -> SuiteResult:
    """The result with the baseline's names where a test is called otherwise and exactly one name can be meant."""
    known = {*baseline.passed, *baseline.failed, *baseline.skipped, *(one.id for one in baseline.set_aside)}
    there = {case.id for case in result.cases}
    free: dict[str, list[str]] = defaultdict(list)
    for name in sorted(known - there):
        free[_plain(name)].append(name)
    if not free:
        return result
    strange: dict[str, list[str]] = defaultdict(list)
    for case in result.cases:
        if case.id not in known:
            strange[_plain(case.id)].append(case.id)
    renamed = {
        names[0]: free[plain][0]
        for plain, names in strange.items()
        if len(names) == 1 and len(free.get(plain, ())) == 1
    }
    cases = tuple(
        case.model_copy(update={"id": renamed[case.id]}) if case.id in renamed else case for case in result.cases
    )
    return result.model_copy(update={"cases": cases})


def _plain(name: str) -> str:
    for pattern, text in _ALIKE:
        name = pattern.sub(text, name)
    return name
