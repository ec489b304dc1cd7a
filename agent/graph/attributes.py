"""What ``.name`` of a value may hold while calls are followed: classes, their order of resolution, instances, modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agent.domain.facts import FileFacts
from agent.graph.bodies import ClassInfo
from agent.graph.values import EMPTY, UNKNOWN, UNKNOWN_SET, Atom, Cell, Values, only
from agent.languages import python_flow as flow

if TYPE_CHECKING:
    from agent.graph.dataflow import Dataflow
    from agent.ports import Project

__all__ = ["Attributes"]

MAX_DOTS = 6  # lib.a.b.c.d.e.f: what comes after that is the same thing
MAX_LINEAGE = 60  # base classes above this many generations are not looked at
Code = Any


class Attributes:
    """The attribute side of a `Dataflow`."""

    def __init__(self, analysis: Dataflow, facts: Mapping[str, FileFacts], project: Project) -> None:
        self._flow = analysis
        self._classes: list[ClassInfo] = []
        self._orders: dict[int, tuple[Atom, ...]] = {}
        self._below: dict[int, set[int]] = {}  # class -> classes whose resolution order it is in
        self._homes: dict[tuple[int, str], Atom | None] = {}
        self._assigned: dict[str, set[int]] = {}  # attribute -> classes on which, or on whose instances, it is assigned
        self._fields = _fields(facts, project)
        self._order_cells: list[Cell] = []  # touched when a class's order changes
        self._name_cells: dict[str, Cell] = {}  # touched when an attribute is first assigned on another class
        # Both hold as long as no class's order changes.
        self._members: dict[int, frozenset[int]] = {}  # class -> the classes in its order
        self._places: dict[tuple[int, str], tuple[Cell, ...]] = {}  # cells of an attribute along a class's order

    def new_class(self, symbol: str, names: frozenset[str]) -> ClassInfo:
        """Enter a class; what its methods assign to ``self`` is known from the facts."""
        info = ClassInfo(len(self._classes), symbol, names)
        self._classes.append(info)
        self._order_cells.append(self._flow.cells.cell(("B", info.index)))
        for attribute in self._fields.get(symbol, ()):
            self._assigned.setdefault(attribute, set()).add(info.index)
        return info

    def attribute(self, atom: Atom, name: str, line: int) -> Values:
        """What ``.name`` of a value may hold; a property is called on the way."""
        sort = atom[0]
        if sort == "o":
            return self._of_instance(atom, name, line)
        if sort == "c":
            return self._of_class(atom, name)
        if sort == "M":
            return self._of_module(atom[1], name)
        if sort == "x":
            dotted = atom[1]
            return only(atom if dotted.count(".") >= MAX_DOTS else ("x", f"{dotted}.{name}"))
        if sort == "l":
            return only(("b", atom[1], name))
        if sort in ("k", "K"):
            kind = atom[1] if sort == "K" else type(atom[1]).__name__
            return only(("x", f"builtins.{kind}.{name}"))
        if sort == "S":
            order = self.order(atom[2][1])
            start = next((n for n, base in enumerate(order) if base == ("c", atom[1])), -1)
            return self.through(order[start + 1 :], atom[2], name, line)
        if sort == "f":
            return self._flow.read(("t", atom[1], name))
        return UNKNOWN_SET if atom == UNKNOWN else EMPTY

    def assign(self, atom: Atom, name: str, values: Values) -> None:
        """``atom.name = values``."""
        sort = atom[0]
        if sort in ("o", "c"):
            assigned = self._assigned.setdefault(name, set())
            if not any(base[1] in assigned for base in self.order(atom[1]) if base[0] == "c"):
                assigned.add(atom[1])
                self._flow.cells.touch(("I", name))
            self._flow.cells.add(("i" if sort == "o" else "d", atom[1], name), values)
        elif sort == "M":
            self._flow.cells.add(("v", atom[1], name), values)
        elif sort == "f":
            self._flow.cells.add(("t", atom[1], name), values)

    def _of_instance(self, atom: Atom, name: str, line: int) -> Values:
        if name == "__class__":
            return only(("c", atom[1]))
        order = self.order(atom[1])
        found = self._assigned_to(order, name, instances=True)
        inherited = self.through(order, atom, name, line)
        # A library's base class may have any attribute; one that is assigned here is the one that is meant.
        return found if found and _is_foreign(inherited) else found | inherited

    def _of_class(self, atom: Atom, name: str) -> Values:
        order = self.order(atom[1])
        found = self._assigned_to(order, name, instances=False)
        inherited = self.through(order, atom, name, 0)
        return found if found and _is_foreign(inherited) else found | inherited

    def _assigned_to(self, order: Sequence[Atom], name: str, *, instances: bool) -> Values:
        """What is assigned to the attribute from outside the class body: of the class, and of ``instances``."""
        reader = self._flow.body.index
        cell = self._name_cells.get(name)
        if cell is None:
            cell = self._name_cells[name] = self._flow.cells.cell(("I", name))
        cell.read(reader)
        places = self._assigned.get(name)
        if not places:
            return EMPTY
        index = order[0][1]
        whole = self._orders.get(index) is order
        members = self._members.get(index) if whole else None
        if members is None:
            members = frozenset(base[1] for base in order if base[0] == "c")
            if whole:
                self._members[index] = members
        if members.isdisjoint(places):
            return EMPTY
        cells = self._places.get((index, name)) if whole else None
        if cells is None:
            by_key = self._flow.cells.cell
            cells = tuple(by_key((sort, base[1], name)) for sort in ("d", "i") for base in order if base[0] == "c")
            if whole:
                self._places[index, name] = cells
        found = EMPTY
        for cell in cells if instances else cells[: len(cells) // 2]:
            values = cell.read(reader)
            if values:
                found = found | values if found else values
        return found

    def through(self, order: Sequence[Atom], receiver: Atom, name: str, line: int) -> Values:
        """The attribute that a class body defines, by method resolution order, bound to the receiver."""
        home = self._home(order, name)
        if home is None:
            return EMPTY
        if home[0] == "c":
            return self._bound(self._flow.read(("a", home[1], name)), receiver, line)
        return only(("x", f"{home[1]}.{name}")) if home[0] == "x" else UNKNOWN_SET

    def _home(self, order: Sequence[Atom], name: str) -> Atom | None:
        """The class whose body defines the name; else the first base that is not in the repository."""
        whole = order[0][1] if order and order[0][0] == "c" and self._orders.get(order[0][1]) is order else None
        if whole is not None and (whole, name) in self._homes:
            return self._homes[whole, name]
        foreign: Atom | None = None
        home: Atom | None = None
        for base in order:
            if base[0] != "c":
                if foreign is None and base != ("x", "builtins.object"):
                    foreign = base
            elif name in self._classes[base[1]].names:
                home = base
                break
        home = home or foreign
        if whole is not None:
            self._homes[whole, name] = home
        return home

    def _bound(self, values: Values, receiver: Atom, line: int) -> Values:
        found = []
        for atom in values:
            if atom[0] != "f":
                found.append(atom)
                continue
            kind = self._flow.bodies[atom[1]].kind
            if kind == "static":
                found.append(atom)
            elif kind == "class":
                found.append(("m", atom[1], ("c", receiver[1])))
            elif receiver[0] == "c":
                found.append(atom)
            elif kind == "property":
                method = only(("m", atom[1], receiver))
                found.extend(self._flow.call(method, [], {}, line, "", (line, "property", atom[1])))
            else:
                found.append(("m", atom[1], receiver))
        return frozenset(found)

    def _of_module(self, module: str, name: str) -> Values:
        inner = f"{module}.{name}"
        found = only(("M", inner)) if inner in self._flow.module_ids else EMPTY
        body = self._flow.modules.get(module)
        if body is not None and (name in body.names or not found):
            found |= self._flow.global_name(module, name, 1)
        return found or UNKNOWN_SET

    def order(self, index: int, generation: int = 0) -> tuple[Atom, ...]:
        """Method resolution order of a class; told again when its bases become known."""
        self._order_cells[index].read(self._flow.body.index)
        order = self._orders.get(index)
        if order is None and generation > MAX_LINEAGE:
            return (("c", index),)
        if order is None:
            self._orders[index] = (("c", index),)  # for a class that inherits from itself
            order = self._orders[index] = _linearize(
                ("c", index), self._classes[index].bases, lambda atom: self.order(atom[1], generation + 1)
            )
            for base in order:
                if base[0] == "c":
                    self._below.setdefault(base[1], set()).add(index)
        return order

    def set_bases(self, info: ClassInfo, expressions: Sequence[Code]) -> None:
        """The base classes as far as they are known by now; who asked for the order is told when that changes."""
        bases: list[Atom] = []
        for expression in expressions:
            values = self._flow.value(expression)
            if expression is not None and expression[0] == flow.CALL and not any(a[0] == "c" for a in values):
                # with_metaclass(Meta, Base): the classes among the arguments are bases too
                for argument in expression[2]:
                    values |= frozenset(a for a in self._flow.value(argument) if a[0] == "c")
            classes = sorted(a for a in values if a[0] in ("c", "x"))
            bases.extend(classes[:1] if len(classes) <= 1 else [a for a in classes if a[0] == "c"] or classes[:1])
            if not classes and UNKNOWN in values:
                bases.append(UNKNOWN)
        found = tuple(base for base in dict.fromkeys(bases) if base != ("c", info.index))
        if found != info.bases:
            info.bases = found
            below = self._below.pop(info.index, None)
            if below:
                self._homes.clear()
                self._members.clear()
                self._places.clear()
            for index in below or ():
                self._orders.pop(index, None)
                self._flow.cells.touch(("B", index))


def _fields(facts: Mapping[str, FileFacts], project: Project) -> dict[str, set[str]]:
    """Class -> the attributes that its body and its methods assign."""
    modules = project.modules()
    found: dict[str, set[str]] = {}
    for path, file in facts.items():
        types = {definition.name for definition in file.definitions if definition.kind != "function"}
        for binding in file.bindings:
            if binding.scope in types:
                found.setdefault(f"{modules.get(path, path)}.{binding.scope}", set()).add(binding.name)
    return found


def _is_foreign(values: Values) -> bool:
    return all(atom[0] == "x" or atom == UNKNOWN for atom in values)


def _linearize(start: Atom, bases: Sequence[Atom], order_of: Callable[[Atom], tuple[Atom, ...]]) -> tuple[Atom, ...]:
    """C3; where the bases cannot be put in such an order, each base followed by its own."""
    if len(bases) == 1:
        line = order_of(bases[0]) if bases[0][0] == "c" else (bases[0],)
        return (start, *(base for base in line if base != start))[:MAX_LINEAGE]
    lines = [list(order_of(base)) if base[0] == "c" else [base] for base in bases]
    lines.append(list(bases))
    whole = [start]
    while any(lines) and len(whole) < MAX_LINEAGE:
        lines = [line for line in lines if line]
        head = next((line[0] for line in lines if not any(line[0] in other[1:] for other in lines)), lines[0][0])
        whole.append(head)
        lines = [[base for base in line if base != head] for line in lines]
    return tuple(dict.fromkeys(whole))[:MAX_LINEAGE]
