"""The sample's plan -> docs/sample-plan/; with --check it only says whether that folder is current.

orderdesk is copied into a repository of its own with one commit of a fixed author and date, so that the plan names the same
commit on every machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample_repos" / "orderdesk"
FOLDER = ROOT / "docs" / "sample-plan"
FOR_PROGRAMS = ("plan.json", "plan.run.json", "findings.sarif", "issues.json")
FIXED = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "figwright",
    "GIT_AUTHOR_EMAIL": "figwright@example.org",
    "GIT_AUTHOR_DATE": "2020-01-01T12:00:00Z",
    "GIT_COMMITTER_NAME": "figwright",
    "GIT_COMMITTER_EMAIL": "figwright@example.org",
    "GIT_COMMITTER_DATE": "2020-01-01T12:00:00Z",
}


def sample_plan() -> dict[str, str]:
    """File name -> what it should say."""
    with tempfile.TemporaryDirectory(prefix="figwright-sample-") as work:
        repository, out = Path(work) / "orderdesk", Path(work) / "out"
        shutil.copytree(SAMPLE, repository, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
        for words in (
            ("init", "--quiet", "--initial-branch=main"),
            ("add", "--all"),
            ("commit", "--quiet", "--message=orderdesk, as it is"),
        ):
            subprocess.run(["git", *words], cwd=repository, env={**os.environ, **FIXED}, check=True)  # noqa: S603, S607
        environment = {**os.environ, "FIGWRIGHT_CACHE_DIR": f"{work}/cache", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "agent.cli", "plan", str(repository), "--out", str(out), "--quiet"]
        subprocess.run(command, cwd=work, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        written = sorted(path for path in out.rglob("*") if path.is_file() and path.name not in FOR_PROGRAMS)
        return {path.relative_to(out).as_posix(): path.read_text("utf-8") for path in written}


def main() -> int:
    """0 when the folder is current or was written, 1 when ``--check`` finds it stale."""
    files = sample_plan()
    there = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    if "--check" not in sys.argv:
        for name in sorted(there - files.keys()):
            (FOLDER / name).unlink()
        for name, text in files.items():
            (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
            (FOLDER / name).write_text(text, "utf-8")
        print(FOLDER)
        return 0
    stale = [n for n, t in files.items() if n not in there or (FOLDER / n).read_text("utf-8") != t]
    stale += sorted(there - files.keys())
    if stale:
        print(f"{FOLDER}: {', '.join(stale)} not what the program writes: run `make docs`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
