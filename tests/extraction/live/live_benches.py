"""A bench for tests that ask over HTTP: the driver of the box on a small repository, without a sandbox around it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from agent.adapters.bare_sandbox import BareSandbox
from agent.adapters.work_folders import WorkFolders
from agent.extracting.climbing import LiveRun
from agent.extraction import Ground
from agent.extraction.facade import FrameworkRoute, facade_config
from agent.extraction.live.asking import plan_of, read_notes
from agent.extraction.staging import stage_box

__all__ = ["ON_THE_MONOLITH", "facade_of", "live_run", "written"]

_OUTCOME = re.compile(r"^(\w+) \((\S+)\)(?:\n.*)?? \.\.\. (ok|FAIL|ERROR|expected failure|skipped.*)$", re.MULTILINE)
_STATUSES = {"ok": "passed", "FAIL": "failed", "ERROR": "error"}


def facade_of(*routes: FrameworkRoute) -> str:
    """The configuration with places for ports; without a route everything is the monolith's."""
    text = facade_config(routes, (1, 2, 3))
    for number, name in ((1, "facade"), (2, "monolith"), (3, "service")):
        text = text.replace(f"127.0.0.1:{number};", f"127.0.0.1:{{{{{name}}}}};")
    return text


ON_THE_MONOLITH = facade_of()


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@contextmanager
def _short() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's name."""
    folder = Path(tempfile.mkdtemp(prefix="fw-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def live_run(
    pristine: Path, tests: Sequence[str], command: Sequence[str], facade: str, service: Path | None = None, *, carry: bool = False
) -> LiveRun:  # fmt: skip
    """Run the tests; ``command`` are the interpreter's arguments, unittest's long output is what is read."""
    with _short() as root, WorkFolders(root / "cache") as folders:
        ground = Ground(BareSandbox(), folders, pristine, root, (), (), {}, test_files=tuple(tests))
        box = stage_box(ground, recorder=True)
        repo, out = root / "repo", root / "out"
        shutil.copytree(pristine, repo)
        out.mkdir()
        (box / "setup.json").write_text(json.dumps({"repository": str(repo), "tests": list(tests)}))
        own = {"repository": str(repo), "folder": str(repo), "tests_folder": str(repo), "work": str(root / "w")}
        plan = {**plan_of(ground, box, facade, service, carry), **own, "out": str(out)}
        (out / "plan.json").write_text(json.dumps(plan))
        (root / "w").mkdir()
        start = f"import sys; from figwright_box import live_run; live_run.main({[str(out / 'plan.json'), sys.executable, *command]!r})"
        env = {**os.environ, "PYTHONPATH": f"{box}:{repo}", "PYTHONHASHSEED": "0", "TZ": "UTC", "PATH": _path()}
        env.pop("PYTEST_CURRENT_TEST", None)
        done = subprocess.run(
            [sys.executable, "-c", start], cwd=repo, env=env, capture_output=True, check=False, text=True, timeout=120
        )
        found = {f"{dotted}": _STATUSES.get(said, said) for _, dotted, said in _OUTCOME.findall(done.stderr)}
        assert found, done.stdout[-2000:] + done.stderr[-4000:]
        return LiveRun(found, read_notes(out), done.stderr)


def _path() -> str:
    return os.environ.get("PATH", "") + ":/usr/sbin"
