"""Every recipe on every sample system: what it changes it changes once, and never twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.patches.catalogue import choose, recipes
from agent.patches.codebase import OverlaidCode
from tests.patches.codebases import code_of
from tests.program import ROOT

SAMPLES = sorted(path for path in (ROOT / "sample_repos").iterdir() if path.is_dir())
SKIPPED = {"target", "node_modules", "__pycache__", ".git"}
PYTHON_3 = {"orderdesk"}


def files_of(sample: Path) -> dict[str, str]:
    return {
        str(path.relative_to(sample)): path.read_bytes().decode("latin-1")
        for path in sorted(sample.rglob("*"))
        if path.is_file() and not path.is_symlink() and not SKIPPED & set(path.parts)
    }


def applied(code: OverlaidCode, recipe: str) -> tuple[OverlaidCode, list[str]]:
    titles = []
    for proposal in recipes()[recipe].propose(code):
        if proposal.changes:
            assert not code.fits(proposal.changes), f"{recipe}: {code.fits(proposal.changes)}"
            code = code.changed(proposal.changes)
            titles.append(proposal.title)
    return code, titles


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_recipe_run_twice_changes_nothing_the_second_time(sample: Path, tmp_path: Path) -> None:
    with code_of(tmp_path, files_of(sample)) as code:
        written = {share.language for share in code.inventory.languages}
        spoken = []
        for name, recipe in recipes().items():
            if recipe.languages and not recipe.languages & written:
                continue
            after, titles = applied(code, name)
            spoken += titles
            assert applied(after, name)[1] == [], f"{name} changes its own result"
        assert spoken, "no recipe has anything to say of this sample, so this shows nothing"


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_all_default_recipes_one_after_the_other_come_to_an_end(sample: Path, tmp_path: Path) -> None:
    with code_of(tmp_path, files_of(sample)) as code:
        written = frozenset(share.language for share in code.inventory.languages)
        for recipe in choose((), written):
            code, _ = applied(code, recipe.id)
        again = {recipe.id: applied(code, recipe.id)[1] for recipe in choose((), written)}
        assert {name: titles for name, titles in again.items() if titles} == {}


@pytest.mark.parametrize("sample", sorted(PYTHON_3))
def test_what_is_on_python_3_already_gets_nothing_from_that_recipe(sample: str, tmp_path: Path) -> None:
    with code_of(tmp_path, files_of(ROOT / "sample_repos" / sample)) as code:
        assert applied(code, "python3")[1] == []
