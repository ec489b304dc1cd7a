"""Concepts that several services work with: each side may need a model of its own (bounded-context candidates)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.boundaries.call_trees import CONSTRUCTORS, TYPES, CallTrees
from agent.boundaries.ownership import evidence_of
from agent.domain.bill import Concept, ConceptUse
from agent.domain.boundary import SHARED, TableOwnership
from agent.domain.code import Dependency
from agent.domain.inventory import Location

__all__ = ["find_concepts"]

SUBSTANTIAL = 3  # places, below which a service only passes it on
CARRIER = 3  # accessors that make a type one that carries data
MOST = 20
MEMBERS = 12
SHOWN = 3


@dataclass
class Uses:
    """What one service does with one concept."""

    reads: list[Dependency] = field(default_factory=list)
    writes: list[Dependency] = field(default_factory=list)
    calls: list[Dependency] = field(default_factory=list)
    members: set[str] = field(default_factory=set)

    @property
    def weight(self) -> int:
        return len(self.reads) + len(self.writes) + len(self.calls)


def find_concepts(trees: CallTrees, tables: Sequence[TableOwnership]) -> tuple[Concept, ...]:
    """Those of which two services make substantial use, by what the second of them does with it."""
    types = _types(trees)
    uses: dict[str, dict[str, Uses]] = defaultdict(lambda: defaultdict(Uses))
    for unit, accessed in trees.system.access.items():
        service = trees.homes.get(unit, SHARED)
        for table, edges in accessed.items():
            uses[table][service].reads += [e for e in edges if e.kind == "read"]
            uses[table][service].writes += [e for e in edges if e.kind == "write"]
    for edge in trees.graph.dependencies:
        if edge.kind == "call" and trees.graph.by_id[edge.source].role == "code":
            _note_call(edge, trees, types, uses)
    owners = {f"table:{t.table}": t.owner for t in tables}
    members: dict[str, list[str]] = defaultdict(list)
    for kind, concept in sorted(types.items()):
        members[concept].append(kind)
    found = [
        _concept(key, sides, members[key], owners, trees)
        for key, sides in sorted(uses.items())
        if sum(s != SHARED and u.weight >= SUBSTANTIAL for s, u in sides.items()) > 1
    ]
    return tuple(sorted(found, key=lambda c: (-_second(c), c.name, c.table))[:MOST])


def _types(trees: CallTrees) -> dict[str, str]:
    """Type -> the table whose rows it holds, else the type itself when it carries data."""
    declared = {
        e.source: t
        for unit in trees.system.access.values()
        for t, edges in unit.items()
        for e in edges
        if e.kind == "declare"
    }
    found: dict[str, str] = {}
    for symbol in trees.graph.symbols:
        if symbol.kind not in TYPES or symbol.role != "code":
            continue
        functions = [trees.graph.by_id[m] for m in trees.graph.members.get(symbol.id, ())]
        plain = [f for f in functions if f.name not in CONSTRUCTORS]
        table = declared.get(symbol.id) or trees.system.row_types.get(symbol.id)
        carried = sum(trees.is_accessor(f) for f in plain)
        if table:
            found[symbol.id] = table
        elif carried >= CARRIER and 2 * carried > len(plain) and trees.home(symbol.id) != SHARED:
            found[symbol.id] = symbol.id
    return found


def _note_call(
    edge: Dependency, trees: CallTrees, types: Mapping[str, str], uses: Mapping[str, Mapping[str, Uses]]
) -> None:
    target = trees.graph.by_id[edge.target]
    kind = target.id if target.kind in TYPES else target.container
    if kind not in types or trees.graph.unit_of(edge.source) == trees.graph.unit_of(kind):
        return
    if trees.graph.by_id[edge.source].kind in ("template", "route"):
        return
    found = uses[types[kind]][trees.home(edge.source)]
    found.calls.append(edge)
    if target.kind == "function" and target.name not in CONSTRUCTORS:
        found.members.add(_field(target.name))


def _field(member: str) -> str:
    """``getTotal`` and ``setTotal`` are the field total."""
    for verb in ("get", "set", "is"):
        rest = member.removeprefix(verb)
        if rest != member and rest[:1].isupper():
            return rest[0].lower() + rest[1:]
    return member


def _concept(
    key: str, sides: Mapping[str, Uses], types: Sequence[str], owners: Mapping[str, str], trees: CallTrees
) -> Concept:
    table = key.removeprefix("table:") if key.startswith("table:") else ""
    home = owners.get(key, "") if table else trees.home(key)
    kept = [s for s, u in sides.items() if s != SHARED and u.weight >= SUBSTANTIAL]
    ranked = sorted(kept, key=lambda s: (s != home, -sides[s].weight, s))
    name = trees.graph.by_id[types[0]].name if types else table
    place = trees.graph.by_id[types[0] if types else key]
    used = tuple(_use(s, sides[s]) for s in ranked)
    return Concept(
        name=name,
        table=table,
        types=tuple(types),
        home=home,
        location=Location(path=place.path, line=place.line),
        uses=used,
        advice=_advice(name, home, used),
    )


def _use(service: str, used: Uses) -> ConceptUse:
    edges = sorted(
        (*used.writes, *used.reads, *used.calls), key=lambda e: (e.kind != "write", e.resolution, e.path, e.line)
    )
    verbs = {"write": "writes", "read": "reads", "call": "calls"}
    return ConceptUse(
        service=service,
        reads=len(used.reads),
        writes=len(used.writes),
        calls=len(used.calls),
        members=tuple(sorted(used.members)[:MEMBERS]),
        evidence=tuple(
            evidence_of(e, f"{e.source} {verbs[e.kind]} {e.target.removeprefix('table:')}") for e in edges[:SHOWN]
        ),
    )


def _advice(name: str, home: str, uses: Sequence[ConceptUse]) -> str:
    sides = []
    for use in (u for u in uses if u.service != home):
        more = " and more" if len(use.members) > 4 else ""
        named = ", ".join(use.members[:4]) + more
        touched = use.reads + use.writes  # which columns is not known
        if named and not touched:
            sides.append(f"{use.service} only {named}")
        else:
            among = f", among it {named}" if named else ""
            sides.append(f"{use.service} what its {touched + use.calls} places use{among}")
    keeper = f"{home or 'one service'} keeps {name}"
    return f"{keeper}; each other side gets a model of its own, tied by the key: {'; '.join(sides)}"


def _second(concept: Concept) -> int:
    return sorted((u.reads + u.writes + u.calls for u in concept.uses), reverse=True)[1]
