"""The decision table, row by row and as a whole."""

from __future__ import annotations

import itertools

import pytest

from agent.delivery.deciding import TABLE, Facts, decide

CASES = [
    (Facts(), "open"),
    (Facts(branch=True), "open"),
    (Facts(wanted=False), "wait"),
    (Facts(wanted=False, request="open", branch=True), "keep"),
    (Facts(request="merged", repeated=True), "done"),
    (Facts(request="merged", repeated=True, branch=True, foreign=True), "done"),
    (Facts(request="merged"), "open"),
    (Facts(request="merged", repeated=True, asked=True), "open"),
    (Facts(request="closed"), "refused"),
    (Facts(request="closed", branch=True, foreign=True), "refused"),
    (Facts(request="closed", asked=True), "open"),
    (Facts(request="closed", asked=True, room=False), "open"),
    (Facts(request="open", branch=True, foreign=True), "leave"),
    (Facts(branch=True, foreign=True), "leave"),
    (Facts(branch=True, foreign=True, asked=True), "leave"),
    (Facts(request="open", branch=True, foreign=True, reviewed=True, in_base=True), "leave"),
    (Facts(blocked="it needs plan"), "wait"),
    (Facts(in_base=True), "done"),
    (Facts(in_base=True, request="open", branch=True), "done"),
    (Facts(conflicts=("a.py",)), "conflict"),
    (Facts(conflicts=("a.py",), request="open", branch=True, reviewed=True), "conflict"),
    (Facts(request="open", branch=True, same=True), "keep"),
    (Facts(request="open", branch=True, same=True, reviewed=True), "keep"),
    (Facts(request="open", branch=True, same=True, room=False), "keep"),
    (Facts(request="open", branch=True, reviewed=True), "append"),
    (Facts(request="open", branch=True, reviewed=True, room=False), "append"),
    (Facts(request="open", branch=True), "rebuild"),
    (Facts(request="open"), "rebuild"),
    (Facts(room=False), "wait"),
    (Facts(room=False, asked=True), "open"),
    (Facts(room=False, branch=True), "wait"),
]


@pytest.mark.parametrize(("facts", "doing"), CASES)
def test_each_row(facts: Facts, doing: str) -> None:
    assert decide(facts)[0] == doing


def test_every_row_is_reached_by_a_case() -> None:
    reached = {next(n for n, (_, fits, _) in enumerate(TABLE) if fits(facts)) for facts, _ in CASES}
    assert reached == set(range(len(TABLE)))


def test_what_never_happens() -> None:
    flags = ("branch", "foreign", "same", "repeated", "asked", "reviewed", "in_base", "room", "wanted")
    for request in ("", "open", "closed", "merged"):
        for values in itertools.product((False, True), repeat=len(flags)):
            facts = Facts(request=request, **dict(zip(flags, values, strict=True)))  # type: ignore[arg-type]
            doing, why = decide(facts)
            touches = doing in ("open", "append", "rebuild")
            assert not (touches and facts.branch and facts.foreign), "somebody else's commits are never touched"
            assert not (doing == "rebuild" and facts.branch and facts.reviewed), "an approval keeps its meaning"
            assert not (touches and request == "closed" and not facts.asked), "closed means no"
            assert not (doing == "open" and request == "open"), "one request a branch"
            assert not (touches and not facts.wanted)
            assert not (doing == "open" and not facts.room and not facts.asked)
            assert why or doing == "open"


def test_conflicts_are_named() -> None:
    assert decide(Facts(conflicts=("a", "b", "c", "d")))[1] == "it conflicts in a, b, c and more"
