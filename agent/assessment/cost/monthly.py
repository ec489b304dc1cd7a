"""What running the system costs a month, line by line: needs, prices and measurements in; quantities, or what is missing, out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from agent.assessment.case import Case
from agent.assessment.cost.prices import Offer, cheapest, database_offers, model_price, offers, table_problem
from agent.assessment.cost.sizes import SYSTEM, deployables, need_of
from agent.domain.finding import Quantity

__all__ = ["HOURS", "Line", "calls_between", "months_of", "shared_nodes", "total_of"]

HOURS = 730
"""Hours of a month: 365 × 24 / 12."""

REPLICAS = (1, 2)  # where the user names no number: one, or one more to be replaced without standing still


@dataclass(frozen=True)
class Line:
    """One line of a bill: a number, or what would have to be told for there to be one."""

    name: str
    quantity: Quantity | None
    missing: tuple[str, ...] = ()


def months_of(case: Case, split: bool) -> tuple[Line, ...]:
    """The lines of the system as it is, or of the services it would be split into."""
    names = deployables(case) if split else (SYSTEM,)
    found = [_instance(case, name) for name in names]
    found.append(_database(case))
    if split:
        found.append(_traffic_between(case))
    return (*found, *_transfer_out(case), *_models(case))


def _instance(case: Case, name: str) -> Line:
    told, prices = case.assumptions.workload, case.assumptions.prices
    need, among = need_of(case, name), offers(prices)
    missing = [] if need.memory_mb else [f"workload.memory_mb.{name}"]
    missing += [] if need.cores else [f"workload.cpu_cores.{name}"]
    missing += [] if among else [table_problem(prices) or "prices.instances or prices.table"]
    title = f"instances of {name}"
    if missing or not need.memory_mb or not need.cores:
        return Line(title, None, tuple(missing))
    chosen = [cheapest(among, need.cores[at], need.memory_mb[at] / 1024) for at in (0, 1)]
    if chosen[0] is None or chosen[1] is None:
        return Line(
            title, None, (f"a size with {need.cores[1]:g} cores and {need.memory_mb[1] / 1024:.1f} GB in prices",)
        )
    given = told.replicas.get(name)
    replicas = (given, given) if given is not None else REPLICAS
    low, high = ((offer.hourly * HOURS * n) for offer, n in zip((chosen[0], chosen[1]), replicas, strict=True))
    of = f"{given} replicas (workload.replicas)" if given is not None else "1 to 2 replicas (assumed)"
    return Line(
        title,
        Quantity(
            name=title, low=round(low, 2), high=round(high, 2), unit=f"{prices.currency} a month",
            formula=f"hourly price of the cheapest size that holds cores ({need.cores_formula}) and memory ({need.memory_formula}) × {HOURS} h × replicas",
            inputs=(*need.inputs, *_priced(chosen[0], chosen[1], prices.currency), of),
        ),
    )  # fmt: skip


def shared_nodes(case: Case) -> tuple[Quantity, ...]:
    """All services packed onto shared machines instead of one each; empty where a need or a price is unknown."""
    needs, prices = [need_of(case, name) for name in deployables(case)], case.assumptions.prices
    among = offers(prices)
    if not needs or not among or not all(n.cores and n.memory_mb for n in needs):
        return ()
    cores = [math.fsum(n.cores[at] for n in needs if n.cores) for at in (0, 1)]
    memory = [math.fsum(n.memory_mb[at] for n in needs if n.memory_mb) / 1024 for at in (0, 1)]
    packed = [min((_machines(o, cores[at], memory[at]) * o.hourly, o.name, o) for o in among) for at in (0, 1)]
    return (
        Quantity(
            name="all services on shared machines", low=round(packed[0][0] * HOURS, 2), high=round(packed[1][0] * HOURS * REPLICAS[1], 2),
            unit=f"{prices.currency} a month",
            formula=f"least over sizes of machines that hold the sum of cores and of memory × hourly price × {HOURS} h; twice that with replicas",
            inputs=(f"cores {cores[0]:.2f} to {cores[1]:.2f}", f"memory {memory[0]:.2f} to {memory[1]:.2f} GB", *_priced(packed[0][2], packed[1][2], prices.currency)),
        ),
    )  # fmt: skip


def _machines(offer: Offer, cores: float, memory_gb: float) -> int:
    return max(1, math.ceil(cores / offer.cores), math.ceil(memory_gb / offer.memory_gb))


def _priced(low: Offer, high: Offer, currency: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            f"{o.name} ({o.cores:g} cores, {o.memory_gb:g} GB) {o.hourly:g} {currency} an hour ({o.source})"
            for o in (low, high)
        )
    )


def _database(case: Case) -> Line:
    told, prices = case.assumptions.workload, case.assumptions.prices
    if not any(s.kind == "table" for s in case.graph.symbols):
        return Line("managed database", None)
    wanted = {
        "workload.database_gb": told.database_gb, "prices.database_gb_month": prices.database_gb_month,
        "workload.database_memory_gb": told.database_memory_gb, "workload.database_cores": told.database_cores,
        "prices.databases": prices.databases,
    }  # fmt: skip
    missing = tuple(key for key, value in wanted.items() if not value)
    if missing:
        return Line("managed database", None, missing)
    memory, cores, size = told.database_memory_gb or 0.0, told.database_cores or 0.0, told.database_gb or 0.0
    offer = cheapest(database_offers(prices), cores, memory)
    if offer is None:
        return Line(
            "managed database", None, (f"a database with {cores:g} cores and {memory:g} GB in prices.databases",)
        )
    cost = offer.hourly * HOURS + size * prices.database_gb_month
    return Line(
        "managed database",
        Quantity(
            name="managed database", low=round(cost, 2), high=round(cost * 2, 2), unit=f"{prices.currency} a month",
            formula=f"hourly price × {HOURS} h + GB × price of a GB and month; twice that with a standby",
            inputs=(f"{offer.name} {offer.hourly:g} an hour ({offer.source})", f"{size:g} GB (workload.database_gb)",
                    f"{prices.database_gb_month:g} a GB and month (prices.database_gb_month)"),
        ),
    )  # fmt: skip


def calls_between(case: Case) -> Quantity | None:
    """Calls between services a month: by use case where logs tell how often each is asked for, else bounded by the extremes."""
    cases = [u for u in case.boundaries.bill.use_cases if not u.cut_off]
    requests = case.assumptions.workload.requests_per_month
    if case.boundaries.verdict != "split" or not cases or not requests:
        return None
    seen = [(u, u.requests) for u in cases if u.requests]
    total = sum(n for _, n in seen)
    if total:
        mean = sum(u.calls * n for u, n in seen) / total
        return Quantity(
            name="calls between services", low=round(requests * mean), high=round(requests * mean), unit="a month",
            formula="requests a month × mean of calls over the requests in the logs",
            inputs=(f"{requests:g} requests a month (workload.requests_per_month)", f"{mean:.3f} calls a request over {total} requests in the logs"),
        )  # fmt: skip
    most = max(u.calls for u in cases)
    return Quantity(
        name="calls between services", low=0, high=round(requests * most), unit="a month",
        formula="requests a month × calls of a use case: from those that cross nothing to the one that crosses most",
        inputs=(f"{requests:g} requests a month (workload.requests_per_month)", f"at most {most} calls, in {next(u.name for u in cases if u.calls == most)}"),
    )  # fmt: skip


def _traffic_between(case: Case) -> Line:
    told, prices, calls = case.assumptions.workload, case.assumptions.prices, calls_between(case)
    title = "traffic that the split adds"
    if not case.boundaries.bill.use_cases:
        return Line(title, None)
    wanted = {
        "workload.requests_per_month": told.requests_per_month, "workload.kilobytes_per_call": told.kilobytes_per_call,
        "prices.transfer_between_gb": prices.transfer_between_gb,
    }  # fmt: skip
    missing = tuple(key for key, value in wanted.items() if not value)
    if missing or calls is None:
        return Line(title, None, missing)
    each = (told.kilobytes_per_call or 0.0) / 1e6 * prices.transfer_between_gb
    return Line(
        title,
        Quantity(
            name=title, low=round(calls.low * each, 2), high=round(calls.high * each, 2), unit=f"{prices.currency} a month",
            formula=f"calls a month ({calls.formula}) × kB a call / 1,000,000 × price of a GB between zones",
            inputs=(*calls.inputs, f"{told.kilobytes_per_call:g} kB a call (workload.kilobytes_per_call)", f"{prices.transfer_between_gb:g} a GB (prices.transfer_between_gb)"),
        ),
    )  # fmt: skip


def _transfer_out(case: Case) -> Iterator[Line]:
    told, prices = case.assumptions.workload, case.assumptions.prices
    if not told.transfer_out_gb:
        return
    if not prices.transfer_out_gb:
        yield Line("traffic to users", None, ("prices.transfer_out_gb",))
        return
    cost = round(told.transfer_out_gb * prices.transfer_out_gb, 2)
    yield Line(
        "traffic to users",
        Quantity(
            name="traffic to users", low=cost, high=cost, unit=f"{prices.currency} a month", formula="GB × price of a GB",
            inputs=(f"{told.transfer_out_gb:g} GB (workload.transfer_out_gb)", f"{prices.transfer_out_gb:g} a GB (prices.transfer_out_gb)"),
        ),
    )  # fmt: skip


def _models(case: Case) -> Iterator[Line]:
    prices = case.assumptions.prices
    for model, use in sorted(case.assumptions.workload.models.items()):
        known = model_price(model, prices)
        title = f"calls of {model}"
        if known is None:
            yield Line(title, None, (f"prices.models.{model}",))
            continue
        into, out, source = known
        cost = round(use.calls_per_month * (use.input_tokens * into + use.output_tokens * out) / 1e6, 2)
        yield Line(
            title,
            Quantity(
                name=title, low=cost, high=cost, unit=f"{prices.currency} a month",
                formula="calls × (tokens in × price in + tokens out × price out) / 1,000,000",
                inputs=(f"{use.calls_per_month:g} calls, {use.input_tokens:g} tokens in, {use.output_tokens:g} out (workload.models)",
                        f"{into:g} and {out:g} a million tokens ({source})"),
            ),
        )  # fmt: skip


def total_of(case: Case, lines: tuple[Line, ...], name: str) -> Quantity | None:
    """The sum of the lines that have a number; None when there is none. What is missing is named among the inputs."""
    known = [line.quantity for line in lines if line.quantity is not None]
    if not known:
        return None
    without = [line.name for line in lines if line.quantity is None and line.missing]
    return Quantity(
        name=name, low=round(sum(q.low for q in known), 2), high=round(sum(q.high for q in known), 2),
        unit=f"{case.assumptions.prices.currency} a month", formula="sum of " + " + ".join(q.name for q in known),
        inputs=(*(f"{q.name} {q.low:,.2f} to {q.high:,.2f}" for q in known), *(f"without {w}: not known" for w in without)),
    )  # fmt: skip
