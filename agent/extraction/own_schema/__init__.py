"""Rung 3: which tables a service takes along, the scripts that move them while they are written to, and how that is rehearsed."""

from agent.extraction.own_schema.ddl import left_out
from agent.extraction.own_schema.deciding import Decision, Refused, decide
from agent.extraction.own_schema.rehearsing import WRITES, rehearsal_plan
from agent.extraction.own_schema.scripts import scripts
from agent.extraction.own_schema.shapes import shapes_of
from agent.extraction.own_schema.split import Split, make_split
from agent.extraction.own_schema.tables import Table, read_tables

__all__ = [
    "WRITES",
    "Decision",
    "Refused",
    "Split",
    "Table",
    "decide",
    "left_out",
    "make_split",
    "read_tables",
    "rehearsal_plan",
    "scripts",
    "shapes_of",
]
