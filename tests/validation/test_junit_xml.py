"""JUnit XML as the runners of several languages write it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.domain.verdict import CaseResult
from agent.validation.runners.junit_xml import number_twins, read_junit

PYTEST = b"""<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" tests="4">
<testcase classname="tests.test_a" name="test_ok" time="0.001" />
<testcase classname="tests.test_a" name="test_bad" time="0.5"><failure message="assert 1 == 2">def test_bad():
&gt; assert 1 == 2</failure><system-out>printed</system-out></testcase>
<testcase classname="tests.test_a" name="test_no"><skipped type="pytest.xfail" message="later"/></testcase>
<testcase classname="" name="tests.test_b"><error message="collection failure">ImportError</error></testcase>
</testsuite></testsuites>"""
SUREFIRE = b"""<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" name="com.acme.OrderTest" time="1,234.5">
<properties><property name="a" value="b"/></properties>
<testcase name="adds" classname="com.acme.OrderTest" time="1,234.5"/>
<testcase name="breaks" classname="com.acme.OrderTest" time="NaN"><error type="java.lang.Error">at x</error></testcase>
</testsuite>"""
PHPUNIT = b"""<testsuites><testsuite name="all"><testsuite name="FooTest" file="/r/FooTest.php">
<testcase name="testA" class="FooTest" file="/r/FooTest.php" line="12" time="0.1"/></testsuite></testsuite></testsuites>"""


def test_the_four_outcomes_of_pytest() -> None:
    report = read_junit([PYTEST])
    assert [(case.name, case.status) for case in report.cases] == [
        ("test_ok", "passed"),
        ("test_bad", "failed"),
        ("test_no", "skipped"),
        ("tests.test_b", "error"),
    ]
    assert report.cases[1].message.endswith("assert 1 == 2")
    assert report.cases[1].output == "printed"
    assert report.cases[2].kind == "pytest.xfail"
    assert report.trouble == ""


def test_surefire_and_phpunit_attributes() -> None:
    first, second, third = read_junit([SUREFIRE, PHPUNIT]).cases
    assert (first.classname, first.seconds, first.suite) == ("com.acme.OrderTest", 1234.5, "com.acme.OrderTest")
    assert (second.status, second.seconds) == ("error", 0.0)
    assert (third.classname, third.file, third.line, third.suite) == ("FooTest", "/r/FooTest.php", "12", "FooTest")


def test_a_file_that_breaks_off_keeps_what_came_before() -> None:
    report = read_junit([PYTEST[:330], SUREFIRE])
    assert [case.name for case in report.cases] == ["test_ok", "adds", "breaks"]
    assert report.trouble.startswith("results file 1 is not whole XML")


def test_control_characters_do_not_break_a_file() -> None:
    report = read_junit([b'<testsuite><testcase name="a"><failure>\x1b[31mred\x00</failure></testcase></testsuite>'])
    assert report.cases[0].message == "[31mred"
    assert report.trouble == ""


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY x "yyyy">]><testsuite><testcase name="&x;"/></testsuite>'
    report = read_junit([bomb])
    assert not report.cases
    assert report.trouble


def test_an_error_of_a_suite_without_a_case_is_told() -> None:
    report = read_junit([b'<testsuite name="S"><error message="setup"/></testsuite>'])
    assert report.suite_errors == ("S",)


def test_what_is_named_twice_is_numbered() -> None:
    cases = [CaseResult(id=name, status="passed") for name in ("a", "a", "a[2]", "a", "b")]
    assert [case.id for case in number_twins(cases)] == ["a", "a[2]", "a[2][2]", "a[3]", "b"]


@given(st.lists(st.binary(max_size=200) | st.sampled_from([PYTEST, SUREFIRE, PHPUNIT, b""]), max_size=4))
def test_any_bytes_in_no_exception_out(files: list[bytes]) -> None:
    for case in read_junit(files).cases:
        assert len(case.message) <= 2000


@given(st.integers(0, len(PYTEST)), st.binary(max_size=5))
def test_damage_anywhere_is_survived(at: int, noise: bytes) -> None:
    read_junit([PYTEST[:at] + noise + PYTEST[at:]])
