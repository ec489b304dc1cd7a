"""A bench for seams: a small application recorded, cut and branched as in a sandbox, with its places moved to temporary folders."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from agent.adapters.bare_sandbox import BareSandbox
from agent.adapters.work_folders import WorkFolders
from agent.domain.execution import Command, Folders, Limits, Outcome, Toolchain
from agent.extracting.branch_runs import Bench
from agent.extraction import Ground, replay
from agent.extraction.owning import Owners
from agent.extraction.slicing import Cut
from agent.extraction.slicing.program import read_program
from agent.extraction.staging import WORK
from tests.extraction.benches import recorded
from tests.systems import graph_of

LIMITS = Limits()


class MovedSandbox(BareSandbox):
    """No sandbox: what names a box's places is made to name temporary ones, and the repository lies where the recording knows it."""

    def __init__(self, repo: Path, work: Path) -> None:
        super().__init__()
        self._repo, self._work = repo, work

    def run(
        self, command: Command, folders: Folders, toolchains: Sequence[Toolchain] = (), limits: Limits = LIMITS, *,
        network: bool = False,
    ) -> Outcome:  # fmt: skip
        shutil.rmtree(self._work, ignore_errors=True)
        shutil.rmtree(self._repo, ignore_errors=True)
        shutil.copytree(folders.repo, self._repo)
        plan = folders.out / "plan.json"
        text = plan.read_text()
        for old, new in (('"/repo', f'"{self._repo}'), ('"/out/', f'"{folders.out}/'), (WORK, str(self._work))):
            text = text.replace(old, new)
        plan.write_text(text)
        env = {**os.environ, "PYTHONHASHSEED": "0", "TZ": "UTC"}
        env.pop("PYTEST_CURRENT_TEST", None)
        env["PYTHONPATH"] = command.env["PYTHONPATH"].replace("{repo}", str(self._repo))
        words = [sys.executable, *(word.replace("{out}", str(folders.out)) for word in command.argv[1:])]
        done = subprocess.run(words, cwd=self._repo, env=env, capture_output=True, check=False, timeout=300)
        return Outcome(done.returncode, done.stdout, done.stderr, 0.0)


@contextmanager
def branch_bench(
    root: Path, files: Mapping[str, str], service: Sequence[str], words: Sequence[str], entries: Sequence[str] = ()
) -> Iterator[Bench]:
    """``service``: the modules that are its own; ``words`` run the tests, files below ``tests/``."""
    pristine = root / "pristine"
    for path, text in files.items():
        target = pristine / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    tests = tuple(path for path in files if path.startswith("tests/"))
    graph = graph_of(files)
    homes = {one.id: "mine" if one.id in service else "theirs" for one in graph.symbols if one.kind == "module"}
    own = frozenset(
        e.source for e in graph.dependencies if e.kind == "handle" and homes[graph.unit_of(e.target)] == "mine"
    )
    routes = {e.source: "theirs" for e in graph.dependencies if e.kind == "handle" and e.source not in own}
    owners = Owners({one.id: homes[one.unit] for one in graph.symbols if one.unit in homes})
    cut = Cut("mine", own, routes, homes=owners)
    roles = {path: "test" if path in tests else "template" if "/templates/" in path else "code" for path in files}
    program = read_program(graph, roles, lambda path: files[path].encode(), cut, files)
    with recorded(root / "recorded", pristine, tests, *words) as bench, WorkFolders(root / "cache") as folders:
        sandbox = MovedSandbox(bench.repo, root / "work")
        ground = Ground(sandbox, folders, pristine, root, (), (), {}, test_files=tests)
        ours = replay(ground, bench.recording, pristine)
        assert not ours.failure, ours.failure
        mine = [one.number for one in bench.recording.requests if owners.of_request(one) == "mine"]
        yield Bench(
            ground, bench.recording, program, cut, graph, homes, {one.request: one for one in ours.answers}, frozenset(mine),
            entries=tuple(entries),
        )  # fmt: skip


def texts(overlay: Mapping[str, bytes | None]) -> dict[str, str]:
    return {path: content.decode() for path, content in overlay.items() if content is not None}


def applied(bench: Bench, folder: Path, *patches: str) -> Path:
    """A copy of the repository with the patches applied by git."""
    shutil.copytree(bench.ground.pristine, folder)
    for number, patch in enumerate(patches):
        path = folder.parent / f"{folder.name}-{number}.patch"
        path.write_text(patch)
        done = subprocess.run(["git", "apply", str(path)], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return folder


__all__ = ["MovedSandbox", "applied", "branch_bench", "texts"]
