"""Which requests are made from a recording: values, combinations, methods, states, sessions, routes that nobody asks, pages."""

from __future__ import annotations

import hashlib
import json
import zlib
from itertools import islice
from pathlib import Path
from typing import Any

from agent.domain.extraction import Answer, RecordedRequest
from agent.extraction import Recording, read_recording
from agent.extraction.generating import (
    Candidate,
    Known,
    Pool,
    candidates,
    derive,
    from_pages,
    near,
    once,
    read_blob,
    settled,
)
from agent.extraction.generating.mutating import combinations, elsewhere, mutations, other_methods
from agent.extraction.generating.reaching import after_writing, unasked, with_cookies
from tests.extraction.generating.test_parts import table
from tests.extraction.test_slices import request

TABLE = table(
    ("/orders/", ("GET", "HEAD", "OPTIONS"), "mine.listed", "mine.py", ""),
    ("/orders/<int:order_id>", ("GET", "POST"), "mine.show", "mine.py", ""),
    ("/orders/<int:order_id>/lines", ("GET",), "mine.lines", "mine.py", ""),
    ("/customers/", ("GET",), "theirs.listed", "theirs.py", ""),
)
POOL = Pool({("orders", "id"): (1, 2, 3), ("orders", "state"): ("open", "sent")})
ANN, BOB = (("Cookie", "session=ann"),), (("Cookie", "session=bob"),)
BODIES = {"posted": b"state=open&note=x"}
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


def made(number: int, target: str, method: str = "GET", **more: Any) -> RecordedRequest:
    row = TABLE.find(method, target)
    values = {"headers": ANN, "databases": (("db", "one"),), "after": (("db", "one"),), **more}
    return request(number, target=target, method=method, route=row.pattern, handler=row.handler, **values)


RECORDED = (
    made(1, "/orders/?state=open"),
    made(2, "/orders/?page=2", headers=BOB, databases=(("db", "two"),), after=(("db", "two"),)),
    made(3, "/orders/1", "POST", headers=(*ANN, *FORM), body="posted", after=(("db", "three"),), status=302,
         answer_headers=(("Set-Cookie", "session=later; Path=/"),)),
    made(4, "/customers/", headers=()),
)  # fmt: skip
KNOWN = Known([one for one in RECORDED if one.number != 4], RECORDED, lambda digest: BODIES.get(digest, b""), TABLE, POOL,
              ("499", "500"))  # fmt: skip


def targets(found: Any) -> set[str]:
    return {one.request.target for one in found}


def test_each_parameter_gets_values_of_its_own() -> None:
    found = list(mutations(KNOWN))
    assert {"/orders/?state=sent", "/orders/?state=", "/orders/", "/orders/?state=open&state=open"} <= targets(found)
    assert {"/orders/?page=0", "/orders/?page=3", "/orders/?page=abc", "/orders/?page=500"} <= targets(found)
    posted = {one.request.target for one in found if one.request.method == "POST"}
    assert {"/orders/2", "/orders/3", "/orders/4", "/orders/0"} <= posted
    assert {b"state=sent&note=x", b"note=x"} <= {one.body for one in found}
    assert not any("abc" in one.request.target for one in found if one.request.method == "POST"), "no route takes it"


def test_what_is_changed_keeps_the_state_that_was_recorded() -> None:
    for one in mutations(KNOWN):
        base = RECORDED[one.base - 1]
        assert (one.request.databases, one.request.clock, one.request.state) == (base.databases, base.clock, base.state)
        assert dict(one.request.headers)["Cookie"] == dict(base.headers)["Cookie"]
        assert (one.request.number, one.request.status, one.request.answer_body) == (0, 0, "")


def test_parameters_are_combined_with_those_of_other_requests() -> None:
    assert "/orders/?state=open&page=2" in targets(combinations(KNOWN))
    both = [one for one in combinations(KNOWN) if one.how.startswith("together")]
    assert both
    assert {one.request.method for one in both} == {"POST"}, "the others have one parameter each"


def test_other_methods_are_those_that_lead_to_the_service() -> None:
    found = {(one.request.method, one.request.target) for one in other_methods(KNOWN)}
    assert found == {("HEAD", "/orders/?state=open"), ("OPTIONS", "/orders/?state=open"), ("GET", "/orders/1")}


