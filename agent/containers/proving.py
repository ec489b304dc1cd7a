"""Proves an image: builds, starts and asks it for its health, repairs by rule and tries again; an attempt in, its Proof out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.containers.attempt import Attempt, Failure, Stage
from agent.containers.dockerfile import write_dockerfile, write_dockerignore
from agent.containers.health import probe
from agent.containers.images import with_health
from agent.containers.repairs import find_repair
from agent.containers.tree import Tree
from agent.domain.container import LEVELS, Deployable, Level, Proof, Round
from agent.domain.execution import Limits, Outcome
from agent.errors import ContainerError
from agent.ports import ImageBuilder

__all__ = ["MOST_ROUNDS", "Bounds", "Proved", "prove_image", "prove_job"]

MOST_ROUNDS = 5
_LAST = 15
_ERROR = re.compile(r"^\[ERROR\] \w|\b(?:error|Error|ERROR|Exception|fatal)\b.{0,3}:|npm ERR! code")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_OWN_WORDS = re.compile(
    r"(?m)^DEPRECATED: The legacy builder[^\n]*\n(?:[ \t]+[^\n]*\n){0,3}"
)  # Docker's, of how it is called


@dataclass(frozen=True)
class Bounds:
    """What a trial may use up. ``health_seconds`` is how long it may take to answer."""

    build: Limits = field(default_factory=lambda: Limits(wall_seconds=900, disk_bytes=8 << 30, memory_bytes=4 << 30))
    running: Limits = field(default_factory=lambda: Limits(wall_seconds=300, memory_bytes=2 << 30, processes=512))
    health_seconds: float = 240.0
    job_seconds: float = 60.0


@dataclass(frozen=True)
class Proved:
    """The attempt as it stands after the last repair, how far it came, and the tag of the image when it was built."""

    attempt: Attempt
    proof: Proof
    tag: str = ""
    stop_seconds: float = 0.0


@dataclass
class _Trial:
    """One round's outcome: the level, and the failure that stopped it (None: all that was asked holds)."""

    level: Level
    failure: Failure | None = None
    attempt: Attempt | None = None
    stop_seconds: float = 0.0
    note: str = ""


def prove_image(
    builder: ImageBuilder, attempt: Attempt, context: Path, tree: Tree, candidates: Sequence[str], *,
    bounds: Bounds, dockerfile: str, run: bool = True, pull: bool = False, say: Callable[[str], None] = lambda _: None,
) -> Proved:  # fmt: skip
    """At most `MOST_ROUNDS` rounds. ``context`` is a copy of the repository's folder, in which the ignore file is written."""
    began = time.monotonic()
    tag = attempt.image.name
    rounds: list[Round] = []
    tried: frozenset[str] = frozenset()
    best: Level = "written"
    stop_seconds = 0.0
    notes: tuple[str, ...] = ()
    for number in range(1, MOST_ROUNDS + 1):
        say(f"{tag}: round {number}")
        trial = _try(builder, attempt, context, tag, candidates, bounds, run=run, pull=pull)
        attempt = trial.attempt or attempt
        best = max(best, trial.level, key=LEVELS.index)
        stop_seconds = max(stop_seconds, trial.stop_seconds)
        notes = (trial.note,) if trial.note else ()
        if trial.failure is None:
            rounds.append(Round(number=number, reached=trial.level))
            break
        repair = find_repair(attempt, trial.failure, tree, tried) if number < MOST_ROUNDS else None
        rounds.append(
            Round(
                number=number, reached=trial.level, failed=_what(trial.failure),
                diagnosis=repair.diagnosis if repair else "", repair=repair.change if repair else "",
                last_lines=_last_lines(trial.failure.said),
            )
        )  # fmt: skip
        if repair is None:
            break
        say(f"{tag}: {repair.diagnosis}; {repair.change}")
        attempt, tried = repair.attempt, tried | {repair.change}
    if stop_seconds > 9:
        notes = (*notes, "it does not end on SIGTERM: it was killed after ten seconds")
    reached = rounds[-1].reached
    built = LEVELS.index(reached) >= LEVELS.index("built")
    proof = Proof(
        name=attempt.app.name, kind=attempt.app.kind, dockerfile=dockerfile, level=reached, first=rounds[0].reached,
        rounds=tuple(rounds), image_bytes=_size(builder, tag) if built else 0, base=_base(builder, attempt),
        seconds=round(time.monotonic() - began, 1), findings=notes,
    )  # fmt: skip
    return Proved(attempt, proof, tag if built else "", stop_seconds)


