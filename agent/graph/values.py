"""What an expression may hold while calls are followed: atoms, sets of them, and the cells in which sets grow.

An atom is a tuple whose first element tells its kind:
``("f", function)``, ``("m", function, receiver)`` a bound method, ``("c", class)``, ``("o", class)`` an instance,
``("M", module)``, ``("x", dotted name)`` something from a library, ``("l", site)`` a container made at that site,
``("b", site, method)`` a container's bound method, ``("k", value)`` a known string or number, ``("K", type)`` an unknown
one, ``("g", function)`` a running generator, ``("S", class, receiver)`` what ``super()`` gives,
``("P", function, parameter)`` a parameter handed back unchanged, and ``UNKNOWN``.
"""

from __future__ import annotations

from typing import Any

__all__ = ["ANY", "EMPTY", "UNKNOWN", "UNKNOWN_SET", "Atom", "Cells", "Values", "only"]

Atom = tuple[Any, ...]
Values = frozenset[Atom]

EMPTY: Values = frozenset()
UNKNOWN: Atom = ("?",)
UNKNOWN_SET: Values = frozenset({UNKNOWN})
ANY = ("*",)  # the key of a container's elements whose place is not known
LIMIT = 16  # a cell that may hold more than this is said to hold anything
CONSTANTS = 4


def only(atom: Atom) -> Values:
    """The set of one atom."""
    return frozenset((atom,))


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


class Cells:
    """Growing sets by key, and who has to look again when one grows. A cell only shrinks into UNKNOWN or its fallback."""

    def __init__(self) -> None:
        self._sets: dict[Atom, Values] = {}
        self._readers: dict[Atom, set[int]] = {}
        self._full: set[Atom] = set()
        self.changed: set[int] = set()  # readers of cells that grew

    def read(self, key: Atom, reader: int) -> Values:
        """The set so far; ``reader`` is told when it grows."""
        readers = self._readers.get(key)
        if readers is None:
            self._readers[key] = {reader}
        else:
            readers.add(reader)
        return self._sets.get(key, EMPTY)

    def add(self, key: Atom, values: Values, fallback: Values = UNKNOWN_SET) -> None:
        """Join into a cell; one that outgrows LIMIT becomes ``fallback`` for good."""
        if not values or key in self._full:
            return
        old = self._sets.get(key, EMPTY)
        if values <= old:
            return
        new = _widen(old | values if old else values)
        if new == UNKNOWN_SET and (len(old) > 1 or len(values) > 1):
            self._full.add(key)
            new = fallback
        if new != old:
            self._sets[key] = new
            self.touch(key)

    def touch(self, key: Atom) -> None:
        """Have all readers of the key look again."""
        readers = self._readers.get(key)
        if readers:
            self.changed |= readers
