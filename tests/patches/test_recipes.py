"""Every recipe on its cases, each run twice; what they never do; the pages that users read.

A case in ``cases/<recipe-id>.yaml`` is a mapping in a list:

- ``name``: what it shows;
- ``files``: path -> text of the repository;
- ``after``: path -> text of the files that change (null: deleted). Without it nothing must change;
- ``left``: strings, each of which is part of what the recipe says it left to people (``path:line: text``);
- ``titles``: the proposals' titles, in order (optional);
- ``latin1``: true when the texts are bytes written as Latin-1 characters, not UTF-8;
- ``sandbox``: true when the recipe runs a program in the sandbox (such a case is slow and is skipped where there is none).

``{CR}`` in a text stands for a carriage return.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.composition import languages
from agent.domain.patch import Left, Proposal
from agent.patches.catalogue import HEADINGS, page, recipes, sections
from agent.patches.codebase import OverlaidCode, combined
from tests.patches.codebases import code_of

CASES = Path(__file__).parent / "cases"


def _cases() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text("utf-8")) or ():
            marks = [pytest.mark.slow] if case.get("sandbox") else []
            found.append(pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}", marks=marks))
    return found


def _bytes(text: str, case: dict[str, Any]) -> str:
    """The text as a `Codebase` gives it: bytes as Latin-1."""
    text = text.replace("{CR}", "\r")
    return text if case.get("latin1") else text.encode().decode("latin-1")


def _applied(code: OverlaidCode, recipe: str) -> tuple[OverlaidCode, list[Proposal]]:
    proposals = list(recipes()[recipe].propose(code))
    for proposal in proposals:
        assert proposal.recipe == recipe
        assert len({change.path for change in proposal.changes}) == len(proposal.changes)
        assert all(change.before != change.after for change in proposal.changes), "a change that changes nothing"
        assert not code.fits(proposal.changes), "not made from the code as the proposals before it left it"
        code = code.changed(proposal.changes)
    return code, proposals


def _said(left: Sequence[Left]) -> str:
    return "\n".join(f"{entry.where}: {entry.text}" for entry in left)


@pytest.mark.parametrize(("recipe", "case"), _cases())
def test_case(recipe: str, case: dict[str, Any], tmp_path: Path) -> None:
    unknown = set(case) - {"name", "files", "after", "left", "titles", "latin1", "sandbox"}
    assert not unknown, f"the case has keys that nothing reads: {unknown}"
    sandbox = "bubblewrap" if case.get("sandbox") else ""
    why_not = BubblewrapSandbox().unusable() if sandbox else ""
    if why_not:
        assert os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX") != "bubblewrap", why_not
        pytest.skip(why_not)
    files = {path: _bytes(text, case) for path, text in case["files"].items()}
    with code_of(tmp_path, files, sandbox=sandbox) as code:
        after, proposals = _applied(code, recipe)
        changes = [change for proposal in proposals for change in proposal.changes]
        expected = {
            path: None if text is None else _bytes(text, case) for path, text in (case.get("after") or {}).items()
        }
        assert {change.path: change.after for change in combined(changes)} == expected
        left = _said([entry for proposal in proposals for entry in proposal.left])
        for part in case.get("left", ()):
            assert part in left, left
        if "titles" in case:
            assert [proposal.title for proposal in proposals if proposal.changes] == case["titles"]
        _, again = _applied(after, recipe)
        assert [proposal.title for proposal in again if proposal.changes] == [], "it changes its own result"


@pytest.mark.parametrize("recipe", list(recipes()))
def test_every_recipe_has_cases_of_what_it_changes_and_of_what_it_must_not(recipe: str) -> None:
    path = CASES / f"{recipe}.yaml"
    assert path.is_file(), f"{recipe} has no cases"
    cases = yaml.safe_load(path.read_text("utf-8"))
    assert any(case.get("after") or case.get("left") for case in cases), "no case in which it speaks"
    assert any(not case.get("after") for case in cases), "no case in which it must not change anything"


def test_every_file_of_cases_is_of_a_recipe() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} <= set(recipes())


@pytest.mark.parametrize("recipe", list(recipes()))
def test_every_recipe_has_a_page(recipe: str) -> None:
    found = sections(page(recipe))
    assert list(found) == ["", *HEADINGS]
    assert all(found.values()), "an empty section"
    assert recipes()[recipe].title


_WORDS = st.sampled_from(
    [b"\n", b"\r\n", b"    ", b"\t", b"import os\n", b"print 'a'\n", b"class A:\n", b"def f(x):\n", b"'''", b'"', b"\\",
     b"<?php ", b"function f() {", b"}", b"public class A {", b"var x = require('a');\n", b"\xff\xfe", b"\x00", b"\xef\xbb\xbf",
     b"# -*- coding: latin-1 -*-\n", b"IDENTIFICATION DIVISION.\n", b"<project>", b"{", b"(", b"# "]
)  # fmt: skip
_BYTES = st.one_of(st.binary(max_size=300), st.lists(_WORDS, max_size=40).map(b"".join))


@pytest.mark.parametrize("recipe", list(recipes()))
def test_any_bytes_in_no_exception_out(recipe: str) -> None:
    suffixes = sorted(
        suffix
        for language in languages().values()
        if language.name in recipes()[recipe].languages
        for suffix in language.suffixes
    ) or [".txt"]
    names = [f"shop/odd{suffix}" for suffix in suffixes[:4]] + [
        "requirements.txt",
        "package.json",
        "pom.xml",
        "setup.py",
    ]

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.dictionaries(st.sampled_from(names), _BYTES, min_size=1, max_size=4))
    def tried(files: dict[str, bytes]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            texts = {name: content.decode("latin-1") for name, content in files.items()}
            with code_of(Path(folder), {"shop/good.py": "x = 1\n", **texts}) as code:
                _applied(code, recipe)

    tried()
