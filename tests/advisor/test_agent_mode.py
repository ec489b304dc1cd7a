"""The agent with tools, over HTTP: it looks things up, answers in form, and is stopped when it goes nowhere."""

from __future__ import annotations

import json
import warnings

import pytest

from tests.advisor.server import Reply, completion, obedient, sample, serve, turns
from tests.advisor.small import question, ready, toolbox
from tests.program import SHOP

ANSWER = {
    "name": "order-taking", "title": "Taking orders",
    "sentences": [{"text": "It places orders and adds the tax to them.", "cites": ["E1"]}],
}  # fmt: skip


def tools_of(request):
    return {tool["function"]["name"]: tool["function"] for tool in request.get("tools", ())}


def results(request):
    return [m["content"] for m in request["messages"] if m["role"] == "tool"]


def able(*steps):
    """A model that can call tools: through the probes, then one step a request, the last one for ever."""
    script = turns(*steps)

    def reply(request):
        if request.get("response_format"):
            return obedient(request)
        if set(tools_of(request)) == {"look_up"}:
            return completion(tools=[("look_up", {"word": "heron"})])
        return script(request)

    return reply


def call(name, number=0, /, **arguments):
    return completion(tools=[(name, arguments)], number=number)


def test_it_looks_things_up_and_cites_what_it_found(tmp_path):
    found = {**ANSWER, "sentences": [{"text": "It reads the level of the stock.", "cites": ["E3"]}]}
    with serve(able(call("search_code", words="stock level"), call("Description", 1, **found))) as server:
        made = ready(server.url, tmp_path, mode="auto")
        assert made.session.mode == "tools"
        asked = question()
        answer = made.session.ask(asked)
        assert answer.name == "order-taking"
        last = server.requests[-1]
    assert "shop/stock.py" in results(last)[0]
    assert asked.book.get("E3").location.path == "shop/stock.py"
    assert {"search_code", "read_symbol", "list_callers", "list_callees", "list_tables", "list_routes", "price_move",
            "read_history", "query_graph", "Description"} == set(tools_of(last))  # fmt: skip


def test_a_rerun_of_the_agent_asks_nothing(tmp_path):
    with serve(able(call("search_code", words="stock"), call("Description", 1, **ANSWER))) as server:
        assert ready(server.url, tmp_path, mode="auto").session.ask(question()) is not None
        before = len(server.requests)
        assert ready(server.url, tmp_path, mode="auto").session.ask(question()) is not None
        assert len(server.requests) == before


def test_agents_side_by_side_keep_to_their_own_question(tmp_path):
    def script(request):
        said = request["messages"][1]["content"]
        number = next(n for n in range(6) if f"number {n}\n" in said)
        if not results(request):
            return call("search_code", words=f"stock {number}")
        return call("Description", 1, **{**ANSWER, "title": f"Shop number {number}"})

    with serve(able(script)) as server:
        made = ready(server.url, tmp_path, mode="auto", parallel=4)
        answers = made.session.ask_all([question(n) for n in range(6)])
    assert {call.outcome for call in made.ledger.calls} == {"accepted", "led on"}, made.ledger.text()
    assert [answer.title for answer in answers] == [f"Shop number {n}" for n in range(6)]
    asked = [call.subject for call in made.ledger.calls if call.prompt == "advisor/describe_service"]
    assert sorted(asked) == sorted(f"shop {n}" for n in range(6) for _ in range(2))


def test_a_deprecation_within_langchain_costs_no_answer(tmp_path):
    def deprecated():  # what a thread meets when another has just put the filters back
        where = "langchain.agents.middleware.types"
        warnings.warn_explicit("is deprecated", DeprecationWarning, "types.py", 194, module=where)

    with pytest.raises(DeprecationWarning):  # warnings are errors here
        deprecated()
    with serve(able(call("Description", **ANSWER))) as server:
        ready(server.url, tmp_path, mode="auto")
        deprecated()


def test_a_model_without_tools_is_asked_in_the_fixed_mode(tmp_path):
    with serve(obedient) as server:
        made = ready(server.url, tmp_path, mode="auto")
        assert made.session.mode == "questions"
        assert made.session.ask(question()) is not None
        assert "tools" not in server.requests[-1]


def test_a_refused_answer_goes_back_and_a_corrected_one_is_used(tmp_path):
    bad = {**ANSWER, "sentences": [{"text": "The OrderWizard places all orders in the shop.", "cites": ["E1"]}]}
    with serve(able(call("Description", **bad), call("Description", 1, **ANSWER))) as server:
        made = ready(server.url, tmp_path, mode="auto")
        assert made.session.ask(question()) is not None
        assert "OrderWizard" in server.requests[-1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    "steps",
    [
        [call("Description", name="x")],  # not in form
        [completion("It is a shop.")],  # not by the tool
        [call("Description", **{**ANSWER, "sentences": [{"text": "It cites what is not there.", "cites": ["E99"]}]})],
    ],
)
def test_what_stays_wrong_is_dropped_after_two_repairs(tmp_path, steps):
    with serve(able(*steps)) as server:
        made = ready(server.url, tmp_path, mode="auto")
        assert made.session.ask(question()) is None
        assert len(server.requests) == 2 + 3
    assert not made.session.stopped, "the next question is asked all the same"


