"""What is known when requests are generated: recorded requests and their bodies, the framework's table, values; and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from agent.domain.extraction import RecordedRequest
from agent.extraction.generating.parts import Asked, Parameter, put_together, take_apart
from agent.extraction.generating.tables import Row, Table
from agent.extraction.generating.values import Pool

__all__ = ["Candidate", "Known", "interleaved", "settled", "shape_of"]

_MOST_TARGET = 4_000
_T = TypeVar("_T")


@dataclass(frozen=True)
class Candidate:
    """A request that nobody made: ``request`` has no number and no status yet. ``how`` it came to be, and from which request."""

    request: RecordedRequest
    body: bytes
    how: str
    base: int

    @property
    def key(self) -> tuple[object, ...]:
        """Two of the same are one."""
        one = self.request
        return (one.application, one.method, one.target, one.headers, self.body, one.state, one.databases, one.clock)


@dataclass(frozen=True)
class Known:
    """``own``: recorded requests of the service, ``everybody`` those of all; ``words`` stand in the service's source."""

    own: Sequence[RecordedRequest]
    everybody: Sequence[RecordedRequest]
    read: Callable[[str], bytes]
    table: Table
    pool: Pool = field(default_factory=Pool)
    words: Sequence[str] = ()
    seed: int = 0

    def apart(self, request: RecordedRequest) -> Asked:
        return take_apart(request, self.read(request.body))

    def parameters(self, request: RecordedRequest, asked: Asked) -> tuple[Parameter, ...]:
        row = self.table.find(request.method, request.target)
        path = request.target.partition("?")[0]
        return asked.parameters(row.variable(path) if row is not None else ())

    @cached_property
    def bases(self) -> Mapping[str, Sequence[RecordedRequest]]:
        """By route, one request of each shape (method, parameters' names, status), in the recording's order."""
        found: dict[str, dict[tuple[object, ...], RecordedRequest]] = {}
        for one in self.own:
            found.setdefault(f"{one.method} {one.route}", {}).setdefault(shape_of(one, self.apart(one)), one)
        return {route: tuple(shapes.values()) for route, shapes in sorted(found.items())}

    @cached_property
    def seen(self) -> Mapping[str, Sequence[str]]:
        """Values that a parameter of this name had in any recorded request."""
        found: dict[str, dict[str, None]] = {}
        for one in self.everybody:
            for parameter in self.parameters(one, self.apart(one)):
                if isinstance(parameter.value, (str, int)) and not parameter.closed:
                    found.setdefault(parameter.name, {})[str(parameter.value)[:400]] = None
        return {name: tuple(values) for name, values in found.items()}

    @cached_property
    def names(self) -> Mapping[Row, str]:
        """How the recorded requests call the row's route."""
        found: dict[Row, str] = {}
        for one in self.everybody:
            row = self.table.find(one.method, one.target)
            if row is not None and one.route:
                found.setdefault(row, one.route)
        return found

    def candidate(self, asked: Asked, base: RecordedRequest, how: str) -> Candidate | None:
        """As a request of the service, in the state that ``base`` met; None when the facade would not give it to the service."""
        request, body = put_together(asked, base)
        row = self.table.find(request.method, request.target)
        if row is None or not row.own or len(request.target) > _MOST_TARGET:
            return None
        update = {
            "number": 0, "test": f"generated beside {base.test}", "route": self.names.get(row, row.pattern),
            "handler": row.handler, "handler_path": row.path, "status": 0, "after": (), "answer_headers": (),
            "answer_body": "", "trouble": "", "replaced": (), "cannot": base.cannot,
        }  # fmt: skip
        return Candidate(request.model_copy(update=update), body, how, base.number)


def settled(requests: Sequence[RecordedRequest]) -> tuple[RecordedRequest, ...]:
    """Those that touched no database with the one that their test had just then: what is made of them may touch it."""
    found = list(requests)
    for step in (1, -1):
        held: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
        for number in range(len(found))[::step]:
            one = found[number]
            key = (one.application, one.test)
            if not one.databases and key in held:
                found[number] = one.model_copy(update={"databases": held[key], "after": held[key]})
            elif one.databases:
                held[key] = (one.after or one.databases) if step > 0 else one.databases
    return tuple(found)


def shape_of(request: RecordedRequest, asked: Asked) -> tuple[object, ...]:
    """What tells one way of asking a route from another."""
    names = sorted({(one.place, one.name) for one in asked.parameters()})
    return (request.method, request.route, request.status, asked.kind, tuple(names))


def interleaved(sources: Iterable[Iterable[_T]]) -> Iterator[_T]:
    """One of each in turn, until all have ended."""
    waiting = [iter(one) for one in sources]
    nothing = object()
    while waiting:
        left = []
        for one in waiting:
            found = next(one, nothing)
            if found is not nothing:
                left.append(one)
                yield found  # type: ignore[misc]
        waiting = left