def test_a_route_meets_other_states_and_sessions_and_none() -> None:
    found = [one for one in elsewhere(KNOWN) if one.request.target == "/orders/1"]
    assert {(one.request.databases, dict(one.request.headers).get("Cookie")) for one in found} == {
        ((("db", "one"),), None),
        ((("db", "two"),), "session=bob"),
    }
    assert "without a session" in {one.how for one in found}
    assert all(
        one.body == BODIES["posted"] and dict(one.request.headers)["Content-Type"] == FORM[0][1] for one in found
    )


def test_what_reads_is_asked_after_what_writes_in_the_session_that_it_left() -> None:
    found = list(after_writing(KNOWN))
    assert targets(found) == {"/orders/?state=open", "/orders/?page=2"}
    assert {one.request.databases for one in found} == {(("db", "three"),)}
    assert {dict(one.request.headers)["Cookie"] for one in found} == {"session=later"}


def test_routes_that_no_test_asks_are_asked_with_each_session_and_without() -> None:
    found = [one for one in unasked(KNOWN) if one.request.target.endswith("/lines")]
    assert {"/orders/1/lines", "/orders/2/lines"} <= targets(found)
    assert {dict(one.request.headers).get("Cookie") for one in found} >= {"session=ann", "session=bob", None}
    assert not any("customers" in one for one in targets(unasked(KNOWN)))


def test_links_and_forms_of_pages_are_followed() -> None:
    body = (
        "<a href='2/lines'>x</a><a href='https://else.example/orders/9'>y</a><a href='/customers/'>z</a>"
        "<form method=post action='/orders/2'><input name=note value='é'><input name=empty></form>"
    )
    page = Answer(request=1, status=200, headers=(("Content-Type", "text/html"),), body=body.encode().decode("latin-1"))
    found = list(from_pages(KNOWN, [(RECORDED[0], page)]))
    assert [(one.request.method, one.request.target, one.body) for one in found] == [
        ("POST", "/orders/2", b"note=%C3%A9&empty="),
        ("POST", "/orders/2", b"note=%C3%A9&empty=1"),
        ("GET", "/orders/2/lines", b""),
    ]


def test_nothing_is_asked_twice_and_the_order_is_the_same_each_time() -> None:
    keys: set[tuple[object, ...]] = {Candidate(one, BODIES.get(one.body, b""), "", 0).key for one in RECORDED}
    first = [one.key for one in once(islice(candidates(KNOWN), 400), keys)]
    assert len(first) == len(set(first)) > 100
    assert [one.key for one in islice(candidates(KNOWN), 50)] == [one.key for one in islice(candidates(KNOWN), 50)]
    assert all(TABLE.find(one.request.method, one.request.target).own for one in candidates(KNOWN))
    assert "/orders/1/lines" not in targets(near(KNOWN))


def test_what_touched_no_database_gets_the_one_that_its_test_had() -> None:
    first = request(1, test="t")
    second = request(2, test="t", databases=(("db", "a"),), after=(("db", "b"),))
    third, other = request(3, test="t"), request(4, test="u")
    found = settled((first, second, third, other))
    assert [one.databases for one in found] == [(("db", "a"),), (("db", "a"),), (("db", "b"),), ()]


def test_cookies_as_a_browser_would_send_them() -> None:
    headers = (("Cookie", "a=1; b=2"), ("Accept", "x"))
    left = with_cookies(headers, ["b=; Max-Age=0; Path=/", "c=3; HttpOnly"])
    assert dict(left) == {"Cookie": "a=1; c=3", "Accept": "x"}


def test_a_recording_with_more_requests_leaves_the_first_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "recorded"
    digest = hashlib.sha256(b"x=1").hexdigest()
    (folder / "blobs" / digest[:2]).mkdir(parents=True)
    (folder / "blobs" / digest[:2] / digest).write_bytes(zlib.compress(b"x=1"))
    (folder / "applications.json").write_text(json.dumps([{"id": "a", "framework": "flask"}]))
    (folder / "requests.jsonl").write_text(RECORDED[0].model_dump_json() + "\n")
    recording = Recording(folder, RECORDED[:1], read_recording(folder).applications)
    more = derive(recording, [(RECORDED[2].model_copy(update={"number": 9}), b"a=\xff")], tmp_path / "more")
    again = read_recording(more.folder)
    assert [one.number for one in again.requests] == [1, 9]
    assert read_blob(more.folder, again.requests[1].body) == b"a=\xff"
    assert len(read_recording(folder).requests) == 1
    assert read_blob(more.folder, digest) == b"x=1"
    assert read_blob(folder, again.requests[1].body) == b""
