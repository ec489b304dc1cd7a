"""The options of the command line that are about a model, and that nothing of it is loaded or sent without them."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from functools import partial

import pytest

from tests.advisor.server import obedient, serve
from tests.program import ROOT, SHOP, write_repository
from tests.program import figwright as run_figwright

FOREIGN = (
    "langchain",
    "langchain_core",
    "langchain_openai",
    "langgraph",
    "langsmith",
    "openai",
    "httpx2",
    "detect_secrets",
    "tiktoken",
)


figwright = partial(run_figwright, timeout=400)  # langchain's import alone takes seconds of a busy machine


@pytest.fixture
def shop(tmp_path):
    return write_repository(tmp_path / "shop", SHOP)


def test_help_starts_fast_and_loads_no_model_library():
    code = "import sys; sys.argv = ['figwright', '--help']\nfrom agent.cli import main\ntry: main()\nexcept SystemExit: pass\n"
    code += f"print([m for m in {FOREIGN!r} if m in sys.modules])"
    best = 9.0
    for _ in range(3):  # the least of three: another process on the machine costs caches
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr
    assert best < 0.5


def test_a_plan_and_an_answer_without_a_model_load_no_model_library(shop, tmp_path):
    code = (
        "import sys\nfrom agent.cli import app\n"
        f"for words in (['plan', {str(shop)!r}, '--out', {str(tmp_path / 'out')!r}], ['ask', {str(shop)!r}, 'tax']):\n"
        "    try: app(words, standalone_mode=False)\n    except SystemExit: pass\n"
        f"print([m for m in {FOREIGN!r} if m in sys.modules])"
    )
    environment = {**os.environ, "FIGWRIGHT_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr
    assert (tmp_path / "out" / "plan.json").exists()


def test_plan_and_ask_with_a_model(shop, tmp_path):
    with serve(obedient) as server:
        model = ("--llm", "scripted", "--base-url", server.url)
        done = figwright("plan", shop, "--out", tmp_path / "out", *model, cache=tmp_path / "cache")
        assert done.returncode == 0, done.stderr
        ledger = [json.loads(line) for line in (tmp_path / "out" / "advisor.jsonl").read_text().splitlines()]
        assert {call["outcome"] for call in ledger} == {"accepted"}
        assert len(ledger) == len(server.requests)
        done = figwright(
            "ask", shop, "where is the tax computed?", "--format", "json", *model, cache=tmp_path / "cache"
        )
        said = json.loads(done.stdout)
        assert said["answer"]["model"] == "scripted"
        assert said["answer"]["sentences"][0]["evidence"][0]["location"]["path"] == "shop/tax.py"
        assert said["hits"]
        done = figwright("ask", shop, "where is the tax computed?", *model, cache=tmp_path / "cache")
        assert done.stdout.startswith("Words of scripted;")
        assert "[shop/tax.py:1]" in done.stdout


def test_ask_answers_without_the_endpoint_too(shop, tmp_path):
    done = figwright("ask", shop, "tax", "--llm", "m", "--base-url", "http://127.0.0.1:9/v1", cache=tmp_path / "cache",
                     env={"FIGWRIGHT_LLM_KEY": "k"})  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The model could not be asked: the endpoint cannot be reached")
    assert "shop/tax.py:1" in done.stdout


def test_a_dry_run_prints_the_questions_and_writes_nothing(shop, tmp_path):
    with serve(obedient) as server:
        done = figwright("plan", shop, "--out", tmp_path / "out", "--llm", "m", "--base-url", server.url, "--dry-run",
                         "--show-outgoing", tmp_path / "bytes", cache=tmp_path / "cache")  # fmt: skip
        assert server.requests == []
    assert done.returncode == 0, done.stderr
    assert "advisor/describe_service" in done.stdout
    assert "the price of this model is not known. Nothing was sent." in done.stdout
    assert not (tmp_path / "out").exists()
    assert b"chat/completions" in (tmp_path / "bytes").read_bytes()


@pytest.mark.parametrize(
    "option", [("--base-url", "http://x/v1"), ("--max-cost", "1"), ("--max-tokens", "5"), ("--dry-run",)]
)
def test_options_about_a_model_need_one(shop, tmp_path, option):
    done = figwright("plan", shop, *option, cache=tmp_path / "cache")
    assert done.returncode == 2
    assert "name one with --llm" in done.stderr


def test_a_repository_cannot_name_a_model_or_an_endpoint(tmp_path):
    folder = write_repository(
        tmp_path / "shop", {**SHOP, "figwright.toml": '[advisor]\nbase_url = "http://evil.example/v1"\n'}
    )
    done = figwright("plan", folder, "--llm", "m", cache=tmp_path / "cache", env={"FIGWRIGHT_LLM_KEY": "k"})
    assert done.returncode == 2
    assert "'advisor', which only your own configuration may set" in done.stderr


def test_what_is_shown_of_what_leaves_stays_outside_the_repository(shop, tmp_path):
    done = figwright(
        "ask", shop, "tax", "--llm", "m", "--dry-run", "--show-outgoing", shop / "x", cache=tmp_path / "cache"
    )
    assert done.returncode == 2
    assert "inside the repository" in done.stderr


def test_a_model_without_a_key_is_one_sentence(shop, tmp_path):
    environment = {"FIGWRIGHT_LLM_KEY": "", "OPENAI_API_KEY": ""}
    done = figwright("ask", shop, "tax", "--llm", "gpt-4o-mini", cache=tmp_path / "cache", env=environment)
    assert done.returncode == 2
    assert done.stderr.startswith("figwright: there is no key for api.openai.com")
    assert "Traceback" not in done.stderr


def test_an_edited_decision_record_is_left_alone(tmp_path):
    from agent.cli.advice import Wanted

    wanted = Wanted("repo", "m", None, None, None, False, None)
    files = {"decision-01-extract-a.md": "# 1. Extract a\n"}
    wanted.leave(files, tmp_path, "")
    (tmp_path / "decision-01-extract-a.md").write_text(files["decision-01-extract-a.md"])
    again = {"decision-01-extract-a.md": "# 1. Extract a, anew\n"}
    wanted.leave(again, tmp_path, "")
    assert "decision-01-extract-a.md" in again
    (tmp_path / "decision-01-extract-a.md").write_text(files["decision-01-extract-a.md"] + "My own words.\n")
    kept = {"decision-01-extract-a.md": "# 1. Extract a, anew\n"}
    wanted.leave(kept, tmp_path, "")
    assert list(kept) == ["advisor.jsonl"]
