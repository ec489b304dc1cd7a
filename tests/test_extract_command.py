"""`figwright extract` as a user calls it: what it refuses, each in one sentence, before anything is run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from tests.program import ROOT, figwright, write_repository

WHY_NOT = BubblewrapSandbox().unusable()
if WHY_NOT and os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX") == "bubblewrap":
    raise RuntimeError(WHY_NOT)
ORDERDESK = ROOT / "sample_repos" / "orderdesk"
APP = "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.route('/')\ndef home():\n    return 'x'\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("warehouse", "--level", 5),
            "--level 5 is no rung: choose 0 (oracle), 1 (restricted copy), 2 (slice), 3 (a schema of",
        ),
        (("warehouse", "--level", -1), "--level -1 is no rung"),
        (("warehouse", "--sandbox", "none"), "names a sandbox's own paths"),
        (("warehouse", "--sandbox", "vault"), "--sandbox 'vault' is not known"),
        (("warehouse", "--build", "--level", 1), "--build builds the slice, and --level 1 makes none"),
        (("warehouse", "--builder", "kiln"), "--builder 'kiln' is not known"),
    ],
)
def test_what_is_refused_at_once(tmp_path: Path, arguments: tuple[object, ...], said: str) -> None:
    done = figwright("extract", ORDERDESK, *arguments, "--out", tmp_path / "out", cache=tmp_path / "cache")
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_a_service_that_is_none_is_refused_with_the_names(tmp_path: Path) -> None:
    done = figwright("extract", ORDERDESK, "nobody", "--out", tmp_path / "out", cache=tmp_path / "cache")
    assert done.returncode == 2
    assert "the plan has no service 'nobody': choose one of catalogue, customer," in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_a_repository_without_tests_has_nothing_to_record(tmp_path: Path) -> None:
    repository = write_repository(tmp_path / "shop", {"shop.py": APP})
    out = tmp_path / "out"
    services = figwright("boundaries", repository, cache=tmp_path / "cache")
    assert services.returncode == 0, services.stderr
    done = figwright("extract", repository, "shop", "--out", out, cache=tmp_path / "cache")
    assert done.returncode == 2
    assert "no tests whose requests can be recorded so far (in python, node, java)" in done.stderr
    assert not out.exists()


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_nothing_is_written_into_the_repository(tmp_path: Path) -> None:
    repository = write_repository(tmp_path / "shop", {"shop.py": APP})
    done = figwright("extract", repository, "shop", "--out", repository / "out", cache=tmp_path / "cache")
    assert done.returncode == 2
    assert "lies inside the repository" in done.stderr
