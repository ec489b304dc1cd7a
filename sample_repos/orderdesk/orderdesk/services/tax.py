"""VAT with history. utils.tax_rate only knows today."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Iterable, List, Optional, Tuple

from orderdesk.utils import EU_COUNTRIES, round2

# class -> [(valid from, rate)], newest first. Keep in step with utils.TAX_*!
RATE_HISTORY = {
    "STD": [
        (date(2011, 1, 4), 0.20),
        (date(2010, 1, 1), 0.175),
        (date(2008, 12, 1), 0.15),
        (date(1991, 4, 1), 0.175),
    ],
    "RED": [(date(1997, 9, 1), 0.05)],
    "ZERO": [(date(1973, 4, 1), 0.0)],
}

NOTE_EXPORT = "Zero rated export"
NOTE_REVERSE = "Reverse charge, customer to account for VAT"


@dataclass
class TaxLine:
    net: float
    rate: float
    tax: float


def rate_on(tax_class: str, day: date) -> float:
    for valid_from, rate in RATE_HISTORY.get(tax_class, RATE_HISTORY["STD"]):
        if day >= valid_from:
            return rate
    raise ValueError("no %s rate for %s" % (tax_class, day))


def treatment(customer) -> Tuple[bool, str]:
    """(charge tax?, note for the invoice)"""
    if not customer.is_export:
        return True, ""
    if customer.country in EU_COUNTRIES:
        if customer.vat_no:
            return False, NOTE_REVERSE
        return True, ""
    return False, NOTE_EXPORT


def tax_for(customer, parts: Iterable[Tuple[float, str]], day: date) -> Tuple[List[TaxLine], str]:
    """parts is (net, tax class); returns a TaxLine per part and the note"""
    charge, note = treatment(customer)
    out: List[TaxLine] = []
    for net, tax_class in parts:
        rate = rate_on(tax_class, day) if charge else 0.0
        out.append(TaxLine(net=round2(net), rate=rate, tax=round2(net * rate)))
    return out, note


def summary(lines: Iterable[TaxLine], only: Optional[float] = None):
    """rate -> (net, tax), for the box at the bottom of the invoice"""
    box = {}
    for line in lines:
        if only is not None and line.rate != only:
            continue
        net, tax = box.get(line.rate, (0.0, 0.0))
        box[line.rate] = (round2(net + line.net), round2(tax + line.tax))
    return dict(sorted(box.items(), reverse=True))