def _try(
    builder: ImageBuilder,
    attempt: Attempt,
    context: Path,
    tag: str,
    candidates: Sequence[str],
    bounds: Bounds,
    *,
    run: bool,
    pull: bool,
) -> _Trial:
    place = context.parent / f"{tag}.Dockerfile"
    place.write_text(write_dockerfile(attempt.image), "utf-8")
    (context / ".dockerignore").write_text(write_dockerignore(attempt.image), "utf-8")
    done = builder.build(context, place, tag, bounds.build, pull=pull)
    if done.exit_code or done.stopped_by:
        return _Trial("written", Failure("build", _text(done), done.stopped_by))
    if not run:
        return _Trial("built")
    try:
        running = builder.start(tag, (), attempt.env, bounds.running)
    except ContainerError as error:
        return _Trial("built", Failure("start", str(error)))
    try:
        trial = _watch(builder, attempt, running, candidates, bounds)
    finally:
        took = builder.stop(running)
    trial.stop_seconds = took
    return trial


def _watch(builder: ImageBuilder, attempt: Attempt, running: str, candidates: Sequence[str], bounds: Bounds) -> _Trial:
    """From started to healthy. What is not a web application is healthy when it runs to its end, or still runs."""
    app = attempt.app
    if app.kind != "web":
        return _watch_other(builder, app, running, bounds)
    began = time.monotonic()
    migrated = not app.migrate
    while time.monotonic() - began < bounds.health_seconds:
        code = builder.ended(running)
        if code is not None:
            return _Trial("built", Failure("start", f"{builder.printed(running)}\nit ended with exit code {code}"))
        if not migrated:
            done = builder.execute(running, app.migrate, 300)
            migrated = True
            if done.exit_code:
                return _Trial("started", Failure("health", _text(done) + builder.printed(running)))
        if builder.execute(running, attempt.image.health, 8).exit_code == 0:
            return _Trial("healthy", note=_unreachable(builder, running, app.port))
        if time.monotonic() - began > 6 and app.port in _listening(builder, running):
            other = _other_path(builder, attempt, running, candidates)
            if other is not None:
                return _Trial("healthy", attempt=other)
            if time.monotonic() - began > 75:
                break
        time.sleep(1)
    said = builder.printed(running)
    if builder.ended(running) is not None:
        return _Trial("built", Failure("start", said))
    return _Trial("started", Failure("health", said, listening=tuple(sorted(_listening(builder, running)))))


def _watch_other(builder: ImageBuilder, app: Deployable, running: str, bounds: Bounds) -> _Trial:
    began = time.monotonic()
    while time.monotonic() - began < (8 if app.kind == "worker" else bounds.job_seconds):
        code = builder.ended(running)
        if code is not None:
            said = f"{builder.printed(running)}\nit ended with exit code {code}"
            return _Trial("healthy") if code == 0 and app.kind != "worker" else _Trial("built", Failure("start", said))
        time.sleep(0.5)
    return (
        _Trial("healthy")
        if app.kind == "worker"
        else _Trial("started", Failure("health", builder.printed(running), "wall time"))
    )


def _other_path(builder: ImageBuilder, attempt: Attempt, running: str, candidates: Sequence[str]) -> Attempt | None:
    """Another path that answers, tried in the container; the image is written anew with it."""
    app = attempt.app
    for path in candidates:
        if path == app.health:
            continue
        command = probe(app.runtime, app.version, app.port or 0, path)
        if builder.execute(running, command, 8).exit_code == 0:
            changed = app.model_copy(update={"health": path})
            change = f"health is asked at {path}: {app.health} does not answer below 400"
            image = attempt.image.model_copy(update={"changes": (*attempt.image.changes, change)})
            return replace(attempt, app=changed, image=with_health(image, changed))
    return None


