"""Requests that no test makes: recorded requests, the framework's table of routes and snapshots in; new requests out.

Nothing is run here: who asks them, and which are worth keeping, is for the caller to find out. Why these are made by rules of our
own is in docs/decisions/0016-generated-requests.md.
"""

from agent.extraction.generating.choosing import candidates, near, once
from agent.extraction.generating.deriving import derive, pool_of, read_blob
from agent.extraction.generating.known import Candidate, Known, interleaved, settled
from agent.extraction.generating.reaching import from_pages
from agent.extraction.generating.starting import Start, find_start
from agent.extraction.generating.tables import Table, read_table
from agent.extraction.generating.values import Pool, literals

__all__ = [
    "Candidate",
    "Known",
    "Pool",
    "Start",
    "Table",
    "candidates",
    "derive",
    "find_start",
    "from_pages",
    "interleaved",
    "literals",
    "near",
    "once",
    "pool_of",
    "read_blob",
    "read_table",
    "settled",
]
