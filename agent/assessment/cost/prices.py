"""What a machine and a million tokens cost: the user's prices first, then bundled tables with their date; zero means unknown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from agent.domain.workload import InstancePrice, Prices

__all__ = ["Offer", "cheapest", "database_offers", "model_price", "offers", "table_problem"]

_PROBE = 1000  # tokens that a tiered table is asked about


@dataclass(frozen=True)
class Offer:
    """A size with its price an hour, and where the price comes from."""

    name: str
    cores: float
    memory_gb: float
    hourly: float
    source: str


def offers(prices: Prices) -> tuple[Offer, ...]:
    """The sizes to choose from, the cheapest first; empty when no price is known."""
    own = _own(prices.instances, prices)
    return own or tuple(sorted(_bundled(prices.table, prices.families), key=_order))


def database_offers(prices: Prices) -> tuple[Offer, ...]:
    """Sizes of managed databases: the user's only, as no table here holds any."""
    return _own(prices.databases, prices)


def _own(listed: Sequence[InstancePrice], prices: Prices) -> tuple[Offer, ...]:
    source = ", ".join(
        part for part in ("your price", prices.source, prices.dated.isoformat() if prices.dated else "undated") if part
    )
    return tuple(
        sorted((Offer(i.name, i.cores, i.memory_gb, i.hourly, source) for i in listed if i.hourly), key=_order)
    )


def _order(offer: Offer) -> tuple[float, float, str]:
    return offer.hourly, offer.memory_gb, offer.name


def cheapest(among: Sequence[Offer], cores: float, memory_gb: float) -> Offer | None:
    """The cheapest size that holds both needs; None when none is large enough."""
    return next((o for o in among if o.cores >= cores and o.memory_gb >= memory_gb), None)


def table_problem(prices: Prices) -> str:
    """Why the bundled table gives no price although the user named a region of it; empty when it does."""
    if not prices.table or prices.instances:
        return ""
    if _table() is None:
        return "the price table is not installed (pip install 'figwright[prices]')"
    if not _bundled(prices.table, prices.families):
        return f"the price table knows no size of {', '.join(prices.families)} in {prices.table!r}"
    return ""


@cache
def _table() -> tuple[dict[str, dict[str, float]], dict[str, Any], str] | None:
    """Size -> region -> price, size -> its shape, and the table's day; None when the library is not installed."""
    try:
        text = files("libcloud").joinpath("data/pricing.json").read_text("utf-8")
        shapes = import_module("libcloud.compute.constants.ec2_instance_types").INSTANCE_TYPES
    except (ModuleNotFoundError, FileNotFoundError):
        return None
    table = json.loads(text)
    day = datetime.fromtimestamp(table["updated"], UTC).date().isoformat()
    return table["compute"]["ec2_linux"], shapes, day


@cache
def _bundled(region: str, families: tuple[str, ...]) -> tuple[Offer, ...]:
    table = _table() if region else None
    if table is None:
        return ()
    hourly, shapes, day = table
    found = []
    for name, by_region in sorted(hourly.items()):
        price, shape = by_region.get(region, 0.0), shapes.get(name)
        if name.partition(".")[0] not in families or not price or shape is None:
            continue
        cores, memory = float(shape["extra"].get("vcpu", 0) or 0), float(shape.get("ram", 0)) / 1024
        if cores and memory:
            found.append(Offer(name, cores, memory, float(price), f"apache-libcloud's table of {day}, on demand"))
    return tuple(found)


def model_price(model: str, prices: Prices) -> tuple[float, float, str] | None:
    """A million tokens in and out, and the source; None when unknown. The bundled table is in US dollars only."""
    own = prices.models.get(model)
    if own is not None:
        return (own.input, own.output, "your price") if own.input and own.output else None
    if prices.currency != "USD":
        return None
    # By name: only the advisor talks to models, and its libraries are imported nowhere else.
    library, usage = import_module("genai_prices"), import_module("genai_prices.types").Usage
    try:
        into = float(library.calc_price(usage(input_tokens=_PROBE), model).total_price) * 1_000_000 / _PROBE
        out = float(library.calc_price(usage(output_tokens=_PROBE), model).total_price) * 1_000_000 / _PROBE
    except (LookupError, ValueError):
        return None
    version = import_module("importlib.metadata").version("genai-prices")
    return (into, out, f"genai-prices {version}") if into and out else None
