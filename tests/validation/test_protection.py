"""Protection, measured with a test runner of three lines: it executes the new text and looks at what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from agent.composition import languages
from agent.domain.verdict import CaseResult, FileChange, Protection, SuiteResult
from agent.errors import UnusablePatchError
from agent.validation.changes import added_lines, changed_lines, read_patch
from agent.validation.protection import UNDONE, Coverage, measure_protection, outcome_of

Check = Callable[[dict[str, object]], bool]
BEFORE = """def cost(n):
    base = n * 2
    if n > 10:
        base = base - 1
    note = 'cost'
    return base
"""


def protect(
    after: str | None,
    check: Check,
    *,
    before: str | None = BEFORE,
    covered: Sequence[int] = range(1, 40),
    coverage: Coverage | None = None,
    measured: bool = True,
    path: str = "shop.py",
    same: bool = True,
    limit: int = 20,
) -> Protection:
    tried: list[str] = []

    def try_text(_: str, text: str, only: Sequence[str]) -> SuiteResult:
        tried.append(text)
        names: dict[str, object] = {}
        try:
            exec(text, names)
        except Exception:  # noqa: BLE001 - whatever the text does
            return SuiteResult(collection_errors=("test.py",))
        try:
            good = check(names)
        except Exception:  # noqa: BLE001 - whatever the text does
            good = False
        return SuiteResult(cases=(CaseResult(id="t", status="passed" if good else "failed"),), seconds=1.0)

    ran = coverage if coverage is not None else {path: {n: n in covered for n in range(1, 40)}}
    change = FileChange(path=path, before=before, after=after)
    found = measure_protection(
        [change], ran if measured else None, languages(), try_text, ["t"], same_environment=same, limit=limit
    )
    assert len(tried) <= 2 * limit
    return found


def exact(names: dict[str, object]) -> bool:
    cost = names["cost"]
    assert callable(cost)
    return [cost(n) for n in (0, 3, 10, 11, 20)] == [0, 6, 20, 21, 39]


def lazy(names: dict[str, object]) -> bool:
    cost = names["cost"]
    assert callable(cost)
    return cost(0) == 0


REWRITTEN = BEFORE.replace("    base = n * 2\n", "    base = sum([n, n])\n")


def test_sharp_tests_kill_all_and_lazy_ones_do_not() -> None:
    sharp = protect(REWRITTEN, exact)
    assert (sharp.changed_lines, sharp.covered_lines, sharp.uncovered) == (1, 1, ())
    assert sharp.survived == 0
    assert sharp.killed >= 3
    assert all(m.by == "t" for m in sharp.mutants if m.status == "killed")
    assert protect(REWRITTEN, lambda names: callable(names["cost"])).survived > 0


def test_a_change_that_is_a_mutant_which_the_tests_let_live() -> None:
    found = protect(BEFORE.replace("n > 10", "n >= 10"), lazy)
    assert [(m.operator, m.status, m.before, m.after) for m in found.mutants] == [(UNDONE, "survived", ">=", ">")]


def test_the_same_under_another_interpreter_is_tried() -> None:
    def fails_on_old(names: dict[str, object]) -> bool:
        return lazy(names) and "unicode" not in str(names.get("TYPE"))

    before, after = "TYPE = 'unicode'\n" + BEFORE, "TYPE = 'str'\n" + BEFORE
    found = protect(after, fails_on_old, before=before, same=False)
    assert {(m.operator, m.status) for m in found.mutants if m.operator == UNDONE} == {(UNDONE, "killed")}


def test_one_mutant_among_harmless_edits_is_found() -> None:
    after = REWRITTEN.replace("n > 10", "n >= 10").replace("    note", "    # now\n    note")
    found = protect(after, lazy)
    assert any(m.operator == UNDONE and m.status == "survived" and m.before == ">=" for m in found.mutants)


def test_lines_that_no_test_runs() -> None:
    found = protect(REWRITTEN, exact, covered=(1, 3))
    assert [place.line for place in found.uncovered] == [2]


def test_a_line_without_a_record_is_not_covered() -> None:
    # what `pragma: no cover` or a tracer that was switched off would leave
    found = protect(REWRITTEN, exact, coverage={"shop.py": {1: True}})
    assert [place.line for place in found.uncovered] == [2]
    assert protect(REWRITTEN, exact, coverage={}).uncovered


def test_a_statement_over_several_lines_counts_as_its_first() -> None:
    after = BEFORE.replace("    base = n * 2\n", "    base = sum([\n        n,\n        n,\n    ])\n")
    assert protect(after, exact, coverage={"shop.py": {1: True, 2: True}}).uncovered == ()


@pytest.mark.parametrize(
    "after", [BEFORE + "# a word\n", BEFORE.replace("n * 2", "(n * 2)"), BEFORE.replace("base", "start")]
)
def test_what_changes_nothing_that_runs(after: str) -> None:
    assert protect(after, lazy, covered=()) == Protection()


def test_code_moved_out_of_a_block_is_changed_code() -> None:
    after = BEFORE.replace("        base = base - 1\n    note", "        pass\n    base = base - 1\n    note")
    assert protect(after, lazy).mutants
    before = "def cost(n):\n    if n:\n        a = n\n        n = 0\n    return n * 0\n"
    after = "def cost(n):\n    if n:\n        a = n\n    n = 0\n    return n * 0\n"
    assert protect(after, lazy, before=before, covered=()).uncovered


def test_a_file_that_no_tool_measures() -> None:
    assert [str(p) for p in protect("b", lazy, before="a", path="page.html").uncovered] == ["page.html"]
    assert protect("b", lazy, before="a", path="README.md").uncovered == ()
    assert [str(p) for p in protect("def f(:\n", lazy).uncovered] == ["shop.py"]
    assert [str(p) for p in protect(None, lazy).uncovered] == ["shop.py"]
    assert protect("# coding: latin-1\n" + BEFORE, lazy).uncovered


def test_a_new_file_must_be_run_and_guarded() -> None:
    assert protect(BEFORE, exact, before=None).survived <= 4  # the unused note
    assert protect(BEFORE, exact, before=None, coverage={}).uncovered


def test_without_coverage_a_killed_mutant_shows_that_a_line_runs() -> None:
    found = protect(REWRITTEN, exact, measured=False)
    assert (found.changed_lines, found.covered_lines, found.uncovered) == (1, 1, ())
    assert "cannot say which lines ran" in found.note
    assert protect(BEFORE.replace("'cost'", "'a' + 'b'"), exact, measured=False).uncovered


def test_time_is_bounded() -> None:
    change = FileChange(path="shop.py", before=BEFORE, after=REWRITTEN)
    slow = SuiteResult(cases=(CaseResult(id="t", status="failed"),), seconds=50.0)
    found = measure_protection([change], {"shop.py": {2: True}}, languages(), lambda *_: slow, ["t"], seconds=100)
    assert [m.status for m in found.mutants].count("killed") == 2
    assert "not every defect was tried" in found.note


def test_a_forged_result_lets_every_defect_live() -> None:
    always = SuiteResult(cases=(CaseResult(id="t", status="passed"),))
    change = FileChange(path="shop.py", before=BEFORE, after=REWRITTEN)
    found = measure_protection([change], {"shop.py": {2: True}}, languages(), lambda *_: always, ["t"])
    assert found.killed == 0
    assert found.survived > 0


PATCH = """diff --git a/shop.py b/shop.py
--- a/shop.py
+++ b/shop.py
@@ -1,3 +1,4 @@
 def cost(n):
