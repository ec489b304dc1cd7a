"""What an expression may hold while calls are followed: atoms, sets of them, and the cells in which sets grow.

An atom is a tuple whose first element tells its kind:
``("f", function)``, ``("m", function, receiver)`` a bound method, ``("c", class)``, ``("o", class)`` an instance,
``("M", module)``, ``("x", dotted name)`` something from a library, ``("l", site)`` a container made at that site,
``("b", site, method)`` a container's bound method, ``("k", value)`` a known string or number, ``("K", type)`` an unknown
one, ``("g", function)`` a running generator, ``("S", class, receiver)`` what ``super()`` gives,
``("P", function, parameter)`` a parameter handed back unchanged, and ``UNKNOWN``.
"""

from __future__ import annotations

from sys import intern
from typing import Any

__all__ = ["ANY", "EMPTY", "UNKNOWN", "UNKNOWN_SET", "Atom", "Cell", "Cells", "Values", "forget_singles", "only"]

Atom = tuple[Any, ...]
Values = frozenset[Atom]

EMPTY: Values = frozenset()
UNKNOWN: Atom = ("?",)
UNKNOWN_SET: Values = frozenset({UNKNOWN})
ANY = ("*",)  # the key of a container's elements whose place is not known
LIMIT = 16  # a cell that may hold more than this is said to hold anything
CONSTANTS = 4


_singles: dict[Atom, Values] = {}


def only(atom: Atom) -> Values:
    """The set of one atom; equal ones are one object, since most sets have one element and each takes 216 bytes."""
    found = _singles.get(atom)
    if found is None:
        found = _singles[atom] = frozenset((atom,))
    return found


def forget_singles() -> None:
    """Let go of the sets that `only` keeps, after an analysis."""
    _singles.clear()


def _widen(values: Values) -> Values:
    """At most LIMIT atoms: many constants become their type, too many values anything at all.

    What is widened stays so whatever is joined later, hence the order of joins does not matter.
    """
    if len(values) <= 1:
        return values
    for sort in (str, int):
        known = [atom for atom in values if atom[0] == "k" and type(atom[1]) is sort]
        some: Atom = ("K", sort.__name__)
        if len(known) > CONSTANTS or (known and some in values):
            values = values.difference(known) | {some}
    return values if len(values) <= LIMIT else UNKNOWN_SET


class Cell:
    """A growing set and the bodies that read it: none, the index of one, or a set of several."""

    __slots__ = ("full", "readers", "values")

    def __init__(self) -> None:
        self.values = EMPTY
        self.readers: int | set[int] | None = None
        self.full = False

    def read(self, reader: int) -> Values:
        """The set so far; ``reader`` is told when it grows."""
        readers = self.readers
        if readers is None:
            self.readers = reader
        elif isinstance(readers, int):
            if readers != reader:
                self.readers = {readers, reader}
        else:
            readers.add(reader)
        return self.values


class Cells:
    """Growing sets by key, and who has to look again when one grows. A cell only shrinks into UNKNOWN or its fallback."""

    def __init__(self) -> None:
        self._cells: dict[Atom, Cell] = {}
        self.changed: set[int] = set()  # readers of cells that grew

    def cell(self, key: Atom) -> Cell:
        """The cell of a key, to be kept by whoever needs it often."""
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[tuple([intern(part) if type(part) is str else part for part in key])] = Cell()
        return cell

    def add(self, key: Atom, values: Values, fallback: Values = UNKNOWN_SET) -> None:
        """Join into a cell by its key."""
        if values:
            self.join(self.cell(key), values, fallback)

    def join(self, cell: Cell, values: Values, fallback: Values = UNKNOWN_SET) -> None:
        """Join into a cell; one that outgrows LIMIT becomes ``fallback`` for good."""
        old = cell.values
        if values <= old or cell.full:
            return
        new = _widen(old | values if old else values)
        if new == UNKNOWN_SET and (len(old) > 1 or len(values) > 1):
            cell.full = True
            new = fallback
        if new != old:
            cell.values = new
            self._tell(cell)

    def touch(self, key: Atom) -> None:
        """Have all readers of the key look again."""
        cell = self._cells.get(key)
        if cell is not None:
            self._tell(cell)

    def _tell(self, cell: Cell) -> None:
        readers = cell.readers
        if readers is None:
            return
        if isinstance(readers, int):
            self.changed.add(readers)
        else:
            self.changed |= readers
