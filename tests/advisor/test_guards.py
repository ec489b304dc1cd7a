"""Budget, cache, ledger, redaction, and what leaves: each held over retries, threads and a run that was killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.advisor.budget import Budget
from agent.advisor.endpoint import check_url, find_key
from agent.advisor.evidence import Sendable
from agent.advisor.failures import BudgetSpentError
from agent.advisor.opening import open_session
from agent.advisor.prices import price_of
from agent.advisor.redaction import Redactor
from agent.errors import SettingsError
from agent.settings import AdvisorSettings, ModelPrice
from tests.advisor.server import Reply, obedient, serve, turns
from tests.advisor.small import FACTS, book, graph, inventory_of, opened, question, ready, toolbox
from tests.program import ROOT, SHOP

PRICE = {"scripted": ModelPrice(input=1000.0, output=1000.0)}  # a thousandth of a dollar a token
SECRET = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5"


# ---------------------------------------------------------------- budget


def test_no_call_is_made_that_could_exceed_the_tokens(tmp_path):
    with serve(obedient) as server:
        made = ready(server.url, tmp_path, max_tokens=2500, answer_tokens=100)
        answers = [made.session.ask(question(n)) for n in range(20)]
        assert 0 < sum(a is not None for a in answers) < 20
        assert 120 * len(server.requests) <= 2500
    assert "--max-tokens" in made.session.stopped


def test_no_call_is_made_that_could_exceed_the_money_even_in_parallel(tmp_path):
    with serve(obedient) as server:
        made = ready(server.url, tmp_path, max_cost=5.0, prices=PRICE, parallel=8, answer_tokens=100)
        made.session.ask_all([question(n) for n in range(40)])
        assert made.wire.budget.cost <= 5.0
        assert 0.12 * len(server.requests) <= 5.0
    assert "--max-cost" in made.session.stopped
    assert made.ledger.usage().cost == pytest.approx(0.12 * len(server.requests))


def test_retries_are_paid_for_too(tmp_path):
    broken = Reply(b'{"choices": [', 200)
    with serve(turns(obedient, broken)) as server:
        made = ready(server.url, tmp_path, max_tokens=6000, attempts=10)
        assert made.session.ask(question()) is None
        assert len(server.requests) < 6
    assert "--max-tokens" in made.session.stopped


def test_money_cannot_be_limited_where_the_price_is_not_known(tmp_path):
    with pytest.raises(SettingsError, match="price of 'scripted' at this endpoint is not known"):
        open_session(AdvisorSettings(model="scripted", base_url="http://127.0.0.1:9/v1", max_cost=1.0), tmp_path)


def test_prices_come_from_the_users_table_then_from_the_bundled_one_and_are_never_guessed():
    known = price_of("gpt-4o-mini", "https://api.openai.com/v1", {})
    assert known is not None
    assert 0 < known.input < known.output < 10
    assert price_of("gpt-4o-mini", "https://gateway.example/v1", {}) is None
    assert price_of("scripted", "http://127.0.0.1:1/v1", PRICE) == PRICE["scripted"]


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=30), st.integers(0, 3000))
def test_what_is_used_never_passes_the_limit(calls, most):
    budget = Budget(AdvisorSettings(max_tokens=most), None)
    for into, out in calls:
        try:
            reserved = budget.reserve(into, out)
        except BudgetSpentError:
            continue
        budget.settle(reserved, into // 2, out)
    assert budget.tokens <= most


# ---------------------------------------------------------------- cache and ledger


def test_a_second_run_asks_nothing_and_an_edit_asks_only_what_it_touches(tmp_path):
    with serve(obedient) as server:
        first = ready(server.url, tmp_path)
        first.session.ask_all([question(n) for n in range(5)])
        before = len(server.requests)
        again = ready(server.url, tmp_path)
        again.session.ask_all([question(n) for n in range(5)])
        assert len(server.requests) == before
        assert again.ledger.usage() == first.ledger.usage()
        assert all(call.cached for call in again.ledger.calls)
        edited = ready(server.url, tmp_path)
        edited.session.ask_all([question(n, FACTS + "!" if n == 3 else FACTS) for n in range(5)])
        assert len(server.requests) == before + 1


def test_another_model_or_endpoint_is_asked_anew(tmp_path):
    with serve(obedient) as one, serve(obedient) as other:
        ready(one.url, tmp_path).session.ask(question())
        ready(other.url, tmp_path).session.ask(question())
        assert len(other.requests) == 2


def test_a_damaged_answer_is_asked_again(tmp_path):
    with serve(obedient) as server:
        ready(server.url, tmp_path).session.ask(question())
        for path in (tmp_path / "answers").rglob("*.json"):
            path.write_text("{broken")
        assert ready(server.url, tmp_path).session.ask(question()) is not None
        assert len(server.requests) == 4


def test_the_ledger_tells_of_each_call(tmp_path):
    with serve(obedient) as server:
        made = ready(server.url, tmp_path, prices=PRICE)
        made.session.ask(question())
    (probe, call) = [json.loads(line) for line in (tmp_path / "ledger.jsonl").read_text().splitlines()]
    assert probe["prompt"] == "advisor/probe_schema"
    assert (call["prompt"], call["version"], call["subject"], call["model"]) == (
        "advisor/describe_service",
        1,
        "shop 0",
        "scripted",
    )
    assert (call["input_tokens"], call["output_tokens"], call["cost"]) == (100, 20, pytest.approx(0.12))
    assert (call["cached"], call["outcome"]) == (False, "accepted")
    assert len(call["prompt_hash"]) == 16


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.advisor.small import question, ready
made = ready(sys.argv[1], Path(sys.argv[2]))
made.session.ask_all([question(n) for n in range(12)])
print(len(made.ledger.calls))
"""


