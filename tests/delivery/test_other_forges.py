"""GitLab and Gitea live through what GitHub does: the same run, a second one, a review, a merge, a lost answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.adapters.gitea_forge import GiteaForge
from agent.adapters.gitlab_forge import GitLabForge
from agent.delivery.deliver import Wishes
from agent.errors import ForgeError
from agent.ports import Forge
from tests.delivery.described import description, misfits
from tests.delivery.other_doubles import TOKEN, ForgeDouble, GiteaDouble, GitLabDouble
from tests.delivery.shop import ON_ORDERS, ORDERS, STOCK, TAX, Shop, edited, patch

TAX_ID, ORDERS_ID, MORE_ID = "tax-rate-read", "orders-rename-first-line", "more-orders-rename-again"
OTHER = patch(1, "tax-rate", "Read the tax rate", edited("shop/tax.py", ("0.2", "0.3")))


class Gitlab:
    draft = "Draft: "

    def __init__(self, shop: Shop) -> None:
        self.double: Any = GitLabDouble(shop.remote)
        self.forge: Forge = GitLabForge(self.double.start(), "acme/team/shop", TOKEN, pause=lambda _: None)

    def branch(self, one: dict[str, Any]) -> tuple[str, str]:
        return one["source_branch"], one["target_branch"]

    def body(self, one: dict[str, Any]) -> str:
        return str(one["description"])

    def review(self, number: int) -> None:
        self.double.notes[number] = [
            {"system": True, "body": "approved this merge request", "author": {"username": "ann"}}
        ]

    def chatter(self, number: int) -> None:
        self.double.notes[number] = [
            {"system": True, "body": "added 1 commit", "author": {"username": "ann"}},
            {"system": False, "body": "Coverage 80%", "author": {"username": "project_7_bot_0a1b"}},
        ]

    def merged(self, number: int) -> None:
        self.double.requests[number - 1]["state"] = "merged"

    def closed(self, number: int) -> None:
        self.double.requests[number - 1]["state"] = "closed"


class Gitea(Gitlab):
    draft = "WIP: "

    def __init__(self, shop: Shop) -> None:
        self.double = GiteaDouble(shop.remote)
        self.forge = GiteaForge(self.double.start(), "acme/shop", TOKEN, pause=lambda _: None)

    def branch(self, one: dict[str, Any]) -> tuple[str, str]:
        return one["head"]["label"], one["base"]["ref"]

    def body(self, one: dict[str, Any]) -> str:
        return str(one["body"])

    def review(self, number: int) -> None:
        self.double.reviews[number] = [{"state": "APPROVED", "user": {"login": "ann"}}]

    def chatter(self, number: int) -> None:
        self.double.reviews[number] = [{"state": "REQUEST_REVIEW", "user": {"login": "ann"}}]

    def merged(self, number: int) -> None:
        self.double.requests[number - 1].update(state="closed", merged=True)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture(params=[Gitlab, Gitea], ids=["gitlab", "gitea"])
def place(request: pytest.FixtureRequest, shop: Shop) -> Iterator[Any]:
    made = request.param(shop)
    yield made
    made.forge.close()
    made.double.stop()
    assert made.double.misfits == []


def doings(outcomes: Any) -> dict[str, str]:
    return {name: one.doing for name, one in outcomes.items()}


def test_a_first_run_opens_drafts_and_a_second_writes_nothing(shop: Shop, place: Any) -> None:
    delivery = shop.delivery(TAX, ORDERS, ON_ORDERS)
    outcomes = shop.run(place.forge, delivery)
    assert set(doings(outcomes).values()) == {"open"}
    requests = place.double.requests
    assert all(one["title"].startswith(place.draft) for one in requests)
    assert (f"figwright/{MORE_ID}", f"figwright/{ORDERS_ID}") in [place.branch(one) for one in requests]
    assert f"Stacked on {place.forge.sign}3: merge that first." in place.body(requests[3])
    wrote, tips = len(place.double.writes()), shop.tips()
    assert set(doings(shop.run(place.forge, delivery)).values()) == {"keep"}
    assert (len(place.double.writes()), shop.tips()) == (wrote, tips)


def test_review_merge_and_close_mean_what_they_mean(shop: Shop, place: Any) -> None:
    delivery = shop.delivery(TAX, ORDERS, ON_ORDERS)
    shop.run(place.forge, delivery)
    place.chatter(2)
    assert doings(shop.run(place.forge, shop.delivery(OTHER, ORDERS, ON_ORDERS)))[TAX_ID] == "rebuild"
    place.review(2)
    assert doings(shop.run(place.forge, delivery))[TAX_ID] == "append"
    shop.merge(f"figwright/{ORDERS_ID}", squash=True)
    place.merged(3)
    place.closed(1)
    outcomes = doings(shop.run(place.forge, delivery))
    assert outcomes == {"plan": "refused", TAX_ID: "keep", ORDERS_ID: "done", MORE_ID: "rebuild"}
    assert place.branch(place.double.requests[3]) == (f"figwright/{MORE_ID}", "main")
    wrote = len(place.double.writes())
    shop.run(place.forge, delivery)
    assert len(place.double.writes()) == wrote


def test_the_rest_waits_in_one_issue_and_a_tick_asks(shop: Shop, place: Any) -> None:
    delivery = shop.delivery(TAX, ORDERS, STOCK)
    for _ in range(2):
        assert list(doings(shop.run(place.forge, delivery, Wishes())).values())[-1] == "wait"
    (issue,) = place.double.issues
    key = "description" if isinstance(place.double, GitLabDouble) else "body"
    issue[key] = issue[key].replace("[ ]", "[x]")
    assert "open" in doings(shop.run(place.forge, delivery, Wishes())).values()
    assert len(place.double.issues) == 1


def test_an_answer_that_is_lost_opens_nothing_twice(shop: Shop, place: Any) -> None:
    place.double.lost = 1
    shop.run(place.forge, shop.delivery(TAX))
    branches = [place.branch(one)[0] for one in place.double.requests]
    assert sorted(branches) == sorted(set(branches)) == ["figwright/plan", f"figwright/{TAX_ID}"]


def test_a_draft_that_a_person_made_ready_stays_ready(shop: Shop, place: Any) -> None:
    shop.run(place.forge, shop.delivery(TAX))
    request = place.double.requests[1]
    request["title"] = request["title"].removeprefix(place.draft)
    shop.run(place.forge, shop.delivery(OTHER))
    assert not request["title"].startswith(place.draft)


def test_a_wrong_token_is_one_sentence_without_it(shop: Shop, place: Any) -> None:
    kind = type(place.forge)
    name = "acme/team/shop" if kind is GitLabForge else "acme/shop"
    stranger = kind(place.double.start(), name, "wrong-secret", pause=lambda _: None)
    with pytest.raises(ForgeError, match="does not accept the token") as caught:
        shop.run(stranger, shop.delivery(TAX))
    stranger.close()
    assert "wrong-secret" not in str(caught.value)


def test_a_project_without_issues_gets_no_dashboard(shop: Shop) -> None:
    place = Gitlab(shop)
    place.double.issues_enabled = False
    outcomes = shop.run(place.forge, shop.delivery(TAX, ORDERS, STOCK), Wishes())
    assert "wait" in doings(outcomes).values()
    place.forge.close()
    place.double.stop()
    assert isinstance(place.double, ForgeDouble)


@pytest.mark.parametrize(
    ("forge", "method", "path", "query", "body", "answer", "said"),
    [
        ("gitlab", "POST", "/projects/a%2Fb/merge_requests", {}, {"title": "x", "source_branch": "y"}, {}, "the body lacks target_branch"),
        ("gitlab", "GET", "/projects/a%2Fb/issues", {"state": "open"}, {}, [], "the query state=open is none of"),
        ("gitlab", "GET", "/projects/a%2Fb/repository/compare", {"from": "x"}, {}, {}, "the query to is missing"),
        ("gitlab", "DELETE", "/projects/a%2Fb", {}, {}, {}, "is not described"),
        ("gitea", "GET", "/repos/a/b/pulls", {"head": "x"}, {}, [], "the query head is not described"),
        ("gitea", "POST", "/repos/a/b/issues", {}, {"title": "x", "labels": "y"}, {}, "the body.labels is no array"),
        ("gitea", "GET", "/repos/a/b/pulls", {}, {}, [{"head": {"sha": 1}}], "the answer[0].head.sha is no string"),
        ("gitea", "GET", "/repos/a/b/pulls", {}, {}, {}, "the answer is no list"),
    ],
)  # fmt: skip
def test_what_a_description_does_not_have_is_noticed(
    forge: str, method: str, path: str, query: dict[str, str], body: dict[str, Any], answer: Any, said: str
) -> None:
    found = misfits(forge, method, path, query, body, answer)
    assert any(said in one for one in found), found


def test_each_described_call_is_made(shop: Shop, place: Any) -> None:
    """A description of what nobody calls would prove nothing."""
    shop.run(place.forge, shop.delivery(TAX, ORDERS, STOCK), Wishes())
    shop.run(place.forge, shop.delivery(OTHER, ORDERS), Wishes())
    place.double.issues_enabled = False
    if isinstance(place.forge, GitLabForge):
        assert place.forge.dashboard() is not None
    made = {
        (method, re.sub(r"\d+$|\d+(?=/)", "N", path.rpartition("/shop")[2])) for method, path, _ in place.double.calls
    }
    shapes = {re.sub(r"\{(number|iid)\}", "N", name) for name in description(place.double.name)["calls"]}
    described = {(name.split()[0], re.sub(r"^/\w+(/\{\w+\})+", "", name.split()[1])) for name in shapes}
    if place.double.name == "gitea":
        described -= {("GET", "")}  # asked for when issues cannot be read
    assert described <= made
