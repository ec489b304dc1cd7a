"""The tutorial as a newcomer follows it: every command of the page, in one shell, from the page itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import ROOT

PAGE = (ROOT / "docs" / "tutorial.md").read_text("utf-8")


def sections() -> list[tuple[str, list[str], list[str]]]:
    """(heading, commands, lines of output that the page shows)."""
    found = []
    for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        heading = part.splitlines()[0]
        lines = [
            line for block in re.findall(r"^```console\n(.*?)^```", part, re.M | re.S) for line in block.splitlines()
        ]
        found.append(
            (
                heading,
                [line[2:] for line in lines if line.startswith("$ ")],
                [line for line in lines if line[:2] != "$ "],
            )
        )
    return found


def follow(folder: Path, chosen: list[tuple[str, list[str], list[str]]], seconds: float) -> str:
    """Run them in one shell that stops at the first failure; what it printed."""
    programs = folder / "bin"
    programs.mkdir()
    (programs / "figwright").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m agent.cli "$@"\n')
    (programs / "figwright").chmod(0o755)
    shutil.copytree(ROOT / "sample_repos", folder / "sample_repos", ignore=shutil.ignore_patterns("__pycache__"))
    environment = {
        **os.environ,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "FIGWRIGHT_CACHE_DIR": str(folder / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    script = "set -euo pipefail\n" + "\n".join(command for _, commands, _ in chosen for command in commands)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    for _, _, shown in chosen:
        for line in shown:
            assert line in done.stdout, f"the page shows {line!r}"
    return done.stdout


def test_the_page_has_commands_in_its_sections():
    assert [bool(commands) for _, commands, _ in sections()] == [True] * 6 + [False]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_up_to_the_plan(tmp_path):
    printed = follow(tmp_path, sections()[:3], 600)
    assert "orderdesk/services/tax.py" in printed  # where the tax is computed
    assert (tmp_path / "work" / "results" / "plan.md").is_file()
    status = subprocess.run(
        ["git", "status", "--porcelain"],
        cwd=tmp_path / "work" / "orderdesk",
        capture_output=True,
        text=True,
        check=True,
    )
    assert status.stdout == ""


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_whole_page(tmp_path):
    printed = follow(tmp_path, sections(), 1500)
    assert "unprotected" in printed
    assert "refs/heads/figwright/plan" in printed  # the branch, at the remote
    assert len(list((tmp_path / "work" / "results" / "requests").glob("*.md"))) >= 2
    last = printed.splitlines()[-3:]
    assert not any(line.startswith(("opened", "rebuilt", "appended")) for line in last), last
