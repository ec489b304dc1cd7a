"""Numbers as the report writes them, everywhere alike: numbers in, short text out."""

from __future__ import annotations

__all__ = ["compact", "count", "decimal", "figure", "percent", "plural", "size"]


def count(number: int) -> str:
    """``12,345``."""
    return f"{number:,}"


def compact(number: int) -> str:
    """``950``, ``9.5k``, ``158k``, ``1.2M``: for marks in pictures."""
    for limit, suffix in ((1_000_000, "M"), (1_000, "k")):
        if number >= limit - limit // 2000:  # 999,500 and more reads better as 1.0M
            value = number / limit
            return f"{value:.1f}{suffix}" if value < 9.95 else f"{value:.0f}{suffix}"
    return str(number)


def decimal(number: float) -> str:
    """Two places, and never ``-0.00``."""
    text = f"{number:.2f}"
    return text[1:] if text == "-0.00" else text


def figure(number: float) -> str:
    """A measured value: ``12``, ``10,000``, ``0.31``, ``0.004``; a whole number has no places."""
    if number == int(number):
        return f"{int(number):,}"
    return f"{number:,.2f}" if abs(number) >= 0.1 else f"{number:.2g}"


def percent(share: float) -> str:
    """A share of 0..1 as ``43%``; small but real shares are not rounded away, nor is nearly all made all."""
    if 0 < share < 0.01:
        return "<1%"
    if 0.99 < share < 1:
        return ">99%"
    return f"{share * 100:.0f}%"


def plural(number: int, noun: str, many: str = "") -> str:
    """``1 table``, ``12 tables``, ``2 dependencies``."""
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"


def size(number: int) -> str:
    """Bytes as ``340 B``, ``12.0 kB``, ``9.3 MB`` (powers of ten)."""
    value = float(number)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"
