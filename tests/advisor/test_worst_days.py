"""The endpoint's worst days, over HTTP: tried again within the budget, then given up with one reason, never an exception."""

from __future__ import annotations

import json
import time
from email.utils import formatdate

import pytest

from agent.advisor.opening import open_session
from agent.settings import AdvisorSettings
from tests.advisor.server import Reply, completion, obedient, sample, schema_asked, serve, streamed, turns
from tests.advisor.small import question, ready, toolbox


def good(request):
    return obedient(request)


def whole(request):
    """The obedient model's answer, as text."""
    return json.dumps(sample(schema_asked(request)))


def cut(request):
    reply = obedient(request)
    return Reply(reply.body[: len(reply.body) // 2])


def asked(tmp_path, *replies, **options):
    """(answer, the session, how many requests, the first being the probe's)."""
    with serve(turns(good, *replies)) as server:
        made = ready(server.url, tmp_path, **options)
        answer = made.session.ask(question())
        return answer, made, len(server.requests)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (Reply(b"{}", 429), "the endpoint answered 429"),
        (Reply(b"{}", 429, headers={"retry-after": "0"}), "the endpoint answered 429"),
        (Reply(b"{}", 429, headers={"retry-after": formatdate(0)}), "the endpoint answered 429"),
        (Reply(b"{}", 429, headers={"retry-after": "soon"}), "the endpoint answered 429"),
        (Reply(b"oh no", 500), "the endpoint answered 500"),
        (Reply(b"", 503), "the endpoint answered 503"),
        (Reply(b"{}", after=0, reset=True), "the connection broke (ReadError)"),
        (Reply(b'{"choices": [', after=5), "the connection broke (RemoteProtocolError)"),
        (cut, "the answer is not whole JSON"),
        (Reply(b"[1]"), "the answer is not whole JSON"),
        (Reply(b"[" * 100_000), "the answer is not whole JSON"),
        (Reply(b"\xff\xfe{}"), "the answer is not whole JSON"),
        (Reply(b'{"choices": []}'), "the answer holds no message"),
        (Reply(b'{"error": {"message": "overloaded"}}'), "the answer is an error"),
        (Reply(b"<html>", content_type="text/html"), "the endpoint answered with text/html instead of JSON"),
        (Reply(b"", content_type=""), "the endpoint answered with no content type instead of JSON"),
        (streamed("half an ans", done=False), "the stream ended before the answer did"),
        (Reply(b"data: {broken\n\n", content_type="text/event-stream"), "the stream holds what is not JSON"),
    ],
)
def test_what_may_pass_is_tried_again_and_then_answered(tmp_path, bad, said):
    answer, made, requests = asked(tmp_path, bad, good)
    assert answer is not None
    assert requests == 3
    assert made.ledger.calls[-1].attempts == [said]
    assert made.ledger.calls[-1].outcome == "accepted"


def test_what_does_not_pass_ends_the_asking_with_its_reason(tmp_path):
    answer, made, requests = asked(tmp_path, Reply(b"", 500))
    assert answer is None
    assert requests == 1 + 3
    assert made.session.stopped == "the endpoint answered 500 (3 attempts)"
    assert made.session.ask(question(1)) is None
    assert made.ledger.usage().questions == 1, "after the end nothing more is asked"


def test_silence_is_noticed_and_what_it_may_have_cost_is_counted(tmp_path):
    stalled = Reply(b'{"choices": [', after=5, stall=3.0)
    with serve(turns(good, stalled, good)) as server:
        made = ready(server.url, tmp_path, timeout=0.3)
        started = time.monotonic()
        assert made.session.ask(question()) is not None
        assert time.monotonic() - started < 5
    assert made.ledger.calls[-1].attempts == ["the endpoint said nothing for 0.3 seconds"]
    counted = made.ledger.usage()
    assert made.wire.budget.tokens > counted.input_tokens + counted.output_tokens + 700


def test_a_stream_that_stalls_is_tried_again(tmp_path):
    def stalls(request):
        reply = streamed(whole(request))
        return Reply(reply.body, content_type=reply.content_type, after=60, stall=3.0)

    with serve(turns(lambda r: streamed(whole(r)), stalls, lambda r: streamed(whole(r)))) as server:
        made = ready(server.url, tmp_path, timeout=0.3, stream=True)
        answer = made.session.ask(question())
        assert server.requests[-1]["stream"] is True
    assert answer is not None
    assert made.ledger.calls[-1].attempts == ["the endpoint said nothing for 0.3 seconds"]
    assert (made.ledger.calls[-1].input_tokens, made.ledger.calls[-1].output_tokens) == (100, 20)


def test_retry_after_is_kept_and_never_beyond_the_time_of_the_run(tmp_path):
    pauses: list[float] = []
    with serve(turns(good, Reply(b"", 429, headers={"retry-after": "7"}), good)) as server:
        made = ready(server.url, tmp_path)
        made.wire.pause = pauses.append
        assert made.session.ask(question()) is not None
    assert pauses == [7.0]
    with serve(turns(good, Reply(b"", 429, headers={"retry-after": "50"}))) as server:
        made = ready(server.url, tmp_path, minutes=0.5)
        made.wire.pause = pauses.append
        assert made.session.ask(question(2)) is None
    assert made.session.stopped == "the endpoint asks for more patience than the run has time"


