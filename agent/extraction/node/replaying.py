"""A recording and a folder with code in, what that code answers out: `agent.extraction.replaying` for programs of Node.js."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path

from agent.extraction.ground import Ground
from agent.extraction.node.staging import run_script, stage_node
from agent.extraction.recording import Recording
from agent.extraction.replaying import REPLAY_SECONDS, Replayed, Side, read_replay, replay_plan
from agent.extraction.staging import BOX_OUT, BOX_REPO

__all__ = ["replay_node"]


def replay_node(
    ground: Ground,
    recording: Recording,
    tree: Path,
    only: Collection[int] | None,
    sides: Sequence[Side],
    facade: str = "",
    routes: bool = False,
    watch: bool = False,
    patience: float = 0.0,
) -> Replayed:
    """As `agent.extraction.replaying.replay_sides`; ``watch`` has the lines that ran written to ``lines-*.txt`` of the output
    folder, for the workspace that drops it to read."""
    box = stage_node(ground)
    repo = ground.folders.copy(tree, "repo")
    out = ground.folders.fresh("replay")
    plan = replay_plan(recording, only, sides, facade, routes, patience) | {
        "folder": f"{BOX_REPO}/{ground.folder}".rstrip("/"),
        "watch": BOX_OUT if watch else "",
    }
    try:
        (out / "plan.json").write_text(json.dumps(plan), "utf-8")
        outcome = run_script(ground, box, "drive.js", repo, out, (recording.folder.resolve(),), REPLAY_SECONDS)
        return read_replay(out, recording, only, outcome)
    finally:
        for folder in (box, repo, out):
            ground.folders.drop(folder)
