"""What a rehearsal showed: the box's JSON in, drills out. A figure that is missing is a drill that failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.domain.extraction import Drill

__all__ = ["Rehearsed", "drills_of"]


@dataclass(frozen=True)
class Rehearsed:
    """``trouble``: why it ended early. ``version``: PostgreSQL's."""

    drills: tuple[Drill, ...]
    version: str = ""
    trouble: str = ""
    notes: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return bool(self.drills) and not self.trouble and all(one.passed for one in self.drills)


def drills_of(found: Mapping[str, Any], wanted: int) -> Rehearsed:
    """``wanted``: how many writes it had to be."""
    trouble = str(found.get("trouble", "")).strip()
    drills: tuple[Drill, ...] = ()
    try:
        if not trouble:
            drills = (
                _writes(found, wanted), _clean(found), _flips(found), _killed(found["killed"]),
                *(_fault(one) for one in sorted(found["drills"], key=lambda one: str(one["name"]))), _rollback(found),
            )  # fmt: skip
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        trouble = f"its result cannot be read ({type(error).__name__}: {error})"
    notes = [str(one) for one in found.get("notes", ())]
    rows = {str(name): int(count) for name, count in dict(found.get("rows", {})).items()}
    return Rehearsed(drills, str(found.get("version", "")), trouble, tuple(notes), rows)


def _writes(found: Mapping[str, Any], wanted: int) -> Drill:
    load, counted = found["load"], found["counted"]
    wrong = {name: sum(side[name] for side in counted.values()) for name in ("lost", "doubled", "never_committed")}
    troubles = list(found["troubles"])
    enough = load["committed"] >= wanted and sorted(counted) == ["monolith", "service"]
    passed = enough and not any(wrong.values()) and not troubles
    verdict = f"{load['committed']} writes committed while the tables moved and came back: {wrong['lost']} lost, {wrong['doubled']} doubled"
    if troubles:
        verdict += f"; a client ended: {troubles[0]}"
    return Drill(
        name="concurrent writes", passed=passed, verdict=verdict,
        figures=_figures(load, "committed", "rolled_back", "refused", "retried") + _figures(load["by_op"], "insert", "update", "delete")
        + _figures(wrong, "lost", "doubled", "never_committed")
        + (("rows moved", float(found["compared"])), ("longest write (s)", round(load["longest"], 3))),
    )  # fmt: skip


def _clean(found: Mapping[str, Any]) -> Drill:
    looks = [*found["looks"], found["final"]]
    accused, orphans = sum(one["accused"] for one in looks), found["orphans"]
    return Drill(
        name="clean run not accused",
        passed=len(looks) > 1 and not accused and not orphans,
        verdict=f"{len(looks)} comparisons, {len(looks) - 1} of them under load, accuse {accused} of {found['compared']} rows"
        + (f"; {sum(count for _, count in orphans)} values across the border lead nowhere" if orphans else ""),
        figures=(
            ("comparisons", float(len(looks))), ("rows accused", float(accused)), ("rows", float(found["compared"])),
            ("slowest (s)", round(max(one["seconds"] for one in looks), 3)),
        ),
    )  # fmt: skip


def _flips(found: Mapping[str, Any]) -> Drill:
    reads = found["reads"]
    asked = reads["monolith"] + reads["service"]
    return Drill(
        name="flip of reads, then of writes",
        passed=bool(reads["service"]) and not reads["failed"] and not reads["back"],
        verdict=f"{reads['failed']} of {asked} reads failed, {reads['back']} went back in time; "
        f"writes were refused for {found['refused_seconds']:.2f} s, and repeated",
        figures=(
            ("writes refused (s)", float(found["refused_seconds"])), *_figures(reads, "monolith", "service", "failed", "back"),
        ),
    )  # fmt: skip


def _killed(kills: Sequence[Mapping[str, Any]]) -> Drill:
    noticed = [one for one in kills if one["silent"] >= 0.7 and one["seconds"] < 20]
    return Drill(
        name="consumer killed in the middle",
        passed=bool(kills) and len(noticed) == len(kills),
        verdict=f"the monitor noticed {len(noticed)} of {len(kills)}; started anew, it went on where it was",
        figures=(
            ("killed", float(len(kills))), ("noticed", float(len(noticed))),
            ("found in (s)", round(max((one["seconds"] for one in kills), default=0.0), 3)),
            ("events waiting", float(max((one["waiting"] for one in kills), default=0))),
        ),
    )  # fmt: skip


def _fault(one: Mapping[str, Any]) -> Drill:
    more = f"; {one['refused']} writes that did not go past the fence were refused" if "refused" in one else ""
    return Drill(
        name=str(one["name"]),
        passed=bool(one["passed"]),
        verdict=f"{one['found']} of {one['harmed']} rows found, {one['wrongly']} accused wrongly"
        + ("" if one["repaired"] else ", and they could not be repaired") + more,
        figures=(
            ("rows", float(one["harmed"])), ("found", float(one["found"])), ("accused wrongly", float(one["wrongly"])),
            ("found in (s)", round(float(one["seconds"]), 3)),
        ),
    )  # fmt: skip


def _rollback(found: Mapping[str, Any]) -> Drill:
    """Recorded rows were changed through the service, seen to be changed in the monolith, and changed back."""
    recorded, restored = found["recorded"], found["restored"]
    equal = not found["final"]["accused"] and restored == recorded == found["put_back"] and found["there"] == 0
    return Drill(
        name="rollback with data written through the service",
        passed=bool(equal) and found["through_service"] > 0,
        verdict=f"{found['through_service']} writes went through the service's schema and are in the monolith's; "
        f"{restored} of {recorded} recorded rows, changed and changed back there, are as they were recorded",
        figures=(
            ("writes through the service", float(found["through_service"])), ("rows that differ", float(found["final"]["accused"])),
            ("recorded rows", float(recorded)), ("restored", float(restored)),
            ("writes refused (s)", float(found["rollback_seconds"])),
        ),
    )  # fmt: skip


def _figures(found: Mapping[str, Any], *names: str) -> tuple[tuple[str, float], ...]:
    return tuple((name.replace("_", " "), float(found.get(name, 0))) for name in names)
