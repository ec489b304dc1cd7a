"""What a function's name says of its answer: a name in; whether it tells somebody something or asks for something out."""

from __future__ import annotations

import re

__all__ = ["may_refuse", "named_as"]

WORD = re.compile(r"[A-Za-z][a-z]*")
TELLING = frozenset(
    "send notify publish emit record log audit update mark sync refresh rebuild recalc recalculate touch track archive "
    "enqueue queue on note announce broadcast forward mail email".split()
)
"""First words of functions that tell somebody something, or have something done."""
REFUSING = frozenset(
    "check validate verify ensure require assert authenticate authorize login reserve allocate acquire try lock take".split()
)
"""First words of functions that may say no."""
ASKING = REFUSING | frozenset(
    "get find list fetch load read search lookup query count is has can may should next new make build compute calculate "
    "calc parse format render select show view exists generate open".split()
)
"""First words of functions whose answer the caller waits for."""


def named_as(symbol: str) -> str:
    """``tells``, ``asks`` or ``""``, by the first word of its name, else the second (``stock_update``)."""
    for word in _words(symbol):
        if word in TELLING:
            return "tells"
        if word in ASKING:
            return "asks"
    return ""


def may_refuse(symbol: str) -> bool:
    """Whether it is named as something that can say no: its caller has to wait."""
    return not REFUSING.isdisjoint(_words(symbol))


def _words(symbol: str) -> list[str]:
    return [word.lower() for word in WORD.findall(symbol.replace("#", ".").rpartition(".")[2])[:2]]
