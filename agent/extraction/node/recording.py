"""A test run in, its HTTP requests out: the recorder is preloaded into every Node.js that the suite's command starts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from agent.domain.execution import OUT, Command
from agent.extraction.ground import Ground
from agent.extraction.node.staging import stage_node
from agent.extraction.recording import Recording, collect_recording
from agent.extraction.staging import in_box

__all__ = ["record_node"]


def record_node(ground: Ground, command: Command, into: Path) -> Recording:
    """As `agent.extraction.recording.record`, for a suite of Node.js."""
    box = stage_node(ground)
    repo = ground.folders.copy(ground.pristine, "repo")
    out = ground.folders.fresh("recording")
    (out / "recording").mkdir()
    variables = {
        **ground.variables,
        **command.env,
        "NODE_OPTIONS": f"{command.env.get('NODE_OPTIONS', '')} --require {box / 'record.js'}".strip(),
        "FIGWRIGHT_RECORDING": f"{OUT}/recording",
    }
    try:
        outcome = in_box(ground, replace(command, env=variables), repo, out, (box,))
        return collect_recording(out / "recording", into, outcome)
    finally:
        for folder in (box, repo, out):
            ground.folders.drop(folder)
