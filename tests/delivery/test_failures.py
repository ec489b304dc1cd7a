"""Every call to the forge fails in turn, in every way: no request twice, no broken branch, one sentence, and the next run completes."""

from __future__ import annotations

import copy
import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from agent.adapters.git_branches import GitBranches
from agent.adapters.github_forge import GitHubForge
from agent.delivery.block import read_block
from agent.delivery.deliver import Wishes, deliver
from agent.domain.delivery import Delivery, Outcome
from agent.errors import DeliveryError
from tests.delivery.github_double import TOKEN, GitHubDouble
from tests.delivery.shop import ORDERS, STOCK, TAX, Shop, edited, patch

FAULTS = (403, 404, 409, 422, 429, 500, "timeout", "reset", "lost")
CALLS = {"first": 18, "update": 15}  # how many calls an undisturbed run makes; a test holds them
WISHES = Wishes(most_open=3)


@dataclass
class Scene:
    """A repository and its forge, put back to a known state before each case. ``before`` are requests, issues and branches."""

    shop: Shop
    github: GitHubDouble
    forge: GitHubForge
    hasty: GitHubForge  # waits for an answer for a moment only
    branches: GitBranches
    deliveries: dict[str, Delivery]
    before: dict[str, tuple[list[Any], list[Any], dict[str, str]]]

    def set(self, name: str) -> None:
        pulls, issues, tips = self.before[name]
        self.github.pulls, self.github.issues = copy.deepcopy(pulls), copy.deepcopy(issues)
        self.github.calls.clear()
        self.github.fault = lambda _: None
        folder = self.shop.remote / "refs/heads/figwright"
        shutil.rmtree(folder, ignore_errors=True)
        for branch, commit in tips.items():
            path = self.shop.remote / "refs/heads" / branch
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(commit + "\n")

    def run(self, name: str, *, hasty: bool = False) -> str:
        """The sentence that it ended with; empty when all went well."""
        self.branches.look()
        forge = self.hasty if hasty else self.forge
        outcomes: list[Outcome] = []
        try:
            deliver(self.deliveries[name], self.branches, forge, WISHES, outcomes)
        except DeliveryError as error:
            return str(error)
        return ""

    def state(self) -> tuple[dict[str, str], dict[str, str]]:
        """(branches of the remote, and the branches of open requests with the commits that their hidden blocks name)."""
        tips = {name: tip for name, tip in self.shop.tips().items() if name.startswith("figwright/")}
        blocks = {}
        for branch, one in self.github.open_pulls().items():
            block = read_block(one["body"])
            assert block is not None
            blocks[branch] = " ".join(block.pushed)
        return tips, blocks


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    shop = Shop(tmp_path_factory.mktemp("failures"))
    github = GitHubDouble(shop.remote, slow=0.9)
    address = github.start()
    forge = GitHubForge(address, "acme/shop", TOKEN, pause=lambda _: None)
    hasty = GitHubForge(address, "acme/shop", TOKEN, pause=lambda _: None, timeout=0.5)
    other = patch(1, "tax-rate", "Read the tax rate", edited("shop/tax.py", ("0.2", "0.3")))
    upper = patch(2, "orders", "Rename the first line", edited("shop/orders.py", ("line_3 = 3", "line_3 = 34")))
    deliveries = {"first": shop.delivery(TAX, ORDERS, STOCK), "update": shop.delivery(other, upper, STOCK)}
    made = Scene(shop, github, forge, hasty, shop.branches(), deliveries, {"first": ([], [], {})})
    made.set("first")
    assert made.run("first") == ""
    github.review(next(one["number"] for one in github.pulls if "tax" in one["head"]["ref"]))
    tips = {name: tip for name, tip in shop.tips().items() if name.startswith("figwright/")}
    made.before["update"] = (copy.deepcopy(github.pulls), copy.deepcopy(github.issues), tips)
    yield made
    made.branches.close()
    forge.close()
    hasty.close()
    github.stop()


@pytest.mark.parametrize("name", CALLS)
def test_the_cases_are_all_calls_of_a_run(scene: Scene, name: str) -> None:
    scene.set(name)
    assert scene.run(name) == ""
    assert len(scene.github.calls) == CALLS[name], [f"{call.method} {call.path}" for call in scene.github.calls]
    assert len(CASES) == 297  # docs/guide/pull-requests.md says so
    assert len([case for case in CASES if case[1] != "lost"]) >= 200


CASES = [(name, fault, at) for (name, most), fault in itertools.product(CALLS.items(), FAULTS) for at in range(most)]


@pytest.mark.parametrize(("name", "fault", "at"), CASES)
def test_a_call_that_fails(scene: Scene, name: str, fault: Any, at: int) -> None:
    expected = undisturbed(scene, name)
    scene.set(name)
    scene.github.fault = lambda number: fault if number == at else None
    check(scene, name, expected, scene.run(name, hasty=fault == "timeout"), thrice=at % 5 == 0)


@pytest.mark.parametrize(("name", "at"), [(name, at) for name, most in CALLS.items() for at in range(0, most, 3)])
def test_a_forge_that_is_down_from_some_call_on(scene: Scene, name: str, at: int) -> None:
    expected = undisturbed(scene, name)
    scene.set(name)
    scene.github.fault = lambda number: 500 if number >= at else None
    said = scene.run(name)
    assert "a fault of its own" in said
    check(scene, name, expected, said)


_EXPECTED: dict[str, Any] = {}


def undisturbed(scene: Scene, name: str) -> Any:
    if name not in _EXPECTED:
        scene.set(name)
        assert scene.run(name) == ""
        _EXPECTED[name] = scene.state()
    return _EXPECTED[name]


def check(scene: Scene, name: str, expected: Any, said: str, *, thrice: bool = True) -> None:
    """What the failed run left, then a run without faults and, ``thrice``, one more that must write nothing."""
    assert TOKEN not in said
    assert said.count("\n") == 0
    assert said == "" or said.endswith((".", ")"))
    before = scene.before[name][2]
    for branch, tip in scene.state()[0].items():
        assert tip in (expected[0][branch], before.get(branch)), "a branch that nobody asked for"
    scene.github.fault = lambda _: None
    assert scene.run(name) == ""
    assert scene.state() == expected
    assert len(scene.github.pulls) == len(expected[1])
    assert len(scene.github.issues) == 1
    if not thrice:
        return
    wrote = len(scene.github.writes())
    assert scene.run(name) == ""
    assert len(scene.github.writes()) == wrote
