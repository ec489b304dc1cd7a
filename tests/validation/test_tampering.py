"""Every tampering rule on the cases in tests/cases/tampering: what it must refuse, and what it must let pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agent.composition import languages
from agent.domain.verdict import FileChange
from agent.validation.tampering import assertion_count, pages, scan_change

CASES = Path(__file__).parent.parent / "cases" / "tampering"


def cases(kind: str) -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        for number, case in enumerate(yaml.safe_load(path.read_text("utf-8"))[kind]):
            found.append(pytest.param(path.stem, case, id=f"{path.stem}-{number}-{Path(case['path']).suffix[1:]}"))
    return found


def rules_of(case: dict[str, Any]) -> set[str]:
    change = FileChange(path=case["path"], before=latin(case["before"]), after=latin(case["after"]))
    found = scan_change(
        [change],
        languages(),
        suite_files=case.get("suite_files", ()),
        fixer_wrote=lambda path: case.get("fixer", False),
        expected=frozenset(case.get("expected", ())),
    )
    assert all(one.where.path == case["path"] for one in found)
    return {one.rule for one in found}


def latin(text: str | None) -> str | None:
    return text.encode("utf-8").decode("latin-1") if text is not None else None


@pytest.mark.parametrize(("rule", "case"), cases("refused"))
def test_what_a_rule_refuses(rule: str, case: dict[str, Any]) -> None:
    assert rule in rules_of(case)


@pytest.mark.parametrize(("rule", "case"), cases("passes"))
def test_what_no_rule_minds(rule: str, case: dict[str, Any]) -> None:
    assert rules_of(case) == set()


def test_every_rule_has_a_page_and_cases() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} == set(pages())
    assert all("est practice" in page for page in pages().values())


def test_a_hit_names_its_line() -> None:
    change = FileChange(
        path="a.py", before="x = 1\n", after="x = 1\n\n\nif x:\n    import os\n    os._exit(\n        0)\n"
    )
    assert [(t.rule, t.where.line) for t in scan_change([change], languages())] == [("process-exit", 6)]


def test_code_moved_to_another_file_is_no_news() -> None:
    body = "import sys\ndef main():\n    try:\n        run()\n    except Exception:\n        pass\n    sys.exit(1)\n"
    moved = [FileChange(path="a.py", before=body, after=None), FileChange(path="b.py", before=None, after=body)]
    assert scan_change(moved, languages()) == ()


def test_assertions_are_counted_in_every_language() -> None:
    texts = {
        "test_a.py": "def test_a():\n    assert f()\n    with pytest.raises(E):\n        g()\n    self.assertEqual(1, 2)\n",
        "test_b.py": "class A(T):\n    def test_a(self):\n        self.failUnless(f())\n        assert g(), 'x'\n        print 'assert'\n",
        "a.test.js": "it('a', () => { expect(1).toBe(1); assert.equal(1, 1); assert(x); x.should.equal(3); });",
        "ATest.java": "class ATest { @Test void a() { assertEquals(1, 2); Assert.assertTrue(x); verify(m).go(); fail(); } }",
        "ATest.php": "<?php class A extends T { function testA() { $this->assertSame(1, 2); self::assertTrue($x); } }",
    }
    counts = {path: assertion_count(path, text, languages()) for path, text in texts.items()}
    assert counts == {"test_a.py": 3, "test_b.py": 2, "a.test.js": 4, "ATest.java": 4, "ATest.php": 2}


@given(
    st.text(max_size=300),
    st.text(max_size=300),
    st.sampled_from(["a.py", "a.js", "A.java", "a.php", "pom.xml", "package.json", "x"]),
)
def test_any_text_can_be_scanned(before: str, after: str, path: str) -> None:
    change = FileChange(
        path=path,
        before=latin(before.encode("utf-8", "replace").decode()),
        after=latin(after.encode("utf-8", "replace").decode()),
    )
    scan_change([change], languages(), expected=frozenset({"abcdefgh"}))
