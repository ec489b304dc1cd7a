"""A model as the patch stage's editor: what it is shown, and that it answers or gives up, never raises."""

from __future__ import annotations

import json

import pytest

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


def whole(path: str, text: str) -> str:
    return json.dumps({"wrong": "the rate is a fifth", "files": [{"path": path, "text": text}]})


def test_a_model_without_tools_is_asked_for_small_files_whole(tmp_path):
    """It keeps to a strict form, where it rarely writes blocks; a file that is not shown cannot be named."""
    after = "def rate():\n    return 0.25\n"

    def writes(request):
        asked = request.get("response_format", {}).get("json_schema", {})
        if asked.get("name") != "Rewrite":
            return obedient(request)
        assert asked["schema"]["properties"]["files"]["items"]["properties"]["path"]["const"] == "shop/tax.py"
        return completion(whole("shop/tax.py", after))

    with serve(writes) as server:
        answer = opened(server.url, tmp_path).editor().propose_edit(TASK)
    ((block,), problems) = read_blocks(answer)
    assert problems == ()
    assert (block.path, block.search, block.replace) == ("shop/tax.py", TASK.files[0].text, after)


@pytest.mark.parametrize(
    "said",
    [whole("shop/other.py", "x = 1\n"), '{"wrong": "cut', whole("shop/tax.py", "a = 1\n=======\nb = 2\n"), "words"],
)
def test_a_whole_file_that_is_none_is_no_answer_and_is_counted(tmp_path, said):
    def writes(request):
        rewrite = request.get("response_format", {}).get("json_schema", {}).get("name") == "Rewrite"
        return completion(said) if rewrite else obedient(request)

    with serve(writes) as server:
        made = opened(server.url, tmp_path)
        assert made.editor().propose_edit(TASK) == ""
    assert made.ledger.usage().accepted == 0
    assert made.ledger.usage().questions == 1


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
        assert "response_format" not in server.requests[-1]
