"""What splitting would cost: operations that become remote, transactions that would span, data that two services share.

Every count is of places in the code (static), but for a use case's ``requests``, which only logs can tell.
"""

from __future__ import annotations

from typing import Literal

from agent.domain.finding import Evidence
from agent.domain.inventory import Location, Noun

__all__ = [
    "Bill",
    "Cell",
    "Concept",
    "ConceptUse",
    "Conflict",
    "Cut",
    "Cycle",
    "ForeignKey",
    "Join",
    "MatrixRow",
    "Operation",
    "Option",
    "ServiceBill",
    "Transaction",
    "UseCase",
    "WrittenBy",
]

Sureness = Literal["exact", "inferred"]


class Operation(Noun):
    """A function of a service that code outside of it calls: what would become its API.

    ``callers``: (service, call sites), most first; ``reads`` and ``writes`` are all tables behind it; ``entry_points`` the
    first routes and jobs that come to it from outside, of ``entry_point_count``. ``event``: an event could replace the
    call, as far as can be told, and ``event_reason`` says why or why not.
    """

    symbol: str
    service: str
    location: Location
    callers: tuple[tuple[str, int], ...]
    call_sites: int
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    entry_points: tuple[str, ...]
    entry_point_count: int
    event: bool
    event_reason: str
    resolution: Sureness
    evidence: tuple[Evidence, ...]  # call sites


class UseCase(Noun):
    """A route or job whose work crosses services.

    ``calls`` counts the distinct calls between services on its call tree, ``hops`` those on its deepest chain, which
    ``chain`` shows call by call. ``foreign_tables`` are tables of another service that it touches without a call.
    ``cut_off``: its call tree was too large to follow to the end. ``requests`` are those in the user's logs; None without.
    """

    name: str
    service: str
    location: Location
    calls: int
    hops: int
    services: tuple[str, ...]
    chain: tuple[Evidence, ...]
    foreign_tables: tuple[str, ...]
    resolution: Sureness
    cut_off: bool = False
    requests: int | None = None


class Transaction(Noun):
    """Writes to tables of several owners that are one unit of work today.

    ``marker`` is the annotation or decorator that makes it one; ``""`` when one request is assumed to be one transaction.
    ``owners`` are (service, tables written). ``eased_by_events``: with the event candidates taken, one owner remains.
    """

    name: str
    marker: str
    location: Location
    owners: tuple[tuple[str, tuple[str, ...]], ...]
    use_cases: tuple[str, ...]
    use_case_count: int
    eased_by_events: bool
    resolution: Sureness
    writes: int
    evidence: tuple[Evidence, ...]  # one write of each table


class Join(Noun):
    """One line of code that touches tables of two or more owners: a statement that could no longer be run."""

    symbol: str
    service: str
    location: Location
    tables: tuple[tuple[str, str], ...]  # (table, owner)
    resolution: Sureness


class ForeignKey(Noun):
    """A foreign key (or a view's footing) from a table of one owner to one of another."""

    table: str
    owner: str
    target: str
    target_owner: str
    evidence: tuple[Evidence, ...]


class Cut(Noun):
    """A dependency between two services that closes a cycle; ``weight`` counts places in code, imports and mere names of types left out."""

    source: str
    target: str
    weight: int
    evidence: tuple[Evidence, ...]


class Cycle(Noun):
    """Services that all need each other, and the lightest set of dependencies without which none does, lightest first.

    ``minimal``: no lighter set exists; False where there were too many services to try all orders.
    """

    services: tuple[str, ...]
    cuts: tuple[Cut, ...]
    minimal: bool


class Cell(Noun):
    """One service's reads and writes of one table, in places."""

    service: str
    reads: int
    writes: int


class WrittenBy(Noun):
    """The routes and jobs through which one service's code writes a table: the first, of ``count``."""

    service: str
    entry_points: tuple[str, ...]
    count: int


class MatrixRow(Noun):
    """A table's row in the ownership matrix. ``common``: shared code alone writes it, for three services or more (a log,
    counters, keys), so that each would have its own; such a table counts in no transaction and no join. ``transactions`` are functions marked as one that write it; ``routines``
    are the procedures, functions and triggers in the database that touch it."""

    table: str
    owner: str
    sole_writer: bool
    common: bool
    cells: tuple[Cell, ...]
    written_by: tuple[WrittenBy, ...]
    transactions: tuple[str, ...]
    routines: tuple[Evidence, ...]


class ConceptUse(Noun):
    """What one service uses of a shared concept: places that read and write its table, members of its types called, and
    the table's columns that are named in the functions that touch it (``*``: a statement asks for all)."""

    service: str
    reads: int
    writes: int
    calls: int
    members: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    columns: tuple[str, ...] = ()


class Concept(Noun):
    """Something that two or more services work with substantially: a bounded-context candidate on either side."""

    name: str
    table: str
    types: tuple[str, ...]
    home: str
    location: Location
    uses: tuple[ConceptUse, ...]  # the home first, then the heaviest
    advice: str


class Option(Noun):
    """One way out of a data ownership conflict, with its price in this system.

    ``sites``: places in code to change. ``use_cases``: routes and jobs that gain a hop. ``transactions``: those that would
    span services. ``stale``: use cases that write and read the table and might see the old value. ``copies``: replicas.
    ``fits`` is False where something that was read speaks against it; ``cheapest`` marks the best price that keeps one writer.
    """

    kind: Literal["owner's API", "read replica", "event", "shared schema for now"]
    what: str
    one_writer: bool
    sites: int
    use_cases: int
    transactions: int
    stale: int
    copies: int
    fits: bool
    cheapest: bool = False


class Conflict(Noun):
    """A table with several writers, and the options."""

    table: str
    owner: str
    writers: tuple[str, ...]
    options: tuple[Option, ...]
    evidence: tuple[Evidence, ...]  # writes from outside the owner


class ServiceBill(Noun):
    """What taking one service out costs, in counts; the operations are those that outside code calls, most called first.

    ``use_cases``: of its own routes and jobs, those that need another service; ``most_hops`` on the deepest of their chains.
    """

    service: str
    operations: tuple[Operation, ...]
    operation_count: int
    event_count: int
    call_sites: int
    use_cases: int
    most_hops: int
    transactions: int
    joins: int
    foreign_keys: int
    reads_only: tuple[str, ...]  # tables of others that it only reads
    copied: tuple[str, ...]  # functions called from outside that touch no table: to be copied rather than called
    copied_count: int
    cycle: tuple[str, ...]  # the services it shares a cycle with


class Bill(Noun):
    """The whole bill. Use cases by calls, then hops; lists are the first of their counts where a count stands beside."""

    services: tuple[ServiceBill, ...] = ()
    use_cases: tuple[UseCase, ...] = ()
    use_case_count: int = 0  # that cross; all use cases are `entry_points`
    entry_points: int = 0
    transactions: tuple[Transaction, ...] = ()
    transaction_count: int = 0
    joins: tuple[Join, ...] = ()
    join_count: int = 0
    foreign_keys: tuple[ForeignKey, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    matrix: tuple[MatrixRow, ...] = ()
    concepts: tuple[Concept, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
