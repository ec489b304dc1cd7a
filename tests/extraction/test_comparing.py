"""Answers are equal by meaning, then by named masks; a refusal on both sides shows nothing."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.extraction import Answer, CellChange, Comparison, Mail, RecordedRequest
from agent.extraction import compare
from agent.extraction.tallying import residual, tally, tally_routes

HTML = ("Content-Type", "text/html; charset=utf-8")


def request(number: int = 1, status: int = 200, **more: Any) -> RecordedRequest:
    return RecordedRequest(
        number=number, test="t", application="a", method="GET", target="/", clock=0.0, status=status, **more
    )


def answer(body: str = "", *headers: tuple[str, str], status: int = 200, **more: Any) -> Answer:
    return Answer(request=1, status=status, headers=headers, body=body, **more)


def judged(ours: Answer, theirs: Answer, **more: Any) -> Comparison:
    return compare([request(**more)], [ours], [theirs])[0]


def cell(after: str) -> CellChange:
    return CellChange(database="d", table="orders", row="1", column="total", before="0", after=after)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (answer("<p class='b a' id=x>1</p>", HTML), answer('<p id="x"   class="a b">1\n</p>', HTML)),
        (answer('{"a": 1, "b": 2}', ("Content-Type", "application/json")), answer('{"b":2,"a":1}', ("Content-Type", "application/json"))),
        (answer("x", ("Date", "1"), ("Vary", "Cookie, Accept")), answer("x", ("Date", "2"), ("Vary", "accept,cookie"))),
    ],
)  # fmt: skip
def test_the_same_meaning_is_identical(ours: Answer, theirs: Answer) -> None:
    assert judged(ours, theirs).verdict == "identical"


@pytest.mark.parametrize(
    ("ours", "theirs", "where"),
    [
        (answer("<p>1</p>", HTML), answer("<p>2</p>", HTML), "body"),
        (answer("<pre>a  b</pre>", HTML), answer("<pre>a b</pre>", HTML), "body"),
        (answer("a  b"), answer("a b"), "body"),
        (answer("[1, 2]", ("Content-Type", "application/json")), answer("[2, 1]", ("Content-Type", "application/json")), "body"),
        (answer(status=200), answer(status=500, traceback="KeyError: 'x'"), "status 200 and 500: KeyError"),
        (answer("", ("Location", "/a")), answer("", ("Location", "/b")), "header location"),
        (answer(changes=(cell("1"),)), answer(changes=(cell("2"),)), "cell d orders [1] total"),
        (answer(changes=(cell("1"),)), answer(), "only of the monolith"),
        (answer(mail=(Mail(sender="a", to=("b",), text="x"),)), answer(), "mail"),
        (answer(files=(("log/a", "1"),)), answer(files=(("log/a", "2"),)), "file log/a"),
        (answer(calls=("rates.example:80",)), answer(), "calls to rates.example:80"),
        (answer("", ("Set-Cookie", "a=1; Path=/")), answer("", ("Set-Cookie", "a=1; Path=/x")), "cookie a"),
    ],
)  # fmt: skip
def test_what_differs_is_named(ours: Answer, theirs: Answer, where: str) -> None:
    found = judged(ours, theirs)
    assert found.verdict == "different"
    assert where in found.where[0]


def signed(value: object, signature: str, *, packed: bool = False) -> tuple[str, str]:
    raw = json.dumps(value).encode()
    text = base64.urlsafe_b64encode(zlib.compress(raw) if packed else raw).decode().rstrip("=")
    return "Set-Cookie", f"session={'.' if packed else ''}{text}.ZZZZ.{signature}; HttpOnly; Path=/"


@pytest.mark.parametrize("packed", [False, True])
def test_a_session_is_compared_by_what_it_says(packed: bool) -> None:
    ours = answer("", signed({"user": 1, "x": 2}, "one", packed=packed))
    assert judged(ours, answer("", signed({"x": 2, "user": 1}, "two", packed=packed))).verdict == "identical"
    assert judged(ours, answer("", signed({"user": 2, "x": 2}, "one", packed=packed))).verdict == "different"


def test_masks_come_last_and_are_counted() -> None:
    hashes = ["$2b$04$" + letter * 53 for letter in "ab"]
    one, other = (answer("", changes=(cell(f"'{text}'"),)) for text in hashes)
    found = judged(one, other)
    assert (found.verdict, found.masks) == ("masked", (("password hash", 1),))
    assert judged(one, one).verdict == "identical"
    stronger = answer("", changes=(cell("'$2b$12$" + "b" * 53 + "'"),))
    assert judged(one, stronger).verdict == "different"


def test_a_refusal_on_both_sides_shows_nothing() -> None:
    refused = answer("no", status=403)
    found = judged(refused, refused, replaced=("shop.mail.send",))
    assert found.verdict == "vacuous"
    assert found.cause == "answered 403 where 200 was recorded; the test replaces shop.mail.send"


def test_what_was_not_asked_is_not_replayable() -> None:
    assert judged(Answer(request=1, trouble="no answer: timed out"), answer()).cause == "no answer: timed out"
    trouble = 'Traceback (most recent call last):\n  File "/box/program.py", line 1, in f\nKeyError: "rows"\n'
    assert judged(Answer(request=1, trouble=trouble), answer()).cause == 'KeyError: "rows"'
    assert judged(answer(), answer(), cannot="too large").verdict == "not replayable"
    assert compare([request()], [], [])[0].verdict == "not replayable"
    assert judged(answer(), Answer(request=1, trouble="it hung")).verdict == "different"


@given(st.binary(max_size=300), st.sampled_from(["text/html", "application/json", "text/plain", "image/png", ""]))
def test_any_bytes_agree_with_themselves(body: bytes, kind: str) -> None:
    one = answer(body.decode("latin-1"), ("Content-Type", kind), ("Set-Cookie", body.decode("latin-1")))
    assert judged(one, one).verdict == "identical"


def test_deep_pages_are_read() -> None:
    deep = answer("<div>" * 5000 + "x", HTML)
    assert judged(deep, deep).verdict == "identical"
    assert judged(deep, answer("<div>" * 5000 + "y", HTML)).verdict == "different"


def test_every_request_is_counted_once() -> None:
    requests = [request(1, route="/a"), request(2, route="/a", status=500), request(3, route="/b"), request(4)]
    compared = [
        Comparison(request=1, verdict="identical"),
        Comparison(request=2, verdict="vacuous", cause="answered 12 where 500 was recorded"),
        Comparison(request=3, verdict="masked", masks=(("message id", 2),)),
    ]
    counted = tally(requests, compared)
    assert (counted.recorded, counted.identical, counted.masked, counted.vacuous, counted.not_replayable) == (
        4,
        1,
        1,
        1,
        1,
    )
    assert (counted.server_errors, counted.replayable, counted.masks) == (1, 2, (("message id", 1),))
    assert [(one.route, one.tally.recorded) for one in tally_routes(requests, compared)] == [
        ("GET (no route)", 1), ("GET /a", 2), ("GET /b", 1),
    ]  # fmt: skip


def test_causes_that_differ_in_numbers_are_one() -> None:
    compared = [Comparison(request=n, verdict="different", where=(f"cell [{n}]: '{n}' and 'x'",)) for n in (3, 1, 2)]
    (found,) = residual(compared)
    assert found.requests == (1, 2, 3)
