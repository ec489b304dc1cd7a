"""Cost: what running the system costs a month, as it is and split, from your measurements and prices; never from guesses.

Before: "about two thousand a month". After: a range for each instance, database and byte between services, with the formula, the
price's date and what was left out. Why: a split multiplies processes and turns calls into traffic; that has to be weighed before.
When not: what you already pay is what a bill says. Measurements and prices come from `figwright.toml` (`workload`, `prices`,
`budget`; guide/assessment.md). Memory that settings of the repository reserve stands in for a measure, and is named so. Prices of
machines may come from the table that apache-libcloud bundles (compute only, dated), those of model tokens from genai-prices. A price
of zero means unknown. Where nothing supports a number there is none, and one finding says what to measure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.assessment.case import Case, evidence, report
from agent.assessment.cost.monthly import HOURS, Line, calls_between, months_of, shared_nodes, total_of
from agent.assessment.cost.reserved import RESERVED_RULES, paid_calls, reserved
from agent.assessment.cost.sizes import SYSTEM, deployables, reserved_memory
from agent.domain.finding import Evidence, Finding, Quantity, Rule
from agent.domain.wording import counted, listed

__all__ = ["RULES", "look"]

RULES = (
    Rule(
        id="cost.monthly", lens="cost", severity="info", title="What the system costs a month",
        matches="Instances, managed database, traffic and model calls, each where measurements and prices support a number.",
        why="The cheapest target is not the one with the lowest price of a machine.",
        remedy="Check the inputs; measure what has a wide range.",
    ),
    Rule(
        id="cost.not-measured", lens="cost", severity="info", title="No number can be given for some of the cost",
        matches="Lines of the monthly bill that lack a measurement or a price.",
        why="A number that nothing supports is worse than none.",
        remedy="Measure memory, cores, traffic and data over a month of real use, and put them into figwright.toml with the prices of your contract.",
    ),
    Rule(
        id="cost.split-adds", lens="cost", severity="low", title="The split costs more to run",
        matches="The bill of the services that would be extracted against the bill of the system in one piece.",
        why="Each service has processes, spare replicas and calls of its own.",
        remedy="Extract what gains from it; keep services together on shared nodes; cut the calls of the dearest use case first.",
    ),
    Rule(
        id="cost.latency", lens="cost", severity="low", title="Requests wait for round trips",
        matches="Use cases that cross services, or queries on a request's path, times the stated round trip.",
        why="Round trips add up one after the other; the distance between application and database decides a hybrid placement.",
        remedy="Keep application and database in one place until calls are batched; put the chattiest use cases into one service.",
    ),
    Rule(
        id="cost.oversized", lens="cost", severity="low", title="Settings reserve much more than is used",
        matches="Heaps and memory limits in settings that are at least twice the measured peak.",
        why="What is reserved is paid for.",
        remedy="Set them to the measured peak with a quarter on top, watch a full month, and go on.",
        step="Size by measurement",
    ),
    Rule(
        id="cost.off-hours", lens="cost", severity="low", title="Environments run while nobody uses them",
        matches="Stated non-production environments and office hours.",
        why="A week has 168 hours; people work in 45 of them.",
        remedy="Switch them off by schedule (`figwright assess --artifacts DIR` writes the manifests).",
        step="Size by measurement",
    ),
    Rule(
        id="cost.over-budget", lens="cost", severity="medium", title="The budget would not hold",
        matches="The bill's total against the stated monthly budget.",
        why="It is easier to see now than from an invoice.",
        remedy="Take what costs most first; apply the budget policy with its alerts (`--artifacts DIR`).",
        step="Size by measurement",
    ),
    *RESERVED_RULES,
)  # fmt: skip
BY_ID = {rule.id: rule for rule in RULES}

ROOM = 1.25
OVERSIZED = 2.0


def look(case: Case) -> Iterator[Finding]:
    """All rules of cost; nothing where the repository has no unit to point at."""
    place = _starts_at(case)
    if place is None:
        return
    now, then = months_of(case, split=False), months_of(case, split=True) if deployables(case) else ()
    yield from _monthly(case, place, now, then)
    yield from _missing(case, place, (*now, *then))
    yield from _latency(case)
    yield from _oversized(case)
    yield from reserved(case)
    yield from paid_calls(case)
    yield from _off_hours(case, place, now)
    yield from _budget(case, place, now, then)


def _starts_at(case: Case) -> Evidence | None:
    """Where the system begins: its web entry point, another one, or its largest unit."""
    entries = sorted(
        case.inventory.entry_points, key=lambda e: (e.kind not in ("web", "main"), e.evidence.path, e.evidence.line)
    )
    if entries:
        first = entries[0]
        return evidence(first.evidence.path, first.evidence.line, f"{first.kind}: {first.name}", "inferred")
    units = sorted(case.boundaries.units, key=lambda u: (-u.code_lines, u.id))
    return (
        evidence(units[0].path, units[0].line or 1, f"largest unit: {units[0].code_lines:,} lines", "inferred")
        if units
        else None
    )


def _range(case: Case, of: Quantity) -> str:
    money = case.assumptions.prices.currency
    return f"{of.low:,.0f} {money}" if of.low == of.high else f"{of.low:,.0f} to {of.high:,.0f} {money}"


def _monthly(case: Case, place: Evidence, now: Sequence[Line], then: Sequence[Line]) -> Iterator[Finding]:
    whole = total_of(case, tuple(now), "the system as it is")
    if whole is None:
        return
    lines = [line.quantity for line in now if line.quantity is not None]
    widest = max(lines, key=lambda q: q.high - q.low)
    yield report(
        case, BY_ID["cost.monthly"], "monthly", [place], services=(),
        title=f"As it is the system costs {_range(case, whole)} a month, as far as is known",
        detail=f"The widest range is that of {widest.name}. {_doubled(lines)}",
        quantities=(whole, *lines, *_variants(case, now)),
    )  # fmt: skip
    split = total_of(case, tuple(then), "the services after the split")
    if split is not None and _complete(now) and _complete(then):
        added = Quantity(
            name="added by the split", low=round(split.low - whole.high, 2), high=round(split.high - whole.low, 2), unit=whole.unit,
            formula="total after the split - total as it is, each end against the other's far end", inputs=(*whole.inputs, *split.inputs),
        )  # fmt: skip
        yield report(
            case, BY_ID["cost.split-adds"], "split", [place], services=deployables(case)[:-1],
            title=f"Split it costs {_range(case, split)} a month",
            detail=f"As it is: {_range(case, whole)}. One database is counted in both; each service's need lies between its share of the "
            "code and the whole system's, unless measured.",
            quantities=(added, split, *shared_nodes(case), *(line.quantity for line in then if line.quantity is not None)),
        )  # fmt: skip


def _complete(lines: Sequence[Line]) -> bool:
    """Whether every instance has a number: without one a comparison would compare different things."""
    return all(line.quantity is not None for line in lines if line.name.startswith("instances"))


def _doubled(lines: Sequence[Quantity]) -> str:
    """Which line weighs most: the sensitivity of the sum to each of its terms."""
    total = sum(q.high for q in lines)
    first = max(lines, key=lambda q: q.high)
    return f"Were {first.name} to double, the upper end would grow by {first.high / total:.0%}." if total else ""


def _variants(case: Case, lines: Sequence[Line]) -> Iterator[Quantity]:
    discount = case.assumptions.prices.reserved_discount
    for line in lines:
        if line.quantity is None or not line.name.startswith("instances") or not discount:
            continue
        yield Quantity(
            name=f"{line.name}, reserved", low=round(line.quantity.low * (1 - discount), 2), high=round(line.quantity.high * (1 - discount), 2),
            unit=line.quantity.unit, formula="on-demand cost × (1 - discount)",
            inputs=(*line.quantity.inputs, f"discount {discount:.0%} (prices.reserved_discount)"),
        )  # fmt: skip


def _missing(case: Case, place: Evidence, lines: Sequence[Line]) -> Iterator[Finding]:
    missing = sorted({key for line in lines if line.quantity is None for key in line.missing})
    if not missing:
        return
    names = list(dict.fromkeys(line.name for line in lines if line.quantity is None and line.missing))
    yield report(
        case, BY_ID["cost.not-measured"], "missing", [place], services=(),
        title=f"No number for {listed(names, 4)}",
        detail=f"To be told in figwright.toml: {', '.join(missing[:12])}{' ...' if len(missing) > 12 else ''}.",
    )  # fmt: skip


def _latency(case: Case) -> Iterator[Finding]:
    trip = case.assumptions.workload.round_trip_ms
    crossing = sorted(
        (u for u in case.boundaries.bill.use_cases if u.calls and u.chain), key=lambda u: (-u.calls, u.name)
    )
    if not trip or not crossing or case.boundaries.verdict != "split":
        return
    calls = calls_between(case)
    for use in crossing[:5]:
        waits = Quantity(
            name=f"waiting in {use.name}", low=round(use.hops * trip, 3), high=round(use.calls * trip, 3), unit="ms a request",
            formula="calls of the deepest chain × round trip, up to all distinct calls one after the other × round trip; loops not counted",
            inputs=(f"{use.hops} calls deep", f"{use.calls} calls in all", f"{trip:g} ms (workload.round_trip_ms)"),
        )  # fmt: skip
        yield report(
            case, BY_ID["cost.latency"], use.name, use.chain, services=use.services,
            title=f"{use.name} would wait {waits.low:g} to {waits.high:g} ms for round trips",
            detail=f"{counted(use.calls, 'call')} to {listed(list(use.services), 4)}. Twice the distance is twice the wait.",
            quantities=(waits, *((calls,) if calls else ())),
        )  # fmt: skip


def _oversized(case: Case) -> Iterator[Finding]:
    measured = case.assumptions.workload.memory_mb.get(SYSTEM)
    reserved = [r for r in reserved_memory(case) if measured and r.low >= OVERSIZED * measured]
    if not measured or not reserved:
        return
    saved = Quantity(
        name="memory to give back", low=round(min(r.low for r in reserved) - ROOM * measured), high=round(max(r.low for r in reserved) - ROOM * measured),
        unit="MB a replica", formula=f"reserved - {ROOM:g} × measured peak",
        inputs=(f"measured {measured:g} MB (workload.memory_mb.system)", *(f"{r.what} ({r.place.location})" for r in reserved)),
    )  # fmt: skip
    places = [r.place for r in reserved]
    yield report(
        case, BY_ID["cost.oversized"], " ".join(e.text for e in places), places, services=(), quantities=(saved,)
    )


def _off_hours(case: Case, place: Evidence, lines: Sequence[Line]) -> Iterator[Finding]:
    told = case.assumptions.workload
    instances = next((line.quantity for line in lines if line.name == f"instances of {SYSTEM}"), None)
    if not told.non_production or not told.office_hours_per_month or instances is None:
        return
    off = max(0.0, 1 - told.office_hours_per_month / HOURS)
    saved = Quantity(
        name="saved by schedules", low=round(instances.low * off * told.non_production, 2), high=round(instances.high * off * told.non_production, 2),
        unit=instances.unit, formula=f"environments × instances a month × (1 - office hours / {HOURS})",
        inputs=(f"{told.non_production} environments (workload.non_production)", f"{told.office_hours_per_month:g} h (workload.office_hours_per_month)", *instances.inputs),
    )  # fmt: skip
    yield report(
        case, BY_ID["cost.off-hours"], "off", [place], services=(),
        title=f"Schedules for {counted(told.non_production, 'environment')} would save {_range(case, saved)} a month", quantities=(saved,),
    )  # fmt: skip


def _budget(case: Case, place: Evidence, now: Sequence[Line], then: Sequence[Line]) -> Iterator[Finding]:
    budget = case.assumptions.budget
    for name, lines in (("the system as it is", now), ("the services after the split", then)):
        total = total_of(case, tuple(lines), name)
        if budget is None or total is None or total.high <= budget.monthly:
            continue
        over = Quantity(
            name=f"over the budget: {name}", low=round(max(0.0, total.low - budget.monthly), 2), high=round(total.high - budget.monthly, 2), unit=total.unit,
            formula="total - budget", inputs=(f"budget {budget.monthly:,.2f} (budget.monthly)", *total.inputs),
        )  # fmt: skip
        sure = total.low > budget.monthly
        yield report(
            case, BY_ID["cost.over-budget"], name, [place], services=(), severity="medium" if sure else "low",
            title=f"{name[:1].upper()}{name[1:]} {'would' if sure else 'may'} cost more than the budget of {budget.monthly:,.0f}", quantities=(over, total),
        )  # fmt: skip
