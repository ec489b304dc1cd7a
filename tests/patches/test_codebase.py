"""The repository as recipes see it, and programs that rewrite it in a box."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.adapters.bare_sandbox import BareSandbox
from agent.adapters.work_folders import WorkFolders
from agent.domain.environment import Need, Step
from agent.domain.verdict import FileChange
from agent.patches.codebase import combined
from agent.patches.rewriting import Rewriter
from tests.patches.codebases import code_of
from tests.validation.places import ShellToolchains

FILES = {
    "shop/orders.py": "x = '\xe9'\r\n",
    "shop/static/jquery.min.js": "x",
    "node_modules/a/index.js": "x = 1\n",
    "tests/test_orders.py": "def test_x():\n    pass\n",
    "tox.ini": "[testenv]\n",
    "README.md": "# Shop\n",
}


def test_files_as_the_patches_so_far_left_them(tmp_path: Path) -> None:
    with code_of(tmp_path, FILES) as code:
        assert code.paths(".py") == ["shop/orders.py", "tests/test_orders.py"]
        assert code.text("shop/orders.py") == "x = '\xe9'\r\n"
        assert code.text("../cache") is None
        assert code.text("shop") is None
        after = code.changed(
            [
                FileChange(path="shop/orders.py", before=code.text("shop/orders.py"), after=None),
                FileChange(path="shop/new.py", before=None, after="y = 1\n"),
            ]
        )
        assert after.paths(".py") == ["shop/new.py", "tests/test_orders.py"]
        assert after.text("shop/orders.py") is None
        assert "node_modules/a/index.js" not in code.paths()
        assert code.fits([FileChange(path="shop/new.py", before="z", after="")]) != ""
        assert code.inventory.name == "shop"
        assert code.graph.symbols


def test_what_belongs_to_the_tests(tmp_path: Path) -> None:
    with code_of(tmp_path, FILES) as code:
        assert [path for path in code.paths() if code.is_test(path)] == ["tests/test_orders.py", "tox.ini"]
        assert code.is_test("tests/new.py")
        assert code.is_test("shop/test_new.py")


def test_changes_after_another_are_one() -> None:
    first = FileChange(path="a", before="1", after="2")
    assert combined([first, FileChange(path="a", before="2", after="3")]) == (
        FileChange(path="a", before="1", after="3"),
    )
    assert combined([first, FileChange(path="a", before="2", after="1")]) == ()


def _step(script: str, *, network: bool = False) -> Step:
    return Step(name="rewrite", run=("{toolchain:sh}", "-c", script), network=network)


@pytest.fixture
def rewriter(tmp_path: Path) -> Rewriter:
    (tmp_path / "repo/target").mkdir(parents=True)
    (tmp_path / "repo/a.txt").write_text("one\n")
    (tmp_path / "repo/b.txt").write_text("two\n")
    (tmp_path / "repo/link.txt").symlink_to("/etc/hostname")
    return Rewriter(BareSandbox(), ShellToolchains(), WorkFolders(tmp_path / "work"))


def test_a_program_changes_makes_and_removes_files(rewriter: Rewriter, tmp_path: Path) -> None:
    script = "echo more >> a.txt; rm b.txt; echo new > c.txt; echo built > target/x.class; mkdir -p node_modules; echo x > node_modules/y"
    done = rewriter(tmp_path / "repo", {"d.txt": "laid over\n"}, [_step(script)], [Need(name="sh")])
    assert done.failed == ""
    assert {change.path: (change.before, change.after) for change in done.changes} == {
        "a.txt": ("one\n", "one\nmore\n"),
        "b.txt": ("two\n", None),
        "c.txt": (None, "new\n"),
    }
    assert (tmp_path / "repo/a.txt").read_text() == "one\n"


def test_what_was_fetched_once_is_there_the_next_time(rewriter: Rewriter, tmp_path: Path) -> None:
    fetch = _step("test -f {env}/tool || echo fetched >> {env}/tool; cp {env}/tool a.txt", network=True)
    for _ in range(2):
        done = rewriter(tmp_path / "repo", {}, [fetch], [Need(name="sh")])
        assert [change.after for change in done.changes] == ["fetched\n"]


def test_a_program_that_fails_changes_nothing_and_says_why(rewriter: Rewriter, tmp_path: Path) -> None:
    done = rewriter(tmp_path / "repo", {}, [_step("echo broken >&2; rm a.txt; exit 3")], [Need(name="sh")])
    assert (done.changes, done.failed, done.last_lines) == ((), "rewrite: exit code 3", ("broken",))
    assert "this machine has none" in rewriter(tmp_path / "repo", {}, [_step("true")], [Need(name="maven")]).failed
