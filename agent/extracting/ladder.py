"""``figwright extract``: a repository and one boundary of its plan in, the rungs that its evidence carries out.

Each rung stands on the one below: nothing is compared before the monolith agrees with itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from agent.domain.boundary import Boundaries
from agent.domain.environment import Environment
from agent.domain.extraction import Answer, Comparison, Evidence, Rung
from agent.errors import ExtractionError
from agent.extracting.climbing import Climb, Made
from agent.extracting.generated import Asking
from agent.extracting.grounds import ground_for
from agent.extracting.java_stack import JavaStack
from agent.extracting.node_stack import NodeStack
from agent.extracting.python_stack import PythonStack
from agent.extracting.slice_rung import SliceRung, climb_slice
from agent.extracting.stacks import Cutter, Stack
from agent.extracting.upper_rungs import climb_upper, with_live
from agent.extracting.walking import ask_for_service, generate_recording
from agent.extraction import Ground, Recording, Replayed, Side, compare
from agent.extraction.facade import FrameworkRoute, facade_config, routes_by_owner
from agent.extraction.owning import owners_of
from agent.extraction.replaying import FACADE_PORT
from agent.extraction.tallying import residual, tally, tally_routes
from agent.ports import Language
from agent.validation import Installed, Workplace, find_suites, make_environment
from agent.validation.workplace import with_toolchains

__all__ = [
    "LEVELS",
    "STACKS",
    "Climb",
    "Made",
    "climb",
    "climb_on",
    "for_service",
    "open_cutter",
    "prepare",
    "restricted_copy",
    "take_oracle",
]

STACKS: tuple[Stack, ...] = (PythonStack(), NodeStack(), JavaStack())
"""In this order: the first one with a suite whose environment stands is recorded."""

LEVELS = ("oracle", "restricted copy", "slice", "own schema", "branch by abstraction")
"""The rungs, from 0 on."""
SELF_AGREEMENT = 0.99
MOST_SUITES = 3  # of one ecosystem, until one makes a request
REPLAYABLE = 0.95
_ERROR = re.compile(r"(?i)\berror:|\b[a-z]+error\b|\bnot found\b|\bno such\b|\bcannot\b|\bcould not\b")
_MONOLITH_PORT, _SERVICE_PORT = FACADE_PORT + 1, FACADE_PORT + 2


def climb(
    place: Workplace, made: Made, service: str, level: int, languages: Mapping[str, Language]
) -> tuple[Evidence, Mapping[str, str]]:
    """Rung by rung up to ``level``, stopping at the first that does not hold; the evidence, and files to be written beside it."""
    began = prepare(place, made, service, place.folders.fresh("recorded"))
    oracle = take_oracle(began, place)
    if not oracle.passed:
        return began.evidence(place, _stopped(oracle)), {}
    evidence, files, _ = climb_on(began, place, made, level, languages)
    return evidence, files


def climb_on(
    began: Climb, place: Workplace, made: Made, level: int, languages: Mapping[str, Language]
) -> tuple[Evidence, Mapping[str, str], SliceRung | None]:
    """The rungs above an oracle that holds; what `climb` gives, and the slice where it was tried."""
    files: dict[str, str] = {}
    if level < 1:
        return began.evidence(place, ""), files, None
    _ask_where_no_test_does(began, place)
    copy = restricted_copy(began, place)
    if not copy.passed:
        return began.evidence(place, _stopped(copy)), files, None
    files["facade/nginx.conf"] = facade_of(began)
    if level < 2:
        return began.evidence(place, ""), files, None
    cutter = open_cutter(began, place, made)
    # For the others it was not tried: starting a servlet context anew for each of 300 requests takes an hour
    python = began.stack.ecosystem == "python"
    asking = Asking(began.recording, began.first.routes, began.owners) if python else None
    sliced = climb_slice(began.ground, cutter, languages, began.first.answers, say=place.say, asking=asking)
    files |= {path: content.decode("utf-8", "surrogateescape") for path, content in sliced.files.items()}
    rung = with_live(began, place, sliced) if sliced.rung.passed else sliced.rung
    began.rungs.append(rung)
    if rung.passed and level > 2:
        upper, more = climb_upper(began, place, made, sliced, level, languages)
        began.rungs.extend(upper)
        files |= more
    return began.evidence(place, _first_that_fails(began.rungs)), files, sliced


def _first_that_fails(rungs: Sequence[Rung]) -> str:
    return next((_stopped(rung) for rung in rungs if not rung.passed), "")


def open_cutter(began: Climb, place: Workplace, made: Made) -> Cutter:
    """The recorded program, read for the service. Raises InputError when there is nothing to cut."""
    paths = [path for path, _ in place.tree.paths()]
    return began.stack.open(
        began.ground, began.recording, made.graph(), made.inventory(), began.boundaries, began.service, paths,
        place.tree.read,
    )  # fmt: skip


def _stopped(rung: Rung) -> str:
    return f"rung {rung.level} ({rung.name}) does not hold: {rung.verdict}"


def prepare(place: Workplace, made: Made, service: str, into: Path) -> Climb:
    """Record the repository's tests. Raises ExtractionError when there is no such boundary, or nothing to record."""
    boundaries = made.boundaries()
    _has_routes(boundaries, service)
    tried = _recorded(place, into)
    stack, ground, installed, recording = next((one for one in tried if one[3].requests), tried[0])
    if not recording.requests:
        if recording.trouble:
            raise ExtractionError(f"nothing was recorded: {recording.trouble}; see `figwright test`.")
        paths = [path for path, _ in place.tree.paths()]
        recording = generate_recording(ground, stack, paths, place.tree.read, into / "generated", say=place.say)
    suite = f"{installed.suite.runner} in {installed.suite.folder or 'the repository'}"
    return Climb(stack, ground, recording, service, boundaries, owners_of(made.graph(), boundaries), suite)


