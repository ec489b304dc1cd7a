"""A model as the patch stage's editor: what it is shown, and that it answers or gives up, never raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.advisor.editing import read_files
from agent.domain.inventory import Location
from agent.domain.patch import EditTask, Left, Shown
from agent.patches.search_replace import read_blocks
from tests.advisor.server import Reply, completion, obedient, serve
from tests.advisor.small import opened

BLOCK = "shop/tax.py\n<<<<<<< SEARCH\n    return 0.2\n=======\n    return 0.25\n>>>>>>> REPLACE\n"
TASK = EditTask(
    goal="Raise the tax to a quarter",
    files=(
        Shown(path="shop/tax.py", text="def rate():\n    return 0.2\n"),
        Shown(path="conf/.env", text="WORD=horse staple\n"),
    ),
    left=(Left(where=Location(path="shop/tax.py", line=2), text="the rate"),),
    failures=("test_rate: 0.2 != 0.25",),
    refused=("the block does not stand in the file",),
)


def script(request):
    return obedient(request) if request.get("response_format") else completion(BLOCK)


def test_the_answer_comes_back_as_it_is_and_hidden_files_stay_hidden(tmp_path):
    with serve(script) as server:
        made = opened(server.url, tmp_path, mode="tools")
        editor = made.editor()
        assert editor.name == "scripted"
        assert editor.propose_edit(TASK) == BLOCK
        said = server.requests[-1]["messages"][1]["content"]
    for part in (
        "Raise the tax",
        "def rate():",
        "shop/tax.py:2: the rate",
        "0.2 != 0.25",
        "does not stand in the file",
    ):
        assert part in said
    assert "horse staple" not in said
    assert made.ledger.usage().accepted == 1


def test_it_gives_up_when_there_is_nothing_to_show_or_nobody_answers(tmp_path):
    with serve(lambda _: Reply(b"", 500)) as server:
        made = opened(server.url, tmp_path, mode="tools")
        editor = made.editor()
        assert editor.propose_edit(TASK.model_copy(update={"files": ()})) == ""
        assert editor.propose_edit(TASK.model_copy(update={"files": TASK.files[1:]})) == ""
        assert server.requests == []
        assert editor.propose_edit(TASK) == ""
        assert made.session.stopped == "the endpoint answered 500 (3 attempts)"


def rewriting(answer):
    """A model that keeps to schemas, and writes files whole."""
    return lambda request: obedient(request) if request.get("response_format") else completion(answer)


def test_a_model_without_tools_is_asked_for_small_files_whole(tmp_path):
    after = "def rate():\n    return 0.25\n"
    with serve(rewriting(f"The rate is a fifth.\n\nshop/tax.py\n```python\n{after}```\n")) as server:
        made = opened(server.url, tmp_path)
        answer = made.editor().propose_edit(TASK)
        assert "search/replace" not in server.requests[-1]["messages"][0]["content"]
    ((block,), problems) = read_blocks(answer)
    assert problems == ()
    assert (block.path, block.search, block.replace) == ("shop/tax.py", TASK.files[0].text, after)
    assert made.ledger.usage().accepted == 1


@pytest.mark.parametrize(
    "said", ["I do not know.", "```python\na = 1\n=======\nb = 2\n```", "```\nx = 1\n```\nor\n```\nx = 2\n```"]
)
def test_an_answer_without_a_file_is_none_and_is_counted(tmp_path, said):
    with serve(rewriting(said)) as server:
        made = opened(server.url, tmp_path)
        assert made.editor().propose_edit(TASK) == ""
    assert (made.ledger.usage().accepted, made.ledger.usage().questions) == (0, 1)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("```python\nx = 1\n```", {"a.py": "x = 1\n"}),
        ("**a.py**\n```\n<data 12ab>\na.py (from line 1)\nx = 1\n</data 12ab>\n```", {"a.py": "x = 1\n"}),
        ("```python\n# a.py\nx = 1\n\n```\nThat is all.", {"a.py": "x = 1\n\n"}),
        ("```python\nx = 1\n```\nThe file is:\n```markdown\na.py\n```", {"a.py": "x = 1\n"}),
        ("```python\nx = 1\n```\nOnce more:\n```markdown\n# a.py\nx = 1\n```", {"a.py": "x = 1\n"}),
    ],
)
def test_a_file_is_read_out_of_what_stands_around_it(answer, found):
    assert read_files(answer, ("a.py",)) == (found, "")


def test_of_several_files_each_block_has_to_say_which_it_is():
    paths = ("shop/a.py", "shop/a.pyi")
    named = "`shop/a.pyi`:\n```\nx: int\n```\nand shop/a.py\n```\nx = 1\n```"
    assert read_files(named, paths) == ({"shop/a.pyi": "x: int\n", "shop/a.py": "x = 1\n"}, "")
    assert read_files("```\nx = 1\n```", paths) == ({}, "a code block does not say which file it is")


@given(st.text(alphabet="`ab.py/\n <>data12#", max_size=80))
def test_any_answer_is_read_or_refused(answer):
    found, why = read_files(answer, ("a.py", "b.py"))
    assert bool(found) != bool(why)


def test_what_holds_a_secret_is_not_written_anew(tmp_path):
    """The model would put the placeholder in its place."""
    key = "AKIA" + "ABCDEFGHIJKLMNOP"
    shown = Shown(path="shop/conf.py", text=f"KEY = '{key}'\n")
    with serve(script) as server:
        opened(server.url, tmp_path).editor().propose_edit(EditTask(goal="Change it", files=(shown,)))
        assert "search/replace" in server.requests[-1]["messages"][0]["content"]


@pytest.mark.parametrize(
    "shown",
    [
        Shown(path="shop/tax.py", text="x = 1\n" * 121),
        Shown(path="shop/tax.py", text="x = 1\n", first_line=40),
        Shown(path="notes.rst", text="Title\n=======\n"),
        Shown(path="shop/tax.py", text=f"x = '{'y' * 9000}'\n"),
    ],
)
def test_what_is_long_or_a_part_or_holds_marks_is_edited_by_blocks(tmp_path, shown):
    with serve(script) as server:
        opened(server.url, tmp_path).editor().propose_edit(EditTask(goal="Change it", files=(shown,)))
        assert "search/replace" in server.requests[-1]["messages"][0]["content"]
