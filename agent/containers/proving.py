"""Proves an image: builds, starts and asks it for its health, repairs by rule and tries again; an attempt in, its Proof out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agent.containers.attempt import Attempt, Failure, Repair, Stage
from agent.containers.beside import beside, needed, with_services
from agent.containers.dockerfile import write_dockerfile, write_dockerignore
from agent.containers.repairs import find_repair
from agent.containers.tree import Tree
from agent.containers.watching import Bounds, Trial, text_of, watch, watch_other
from agent.domain.container import LEVELS, Backing, Deployable, Level, Proof, Round
from agent.errors import ContainerError
from agent.ports import ImageBuilder

__all__ = ["MOST_ROUNDS", "Proved", "prove_image", "prove_job"]

MOST_ROUNDS = 5
_LAST = 15
_ERROR = re.compile(r"^\[ERROR\] \w|\b(?:error|Error|ERROR|Exception|fatal)\b.{0,3}:|npm ERR! code")


@dataclass(frozen=True)
class Proved:
    """The attempt as it stands after the last repair, how far it came, and the tag of the image when it was built."""

    attempt: Attempt
    proof: Proof
    tag: str = ""
    stop_seconds: float = 0.0


def prove_image(
    builder: ImageBuilder, attempt: Attempt, context: Path, tree: Tree, candidates: Sequence[str], *,
    bounds: Bounds, dockerfile: str, run: bool = True, pull: bool = False, backings: Sequence[Backing] = (),
    say: Callable[[str], None] = lambda _: None,
) -> Proved:  # fmt: skip
    """At most `MOST_ROUNDS` rounds. ``context`` is a copy of the repository's folder, in which the ignore file is written.

    ``backings`` are the services that may be started beside it.
    """
    began = time.monotonic()
    tag = attempt.image.name
    rounds: list[Round] = []
    tried: frozenset[str] = frozenset()
    best: Level = "written"
    stop_seconds = 0.0
    notes: tuple[str, ...] = ()
    without = ""
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
        repair, absent = (None, "")
        if number < MOST_ROUNDS:
            wanted = needed(attempt, trial.failure, backings)
            repair, absent = with_services(attempt, wanted, builder, pull=pull) if wanted else (None, "")
            repair = repair or _by_rule(attempt, trial.failure, tree, tried)
        without = absent or without
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
    notes = (*notes, without) if without else notes
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


def _by_rule(attempt: Attempt, failure: Failure, tree: Tree, tried: frozenset[str]) -> Repair | None:
    """What a model edited stands as text: there a rule can only change what follows it, or what the trial is started with."""
    repair = find_repair(attempt, failure, tree, tried)
    if repair is None or not attempt.image.edited:
        return repair
    ends = {field: getattr(attempt.image, field) for field in ("changes", "health", "port", "command")}
    return repair if repair.attempt.image.model_copy(update=ends) == attempt.image else None


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
) -> Trial:
    place = context.parent / f"{tag}.Dockerfile"
    place.write_text(write_dockerfile(attempt.image), "utf-8")
    (context / ".dockerignore").write_text(write_dockerignore(attempt.image), "utf-8")
    done = builder.build(context, place, tag, bounds.build, pull=pull)
    if done.exit_code or done.stopped_by:
        return Trial("written", Failure("build", text_of(done), done.stopped_by))
    if not run:
        return Trial("built")
    try:
        with beside(builder, attempt, context.parent, pull=pull) as network:
            running = builder.start(tag, (), attempt.env, bounds.running, beside=network)
            try:
                trial = watch(builder, attempt, running, candidates, bounds)
            finally:
                took = builder.stop(running)
    except ContainerError as error:
        return Trial("built", Failure("start", str(error)))
    trial.stop_seconds = took
    return trial


def prove_job(
    builder: ImageBuilder, job: Deployable, host: Proved, work: Path, *, bounds: Bounds, dockerfile: str
) -> Proof:
    """A job or worker on the image of its application: a job must run to its end, a worker must keep running.

    ``work`` is a folder for what the services beside it are derived from.
    """
    began = time.monotonic()
    proof = Proof(name=job.name, kind=job.kind, dockerfile=dockerfile, level="written", base=host.proof.base)
    if not host.tag:
        return proof
    try:
        with beside(builder, host.attempt, work) as network:
            running = builder.start(host.tag, job.command, host.attempt.env, bounds.running, beside=network)
            try:
                trial = watch_other(builder, job, running, bounds)
            finally:
                builder.stop(running, 5)
    except ContainerError as error:
        failed = Round(number=1, reached="built", failed="it did not start", last_lines=_last_lines(str(error)))
        return proof.model_copy(
            update={"level": "built", "first": "built", "rounds": (failed,), "image_bytes": host.proof.image_bytes}
        )
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
