"""A bench for the scripts of the box: they run as they do in a sandbox, on a small repository in a temporary folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.adapters.bare_sandbox import BareSandbox
from agent.adapters.work_folders import WorkFolders
from agent.domain.execution import Outcome
from agent.domain.extraction import Answer, RecordedRequest
from agent.extraction import Ground, Recording
from agent.extraction.recording import collect_recording
from agent.extraction.replaying import _answer
from agent.extraction.staging import stage_box

__all__ = ["Bench", "recorded"]


@dataclass
class Bench:
    """Box scripts, a repository and a recording, without a sandbox around them."""

    root: Path
    repo: Path
    box: Path
    recording: Recording
    routes: Sequence[tuple[str, str]] = ()  # (pattern, the handler's file) of the last replay that asked for them

    def replay(self, tree: Path, **more: Any) -> list[Answer]:
        work = self.root / "work"
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(self.repo)
        shutil.copytree(tree, self.repo)  # where the recording knows it
        plan = {
            "repository": str(self.repo), "folder": str(self.repo), "recording": str(self.recording.folder),
            "server": str(self.box / "server"), "work": str(work), "out": str(self.root / "answers"), "only": None,
            "sides": [{"name": "monolith", "port": 0}], **more,
        }  # fmt: skip
        path = self.root / "plan.json"
        path.write_text(json.dumps(plan))
        run(self.repo, self.box, "-c", f"from figwright_box import drive; drive.main({str(path)!r})")
        found = [json.loads(line) for line in (self.root / "answers").read_text().splitlines()]
        self.routes = [(one[0], one[3]) for line in found for one in line.get("routes", ())]
        return [_answer(line) for line in found if "routes" not in line]

    def request(self, test: str, target: str) -> RecordedRequest:
        return next(one for one in self.recording.requests if one.test.endswith(test) and one.target == target)


def run(folder: Path, box: Path, *words: str, **variables: str) -> None:
    env = {**os.environ, "PYTHONPATH": f"{box}:{folder}", "PYTHONHASHSEED": "0", "TZ": "UTC", **variables}
    env.pop("PYTEST_CURRENT_TEST", None)
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=env, capture_output=True, check=False, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


@contextmanager
def recorded(root: Path, pristine: Path, tests: tuple[str, ...], *words: str) -> Iterator[Bench]:
    """Run the tests of ``pristine`` with the recorder loaded; ``words`` are the interpreter's arguments."""
    repo = root / "repo"
    shutil.copytree(pristine, repo)
    with WorkFolders(root / "cache") as folders:
        ground = Ground(BareSandbox(), folders, pristine, root, (), (), {}, test_files=tests)
        box = stage_box(ground, recorder=True)
        (box / "setup.json").write_text(json.dumps({"repository": str(repo), "tests": list(tests)}))
        made = root / "made"
        made.mkdir()
        run(repo, box, *words, FIGWRIGHT_RECORDING=str(made), FIGWRIGHT_BOX=str(box))
        recording = collect_recording(made, root / "recording", Outcome(0, b"", b"", 0.0))
        (box / "sitecustomize.py").unlink()
        yield Bench(root, repo, box, recording)
