"""Why a question got no answer; each text is a clause for the report, and none of these ends a run."""

from __future__ import annotations

from agent.errors import FigwrightError

__all__ = ["AskError", "BudgetSpentError", "EndpointError", "NotSentError", "RefusedError", "find_failure"]


class AskError(FigwrightError):
    """A question that got no answer. ``final``: the next one would fare the same."""

    final = False


class BudgetSpentError(AskError):
    """The next call could exceed the tokens, the money or the time that the run may use."""

    final = True


class EndpointError(AskError):
    """The endpoint cannot be reached, or not in a state to answer, after all attempts."""

    final = True


class RefusedError(AskError):
    """The endpoint refuses this one request (its form or its length)."""


class NotSentError(AskError):
    """A dry run came to the point of sending."""


def find_failure(error: BaseException) -> AskError | None:
    """The failure behind what the client made of it."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        if isinstance(current, AskError):
            return current
        seen.add(id(current))
        current = current.__cause__ or current.__context__
    return None
