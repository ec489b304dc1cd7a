"""Plans of different systems say different things: measured on the samples, and on plans whose shares are known."""

from __future__ import annotations

import json
from itertools import combinations

import pytest

from eval.sentences import LIMIT, measure, names_of, sentences, share, without_names
from tests.program import ROOT
from tests.roadmap.test_files import files_of

SAMPLES = ("claims", "helpdesk", "ledger", "orderdesk", "stockroom", "storefront")


def plan(name: str, *titles: str) -> dict[str, object]:
    step = {"reasons": ["measured once. measured twice"], "entry": [], "exit": [], "rollback": "", "abort": []}
    return {
        "repository": {"name": name},
        "boundaries": {"services": [{"name": f"{name}er", "title": f"{name.title()}er", "entry_points": []}], "units": [], "tables": [{"table": f"{name}_rows"}]},
        "system": {"routes_table": [{"route": f"GET /{name}"}]},
        "inventory": {"entry_points": [], "external_systems": []},
        "roadmap": {"phases": [{"steps": [{**step, "title": t} for t in titles]}]},
    }  # fmt: skip


def test_names_are_removed_and_numbers_stay() -> None:
    one = plan("shop", "Give table shop_rows one writer: shoper, in 3 places of shop/a.py")
    names = names_of(one)
    assert [without_names(s, names) for s in sentences(one)] == [
        "give table _ one writer: _, in 3 places of _",
        "measured once",
        "measured twice",
    ]
    assert without_names("12 routes and 1,004 lines", names, numbers=True) == "# routes and # lines"


def test_the_same_words_about_other_names_are_the_same_sentence() -> None:
    plans = [plan("shop", "Move shop_rows"), plan("bank", "Move bank_rows"), plan("farm", "Keep 4 cows")]
    assert {(a, b): round(s, 2) for a, b, s in measure(plans, numbers=False)} == {
        ("shop", "bank"): 1.0, ("bank", "farm"): 0.67, ("shop", "farm"): 0.67,
    }  # fmt: skip
    assert share({"a"}, {"b"}) == 0


@pytest.fixture(scope="module")
def plans() -> list[dict[str, object]]:
    return [json.loads(files_of(ROOT / "sample_repos" / name)["plan.json"]) for name in SAMPLES]


def test_no_two_samples_share_too_much(plans: list[dict[str, object]]) -> None:
    rows = measure(plans, numbers=False)
    assert len(rows) == len(list(combinations(SAMPLES, 2)))
    assert all(len(list(sentences(p))) > 30 for p in plans)
    assert [row for row in rows if row[2] > LIMIT] == []
