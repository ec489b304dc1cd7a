"""plan.html in a real browser: accessible in light and dark, inert, no overflow, usable without scripts, quick when large."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.domain.plan import Plan
from agent.report import write_html
from tests.report import plans

if TYPE_CHECKING:
    from playwright.sync_api import Page

MAKERS: dict[str, Callable[[], Plan]] = {
    "small": plans.small_plan,
    "single": plans.single_plan,
    "empty": plans.empty_plan,
    "hostile": plans.hostile_plan,
    "framed": lambda: plans.make_plan(14, 40, tables=9, crossings=30, routes=6, findings=6, verdict="modularize"),
    "big": plans.big_plan,
    "handed": plans.handed_plan,
    "attacked": lambda: plans.handed_plan(plans.ODD),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for name, make in MAKERS.items():
        (folder / f"{name}.html").write_text(write_html(make()), "utf-8")
    return {name: folder / f"{name}.html" for name in MAKERS}


@pytest.fixture
def visit(open_page: Callable[..., Page], files: dict[str, Path]) -> Callable[..., Page]:
    return lambda name, **how: open_page(files[name], **how)


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("small", "light"),
        ("small", "dark"),
        ("empty", "dark"),
        ("framed", "light"),
        ("handed", "light"),
        ("handed", "dark"),
    ],
)
def test_axe_finds_nothing(
    visit: Callable[..., Page], axe: Callable[..., list[tuple[str, str, str]]], name: str, scheme: str
) -> None:
    page = visit(name, scheme=scheme)
    page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true; })")
    # Contrast is most of axe's time, and the framed page has no colour that the small one lacks.
    assert axe(page, contrast=name != "framed") == []


def test_axe_would_find_something(visit: Callable[..., Page], axe: Callable[..., list[tuple[str, str, str]]]) -> None:
    page = visit("empty")
    page.evaluate("() => document.querySelector('h1').style.color = '#bbb'")
    assert "color-contrast" in {rule for rule, _, _ in axe(page)}


@pytest.mark.parametrize("width", [390, 1000, 1600])
@pytest.mark.parametrize("name", ["small", "hostile", "framed", "empty", "handed", "attacked"])
def test_no_sideways_scrolling(visit: Callable[..., Page], name: str, width: int) -> None:
    page = visit(name, width=width)
    assert page.evaluate("() => document.documentElement.scrollWidth") == width


def test_what_was_not_understood_dispositions_and_unknowns_come_first(visit: Callable[..., Page]) -> None:
    page = visit("handed")
    parts = page.evaluate("() => [...document.querySelectorAll('section.part')].map(p => p.id)")
    assert parts[:4] == ["first", "not-understood", "dispositions", "unknowns"]
    assert page.locator("#dispositions .parity i").count() == 5
    assert page.locator("#unknowns h3").all_inner_texts() == ["Context map", "Runbooks"]
    assert page.locator("#dispositions tbody tr").count() > 20


@pytest.mark.parametrize("name", ["hostile", "attacked"])
def test_a_hostile_repository_runs_nothing(visit: Callable[..., Page], name: str) -> None:
    page = visit(name)
    page.wait_for_timeout(100)
    assert page.evaluate("() => window.pwned === undefined")
    assert page.evaluate("() => document.querySelectorAll('img, iframe, script').length") == 1
    title = page.title() if name == "hostile" else "<script>"
    assert "<script>" in title or "U+" in title or "window.pwned" in title or "A" * 10 in title
    outside = page.evaluate("() => [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))")
    assert all(href.startswith(("#", "https://github.com/example/shop/blob/")) for href in outside)


def test_a_link_brings_its_service_into_focus(visit: Callable[..., Page]) -> None:
    page = visit("small")
    assert page.locator(".focus:visible").count() == 1
    assert page.locator("#s-accounts").is_visible()  # the one to extract first
    page.locator("svg.map a[href='#s-orders']").click()
    assert page.locator("#s-orders").is_visible()
    assert page.locator(".focus:visible").count() == 1
    assert page.locator("#chips a[aria-current]").inner_text() == "orders"
    page.locator("nav.toc a[href='#matrix']").click()
    assert page.locator("#s-orders").is_visible()  # going elsewhere keeps the focus
    page.go_back()
    page.go_back()
    assert page.locator("#s-accounts").is_visible() or page.locator("#s-orders").is_visible()


def test_a_hash_opens_the_page_at_its_service(visit: Callable[..., Page]) -> None:
    page = visit("small", hash_="#s-billing")
    assert page.locator("#s-billing").is_visible()
    assert page.locator(".focus:visible").count() == 1
    assert abs(page.evaluate("() => document.querySelector('#s-billing').getBoundingClientRect().top")) < 400


def test_tables_sort_and_filter(visit: Callable[..., Page]) -> None:
    page = visit("framed")
    table = page.locator("#services-table table")
    lines = table.locator("tbody tr td:nth-child(4)")
    head = table.get_by_role("button", name="lines")
    head.click()
    falling = [int(text.replace(",", "")) for text in lines.all_inner_texts()]
    assert falling == sorted(falling, reverse=True)
    assert table.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
    head.click()
    assert [int(text.replace(",", "")) for text in lines.all_inner_texts()] == sorted(falling)
    box = page.get_by_label("Filter: Services")
    box.fill("billing")
    assert table.locator("tbody tr:visible").count() == 1
    box.fill("")
    assert table.locator("tbody tr:visible").count() == 14


def test_pointing_at_a_service_fades_other_ribbons(visit: Callable[..., Page]) -> None:
    page = visit("small", width=1600)
    page.locator("svg.map a[href='#s-catalog'] text").first.hover()
    off = page.locator("svg.map .r.off").count()
    every = page.locator("svg.map .r").count()
    touching = sum("catalog" in (t or "") for t in page.locator("svg.map .r title").all_text_contents())
    assert off == every - touching
    assert 0 < off < every


def test_it_works_with_scripts_off(visit: Callable[..., Page]) -> None:
    page = visit("small", scripts=False)
    assert page.locator(".focus:visible").count() == 1
    page.locator("svg.map a[href='#s-orders']").click()
    assert page.locator("#s-orders").is_visible()
    assert page.locator(".focus:visible").count() == 1
    assert page.locator("section.part:visible").count() == 14


def test_the_skip_link_is_first(visit: Callable[..., Page]) -> None:
    page = visit("small")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"


def test_dark_and_light_differ_and_print_is_light(visit: Callable[..., Page]) -> None:
    paper = "() => getComputedStyle(document.body).backgroundColor"
    light, dark = visit("empty"), visit("empty", scheme="dark")
    assert light.evaluate(paper) == "rgb(255, 255, 255)"
    assert dark.evaluate(paper) != light.evaluate(paper)
    dark.emulate_media(media="print", color_scheme="dark")
    assert dark.evaluate(paper) == "rgb(255, 255, 255)"
    assert dark.pdf(format="A4").startswith(b"%PDF")


def test_a_large_report_is_ready_in_time(visit: Callable[..., Page]) -> None:
    page = visit("big", width=1600)
    ready = page.evaluate("() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    assert ready < 2_000
    sizes = page.evaluate(
        "() => [...document.querySelectorAll('svg.map text, svg.dsm text')]"
        ".map(t => t.getBoundingClientRect().height).filter(h => h > 0)"
    )
    assert min(sizes) > 9  # legible, or not written at all
