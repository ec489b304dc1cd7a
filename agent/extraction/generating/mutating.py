"""Recorded requests with something else in them: other values of each parameter, other combinations, methods and snapshots."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from agent.domain.extraction import RecordedRequest
from agent.extraction.generating.known import Candidate, Known, interleaved
from agent.extraction.generating.parts import Asked, Parameter, with_header
from agent.extraction.generating.values import Value, edges

__all__ = ["combinations", "elsewhere", "mutations", "other_methods"]

_MOST_COMBINATIONS = 24  # of one request
_MOST_PLACES = 6  # that a request is moved to
_METHODS = ("HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "GET")


def mutations(known: Known) -> Iterator[Candidate]:
    """One parameter at a time, of one request of each shape that a route met."""
    for base, asked, changed, how in interleaved(
        interleaved(_of_request(known, base) for base in bases) for bases in known.bases.values()
    ):
        found = known.candidate(changed, base, how)
        if found is not None and changed != asked:
            yield found


def _of_request(known: Known, base: RecordedRequest) -> Iterator[tuple[RecordedRequest, Asked, Asked, str]]:
    asked = known.apart(base)
    parameters = [one for one in known.parameters(base, asked) if not one.closed]
    for parameter, changed, how in interleaved(_of_parameter(known, asked, one) for one in parameters):
        yield base, asked, changed, f"{parameter.place} {parameter.name}: {how}"


def _of_parameter(known: Known, asked: Asked, parameter: Parameter) -> Iterator[tuple[Parameter, Asked, str]]:
    for how, value in values_of(known, parameter):
        yield parameter, asked.with_value(parameter, value), how
    if parameter.place == "path":
        return
    yield parameter, asked.without(parameter), "missing"
    if parameter.place != "json":
        yield parameter, asked.with_more(parameter.place, parameter.name, str(parameter.value)), "twice"


def values_of(known: Known, parameter: Parameter) -> Iterator[Value]:
    """Each once: from the tables, of other requests, the edges of its kind, then what stands in the code, in turn."""
    given = _text(parameter.value)
    seen = [("a value of another request", one) for one in known.seen.get(parameter.name, ()) if one != given]
    words = [("a value in the code", one) for one in _shuffled(known.words, f"{known.seed} {parameter.name}")]
    pooled = known.pool.like(parameter.name, parameter.value)
    found: set[str] = {given}
    for how, value in interleaved((pooled, edges(parameter.value), iter(seen[:12]), iter(words[:12]))):
        key = f"{type(value).__name__ if parameter.place == 'json' else ''}{_text(value)}"
        if key not in found and not (value is None and parameter.place != "json"):
            found.add(key)
            yield how, _kind_of(parameter, value)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _kind_of(parameter: Parameter, value: Any) -> Any:
    """In JSON a number stays a number."""
    if (
        parameter.place == "json"
        and type(parameter.value) is int
        and isinstance(value, str)
        and value.lstrip("-").isdigit()
    ):
        return int(value[:15])
    return value


def _shuffled(values: Sequence[str], seed: str) -> list[str]:
    found = list(values)
    random.Random(seed).shuffle(found)  # noqa: S311 - the same for each seed
    return found


def combinations(known: Known) -> Iterator[Candidate]:
    """Several parameters at a time, parameters of the route's other requests, and more of them."""
    return interleaved(_combined(known, base) for bases in known.bases.values() for base in bases)


def _combined(known: Known, base: RecordedRequest) -> Iterator[Candidate]:
    chance = random.Random(f"{known.seed} {base.number}")  # noqa: S311 - the same for each seed
    asked = known.apart(base)
    yield from _with_foreign(known, base, asked)
    for _ in range(_MOST_COMBINATIONS):
        changed, names = asked, []
        for _ in range(chance.choice((2, 2, 3))):
            able = [one for one in known.parameters(base, changed) if not one.closed and one.name not in names]
            if not able:
                break
            parameter = chance.choice(able)
            values = [value for _, (_, value) in zip(range(20), values_of(known, parameter), strict=False)]
            if values:
                changed = changed.with_value(parameter, chance.choice(values))
                names.append(parameter.name)
        if len(names) > 1:
            found = known.candidate(changed, base, f"together: {', '.join(sorted(names))}")
            if found is not None:
                yield found


