"""A bench for the scripts that run under Node.js: they run as they do in a sandbox, on a small repository in a temporary folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.domain.execution import Outcome
from agent.domain.extraction import Answer, RecordedRequest
from agent.extraction import Recording
from agent.extraction.node import top_names
from agent.extraction.recording import collect_recording
from agent.extraction.replaying import _answer

__all__ = ["NODE", "Bench", "record_tests"]

NODE = shutil.which("node") or ""
SCRIPTS = Path(__file__).parents[3] / "agent/extraction/box_node"


@dataclass
class Bench:
    """Box scripts, a repository and a recording, without a sandbox around them."""

    root: Path
    repo: Path
    recording: Recording
    routes: Sequence[Sequence[Any]] = ()

    def replay(self, files: Mapping[str, str], **more: Any) -> list[Answer]:
        write(self.repo, files)
        plan = {
            "repository": str(self.repo), "folder": str(self.repo), "recording": str(self.recording.folder), "only": None,
            "work": str(self.root / "work"), "out": str(self.root / "answers"), "facade": "", "facade_port": 0, "routes": True, "watch": "",
            "sides": [{"name": "monolith", "port": 0, "serves": None}], **more,
        }  # fmt: skip
        (self.root / "plan.json").write_text(json.dumps(plan))
        run(self.repo, [str(self.root / "box/drive.js"), str(self.root / "plan.json")])
        found = [json.loads(line) for line in (self.root / "answers").read_text().splitlines()]
        self.routes = [route for line in found for route in line.get("routes", ())]
        return [_answer(line) for line in found if "routes" not in line]

    def request(self, target: str) -> RecordedRequest:
        return next(one for one in self.recording.requests if one.target == target)


def write(repo: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (repo / path).parent.mkdir(parents=True, exist_ok=True)
        (repo / path).write_text(text)


def run(folder: Path, words: Sequence[str], **variables: str) -> str:
    env = {**os.environ, "TZ": "UTC", **variables}
    done = subprocess.run([NODE, *words], cwd=folder, env=env, capture_output=True, check=False, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def record_tests(root: Path, files: Mapping[str, str], test: str) -> Bench:
    """Run the file ``test`` of these with the recorder preloaded."""
    repo, box, made = root / "repo", root / "box", root / "made"
    write(repo, files)
    shutil.copytree(SCRIPTS, box)
    made.mkdir()
    (box / "setup.json").write_text(
        json.dumps({"repository": str(repo), "tests": [test], "names": top_names(repo, [test])})
    )
    run(repo, [test], NODE_OPTIONS=f"--require {box / 'record.js'}", FIGWRIGHT_RECORDING=str(made))
    return Bench(root, repo, collect_recording(made, root / "recording", Outcome(0, b"", b"", 0.0)))
