"""A recording and a folder with code in, what that code answers out, over real HTTP and each request from its own snapshot."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agent.domain.execution import OUT, Outcome
from agent.domain.extraction import Answer, CellChange, Mail, RecordedRequest
from agent.extraction.ground import Ground
from agent.extraction.recording import Recording
from agent.extraction.staging import BOX_OUT, BOX_REPO, WORK, in_box, python_of, search_path, stage_box

__all__ = [
    "FACADE_PORT",
    "REPLAY_SECONDS",
    "Replayed",
    "Side",
    "read_replay",
    "replay",
    "replay_plan",
    "replay_sides",
]

FACADE_PORT = 18080
"""The ports are the box's own: nothing of this machine listens there."""
_START = "import sys; from figwright_box import drive; drive.main(sys.argv[1])"
_ANSWERS = "answers.jsonl"
REPLAY_SECONDS = 1800.0


@dataclass(frozen=True)
class Side:
    """One server of a replay. ``serves``: what it may answer, as (method, route, handler) in the framework's own
    words (None: everything)."""

    name: str
    port: int
    serves: tuple[tuple[str, str, str], ...] | None = None


@dataclass(frozen=True)
class Replayed:
    """One answer for each request that was asked for, in their order. ``failure``: the program could not be started, and the
    end of what it said (a traceback); every answer then has status 0. ``routes`` are the framework's own table, in its order,
    as (pattern, methods, handler, the handler's file, "regex" when the pattern is an expression, or the expression itself, ``^...$``)."""

    answers: tuple[Answer, ...]
    failure: str = ""
    routes: tuple[tuple[str, tuple[str, ...], str, str, str], ...] = ()
    slowest: float = 0.0  # seconds that an answer took at most


@dataclass
class _Read:
    answers: dict[int, Answer] = field(default_factory=dict)
    failure: str = ""
    routes: list[tuple[str, tuple[str, ...], str, str, str]] = field(default_factory=list)
    slowest: float = 0.0


def replay(
    ground: Ground,
    recording: Recording,
    tree: Path,
    only: Collection[int] | None = None,
    upstream: str = "monolith",
    patience: float = 0.0,
) -> Replayed:
    """``tree`` is copied, never changed. ``only`` are request numbers (None: all). ``upstream`` names this side in the answers."""
    return replay_sides(ground, recording, tree, only, (Side(upstream, 0),), patience=patience)


def replay_sides(
    ground: Ground,
    recording: Recording,
    tree: Path,
    only: Collection[int] | None,
    sides: Sequence[Side],
    facade: str = "",
    routes: bool = False,
    patience: float = 0.0,
) -> Replayed:
    """Several servers of one tree, behind nginx with ``facade`` as its configuration; ``routes`` asks for the table, too."""
    box = stage_box(ground, recorder=False)
    repo = ground.folders.copy(tree, "repo")
    out = ground.folders.fresh("replay")
    plan = replay_plan(recording, only, sides, facade, routes, patience) | {
        "folder": f"{BOX_REPO}/{ground.folder}".rstrip("/"),
        "server": str(box / "server"),
    }
    try:
        (out / "plan.json").write_text(json.dumps(plan), "utf-8")
        variables = {**ground.variables, "PYTHONPATH": search_path(ground, box)}
        command = python_of("-c", _START, f"{OUT}/plan.json", variables=variables)
        outcome = in_box(ground, command, repo, out, (box, recording.folder.resolve()), REPLAY_SECONDS)
        return read_replay(out, recording, only, outcome)
    finally:
        for folder in (box, repo, out):
            ground.folders.drop(folder)


def replay_plan(
    recording: Recording, only: Collection[int] | None, sides: Sequence[Side], facade: str, routes: bool,
    patience: float = 0.0,
) -> dict[str, Any]:  # fmt: skip
    """What every driver is told, whatever it drives; the rest is its own. ``patience``: seconds for an answer of a slice with
    defects, which may hang; 0: as long as the driver waits for any."""
    return {
        "repository": BOX_REPO,
        "recording": str(recording.folder.resolve()),
        "work": WORK,
        "out": f"{BOX_OUT}/{_ANSWERS}",
        "only": None if only is None else sorted(only),
        "sides": [{"name": one.name, "port": one.port, "serves": one.serves} for one in sides],
        "facade": facade,
        "facade_port": FACADE_PORT,
        "routes": routes,
        "patience": patience,
    }


def read_replay(
    out: Path, recording: Recording, only: Collection[int] | None, outcome: Outcome, said: bytes | None = None
) -> Replayed:
    """What a driver left in its output folder; ``said`` is where it explains itself (None: its standard error)."""
    read = _read(out / _ANSWERS)
    if not read.failure and outcome.exit_code and not outcome.stopped_by:
        words = (outcome.stderr if said is None else said).decode("utf-8", "replace")[-4000:]
        read.failure = words or f"the driver ended with {outcome.exit_code}"
    stopped = outcome.stopped_by and f"the replay was stopped: {outcome.stopped_by} used up"
    asked = [one for one in recording.requests if only is None or one.number in only]
    return Replayed(tuple(_all(asked, read, stopped or "")), read.failure, tuple(read.routes), read.slowest)


def _all(asked: Sequence[RecordedRequest], read: _Read, stopped: str) -> Iterator[Answer]:
    for one in asked:
        found = read.answers.get(one.number)
        yield found or Answer(request=one.number, trouble=one.cannot or stopped or "it was not asked")


def _read(path: Path) -> _Read:
    """What the driver wrote; a line that is no answer is none."""
    read = _Read()
    if not path.is_file():
        return read
    with path.open("rb") as lines:
        for line in lines:
            try:
                found = json.loads(line)
                if "routes" in found:
                    read.routes += [(p, tuple(m), h, f, k) for p, m, h, f, k in found["routes"]]
                    continue
                read.failure = read.failure or str(found.get("start", ""))
                answer = _answer(found)
            except (ValueError, TypeError, KeyError, AttributeError, ValidationError, RecursionError):
                continue
            read.answers[answer.request] = answer
            seconds = found.get("seconds")
            if isinstance(seconds, int | float):
                read.slowest = max(read.slowest, float(seconds))
    return read


def _answer(found: Mapping[str, Any]) -> Answer:
    return Answer(
        request=found["request"],
        status=found.get("status", 0),
        headers=tuple((name, value) for name, value in found.get("headers", ())),
        body=found.get("body", ""),
        changes=tuple(
            CellChange(database=d, table=t, row=r, column=c, before=b, after=a)
            for d, t, r, c, b, a in found.get("changes", ())
        ),
        mail=tuple(Mail(sender=sender, to=tuple(to), text=text) for sender, to, text in found.get("mail", ())),
        files=tuple((path, digest) for path, digest in found.get("files", ())),
        calls=tuple(found.get("calls", ())),
        memory=tuple(found.get("memory", ())),
        upstream=found.get("upstream", ""),
        trouble=found.get("trouble", ""),
        traceback=found.get("traceback", "") or found.get("start", ""),
    )
