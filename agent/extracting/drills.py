"""Drills of operation, each in a box of its own: routes moved under load, the service killed under load, migrations at the start.

In: a climb and the service's folder; out: what was seen, in words and figures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.domain.extraction import Drill, RecordedRequest
from agent.errors import ExtractionError
from agent.extracting.climbing import Climb
from agent.extracting.live_tests import live_facade
from agent.extraction.live import drill_in_box
from agent.validation import Workplace

__all__ = ["judge_killed", "judge_migrations", "judge_rollback", "run_drills", "safe_requests"]

MOST_OWN, MOST_OTHERS = 40, 20
ROUNDS = 3
SWITCH_SECONDS = 1.0
ROLLBACK = "route rollback under load"
KILLED = "service killed under load"
MIGRATIONS = "start-up migrations with two workers"


@dataclass(frozen=True)
class _Seen:
    """One answer under load: when it was asked and given (seconds), to which request, with which status, by whom."""

    begun: float
    ended: float
    request: int
    status: object
    by: str


def run_drills(climb: Climb, place: Workplace, slice_tree: Path) -> tuple[Drill, ...]:
    """Those three; a drill that cannot be held says why, and has not passed."""
    if climb.stack.ecosystem != "python":
        raise ExtractionError(f"no drill is built for {climb.stack.ecosystem} yet: only for Flask and Django.")
    own, others = safe_requests(climb)
    facades = {"to_service": live_facade(climb, climb.service), "to_monolith": live_facade(climb, "")}
    statuses = {one.number: one for one in (*own, *others)}
    found: list[Drill] = []
    for name, drill, judge in ((ROLLBACK, "rollback", judge_rollback), (KILLED, "killed", judge_killed)):
        place.say(f"drill: {name}")
        asked = own if drill == "rollback" else (*own, *others)
        if not own:
            why = "no recorded GET of the service leaves the data as it was, so nothing can be asked again and again"
            found.append(Drill(name=name, passed=False, verdict=why))
            continue
        numbers = [(one.number, one in own) for one in asked]
        seen = drill_in_box(climb.ground, climb.recording, slice_tree, drill, own[0].application, numbers, facades)
        found.append(_failed(name, seen) or judge(seen, statuses, frozenset(one.number for one in own)))
    place.say(f"drill: {MIGRATIONS}")
    application = (own or climb.own or climb.recording.requests)[0].application
    seen = drill_in_box(
        climb.ground, climb.recording, slice_tree, "migrations", application, (), facades, rounds=ROUNDS
    )
    found.append(_failed(MIGRATIONS, seen) or judge_migrations(seen))
    return tuple(found)


def _failed(name: str, seen: Mapping[str, Any]) -> Drill | None:
    failure = str(seen.get("failure", "")).strip()
    if not failure:
        return None
    last = failure.rpartition("\n")[2]
    return Drill(name=name, passed=False, verdict=f"it could not be held: {last[:300]}")


def safe_requests(climb: Climb) -> tuple[tuple[RecordedRequest, ...], tuple[RecordedRequest, ...]]:
    """Recorded GETs that changed nothing, of one application: (the service's, others'), spread over what there is."""
    owned = {one.number for one in climb.own}
    safe = [
        one for one in climb.recording.requests if one.method == "GET" and 200 <= one.status < 400 and not one.cannot
    ]
    safe = [one for one in safe if one.databases == one.after]
    counts = Counter(one.application for one in safe if one.number in owned)
    if not counts:
        return (), ()
    application = min(counts, key=lambda name: (-counts[name], name))
    mine = [one for one in safe if one.application == application and one.number in owned]
    others = [one for one in safe if one.application == application and one.number not in owned]
    return tuple(_spread(mine, MOST_OWN)), tuple(_spread(others, MOST_OTHERS))


def _spread(found: Sequence[RecordedRequest], most: int) -> Sequence[RecordedRequest]:
    step = max(1, -(-len(found) // most))
    return found[::step]


def _answers(seen: Mapping[str, Any]) -> list[_Seen]:
    found = [_Seen(float(b), float(e), int(r), s, str(by)) for b, e, r, s, by in seen["seen"]]
    return sorted(found, key=lambda one: one.ended)


def _wrong(answers: Sequence[_Seen], requests: Mapping[int, RecordedRequest]) -> list[_Seen]:
    """No answer, or not the recorded status."""
    return [one for one in answers if one.status != requests[one.request].status]


def judge_rollback(
    seen: Mapping[str, Any], requests: Mapping[int, RecordedRequest], own: frozenset[int]  # noqa: ARG001 - as the other's
) -> Drill:  # fmt: skip
    """Routes to the monolith and back while clients ask."""
    answers = _answers(seen)
    wrong = _wrong(answers, requests)
    lags = []
    switches = [(str(to), float(at)) for to, at in seen["switches"]]
    for number, (to, at) in enumerate(switches):
        until = switches[number + 1][1] if number + 1 < len(switches) else float("inf")
        old = [one.ended - at for one in answers if at < one.ended < until and one.by not in (to, "")]
        lags.append(max(old, default=0.0))
    counts = Counter(one.by or "nobody" for one in answers)
    after = [one.by for one in answers if one.begun > switches[0][1] + SWITCH_SECONDS]
    both = bool(counts["service"] and counts["monolith"]) and "service" in after
    slowest = max(lags)
    passed = bool(answers) and not wrong and both and slowest < SWITCH_SECONDS
    verdict = (
        f"{len(answers)} requests while the routes went to the monolith and back, {len(wrong)} failed; "
        f"the side that was left gave its last answer {slowest:.2f} s after the switch"
    )
    if not both:
        verdict += "; only one side was seen to answer"
    return Drill(
        name=ROLLBACK,
        passed=passed,
        verdict=verdict,
        figures=(
            ("requests", len(answers)),
            ("failed", len(wrong)),
            *((f"answered by {who}", count) for who, count in sorted(counts.items())),
            ("seconds to leave the service", round(lags[0], 3)),
            ("seconds to leave the monolith", round(lags[1], 3)),
        ),
    )


def judge_killed(seen: Mapping[str, Any], requests: Mapping[int, RecordedRequest], own: frozenset[int]) -> Drill:
    """What users see between the service's death and the switch, and how soon after it every answer is back."""
    answers = _answers(seen)
    killed, back = float(seen["killed"]), float(seen["switches"][0][1])
    down = [one for one in answers if killed < one.begun and one.ended <= back]
    wrong = _wrong(answers, requests)
    others = [one for one in wrong if one.request not in own]
    lag = max((one.ended - back for one in wrong if one.ended > back), default=0.0)
    early = [one for one in wrong if one.ended < killed]
    late = [one for one in answers if one.begun > back + SWITCH_SECONDS]
    routes: dict[str, Counter[str]] = defaultdict(Counter)
    for one in down:
        if one.request in own:
            asked = requests[one.request]
            routes[f"{asked.method} {asked.route}"][str(one.status)] += 1
    hurt = sum(one in wrong for one in down if one.request in own)
    passed = bool(hurt and late) and not others and not early and lag < SWITCH_SECONDS
    verdict = (
        f"while the service was gone, {hurt} of {sum(one.request in own for one in down)} requests to its "
        f"{len(routes)} routes failed, and {len(others)} to others; after the switch to the monolith the last failure "
        f"came within {lag:.2f} s, and {len(late)} more requests were answered"
    )
    return Drill(
        name=KILLED,
        passed=passed,
        verdict=verdict,
        figures=(
            ("requests", len(answers)),
            ("failed before", len(early)),
            ("failed on other routes", len(others)),
            ("seconds until all answers are back", round(lag, 3)),
            *((f"{route}: {status}", n) for route, by in sorted(routes.items()) for status, n in sorted(by.items())),
        ),
    )


