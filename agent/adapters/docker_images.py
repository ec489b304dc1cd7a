"""The image builder over Docker or Podman: their command line, containers without a network, everything marked as ours."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from agent.adapters.image_process import LABEL, clip, marked, run_bounded, stamp, stamp_is_alive
from agent.domain.execution import Command, Limits, Outcome
from agent.errors import ContainerError

__all__ = ["DockerImages"]

REALLY = "figwright.really"
OUT = "/figwright/out"
_SHORT = Limits(wall_seconds=60.0)


class DockerImages:
    """``name`` is docker or podman: they take the same words for all that is done here."""

    def __init__(self, name: str = "docker") -> None:
        self.name = name
        self._stamp = stamp()
        self._numbers = itertools.count(1)
        self._tags: list[str] = []
        self._why: str | None = None
        self._storage: Path | None = None

    def unusable(self) -> str:
        if self._why is None:
            self._why = self._open()
        return self._why

    def _open(self) -> str:
        if shutil.which(self.name) is None:
            return f"{self.name} is not installed"
        told = self._call("info", "--format", "{{json .}}")
        if told.exit_code:
            return f"{self.name} does not answer: {clip(told.stderr, 300).strip()}"
        try:
            facts = json.loads(told.stdout)
            root = facts.get("DockerRootDir") or facts.get("store", {}).get("graphRoot", "")
        except (ValueError, AttributeError):
            root = ""
        self._storage = Path(root) if root and Path(root).is_dir() else Path(tempfile.gettempdir())
        self._clear_dead()
        return ""

    def _call(self, *words: str, limits: Limits = _SHORT, given: bytes = b"") -> Outcome:
        # The classic builder: BuildKit needs a plug-in that is often missing, and fetches its own images.
        env = {**os.environ, "DOCKER_BUILDKIT": "0"}
        return run_bounded([self.name, *words], limits, watched=self._storage, env=env, given=given)

    def _ask(self, *words: str) -> str:
        done = self._call(*words)
        if done.exit_code:
            raise ContainerError(f"{self.name} {words[0]} failed: {clip(done.stderr, 500).strip()}")
        return done.stdout.decode("utf-8", "replace").strip()

    def _clear_dead(self) -> None:
        """What runs that were killed left behind."""
        for line in self._ask(
            "ps", "--all", "--format", '{{.ID}} {{.Label "figwright.run"}}', "--filter", f"label={LABEL}"
        ).splitlines():
            container, _, mark = line.partition(" ")
            if not stamp_is_alive(mark.strip()):
                self._call("rm", "--force", "--volumes", container)
        for name in self._ask("images", "--format", "{{.Repository}}:{{.Tag}}").splitlines():
            repository = name.removeprefix("localhost/")
            if repository.startswith("figwright-run-"):
                mark = repository.removeprefix("figwright-run-").partition("/")[0]
                if not stamp_is_alive(mark):
                    self._call("rmi", "--force", name)
        self._prune(lambda mark: not stamp_is_alive(mark))

    def _prune(self, wanted: Callable[[str], bool]) -> None:
        """Images without a name that carry a mark: stages, and what failed builds left. Those beneath others go last."""
        for _ in range(3):
            listed = (
                self._call("images", "--quiet", "--filter", "dangling=true", "--filter", f"label={LABEL}")
                .stdout.decode()
                .split()
            )
            told = (
                self._call("inspect", "--format", f'{{{{.Id}}}} {{{{index .Config.Labels "{LABEL}"}}}}', *listed)
                if listed
                else None
            )
            pairs = [line.partition(" ") for line in told.stdout.decode().splitlines()] if told else []
            mine = [image for image, _, mark in pairs if wanted(mark.strip())]
            if not mine:
                return
            self._call("rmi", "--force", *mine)

    def has(self, image: str) -> bool:
        return self._call("image", "inspect", image).exit_code == 0

    def account(self, image: str) -> str:
        try:
            facts = json.loads(self._ask("image", "inspect", image))[0]
        except (ContainerError, ValueError, IndexError):
            return ""
        labels = (facts.get("Config") or {}).get("Labels") or {}
        digests = facts.get("RepoDigests") or []
        return f"{digests[0] if digests else facts.get('Id', '')} ({labels.get(REALLY, 'as published')})"

    def build(
        self, context: Path, dockerfile: Path, tag: str, limits: Limits, *, target: str = "", pull: bool = False
    ) -> Outcome:
        words = ["build", "--network=host", "--rm", "--force-rm", f"--memory={limits.memory_bytes}"]
        words.append(f"--file={marked(dockerfile, self._stamp)}")
        words.append(f"--tag={self._own(tag)}")
        words += [f"--target={target}"] if target else []
        if self.name == "podman":
            words.append("--pull=missing" if pull else "--pull=never")
        elif not pull and (missing := self._missing(dockerfile)):
            text = f"the base image {missing} is not here, and nothing is pulled without --pull"
            return Outcome(1, b"", text.encode(), 0.0)
        self._tags.append(self._own(tag))
        return self._call(*words, str(context), limits=limits)

    def _missing(self, dockerfile: Path) -> str:
        """The first base that is neither here nor a stage of the file: Docker would pull it."""
        stages = {"scratch"}
        for line in dockerfile.read_text("utf-8").splitlines():
            words = line.split()
            if len(words) >= 2 and words[0] == "FROM":
                if words[1] not in stages and not self.has(words[1]):
                    return words[1]
                if len(words) == 4:
                    stages.add(words[3])
        return ""

    def _own(self, tag: str) -> str:
        return f"figwright-run-{self._stamp}/{tag}"

    def local_name(self, tag: str) -> str:
        """How a Dockerfile names an image that was built before."""
        return self._own(tag)

    def size(self, tag: str) -> int:
        return int(self._ask("image", "inspect", "--format", "{{.Size}}", self._own(tag)))

    def _create(
        self,
        tag: str,
        argv: Sequence[str],
        env: Mapping[str, str],
        limits: Limits,
        *,
        root: bool,
        cwd: str = "",
        beside: str = "",
    ) -> str:
        name = f"figwright-{self._stamp}-{next(self._numbers)}"
        words = [
            "create", f"--name={name}", f"--label={LABEL}={self._stamp}", "--security-opt=no-new-privileges",
            f"--memory={limits.memory_bytes}", f"--memory-swap={limits.memory_bytes}", f"--pids-limit={limits.processes}",
            "--log-opt=max-size=8m",
        ]  # fmt: skip
        # Without a network Docker writes no line for the host's name, and servers that look themselves up would not start.
        words += [f"--network=container:{beside}"] if beside else ["--network=none", "--hostname=localhost"]
        words += ["--user=0"] if root else ["--cap-drop=ALL"]
        words += [f"--workdir={cwd}"] if cwd else []
        words += [f"--env={key}={value}" for key, value in sorted(env.items())]
        self._ask(*words, self._own(tag), *argv)
        return name

    def start(
        self, tag: str, command: Sequence[str], env: Mapping[str, str], limits: Limits, *, beside: str = ""
    ) -> str:
        name = self._create(tag, command, env, limits, root=False, beside=beside)
        done = self._call("start", name)
        if done.exit_code:
            self._call("rm", "--force", name)
            raise ContainerError(clip(done.stderr, 800).strip())
        return name

    def ended(self, running: str) -> int | None:
        state, _, code = self._ask("inspect", "--format", "{{.State.Running}} {{.State.ExitCode}}", running).partition(
            " "
        )
        return None if state == "true" else int(code)

    def printed(self, running: str) -> str:
        done = self._call("logs", running)
        return clip(done.stdout + done.stderr)

    def execute(self, running: str, argv: Sequence[str], seconds: float, *, root: bool = False) -> Outcome:
        words = ["exec", *(["--user=0"] if root else []), running, *argv]
        return self._call(*words, limits=Limits(wall_seconds=seconds))

    def stop(self, running: str, seconds: float = 10.0) -> float:
        began = time.monotonic()
        self._call("stop", f"--time={int(seconds)}", running)
        took = time.monotonic() - began
        self._call("rm", "--force", "--volumes", running)
        return took

    def run(
        self, tag: str, command: Command, limits: Limits, *, out: Path | None = None, root: bool = False
    ) -> Outcome:
        name = self._create(tag, command.argv, command.env, limits, root=root, cwd=command.cwd)
        try:
            outcome = self._call("start", "--attach", name, limits=limits)
            if outcome.stopped_by:
                self._call("kill", name)
            if out is not None:
                self._call("cp", f"{name}:{OUT}/.", str(out), limits=Limits(wall_seconds=120))
            return outcome
        finally:
            self._call("rm", "--force", "--volumes", name)

    def close(self) -> None:
        if self._why != "":
            return
        for name in (
            self._call("ps", "--all", "--quiet", "--filter", f"label={LABEL}={self._stamp}").stdout.decode().split()
        ):
            self._call("rm", "--force", "--volumes", name)
        for tag in reversed(self._tags):
            self._call("rmi", "--force", tag)
        self._prune(lambda mark: mark == self._stamp)
        self._tags.clear()
