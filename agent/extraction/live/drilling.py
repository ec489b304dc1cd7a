"""One drill in a box: a recording, the service's folder and two facades in, what the driver saw out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.domain.execution import OUT
from agent.extraction.ground import Ground
from agent.extraction.live.asking import opened_up
from agent.extraction.recording import Recording
from agent.extraction.staging import BOX_REPO, WORK, in_box, python_of, search_path, stage_box

__all__ = ["drill_in_box", "drill_plan"]

_START = "import sys; from figwright_box import drill_run; drill_run.main(sys.argv[1])"
_SECONDS = 600.0
_MOST_BYTES = 64 << 20


def drill_in_box(
    ground: Ground, recording: Recording, service: Path, drill: str, application: str, requests: Sequence[tuple[int, bool]],
    facades: Mapping[str, str], *, rounds: int = 0,
) -> Mapping[str, Any]:  # fmt: skip
    """``requests`` are (number, whether it is the service's); ``facades``: ``to_service`` and ``to_monolith`` with LIVE_PORTS.

    A result with ``failure`` says why nothing was seen.
    """
    box = stage_box(ground, recorder=False)
    repo = ground.folders.copy(ground.pristine, "repo")
    out = ground.folders.fresh("drill")
    tree = ground.folders.copy(service, "service")
    try:
        opened_up(tree)
        plan = drill_plan(ground, box, recording, tree, drill, application, requests, facades, rounds)
        (out / "plan.json").write_text(json.dumps(plan), "utf-8")
        variables = {**ground.variables, "PYTHONPATH": search_path(ground, box)}
        command = python_of("-c", _START, f"{OUT}/plan.json", variables=variables)
        outcome = in_box(ground, command, repo, out, (box, tree, recording.folder.resolve()), _SECONDS)
        said = outcome.stderr.decode("utf-8", "replace")[-4000:]
        return _read(out / "seen.json", outcome.stopped_by or said or f"the driver ended with {outcome.exit_code}")
    finally:
        for folder in (box, repo, out, tree):
            ground.folders.drop(folder)


def drill_plan(
    ground: Ground, box: Path, recording: Recording, tree: Path, drill: str, application: str,
    requests: Sequence[tuple[int, bool]], facades: Mapping[str, str], rounds: int,
) -> dict[str, Any]:  # fmt: skip
    """What the driver is told, as it is in a box."""
    return {
        "repository": BOX_REPO,
        "folder": f"{BOX_REPO}/{ground.folder}".rstrip("/"),
        "recording": str(recording.folder.resolve()),
        "server": str(box / "server"),
        "work": WORK,
        "seen": "/out/seen.json",
        "sides": [{"name": "monolith"}, {"name": "service", "tree": str(tree)}],
        "drill": drill,
        "application": application,
        "requests": list(requests),
        "rounds": rounds,
        **facades,
    }


def _read(path: Path, otherwise: str) -> Mapping[str, Any]:
    try:
        if path.is_symlink() or path.stat().st_size > _MOST_BYTES:
            return {"failure": "the driver's result cannot be read"}
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {"failure": otherwise}
    return found if isinstance(found, dict) else {"failure": otherwise}
