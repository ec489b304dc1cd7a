"""The facade as it runs: real Envoy and real nginx over the generated configuration, two servers behind, requests counted."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.containers.facade.state import FacadeState, changed, first_state
from agent.containers.facade.table import RouteTable, pick
from tests.containers.gateways import GATEWAYS, Backend, Gateway, program, running, table_of, with_ports

ROWS = [
    ("GET /orders/", "order", "python"),
    ("GET /orders/<int:number>", "order", "python"),
    ("POST /orders/<int:number>", "order", "python"),
    ("GET /orders/export", "", "python"),  # shared code: the monolith's, in the middle of the service's
    ("POST /orders/new", "order", "python"),
    ("GET /orders/close", "order", "python"),  # writes when it is read
    ("GET /customers/<name>", "customer", "python"),
    ("POST /customers/<name>", "customer", "python"),
]

Start = Callable[..., Gateway]


class World:
    """A monolith, a service, and gateways over them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.monolith, self.order = Backend("monolith"), Backend("order")
        self.table: RouteTable = with_ports(table_of(ROWS, writes=["GET /orders/close"]), self.monolith)
        self.state: FacadeState = changed(first_state(self.table), "order", address=self.order.address)

    def gateway(self, kind: str, state: FacadeState | None = None, **numbers: object) -> Gateway:
        state = state or self.state
        if numbers:
            state = changed(state, "order", **numbers)  # type: ignore[arg-type]
        self.table = with_ports(self.table, self.table.fronts[0].address)
        place = self.folder / f"{kind}{len(list(self.folder.iterdir()))}"
        return self.stack.enter_context(running(kind, self.table, state, place))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with ExitStack() as stack:
        made = World(tmp_path, stack)
        try:
            yield made
        finally:
            stack.close()
            for backend in (made.monolith, made.order):
                backend.stop()


@pytest.fixture(params=GATEWAYS)
def kind(request: pytest.FixtureRequest) -> str:
    if not program(request.param):
        pytest.skip(f"{request.param} is not on this machine")
    return str(request.param)


def test_at_first_everything_goes_to_the_monolith(world: World, kind: str) -> None:
    gateway = world.gateway(kind)
    for method, path in [
        ("GET", "/orders/"),
        ("POST", "/orders/new"),
        ("GET", "/customers/ann"),
        ("DELETE", "/nowhere"),
    ]:
        assert gateway.who(method, path, X_Tenant="t", X_Figwright_Route="order") == "monolith"
    assert world.order.seen == []


def test_the_request_arrives_as_it_was_sent(world: World, kind: str) -> None:
    gateway = world.gateway(kind, reads=100, writes=100)
    body = b"x" * 3_000_000
    status, answer, _ = gateway.ask(
        "POST", "/orders/new?a=%2Fb&c=d%20e", body, Host="shop.example:81", Cookie="a=b; c=d"
    )
    assert (status, answer) == (200, "order")
    assert world.order.seen == [("POST", "/orders/new?a=%2Fb&c=d%20e")]
    sent = world.order.headers[0]
    assert (sent["host"], sent["cookie"], sent["content-length"]) == ("shop.example:81", "a=b; c=d", "3000000")
    assert "x-forwarded-for" in sent
    assert "x-figwright-route" not in sent


def test_a_tenth_of_the_sticky_keys_reads_from_the_service_and_stays(world: World, kind: str) -> None:
    gateway = world.gateway(kind, reads=10)
    first = {key: gateway.who("GET", f"/orders/{key}", X_Tenant=f"tenant-{key}") for key in range(500)}
    share = sum(1 for who in first.values() if who == "order")
    assert 30 <= share <= 72  # 50 expected, standard deviation 6.7
    for key in range(0, 500, 5):
        again = {gateway.who(method, "/orders/", X_Tenant=f"tenant-{key}") for method in ("GET", "HEAD")}
        assert again == {first[key]}
    assert {gateway.who("GET", "/customers/ann", X_Tenant=f"tenant-{key}") for key in range(50)} == {"monolith"}


def test_more_percent_takes_no_key_away_from_the_service(world: World, kind: str) -> None:
    little, more = world.gateway(kind, reads=10), world.gateway(kind, reads=40)
    keys = [f"t{number}" for number in range(200)]
    before = {key for key in keys if little.who("GET", "/orders/", X_Tenant=key) == "order"}
    after = {key for key in keys if more.who("GET", "/orders/", X_Tenant=key) == "order"}
    assert before < after


def test_writes_stay_whole_while_only_reads_are_canaried(world: World, kind: str) -> None:
    gateway = world.gateway(kind, reads=50)
    for number in range(60):
        assert gateway.who("POST", "/orders/7", X_Tenant=f"t{number}") == "monolith"
        assert gateway.who("GET", "/orders/close", X_Tenant=f"t{number}") == "monolith"  # a GET that writes is a write
    assert world.order.count("POST") == 0


