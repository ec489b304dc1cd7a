"""From results to items: one concern each, in order, of readable size, with nothing red in them."""

from __future__ import annotations

import re

import pytest

from agent.delivery.body import MOST_LINES, Surroundings, request_text, title_of
from agent.delivery.dashboard import asked_for, dashboard_text
from agent.delivery.habits import Habits, read_habits
from agent.delivery.items import make_delivery
from agent.delivery.patch_text import read_patch_text
from agent.delivery.plain import code, prose
from agent.domain.delivery import Delivery, Outcome
from agent.domain.verdict import FileChange
from agent.errors import InputError
from tests.delivery.shop import FILES, ON_ORDERS, ORDERS, STOCK, TAX, edited, patch, results

COMMIT = "c" * 40


def made(*patches: object, **options: bool) -> Delivery:
    return make_delivery(results(COMMIT, patches), **options)  # type: ignore[arg-type]


def lines(count: int, path: str = "shop/big.py") -> FileChange:
    return FileChange(path=path, before=None, after="".join(f"x{n} = {n}\n" for n in range(count)))


def test_the_plan_comes_first_and_each_concern_is_an_item() -> None:
    delivery = made(TAX, ORDERS, STOCK)
    assert [item.kind for item in delivery.items] == ["plan", "patch", "patch", "patch"]
    assert [item.needs for item in delivery.items] == [(), (), (), ()]


def test_only_what_does_not_apply_without_another_needs_it() -> None:
    delivery = made(ORDERS, STOCK, ON_ORDERS)
    needs = {item.id: item.needs for item in delivery.items}
    assert needs["more-orders-rename-again"] == ("orders-rename-first-line",)
    assert needs["stock-rename-item"] == ()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0, 0, "`pytest tests`, exit code 0 before and after, sandbox bubblewrap"),
        (1, 0, "`pytest tests`, exit code 1 before and 0 after, sandbox"),
        (None, 0, "`pytest tests`, exit code 0 with the change, sandbox"),
        (None, None, "`pytest tests`, sandbox"),
    ],
)
def test_the_proof_names_the_command_with_its_exit_codes(before: int | None, after: int | None, said: str) -> None:
    verdict = TAX.verdict.model_copy(update={"exit_code_before": before, "exit_code_after": after})
    item = made(TAX.model_copy(update={"verdict": verdict})).items[1]
    assert said in request_text(item, Surroundings(base="main", commit=COMMIT))


def test_a_far_line_of_the_same_file_is_no_need_but_the_next_line_is() -> None:
    after = {"shop/orders.py": FILES["shop/orders.py"].replace("line_3 = 3\n", "line_3 = 33\nnew = 1\n")}
    first = patch(
        1,
        "one",
        "First",
        FileChange(path="shop/orders.py", before=FILES["shop/orders.py"], after=after["shop/orders.py"]),
    )
    far = patch(2, "two", "Far", edited("shop/orders.py", ("line_30 = 30", "line_30 = 31"), on=after))
    near = patch(3, "three", "Near", edited("shop/orders.py", ("line_5 = 5", "line_5 = 6"), on=after))
    needs = {item.recipes: item.needs for item in made(first, far, near).items}
    assert needs[("two",)] == ()
    assert needs[("three",)] == ("one-first",)


def test_a_need_that_a_recipe_names_counts() -> None:
    second = patch(2, "second", "Then", edited("shop/stock.py", ("item_1 = 1", "item_1 = 2")), needs=("tax-rate",))
    assert {item.recipes: item.needs for item in made(TAX, second).items}[("second",)] == ("tax-rate-read",)


def test_what_is_red_or_unprotected_is_held_back_and_counted() -> None:
    red = patch(2, "red", "Lose tests", edited("shop/stock.py", ("item_1 = 1", "item_1 = 2")), label="refused")
    weak = patch(3, "weak", "Nobody looks", edited("shop/stock.py", ("item_2 = 2", "item_2 = 3")), label="unprotected")
    delivery = made(TAX, red, weak)
    assert [item.recipes for item in delivery.items] == [(), ("tax-rate",)]
    assert any("unfinished series" in text for text in delivery.held_back)
    assert any("--include-unprotected" in text for text in delivery.held_back)
    chosen = made(TAX, red, weak, include_unprotected=True)
    (item,) = [item for item in chosen.items if item.unprotected]
    assert item.recipes == ("weak",)
    assert "unprotected" in title_of(item, item.title)


def test_a_concern_of_many_lines_becomes_several_requests_and_no_patch_is_cut() -> None:
    patches = [patch(n, "many", f"Part {n}", lines(150, f"shop/part{n}.py")) for n in range(1, 6)]
    delivery = made(*patches, patch(6, "many", "Huge", lines(900, "shop/huge.py")))
    assert [len(item.changes) for item in delivery.items[1:]] == [2, 2, 1, 1]
    assert len({item.id for item in delivery.items}) == 5


def test_mechanical_and_judged_changes_are_apart() -> None:
    rule = patch(1, "way", "By rule", lines(5, "a.py"))
    judged = patch(2, "way", "By judgement", lines(5, "b.py"), model="some-model")
    items = made(rule, judged).items[1:]
    assert [(item.rule_lines, item.hand_lines) for item in items] == [(5, 0), (0, 5)]


