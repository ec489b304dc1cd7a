"""The scripts that run inside the box, put into a folder that boxes show read-only: the path to it in, variables for a run out."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from agent.domain.execution import REPO, Command, Outcome, Toolchain
from agent.domain.execution import Folders as BoxFolders
from agent.errors import ExtractionError
from agent.extraction.ground import PYTHON, Ground

__all__ = ["BOX_OUT", "BOX_REPO", "WORK", "in_box", "python_of", "search_path", "stage_box"]

_PACKAGE = "figwright_box"
BOX_REPO, BOX_OUT = "/repo", "/out"
"""Where the sandbox shows the repository and the output; scripts need them as data, where no placeholder is filled in."""
WORK = "/tmp/figwright"  # noqa: S108 - the box's own, for what servers keep while they run


def stage_box(ground: Ground, *, recorder: bool) -> Path:
    """A fresh folder with the scripts and the WSGI server; with ``recorder`` every Python started there records."""
    folder = ground.folders.fresh("box")
    package = folder / _PACKAGE
    package.mkdir()
    for entry in sorted(files("agent.extraction.box").iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".py") and entry.name != "sitecustomize.py":
            (package / entry.name).write_bytes(entry.read_bytes())
    if recorder:
        source = files("agent.extraction.box").joinpath("sitecustomize.py")
        (folder / "sitecustomize.py").write_bytes(source.read_bytes())
    setup = {"repository": BOX_REPO, "tests": sorted(ground.test_files)}
    (folder / "setup.json").write_text(json.dumps(setup), "utf-8")
    _stage_server(folder / "server")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def _stage_server(target: Path) -> None:
    found = importlib.util.find_spec("waitress")
    if found is None or found.origin is None:
        raise ExtractionError(
            "the WSGI server waitress is not installed: install figwright anew with its dependencies."
        )
    ignored = shutil.ignore_patterns("__pycache__", "tests")
    # Under a name of its own: the repository may have another release of it, which would be imported instead
    own = target / "figwright_waitress"
    shutil.copytree(Path(found.origin).parent, own, ignore=ignored)
    for path in own.glob("*.py"):
        text = path.read_text("utf-8")
        path.write_text(re.sub(r"(?m)^(\s*)from waitress\b", r"\1from figwright_waitress", text), "utf-8")


def python_of(*words: str, variables: Mapping[str, str]) -> Command:
    """A command of the environment's own interpreter."""
    return Command((PYTHON, *words), dict(variables))


def _shown(folders: tuple[Path, ...]) -> tuple[Toolchain, ...]:
    """The folders as what a box shows read-only at their own paths."""
    return tuple(Toolchain(f"figwright-{number}", "0", folder, folder) for number, folder in enumerate(folders))


def in_box(
    ground: Ground, command: Command, repo: Path, out: Path, show: tuple[Path, ...], wall_seconds: float = 0.0
) -> Outcome:
    """Run a command in a box that also shows these folders."""
    limits = replace(ground.limits, wall_seconds=wall_seconds) if wall_seconds else ground.limits
    shown = (*ground.toolchains, *_shown(show))
    folders = BoxFolders(repo=repo, env=ground.env, out=out, kept=ground.kept)
    return ground.sandbox.run(command, folders, shown, limits)


def search_path(ground: Ground, box: Path) -> str:
    """PYTHONPATH with the box's scripts first."""
    own = ground.variables.get("PYTHONPATH", "")
    return f"{box}:{own}" if own else f"{box}:{REPO}"
