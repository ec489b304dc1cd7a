"""Tests that two Pythons call differently are the same test, as long as only one can be meant."""

from __future__ import annotations

import pytest

from agent.domain.verdict import Baseline, CaseResult, Suite, SuiteResult
from agent.validation.case_names import as_named_before

SUITE = Suite(runner="nose", ecosystem="python")


def named(before: list[str], after: list[str]) -> list[str]:
    baseline = Baseline(suite=SUITE, environment="", passed=tuple(before))
    result = SuiteResult(cases=tuple(CaseResult(id=name, status="passed") for name in after))
    return [case.id for case in as_named_before(baseline, result).cases]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("t.check(u'a', 1L)", "t.check('a', 1)"),
        ("t.check('a')", "t.check(b'a')"),
        ("t.check(<type 'int'>)", "t.check(<class 'int'>)"),
        ("t.check(<function f at 0x7f00>)", "t.check(<function f at 0x7e11>)"),
        ("t.check(<type 'exceptions.ValueError'>)", "t.check(<class 'ValueError'>)"),
        ("t.check(set([1, 2]))", "t.check({1, 2})"),
    ],
)
def test_another_spelling_of_a_parameter(before: str, after: str) -> None:
    assert named([before, "t.other"], ["t.other", after]) == ["t.other", before]


def test_nothing_is_renamed_when_two_could_be_meant_or_none_is_missing() -> None:
    assert named(["t(u'a')", "t(b'a')"], ["t('a')"]) == ["t('a')"]
    assert named(["t('a')"], ["t('a')", "t(b'a')"]) == ["t('a')", "t(b'a')"]
    assert named(["t.one"], ["t.two"]) == ["t.two"]