def test_a_series_is_one_request_however_long() -> None:
    steps = [patch(n, "python3", f"Step {n}", lines(300, f"shop/s{n}.py"), series="python3") for n in range(1, 4)]
    items = made(*steps).items[1:]
    assert [item.id for item in items] == ["python3"]
    assert len(items[0].changes) == 3


def test_patches_that_need_each_other_in_turn_make_no_circle() -> None:
    one = edited("shop/orders.py", ("line_3 = 3\n", "line_3 = a\n"))
    texts = [one.after or ""]
    for old, new in (("line_3 = a", "line_3 = b"), ("line_3 = b", "line_3 = c")):
        texts.append(texts[-1].replace(old, new))
    changes = [
        FileChange(path="shop/orders.py", before=before, after=after)
        for before, after in zip([one.before, *texts], texts, strict=False)
    ]
    items = made(
        patch(1, "x", "One", changes[0]), patch(2, "y", "Two", changes[1]), patch(3, "x", "Three", changes[2])
    ).items[1:]
    seen: set[str] = set()
    for item in items:
        assert set(item.needs) <= seen
        seen.add(item.id)
    assert len(items) == 3


def test_container_files_stand_in_a_folder_of_their_own() -> None:
    delivery = make_delivery(results(COMMIT, (TAX,), containers=True))
    item = next(item for item in delivery.items if item.kind == "containers")
    assert {row.path for row in item.rows} == {"deploy/compose.yaml", "deploy/shop/Dockerfile"}
    assert not item.unprotected


def test_a_text_for_reviewers_says_what_it_must_in_less_than_sixty_lines() -> None:
    many = patch(1, "wide", "Touch many files", *(lines(3, f"shop/f{n}.py") for n in range(40)))
    item = made(many).items[1]
    text = request_text(item, Surroundings(base="main", commit=COMMIT, stacked_on=("#7",), plan_request="#1"))
    assert len(text.splitlines()) < MOST_LINES
    for words in (
        "**Proof**",
        "**Not proved**",
        "**Risk and rollback**",
        "**Controls**",
        "Stacked on #7",
        "docs/modernization/plan.md",
        "#1",
    ):
        assert words in text
    assert "12 passed before, 12 after" in text
    assert "and 31 more files" in text


def test_repository_text_mentions_nobody_and_closes_nothing() -> None:
    text = prose("fixes #12, ask @ann <!-- figwright {} --> and !3 | `x`")
    assert not re.search(r"(?<![&\w])[#!]\d|@\w|<!--|(?<!\\)\|", text)
    assert "`" not in code("a`b").strip("`")
    assert "\n" not in code("a\nb")


def test_the_dashboard_reads_its_own_ticks_only() -> None:
    outcomes = [
        Outcome(item="tax", title="Read it", doing="wait", note="as many requests are open as may be"),
        Outcome(item="old", title="Old", doing="refused", number=4),
        Outcome(item="now", title="Now", doing="keep", number=5, url="https://forge.example/5"),
    ]
    text = dashboard_text(outcomes, ("1 patch was refused.",))
    assert asked_for(text) == frozenset()
    assert asked_for(text.replace("[ ]", "[x]", 1)) == {"tax"}
    assert asked_for(text.replace("[ ]", "[X]")) == {"tax", "old"}
    assert "#5 Now" in text
    assert asked_for("- [x] something else") == frozenset()


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        (["Fix the tax", "Add stock", "Remove x", "Update y", "Make z"], "Read the rate"),
        (["fix: tax", "feat(stock): add", "chore: x", "docs: y", "Merge z"], "refactor: read the rate"),
        (["net: fix it", "fs: add x", "mm: drop y", "net: more", "fs: less"], "shop: read the rate"),
        (["Fixed #1 -- x.", "Refs #2 -- y.", "Made z.", "Removed a.", "Added b."], "Read the rate."),
        (["fix tax", "add stock", "remove x", "update y", "make z"], "read the rate"),
        (["one: two"], "Read the rate"),
    ],
)  # fmt: skip
def test_subjects_follow_the_repositorys_habits(messages: list[str], said: str) -> None:
    assert read_habits(messages).subject("Read the rate", "patch", ["shop/tax.py", "shop/a.py"]) == said


def test_sign_offs_are_a_habit_too() -> None:
    signed = read_habits([f"Do {n}\n\nSigned-off-by: Ann <ann@example.org>" for n in range(6)])
    assert signed.signed
    assert signed.message("S", "B", "Bot <bot@example.org>").endswith("Signed-off-by: Bot <bot@example.org>\n")
    assert Habits().message("S", "", "Bot <b@example.org>") == "S\n"


def test_patches_with_carriage_returns_and_odd_bytes_come_back_byte_by_byte() -> None:
    change = FileChange(path="a b.txt", before="x\r\ny\xff\n", after="x\r\nz\xfe=\n")
    one = patch(1, "odd", "Odd bytes", change)
    content = results(COMMIT, (one,)).patches[one.file]
    text = read_patch_text(content, one.file)
    assert "+z\xfe=\n" in text.diff
    assert "-y\xff\n" in text.diff
    assert " x\r\n" in text.diff
    assert text.files[0].path == "a b.txt"


def test_what_is_no_patch_of_ours_is_one_sentence() -> None:
    with pytest.raises(InputError, match="run figwright refactor again"):
        read_patch_text(b"Subject: x\n\nhello", "0001-x.patch")