def for_service(began: Climb, service: str) -> Climb:
    """Another service on the same recording and oracle. Raises ExtractionError when there is no such boundary."""
    _has_routes(began.boundaries, service)
    return replace(began, service=service, rungs=[one for one in began.rungs if one.level == 0])


def _has_routes(boundaries: Boundaries, service: str) -> None:
    names = sorted(one.name for one in boundaries.services)
    chosen = next((one for one in boundaries.services if one.name == service), None)
    if chosen is None:
        raise ExtractionError(f"the plan has no service {service!r}: choose one of {', '.join(names) or '(none)'}.")
    if not any(" " in entry for entry in chosen.entry_points):
        raise ExtractionError(
            f"{service} has no route, so no request can be recorded for it: choose a service that answers requests."
        )


def _recorded(place: Workplace, into: Path) -> list[tuple[Stack, Ground, Installed, Recording]]:
    """The suites whose environment stands, each recorded, up to the first that makes a request. At least one, or an ExtractionError."""
    found: list[tuple[Stack, Ground, Installed, Recording]] = []
    reasons: dict[str, list[str]] = {}
    suites = find_suites(place)
    for stack in STACKS:
        for suite in suites.get(stack.ecosystem, ())[:MOST_SUITES]:
            environment, installed, _ = make_environment(place, suite)
            if installed is None:
                reasons.setdefault(_why_none(environment), []).append(suite.runner)
                continue
            ground = ground_for(place, installed)
            runner = place.ecosystems[stack.ecosystem].runners[suite.runner]
            command = with_toolchains(
                runner.command(installed.suite, installed.environment.recipe), installed.toolchains
            )
            place.say("recording the tests' requests")
            recording = stack.record(ground, command, into / f"{len(found) + 1}")
            found.append((stack, ground, installed, recording))
            if recording.requests:
                return found
    if found:
        return found
    if not reasons:
        able = ", ".join(stack.ecosystem for stack in STACKS)
        raise ExtractionError(f"the repository has no tests whose requests can be recorded so far (in {able}).")
    told = "; ".join(f"{', '.join(dict.fromkeys(runners))}: {why}" for why, runners in reasons.items())
    raise ExtractionError(f"no environment for the tests can be made ({told}): give them one, see docs/guide/tests.md.")


def _why_none(environment: Environment) -> str:
    """What the step that failed printed last; the command, with all that it was to install, hides it."""
    tried = environment.attempts[-1] if environment.attempts else None
    said = [line.strip() for line in tried.last_lines if line.strip()] if tried else []
    if tried is None or not said:
        return environment.reason or environment.failed
    telling = [line for line in said if _ERROR.search(line)] or [line for line in said if not line.startswith("hint:")]
    return f"the step {tried.step!r} failed: {(telling or said)[-1][:300]}"


def take_oracle(climb: Climb, place: Workplace) -> Rung:
    """Rung 0: the recorded monolith is replayed twice, and has to agree with itself before anything else counts."""
    requests = climb.recording.requests
    place.say(f"replaying {len(requests)} requests against the monolith")
    alone = (Side("monolith", 0),)
    climb.first = climb.stack.replay_sides(
        climb.ground, climb.recording, climb.ground.pristine, None, alone, routes=True
    )
    place.say(f"replaying {len(requests)} requests once more")
    second = climb.stack.replay_sides(climb.ground, climb.recording, climb.ground.pristine, None, alone)
    compared = compare(requests, climb.first.answers, second.answers)
    climb.unsteady = frozenset(one.request for one in compared if one.verdict == "different")
    counted = tally(requests, compared)
    agree = counted.replayable and counted.identical / counted.replayable >= SELF_AGREEMENT
    enough = counted.replayable >= REPLAYABLE * counted.recorded
    verdict = (
        f"{counted.replayable} of {counted.recorded} recorded requests can be replayed, "
        f"{counted.identical} of those answer twice alike without a mask"
    )
    if not enough:
        verdict += f"; at least {REPLAYABLE:.0%} have to be replayable"
    if not agree:
        verdict += f"; at least {SELF_AGREEMENT:.0%} have to agree with themselves"
    rung = Rung(
        level=0,
        name=LEVELS[0],
        passed=bool(agree and enough),
        verdict=verdict,
        tally=counted,
        routes=tally_routes(requests, compared),
        residual=residual(compared),
        upstreams=_upstreams(second.answers),
        notes=_failure(climb.first),
    )
    climb.rungs.append(rung)
    return rung


