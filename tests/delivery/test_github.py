"""Branches and pull requests on GitHub: what a first run, a second one and people's doings in between leave behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.adapters.github_forge import GitHubForge
from agent.delivery.block import read_block
from agent.delivery.deliver import Wishes
from agent.domain.delivery import Outcome
from agent.errors import DeliveryError
from tests.delivery.github_double import TOKEN, GitHubDouble
from tests.delivery.shop import ON_ORDERS, ORDERS, STOCK, TAX, Shop, edited, patch
from tests.program import git, tree


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def github(shop: Shop) -> Iterator[GitHubDouble]:
    double = GitHubDouble(shop.remote)
    double.url = double.start()  # type: ignore[attr-defined]
    yield double
    double.stop()


def forge(github: GitHubDouble) -> GitHubForge:
    return GitHubForge(github.url, "acme/shop", TOKEN, pause=lambda _: None)  # type: ignore[attr-defined]


def doings(outcomes: dict[str, Outcome]) -> dict[str, str]:
    return {name: one.doing for name, one in outcomes.items()}


TAX_ID, ORDERS_ID, STOCK_ID, MORE_ID = (
    "tax-rate-read", "orders-rename-first-line", "stock-rename-item", "more-orders-rename-again",
)  # fmt: skip


def test_a_first_run_opens_drafts_in_order_and_a_second_writes_nothing(shop: Shop, github: GitHubDouble) -> None:
    before, index = tree(shop.clone), git(shop.clone, "status", "--porcelain")
    delivery = shop.delivery(TAX, ORDERS, STOCK)
    outcomes = shop.run(forge(github), delivery)
    assert doings(outcomes) == {"plan": "open", TAX_ID: "open", ORDERS_ID: "open", STOCK_ID: "open"}
    assert [one["head"]["ref"] for one in github.pulls] == [f"figwright/{name}" for name in outcomes]
    assert all(one["draft"] and one["base"]["ref"] == "main" for one in github.pulls)
    assert "0.25" in shop.show(f"figwright/{TAX_ID}", "shop/tax.py")
    assert "# The plan" in shop.show("figwright/plan", "docs/modernization/plan.md")
    assert tree(shop.clone) == before
    assert git(shop.clone, "status", "--porcelain") == index
    wrote, tips = len(github.writes()), shop.tips()
    again = shop.run(forge(github), delivery)
    assert set(doings(again).values()) == {"keep"}
    assert not any(one.wrote for one in again.values())
    assert (len(github.writes()), shop.tips()) == (wrote, tips)


def test_what_needs_another_is_stacked_on_it_and_nothing_else_is(shop: Shop, github: GitHubDouble) -> None:
    shop.run(forge(github), shop.delivery(ORDERS, STOCK, ON_ORDERS))
    bases = {one["head"]["ref"]: one["base"]["ref"] for one in github.pulls}
    assert bases == {
        "figwright/plan": "main",
        f"figwright/{ORDERS_ID}": "main",
        f"figwright/{STOCK_ID}": "main",
        f"figwright/{MORE_ID}": f"figwright/{ORDERS_ID}",
    }
    child, parent = github.open_pulls()[f"figwright/{MORE_ID}"], github.open_pulls()[f"figwright/{ORDERS_ID}"]
    assert f"Stacked on #{parent['number']}: merge that first." in child["body"]
    assert git(shop.remote, "diff", "--name-only", f"figwright/{ORDERS_ID}..figwright/{MORE_ID}").split() == [
        "shop/orders.py"
    ]


def test_at_most_three_are_open_and_a_tick_asks_for_one_of_the_rest(shop: Shop, github: GitHubDouble) -> None:
    delivery = shop.delivery(TAX, ORDERS, STOCK)
    outcomes = shop.run(forge(github), delivery, Wishes())
    assert doings(outcomes) == {"plan": "open", TAX_ID: "open", ORDERS_ID: "open", STOCK_ID: "wait"}
    (dashboard,) = github.issues
    assert f"- [ ] <!-- figwright ask={STOCK_ID} -->" in dashboard["body"]
    wrote = len(github.writes())
    assert doings(shop.run(forge(github), delivery, Wishes()))[STOCK_ID] == "wait"
    assert len(github.writes()) == wrote
    dashboard["body"] = dashboard["body"].replace("- [ ] <!-- figwright ask=stock", "- [x] <!-- figwright ask=stock")
    assert doings(shop.run(forge(github), delivery, Wishes()))[STOCK_ID] == "open"
    assert len(github.issues) == 1
    assert "[x]" not in github.issues[0]["body"]


def test_a_dashboard_that_people_closed_stays_closed(shop: Shop, github: GitHubDouble) -> None:
    delivery = shop.delivery(TAX, ORDERS, STOCK)
    shop.run(forge(github), delivery, Wishes(most_open=1))
    github.issues[0]["state"] = "closed"
    wrote = len(github.writes())
    shop.run(forge(github), delivery, Wishes(most_open=1))
    assert len(github.writes()) == wrote


def test_closed_without_merging_means_no_until_asked_again(shop: Shop, github: GitHubDouble) -> None:
    delivery = shop.delivery(TAX)
    shop.run(forge(github), delivery)
    github.close(github.open_pulls()[f"figwright/{TAX_ID}"]["number"])
    assert doings(shop.run(forge(github), delivery))[TAX_ID] == "refused"
    assert doings(shop.run(forge(github), shop.delivery(TAX, plan="2" * 64)))[TAX_ID] == "refused"
    asked = shop.run(forge(github), delivery, Wishes(again=frozenset({TAX_ID})))
    assert doings(asked)[TAX_ID] == "open"
    assert len([one for one in github.pulls if one["head"]["ref"] == f"figwright/{TAX_ID}"]) == 2


def test_a_reviewers_commit_is_kept_and_the_request_says_so(shop: Shop, github: GitHubDouble) -> None:
    shop.run(forge(github), shop.delivery(TAX))
    branch = f"figwright/{TAX_ID}"
    mine = shop.commit_on(branch, "shop/tax.py", "def rate():\n    return 0.26\n")
    changed = patch(1, "tax-rate", "Read the tax rate", edited("shop/tax.py", ("0.2", "0.3")))
    for _ in range(2):
        outcomes = shop.run(forge(github), shop.delivery(changed))
        assert doings(outcomes)[TAX_ID] == "leave"
        assert shop.tips()[branch] == mine
        assert "commits that are not figwright's" in github.open_pulls()[branch]["body"]
    assert not outcomes[TAX_ID].wrote
    block = read_block(github.open_pulls()[branch]["body"])
    assert block is not None
    assert mine not in block.pushed


def test_a_commit_in_figwrights_name_that_it_did_not_push_is_somebody_elses(shop: Shop, github: GitHubDouble) -> None:
    shop.run(forge(github), shop.delivery(TAX))
    branch = f"figwright/{TAX_ID}"
    tip = shop.tips()[branch]
    git(shop.remote, "update-ref", f"refs/heads/{branch}", shop.commit)
    git(shop.clone, "fetch", "--quiet", "origin")
    forged = git(
        shop.remote, "-c", "user.name=figwright", "commit-tree", f"{shop.commit}^{{tree}}", "-p", tip, "-m", "not ours"
    ).strip()
    git(shop.remote, "update-ref", f"refs/heads/{branch}", forged)
    assert doings(shop.run(forge(github), shop.delivery(TAX)))[TAX_ID] == "leave"


def changed_tax(value: str) -> object:
    return patch(1, "tax-rate", "Read the tax rate", edited("shop/tax.py", ("0.2", value)))


def test_before_review_a_branch_is_made_anew_after_it_commits_are_added(shop: Shop, github: GitHubDouble) -> None:
    branch = f"figwright/{TAX_ID}"
    shop.run(forge(github), shop.delivery(TAX))
    first = shop.tips()[branch]
    assert doings(shop.run(forge(github), shop.delivery(changed_tax("0.3"))))[TAX_ID] == "rebuild"  # type: ignore[arg-type]
    second = shop.tips()[branch]
    assert git(shop.remote, "rev-parse", f"{second}^").strip() == git(shop.remote, "rev-parse", f"{first}^").strip()
    github.review(github.open_pulls()[branch]["number"])
    assert doings(shop.run(forge(github), shop.delivery(changed_tax("0.35"))))[TAX_ID] == "append"  # type: ignore[arg-type]
    third = shop.tips()[branch]
    assert git(shop.remote, "rev-parse", f"{third}^").strip() == second
    assert "0.35" in shop.show(branch, "shop/tax.py")
    wrote = len(github.writes())
    assert doings(shop.run(forge(github), shop.delivery(changed_tax("0.35"))))[TAX_ID] == "keep"  # type: ignore[arg-type]
    assert len(github.writes()) == wrote
    assert len(github.pulls) == 2


def test_a_bots_comment_is_no_review(shop: Shop, github: GitHubDouble) -> None:
    from tests.delivery.github_double import SHAPES, user

    shop.run(forge(github), shop.delivery(TAX))
    number = github.open_pulls()[f"figwright/{TAX_ID}"]["number"]
    github.comments[number] = [{**SHAPES["comment"], "user": user("coverage[bot]", "Bot")}]
    assert doings(shop.run(forge(github), shop.delivery(changed_tax("0.3"))))[TAX_ID] == "rebuild"  # type: ignore[arg-type]


def test_a_parents_extra_commit_is_merged_into_a_reviewed_child(shop: Shop, github: GitHubDouble) -> None:
    delivery = shop.delivery(ORDERS, ON_ORDERS)
    shop.run(forge(github), delivery)
    parent, child = f"figwright/{ORDERS_ID}", f"figwright/{MORE_ID}"
    github.review(github.open_pulls()[child]["number"])
    github.review(github.open_pulls()[parent]["number"])
    approved = shop.tips()[child]
    other = patch(
        2,
        "orders",
        "Rename the first line",
        edited("shop/orders.py", ("line_3 = 3", "line_3 = 33"), ("line_30 = 30", "line_30 = 31")),
    )
    after = {"shop/orders.py": other.proposal.changes[0].after or ""}
    upper = patch(
        4,
        "more-orders",
        "Rename it again",
        edited("shop/orders.py", ("line_3 = 33", "line_3 = 333"), ("line_35 = 35", "line_35 = 36"), on=after),
    )
    assert doings(shop.run(forge(github), shop.delivery(other, upper))) == {
        "plan": "keep",
        ORDERS_ID: "append",
        MORE_ID: "append",
    }
    tips = shop.tips()
    git(shop.remote, "merge-base", "--is-ancestor", approved, tips[child])
    git(shop.remote, "merge-base", "--is-ancestor", tips[parent], tips[child])
    text = shop.show(child, "shop/orders.py")
    assert "line_3 = 333\n" in text
    assert "line_30 = 31\n" in text
    assert "line_35 = 36\n" in text


def test_a_parents_commit_that_the_child_does_not_go_with_is_asked_about(shop: Shop, github: GitHubDouble) -> None:
    delivery = shop.delivery(ORDERS, ON_ORDERS)
    shop.run(forge(github), delivery)
    parent, child = f"figwright/{ORDERS_ID}", f"figwright/{MORE_ID}"
    theirs = shop.commit_on(parent, "shop/orders.py", "line_3 = 'by Ann'\n")
    tips = shop.tips()
    outcomes = shop.run(forge(github), delivery)
    assert doings(outcomes) == {"plan": "keep", ORDERS_ID: "leave", MORE_ID: "conflict"}
    assert "shop/orders.py" in outcomes[MORE_ID].note
    assert shop.tips() == {**tips, parent: theirs}
    assert "conflicts in shop/orders.py" in github.open_pulls()[child]["body"]


@pytest.mark.parametrize("squash", [False, True])
def test_once_the_parent_is_merged_the_child_goes_to_the_base(shop: Shop, github: GitHubDouble, squash: bool) -> None:
    delivery = shop.delivery(ORDERS, ON_ORDERS)
    shop.run(forge(github), delivery)
    parent, child = f"figwright/{ORDERS_ID}", f"figwright/{MORE_ID}"
    shop.merge(parent, squash=squash)
    github.merged(github.open_pulls()[parent]["number"])
    outcomes = shop.run(forge(github), delivery)
    assert outcomes[ORDERS_ID].doing == "done"
    request = github.open_pulls()[child]
    assert request["base"]["ref"] == "main"
    diff = git(shop.remote, "diff", f"main...{child}")
    assert "+line_3 = 333" in diff
    assert "-line_3 = 33\n" in diff
    wrote = len(github.writes())
    assert doings(shop.run(forge(github), delivery))[MORE_ID] == "keep"
    assert len(github.writes()) == wrote


def test_what_was_merged_is_done_even_after_a_revert(shop: Shop, github: GitHubDouble) -> None:
    delivery = shop.delivery(TAX)
    shop.run(forge(github), delivery)
    branch = f"figwright/{TAX_ID}"
    shop.merge(branch)
    github.merged(github.open_pulls()[branch]["number"])
    assert doings(shop.run(forge(github), delivery))[TAX_ID] == "done"
    shop.commit_on("main", "shop/tax.py", "def rate():\n    return 0.2\n", "Revert")
    assert doings(shop.run(forge(github), delivery))[TAX_ID] == "done"


def test_a_base_that_moved_on_elsewhere_changes_nothing(shop: Shop, github: GitHubDouble) -> None:
    delivery = shop.delivery(TAX)
    shop.run(forge(github), delivery)
    shop.commit_on("main", "README.md", "# Shop, moved on\n")
    wrote, tips = len(github.writes()), shop.tips()
    assert set(doings(shop.run(forge(github), delivery)).values()) == {"keep"}
    assert (len(github.writes()), shop.tips()) == (wrote, tips)


def test_patches_judged_anew_on_a_newer_base_leave_branches_that_merge_to_the_same(
    shop: Shop, github: GitHubDouble
) -> None:
    shop.run(forge(github), shop.delivery(TAX))
    moved = shop.commit_on("main", "README.md", "# Shop, moved on\n")
    tips = shop.tips()
    shop.run(forge(github), shop.delivery(TAX, commit=moved))
    assert shop.tips() == tips


def test_a_conflict_is_asked_about_and_nothing_is_pushed(shop: Shop, github: GitHubDouble) -> None:
    delivery = shop.delivery(TAX)
    shop.run(forge(github), delivery)
    branch = f"figwright/{TAX_ID}"
    shop.commit_on("main", "shop/tax.py", "def rate():\n    return 0.5\n")
    tips = shop.tips()
    outcome = shop.run(forge(github), delivery)[TAX_ID]
    assert outcome.doing == "conflict"
    assert "shop/tax.py" in outcome.note
    assert shop.tips() == tips
    assert "conflicts in shop/tax.py" in github.open_pulls()[branch]["body"]


def test_what_a_reviewer_wrote_into_title_and_body_stays(shop: Shop, github: GitHubDouble) -> None:
    shop.run(forge(github), shop.delivery(TAX))
    request = github.open_pulls()[f"figwright/{TAX_ID}"]
    request["title"] = "Tax: by Ann"
    request["body"] = "See OD-7.\r\n\r\n" + request["body"].replace("\n", "\r\n") + "\r\nChecked on staging.\r\n"
    shop.run(forge(github), shop.delivery(changed_tax("0.3")))  # type: ignore[arg-type]
    assert request["title"] == "Tax: by Ann"
    assert request["body"].startswith("See OD-7.")
    assert "Checked on staging." in request["body"]
    request["body"] = request["body"].replace("**Proof**", "**Proof, as Ann sees it**")
    shop.run(forge(github), shop.delivery(changed_tax("0.4")))  # type: ignore[arg-type]
    assert "**Proof, as Ann sees it**" in request["body"]
    block = read_block(request["body"])
    assert block is not None
    assert block.pushed == (shop.tips()[f"figwright/{TAX_ID}"],)


def test_what_the_plan_no_longer_has_is_left_and_named(shop: Shop, github: GitHubDouble) -> None:
    shop.run(forge(github), shop.delivery(TAX, STOCK))
    outcomes = shop.run(forge(github), shop.delivery(TAX))
    assert outcomes[STOCK_ID].doing == "gone"
    assert f"figwright/{STOCK_ID}" in github.open_pulls()


def test_a_dry_run_writes_nothing_and_says_the_same(shop: Shop, github: GitHubDouble) -> None:
    delivery = shop.delivery(ORDERS, ON_ORDERS)
    said = doings(shop.run(forge(github), delivery, Wishes(dry=True)))
    assert github.writes() == []
    assert list(shop.tips()) == ["main"]
    assert doings(shop.run(forge(github), delivery)) == said


def test_a_repository_without_drafts_is_told_and_not_made_ready(shop: Shop, github: GitHubDouble) -> None:
    github.drafts = False
    with pytest.raises(DeliveryError, match="run the same command again with --ready"):
        shop.run(forge(github), shop.delivery(TAX))
    assert github.pulls == []
    shop.run(forge(github), shop.delivery(TAX), Wishes(draft=False))
    assert not any(one["draft"] for one in github.pulls)


def test_patches_of_a_commit_that_the_base_lacks_are_refused(shop: Shop, github: GitHubDouble) -> None:
    (shop.clone / "README.md").write_text("local")
    from tests.program import commit_all

    local = commit_all(shop.clone, "not pushed")
    with pytest.raises(DeliveryError, match="push it, or run figwright refactor on a current main"):
        shop.run(forge(github), shop.delivery(TAX, commit=local))
    assert github.pulls == []


def test_a_rule_of_the_server_is_told_in_one_sentence(shop: Shop, github: GitHubDouble) -> None:
    hook = shop.remote / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'GH006: Protected branch update failed' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(DeliveryError, match="a rule of the repository protects figwright/plan"):
        shop.run(forge(github), shop.delivery(TAX))
    assert github.pulls == []
    assert list(shop.tips()) == ["main"]
