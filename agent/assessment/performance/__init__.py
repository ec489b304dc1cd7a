"""Performance and latency: what gets slow when the database and the neighbours are a network away, and what two replicas break.

Before: `for order in orders: order.customer = db.get(order.customer_id)`. After: one query for all customers of the page. Why: in
the data centre a round trip is a fraction of a millisecond, between zones and clouds it is several; what was a loop becomes a
time-out. When not: a job at night that has the time; a loop over three things. Counts are of places in the code: what is hot, only
traffic tells (`figwright assess REPO --format k6` writes a load test of the routes to find out).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report
from agent.assessment.performance.paths import Paths
from agent.assessment.performance.queries import missing_indexes, queries_in_loops, unbounded_reads
from agent.assessment.performance.reads import slow_searches, uploads_in_memory
from agent.assessment.performance.replicas import external_calls, local_state
from agent.assessment.performance.rules import BY_ID, RULES
from agent.assessment.reading import Source
from agent.domain.finding import Evidence, Finding, Quantity
from agent.domain.wording import counted, listed

__all__ = ["RULES", "look"]

CHATTY = 5
WHOLE = frozenset({"performance.local-session"})  # one decision for the system, however many files set something


def look(case: Case) -> Iterator[Finding]:
    """Queries first, then what waits, then what is local, then what a split would make chatty."""
    paths = Paths(case)
    yield from queries_in_loops(case, paths)
    yield from unbounded_reads(case, paths)
    yield from missing_indexes(case)
    yield from _by_file(
        case, [*slow_searches(case), *uploads_in_memory(case), *external_calls(case, paths), *local_state(case)]
    )
    yield from _chatty(case)


def _by_file(case: Case, found: list[tuple[str, Source, int, str]]) -> Iterator[Finding]:
    grouped: dict[tuple[str, str], dict[tuple[str, int], Evidence]] = defaultdict(dict)
    for rule, source, offset, text in found:
        line = source.line(offset)
        place = "" if rule in WHOLE else source.path
        grouped[rule, place].setdefault(
            (source.path, line), evidence(source.path, line, f"{text}: {source.shown(offset)}")
        )
    for (rule, path), places in sorted(grouped.items()):
        shown = [places[line] for line in sorted(places)]
        texts = "\n".join(sorted(e.text for e in shown))
        detail = f"{counted(len(shown), 'place')}. {BY_ID[rule].why}"
        yield report(
            case,
            BY_ID[rule],
            f"{path}\n{texts}",
            shown,
            title=f"{BY_ID[rule].title}{path and ': '}{path}",
            detail=detail,
        )


def _chatty(case: Case) -> Iterator[Finding]:
    if case.boundaries.verdict == "do not split":
        return
    for use in case.boundaries.bill.use_cases:
        if use.calls < CHATTY or not use.chain:
            continue
        calls = Quantity(
            name="calls between services", low=use.calls, high=use.calls, unit="calls a run at most once each",
            formula="number of distinct calls between services on its call tree",
            inputs=(f"call tree of {use.name}: {use.calls} calls{' (cut off: more)' if use.cut_off else ''}, deepest chain {use.hops}",),
        )  # fmt: skip
        yield report(
            case, BY_ID["performance.chatty"], use.name, use.chain,
            title=f"{use.name} may make up to {use.calls} calls between services",
            detail=f"It needs {listed(list(use.services), 5)}; its deepest chain has {counted(use.hops, 'hop')}. Time that it adds at the least: "
            "hops on the deepest chain × round trip between services, which only a measurement on the target gives.",
            services=use.services, quantities=(calls,),
        )  # fmt: skip