def test_after_kill_9_the_next_run_goes_on_from_the_cache(tmp_path):
    def slow(request):
        time.sleep(0.1)
        return obedient(request)

    with serve(slow) as server:
        command = [sys.executable, "-c", KILLED.format(root=str(ROOT)), server.url, str(tmp_path)]
        run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env={**os.environ})
        while len(server.requests) < 6 and run.poll() is None:
            time.sleep(0.01)
        run.send_signal(signal.SIGKILL)
        run.wait()
        before = len(server.requests)
        assert 6 <= before < 13
        made = ready(server.url, tmp_path)
        answers = made.session.ask_all([question(n) for n in range(12)])
        assert all(answers)
        assert 13 - before <= len(server.requests) - before <= 13 - before + 1, (
            "at most the call that was killed is repeated"
        )


# ---------------------------------------------------------------- what leaves


def test_secrets_and_personal_data_do_not_leave(tmp_path):
    facts = f'{FACTS}\ntoken = "{SECRET}"  # pragma: allowlist secret\nmail ann@example.org, card 4111 1111 1111 1111'
    with serve(obedient) as server:
        made = ready(server.url, tmp_path, show=None)
        made.session.ask(question(facts=facts))
        sent = server.bodies[-1].decode()
    for private in (SECRET, "ann@example.org", "4111 1111 1111 1111"):
        assert private not in sent
    assert sent.count("[redacted: ") == 3
    assert made.ledger.calls[-1].redacted == 3


def test_private_keys_are_cut_out_whole():
    begin, end = (f"-----{word} RSA PRIVATE KEY-----" for word in ("BEGIN", "END"))
    shown, count = Redactor().clean_text(f"a\n{begin}\nMIIE\nabc\n{end}\nb")
    assert shown == "a\n[redacted: private key]\nb"
    assert count == 1


def test_ordinary_names_stay_readable():
    text = "E1 orders/views.py:31 orders.views.OrderView.post calls billing.charge\nname = 'customer_repository'"
    assert Redactor().clean_text(text) == (text, 0)


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_redaction_takes_any_text(text):
    Redactor().clean({"messages": [{"role": "user", "content": text}]})


