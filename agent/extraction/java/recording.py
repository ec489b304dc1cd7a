"""A test run in, its calls of servlets out as requests: the recorder is an agent of every JVM that the suite's command starts."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from agent.domain.execution import Command
from agent.extraction.ground import Ground
from agent.extraction.java.staging import stage_java, web_descriptors
from agent.extraction.recording import Recording, collect_recording
from agent.extraction.staging import BOX_REPO, in_box

__all__ = ["HOW", "record_java", "types_in_sessions"]

_LARGEST = 32 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")
HOW = (
    "tests call servlets with requests made by hand: each is sent as the HTTP request that leads to the same call, "
    "through filters and pages that the test leaves out; what a test does not give (path, other parameters) is the mapping's"
)


def record_java(ground: Ground, command: Command, into: Path) -> Recording:
    """As `agent.extraction.recording.record`, for a suite of Maven."""
    box = stage_java(ground)
    repo = ground.folders.copy(ground.pristine, "repo")
    out = ground.folders.fresh("recording")
    (out / "recording").mkdir()
    setup = {"repository": BOX_REPO, "recording": "/out/recording", "web": web_descriptors(ground.pristine)}
    (box / "setup.json").write_text(json.dumps(setup), "utf-8")
    (box / "setup.json").chmod(0o644)
    known = command.env.get("JAVA_TOOL_OPTIONS", ground.variables.get("JAVA_TOOL_OPTIONS", ""))
    agent = f"-javaagent:{box}/agent.jar={box},record={box}/setup.json"
    variables = {**ground.variables, **command.env, "JAVA_TOOL_OPTIONS": f"{agent} {known}".strip()}
    try:
        outcome = in_box(ground, replace(command, env=variables), repo, out, (box,))
        made = collect_recording(out / "recording", into, outcome)
        return replace(made, notes=(*made.notes, HOW)) if made.requests else made
    finally:
        for folder in (box, repo, out):
            ground.folders.drop(folder)


def types_in_sessions(recording: Recording) -> frozenset[str]:
    """The program's own types whose objects lay in the session of a recorded request."""
    found: set[str] = set()
    for digest in sorted({one.state for one in recording.requests if _DIGEST.fullmatch(one.state)}):
        path = recording.folder / "blobs" / digest[:2] / digest
        try:
            state = json.loads(zlib.decompressobj().decompress(path.read_bytes(), _LARGEST))
        except (OSError, ValueError, zlib.error, RecursionError):
            continue
        found.update(_types(state.get("session") if isinstance(state, dict) else None))
    return frozenset(found)


def _types(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if one.get("$") in ("o", "p"):
                yield str(one.get("t"))
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
