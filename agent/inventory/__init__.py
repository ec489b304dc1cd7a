"""Repository to inventory: a Snapshot in; files, languages, builds, runtimes, entry points and external systems out."""

from agent.inventory.runtimes import table_date
from agent.inventory.taking import take_inventory

__all__ = ["table_date", "take_inventory"]
