"""A test command in, the same tests asking servers over HTTP: who answered which test, and which tests cannot be run so."""

from __future__ import annotations

from agent.extraction.live.asking import LIVE_PORTS, Asked, ask_live
from agent.extraction.live.drilling import drill_in_box

__all__ = ["LIVE_PORTS", "Asked", "ask_live", "drill_in_box"]
