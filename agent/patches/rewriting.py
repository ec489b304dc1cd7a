"""Runs a program that rewrites source over a copy of the code, in the sandbox: steps in, what they changed out.

What the program is made of lies in an environment folder of its own, kept under the digest of its steps, so that one
download serves every later call.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.domain.environment import Need, Step
from agent.domain.execution import Command, Folders, Limits, Outcome, Toolchain
from agent.domain.patch import Rewritten
from agent.domain.verdict import FileChange
from agent.errors import EnvironmentUnmakeableError
from agent.ports import Sandbox, Toolchains, Workspace
from agent.toolchains import PINNED, toolchains_for, with_toolchains

__all__ = ["Rewriter"]

BUILT = frozenset(
    ".git .hg .svn target build node_modules __pycache__ .gradle .mvn-cache bin obj dist .tox .venv venv vendor "
    ".pytest_cache .mypy_cache .ruff_cache .cache".split()
)
MOST_FILES = 20_000
MOST_BYTES = 5_000_000  # of one file: what is larger was not written by hand
MOST_CHANGED = 200_000_000
_LAST_LINES = 30


@dataclass(frozen=True)
class Rewriter:
    """Callable as `Known.rewrite` wants it."""

    sandbox: Sandbox
    toolchains: Toolchains
    folders: Workspace
    limits: Limits = field(default_factory=Limits)

    def __call__(
        self, pristine: Path, overlay: Mapping[str, str | None], steps: Sequence[Step], needs: Sequence[Need]
    ) -> Rewritten:
        try:
            found = toolchains_for(needs, self.toolchains)
        except EnvironmentUnmakeableError as error:
            return Rewritten(failed=str(error))
        repo = self.folders.copy(pristine, "rewriting")
        out = self.folders.fresh("out")
        try:
            _put(repo, overlay)
            before = _texts(repo)
            with self.folders.environment(f"rewriting-{_key(steps, found, self.sandbox.name)}") as env:
                for step in steps:
                    outcome = self._run(step, Folders(repo=repo, env=env, out=out, env_writable=True), found)
                    if step.needed and (outcome.exit_code != 0 or outcome.stopped_by):
                        how = (
                            f"{outcome.stopped_by} used up" if outcome.stopped_by else f"exit code {outcome.exit_code}"
                        )
                        return Rewritten(failed=f"{step.name}: {how}", last_lines=_last_lines(outcome))
            return _compared(before, _texts(repo))
        finally:
            self.folders.drop(repo)
            self.folders.drop(out)

    def _run(self, step: Step, folders: Folders, toolchains: Sequence[Toolchain]) -> Outcome:
        limits = replace(
            self.limits,
            wall_seconds=step.seconds,
            cpu_seconds=step.seconds * 4,
            disk_bytes=max(self.limits.disk_bytes, 8 << 30),
        )
        command = with_toolchains(Command(step.run, {**PINNED, **step.env}, step.cwd), toolchains)
        return self.sandbox.run(command, folders, toolchains, limits, network=step.network)


def _key(steps: Sequence[Step], toolchains: Sequence[Toolchain], sandbox: str) -> str:
    # A step without the network only reads what the others fetched: it may differ from call to call.
    parts = [step.model_dump_json() for step in steps if step.network] or [step.name for step in steps]
    parts += [f"{toolchain.name} {toolchain.version}" for toolchain in toolchains]
    return hashlib.sha256("\n".join([sandbox, *parts]).encode()).hexdigest()


def _put(repo: Path, overlay: Mapping[str, str | None]) -> None:
    for path, text in sorted(overlay.items()):
        target = repo / path
        if text is None:
            target.unlink(missing_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("latin-1"))


def _texts(root: Path) -> dict[str, str]:
    """Every file that a person may have written, by path; links are not followed."""
    found: dict[str, str] = {}
    for path in _walk(root):
        if len(found) >= MOST_FILES:
            break
        found[path.relative_to(root).as_posix()] = path.read_bytes().decode("latin-1")
    return found


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in BUILT)
        for name in sorted(files):
            path = Path(folder) / name
            if not path.is_symlink() and path.is_file() and path.stat().st_size <= MOST_BYTES:
                yield path


def _compared(before: Mapping[str, str], after: Mapping[str, str]) -> Rewritten:
    changes = tuple(
        FileChange(path=path, before=before.get(path), after=after.get(path))
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    )
    size = sum(len(change.after or "") for change in changes)
    if size > MOST_CHANGED:
        return Rewritten(failed=f"it changed {size:,} bytes, more than a person can look at")
    return Rewritten(changes=changes)


def _last_lines(outcome: Outcome) -> tuple[str, ...]:
    text = (outcome.stdout + b"\n" + outcome.stderr).decode("utf-8", "replace").splitlines()
    return tuple(line.rstrip()[:400] for line in text if line.strip())[-_LAST_LINES:]