def test_shown_bytes_are_the_bytes_that_leave(tmp_path):
    show = tmp_path / "outgoing"
    with serve(obedient) as server:
        made = ready(server.url, tmp_path, show=show)
        made.session.ask(question())
        for body in server.bodies:
            assert body in show.read_bytes()
        head = server.heads[-1]
    assert head["authorization"] == "Bearer none"
    assert "Bearer" not in show.read_text()
    told = {"host", "authorization", "accept", "content-type", "content-length", "user-agent", "connection"}
    assert set(head) <= told, "nothing about the machine"


def test_a_dry_run_sends_nothing_and_shows_the_same_bytes(tmp_path):
    with serve(obedient) as server:
        dry = opened(server.url, tmp_path / "a", dry=True, show=tmp_path / "dry", prices=PRICE)
        assert dry.session.open(toolbox)
        assert dry.session.ask(question()) is None
        assert server.requests == []
        ready(server.url, tmp_path / "b", show=tmp_path / "real", prices=PRICE).session.ask(question())
        body = server.bodies[-1]
    assert body in (tmp_path / "dry").read_bytes()
    assert "advisor/describe_service  shop 0  at most" in dry.planned()
    assert "Nothing was sent" in dry.planned()
    assert not (tmp_path / "a" / "ledger.jsonl").exists()


@pytest.mark.parametrize(
    ("path", "patterns", "sent"),
    [
        ("shop/orders.py", (), True),
        ("config/.env", (), False),
        ("deploy/tls.KEY", (), False),
        ("src/secrets.yaml", (), False),
        ("shop/orders.py", ("shop/*",), False),
        ("shop/deep/orders.py", ("shop/*",), False),
        ("other/shop.py", ("shop/*",), True),
        ("legal/contract.py", ("legal/",), False),
        ("shop/orders.py", ("orders.*",), False),
    ],
)
def test_what_must_never_be_sent_is_not(path, patterns, sent):
    assert Sendable(inventory_of({path: "x\n"}), patterns).path(path) is sent


def test_what_a_withheld_file_defines_is_not_named_elsewhere():
    sendable = Sendable(inventory_of(SHOP), ("tax.py",), graph())
    text = "shop.orders.place call shop.tax.rate, see shop/tax.py:1 and shop.taxes"
    assert sendable.scrub(text) == "shop.orders.place call [withheld], see [withheld]:1 and shop.taxes"
    assert Sendable(inventory_of(SHOP), (), graph()).scrub(text) == text


def test_withheld_files_are_not_even_named(tmp_path):
    with serve(obedient) as server:
        made = ready(server.url, tmp_path)
        assert made.session.ask(question(evidence=book("shop/orders*"))) is not None
        assert "shop/orders.py" not in server.bodies[-1].decode()


def test_tracing_to_a_third_party_is_switched_off(tmp_path, monkeypatch):
    with serve(obedient) as server, serve(lambda _: Reply(b"{}")) as third:
        for name, value in (("LANGSMITH_TRACING", "true"), ("LANGCHAIN_TRACING_V2", "true"), ("LANGSMITH_API_KEY", "k"),
                            ("LANGSMITH_ENDPOINT", third.url)):  # fmt: skip
            monkeypatch.setenv(name, value)
        ready(server.url, tmp_path).session.ask(question())
        assert os.environ["LANGSMITH_TRACING"] == "false"
        assert third.requests == []


def test_keys_come_from_the_environment_and_openais_goes_to_openai_only():
    assert find_key("", {"OPENAI_API_KEY": "a"}) == "a"
    assert find_key("https://host.example/v1", {"OPENAI_API_KEY": "a", "FIGWRIGHT_LLM_KEY": "b"}) == "b"
    assert find_key("http://localhost:11434/v1", {"OPENAI_API_KEY": "a"}) == "none"
    with pytest.raises(SettingsError, match=r"no key for host\.example"):
        find_key("https://host.example/v1", {"OPENAI_API_KEY": "a"})


@pytest.mark.parametrize("url", ["ftp://host/v1", "host:80", "https://me:word@host/v1"])
def test_odd_endpoints_are_refused(url):
    with pytest.raises(SettingsError):
        check_url(url)