def _with_foreign(known: Known, base: RecordedRequest, asked: Asked) -> Iterator[Candidate]:
    """With the parameters that the same route had at other requests, and which this one lacks."""
    mine = {(one.place, one.name) for one in known.parameters(base, asked)}
    for other in known.own:
        if other.route != base.route or other is base:
            continue
        for parameter in known.parameters(other, known.apart(other)):
            key = (parameter.place, parameter.name)
            if parameter.place == "path" or parameter.closed or key in mine:
                continue
            mine.add(key)
            more = asked.with_more(parameter.place, parameter.name, parameter.value)
            found = known.candidate(more, base, f"with {parameter.place} {parameter.name} of another request")
            if found is not None:
                yield found


def other_methods(known: Known) -> Iterator[Candidate]:
    """The same address asked otherwise; a method that the table gives to nobody is not the service's."""
    for bases in known.bases.values():
        base = bases[0]
        asked = known.apart(base)
        for method in _METHODS:
            if method != base.method:
                plain = Asked(method, asked.path, asked.query)
                kept = plain if method in ("HEAD", "OPTIONS", "GET") else _retold(asked, method)
                found = known.candidate(kept, base, f"method {method}")
                if found is not None:
                    yield found


def _retold(asked: Asked, method: str) -> Asked:
    return Asked(method, asked.path, asked.query, asked.kind, asked.form, asked.files, asked.json, asked.body)


def elsewhere(known: Known) -> Iterator[Candidate]:
    """What a route was asked, asked in a state and session of the recording that it has not met; and without a session."""
    return interleaved(_moved(known, base) for bases in known.bases.values() for base in bases[:3])


def _moved(known: Known, base: RecordedRequest) -> Iterator[Candidate]:
    asked = known.apart(base)
    met = {(one.databases, identity(one)) for one in known.own if one.route == base.route}
    if identity(base):
        alone = known.candidate(asked, without_session(base), "without a session")
        if alone is not None:
            yield alone
    places: dict[tuple[object, ...], RecordedRequest] = {}
    for other in known.everybody:
        key = (other.databases, identity(other))
        if other.application == base.application and key not in met and not other.cannot:
            places.setdefault(key, other)
    for other in _shuffled_requests(list(places.values()), f"{known.seed} {base.number}")[:_MOST_PLACES]:
        found = known.candidate(asked, surroundings(other, base), f"in the state of request {other.number}")
        if found is not None:
            yield found


def _shuffled_requests(found: list[RecordedRequest], seed: str) -> list[RecordedRequest]:
    random.Random(seed).shuffle(found)  # noqa: S311 - the same for each seed
    return found


def identity(request: RecordedRequest) -> tuple[tuple[str, str], ...]:
    """Who asks: cookies, authorization, and what the gateway says of the user."""
    found = [(name, value) for name, value in request.headers if name.lower() in ("cookie", "authorization")]
    return tuple(found + [(name, value) for name, value in request.variables if name == "REMOTE_USER"])


def without_session(request: RecordedRequest) -> RecordedRequest:
    """Nobody asks it."""
    headers = with_header(with_header(request.headers, "Cookie", ""), "Authorization", "")
    variables = tuple(one for one in request.variables if one[0] != "REMOTE_USER")
    return request.model_copy(update={"headers": headers, "variables": variables})


def surroundings(other: RecordedRequest, base: RecordedRequest) -> RecordedRequest:
    """The state and session of ``other``, with the headers of ``base`` that say what is asked."""
    content = next((value for name, value in base.headers if name.lower() == "content-type"), "")
    accept = [one for one in base.headers if one[0].lower() in ("accept", "x-requested-with", "hx-request")]
    headers = with_header(other.headers, "Content-Type", content)
    for name, value in accept:
        headers = with_header(headers, name, value)
    return other.model_copy(update={"headers": headers})
