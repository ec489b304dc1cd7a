"""What a call of a library's or built-in function gives while calls are followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from agent.graph.values import EMPTY, UNKNOWN_SET, Atom, Values, only

if TYPE_CHECKING:
    from agent.graph.bodies import Body, Site
    from agent.graph.dataflow import Dataflow

__all__ = ["DESCRIPTORS", "Library"]

TRANSPARENT = frozenset({"functools.partial", "functools.update_wrapper", "copy.copy", "copy.deepcopy"})
DESCRIPTORS = {
    "builtins.staticmethod": "static", "builtins.classmethod": "class", "builtins.property": "property",
    "functools.cached_property": "property", "abc.abstractproperty": "property",
}  # fmt: skip
APPLIED = frozenset({"map", "filter", "reduce"})
KEYED = frozenset({"sorted", "min", "max"})
PASSED_ON = frozenset({"list", "tuple", "set", "frozenset", "reversed", "iter", "sorted", "filter"})


class Library:
    """The few library functions whose meaning matters to a `Dataflow`."""

    def __init__(self, analysis: Dataflow) -> None:
        self._flow = analysis

    def call(self, atom: Atom, positional: list[Values], named: Mapping[str, Values], site: Site) -> Values:
        """A library's or built-in function: what is known of a few of them, and else something of that library."""
        dotted = atom[1]
        if dotted in TRANSPARENT:
            return positional[0] if positional else EMPTY
        module, _, name = dotted.rpartition(".")
        if dotted == "functools.reduce":
            module = "builtins"
        if module != "builtins":
            return EMPTY if dotted.startswith("builtins.") else only(atom)
        if name in APPLIED or (name in KEYED and "key" in named):
            return self._applied(name, positional, named, site)
        if name == "super":
            return self._super(positional)
        if name == "getattr" and len(positional) > 1:
            return self._computed(positional, site.line)
        if name == "next" and positional:
            found = EMPTY
            for value in positional[0]:
                found |= self._flow.implicit(value, "__next__", site.line) if value[0] == "o" else EMPTY
            return found | self._flow.iterate(frozenset(v for v in positional[0] if v[0] in "gl"), site.line)
        if name == "type" and len(positional) == 1:
            return frozenset(("c", value[1]) for value in positional[0] if value[0] == "o")
        if name in PASSED_ON and positional:
            return self._flow.containers.derived(site, self._flow.iterate(positional[0], site.line))
        if name in ("enumerate", "zip"):
            return self._flow.containers.rows(
                site, name, [self._flow.iterate(values, site.line) for values in positional]
            )
        if name == "dict" and positional:
            return positional[0]
        if name in ("str", "repr", "format"):
            return only(("K", "str"))
        if name == "open":
            return only(atom)
        return EMPTY

    def _applied(self, name: str, positional: list[Values], named: Mapping[str, Values], site: Site) -> Values:
        """map, filter, reduce and sorted(key=) call what they are given."""
        callables, elements = EMPTY, EMPTY
        for values in [*positional, *([named["key"]] if "key" in named else [])]:
            callables |= frozenset(atom for atom in values if atom[0] in "fmc")
            elements |= self._flow.iterate(frozenset(atom for atom in values if atom[0] in "lgo"), site.line)
        result = EMPTY
        if callables:
            at = ("applied", name, site.line)
            result = self._flow.call(callables, [elements] * (2 if name == "reduce" else 1), {}, site.line, "", at)
        if name == "reduce" or name in ("min", "max"):
            return result if name == "reduce" else elements
        return self._flow.containers.derived(site, result if name == "map" else elements)

    def _super(self, positional: list[Values]) -> Values:
        if len(positional) >= 2:
            return frozenset(
                ("S", cls[1], receiver)
                for cls in positional[0] if cls[0] == "c"
                for receiver in positional[1] if receiver[0] in "oc"
            )  # fmt: skip
        body: Body | None = self._flow.body
        while body is not None and body.owner is None:
            body = body.parent
        if body is None or body.owner is None or not body.parameters:
            return UNKNOWN_SET
        own = body.owner.index
        receivers = body.cells[body.parameters[0][0]].read(self._flow.body.index)
        return frozenset(("S", own, receiver) for receiver in receivers if receiver[0] in "oc")

    def _computed(self, positional: list[Values], line: int) -> Values:
        """getattr(value, "name"[, default])."""
        names = [atom[1] for atom in positional[1] if atom[0] == "k"]
        if not names or len(names) != len(positional[1]):
            return UNKNOWN_SET
        found = positional[2] if len(positional) > 2 else EMPTY
        for atom in positional[0]:
            for name in names:
                found |= self._flow.attributes.attribute(atom, str(name), line)
        return found
