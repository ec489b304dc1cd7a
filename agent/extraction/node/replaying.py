"""A recording and a folder with code in, what that code answers out: `agent.extraction.replaying` for programs of Node.js."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path

from agent.extraction.ground import Ground
from agent.extraction.node.staging import run_script, stage_node
from agent.extraction.recording import Recording
from agent.extraction.replaying import FACADE_PORT, Replayed, Side, _all, _read
from agent.extraction.staging import BOX_REPO

__all__ = ["replay_node"]

_SECONDS = 1800.0


def replay_node(
    ground: Ground,
    recording: Recording,
    tree: Path,
    only: Collection[int] | None,
    sides: Sequence[Side],
    facade: str = "",
    routes: bool = False,
    watch: bool = False,
) -> Replayed:
    """As `agent.extraction.replaying.replay_sides`; ``watch`` has the lines that ran written to ``lines-*.txt`` of the output
    folder, for the workspace that drops it to read."""
    box = stage_node(ground)
    repo = ground.folders.copy(tree, "repo")
    out = ground.folders.fresh("replay")
    plan = {
        "repository": BOX_REPO,
        "folder": f"{BOX_REPO}/{ground.folder}".rstrip("/"),
        "recording": str(recording.folder.resolve()),
        "work": "/tmp/figwright",  # noqa: S108 - the box's own
        "out": "/out/answers.jsonl",
        "only": None if only is None else sorted(only),
        "sides": [{"name": one.name, "port": one.port, "serves": one.serves} for one in sides],
        "facade": facade,
        "facade_port": FACADE_PORT,
        "routes": routes,
        "watch": "/out" if watch else "",
    }
    try:
        (out / "plan.json").write_text(json.dumps(plan), "utf-8")
        outcome = run_script(ground, box, "drive.js", repo, out, (recording.folder.resolve(),), _SECONDS)
        read = _read(out / "answers.jsonl")
        if not read.failure and outcome.exit_code and not outcome.stopped_by:
            said = outcome.stderr.decode("utf-8", "replace")[-4000:]
            read.failure = said or f"the driver ended with {outcome.exit_code}"
        stopped = outcome.stopped_by and f"the replay was stopped: {outcome.stopped_by} used up"
        asked = [one for one in recording.requests if only is None or one.number in only]
        return Replayed(tuple(_all(asked, read, stopped or "")), read.failure, tuple(read.routes))
    finally:
        for folder in (box, repo, out):
            ground.folders.drop(folder)
