"""Text and numbers: what a reader may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.report.number_format import compact, decimal, percent, plural, size
from agent.report.visible_text import cut_middle, cut_path, cut_tail, visible
from agent.report.wording import Sentences, headline
from tests.report import plans


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("Übergröße 注文", "Übergröße 注文"),
        ("evil\u202egnp.exe", "evil[U+202E]gnp.exe"),
        ("a\u200bb", "a[U+200B]b"),
        ("tab\there", "tab here"),
        ("line\nbreak\x00", "line[U+000A]break[U+0000]"),
        ("\u2066\u2066\u2066x", "[U+2066 ×3]x"),
        ("e\u0301", "e\u0301"),
        ("Z" + "\u0301" * 400, "Z\u0301\u0301[U+0301 ×398]"),
        ("\ud800", "[U+D800]"),
    ],
)
def test_what_acts_is_shown_instead(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_nothing_invisible_gets_through(text: str) -> None:
    assert visible(text).isprintable()


@given(st.text(min_size=200), st.integers(20, 100))
def test_long_names_keep_both_ends_and_say_their_length(text: str, limit: int) -> None:
    shown = cut_middle("start" + text + "end", limit)
    assert shown.startswith("start"[: (limit - 1) // 3])
    assert "…" in shown


def test_a_very_long_name_is_counted() -> None:
    assert cut_middle("A" * 10_000, 60) == "A" * 19 + "…" + "A" * 40 + " (10,000 characters)"
    assert cut_tail("A" * 10_000, 10) == "A" * 9 + "… (10,000 characters)"
    assert cut_tail("A" * 10, 10) == "A" * 10


def test_numbers_read_alike_everywhere() -> None:
    assert [compact(n) for n in (0, 999, 1_000, 9_949, 12_345, 999_499, 999_999, 2_500_000)] == [
        "0", "999", "1.0k", "9.9k", "12k", "999k", "1.0M", "2.5M",
    ]  # fmt: skip
    assert [percent(s) for s in (0, 0.001, 0.5, 0.999, 1)] == ["0%", "<1%", "50%", ">99%", "100%"]
    assert [decimal(v) for v in (-0.001, 0.125, 3)] == ["0.00", "0.12", "3.00"]
    assert [plural(n, "table") for n in (0, 1, 1_200)] == ["0 tables", "1 table", "1,200 tables"]
    assert [size(n) for n in (999, 12_000, 9_300_000, 4_000_000_000)] == ["999 B", "12.0 kB", "9.3 MB", "4.0 GB"]


@pytest.mark.parametrize(
    ("path", "limit", "shown"),
    [
        ("src/shop/a.py:3", 40, "src/shop/a.py:3"),
        ("src/main/java/com/example/claims/dao/ClaimDao.java:131", 40, "src/…/claims/dao/ClaimDao.java:131"),
        ("src/main/java/com/example/claims/dao/ClaimDao.java:131", 30, "src/…/dao/ClaimDao.java:131"),
        ("a" * 30 + ".py:1", 21, "aaaaaa…aaaaaaaaa.py:1"),
    ],
)
def test_paths_lose_whole_folders(path: str, limit: int, shown: str) -> None:
    assert cut_path(path, limit) == shown


@given(st.text(st.sampled_from("ab/."), min_size=60, max_size=80), st.integers(20, 50))
def test_a_cut_path_keeps_its_file(path: str, limit: int) -> None:
    shown = cut_path(path, limit)
    assert len(shown) <= limit
    assert shown.endswith(path[-2:])


def test_a_clause_becomes_a_sentence_and_a_name_stays() -> None:
    sentence = Sentences(plans.small_plan())
    assert sentence("written by two services") == "Written by two services."
    assert sentence("orders would own it") == "orders would own it."  # a service
    assert sentence("shop.orders is large") == "shop.orders is large."
    assert sentence("It is done.") == "It is done."
    assert sentence("x" * 700).endswith("…")
    assert sentence("") == ""


def test_the_headline_counts_what_can_be_extracted() -> None:
    plan = plans.small_plan()
    assert headline(plan) == "3 of 4 candidate services can be extracted"
    for verdict, said in (("modularize", "Draw 4 modules inside one deployable"), ("do not split", "Do not split")):
        boundaries = plan.boundaries.model_copy(update={"verdict": verdict})
        assert headline(plan.model_copy(update={"boundaries": boundaries})) == said
