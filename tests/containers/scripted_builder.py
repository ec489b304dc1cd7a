"""An image builder whose world is a rule: a Dockerfile's text in; how far that image comes, and what it prints, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from agent.domain.container import LEVELS, Level
from agent.domain.execution import Command, Limits, Outcome

World = Callable[[str], tuple[Level, str]]


def outcome(code: int, said: str = "") -> Outcome:
    return Outcome(exit_code=code, stdout=said.encode(), stderr=b"", seconds=0.1)


class ScriptedBuilder:
    """``built`` are the texts that it was given, in order; ``job`` gives the exit code of a job. It runs nothing."""

    name = "scripted"

    def __init__(
        self, world: World, here: Callable[[str], bool] = lambda _: True, job: Callable[[str], int] = lambda _: 0
    ) -> None:
        self.world, self.here, self.job = world, here, job
        self.built: list[str] = []
        self.started: list[Mapping[str, str]] = []

    def unusable(self) -> str:
        return ""

    def has(self, image: str) -> bool:
        return self.here(image)

    def account(self, image: str) -> str:
        return f"sha256:{image} (scripted)"

    def build(
        self, context: Path, dockerfile: Path, tag: str, limits: Limits, *, target: str = "", pull: bool = False
    ) -> Outcome:
        self.built.append(dockerfile.read_text("utf-8"))
        level, said = self.world(self.built[-1])
        return outcome(int(level == "written"), said)

    def local_name(self, tag: str) -> str:
        return tag

    def size(self, tag: str) -> int:
        return 1

    def start(
        self, tag: str, command: Sequence[str], env: Mapping[str, str], limits: Limits, *, beside: str = ""
    ) -> str:
        self.started.append(env)
        return " ".join(command)

    def ended(self, running: str) -> int | None:
        if running:
            return self.job(self.built[-1])
        return 1 if LEVELS.index(self.world(self.built[-1])[0]) < LEVELS.index("started") else None

    def printed(self, running: str) -> str:
        return self.world(self.built[-1])[1] + "".join(f"\n{value}" for one in self.started for value in one.values())

    def execute(self, running: str, argv: Sequence[str], seconds: float, *, root: bool = False) -> Outcome:
        return outcome(int(argv[0] == "cat" or self.world(self.built[-1])[0] != "healthy"))

    def stop(self, running: str, seconds: float = 10.0) -> float:
        return 0.0

    def run(
        self, tag: str, command: Command, limits: Limits, *, out: Path | None = None, root: bool = False
    ) -> Outcome:
        return outcome(0)

    def close(self) -> None:
        pass
