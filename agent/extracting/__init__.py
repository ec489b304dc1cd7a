"""Executed extraction from end to end: environments, recording, replay, slices and what is written about them."""

from agent.extracting.ladder import climb

__all__ = ["climb"]
