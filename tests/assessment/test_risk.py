"""The ranking of files by risk: what commits say, how the ranking is checked, and what coverage reports add."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.adapters.git_change_measures import Changed, is_fix, measure_changes, measure_held_back, quiet_authors
from agent.assessment import Case, assess, lens_named
from agent.assessment.reading.coverage import matched, read_coverage
from agent.assessment.risk.ranking import area_under_curve, check_ranking, rank_files
from agent.boundaries import propose_boundaries
from agent.domain.inventory import EarlierFile, FileHistory, History, Inventory, SourceFile
from agent.errors import InputError
from tests.assessment.shop import SHOP
from tests.assessment.test_rules import case_of
from tests.systems import graph_of

NOW = date(2026, 1, 1)


def commit(days_ago: int, *files: str, subject: str = "work", author: str = "a", touched: int = 0) -> Changed:
    return Changed(author, NOW - timedelta(days=days_ago), subject, files, touched or len(files))


@pytest.mark.parametrize("subject", ["Fix rounding of totals", "bug: null customer", "hotfix #12", "Prevent crash"])
def test_a_subject_that_mends(subject: str) -> None:
    assert is_fix(subject)


@pytest.mark.parametrize("subject", ["Fix typo", "fix flake8", "Fixed the docs", "Add prefix", "fix tests", "suffix"])
def test_a_subject_that_mends_no_code(subject: str) -> None:
    assert not is_fix(subject)


def test_recent_and_scattered_changes_weigh_more() -> None:
    found = measure_changes(
        [commit(5, "a", "b"), commit(6, "a", "c"), commit(800, "old", "other"), commit(1500, "alone")], NOW
    )
    assert found["a"].entropy > found["b"].entropy > found["old"].entropy > 0
    assert found["alone"].entropy == 0


def test_a_commit_over_many_files_says_nothing_of_one() -> None:
    many = tuple(f"f{n}" for n in range(30))
    found = measure_changes([commit(3, *many, subject="Fix all")], NOW)
    assert found["f1"].fixes == 0
    assert found["f1"].entropy == 0
    assert sum(found["f1"].commits.values()) == 1


def test_the_held_back_year_is_judged_by_what_came_before_it() -> None:
    before = [commit(400 + n, "a" if n % 2 else "b") for n in range(120)]
    day, measures, mended = measure_held_back(
        [*before, commit(0, "a", subject="Fix it"), commit(10, "new", subject="Fix it")]
    )
    assert day == NOW - timedelta(days=365)
    assert mended == {"a"}
    assert set(measures) == {"a", "b"}
    assert measure_held_back(before[:50])[0] is None


def test_quiet_authors_are_those_of_long_ago() -> None:
    assert quiet_authors([commit(0, "a", author="here"), commit(900, "a", author="gone")]) == {"gone"}


def test_area_under_the_curve() -> None:
    assert area_under_curve({"a": 3, "b": 2, "c": 1}, {"a"}) == 1
    assert area_under_curve({"a": 3, "b": 2, "c": 1}, {"b"}) == 0.5
    assert area_under_curve({"a": 1, "b": 1}, {"a"}) == 0.5


def system(history: bool = True, mended: int = 10, **more: Any) -> Case:
    """Forty files: the higher the number the longer and the more often mended."""
    files = {f"shop/f{n:02}.py": f"def f{n}(a):\n" + "    if a:\n        a += 1\n" * (n + 1) for n in range(40)}
    listed = tuple(
        SourceFile(
            path=p, language="python", bytes=len(t), lines=t.count("\n"), code_lines=t.count("\n"), digest="0" * 64
        )
        for p, t in sorted(files.items())
    )
    paths = sorted(files)
    told = History(
        commits=300, last="2026-01-01", held_back="2025-01-01",
        files=tuple(FileHistory(path=p, commits=n + 1, authors=2, fixes=n // 4, entropy=n / 10) for n, p in enumerate(paths)),
        earlier=tuple(EarlierFile(path=p, entropy=n / 10, fixes=0, mended=n >= 40 - mended) for n, p in enumerate(paths)),
    )  # fmt: skip
    graph = graph_of(files)
    inventory = Inventory(name="shop", files=listed, history=told if history else History(commits=0))
    return Case(inventory, graph, propose_boundaries(graph), NOW, **more)


def findings(case: Case) -> list[Any]:
    lens = lens_named("risk")
    assert lens is not None
    return [f for f in assess(case, lenses=[lens]) if f.rule == "risk.likely-to-break"]


def test_the_tenth_that_ranks_highest_is_named_with_its_check() -> None:
    found = findings(system())
    assert {f.evidence[0].location.path for f in found} == {f"shop/f{n}.py" for n in (36, 37, 38, 39)}
    assert all(f.severity == "medium" and f.evidence[0].location.line == 1 for f in found)
    assert all("area under the curve of 1.00; lines of code alone with 1.00" in f.detail for f in found)
    assert all("Lines alone do as well" in f.detail for f in found)
    assert {q.name for f in found for q in f.quantities} == {"rank", "area under the curve of the held-back year"}


def test_without_a_history_nothing_is_said() -> None:
    assert rank_files(system(history=False)) == ()
    assert findings(system(history=False)) == []


def test_too_few_mended_files_leave_it_uncalibrated() -> None:
    case = system(mended=3)
    assert check_ranking(case) is None
    assert all(f.severity == "low" and "Uncalibrated" in f.detail for f in findings(case))


def test_tested_lines_lower_the_severity() -> None:
    found = {
        f.evidence[0].location.path: f
        for f in findings(system(coverage={"shop/f39.py": (90, 100), "shop/f38.py": (10, 100)}))
    }
    assert found["shop/f39.py"].severity == "low"
    assert "Tests run 90% of its lines" in found["shop/f39.py"].detail
    assert found["shop/f38.py"].severity == "medium"


COBERTURA = """<?xml version="1.0"?><coverage><packages><package><classes><class filename="shop/a.py"><lines>
<line number="1" hits="2"/><line number="2" hits="0"/></lines></class></classes></package></packages></coverage>"""
JACOCO = """<?xml version="1.0"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD" "report.dtd"><report name="x"><package name="org/shop">
<sourcefile name="A.java"><counter type="LINE" missed="3" covered="1"/></sourcefile></package></report>"""
LCOV = "TN:\nSF:/ci/build/shop/a.py\nDA:1,1\nDA:2,0\nDA:3,5,hash\nend_of_record\n"


def test_three_formats_are_read_and_matched_to_the_repository() -> None:
    assert matched(read_coverage("c", COBERTURA), ["shop/a.py"]) == {"shop/a.py": (1, 2)}
    assert matched(read_coverage("c", JACOCO), ["src/main/java/org/shop/A.java"]) == {
        "src/main/java/org/shop/A.java": (1, 4)
    }
    assert matched(read_coverage("c", LCOV), ["shop/a.py", "b.py"]) == {"shop/a.py": (2, 3)}
    assert matched({"a.py": (1, 1)}, ["x/a.py", "y/a.py"]) == {}


@pytest.mark.parametrize(
    "text", ["", "<html></html>", "<not xml", '<!DOCTYPE a [<!ENTITY b "c">]><coverage>&b;</coverage>']
)
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_coverage("c", text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_a_report_or_refused(text: str) -> None:
    for start in ("", "<", "SF:a\nDA:"):
        with contextlib.suppress(InputError):
            assert all(0 <= ran <= could for ran, could in read_coverage("c", start + text).values())


def test_files_of_two_services_that_change_together_without_a_reason_in_the_code() -> None:
    case = case_of(SHOP, graph_of(SHOP))
    pair = ("shop/order_report.py", "shop/parcel_report.py")
    tied = ("shop/invoice_service.py", "shop/order_job.py")  # the job imports the service
    files = tuple(FileHistory(path=p, commits=10, authors=2) for p in sorted({*pair, *tied}))
    history = History(commits=100, files=files, coupling=((*pair, 8), (*tied, 9)))
    inventory = case.inventory.model_copy(update={"history": history})
    lens = lens_named("risk")
    assert lens is not None
    found = assess(Case(inventory, case.graph, case.boundaries, case.as_of, case.read), lenses=[lens])
    assert [[e.location.path for e in f.evidence] for f in found if f.rule == "risk.changes-together"] == [list(pair)]
    assert found[0].quantities[0].low == 0.8


BRANCHES = "def f(a):\n" + "".join(f"    if a == {n}:\n        a += 1\n" for n in range(45)) + "    return a\n"


def test_a_function_of_many_branches_is_told_without_a_history_unless_its_file_is_covered() -> None:
    files = {"a.py": BRANCHES, "b.py": "def g(a):\n    if a:\n        return 1\n"}
    lens = lens_named("risk")
    assert lens is not None
    case = case_of(files, graph_of(files))
    (finding,) = lens.look(case)
    assert (finding.rule, finding.evidence[0].location.path, finding.evidence[0].location.line) == (
        "risk.many-paths",
        "a.py",
        1,
    )
    assert finding.quantities[0].low == 46
    covered = Case(case.inventory, case.graph, case.boundaries, case.as_of, case.read, coverage={"a.py": (80, 90)})
    assert list(lens.look(covered)) == []
