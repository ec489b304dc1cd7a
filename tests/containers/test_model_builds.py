"""A Dockerfile that no rule repairs, by a scripted model and a real builder, through the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.ports import ImageBuilder
from tests.advisor.server import serve
from tests.advisor.test_command import figwright
from tests.advisor.test_container_repairs import COPIES, FILES, PIP, PIPED, RIGHT, WORDS, mending, questions
from tests.containers.test_builds import Base
from tests.program import write_repository

pytestmark = [pytest.mark.slow, pytest.mark.builds]


def test_a_folder_that_pip_needs_is_copied_built_and_answers(tmp_path: Path, builder: ImageBuilder, base: Base) -> None:
    base("python:3.11-slim")
    shop = write_repository(tmp_path / "shop", FILES)
    with serve(mending(PIPED, RIGHT)) as server:
        model = ("--llm", "scripted", "--base-url", server.url, "--show-outgoing", tmp_path / "bytes")
        arguments = ("containerize", shop, "--out", tmp_path / "out", "--run", "--builder", builder.name)
        done = figwright(*arguments, *model, cache=tmp_path / "cache")
        asked = questions(server.requests)
    assert done.returncode == 0, done.stdout + done.stderr
    (proof,) = json.loads((tmp_path / "out/containers.json").read_text())["deployables"]
    assert proof["level"] == "healthy"
    assert proof["first"] in ("written", "linted")
    assert [one["outcome"] for one in proof["model_rounds"]] == ["refused", "kept"]
    assert len(asked) == 2
    assert "vendored/money" in asked[0].partition("The last lines")[2], "what pip printed is not shown"
    text = (tmp_path / "out/shop/Dockerfile").read_text()
    assert f"{COPIES}\n{PIP}" in text
    assert "a language model" in text
    assert f'scripted, try 2: kept. It says: "{WORDS}"' in done.stdout
    ledger = [json.loads(line) for line in (tmp_path / "out/advisor.jsonl").read_text().splitlines()]
    repairs = [call["outcome"] for call in ledger if call["prompt"] == "containers/repair_dockerfile"]
    assert repairs == ["refused: line 6, RUN: commands are joined by && only, not by |", "accepted"]
    assert "vendored/money" in (tmp_path / "bytes").read_text()
