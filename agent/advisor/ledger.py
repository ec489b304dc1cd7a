"""The ledger of calls: one JSON line a call, appended when code has judged the answer; and what they came to.

The file lies beside the answers in the cache, so that a run that is killed leaves its lines; the run's own lines go
into the output folder as ``advisor.jsonl``.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from pathlib import Path

from agent.domain.advice import Usage
from agent.prompting import Rendered

__all__ = ["CURRENT", "Asked", "Call", "Ledger"]


@dataclass
class Call:
    """One request and its answer. ``tokens`` and ``cost`` of a cached answer are what it cost when it was asked."""

    prompt: str
    version: int
    prompt_hash: str
    subject: str
    model: str
    key: str
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    cached: bool = False
    redacted: int = 0
    lost_tokens: int = 0  # counted against the budget for attempts that failed, at their worst
    attempts: list[str] = field(default_factory=list)  # what became of each attempt but the last
    outcome: str = ""  # accepted, or why not


@dataclass
class Asked:
    """The question that a call belongs to, and its calls so far."""

    prompt: Rendered
    subject: str
    calls: list[Call] = field(default_factory=list)


CURRENT: ContextVar[Asked | None] = ContextVar("asked", default=None)


class Ledger:
    """Lives for one run; threads share it."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.calls: list[Call] = []
        self._outcomes: list[str] = []

    def close(self, asked: Asked, outcome: str, *, counts: bool = True) -> None:
        """Write a question's calls; all but the last one led on to the next. ``counts``: it was a question of the plan."""
        for call in asked.calls[:-1]:
            call.outcome = call.outcome or "led on"
        for call in asked.calls[-1:]:
            call.outcome = call.outcome or outcome
        with self._lock:
            self.calls += asked.calls
            if counts:
                self._outcomes.append(outcome)
            if self._path is not None and asked.calls:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as out:
                    out.write(lines(asked.calls))

    def kept(self) -> str:
        """All lines beside the answers, of earlier runs too; empty where nothing is kept."""
        return self._path.read_text("utf-8") if self._path is not None and self._path.is_file() else ""

    def text(self) -> str:
        """This run's lines, by prompt and subject."""
        return lines(sorted(self.calls, key=lambda c: (c.prompt, c.subject)))

    def usage(self) -> Usage:
        """The sum, which is the same whether answers came from the endpoint or from the cache."""
        dropped = Counter(outcome for outcome in self._outcomes if outcome != "accepted")
        costs = [call.cost for call in self.calls]
        known = [cost for cost in costs if cost is not None]
        return Usage(
            questions=len(self._outcomes),
            accepted=self._outcomes.count("accepted"),
            dropped=tuple(sorted(dropped.items(), key=lambda item: (-item[1], item[0]))),
            input_tokens=sum(call.input_tokens for call in self.calls),
            output_tokens=sum(call.output_tokens for call in self.calls),
            cost=round(sum(sorted(known)), 6) if len(known) == len(costs) else None,
        )


def lines(calls: Sequence[Call]) -> str:
    """JSON lines."""
    return "".join(json.dumps(asdict(call), ensure_ascii=True) + "\n" for call in calls)
