"""The service is taken down while the flag stands on remote: answers in, what users of each route would see out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.domain.extraction import Answer, Comparison, Drill, RecordedRequest
from agent.extracting.branch_runs import OUTAGES, Bench, Branched, take_down

__all__ = ["RouteSeen", "drill_service", "drills_text"]

_WHAT = {
    "killed": "nobody listens at its address",
    "slow": "it answers after the seam's time-out",
    "broken": "it answers 500",
}
NO_ANSWER = "no answer"


@dataclass(frozen=True)
class RouteSeen:
    """One route in one outage. ``whose``: the service's own, a caller of it, or neither. ``before`` and ``after`` are (status, requests);
    ``changed`` counts answers that are not the monolith's."""

    outage: str
    route: str
    whose: str
    before: tuple[tuple[str, int], ...]
    after: tuple[tuple[str, int], ...]
    changed: int


def drill_service(bench: Bench, written: Branched) -> tuple[tuple[Drill, ...], tuple[RouteSeen, ...]]:
    """Killed with all recorded requests; where the service is called, slow and broken with those that ask the service, and one of every other route."""
    drills: list[Drill] = []
    seen: list[RouteSeen] = []
    calling = frozenset(written.crossed)
    for outage in OUTAGES if written.operations else OUTAGES[:1]:  # whom nobody asks can only be gone
        asked = None if outage == "killed" else _some(bench, calling)
        answers = [one for one in take_down(bench, written, outage, asked) if one.request not in bench.unsteady]
        compared = {one.request: one for one in bench.held(answers)}
        routes = tuple(_by_route(bench, outage, answers, compared, calling))
        drills.append(_drill(outage, routes, len(answers)))
        seen += routes
    return tuple(drills), tuple(seen)


def _some(bench: Bench, calling: frozenset[int]) -> set[int]:
    first: dict[str, int] = {}
    for one in bench.requests:
        if one.number not in calling and one.number not in bench.own and not one.cannot:
            first.setdefault(_route(one), one.number)
    return {*calling, *first.values()}


def _route(request: RecordedRequest) -> str:
    return f"{request.method} {request.route or '(no route)'}"


def _by_route(
    bench: Bench, outage: str, answers: Sequence[Answer], compared: Mapping[int, Comparison], calling: frozenset[int]
) -> Iterable[RouteSeen]:
    requests = {one.number: one for one in bench.requests}
    groups: dict[tuple[str, str], list[Answer]] = defaultdict(list)
    for one in answers:
        request = requests.get(one.request)
        ours = bench.ours.get(one.request)
        if request is None or request.cannot or ours is None or not ours.status:
            continue  # the monolith itself could not be asked: nothing to hold it against
        whose = "service" if one.request in bench.own else "caller" if one.request in calling else "other"
        groups[_route(request), whose].append(one)
    for (route, whose), found in sorted(groups.items()):
        before = Counter(str(bench.ours[one.request].status) for one in found)
        after = Counter(str(one.status) if one.status else NO_ANSWER for one in found)
        changed = sum(compared[one.request].verdict == "different" for one in found)
        yield RouteSeen(outage, route, whose, tuple(sorted(before.items())), tuple(sorted(after.items())), changed)


def _drill(outage: str, routes: Sequence[RouteSeen], asked: int) -> Drill:
    others = [one for one in routes if one.whose == "other"]
    callers = [one for one in routes if one.whose == "caller"]
    harmed = sum(one.changed for one in others)
    hit = sum(one.changed for one in callers)
    calling = sum(count for one in callers for _, count in one.before)
    untouched = sum(count for one in others for _, count in one.before)
    statuses = Counter[str]()
    for one in callers:
        statuses.update(dict(one.after))
    shown = ", ".join(f"{count} with {status}" for status, count in sorted(statuses.items()))
    verdict = (
        f"{_WHAT[outage]}: of {calling} requests that ask the service {hit} are answered otherwise ({shown or 'none asked'}); "
        f"of {untouched} that do not, {harmed} are"
    )
    figures = (
        ("requests asked", float(asked)),
        ("requests that ask the service", float(calling)),
        ("of those, answered otherwise", float(hit)),
        ("requests that do not ask it", float(untouched)),
        ("of those, answered otherwise", float(harmed)),
    )
    return Drill(
        name=f"service {outage}", passed=not harmed and bool(untouched or calling), verdict=verdict, figures=figures
    )


def drills_text(seen: Sequence[RouteSeen], service: str) -> str:
    """The table that people read: status before and after, by route."""
    lines = [
        f"# When {service} is down\n",
        "\nThe flag stands on remote. *caller*: the route asks the service over the seam; *service*: the route is the service's own,",
        "\nand whoever stands in front of it (the facade) has no answer to give; *other*: neither.\n",
    ]
    for outage in OUTAGES:
        found = [one for one in seen if one.outage == outage]
        if not found:
            continue
        lines.append(
            f"\n## {outage}: {_WHAT[outage]}\n\n| route | whose | before | after | changed |\n|---|---|---|---|---|\n"
        )
        order = {"caller": 0, "service": 1, "other": 2}
        for one in sorted(found, key=lambda one: (order[one.whose], one.route)):
            before, after = (
                ", ".join(f"{count} x {status}" for status, count in side) for side in (one.before, one.after)
            )
            route = one.route.replace("|", "\\|")
            lines.append(f"| `{route}` | {one.whose} | {before} | {after} | {one.changed} |\n")
    return "".join(lines)
