"""``figwright containerize`` as a user sees it, without a builder: files, levels, sentences and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.cli import app

SAMPLES = Path(__file__).parents[2] / "sample_repos"


@pytest.fixture
def figwright(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("FIGWRIGHT_CACHE_DIR", str(tmp_path / "cache"))
    return CliRunner()


def containerize(figwright: CliRunner, *words: str) -> Result:
    return figwright.invoke(app, ["containerize", *words], catch_exceptions=True)


def test_files_and_levels_are_written(figwright: CliRunner, tmp_path: Path) -> None:
    result = containerize(figwright, str(SAMPLES / "storefront"), "--out", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    report = json.loads((tmp_path / "out" / "containers.json").read_text())
    assert {entry["level"] for entry in report["deployables"]} <= {"written", "linted"}
    assert {"name", "kind", "dockerfile", "level", "rounds", "image_bytes", "seconds"} <= set(report["deployables"][0])
    for entry in report["deployables"]:
        assert (tmp_path / "out" / entry["dockerfile"]).is_file()


def test_two_runs_write_the_same_files(figwright: CliRunner, tmp_path: Path) -> None:
    for name in ("first", "second"):
        assert containerize(figwright, str(SAMPLES / "helpdesk"), "--out", str(tmp_path / name)).exit_code == 0
    first = {p.relative_to(tmp_path / "first"): p.read_bytes() for p in (tmp_path / "first").rglob("*") if p.is_file()}
    second = {
        p.relative_to(tmp_path / "second"): p.read_bytes() for p in (tmp_path / "second").rglob("*") if p.is_file()
    }
    assert first == second


def test_a_library_has_nothing_to_deploy(figwright: CliRunner, tmp_path: Path) -> None:
    library = tmp_path / "dates"
    (library / "dates").mkdir(parents=True)
    (library / "setup.py").write_text("from setuptools import setup\nsetup(name='dates')\n")
    (library / "dates" / "__init__.py").write_text("def parse(text):\n    return text\n")
    result = containerize(figwright, str(library), "--out", str(tmp_path / "out"), "--build")
    assert result.exit_code == 0
    assert "nothing to deploy: a library" in result.output
    assert json.loads((tmp_path / "out" / "containers.json").read_text())["deployables"] == []


def test_without_a_builder_files_are_written_and_it_is_said(
    figwright: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "bin"
    empty.mkdir()
    git = Path("/usr/bin/git")
    (empty / "git").symlink_to(git)
    monkeypatch.setenv("PATH", str(empty))
    result = containerize(figwright, str(SAMPLES / "helpdesk"), "--out", str(tmp_path / "out"), "--build")
    assert result.exit_code == 1
    report = json.loads((tmp_path / "out" / "containers.json").read_text())
    assert {entry["level"] for entry in report["deployables"]} <= {"written", "linted"}
    assert "no container builder can be used here" in report["not_run"][0]


def test_nothing_is_written_into_the_repository(figwright: CliRunner) -> None:
    result = containerize(figwright, str(SAMPLES / "helpdesk"), "--out", str(SAMPLES / "helpdesk" / "containers"))
    assert result.exit_code != 0
    assert not (SAMPLES / "helpdesk" / "containers").exists()


def test_an_unknown_builder_is_refused(figwright: CliRunner, tmp_path: Path) -> None:
    result = containerize(figwright, str(SAMPLES / "helpdesk"), "--out", str(tmp_path), "--builder", "rocket")
    assert result.exit_code != 0
