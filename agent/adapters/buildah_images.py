"""The image builder over Buildah: chroot isolation, each run in a network namespace of its own; no daemon is needed."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agent.adapters.image_process import LABEL, clip, marked, run_bounded, stamp, stamp_is_alive
from agent.domain.execution import Command, Limits, Outcome
from agent.errors import ContainerError

__all__ = ["BuildahImages"]

REALLY = "figwright.really"
OUT = "figwright/out"
_SHORT = Limits(wall_seconds=60.0)


@dataclass
class _Running:
    """``child`` is the leader of a session; its network namespace is joined to ask what runs in there."""

    container: str
    child: subprocess.Popen[bytes]
    printed: Path


class BuildahImages:
    """Containers are Buildah's working containers. Memory is bounded by the machine's own limits only, which is said."""

    name = "buildah"

    def __init__(self) -> None:
        self._stamp = stamp()
        self._numbers = itertools.count(1)
        self._tags: list[str] = []
        self._running: dict[str, _Running] = {}
        self._why: str | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def unusable(self) -> str:
        if self._why is None:
            self._why = self._open()
        return self._why

    def _open(self) -> str:
        if shutil.which("buildah") is None:
            return "buildah is not installed"
        if shutil.which("unshare") is None or shutil.which("nsenter") is None:
            return "buildah needs unshare and nsenter (util-linux) for runs without a network"
        told = self._call("images", "--json")
        if told.exit_code:
            return f"buildah does not work: {clip(told.stderr, 300).strip()}"
        self._folder = tempfile.TemporaryDirectory(prefix="figwright-buildah-")
        self._clear_dead(told.stdout)
        return ""

    def _call(self, *words: str, limits: Limits = _SHORT) -> Outcome:
        return run_bounded(["buildah", *words], limits, watched=Path("/var/lib") if os.geteuid() == 0 else Path.home())

    def _ask(self, *words: str) -> str:
        done = self._call(*words)
        if done.exit_code:
            raise ContainerError(f"buildah {words[0]} failed: {clip(done.stderr, 500).strip()}")
        return done.stdout.decode("utf-8", "replace").strip()

    def _clear_dead(self, images: bytes) -> None:
        with suppress(ContainerError, ValueError):
            for container in json.loads(self._ask("containers", "--json") or "null") or ():
                mark = re.match(r"figwright-(\d+-\d+)-\d+$", str(container.get("containername", "")))
                if mark and not stamp_is_alive(mark[1]):
                    self._call("rm", str(container["id"]))
            for image in json.loads(images) or ():
                for name in image.get("names") or ():
                    found = re.search(r"figwright-run-(\d+-\d+)/", str(name))
                    if found and not stamp_is_alive(found[1]):
                        self._call("rmi", "--force", str(name))
                        self._prune(found[1])

    def _prune(self, mark: str) -> None:
        """Stages, and what failed builds left: images without a name that carry the mark."""
        for _ in range(3):
            told = self._call("images", "--quiet", "--filter", "dangling=true", "--filter", f"label={LABEL}={mark}")
            if told.exit_code or not told.stdout.split():
                return
            self._call("rmi", "--force", *told.stdout.decode().split())

    def _own(self, tag: str) -> str:
        return f"localhost/figwright-run-{self._stamp}/{tag}"

    def local_name(self, tag: str) -> str:
        return self._own(tag)

    def _facts(self, name: str) -> dict[str, object]:
        try:
            return dict(json.loads(self._ask("inspect", "--type", "image", name)))
        except (ContainerError, ValueError):
            return {}

    @staticmethod
    def _public(image: str) -> str:
        first = image.partition("/")[0]
        return image if "/" in image and ("." in first or first == "localhost") else f"docker.io/library/{image}"

    def has(self, image: str) -> bool:
        return bool(self._facts(self._public(image)))

    def account(self, image: str) -> str:
        facts = self._facts(self._public(image))
        if not facts:
            return ""
        docker = facts.get("Docker")
        config = docker.get("config", {}) if isinstance(docker, dict) else {}
        labels = (config or {}).get("Labels") or {}
        return f"{facts.get('FromImageDigest', '')} ({labels.get(REALLY, 'as published')})"

    def build(
        self, context: Path, dockerfile: Path, tag: str, limits: Limits, *, target: str = "", pull: bool = False
    ) -> Outcome:
        words = ["build", "--isolation=chroot", "--layers", "--format=docker", f"--tag={self._own(tag)}"]
        words.append(f"--file={marked(dockerfile, self._stamp)}")
        words += ["--pull" if pull else "--pull-never"]
        ignore = context / ".dockerignore"
        words += [f"--ignorefile={ignore}"] if ignore.is_file() else []
        words += [f"--target={target}"] if target else []
        self._tags.append(self._own(tag))
        return self._call(*words, str(context), limits=limits)

    def size(self, tag: str) -> int:
        for image in json.loads(self._ask("images", "--json", self._own(tag))):
            found = re.fullmatch(r"([\d.]+)\s*([KMG]?B)", str(image.get("size", "")))
            if found:
                return int(float(found[1]) * {"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9}[found[2]])
        return 0

    def _from(self, tag: str) -> tuple[str, list[str], str]:
        """A working container: its name, the image's command and its working folder."""
        container = f"figwright-{self._stamp}-{next(self._numbers)}"
        self._ask("from", "--pull-never", f"--name={container}", self._own(tag))
        facts = self._facts(self._own(tag))
        docker = facts.get("Docker")
        config = (docker.get("config") or {}) if isinstance(docker, dict) else {}
        return (
            container,
            [*(config.get("Entrypoint") or []), *(config.get("Cmd") or [])],
            config.get("WorkingDir") or "/",
        )

    def _words(
        self, container: str, argv: Sequence[str], env: Mapping[str, str], *, root: bool, cwd: str = ""
    ) -> list[str]:
        words = ["buildah", "run", "--isolation=chroot"]
        words += ["--user=0"] if root else ["--cap-drop=ALL"]
        words += [f"--workingdir={cwd}"] if cwd else []
        words += [f"--env={key}={value}" for key, value in sorted(env.items())]
        return [*words, container, "--", *argv]

    @staticmethod
    def _alone(words: Sequence[str]) -> list[str]:
        return [
            "unshare",
            "--net",
            "--",
            "sh",
            "-c",
            'ip link set lo up 2>/dev/null || ifconfig lo up; exec "$@"',
            "sh",
            *words,
        ]

    def start(
        self, tag: str, command: Sequence[str], env: Mapping[str, str], limits: Limits, *, beside: str = ""
    ) -> str:
        del limits
        container, own, _ = self._from(tag)
        assert self._folder is not None
        printed = Path(self._folder.name) / f"{container}.log"
        words = self._words(container, command or own, env, root=False)
        joined = ["nsenter", f"--net=/proc/{self._running[beside].child.pid}/ns/net", "--", *words] if beside else []
        with printed.open("wb") as log:
            child = subprocess.Popen(  # noqa: S603
                joined or self._alone(words),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self._running[container] = _Running(container, child, printed)
        time.sleep(0.3)
        return container

    def ended(self, running: str) -> int | None:
        return self._running[running].child.poll()

    def printed(self, running: str) -> str:
        with self._running[running].printed.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - 60_000))
            return file.read().decode("utf-8", "replace")

    def execute(self, running: str, argv: Sequence[str], seconds: float, *, root: bool = False) -> Outcome:
        one = self._running[running]
        words = [
            "nsenter",
            f"--net=/proc/{one.child.pid}/ns/net",
            "--",
            *self._words(one.container, argv, {}, root=root),
        ]
        return run_bounded(words, Limits(wall_seconds=seconds))

    def stop(self, running: str, seconds: float = 10.0) -> float:
        one = self._running.pop(running)
        began = time.monotonic()
        for sign, wait in ((signal.SIGTERM, seconds), (signal.SIGKILL, 5.0)):
            if one.child.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(one.child.pid, sign)
                with suppress(subprocess.TimeoutExpired):
                    one.child.wait(wait)
        took = time.monotonic() - began
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(one.child.pid, signal.SIGKILL)
        self._call("rm", one.container)
        return took

    def run(
        self, tag: str, command: Command, limits: Limits, *, out: Path | None = None, root: bool = False
    ) -> Outcome:
        container, _, folder = self._from(tag)
        try:
            words = self._words(container, command.argv, command.env, root=root, cwd=command.cwd or folder)
            outcome = run_bounded(self._alone(words), limits, watched=Path("/var/lib"))
            if out is not None:
                self._copy_out(container, out)
            return outcome
        finally:
            self._call("rm", container)

    def _copy_out(self, container: str, out: Path) -> None:
        """Files only, never what a link leads to."""
        place = Path(self._ask("mount", container)) / OUT
        if place.is_dir() and not place.is_symlink():
            for path in sorted(place.rglob("*")):
                if path.is_file() and not path.is_symlink():
                    target = out / path.relative_to(place)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, target)
        self._call("umount", container)

    def close(self) -> None:
        if self._why != "":
            return
        for running in list(self._running):
            self.stop(running, 1)
        for tag in reversed(self._tags):
            self._call("rmi", "--force", tag)
        self._prune(self._stamp)
        self._tags.clear()
        if self._folder is not None:
            self._folder.cleanup()
