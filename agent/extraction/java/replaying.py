"""A recording and a folder with code in, what that code answers out: `agent.extraction.replaying` for servlets, in Tomcat."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path

from agent.domain.execution import OUT
from agent.extraction.ground import Ground
from agent.extraction.java.staging import run_drive, stage_java
from agent.extraction.recording import Recording
from agent.extraction.replaying import REPLAY_SECONDS, Replayed, Side, read_replay, replay_plan
from agent.extraction.staging import BOX_OUT

__all__ = ["load_java", "replay_java"]


def replay_java(
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
    made, _ = _drive(ground, recording, tree, only, sides, facade, routes, watch, patience=patience)
    return made


def load_java(ground: Ground, recording: Recording, tree: Path) -> str:
    """What is said when the tree is compiled and its program started, without a request."""
    _, said = _drive(ground, recording, tree, (), (Side("service", 0),), load=True)
    return said


def _drive(
    ground: Ground,
    recording: Recording,
    tree: Path,
    only: Collection[int] | None,
    sides: Sequence[Side],
    facade: str = "",
    routes: bool = False,
    watch: bool = False,
    load: bool = False,
    patience: float = 0.0,
) -> tuple[Replayed, str]:
    box = stage_java(ground)
    repo = ground.folders.copy(tree, "repo")
    # Of the tests only their resources: they configured the program when it was recorded
    overlays = ground.folders.copy(ground.pristine, "overlays")
    out = ground.folders.fresh("replay")
    plan = replay_plan(recording, only, sides, facade, routes, patience) | {
        "overlays": str(overlays),
        "watch": BOX_OUT if watch else "",
        "load": load,
    }
    agent = "replay,watch" if watch else "replay"
    try:
        (out / "plan.json").write_text(json.dumps(plan), "utf-8")
        show = (recording.folder.resolve(), overlays)
        outcome = run_drive(ground, box, f"{OUT}/plan.json", repo, out, show, REPLAY_SECONDS, agent)
        said = outcome.stdout + b"\n" + outcome.stderr
        return read_replay(out, recording, only, outcome, said), said.decode("utf-8", "replace")
    finally:
        for folder in (box, repo, overlays, out):
            ground.folders.drop(folder)