def _unreachable(builder: ImageBuilder, running: str, port: int | None) -> str:
    """It answers inside, but only there: what listens on the loopback cannot be published."""
    said = builder.execute(running, ("cat", "/proc/net/tcp", "/proc/net/tcp6"), 8).stdout.decode("ascii", "replace")
    rows = [words for line in said.splitlines() if len(words := line.split()) > 3 and words[3] == "0A"]
    places = [words[1].partition(":")[0] for words in rows if words[1].endswith(f":{port or 0:04X}")]
    if places and all(place in ("0100007F", "00000000000000000000000001000000") for place in places):
        return f"it listens on the loopback only: nothing outside of the container reaches port {port}"
    return ""


def _listening(builder: ImageBuilder, running: str) -> set[int]:
    """Ports in state LISTEN, as the kernel tells inside the container."""
    said = builder.execute(running, ("cat", "/proc/net/tcp", "/proc/net/tcp6"), 8).stdout.decode("ascii", "replace")
    ports = set()
    for line in said.splitlines():
        words = line.split()
        if len(words) > 3 and words[3] == "0A":
            with suppress(ValueError):
                ports.add(int(words[1].rpartition(":")[2], 16))
    return ports


def prove_job(builder: ImageBuilder, job: Deployable, host: Proved, *, bounds: Bounds, dockerfile: str) -> Proof:
    """A job or worker on the image of its application: a job must run to its end, a worker must keep running."""
    began = time.monotonic()
    proof = Proof(name=job.name, kind=job.kind, dockerfile=dockerfile, level="written", base=host.proof.base)
    if not host.tag:
        return proof
    try:
        running = builder.start(host.tag, job.command, host.attempt.env, bounds.running)
    except ContainerError as error:
        failed = Round(number=1, reached="built", failed="it did not start", last_lines=_last_lines(str(error)))
        return proof.model_copy(
            update={"level": "built", "first": "built", "rounds": (failed,), "image_bytes": host.proof.image_bytes}
        )
    try:
        trial = _watch_other(builder, job, running, bounds)
    finally:
        builder.stop(running, 5)
    level: Level = trial.level
    said = trial.failure.said if trial.failure else ""
    if level == "built" and not _never_ran(said):
        level = "started"  # the program itself ran and said what it lacks: data, a partner's folder, a service
    one = Round(
        number=1, reached=level, failed=_what(trial.failure) if trial.failure else "", last_lines=_last_lines(said)
    )
    return proof.model_copy(
        update={
            "level": level,
            "first": level,
            "rounds": (one,),
            "image_bytes": host.proof.image_bytes,
            "seconds": round(time.monotonic() - began, 1),
        }
    )


def _never_ran(said: str) -> bool:
    """Whether the program could not even be loaded."""
    signs = ("No module named", "Cannot find module", "can't open file", "Could not find or load main class", "ClassNotFoundException: ",
             "Could not open input file", "SyntaxError", "executable file not found", "cannot open shared object")  # fmt: skip
    return any(sign in said for sign in signs)


def _what(failure: Failure) -> str:
    stages: dict[Stage, str] = {
        "build": "the build failed",
        "start": "it did not start, or ended",
        "health": "it did not answer",
        "test": "tests failed",
    }
    return stages[failure.stage] + (f": {failure.stopped_by} used up" if failure.stopped_by else "")


def _text(outcome: Outcome) -> str:
    said = (outcome.stdout + b"\n" + outcome.stderr).decode("utf-8", "replace")[-60_000:]
    return _COLOUR.sub("", _OWN_WORDS.sub("", said))


def _last_lines(said: str) -> tuple[str, ...]:
    """The end, and before it the first lines that speak of an error: the cause often stands far above."""
    lines = [line.rstrip()[:300] for line in said.splitlines() if line.strip()]
    first = [line for line in lines[:-_LAST] if _ERROR.search(line)][:5]
    return (*first, *lines[-_LAST:])


def _size(builder: ImageBuilder, tag: str) -> int:
    with suppress(ContainerError, ValueError):
        return builder.size(tag)
    return 0


def _base(builder: ImageBuilder, attempt: Attempt) -> str:
    account = builder.account(attempt.image.base)
    return f"{attempt.image.base}: {account or 'not here'}"