def test_writes_follow_the_sticky_choice_and_never_chance(world: World, kind: str) -> None:
    gateway = world.gateway(kind, reads=60, writes=30)
    split: Counter[str] = Counter()
    for number in range(150):
        key = f"t{number}"
        writes = {gateway.who("POST", "/orders/7", X_Tenant=key) for _ in range(3)}
        reads = {gateway.who("GET", "/orders/7", X_Tenant=key)}
        assert len(writes) == 1
        if writes == {"order"}:
            assert reads == {"order"}  # who writes there reads there
        split[writes.pop()] += 1
    assert 25 <= split["order"] <= 65  # 45 expected
    world.order.forget()
    for _ in range(60):  # nobody in particular: whole
        assert gateway.who("POST", "/orders/new") == "monolith"
    assert world.order.count("POST") == 0


def test_a_visitor_without_a_key_stays_with_the_monolith_and_gets_one(world: World, kind: str) -> None:
    gateway = world.gateway(kind, reads=50, writes=50)
    seen: Counter[str] = Counter()
    for number in range(40):
        method = "GET" if number % 2 else "POST"
        _, who, headers = gateway.ask(method, "/orders/7")
        assert who == "monolith"
        cookie = re.match(r"(figwright_key=[^;]+);", headers["set-cookie"])
        assert cookie is not None
        assert {"httponly", "samesite=lax", "path=/"} <= {p.strip().lower() for p in headers["set-cookie"].split(";")}
        status, chosen, headers = gateway.ask("GET", "/orders/1", Cookie=f"a=1; {cookie[1]}")
        assert (status, "set-cookie" in headers) == (200, False)
        for _ in range(2):
            assert gateway.who("GET", "/orders/1", Cookie=cookie[1]) == chosen
            assert gateway.who("POST", "/orders/1", Cookie=f"b=2; {cookie[1]}; c=3") == chosen
        seen[chosen] += 1
    assert min(seen["order"], seen["monolith"]) >= 6
    assert "set-cookie" not in gateway.ask("GET", "/customers/ann")[2]


def test_testers_choose_by_header_and_only_among_the_services_own_routes(world: World, kind: str) -> None:
    gateway = world.gateway(kind, testers=True)
    assert gateway.who("GET", "/orders/", X_Figwright_Route="order") == "order"
    assert gateway.who("POST", "/orders/7", X_Figwright_Route="order") == "order"
    assert gateway.who("GET", "/orders/", X_Figwright_Route="customer") == "monolith"
    assert gateway.who("GET", "/customers/ann", X_Figwright_Route="order") == "monolith"
    assert gateway.who("GET", "/orders/export", X_Figwright_Route="order") == "monolith"
    assert gateway.who("GET", "/orders/") == "monolith"
    for forged in ("order order.read", "order.read order", "order ", "x\torder"):
        assert gateway.who("GET", "/customers/ann", X_Figwright_Route=forged) == "monolith"
    whole = world.gateway(kind, reads=100, writes=100)
    assert whole.who("GET", "/orders/", X_Figwright_Route="monolith") == "monolith"
    assert whole.who("GET", "/orders/") == "order"


def test_the_dark_launch_mirrors_reads_and_never_a_write(world: World, kind: str) -> None:
    gateway = world.gateway(kind, mirror=True)
    for number in range(20):
        assert gateway.who("GET", f"/orders/{number}?page=2", X_Tenant=f"t{number}") == "monolith"
        assert gateway.who("POST", f"/orders/{number}", X_Tenant=f"t{number}") == "monolith"
        assert gateway.who("GET", "/orders/close") == "monolith"
        assert gateway.who("GET", "/customers/ann") == "monolith"
    settle(lambda: world.order.count("GET") >= 20)
    assert sorted(set(world.order.seen)) == sorted({("GET", f"/orders/{number}?page=2") for number in range(20)})
    assert (world.order.count("GET"), world.order.count("POST")) == (20, 0)
    assert (world.monolith.count("GET"), world.monolith.count("POST")) == (60, 20)


def test_what_the_service_answers_itself_is_not_mirrored_to_it_again(world: World, kind: str) -> None:
    gateway = world.gateway(kind, reads=50, mirror=True)
    answered = Counter(
        gateway.who("GET", "/orders/1", X_Tenant=f"t{number}", X_Figwright_Shadow="order") for number in range(60)
    )
    settle(lambda: world.order.count() >= 60)
    assert min(answered.values()) >= 15
    assert world.order.count("GET") == 60  # each once: its own share, and the monolith's share mirrored
    assert world.monolith.count("GET") == answered["monolith"]


def test_a_dead_shadow_changes_nothing(world: World, kind: str) -> None:
    gateway = world.gateway(kind, mirror=True)
    world.order.stop()
    assert {gateway.who("GET", "/orders/1") for _ in range(10)} == {"monolith"}


