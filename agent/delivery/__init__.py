"""Validated patches, containers and the plan -> branches, commits and requests on a forge, through two ports.

`make_delivery` is pure: results in, items in roadmap order out. `deliver` looks at what the remote and the forge have and
acts by the table in `agent.delivery.deciding`.
"""

from __future__ import annotations

from agent.delivery.deliver import Wishes, deliver
from agent.delivery.extraction_items import add_extraction, refuse_moved
from agent.delivery.items import make_delivery
from agent.delivery.results import Extraction, Results

__all__ = ["Extraction", "Results", "Wishes", "add_extraction", "deliver", "make_delivery", "refuse_moved"]
