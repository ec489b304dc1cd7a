"""A monolith with a seam and a service behind it in one box, on one database: recorded requests in, answers and crossings out."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.domain.execution import OUT
from agent.domain.extraction import Answer
from agent.extraction.branching.deciding import Observation
from agent.extraction.ground import Ground
from agent.extraction.recording import Recording
from agent.extraction.replaying import REPLAY_SECONDS, read_replay, replay_plan
from agent.extraction.staging import BOX_OUT, BOX_REPO, WORK, in_box, python_of, search_path, stage_box

__all__ = ["SLICE_PLACE", "BranchReplay", "Position", "replay_branch"]

_START = "import sys; from figwright_box import branch_drive; branch_drive.main(sys.argv[1])"
SLICE_PLACE = f"{WORK}/service"
_MOST_LINES, _MOST_BYTES = 500_000, 200_000_000


@dataclass(frozen=True)
class Position:
    """How the two are set up. ``slice_tree`` None: there is no service. ``own`` are requests that the facade gives to the service;
    ``outage`` (killed, slow, broken): something stands where the service would. ``variables`` are the monolith's, ``{{port}}`` the
    service's port; ``kept`` are settings that a patch changes, so that the recorded ones are not put back over them."""

    name: str
    slice_tree: Path | None = None
    service: str = "service"
    own: Sequence[int] = ()
    outage: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    service_variables: Mapping[str, str] = field(default_factory=dict)
    kept: Sequence[str] = ()
    service_kept: Sequence[str] = ()
    watch: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class BranchReplay:
    """One answer for each request that was asked. ``crossed``: request -> functions that the service was asked for."""

    answers: tuple[Answer, ...]
    failure: str = ""
    crossed: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    observations: tuple[Observation, ...] = ()


def replay_branch(
    ground: Ground, recording: Recording, tree: Path, position: Position, only: Collection[int] | None = None
) -> BranchReplay:
    """``tree`` is the monolith's; neither it nor the slice is changed."""
    box = stage_box(ground, recorder=False)
    repo = ground.folders.copy(tree, "repo")
    out = ground.folders.fresh("branch")
    show = (box, recording.folder.resolve(), *([position.slice_tree] if position.slice_tree else []))
    try:
        (out / "plan.json").write_text(json.dumps(_plan(ground, recording, box, position, only)), "utf-8")
        variables = {**ground.variables, "PYTHONPATH": search_path(ground, box)}
        command = python_of("-c", _START, f"{OUT}/plan.json", variables=variables)
        outcome = in_box(ground, command, repo, out, show, REPLAY_SECONDS)
        replayed = read_replay(out, recording, only, outcome)
        return BranchReplay(replayed.answers, replayed.failure, _crossed(out / "answers.jsonl"), _observed(out))
    finally:
        for folder in (box, repo, out):
            ground.folders.drop(folder)


def _plan(
    ground: Ground, recording: Recording, box: Path, position: Position, only: Collection[int] | None
) -> dict[str, Any]:
    below = f"/{ground.folder}".rstrip("/")
    monolith: dict[str, Any] = {"name": "monolith", "script": "branch_serve"}
    monolith["more"] = {"keep_settings": list(position.kept)}
    if position.watch:
        monolith["more"] |= {
            "watch": {m: list(n) for m, n in position.watch.items()},
            "calls": f"{BOX_OUT}/calls-%d.jsonl",
        }
    plan = replay_plan(recording, only, (), "", False) | {
        "folder": f"{BOX_REPO}{below}",
        "server": str(box / "server"),
        "own": list(position.own),
        "outage": position.outage,
        "variables": dict(position.variables),
        "monolith": monolith,
    }
    if position.slice_tree is not None:
        plan["service"] = {
            "name": position.service,
            "script": "branch_serve",
            "from": str(position.slice_tree),
            "repository": SLICE_PLACE,
            "folder": f"{SLICE_PLACE}{below}",
            "more": {
                "relocate": [BOX_REPO, SLICE_PLACE],
                "variables": dict(position.service_variables),
                "keep_settings": list(position.service_kept),
            },
        }
    return plan


def _lines(path: Path) -> list[dict[str, Any]]:
    """JSON objects of a file that the box wrote; what is none is left out."""
    found: list[dict[str, Any]] = []
    if not path.is_file() or path.is_symlink() or path.stat().st_size > _MOST_BYTES:
        return found
    with path.open("rb") as lines:
        for _, line in zip(range(_MOST_LINES), lines, strict=False):
            try:
                one = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(one, dict):
                found.append(one)
    return found


def _crossed(path: Path) -> dict[int, tuple[str, ...]]:
    return {
        one["crossed"]: tuple(map(str, one["called"]))
        for one in _lines(path)
        if isinstance(one.get("crossed"), int) and isinstance(one.get("called"), list)
    }


def _observed(out: Path) -> tuple[Observation, ...]:
    """The lines of all requests, together for each function and place."""
    groups: dict[tuple[str, str, int], list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(out.glob("calls-*.jsonl")):
        for one in _lines(path):
            if (
                isinstance(one.get("target"), str)
                and isinstance(one.get("path"), str)
                and isinstance(one.get("line"), int)
            ):
                groups[one["target"], one["path"], one["line"]].append(one)
    return tuple(
        Observation(
            target, path, line,
            requests=tuple(sorted({one["request"] for one in found if isinstance(one.get("request"), int)})),
            count=sum(int(one.get("count", 0)) for one in found),
            cannot=tuple(sorted({str(why) for one in found for why in one.get("cannot", ())})),
            raised=tuple(sorted({str(name) for one in found for name in one.get("raised", ())})),
            wrote=sum(int(one.get("wrote", 0)) for one in found),
        )
        for (target, path, line), found in sorted(groups.items())
    )  # fmt: skip
