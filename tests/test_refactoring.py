"""The loop from proposals to patches: what holds is kept and built upon, what does not is said; on a runner of ten lines."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from agent.adapters.memo_store import MemoStore
from agent.composition import codebase, languages
from agent.domain.inventory import Location
from agent.domain.patch import Left, Proposal, RefactorReport
from agent.domain.verdict import FileChange
from agent.inventory import take_inventory
from agent.ports import Codebase, PatchRecipe
from agent.refactoring import Wishes, refactor, write_report
from agent.refactoring.loop import Refactored
from agent.refactoring.output import message
from tests.patches.recipes_for_tests import Replacing, Steps
from tests.program import commit_all, git, tree, write_repository
from tests.validation.places import shell_place

# One test a line of data: a test passes as long as its word is where it was.
SUITE = """
for word in alpha beta gamma; do
  if grep -q "^$word=good\\|^$word=better" words/$word.md; then echo "ok $word"; else echo "not ok $word gone"; fi
done
"""
WORDS = {f"words/{word}.md": f"# {word}\n{word}=good\n" for word in ("alpha", "beta", "gamma")}
FILES = {"suite.sh": SUITE, **WORDS}
WISHES = Wishes(runs=1, mutants=2)


def tried(
    tmp_path: Path,
    recipes: Sequence[PatchRecipe],
    files: Mapping[str, str] = FILES,
    wishes: Wishes = WISHES,
) -> Refactored:
    memo = MemoStore(tmp_path / "memo.sqlite")
    try:
        with shell_place(tmp_path, files) as place:
            code = codebase(place, lambda: take_inventory(place.tree, as_of=None), _unasked, _unasked)
            return refactor(place, code, recipes, languages(), memo, wishes)
    finally:
        memo.close()


def _unasked() -> None:
    raise AssertionError("no recipe here asks for it")


def labels(report: RefactorReport) -> list[tuple[str, str]]:
    return [(patch.verdict.label, patch.proposal.title) for patch in report.patches]


def test_what_held_is_the_ground_for_the_next_recipe(tmp_path: Path) -> None:
    first, second = Replacing("=good", "=better", id="first"), Replacing("better", "better!", id="second")
    done = tried(tmp_path, [first, second])
    assert [patch.verdict.label for patch in done.report.patches] == ["no regression", "no regression"]
    assert done.code.text("words/alpha.md") == "# alpha\nalpha=better!\n"
    assert [patch.file for patch in done.report.patches] == [
        "0001-first-replace-good-by-better.patch",
        "0002-second-replace-better-by-better.patch",
    ]
    assert done.report.tested[0].passed == ("alpha", "beta", "gamma")


def test_a_file_whose_part_loses_a_test_is_taken_out_and_named(tmp_path: Path) -> None:
    class Spoiling(Replacing):
        def propose(self, code):  # type: ignore[no-untyped-def]
            (whole,) = super().propose(code)
            worse = [
                change.model_copy(update={"after": "gone\n"}) if "beta" in change.path else change
                for change in whole.changes
            ]
            return [whole.model_copy(update={"changes": tuple(worse)})]

    done = tried(tmp_path, [Spoiling("=good", "=better")])
    (patch,) = done.report.patches
    assert patch.verdict.label == "no regression"
    assert [change.path for change in patch.proposal.changes] == ["words/alpha.md", "words/gamma.md"]
    assert [left.where.path for left in patch.dropped] == ["words/beta.md"]
    assert "beta" in patch.dropped[0].text
    assert patch.attempts
    assert sorted(done.code.overlay) == ["words/alpha.md", "words/gamma.md"]


def test_a_proposal_of_which_nothing_holds_is_refused_with_the_tests_that_are_lost(tmp_path: Path) -> None:
    done = tried(
        tmp_path, [Replacing("=good", "=bad"), Replacing("=good", "=better", id="other", needs=("replacing",))]
    )
    (patch,) = done.report.patches
    assert (patch.verdict.label, patch.file) == ("refused", "")
    assert set(patch.verdict.lost) == {"alpha", "beta", "gamma"}
    assert done.report.not_tried == ("other: Replace =good by =better: it needs replacing, which did not hold",)
    assert done.code.overlay == {}


def test_without_tests_patches_are_unprotected_and_nothing_is_built_on_them(tmp_path: Path) -> None:
    done = tried(tmp_path, [Replacing("=good", "=better")], WORDS)
    (patch,) = done.report.patches
    assert patch.verdict.label == "unprotected"
    assert patch.file == "unprotected/0001-replacing-replace-good-by-better.patch"
    assert "no test suite was found" in patch.verdict.reasons[0]
    assert "no test suite was found" in done.report.not_tried[0]
    assert done.code.overlay == {}


def test_a_change_to_the_suite_that_no_fixer_wrote_is_refused(tmp_path: Path) -> None:
    done = tried(tmp_path, [Replacing("gone", "missing", suffixes=(".sh",), fixer=False)])
    (patch,) = done.report.patches
    assert patch.verdict.label == "refused"
    assert patch.verdict.tampering[0].where.path == "suite.sh"


def test_the_next_run_takes_up_what_a_killed_one_found(tmp_path: Path) -> None:
    recipes = [Replacing("=good", "=better", id="first"), Replacing("=better", "=bad", id="second")]
    first = tried(tmp_path, recipes)
    assert first.test_runs > 0
    second = tried(tmp_path, recipes)
    assert second.test_runs == 0
    assert second.reused > 0
    assert second.report == first.report


def test_the_same_repository_gives_the_same_bytes_wherever_it_lies(tmp_path: Path) -> None:
    contents = []
    for place in ("one", "two"):
        folder = tmp_path / place
        folder.mkdir()
        done = tried(folder, [Replacing("=good", "=better"), Replacing("=better", "=bad", id="second")])
        write_report(folder / "out", done.report, "2013-05-06")
        contents.append(
            {path.name: path.read_bytes() for path in sorted((folder / "out").rglob("*")) if path.is_file()}
        )
    assert contents[0] == contents[1]
    assert str(tmp_path).encode() not in b"".join(contents[0].values())


# --- series: the tests run elsewhere from the first step on ---

# Passes `old` only before, and each word once its line is converted and no line is half converted.
SERIES_SUITE = """
for word in alpha beta gamma; do
  if grep -q "^$word=three" words/$word.md && ! grep -q poison words/$word.md; then echo "ok $word"
  elif grep -q "^$word=two" words/$word.md && ! [ -f words/three ]; then echo "ok $word"
  else echo "not ok $word gone"; fi
