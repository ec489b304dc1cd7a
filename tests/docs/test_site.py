"""The pages as a site: it builds without a warning or a network, loads nothing from elsewhere, and its commands exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typer.main
import yaml

from agent.cli import app
from tests.program import ROOT

GENERATED = {"cli.md", "recipes.md", "lenses.md", "evaluation.md"}
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "guide").glob("*.md"))]
PAGES = [page for page in PAGES if page.name not in GENERATED]
COMMANDS = typer.main.get_command(app).commands


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", "docs/site/mkdocs.yml"]
    environment = {
        **os.environ,
        "NO_MKDOCS_2_WARNING": "1",
        "https_proxy": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
    }
    done = subprocess.run(
        [*command, "--site-dir", str(folder)], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


class Loaded(HTMLParser):
    """What a browser would fetch by itself."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in ("script", "img", "iframe", "source"):
            self.found.append(given.get("src"))
        if tag == "link" and given.get("rel") in ("stylesheet", "preconnect", "icon", "modulepreload", "prefetch"):
            self.found.append(given.get("href"))


def test_it_builds_strictly_and_has_every_page(site):
    for page in (
        "index.html",
        "tutorial/index.html",
        "cli/index.html",
        "evaluation/index.html",
        "guide/score/index.html",
    ):
        assert (site / page).is_file(), page
    assert not list(site.rglob("*.py"))


def test_no_page_loads_anything_from_elsewhere(site):
    pages = [path for path in site.rglob("*.html") if "sample-plan" not in path.parts]
    assert len(pages) > 20
    for page in pages:
        loaded = Loaded()
        loaded.feed(page.read_text("utf-8"))
        foreign = [address for address in loaded.found if address and re.match(r"(?:https?:)?//", address)]
        assert not foreign, f"{page.relative_to(site)}: {foreign}"
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", sheet.read_text("utf-8")), sheet


def commands_of(page: Path) -> list[list[str]]:
    """The words of every figwright command in a page's console blocks."""
    blocks = re.findall(r"^```console\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ figwright ")]
    return [re.sub(r'"[^"]*"', "QUOTED", line.partition("#")[0]).split()[1:] for line in lines]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_and_options_of_the_pages_exist(page):
    for words in commands_of(page):
        if words[0].startswith("-"):
            continue
        assert words[0] in COMMANDS, f"{page.name}: figwright {words[0]}"
        command = COMMANDS[words[0]]
        inner = getattr(command, "commands", {}).get(words[1]) if len(words) > 1 else None
        known = {name for part in (command, inner) if part for option in part.params for name in option.opts}
        known |= {name for part in (command, inner) if part for option in part.params for name in option.secondary_opts}
        for option in (word.partition("=")[0] for word in words[1:] if word.startswith("--")):
            assert option in known, f"{page.name}: figwright {words[0]} {option}"


def test_a_shell_completes_commands():
    code = "import sys; sys.argv[0] = 'figwright'; from agent.cli import main; main()"
    asked = {"_FIGWRIGHT_COMPLETE": "complete_bash", "COMP_WORDS": "figwright sc", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **asked}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["score"], done.stderr


def test_every_command_is_in_the_page_of_exit_codes():
    page = (ROOT / "docs" / "guide" / "exit-codes.md").read_text("utf-8")
    missing = [name for name in COMMANDS if not re.search(rf"`{re.escape(name)}(?: clean)?`", page)]
    assert missing == []


def test_the_image_of_figwright_itself_is_linted():
    from agent.adapters.lint_programs import find_program

    hadolint = find_program("hadolint")
    assert hadolint, "the development environment brings it"
    done = subprocess.run([hadolint, "docs/action/Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_action_passes_no_input_through_a_scripts_text():
    action = yaml.safe_load((ROOT / "docs" / "action" / "action.yml").read_text("utf-8"))
    assert action["runs"]["using"] == "composite"
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), step.get("name")
        assert "run" not in step or step["shell"] == "bash"


def test_the_actions_plan_step_does_what_it_says(tmp_path):
    """Its script as it stands, with what the runner would set."""
    action = yaml.safe_load((ROOT / "docs" / "action" / "action.yml").read_text("utf-8"))
    script = next(step["run"] for step in action["runs"]["steps"] if step.get("id") == "plan")
    (tmp_path / "figwright" / "bin").mkdir(parents=True)
    program = tmp_path / "figwright" / "bin" / "figwright"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$RUNNER_TEMP/words"\n')
    program.chmod(0o755)
    environment = {
        **os.environ, "RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "output"),
        "REPOSITORY": "$(touch hacked)", "ARGUMENTS": "--as-of 2026-01-01", "FAIL_ON": "high",
    }  # fmt: skip
    subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "words").read_text().splitlines() == [
        "plan", "--out", f"{tmp_path}/figwright-plan", "--quiet", "--as-of", "2026-01-01", "--fail-on", "high", "--", "$(touch hacked)",
    ]  # fmt: skip
    assert not (tmp_path / "hacked").exists()
    assert (tmp_path / "output").read_text() == f"folder={tmp_path}/figwright-plan\n"