-    base = n * 2
+    base = n * 3
+    n = 0
     if n > 10:
"""


def test_a_patch_becomes_changes() -> None:
    (change,) = read_patch(PATCH, {"shop.py": BEFORE}.get)
    assert change.after == BEFORE.replace("n * 2", "n * 3\n    n = 0")
    assert changed_lines(change) == (2, 3)
    assert added_lines(change)[1] == (3, "    n = 0")


@pytest.mark.parametrize(
    "patch",
    [
        PATCH.replace("n * 2", "n * 5"),
        PATCH.replace("shop.py", "../shop.py"),
        PATCH.replace("b/shop.py", "b/.git/hooks/x").replace("a/shop.py", "a/.git/hooks/x"),
        PATCH.replace("--- a", "new mode 120000\n--- a"),
        PATCH.replace("a/shop.py", "a/other.py").replace("b/shop.py", "b/other.py"),
        "diff --git a/x b/x\nindex 1..2 160000\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
        "not a patch\n",
        "diff --git a/x.bin b/x.bin\nGIT binary patch\nliteral 1\n",
    ],
)
def test_a_patch_that_is_refused(patch: str) -> None:
    with pytest.raises(UnusablePatchError):
        read_patch(patch, {"shop.py": BEFORE, "x": "a\n"}.get)


def test_what_a_fixer_wrote_is_not_held_against_it_when_tests_pass_without_it_too() -> None:
    change = FileChange(path="shop.py", before=BEFORE, after=BEFORE.replace("n > 10", "n >= 11"))
    tried: list[str] = []

    def try_text(_: str, text: str, __: Sequence[str]) -> SuiteResult:
        tried.append(text)
        return SuiteResult(cases=(CaseResult(id="t", status="failed"),))

    ran = {"shop.py": dict.fromkeys(range(1, 9), True)}
    model = measure_protection([change], ran, languages(), try_text, ["t"])
    assert [m.status for m in model.mutants if m.operator == UNDONE] == ["survived"]
    tried.clear()
    fixer = measure_protection([change], ran, languages(), try_text, ["t"], fixer_wrote=lambda path: path == "shop.py")
    assert UNDONE not in {m.operator for m in fixer.mutants}
    assert fixer.killed == len(tried) >= 3


def test_tests_that_a_fixer_rewrote_are_no_gap_and_no_place_for_defects() -> None:
    change = FileChange(path="test_shop.py", before=BEFORE, after=REWRITTEN)
    found = measure_protection([change], {}, languages(), lambda *_: SuiteResult(), ["t"], tests=["test_shop.py"])
    assert (found.changed_lines, found.uncovered, found.mutants) == (0, (), ())
    assert found.note == "whether the tests still notice what they did is not measured (1 file)"


def test_defects_that_are_tried_before_the_time_is_up_lie_all_over_the_change() -> None:
    lines = [f"    base = base + {n}\n" for n in range(16)]
    after = "def cost(n):\n    base = n\n" + "".join(lines) + "    return base\n"
    change = FileChange(path="shop.py", before="def cost(n):\n    return n\n", after=after)
    slow = SuiteResult(cases=(CaseResult(id="t", status="failed"),), seconds=50.0)
    ran = {"shop.py": dict.fromkeys(range(1, 30), True)}
    found = measure_protection([change], ran, languages(), lambda *_: slow, ["t"], seconds=200, limit=16)
    at = sorted(m.where.line for m in found.mutants if m.status == "killed")
    assert len(at) == 4
    assert at[0] < 7
    assert at[-1] > 12


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (SuiteResult(cases=(CaseResult(id="a", status="passed"),), trouble="it ended with code 1"), ("killed", "b")),
        (SuiteResult(trouble="no test ran"), ("broken", "")),
        (SuiteResult(cases=(CaseResult(id="a", status="passed"),), collection_errors=("t.py",)), ("broken", "")),
        (
            SuiteResult(cases=tuple(CaseResult(id=name, status="passed") for name in "ab"), trouble="odd exit code"),
            ("broken", ""),
        ),
    ],
)
def test_a_run_that_breaks_off_has_noticed_and_one_that_never_began_has_not(
    result: SuiteResult, said: tuple[str, str]
) -> None:
    assert outcome_of(result, {"a", "b"}) == said