done
"""
TWO = {f"words/{word}.md": f"# {word}\n\n\n\n{word}=two\n" for word in ("alpha", "beta", "gamma")}


def convert(path: str, text: str) -> str:
    return text.replace("=two", "=three")


def poison(path: str, text: str) -> str:
    return text.replace("# ", "# poison ") if "beta" in path else text.replace("# ", "# fine ")


def decorate(path: str, text: str) -> str:
    return text + "end\n"


def test_a_series_that_keeps_every_test_is_taken_whole_and_measured_at_both_ends(tmp_path: Path) -> None:
    done = tried(tmp_path, [Steps([convert, decorate])], {"suite.sh": SERIES_SUITE, **TWO})
    assert [patch.verdict.accepted for patch in done.report.patches] == [True, True]
    first, last = done.report.patches
    assert first.counts is None
    assert last.counts is not None
    assert (last.counts.after, last.counts.baseline) == (3, 3)
    assert done.code.text("words/alpha.md") == "# alpha\n\n\n\nalpha=three\nend\n"
    assert [tested.brought_by for tested in done.report.tested] == [0, 2]


def test_a_step_that_loses_a_test_is_kept_but_for_the_file_that_loses_it(tmp_path: Path) -> None:
    done = tried(tmp_path, [Steps([convert, poison, decorate])], {"suite.sh": SERIES_SUITE, **TWO})
    report = done.report
    assert [patch.verdict.accepted for patch in report.patches] == [True, True, True], labels(report)
    poisoned = report.patches[1]
    assert [left.where.path for left in poisoned.dropped] == ["words/beta.md"]
    assert [(p.counts.before, p.counts.after) for p in report.patches if p.counts] == [(3, 3), (3, 3), (3, 3)]
    assert done.code.text("words/beta.md") == "# beta\n\n\n\nbeta=three\nend\n"
    assert done.code.text("words/alpha.md") == "# fine alpha\n\n\n\nalpha=three\nend\n"


def test_a_series_that_loses_tests_for_good_is_written_as_unfinished_with_what_is_missing(tmp_path: Path) -> None:
    def half(path: str, text: str) -> str:
        return text.replace("gamma=two", "gamma=half").replace("=two", "=three")

    done = tried(tmp_path, [Steps([half])], {"suite.sh": SERIES_SUITE, **TWO})
    (patch,) = done.report.patches
    assert patch.verdict.label == "refused"
    assert patch.verdict.lost == ("gamma",)
    assert patch.file.startswith("unfinished/0001-")
    assert patch.counts is not None
    assert (patch.counts.after, patch.counts.baseline) == (2, 3)
    assert done.code.overlay == {}


# --- the folder that is written ---


AWKWARD = {
    **FILES,
    "words/crlf.md": "# x\r\nx=good\r\nlast=good",
    "words/latin.md": "na\u00efve=good\n",
    "words/with blank.md": "y=good\n",
    "words/gr\u00fc\u00dfe.md": "z=good=\n",
    'words/odd"name.md': "=good\fFrom 1\n-- \n---\n",
    "run.md": "#!/bin/sh\necho =good\n",
    "gone.md": "moved",
}


class Moving(Replacing):
    """Besides, moves a file and makes an empty one."""

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        found = list(super().propose(code))
        text = code.text("gone.md")
        if text is None:
            return found
        changes = (
            FileChange(path="gone.md", before=text, after=None),
            FileChange(path="new/empty.md", before=None, after=""),
            FileChange(path="new/here.md", before=None, after=text),
        )
        return [
            *found,
            Proposal(recipe=self.id, title="Move it \u2192 there", why="---\nFrom here\ndiff --git", changes=changes),
        ]


def written(tmp_path: Path, commit: str) -> Path:
    """A folder of patches, and what they lead to in ``expected``."""
    write_repository(tmp_path / "repository", {p: t.encode("latin-1") for p, t in AWKWARD.items()})
    (tmp_path / "repository/run.md").chmod(0o755)
    if commit:
        commit_all(tmp_path / "repository")
    recipes = [Replacing("=good", "=better"), Moving("better", "better=", id="next", one_by_one=True)]
    done = tried(tmp_path, recipes, {})
    assert {patch.verdict.label for patch in done.report.patches} == {"no regression"}
    report = done.report.model_copy(update={"commit": commit})
    write_report(tmp_path / "out", report, "2013-05-06", lambda path: path == "run.md")
    shutil.copytree(tmp_path / "repository", tmp_path / "expected", ignore=shutil.ignore_patterns(".git"))
    for path, text in done.code.overlay.items():
        target = tmp_path / "expected" / path
        target.unlink(missing_ok=True)
        if text is not None:
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(text.encode("latin-1"))
    return tmp_path / "out"


def test_git_am_applies_every_patch_in_order(tmp_path: Path) -> None:
    patches = sorted(str(path) for path in written(tmp_path, "0123456").glob("*.patch"))
    assert len(patches) > len(AWKWARD) - 2
    repository = tmp_path / "repository"
    git(repository, "am", *patches)
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "log", "-1", "--format=%an %ad", "--date=short").strip() == "figwright 2013-05-06"
    assert "Move it \u2192 there" in git(repository, "log", "--format=%s")
    assert (repository / "run.md").stat().st_mode & 0o100
    shutil.rmtree(repository / ".git")
    assert tree(repository) == tree(tmp_path / "expected")


def test_without_git_they_apply_too(tmp_path: Path) -> None:
    for patch in sorted(written(tmp_path, "").glob("*.patch")):
        git(tmp_path / "repository", "apply", str(patch))
    assert tree(tmp_path / "repository") == tree(tmp_path / "expected")


def test_a_second_run_into_the_same_folder_takes_stale_patches_away(tmp_path: Path) -> None:
    done = tried(tmp_path, [Replacing("=good", "=better")])
    out = tmp_path / "out"
    write_report(out, done.report)
    (out / "0009-mine.patch").write_text("mine")
    other = tried(tmp_path, [Replacing("=good", "=better", id="other")])
    write_report(out, other.report)
    assert sorted(path.name for path in out.glob("*.patch")) == [
        "0001-other-replace-good-by-better.patch",
        "0009-mine.patch",
    ]
    assert json.loads((out / "verdicts.json").read_text())["patches"][0]["files"] == sorted(WORDS)


def test_a_proposal_made_on_one_that_did_not_hold_is_moved_to_the_code_as_it_stands(tmp_path: Path) -> None:
    class Several(Replacing):
        """One change of all files that loses a test, a good one of another file, and one on top of the first."""

        def propose(self, code: Codebase) -> Sequence[Proposal]:
            texts = {path: code.text(path) or "" for path in code.paths(".md")}
            alpha, beta = "words/alpha.md", "words/beta.md"
            bad = texts[alpha].replace("=good", "=bad")
            more = {path: f"{text}more\n" for path, text in {**texts, "bad": bad}.items()}
            steps = [(alpha, texts[alpha], bad), (beta, texts[beta], more[beta]), (alpha, bad, more["bad"])]
            return [
                Proposal(recipe=self.id, title=f"Step {n}", why="So.", changes=(FileChange(path=p, before=b, after=a),))
                for n, (p, b, a) in enumerate(steps, start=1)
            ]

    files = {**FILES, **{path: f"{text}\n\n\nend\n" for path, text in WORDS.items()}}
    done = tried(tmp_path, [Several("", "")], files)
    assert labels(done.report) == [("refused", "Step 1"), ("no regression", "Step 2"), ("no regression", "Step 3")]
    assert done.code.text("words/alpha.md") == "# alpha\nalpha=good\n\n\n\nend\nmore\n"


def test_a_patch_says_what_its_recipe_left_to_people(tmp_path: Path) -> None:
    class Leaving(Replacing):
        def propose(self, code: Codebase) -> Sequence[Proposal]:
            left = tuple(Left(where=Location(path="words/beta.md", line=n), text="not sure") for n in range(1, 8))
            return [found.model_copy(update={"left": left}) for found in super().propose(code)]

    done = tried(tmp_path, [Leaving("=good", "=better")])
    said = message(done.report.patches[0], done.report)
    assert "Left to people: words/beta.md:1: not sure\n" in said
    assert "Left to people: and 2 more places, in verdicts.json\n" in said
