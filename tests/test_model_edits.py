"""Edits by a model, here a script of answers: what failed goes into the next attempt, and ends after so many."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from agent.adapters.memo_store import MemoStore
from agent.composition import codebase, languages
from agent.domain.patch import EditTask, Shown
from agent.inventory import take_inventory
from agent.ports import Editor
from agent.refactoring import Wishes, refactor
from agent.refactoring.loop import Refactored
from tests.patches.recipes_for_tests import Steps
from tests.test_refactoring import FILES, SERIES_SUITE, TWO
from tests.validation.places import shell_place


@dataclass
class Script:
    """Answers in order; keeps what it was asked."""

    answers: list[str]
    name: str = "script-1"
    asked: list[EditTask] = field(default_factory=list)

    def propose_edit(self, task: EditTask) -> str:
        self.asked.append(task)
        return self.answers.pop(0) if self.answers else ""


def block(path: str, search: str, replace: str) -> str:
    return f"{path}\n<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n"


def tried(
    tmp_path: Path,
    editor: Editor,
    files: dict[str, str],
    recipes: tuple[Steps, ...] = (),
    tasks: tuple[EditTask, ...] = (),
) -> Refactored:
    memo = MemoStore(tmp_path / "memo.sqlite")
    try:
        with shell_place(tmp_path, files) as place:
            code = codebase(place, lambda: take_inventory(place.tree, as_of=None), _unasked, _unasked)
            wishes = Wishes(runs=1, mutants=2, rounds=3)
            return refactor(place, code, recipes, languages(), memo, wishes, editor=editor, draft=lambda *_: tasks)
    finally:
        memo.close()


def _unasked() -> None:
    raise AssertionError("nothing here asks for it")


TASK = EditTask(goal="Say better", files=(Shown(path="words/alpha.md", text=""),))
GOOD = block("words/alpha.md", "alpha=good", "alpha=better")


def test_an_answer_that_holds_is_a_patch_of_the_models(tmp_path: Path) -> None:
    editor = Script([GOOD])
    done = tried(tmp_path, editor, FILES, tasks=(TASK,))
    (patch,) = done.report.patches
    assert (patch.verdict.label, patch.proposal.model, patch.proposal.fixer) == ("no regression", "script-1", False)
    assert patch.file == "0001-model-say-better.patch"
    assert editor.asked[0].files[0].text == "# alpha\nalpha=good\n"
    assert dict(done.code.overlay) == {"words/alpha.md": "# alpha\nalpha=better\n"}


def test_why_an_answer_was_refused_goes_into_the_next_attempt_and_into_the_report(tmp_path: Path) -> None:
    missing, bad = block("words/alpha.md", "alpha=none", "x"), block("words/alpha.md", "alpha=good", "alpha=bad")
    editor = Script([missing, bad, GOOD])
    done = tried(tmp_path, editor, FILES, tasks=(TASK,))
    (patch,) = done.report.patches
    assert patch.verdict.label == "no regression"
    assert len(patch.attempts) == 2
    assert "do not stand in the file" in patch.attempts[0]
    assert "alpha" in patch.attempts[1]
    assert editor.asked[1].refused == patch.attempts[:1]
    assert editor.asked[2].failures == ("alpha\ngone",)


def test_after_so_many_attempts_it_ends_and_nothing_is_taken(tmp_path: Path) -> None:
    editor = Script([block("words/alpha.md", "alpha=good", "alpha=bad")] * 9)
    done = tried(tmp_path, editor, FILES, tasks=(TASK,))
    (patch,) = done.report.patches
    assert (patch.verdict.label, patch.file, len(patch.attempts)) == ("refused", "", 3)
    assert len(editor.asked) == 3
    assert done.code.overlay == {}


def test_a_model_may_not_touch_what_judges_it(tmp_path: Path) -> None:
    editor = Script([block("suite.sh", "done", "done; echo ok more")])
    done = tried(tmp_path, editor, FILES, tasks=(TASK,))
    (patch,) = done.report.patches
    assert patch.verdict.label == "refused"
    assert "belongs to the tests" in patch.attempts[0]


def test_a_model_mends_what_a_series_lost(tmp_path: Path) -> None:
    def half(path: str, text: str) -> str:
        return text.replace("gamma=two", "gamma=half").replace("=two", "=three")

    worse = block("words/alpha.md", "alpha=three", "alpha=no")
    mended = block("words/gamma.md", "gamma=half", "gamma=three")
    editor = Script([worse, mended])
    done = tried(tmp_path, editor, {"suite.sh": SERIES_SUITE, **TWO}, (Steps([half]),))
    step, mend = done.report.patches
    assert step.verdict.accepted
    assert mend.proposal.model == "script-1"
    assert mend.counts is not None
    assert (mend.counts.before, mend.counts.after, mend.counts.baseline) == (2, 3, 3)
    assert "alpha" in mend.attempts[0]
    assert editor.asked[0].failures == ("gamma\ngone",)
    assert str(done.code.overlay["words/gamma.md"]).endswith("gamma=three\n")