def test_the_same_call_again_ends_the_loop(tmp_path):
    with serve(able(call("search_code", words="stock"))) as server:
        made = ready(server.url, tmp_path, mode="auto")
        assert made.session.ask(question()) is None
        assert len(server.requests) == 2 + 3
    assert made.ledger.usage().dropped == (("it made the same call again and again", 1),)


def test_a_model_that_never_stops_is_stopped(tmp_path):
    numbers = iter(range(1000))

    def restless(request):
        number = next(numbers)
        return call("search_code", number, words=f"stock {number}")

    with serve(able(restless)) as server:
        made = ready(server.url, tmp_path, mode="auto", max_steps=5)
        assert made.session.ask(question()) is None
        assert len(server.requests) == 2 + 5
    assert made.ledger.usage().dropped == (("it was still looking things up after 5 steps", 1),)


def test_tokens_end_the_loop_too(tmp_path):
    numbers = iter(range(1000))
    with serve(able(lambda _: call("search_code", next(numbers), words="stock"))) as server:
        made = ready(server.url, tmp_path, mode="auto", max_tokens=6000, max_steps=50)
        assert made.session.ask(question()) is None
        assert len(server.requests) < 50
    assert "--max-tokens" in made.session.stopped or made.ledger.usage().dropped


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("read_symbol", {"symbol": "/etc/passwd"}, "refused: no such symbol"),
        ("read_symbol", {"symbol": "../../etc/passwd"}, "refused: no such symbol"),
        ("read_symbol", {"symbol": "shop.stock.level"}, "refused: this name was not offered"),
        ("read_symbol", {"symbol": "shop.tax"}, "def rate():"),
        ("list_callers", {"symbol": "shop.tax"}, "nothing found"),
        ("list_callees", {"symbol": "shop.orders"}, "shop.orders.place call shop.tax.rate"),
        ("list_tables", {"symbol": "shop.orders"}, "shop.orders.place write orders"),
        ("list_routes", {"symbol": "shop.orders"}, "nothing found"),
        ("read_history", {"symbol": "shop.orders"}, "no history is known"),
        ("price_move", {"unit": "shop.orders", "service": "x"}, "no services"),
        ("query_graph", {"query": "largest units"}, "shop/orders.py"),
        ("query_graph", {"query": "DROP TABLE orders"}, "refused: queries are"),
        ("no_such_tool", {"x": "y"}, "not a valid tool"),
        ("read_symbol", {"wrong": "argument"}, "symbol"),
        ("search_code", {"words": ["not", "text"]}, "valid string"),
    ],
)
def test_tools_answer_within_their_bounds(tmp_path, name, arguments, said):
    with serve(able(call(name, **arguments), call("Description", 1, **ANSWER))) as server:
        made = ready(server.url, tmp_path, mode="auto")
        made.session.ask(question())
        shown = results(server.requests[-1])[0]
    assert said in shown
    assert len(shown) < 6000


def test_a_withheld_file_is_not_read_by_a_tool(tmp_path):
    with serve(able(call("read_symbol", symbol="shop.tax"), call("Description", 1, **ANSWER))) as server:
        made = ready(server.url, tmp_path, lambda: toolbox(SHOP, "shop/tax*"), mode="auto")
        made.session.ask(question())
        assert "refused: this file is never shown" in results(server.requests[-1])[0]


def test_a_secret_in_a_file_that_a_tool_reads_does_not_leave(tmp_path):
    secret = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5"
    files = {**SHOP, "shop/tax.py": f"TOKEN = '{secret}'\n\n\ndef rate():\n    return 0.2\n"}
    with serve(able(call("read_symbol", symbol="shop.tax"), call("Description", 1, **ANSWER))) as server:
        made = ready(server.url, tmp_path, lambda: toolbox(files), mode="auto")
        made.session.ask(question())
        assert "TOKEN" in results(server.requests[-1])[0]
        assert all(secret.encode() not in body for body in server.bodies)


def test_streamed_tool_calls_work(tmp_path):
    def chunked(name, arguments):
        head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
        text = json.dumps(arguments)
        deltas = [
            {
                "role": "assistant",
                "tool_calls": [
                    {"index": 0, "id": "c1", "type": "function", "function": {"name": name, "arguments": ""}}
                ],
            },
            *(
                {"tool_calls": [{"index": 0, "function": {"arguments": text[n : n + 9]}}]}
                for n in range(0, len(text), 9)
            ),
        ]
        chunks = [{**head, "choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas]
        chunks.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
        body = "".join(f"data: {json.dumps(c)}\n\n" for c in chunks) + "data: [DONE]\n\n"
        return Reply(body.encode(), content_type="text/event-stream")

    def script(request):
        if request.get("response_format"):
            from tests.advisor.server import schema_asked, streamed

            return streamed(json.dumps(sample(schema_asked(request))))
        if set(tools_of(request)) == {"look_up"}:
            return chunked("look_up", {"word": "heron"})
        return chunked("Description", ANSWER)

    with serve(script) as server:
        made = ready(server.url, tmp_path, mode="auto", stream=True)
        assert made.session.mode == "tools"
        assert made.session.ask(question()).title == "Taking orders"
