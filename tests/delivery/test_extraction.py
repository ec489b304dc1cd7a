"""An extraction as a stack of requests: what stands on what, what each says, what is held back, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from agent.adapters.extraction_folder import evidence_beside, read_extraction
from agent.adapters.output_folder import checksums, read_checksums
from agent.delivery import add_extraction, refuse_moved
from agent.delivery.body import MOST_LINES, Surroundings, request_text
from agent.delivery.deliver import Wishes
from agent.domain.delivery import Delivery, Item
from agent.errors import InputError
from tests.delivery.extracted import (  # fmt: skip
    CONTROL_VERDICT,
    FILES,
    SLICE_VERDICT,
    evidence,
    extraction,
    measured,
    rung,
    write_extraction,
)
from tests.delivery.github_double import GitHubDouble
from tests.delivery.shop import ORDERS, TAX, Shop, small_plan
from tests.delivery.test_github import forge
from tests.delivery.test_pr_command import pr
from tests.program import git, tree

COMMIT = "c" * 40
PARTS = ("service", "facade", "seam", "data", "deletion")
STACK = [f"extract-stock-{part}" for part in PARTS]


def ids(delivery: Delivery) -> list[str]:
    return [item.id for item in delivery.items]


def item(delivery: Delivery, part: str) -> Item:
    return next(one for one in delivery.items if one.id == f"extract-stock-{part}")


def paths(delivery: Delivery, part: str) -> set[str]:
    return set(item(delivery, part).paths)


def without(*names: str) -> dict[str, bytes]:
    return {name: content for name, content in FILES.items() if not name.startswith(names)}


def test_each_part_is_an_item_that_stands_on_the_one_before() -> None:
    made = add_extraction(None, extraction(COMMIT))
    assert ids(made) == STACK
    assert [one.needs for one in made.items] == [(), *((name,) for name in STACK[:-1])]
    assert made.held_back == ()
    assert paths(made, "service") == {
        "services/stock/app/shop/stock.py", "services/stock/app/logo.png", "services/stock/deploy/compose.yaml",
        "services/stock/deploy/kubernetes/base/stock.yaml", "services/stock/extraction.md",
    }  # fmt: skip
    assert paths(made, "facade") == {"services/stock/facade/nginx.conf"}
    assert paths(made, "data") == {"services/stock/own-schema/0001-split.sql"}
    assert paths(made, "seam") == {"shop/orders.py"}
    assert paths(made, "deletion") == {"shop/stock.py"}


def test_a_body_has_its_own_rungs_verdict_and_figures_and_a_control_is_called_one() -> None:
    made = add_extraction(None, extraction(COMMIT))
    texts = {part: request_text(item(made, part), Surroundings(base="main", commit=COMMIT)) for part in PARTS}
    assert all(text.count("\n") <= MOST_LINES for text in texts.values())
    service = texts["service"]
    proof = service[service.index("**Proof**") : service.index("**Not proved**")].splitlines()
    assert proof[2] == f"- Rung 2 (slice): {SLICE_VERDICT}."
    assert f"- A control, with the same code on both sides, holds: {CONTROL_VERDICT}." in proof
    assert "- Of 10 small defects put into lines that ran, 9 were noticed." in proof
    assert CONTROL_VERDICT not in service[: service.index("**Proof**")]
    assert "Requests that show nothing (vacuous) (1)" in service[service.index("**Not proved**") :]
    assert "Drill writes under load held: none lost (writes 10,000)." in texts["data"]
    assert "Rung 4 (branch by abstraction): branch by abstraction was shown." in texts["seam"]
    assert "put yours for the addresses and `{{work}}` in it" in texts["facade"]
    assert all("docs/modernization" not in text for text in texts.values())


def test_the_plans_step_of_the_service_is_named() -> None:
    plan = small_plan(COMMIT)
    phase = plan.roadmap.phases[0]
    steps = [phase.steps[0].model_copy(update={"id": f"S0{n}", "kind": "extract", "service": name, "title": f"Extract {name}"}) for n, name in enumerate(("orders", "stock"), 2)]  # fmt: skip
    roadmap = plan.roadmap.model_copy(update={"phases": (phase.model_copy(update={"steps": (*phase.steps, *steps)}),)})
    made = add_extraction(None, extraction(COMMIT), plan.model_copy(update={"roadmap": roadmap}))
    assert {one.step for one in made.items} == {"S03"}
    text = request_text(made.items[0], Surroundings(base="main", commit=COMMIT))
    assert "Plan item: S03, Extract stock, in `docs/modernization/plan.md`." in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"commit": ""}, "no git repository"),
        ({"dirty_files": 2}, "a work tree with 2 uncommitted changes"),
        ({"commit": "d" * 40}, "is of commit dddddddddddd and the plan of cccccccccccc"),
        ({"rungs": (rung(0, "oracle"),), "stopped": "nothing to cut"}, r"not go up to rung 2, the slice \(nothing to cut\)"),
        ({"rungs": (rung(2, "slice", passed=False, verdict="3 of 12"),)}, r"rung 2 \(slice\) of stock does not hold \(3 of 12\)"),
    ],
)  # fmt: skip
def test_evidence_that_is_not_of_this_commit_or_does_not_hold_is_refused(changes: dict[str, object], said: str) -> None:
    planned = Delivery(name="shop", commit=COMMIT, committed_on="", plan="1", items=())
    add_extraction(planned, extraction(COMMIT))
    with pytest.raises(InputError, match=said) as caught:
        add_extraction(planned, extraction(**{"commit": COMMIT, **changes}))  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_a_higher_rung_that_does_not_hold_is_held_back_with_its_verdict() -> None:
    lower = tuple(one for one in evidence(COMMIT).rungs if one.level < 3)
    fell = extraction(COMMIT, rungs=(*lower, rung(3, "own schema", passed=False, verdict="2 of 6 drills held")))
    made = add_extraction(None, fell)
    assert ids(made) == STACK[:2]
    held = "The migration of its data of stock is held back: rung 3 (own schema) does not hold: 2 of 6 drills held."
    assert held in made.held_back
    assert any(text.startswith("Deleting the old code of stock is held back: rung 4") for text in made.held_back)


def test_the_deletion_waits_for_the_whole_ledger_and_spares_what_stays() -> None:
    gap = (measured("route", "GET /stock", "replayed"), measured("route", "POST /stock", "no"))
    (said,) = add_extraction(None, extraction(COMMIT, parity=gap)).held_back
    assert "the parity ledger is not whole, 1 of 2 functions are not shown (route POST /stock)" in said
    stays = (measured("route", "GET /stock", "replayed"), measured("job", "nightly.py", "stays", line=10))
    (said,) = add_extraction(None, extraction(COMMIT, parity=stays)).held_back  # the patch deletes line 10
    assert "would change what stays with the monolith (nightly.py)" in said
    (said,) = add_extraction(None, extraction(COMMIT, parity=())).held_back
    assert "has no function of it" in said
    (said,) = add_extraction(None, extraction(COMMIT, without("patches/0002"))).held_back
    assert "left no file for it" in said
    whole = add_extraction(None, extraction(COMMIT))
    assert [one.draft for one in whole.items] == [False] * 4 + [True]


def test_a_bare_diff_will_do_as_a_patch_and_nonsense_will_not() -> None:
    diff = FILES["patches/0001-seam.patch"].split(b"\n---\n")[1]
    diff = diff[diff.index(b"diff --git") :].rpartition(b"-- \n")[0]
    for before, body in ((b"", ""), (b"# Call stock\n#\n# through a seam.\n\n", "Call stock\n\nthrough a seam.")):
        made = add_extraction(None, extraction(COMMIT, {**FILES, "patches/0001-seam.patch": before + diff}))
        assert paths(made, "seam") == {"shop/orders.py"}
        (change,) = item(made, "seam").changes
        assert change.diff.startswith("diff --git ")
        assert change.body == body if body else change.body.endswith("services/stock/extraction.md.")
    with pytest.raises(InputError, match=r"patches/0001-seam\.patch"):
        add_extraction(None, extraction(COMMIT, {**FILES, "patches/0001-seam.patch": b"hello"}))


def test_nobodys_file_is_overwritten() -> None:
    made = add_extraction(None, extraction(COMMIT, taken=frozenset({"services/stock/mine.py", "services/stock-2"})))
    assert all(path.startswith("services/stock-3/") for path in paths(made, "service"))
    odd = evidence(COMMIT).model_copy(update={"service": "../../Größe <x>"})
    made = add_extraction(None, extraction(COMMIT).__class__(odd, FILES, "out", "2" * 64))
    assert all(path.startswith("services/gr-e-x-") and ".." not in path for path in made.items[0].paths)


def test_a_base_that_changed_other_files_is_refused_and_its_own_merged_ones_are_not() -> None:
    made = add_extraction(None, extraction(COMMIT))
    refuse_moved(made, ["services/stock/app/shop/stock.py", "shop/orders.py"], "main")
    with pytest.raises(InputError, match=r"main has changed a\.py and b\.py since: run figwright extract again"):
        refuse_moved(made, ["shop/orders.py", "b.py", "a.py"], "main")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def github(shop: Shop) -> Iterator[GitHubDouble]:
    double = GitHubDouble(shop.remote)
    double.url = double.start()  # type: ignore[attr-defined]
    yield double
    double.stop()


def test_the_stack_is_opened_in_order_and_a_second_run_writes_nothing(shop: Shop, github: GitHubDouble) -> None:
    delivery = add_extraction(shop.delivery(TAX), extraction(shop.commit))
    outcomes = shop.run(forge(github), delivery, Wishes(most_open=20, draft=False))
    assert list(outcomes) == ["plan", *STACK, "tax-rate-read"]
    bases = {one["head"]["ref"]: one["base"]["ref"] for one in github.pulls}
    assert bases == {
        "figwright/plan": "main", "figwright/tax-rate-read": "main", f"figwright/{STACK[0]}": "main",
        **{f"figwright/{name}": f"figwright/{below}" for below, name in pairwise(STACK)},
    }  # fmt: skip
    assert [one["head"]["ref"] for one in github.pulls if one["draft"]] == [f"figwright/{STACK[-1]}"]
    assert f"- Rung 2 (slice): {SLICE_VERDICT}." in github.open_pulls()[f"figwright/{STACK[0]}"]["body"]
    assert "line_3 = 33\n" in shop.show(f"figwright/{STACK[2]}", "shop/orders.py")
    assert "item_9" not in shop.show(f"figwright/{STACK[-1]}", "shop/stock.py")
    assert github.issues == []  # nothing waits, nothing is held back
    wrote, tips = len(github.writes()), shop.tips()
    again = shop.run(forge(github), delivery, Wishes(most_open=20, draft=False))
    assert {one.doing for one in again.values()} == {"keep"}
    assert (len(github.writes()), shop.tips()) == (wrote, tips)


def test_what_is_held_back_stands_in_the_dashboard(shop: Shop, github: GitHubDouble) -> None:
    gap = (measured("route", "POST /stock", "no"),)
    shop.run(forge(github), add_extraction(None, extraction(shop.commit, parity=gap)))
    (dashboard,) = github.issues
    assert "Deleting the old code of stock is held back" in dashboard["body"]
    assert f"figwright/{STACK[-1]}" not in shop.tips()


def test_deliveries_leave_each_others_branches_alone(shop: Shop, github: GitHubDouble) -> None:
    plan, stack = shop.delivery(ORDERS), add_extraction(None, extraction(shop.commit))
    shop.run(forge(github), plan)
    assert set(shop.run(forge(github), stack)) == set(STACK)
    assert "gone" not in {one.doing for one in shop.run(forge(github), plan).values()}
    fewer = add_extraction(None, extraction(shop.commit, without("facade/")))
    assert shop.run(forge(github), fewer)[STACK[1]].doing == "gone"  # its own, which it no longer has


def test_the_command_needs_no_plan_and_takes_only_what_was_judged(shop: Shop, tmp_path: Path) -> None:
    folder = write_extraction(tmp_path / "extraction-stock", extraction(shop.commit))
    (folder / "slice/stale.py").write_text("left over from an earlier run\n")
    before = tree(shop.clone)
    options = ("--extraction", folder, "--from", tmp_path / "none", "--max-open", 9)
    code, out, said = pr(shop, *options)
    assert code == 0, said
    assert [line.split()[1] for line in out.splitlines() if line.startswith("opened")] == [f"{name}:" for name in STACK]
    assert tree(shop.clone) == before
    held = git(shop.remote, "ls-tree", "-r", "--name-only", f"figwright/{STACK[0]}").split()
    assert "services/stock/app/shop/stock.py" in held
    assert not [path for path in held if "stale" in path]
    shop.merge(f"figwright/{STACK[0]}")
    code, out, said = pr(shop, *options)  # its own service is in the base now: the rest goes on
    assert code == 0, said
    assert out.split()[0] == "done"
    shop.commit_on("main", "shop/tax.py", "def rate():\n    return 0.3\n")
    code, _, said = pr(shop, *options)
    assert (code, said.count("\n")) == (2, 1)
    assert "main has changed shop/tax.py since: run figwright extract again" in said


def test_a_changed_missing_or_unlisted_file_is_one_sentence(shop: Shop, tmp_path: Path) -> None:
    folder = write_extraction(tmp_path / "e", extraction(shop.commit))
    read_extraction(folder, "REPO")

    def refused(said: str) -> None:
        with pytest.raises(InputError, match=said):
            read_extraction(folder, "REPO")

    (folder / "slice/shop/stock.py").write_text("item_1 = 2\n")
    refused(r"slice/shop/stock\.py was changed since it was judged")
    (folder / "slice/shop/stock.py").unlink()
    refused("is missing")
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  ../outside\n")
    refused("outside of its folder")
    (folder / "SHA256SUMS").write_text("")
    refused("does not list extraction.json")
    (folder / "SHA256SUMS").unlink()
    refused("has no SHA256SUMS")
    (folder / "extraction.json").unlink()
    refused("there is no evidence of an extraction")


def test_the_command_refuses_a_commit_that_the_repository_does_not_have(shop: Shop, tmp_path: Path) -> None:
    folder = write_extraction(tmp_path / "e", extraction("d" * 40))
    code, _, said = pr(shop, "--extraction", folder, "--from", tmp_path / "none")
    assert (code, said.count("\n")) == (2, 1)
    assert "is of commit dddddddddddd, which" in said


def test_evidence_beside_a_plan_is_that_of_its_commit_alone(tmp_path: Path) -> None:
    write_extraction(tmp_path / "extraction-a", extraction(COMMIT))
    write_extraction(tmp_path / "extraction-b", extraction("d" * 40))
    write_extraction(tmp_path / "extraction-c", extraction(COMMIT, dirty_files=1))
    (tmp_path / "extraction-d").mkdir()
    (tmp_path / "extraction-d/extraction.json").write_text("{")
    assert [name for name, _ in evidence_beside(tmp_path, COMMIT)] == ["extraction-a"]
    assert evidence_beside(tmp_path, "") == []


def test_checksums_come_back_whatever_a_file_is_called() -> None:
    files = {"a b.py": "x", "back\\slash\nline.py": "y", "ö\udcff.txt": "z\udcfe"}
    assert list(read_checksums(checksums(files))) == sorted(files)
    assert read_checksums("nonsense\n\n") == {}
