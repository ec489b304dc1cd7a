"""What holds before any change: a suite run three times, in different order where that can be done, and what is set aside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agent.domain.verdict import Baseline, CaseResult, SetAside, SuiteResult
from agent.validation.running import Installed, run_suite
from agent.validation.workplace import Workplace

__all__ = ["RUNS", "SLOW_SECONDS", "take_baseline"]

RUNS = 3
SLOW_SECONDS = 60.0

# What a test prints that asked for the network in a box without one, in the words of the languages' own libraries.
_NETWORK = re.compile(
    r"getaddrinfo|\bEAI_AGAIN\b|\bENOTFOUND\b|gaierror|Name or service not known|Temporary failure in name resolution"
    r"|nodename nor servname|UnknownHostException|NameResolutionError|Network is unreachable|ENETUNREACH"
    r"|No route to host|NoRouteToHostException|could not resolve host|php_network_getaddresses|no such host"
    r"|dial tcp: lookup|Failed to resolve|NoResolverConfiguration|/etc/resolv\.conf",
    re.IGNORECASE,
)
# A server that should have been there: a refused connection to this very machine.
_SERVICE = re.compile(
    r"(?:ECONNREFUSED|Connection refused|could not connect to server|Can't connect to (?:local )?MySQL server"
    r"|No connection could be made|CommunicationsException|Connection to \S+ failed|ServerSelectionTimeoutError)"
    r"[^\n]{0,200}",
    re.IGNORECASE,
)


def take_baseline(
    place: Workplace, installed: Installed, first: SuiteResult | None = None, runs: int = RUNS
) -> Baseline:
    """Run the suite ``runs`` times. ``first`` is a run in the suite's own order that was made already.

    A test whose outcome differs between runs is flaky, one over `SLOW_SECONDS` slow; a failure that speaks of the network
    or of a server that is not there is set aside as that. None of these counts in a verdict. Tests that fail only in
    another order get one more run in their own: those that pass there again hold, for verdicts run in that order.
    """
    runner = place.ecosystems[installed.suite.ecosystem].runners[installed.suite.runner]
    results: list[SuiteResult] = []
    orders: list[int] = []

    def run(order: int) -> None:
        place.say(f"baseline: run {len(results) + 1} of {runs}" + (f", order {order}" if order else ""))
        results.append(run_suite(place, installed, order=order).result)
        orders.append(order)

    if first is not None:
        results.append(first)
        orders.append(0)
    while len(results) < runs:
        run(len(results) if runner.shuffles else 0)
        if results[0].trouble:
            break  # nothing to compare with
    if any(orders) and any(results[0].passed - result.passed for result in results[1:]):
        run(0)
    return sum_up(installed, results, orders)


def sum_up(installed: Installed, results: Sequence[SuiteResult], orders: Sequence[int]) -> Baseline:
    """The baseline of several runs of one suite."""
    usable = [(result, order) for result, order in zip(results, orders, strict=True) if not result.trouble]
    by_id = [{case.id: case for case in result.cases} for result, _ in usable]
    steady = _steady_in_own_order(usable)
    every = sorted({name for cases in by_id for name in cases})
    aside = tuple(found for name in every if (found := _set_aside(name, by_id, name in steady)) is not None)
    apart = {found.id for found in aside}
    first = by_id[0] if by_id else {}

    def named(*statuses: str) -> tuple[str, ...]:
        return tuple(name for name in every if name not in apart and first[name].status in statuses)

    troubles = [result.trouble for result in results if result.trouble]
    return Baseline(
        suite=installed.suite,
        environment=installed.environment.key,
        passed=named("passed"),
        order_dependent=tuple(name for name in named("passed") if _differs(name, by_id)),
        failed=named("failed", "error", "unexpected pass"),
        skipped=named("skipped", "expected failure"),
        set_aside=aside,
        collection_errors=tuple(sorted({error for result in results for error in result.collection_errors})),
        runs=len(results),
        orders=tuple(orders),
        exit_code=results[0].exit_code if results else None,
        trouble=troubles[0] if troubles and not usable else _unsteady(troubles, len(results)),
        seconds=max((result.seconds for result in results), default=0.0),
    )


def _unsteady(troubles: Sequence[str], runs: int) -> str:
    return f"{len(troubles)} of {runs} runs cannot be relied on: {troubles[0]}" if troubles else ""


def _steady_in_own_order(usable: Sequence[tuple[SuiteResult, int]]) -> frozenset[str]:
    """Tests that passed in each of two or more runs in the suite's own order."""
    own = [result.passed for result, order in usable if order == 0]
    return frozenset.intersection(*own) if len(own) > 1 else frozenset()


def _differs(name: str, runs: Sequence[Mapping[str, CaseResult]]) -> bool:
    return any(name not in run or run[name].status != "passed" for run in runs)


def _set_aside(name: str, runs: Sequence[Mapping[str, CaseResult]], steady: bool) -> SetAside | None:
    """Why a test is not counted; None when it is. ``steady``: it holds in the suite's own order."""
    cases = [run.get(name) for run in runs]
    found = [case for case in cases if case is not None]
    messages = "\n".join(case.message for case in found if case.status in ("failed", "error"))
    if (match := _NETWORK.search(messages)) is not None:
        return SetAside(id=name, why="network", detail=_line_of(messages, match))
    if (match := _SERVICE.search(messages)) is not None:
        return SetAside(id=name, why="service", detail=_line_of(messages, match))
    outcomes = [case.status if case is not None else "not run" for case in cases]
    if len(set(outcomes)) > 1 and not steady:
        return SetAside(id=name, why="flaky", detail=", then ".join(outcomes))
    slowest = max(case.seconds for case in found)
    if slowest > SLOW_SECONDS:
        return SetAside(id=name, why="slow", detail=f"{slowest:.0f} s")
    return None


def _line_of(text: str, match: re.Match[str]) -> str:
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    return text[start : end if end >= 0 else len(text)].strip()[:200]