def test_when_the_service_is_dead_the_monolith_answers_its_reads(world: World, kind: str) -> None:
    gateway = world.gateway(kind, reads=100)
    assert gateway.who("GET", "/orders/1") == "order"
    world.order.stop()
    assert {gateway.who("GET", "/orders/1") for _ in range(10)} == {"monolith"}


def test_once_the_service_has_writes_a_dead_one_is_an_error_and_not_old_data(world: World, kind: str) -> None:
    gateway = world.gateway(kind, reads=100, writes=100)
    assert gateway.who("POST", "/orders/1") == "order"
    world.order.stop()
    for method in ("GET", "POST"):
        assert gateway.ask(method, "/orders/1")[0] in (502, 503)
    assert world.monolith.seen == []
    assert gateway.who("GET", "/customers/ann") == "monolith"


def test_a_timeout_sends_no_write_twice(world: World, kind: str) -> None:
    state = changed(world.state, "order", reads=100, writes=100).model_copy(update={"timeout_seconds": 1})
    gateway = world.gateway(kind, state)
    world.order.slow = world.monolith.slow = 2.0
    assert gateway.ask("POST", "/orders/1", b"pay")[0] == 504
    assert gateway.ask("PUT", "/customers/ann", b"pay")[0] == 504
    assert gateway.ask("GET", "/orders/1")[0] == 504
    time.sleep(0.3)
    assert world.order.seen == [("POST", "/orders/1"), ("GET", "/orders/1")]
    assert world.monolith.seen == [("PUT", "/customers/ann")]


def test_a_connection_that_breaks_off_in_a_write_sends_it_once(world: World, kind: str, tmp_path: Path) -> None:
    from tests.containers.gateways import BreakingBackend

    breaking = BreakingBackend()
    try:
        gateway = world.gateway(kind, reads=100, writes=100, address=breaking.address)
        for method in ("POST", "PUT", "DELETE"):
            assert gateway.ask(method, "/orders/7" if method == "POST" else "/x", b"once")[0] in (200, 502, 503)
        assert breaking.requests == 1
    finally:
        breaking.stop()


def test_each_request_is_logged_as_json_with_its_upstream(world: World, kind: str) -> None:
    gateway = world.gateway(kind, reads=100)
    gateway.ask("GET", "/orders/1?token=secret")
    gateway.ask("GET", "/customers/ann")

    def written() -> list[dict[str, str]]:
        return [json.loads(line) for line in gateway.log.read_text().splitlines() if line.startswith("{")]

    settle(lambda: len(written()) == 2, 15)
    told = [(line["method"], line["path"], int(line["status"]), line["upstream"]) for line in written()]
    assert told == [("GET", "/orders/1", 200, "order"), ("GET", "/customers/ann", 200, "monolith")]
    assert "secret" not in gateway.log.read_text()


def test_the_gateway_routes_as_the_table_says(world: World, kind: str) -> None:
    state = changed(world.state, "order", reads=100, writes=100)
    gateway = world.gateway(kind, state)
    front = world.table.fronts[0]
    for path in ("/orders/", "/orders", "/orders/5", "/orders/x", "/orders/export", "/orders/new", "/orders/5/", "/"):
        for method in ("GET", "POST", "HEAD", "DELETE"):
            line = pick(front, method, path)
            expected = "order" if line is not None and line.service == "order" else "monolith"
            assert gateway.who(method, path) == expected, (method, path)


def settle(done: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for what happens beside the request: mirroring, logging."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.1)


@pytest.mark.parametrize("name", ["claims", "helpdesk", "orderdesk", "stockroom", "storefront"])
def test_a_samples_routes_go_where_its_table_says(name: str, kind: str, tmp_path: Path) -> None:
    """Every route of the table, with every service at 100 percent: the gateway agrees with `pick`."""
    from tests.containers.test_files import written

    table = RouteTable.model_validate_json(written(name)["facade/routes.json"])
    backend = Backend("any")
    state = first_state(table)
    for service in table.services:
        state = changed(state, service, reads=100, writes=100, address=backend.address)
    table = with_ports(table, backend)
    asked = 0
    try:
        with running(kind, table, state, tmp_path) as gateway:
            for route in table.fronts[0].routes:
                path = re.sub(r"<int:[^>]*>", "7", route.pattern.partition("?")[0])
                path = re.sub(r"<[^>]*>|\{[^}]*\}", "ab", path).replace("*", "x")
                path = path if path.startswith("/") else f"/{path}"
                for method in route.methods or ("GET", "POST"):
                    line = pick(table.fronts[0], method, path)
                    assert line is not None, (method, path)
                    assert gateway.ask(method, path)[2]["x-upstream"] == (line.service or "monolith"), (method, path)
                    asked += 1
    finally:
        backend.stop()
    assert asked >= 40