def test_waits_grow_when_the_endpoint_names_none(tmp_path):
    pauses: list[float] = []
    with serve(turns(good, Reply(b"", 429))) as server:
        made = ready(server.url, tmp_path, attempts=4, backoff=1.0)
        made.wire.pause = pauses.append
        made.session.ask(question())
    assert pauses == [1.0, 2.0, 4.0]


def test_a_request_that_is_refused_is_not_repeated_and_the_next_one_is_asked(tmp_path):
    refusal = Reply(json.dumps({"error": {"message": "maximum context length is 4096 tokens"}}).encode(), 400)
    with serve(turns(good, refusal, good)) as server:
        made = ready(server.url, tmp_path)
        assert made.session.ask(question()) is None
        assert made.session.ask(question(1)) is not None
        assert len(server.requests) == 3
    assert "maximum context length" in made.ledger.calls[1].outcome


def test_an_endpoint_that_is_not_there_is_said_in_one_clause(tmp_path):
    settings = AdvisorSettings(model="m", base_url="http://127.0.0.1:9/v1", attempts=2, backoff=0.01)
    made = open_session(settings, tmp_path, environment={})
    assert not made.session.open(toolbox)
    assert made.session.stopped == "the endpoint cannot be reached (2 attempts)"


def test_a_redirect_is_not_followed(tmp_path):
    with serve(turns(Reply(b"", 307, headers={"location": "http://127.0.0.1:9/v1/chat/completions"}))) as server:
        made = open_session(AdvisorSettings(model="m", base_url=server.url), tmp_path, environment={})
        assert not made.session.open(toolbox)
        assert len(server.requests) == 2  # with and without a temperature
    assert "307" in made.session.stopped


def test_a_model_that_refuses_a_temperature_is_asked_without_one(tmp_path):
    def picky(request):
        return (
            Reply(b'{"error": {"message": "temperature is not supported"}}', 400)
            if "temperature" in request
            else obedient(request)
        )

    with serve(picky) as server:
        made = ready(server.url, tmp_path)
        assert made.session.ask(question()) is not None
        assert "temperature" not in server.requests[-1]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Dieser Teil nimmt Bestellungen entgegen und rechnet die Steuer dazu aus.", "answer in English"),
        ("这一部分接受订单并计算税款,然后保存到数据库中。", "answer in English"),
        ("The class OrderWizard takes orders and adds the tax to them.", "the system has no 'OrderWizard'"),
        ("It calls `shop.secret.leak` for every order that is placed.", "the system has no 'shop.secret.leak'"),
        ("Orders are placed as told at https://example.org/x in the code.", "no links and no markup"),
        ("short", "sentences.0.text"),
    ],
)
def test_a_bad_sentence_is_sent_back_with_the_exact_complaint_twice_and_then_dropped(tmp_path, text, complaint):
    bad = json.dumps({"name": "shop", "title": "Shop", "sentences": [{"text": text, "cites": ["E1"]}]})
    with serve(turns(good, completion(bad))) as server:
        made = ready(server.url, tmp_path)
        assert made.session.ask(question()) is None
        assert len(server.requests) == 1 + 3
        said = server.requests[-1]["messages"][-1]["content"]
    assert complaint in said
    assert made.ledger.usage().dropped[0][0].startswith("refused after 2 repairs")


def test_a_name_may_be_spelled_as_people_do():
    from agent.advisor.checking import Names
    from tests.advisor.small import graph

    names = Names(graph(), ("order-taking",))
    assert names.unknown("The `shop.orders` module and OrderTaking use ShopStock, shop/tax.py:1 and `place`.") == []
    assert names.unknown("It calls send_mail and PayPal in `shop.orders`.") == ["PayPal", "send_mail"]


def test_a_title_is_a_title(tmp_path):
    bad = json.dumps(
        {"name": "shop", "title": "see [x](http://evil)", "sentences": [{"text": "It is the shop.", "cites": ["E1"]}]}
    )
    answer, made, _ = asked(tmp_path, completion(bad))
    assert answer is None
    assert "title" in made.ledger.calls[-1].outcome


def test_a_repaired_answer_is_used(tmp_path):
    bad = json.dumps(
        {"name": "shop", "title": "Shop", "sentences": [{"text": "It cites nothing that is there.", "cites": ["E9"]}]}
    )
    answer, made, requests = asked(tmp_path, completion(bad), good)
    assert answer is not None
    assert requests == 3
    assert [c.outcome.partition(":")[0] for c in made.ledger.calls] == ["accepted", "refused", "accepted"]


def test_no_answer_in_words_is_taken_for_one_in_form(tmp_path):
    answer, _, requests = asked(tmp_path, completion("Sure! Here is what I think about the shop."))
    assert answer is None
    assert requests == 4