def _ask_where_no_test_does(climb: Climb, place: Workplace) -> None:
    """Where no test asks the service, requests are made from those of others; what the oracle counted stays what it is."""
    if climb.own or climb.stack.ecosystem != "python":
        return
    place.say(f"no test asks a route of {climb.service}: making requests to it from those of others")
    paths = [path for path, _ in place.tree.paths()]
    asked = ask_for_service(
        climb.ground, climb.stack, climb.recording, climb.owners, climb.service, paths, place.tree.read,
        place.folders.fresh("asked"),
    )  # fmt: skip
    if asked is not climb.recording:
        place.say(f"replaying {len(asked.requests)} requests against the monolith")
        alone = (Side("monolith", 0),)
        climb.first = climb.stack.replay_sides(climb.ground, asked, climb.ground.pristine, None, alone, routes=True)
        climb.recording = asked


def restricted_copy(climb: Climb, place: Workplace) -> Rung:
    """Rung 1: the same code twice behind nginx, one of them with the service's routes alone. A control, not an achievement."""
    config = facade_of(climb)
    serves = tuple(sorted({(one.method, one.route, one.handler) for one in climb.own}))
    sides = (Side("monolith", _MONOLITH_PORT), Side("service", _SERVICE_PORT, serves))
    place.say("replaying through the facade, the service's routes on a copy of their own")
    behind = climb.stack.replay_sides(climb.ground, climb.recording, climb.ground.pristine, None, sides, config)
    compared = compare(climb.recording.requests, climb.first.answers, behind.answers)
    compared = tuple(one for one in compared if one.request not in climb.unsteady)
    own = {one.number for one in climb.own}
    wrong = _misrouted(behind.answers, own)
    mine = [one for one in compared if one.request in own]
    counted = tally([one for one in climb.own if one.number not in climb.unsteady], mine)
    rung = Rung(
        level=1,
        name=LEVELS[1],
        passed=not wrong and bool(counted.identical) and not counted.different and not _different(compared),
        verdict=_control_verdict(counted.identical, counted.replayable, wrong, compared),
        control=True,
        tally=counted,
        routes=tally_routes(climb.own, mine),
        residual=residual(compared),
        upstreams=_upstreams(behind.answers),
        notes=(
            *_failure(behind),
            *(f"request {number} was answered by {who}, not by {whose}" for number, who, whose in wrong[:20]),
        ),
    )
    climb.rungs.append(rung)
    return rung


def _failure(replayed: Replayed) -> tuple[str, ...]:
    last = replayed.failure.strip().rpartition("\n")[2]
    return (f"an application cannot be started: {last}",) if last else ()


def facade_of(climb: Climb) -> str:
    """nginx's configuration. Raises ExtractionError when no route of the framework's own table leads to the service."""
    routes: list[FrameworkRoute] = []
    for pattern, methods, handler, path, kind in climb.first.routes:
        owner = partial(climb.owners.of, route=pattern, handler=handler, path=path)
        expression = kind if kind.startswith("^") else ""
        routes += routes_by_owner(pattern, methods, kind == "regex", owner, climb.service, expression)
    if not any(route.own for route in routes):
        raise ExtractionError(
            f"the framework's own table has no route whose handler belongs to {climb.service}: choose another service."
        )
    return facade_config(routes, (FACADE_PORT, _MONOLITH_PORT, _SERVICE_PORT))


def _control_verdict(
    identical: int, replayable: int, wrong: Sequence[tuple[int, str, str]], compared: Sequence[Comparison]
) -> str:
    if not replayable:
        return "no recorded request that can be replayed reaches a route of the service"
    text = f"{identical} of {replayable} answers of the service's routes are the monolith's own, through the facade"
    if different := _different(compared):
        text += f"; {different} answers in all differ"
    if wrong:
        text += f"; {len(wrong)} requests reached the wrong side"
    return text + " (the same code on both sides: a control)"


def _different(compared: Sequence[Comparison]) -> int:
    return sum(one.verdict == "different" for one in compared)


def _misrouted(answers: Sequence[Answer], own: set[int]) -> list[tuple[int, str, str]]:
    """(request, who answered, who should have) of answers that the wrong side gave."""
    found = []
    for one in answers:
        expected = "service" if one.request in own else "monolith"
        if one.status and one.upstream != expected:
            found.append((one.request, one.upstream or "nobody", expected))
    return found


def _upstreams(answers: Sequence[Answer]) -> tuple[tuple[str, int], ...]:
    counts: Mapping[str, int] = Counter(one.upstream or "nobody" for one in answers)
    return tuple(sorted(counts.items()))
