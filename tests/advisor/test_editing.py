"""A model as the patch stage's editor: what it is shown, and that it answers or gives up, never raises."""

from __future__ import annotations

from agent.domain.inventory import Location
from agent.domain.patch import EditTask, Left, Shown
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
        made = opened(server.url, tmp_path)
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
        made = opened(server.url, tmp_path)
        editor = made.editor()
        assert editor.propose_edit(TASK.model_copy(update={"files": ()})) == ""
        assert editor.propose_edit(TASK.model_copy(update={"files": TASK.files[1:]})) == ""
        assert server.requests == []
        assert editor.propose_edit(TASK) == ""
        assert made.session.stopped == "the endpoint answered 500 (3 attempts)"
