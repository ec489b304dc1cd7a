"""Validated patches, containers and the plan -> branches, commits and requests on a forge, through two ports.

`make_delivery` is pure: results in, items in roadmap order out. `deliver` looks at what the remote and the forge have and
acts by the table in `agent.delivery.deciding`.
"""

from __future__ import annotations

from agent.delivery.deliver import Wishes, deliver
from agent.delivery.items import make_delivery
from agent.delivery.results import Results

__all__ = ["Results", "Wishes", "deliver", "make_delivery"]
