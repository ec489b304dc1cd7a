"""Lists, tuples and dictionaries while calls are followed: one summary for each place where one is made.

Elements live in cells by key; a value that a body has just put under a known key of its own container is known exactly
until something else may have run (the overlay).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agent.graph.values import ANY, EMPTY, UNKNOWN, UNKNOWN_SET, Atom, Values, only

if TYPE_CHECKING:
    from agent.graph.bodies import Body, Site
    from agent.graph.dataflow import Dataflow

__all__ = ["Containers"]

Code = Any
ADDING = frozenset({"append", "add", "appendleft", "insert", "extend", "update"})
TAKING = frozenset({"get", "pop", "popleft", "setdefault", "__getitem__"})
MAX_KEYS = 200


class Containers:
    """The container side of a `Dataflow`."""

    def __init__(self, flow: Dataflow) -> None:
        self._flow = flow
        self._kinds: dict[Atom, str] = {}
        self._sizes: dict[Atom, int] = {}
        self._keys: dict[Atom, dict[Any, None]] = {}

    def kind(self, site: Atom) -> str:
        """list | dict."""
        return self._kinds[site]

    # ---------------------------------------------------------------- making

    def _new(self, site: Atom, kind: str) -> Values:
        self._kinds[site] = kind
        return only(("l", site))

    def _put(self, site: Atom, key: Any, values: Values, *, fresh: bool) -> None:
        cells = self._flow.cells
        if key is not ANY:
            keys = self._keys.setdefault(site, {})
            if len(keys) >= MAX_KEYS and key not in keys:
                key = ANY
            else:
                keys[key] = None
        cells.add(("e", site, key), values)
        cells.add(("u", site), values)
        if fresh and not self._flow.loops and key is not ANY:
            self._flow.overlay[(site, key)] = values

    def sequence(self, code: Code) -> Values:
        """A list, tuple or set display."""
        site = (self._flow.body.index, code[1])
        made = self._new(site, "list")
        size: int | None = 0
        for item in code[2]:
            if item is not None and item[0] == 7:
                known, rest = self.spread(self._flow.value(item[1]) if len(item) > 1 else EMPTY)
                self._put(site, ANY, rest.union(*known), fresh=False)
                size = None
            elif size is None:
                self._put(site, ANY, self._flow.value(item), fresh=False)
            else:
                self._put(site, size, self._flow.value(item), fresh=True)
                size += 1
        if size is not None:
            self._sizes[site] = size
        return made

    def dictionary(self, code: Code) -> Values:
        """A dict display."""
        site = (self._flow.body.index, code[1])
        made = self._new(site, "dict")
        for key, item in code[2]:
            values = self._flow.value(item)
            if key is not None and key[0] == 7:
                self._merge(site, values, fresh=True)
                continue
            for name in _constants(self._flow.value(key)):
                self._put(site, name, values, fresh=True)
        return made

    def make(self, position: int, kind: str, keys: Values, values: Values) -> Values:
        """What a comprehension builds."""
        site = (self._flow.body.index, position)
        made = self._new(site, kind)
        for key in _constants(keys) if kind == "dict" else [ANY]:
            self._put(site, key, values, fresh=False)
        return made

    def make_for(self, body: Body, parameter: str, kind: str) -> Values:
        """The container behind ``*args`` or ``**kwargs``."""
        return self._new((body.index, parameter), kind)

    def fill(self, body: Body, parameter: str, positional: Sequence[Values], rest: Values) -> None:
        """Surplus positional arguments into ``*args``."""
        site = (body.index, parameter)
        self._new(site, "list")
        for place, values in enumerate(positional):
            self._put(site, place, values, fresh=False)
        if rest:
            self._put(site, ANY, rest, fresh=False)

    def fill_named(
        self, body: Body, parameter: str, parameters: Sequence[tuple[str, int]], named: Mapping[str, Values]
    ) -> None:
        """Surplus keyword arguments into ``**kwargs``."""
        site = (body.index, parameter)
        self._new(site, "dict")
        taken = {name for name, _ in parameters}
        for name in sorted(named):
            if name not in taken:
                self._put(site, name, named[name], fresh=False)

    def derived(self, site: Site, values: Values) -> Values:
        """A sequence that a built-in function makes of others' elements."""
        if not values:
            return EMPTY
        place = (self._flow.body.index, "derived", site.line, site.name)
        made = self._new(place, "list")
        self._put(place, ANY, values, fresh=False)
        return made

    def rows(self, site: Site, name: str, columns: Sequence[Values]) -> Values:
        """What enumerate and zip give: tuples with the elements at their places."""
        if not any(columns):
            return EMPTY
        row = (self._flow.body.index, name, site.line)
        made = self._new(row, "list")
        for place, values in enumerate(columns):
            self._put(row, place + (name == "enumerate"), values, fresh=False)
        return self.derived(site, made)

    # ---------------------------------------------------------------- reading

    def _get(self, site: Atom, key: Any) -> Values:
        flow = self._flow
        known = flow.overlay.get((site, key))
        if known is not None:
            return known
        return flow.read(("e", site, key)) | flow.read(("e", site, ANY))

    def elements(self, site: Atom) -> Values:
        """All elements; the keys of a dictionary."""
        if self._kinds[site] == "dict":
            self._flow.read(("u", site))
            return frozenset(("k", key) for key in self._keys.get(site, ()) if isinstance(key, str | int))
        return self._flow.read(("u", site))

    def look_up(self, owners: Values, keys: Values) -> Values:
        """``owner[key]``."""
        found = EMPTY
        for atom in owners:
            if atom[0] == "l":
                known = _constants(keys)
                for key in known:
                    found |= (
                        self._flow.read(("u", atom[1])) if key is ANY else self._get(atom[1], self._place(atom[1], key))
                    )
            elif atom[0] == "x" and not atom[1].startswith("builtins."):
                found |= {atom}
            elif atom == UNKNOWN:
                found |= UNKNOWN_SET
        return found

    def _place(self, site: Atom, key: Any) -> Any:
        if type(key) is int and key < 0 and site in self._sizes:
            return key + self._sizes[site]
        return key

    def item(self, values: Values, place: int) -> Values:
        """The element at a place, for unpacking; negative places count from the end."""
        found = EMPTY
        for atom in values:
            if atom[0] == "l":
                size = self._sizes.get(atom[1])
                if place < 0 and size is None:
                    found |= self._flow.read(("u", atom[1]))
                else:
                    found |= self._get(atom[1], place + (size or 0) if place < 0 else place)
            elif atom[0] in ("g", "o"):
                found |= self._flow.iterate(only(atom), 0)
            elif atom == UNKNOWN or (atom[0] == "x" and not atom[1].startswith("builtins.")):
                found |= {atom}
        return found

    def rest(self, values: Values, start: int, after: int) -> Values:
        """What a starred target takes: a list of its own."""
        found = EMPTY
        for atom in values:
            if atom[0] == "l":
                size = self._sizes.get(atom[1])
                found |= self._part(atom[1], start, None if size is None else size - after, ("rest", start))
            elif atom == UNKNOWN:
                found |= UNKNOWN_SET
        return found

    def _part(self, site: Atom, start: int | None, end: int | None, mark: Atom) -> Values:
        part = (self._flow.body.index, *mark, site if len(repr(site)) < 80 else site[0])
        made = self._new(part, "list")
        if start is None or end is None:
            self._put(part, ANY, self._flow.read(("u", site)), fresh=False)
            return made
        self._sizes[part] = max(0, end - start)
        for place in range(start, end):
            self._put(part, place - start, self._get(site, place), fresh=True)
        return made

    def cut(self, owners: Values, low: Values, high: Values, code: Code, position: int) -> Values:
        """``owner[low:high]``."""
        found = EMPTY
        for atom in owners:
            if atom[0] == "l":
                size = self._sizes.get(atom[1])
                start, end = _bound(low, code[1], 0), _bound(high, code[2], size)
                if size is not None and end is not None:
                    end = min(end, size)
                if size is None or size > MAX_KEYS:
                    start = None
                found |= self._part(atom[1], start, end, ("cut", position))
            elif atom[0] in ("x", "?"):
                found |= {atom}
        return found

    def spread(self, values: Values) -> tuple[list[Values], Values]:
        """``*values`` in a call: (the elements by place, as far as they are known; elements of any place)."""
        if len(values) == 1:
            (atom,) = values
            if atom[0] == "l" and atom[1] in self._sizes:
                return [self._get(atom[1], place) for place in range(min(self._sizes[atom[1]], 30))], EMPTY
        return [], self._flow.iterate(values, 0)

    def entries(self, values: Values) -> Iterator[tuple[str, Values]]:
        """``**values`` in a call."""
        for atom in values:
            if atom[0] == "l":
                self._flow.read(("u", atom[1]))
                for key in list(self._keys.get(atom[1], ())):
                    if isinstance(key, str):
                        yield key, self._get(atom[1], key)

    # ---------------------------------------------------------------- changing

    def write(self, owners: Values, keys: Values, values: Values) -> None:
        """``owner[key] = values``; exact where owner and key are."""
        known = _constants(keys)
        for atom in owners:
            if atom[0] != "l":
                continue
            sure = len(owners) == 1 and len(known) == 1 and atom[1][0] == self._flow.body.index
            for key in known:
                self._forget(atom[1], key, sure=sure)
                self._put(atom[1], self._place(atom[1], key), values, fresh=sure)

    def _forget(self, site: Atom, key: Any, *, sure: bool) -> None:
        if sure and key is not ANY:
            return
        overlay = self._flow.overlay
        for held in [h for h in overlay if h[0] == site and (key is ANY or h[1] == key)]:
            del overlay[held]

    def _merge(self, site: Atom, values: Values, *, fresh: bool) -> None:
        for atom in values:
            if atom[0] == "l":
                everything = self._flow.read(("u", atom[1]))
                keys = list(self._keys.get(atom[1], ()))
                for key in keys:
                    self._put(site, key, self._get(atom[1], key), fresh=fresh and len(values) == 1)
                if not keys:
                    self._put(site, ANY, everything, fresh=False)

    def call(self, bound: Atom, positional: list[Values], named: Mapping[str, Values]) -> Values:
        """A container's own method."""
        _, site, method = bound
        if method in ADDING and positional:
            if method == "update":
                self._merge(site, positional[0], fresh=site[0] == self._flow.body.index)
                for name in sorted(named):
                    self._put(site, name, named[name], fresh=False)
            else:
                self._forget(site, ANY, sure=False)
                values = self._flow.iterate(positional[0], 0) if method == "extend" else positional[-1]
                self._put(site, ANY, values, fresh=False)
            return EMPTY
        if method in TAKING:
            found = positional[1] if len(positional) > 1 else EMPTY
            if method == "setdefault":
                self.write(only(("l", site)), positional[0] if positional else EMPTY, found)
            return found | self.look_up(only(("l", site)), positional[0] if positional else EMPTY)
        if method == "copy":
            return only(("l", site))
        if method in ("values", "items"):
            place = (self._flow.body.index, method, repr(site))
            everything = self._flow.read(("u", site))
            if method == "items":
                row = (self._flow.body.index, "row", repr(site))
                pair = self._new(row, "list")
                keys = self._keys.get(site, ())
                self._put(row, 0, frozenset(("k", k) for k in keys if isinstance(k, str | int)), fresh=False)
                self._put(row, 1, everything, fresh=False)
                everything = pair
            made = self._new(place, "list")
            self._put(place, ANY, everything, fresh=False)
            return made
        return EMPTY


def _constants(values: Values) -> list[Any]:
    """The keys that a value may be; ANY where they are not all known."""
    known = [atom[1] for atom in values if atom[0] == "k"]
    return sorted(known, key=repr) if known and len(known) == len(values) else [ANY]


def _bound(values: Values, code: Code, default: int | None) -> int | None:
    if code is None:
        return default
    known = _constants(values)
    return known[0] if len(known) == 1 and type(known[0]) is int and known[0] >= 0 else None
