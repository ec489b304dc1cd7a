"""Patches by a model over a real connection: what it writes is judged, mended and bounded, on its worst days too."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.assessment import RULES
from agent.refactoring.drafting import DRAFTED
from tests.advisor.server import Reply, completion, obedient, serve, turns
from tests.advisor.small import opened
from tests.advisor.test_command import FOREIGN, figwright
from tests.program import ROOT, commit_all, git, write_repository
from tests.test_model_edits import GOOD, TASK, block, tried
from tests.test_refactoring import FILES

BAD = block("words/alpha.md", "alpha=good", "alpha=bad")
MISSING = block("words/alpha.md", "alpha=none", "alpha=better")


def editing(*replies: Reply | str) -> Callable[[dict[str, Any]], Reply]:
    """A model that keeps to schemas, and edits as it is told."""
    edits = turns(*(completion(reply) if isinstance(reply, str) else reply for reply in replies))
    return lambda request: edits(request) if asks_for_an_edit(request) else obedient(request)


def asks_for_an_edit(request: dict[str, Any]) -> bool:
    return str(request["messages"][-1]["content"]).startswith("Goal:")


def questions(requests: list[dict[str, Any]]) -> list[str]:
    return [request["messages"][-1]["content"] for request in requests if asks_for_an_edit(request)]


def test_a_bad_block_and_a_lost_test_lead_to_an_answer_that_holds(tmp_path: Path) -> None:
    with serve(editing(MISSING, BAD, GOOD)) as server:
        done = tried(tmp_path, opened(server.url, tmp_path, mode="tools").editor(), FILES, tasks=(TASK,))
        asked = questions(server.requests)
    (patch,) = done.report.patches
    assert (patch.verdict.label, patch.proposal.model) == ("no regression", "scripted")
    assert "do not stand in the file" in patch.attempts[0]
    assert "alpha=none" in patch.attempts[0], "what was tried is not kept"
    assert "-alpha=good\n+alpha=bad" in patch.attempts[1]
    assert len(asked) == 3
    assert "do not stand in the file" in asked[1]
    assert "+alpha=bad" in asked[2]
    assert "alpha\ngone" in asked[2], "what the failing test printed is not shown"


def test_a_second_run_asks_nothing_and_ends_the_same(tmp_path: Path) -> None:
    with serve(editing(BAD, GOOD)) as server:
        first = tried(tmp_path, opened(server.url, tmp_path, mode="tools").editor(), FILES, tasks=(TASK,))
        count = len(server.requests)
        again = tried(tmp_path, opened(server.url, tmp_path, mode="tools").editor(), FILES, tasks=(TASK,))
        assert len(server.requests) == count
    assert again.report == first.report


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(b"slow down", 429), "429"),
        (Reply(b"", 500), "500"),
        (Reply(completion(GOOD).body[:60]), ""),
        (Reply(b"<html>", content_type="text/html"), ""),
    ],
)
def test_an_endpoint_that_never_answers_costs_one_sentence(tmp_path: Path, reply: Reply, says: str) -> None:
    with serve(editing(reply)) as server:
        made = opened(server.url, tmp_path, mode="tools")
        done = tried(tmp_path, made.editor(), FILES, tasks=(TASK, TASK, TASK))
        sent = len(questions(server.requests))
    assert done.report.patches == ()
    assert done.report.not_tried == ("scripted gave no answer to 3 tasks: Say better, Say better and Say better",)
    assert 1 <= sent <= 6
    assert says in made.session.stopped


def test_a_hiccup_is_tried_again_and_costs_no_round(tmp_path: Path) -> None:
    slow = Reply(b"slow down", 429, headers={"retry-after": "0"})
    with serve(editing(slow, Reply(completion(GOOD).body[:60]), GOOD)) as server:
        done = tried(tmp_path, opened(server.url, tmp_path, mode="tools", attempts=4).editor(), FILES, tasks=(TASK,))
    (patch,) = done.report.patches
    assert (patch.verdict.label, patch.attempts) == ("no regression", ())


def test_a_model_that_never_gets_it_right_is_asked_so_often_and_no_more(tmp_path: Path) -> None:
    with serve(editing(BAD)) as server:
        done = tried(tmp_path, opened(server.url, tmp_path, mode="tools").editor(), FILES, tasks=(TASK,))
        assert len(questions(server.requests)) == 3
    (patch,) = done.report.patches
    assert (patch.verdict.label, patch.file, len(patch.attempts)) == ("refused", "", 3)


def test_the_budget_ends_it(tmp_path: Path) -> None:
    with serve(editing(BAD)) as server:
        made = opened(server.url, tmp_path, mode="tools", max_tokens=4_700)
        done = tried(tmp_path, made.editor(), FILES, tasks=(TASK, TASK))
        assert len(questions(server.requests)) < 3
    assert "tokens" in made.session.stopped
    assert done.code.overlay == {}


def test_the_rules_that_a_model_is_given_exist() -> None:
    assert {rule.id for rule in RULES} >= DRAFTED


# --- the command ---

SHOP = {
    "shop.py": (
        "import sqlite3\n\n\ndef find(connection, name):\n"
        "    return connection.execute(\"SELECT price FROM items WHERE name = '%s'\" % name).fetchone()[0]\n"
    ),
    "test_shop.py": (
        "import sqlite3\nimport unittest\n\nfrom shop import find\n\n\nclass ShopTest(unittest.TestCase):\n"
        "    def test_find(self):\n        connection = sqlite3.connect(':memory:')\n"
        "        connection.execute('CREATE TABLE items (name TEXT, price INTEGER)')\n"
        "        connection.execute(\"INSERT INTO items VALUES ('pen', 3), ('ink', 7)\")\n"
        "        self.assertEqual([find(connection, n) for n in ('pen', 'ink')], [3, 7])\n"
    ),
}
OLD = "    return connection.execute(\"SELECT price FROM items WHERE name = '%s'\" % name).fetchone()[0]"
BOUND = block("shop.py", OLD, OLD.replace("'%s'\" % name", '?", (name,)'))
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_RETRIES": "0"}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    repository = write_repository(tmp_path / "shop", SHOP)
    commit_all(repository)
    return repository


def arguments(shop: Path, tmp_path: Path) -> list[object]:
    return ["refactor", shop, "--runner", "unittest", "--runs", 1, "--mutants", 4, "--sandbox", "none", "--out",
            tmp_path / "out"]  # fmt: skip


def with_tools(tmp_path: Path) -> Path:
    """A folder to work in whose settings take the endpoint for one that can call tools: it is asked for blocks then."""
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "figwright.toml").write_text('[advisor]\nmode = "tools"\n')
    return folder


def test_a_finding_that_no_recipe_covers_becomes_a_patch_by_a_model(shop: Path, tmp_path: Path) -> None:
    lost = block("shop.py", OLD, OLD.replace("[0]", "[1]"))
    with serve(editing(lost, BOUND)) as server:
        model = ("--llm", "scripted", "--base-url", server.url, "--show-outgoing", tmp_path / "bytes")
        done = figwright(
            *arguments(shop, tmp_path), *model, cache=tmp_path / "cache", cwd=with_tools(tmp_path), env=OFFLINE
        )
        asked = questions(server.requests)
    verdicts = json.loads((tmp_path / "out/verdicts.json").read_text())
    (patch,) = verdicts["patches"]
    assert patch["proposal"]["model"] == "scripted", done.stdout + done.stderr
    assert patch["verdict"]["lost"] == []
    assert "IndexError" in asked[1], asked[1]
    assert "+" + OLD.replace("[0]", "[1]") in patch["attempts"][0]
    ledger = [json.loads(line) for line in (tmp_path / "out/advisor.jsonl").read_text().splitlines()]
    assert [call["prompt"] for call in ledger].count("advisor/edit_code") == 2
    assert b"security.sql-injection" in (tmp_path / "bytes").read_bytes()
    written = [*(tmp_path / "out").rglob("*.patch")]
    git(shop, "am", *map(str, written))
    assert "(name,)" in (shop / "shop.py").read_text()
    assert "Written by: scripted" in git(shop, "log", "-1", "--format=%B")


def test_a_dry_run_says_what_would_be_asked_and_runs_no_test(shop: Path, tmp_path: Path) -> None:
    with serve(editing(BOUND)) as server:
        model = ("--llm", "scripted", "--base-url", server.url, "--dry-run")
        done = figwright(
            *arguments(shop, tmp_path), *model, cache=tmp_path / "cache", cwd=with_tools(tmp_path), env=OFFLINE
        )
        assert server.requests == []
    assert done.returncode == 0, done.stderr
    assert "advisor/edit_code  Values are put into SQL text: shop.py" in done.stdout
    assert "1 questions to scripted" in done.stdout
    assert not (tmp_path / "out").exists()
    assert not list((tmp_path / "cache/validation/environments").glob("*"))


def test_without_a_model_none_of_its_libraries_is_loaded(shop: Path, tmp_path: Path) -> None:
    code = (
        f"import sys\nfrom agent.cli import app\n"
        f"try: app({[str(one) for one in arguments(shop, tmp_path)]!r}, standalone_mode=False)\n"
        f"except SystemExit: pass\nprint([m for m in {FOREIGN!r} if m in sys.modules])"
    )
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), **OFFLINE}
    environment["FIGWRIGHT_CACHE_DIR"] = str(tmp_path / "cache")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr
    assert (tmp_path / "out/verdicts.json").exists()
    assert not (tmp_path / "out/advisor.jsonl").exists()
