"""Every call that we make to GitHub, and every answer of its double, fits GitHub's own OpenAPI description (Prism checks)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from agent.adapters.github_forge import GitHubForge
from agent.delivery.deliver import Wishes
from tests.delivery.github_double import TOKEN, GitHubDouble
from tests.delivery.prism import prism_before, why_not
from tests.delivery.shop import ON_ORDERS, ORDERS, STOCK, TAX, Shop, edited, patch

pytestmark = [pytest.mark.skipif(bool(why_not()), reason=why_not()), pytest.mark.timeout(300), pytest.mark.slow]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def github(shop: Shop) -> Iterator[GitHubDouble]:
    double = GitHubDouble(shop.remote)
    double.start()
    yield double
    double.stop()


def test_a_whole_life_of_requests_fits_the_description(shop: Shop, github: GitHubDouble, tmp_path: Path) -> None:
    with prism_before(github.start(), tmp_path) as address:
        forge = GitHubForge(address, "acme/shop", TOKEN)
        first = shop.run(forge, shop.delivery(TAX, ORDERS, ON_ORDERS, STOCK), Wishes(most_open=4))
        assert [one.doing for one in first.values()] == ["open", "open", "open", "open", "wait"]
        tax = github.open_pulls()["figwright/tax-rate-read"]["number"]
        github.review(tax)
        github.merged(github.open_pulls()["figwright/plan"]["number"])
        shop.merge("figwright/plan")
        other = patch(1, "tax-rate", "Read the tax rate", edited("shop/tax.py", ("0.2", "0.3")))
        upper = patch(2, "orders", "Rename the first line", edited("shop/orders.py", ("line_3 = 3", "line_3 = 34")))
        second = shop.run(forge, shop.delivery(other, upper), Wishes(most_open=4))
        assert [one.doing for one in second.values()] == ["done", "append", "rebuild", "gone"]
        forge.close()
    called = {(call.method, call.path.split("/acme/shop")[1].split("/")[1]) for call in github.calls}
    assert called >= {
        ("GET", "pulls"),
        ("POST", "pulls"),
        ("PATCH", "pulls"),
        ("GET", "compare"),
        ("POST", "issues"),
        ("PATCH", "issues"),
    }


def test_what_does_not_fit_is_noticed(github: GitHubDouble, tmp_path: Path) -> None:
    with prism_before(github.start(), tmp_path) as address:
        headers = {"Authorization": f"token {TOKEN}"}
        refused = httpx.post(f"{address}/repos/acme/shop/pulls", json={"title": "no head"}, headers=headers)
        assert refused.status_code == 422
        assert github.calls == []
        github.issues.append({"number": "one"})
        broken = httpx.get(f"{address}/repos/acme/shop/issues", headers=headers)
        assert broken.status_code == 500
        github.issues.clear()
