"""Two answers to each recorded request in, one comparison each out: by meaning, then by named masks, never by looking away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from agent.domain.extraction import Answer, Comparison, RecordedRequest
from agent.extraction.masks import mask
from agent.extraction.meaning import body_meaning, header_meanings

__all__ = ["compare"]

_MOST_PLACES = 12
_LONGEST = 300


def compare(
    requests: Sequence[RecordedRequest], ours: Iterable[Answer], theirs: Iterable[Answer]
) -> tuple[Comparison, ...]:
    """``ours`` is the monolith's side, ``theirs`` the one that is judged; one comparison for each of ``requests``.

    A request whose answer is missing is not replayable. Only when both sides give the recorded status was anything shown.
    """
    left = {one.request: one for one in ours}
    right = {one.request: one for one in theirs}
    return tuple(_compare(one, left.get(one.number), right.get(one.number)) for one in requests)


def _compare(request: RecordedRequest, ours: Answer | None, theirs: Answer | None) -> Comparison:
    number = request.number
    if request.cannot:
        return Comparison(request=number, verdict="not replayable", cause=request.cannot)
    if ours is None or not ours.status:
        return Comparison(request=number, verdict="not replayable", cause=_cause(ours, request))
    if ours.status != request.status:
        cause = f"answered {ours.status} where {request.status} was recorded{_blame(request, ours)}"
        return Comparison(request=number, verdict="vacuous", cause=cause)
    if theirs is None or not theirs.status:
        why = _short(theirs.trouble) if theirs else "it was not asked"
        return Comparison(request=number, verdict="different", where=(f"no answer: {why}",))
    masks: dict[str, int] = {}
    places = tuple(_differences(ours, theirs, masks))
    if places:
        return Comparison(request=number, verdict="different", where=places[:_MOST_PLACES])
    if masks:
        return Comparison(request=number, verdict="masked", masks=tuple(sorted(masks.items())))
    return Comparison(request=number, verdict="identical")


def _cause(answer: Answer | None, request: RecordedRequest) -> str:
    said = _said(answer.trouble) if answer else "it was not asked"
    return said + _blame(request, answer)


def _said(trouble: str) -> str:
    """What a trouble comes down to: of a traceback, its last line."""
    text = trouble.strip()
    return _short(text.rpartition("\n")[2] if text.startswith("Traceback ") else text)


def _blame(request: RecordedRequest, answer: Answer | None) -> str:
    """What is likely to be the reason, from what the test had put in place."""
    if request.replaced:
        return f"; the test replaces {', '.join(request.replaced[:4])}"
    if answer is not None and answer.calls:
        return "; it calls another host, and there is none in the sandbox"
    return ""


def _differences(ours: Answer, theirs: Answer, masks: dict[str, int]) -> Iterator[str]:
    if ours.status != theirs.status:
        error = theirs.traceback.strip().rpartition("\n")[2]
        yield f"status {ours.status} and {theirs.status}" + (f": {_short(error)}" if error else "")
    yield from _named("header", header_meanings(ours), header_meanings(theirs), masks)
    if ours.body != theirs.body or _kind(ours) != _kind(theirs):
        yield from _texts("body", body_meaning(ours), body_meaning(theirs), masks)
    yield from _named("cell", _cells(ours), _cells(theirs), masks)
    mail = [[f"{one.sender} to {', '.join(one.to)}\n{one.text}" for one in side.mail] for side in (ours, theirs)]
    yield from _texts("mail", "\n\n".join(mail[0]), "\n\n".join(mail[1]), masks)
    yield from _named("file", dict(ours.files), dict(theirs.files), masks)
    if sorted(ours.calls) != sorted(theirs.calls):
        yield f"calls to {', '.join(ours.calls) or 'nobody'} and to {', '.join(theirs.calls) or 'nobody'}"


def _kind(answer: Answer) -> str:
    return next((value for name, value in answer.headers if name.lower() == "content-type"), "")


def _cells(answer: Answer) -> Mapping[str, str]:
    return {
        f"{one.database} {one.table} [{one.row}] {one.column}": f"{one.before} -> {one.after}" for one in answer.changes
    }


def _named(what: str, ours: Mapping[str, str], theirs: Mapping[str, str], masks: dict[str, int]) -> Iterator[str]:
    for name in sorted(set(ours) | set(theirs)):
        if name not in ours or name not in theirs:
            side = "monolith" if name in ours else "other side"
            yield f"{what} {_short(name)}: only of the {side}: {_short(ours.get(name, theirs.get(name, '')))}"
        else:
            yield from _texts(f"{what} {_short(name)}", ours[name], theirs[name], masks)


def _texts(what: str, ours: str, theirs: str, masks: dict[str, int]) -> Iterator[str]:
    if ours == theirs:
        return
    one, counted = mask(ours)
    other, counted_there = mask(theirs)
    if one == other:
        for name in sorted(set(counted) | set(counted_there)):
            masks[name] = masks.get(name, 0) + 1
        return
    yield f"{what}: {_first_difference(one, other)}"


def _first_difference(ours: str, theirs: str) -> str:
    left, right = ours.split("\n"), theirs.split("\n")
    for one, other in zip(left, right, strict=False):
        if one != other:
            at = next(
                (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
            )
            start = max(0, at - 40)
            return f"{_short(one[start:])!r} and {_short(other[start:])!r}"
    return f"{len(left)} and {len(right)} lines"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