def judge_migrations(seen: Mapping[str, Any]) -> Drill:
    """Both sides of one program run what it runs at its start. One of them has to own it: the monolith."""
    alone = seen["alone"]
    if alone.get("error"):
        last = str(alone["error"]).strip().rpartition("\n")[2][:300]
        return Drill(name=MIGRATIONS, passed=False, verdict=f"the monolith does not start on an empty database: {last}")
    if not alone["tables"]:
        return Drill(
            name=MIGRATIONS,
            passed=True,
            verdict="the program makes no table at its start, so two workers have nothing to collide over",
            figures=(("tables made at the start", 0),),
        )
    after = seen["after"]
    untouched = not after.get("error") and after["tables"] == alone["tables"]
    errors = [str(one["error"]) for both in seen["rounds"] for _, one in sorted(both.items()) if one.get("error")]
    spoilt = sum(any(one.get("error") for one in both.values()) for both in seen["rounds"])
    verdict = f"the monolith owns the migrations ({len(alone['tables'])} tables at its start)"
    verdict += (
        ": the service then starts on them and changes none"
        if untouched
        else f", and the service does not stand on them: {_last(after) or 'it changes them'}"
    )
    if errors:
        verdict += f"; both at once failed in {spoilt} of {len(seen['rounds'])} starts: {errors[0].strip().rpartition(chr(10))[2][:200]}"
    else:
        verdict += f"; both at once did not fail in {len(seen['rounds'])} starts, which promises nothing"
    return Drill(
        name=MIGRATIONS,
        passed=untouched,
        verdict=verdict,
        figures=(
            ("tables made at the start", len(alone["tables"])),
            ("starts of both at once", len(seen["rounds"])),
            ("of these failed", spoilt),
        ),
    )


def _last(one: Mapping[str, Any]) -> str:
    return str(one.get("error", "")).strip().rpartition("\n")[2][:200]
