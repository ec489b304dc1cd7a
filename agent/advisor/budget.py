"""What a run may still use: tokens, money and time, reserved before each call and settled after it.

One lock guards it, so that parallel calls and retries together stay below the limits.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from agent.advisor.failures import BudgetSpentError
from agent.settings import AdvisorSettings, ModelPrice

__all__ = ["Budget", "Reservation", "estimate_tokens"]

_BYTES_PER_TOKEN = 2.5  # below what tokenizers reach on code and English, so that an estimate is too high, not too low


def estimate_tokens(text: bytes) -> int:
    """More tokens than the text will have, whatever the tokenizer."""
    return int(len(text) / _BYTES_PER_TOKEN) + 16


@dataclass(frozen=True)
class Reservation:
    """Set aside for one attempt."""

    input_tokens: int
    output_tokens: int


class Budget:
    """Lives for one run."""

    def __init__(self, settings: AdvisorSettings, price: ModelPrice | None) -> None:
        self._price = price
        self._most_tokens, self._most_cost = settings.max_tokens, settings.max_cost
        self._end = time.monotonic() + settings.minutes * 60
        self._minutes = settings.minutes
        self._lock = threading.Lock()
        self._held_tokens = 0
        self._held_cost = 0.0
        self.tokens = 0
        self.cost = 0.0

    @property
    def seconds_left(self) -> float:
        return max(0.0, self._end - time.monotonic())

    def price(self, input_tokens: int, output_tokens: int) -> float | None:
        """US dollars; None when the price is not known."""
        if self._price is None:
            return None
        return (input_tokens * self._price.input + output_tokens * self._price.output) / 1_000_000

    def reserve(self, input_tokens: int, output_tokens: int) -> Reservation:
        """Set the worst case of one attempt aside. Raises BudgetSpentError when it would not fit."""
        cost = self.price(input_tokens, output_tokens) or 0.0
        with self._lock:
            tokens = self.tokens + self._held_tokens + input_tokens + output_tokens
            if tokens > self._most_tokens:
                raise BudgetSpentError(
                    f"the next call could take the run past {self._most_tokens:,} tokens (--max-tokens)"
                )
            if self._most_cost is not None and self.cost + self._held_cost + cost > self._most_cost:
                raise BudgetSpentError(f"the next call could take the run past ${self._most_cost:g} (--max-cost)")
            if self.seconds_left <= 0:
                raise BudgetSpentError(f"the {self._minutes:g} minutes for the model are over")
            self._held_tokens += input_tokens + output_tokens
            self._held_cost += cost
        return Reservation(input_tokens, output_tokens)

    def settle(self, reserved: Reservation, input_tokens: int, output_tokens: int) -> None:
        """Give back what an attempt did not use."""
        with self._lock:
            self._held_tokens -= reserved.input_tokens + reserved.output_tokens
            self._held_cost -= self.price(reserved.input_tokens, reserved.output_tokens) or 0.0
            self.tokens += input_tokens + output_tokens
            self.cost += self.price(input_tokens, output_tokens) or 0.0
