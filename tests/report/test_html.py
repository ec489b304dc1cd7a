"""plan.html is one inert file: nothing is fetched, text stays text, lists are bounded, the same plan gives the same bytes."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from agent.domain.plan import Plan
from agent.report import write_html
from agent.report.page import lenses
from tests.report import plans

FORGE = "https://github.com/example/shop/blob/" + plans.COMMIT + "/"


class Outline(HTMLParser):
    """Tags, attributes, texts and identifiers of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(page)
        self.ids = [a["id"] for _, a in self.tags if "id" in a]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    handle_startendtag = handle_starttag

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for found, attrs in self.tags if found == tag]


@pytest.fixture(scope="module")
def small() -> str:
    return write_html(plans.small_plan())


@pytest.fixture(scope="module")
def hostile() -> str:
    return write_html(plans.hostile_plan())


def test_the_policy_allows_this_script_and_nothing_else(small: str) -> None:
    policy = next(m["content"] for m in Outline(small).all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    script = re.search(r"<script>(.*)</script>", small, re.S)
    assert script
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert len(script[1]) < 3_500


@pytest.mark.parametrize("name", ["small", "hostile"])
def test_nothing_is_fetched_and_links_lead_to_the_commit(name: str, request: pytest.FixtureRequest) -> None:
    outline = Outline(request.getfixturevalue(name))
    assert not [
        t for t, _ in outline.tags if t in ("img", "link", "iframe", "object", "embed", "base", "form", "image")
    ]
    assert not [a for _, a in outline.tags if "src" in a or any(key.startswith("on") for key in a)]
    hrefs = [a["href"] for _, a in outline.tags if "href" in a]
    outside = [href for href in hrefs if not href.startswith("#")]
    assert outside
    assert all(href.startswith(FORGE) for href in outside)
    assert {href[1:] for href in hrefs if href.startswith("#")} <= set(outline.ids)
    assert len(outline.ids) == len(set(outline.ids))


def test_sections_come_in_order(small: str) -> None:
    assert [a["id"] for a in Outline(small).all("section")] == [
        "first", "not-understood", "glance", "verdict", "map", "focus", "matrix", "data", "bill", "contested", "hotspots",
        "roadmap", "findings", "inventory",
    ]  # fmt: skip


def test_a_hostile_repository_adds_no_element(hostile: str, small: str) -> None:
    assert {t for t, _ in Outline(hostile).tags} == {t for t, _ in Outline(small).tags}
    assert len(Outline(hostile).all("script")) == 1
    assert "{{ 7*7 }}{% raw %}" in hostile
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00\x1b]", hostile)
    assert "[U+202E]" in hostile
    assert "A" * 700 not in hostile
    assert "characters)" in hostile
    assert len(hostile) < 500_000


def test_the_same_plan_gives_the_same_bytes(small: str) -> None:
    again = Plan.model_validate_json(plans.small_plan().model_dump_json())
    assert write_html(again) == small


@pytest.mark.parametrize(
    ("make", "limit"),
    [
        (plans.empty_plan, 40_000),
        (plans.single_plan, 120_000),
        (plans.small_plan, 250_000),
        (plans.medium_plan, 1_200_000),
        (plans.big_plan, 2_000_000),
    ],
)
def test_size(make: object, limit: int) -> None:
    page = write_html(make())  # type: ignore[operator]
    assert len(page.encode()) < limit
    marks = len(
        re.findall(r"<(?:circle|rect|path)\b", re.sub(r'<article class="focus".*?</article>', "", page, flags=re.S))
    )
    assert marks < 3_000


def test_what_is_cut_is_counted() -> None:
    page = write_html(plans.medium_plan())
    assert "Not listed here: 140 of the 180 routes; plan.json has them all." in page
    assert "37 less connected services are drawn as one" in page


def test_nothing_found_is_said(small: str) -> None:
    page = write_html(plans.empty_plan())
    for said in (
        "Nothing was found to act on",
        "No service is proposed",
        "No table was recognised",
        "not a git repository",
    ):
        assert said in page
        assert said not in small


def test_without_a_forge_places_are_text() -> None:
    plan = plans.small_plan()
    bare = plan.model_copy(update={"repository": plan.repository.model_copy(update={"remote": ""})})
    page = write_html(bare)
    assert "https://" not in page
    assert "<code>src/<wbr>shop/<wbr>accounts/<wbr>service.py:41</code>" in page


def test_a_dirty_tree_is_said() -> None:
    plan = plans.small_plan()
    dirty = plan.repository.model_copy(update={"dirty": True, "dirty_files": 3})
    assert "with 3 uncommitted files" in write_html(plan.model_copy(update={"repository": dirty}))


def test_tables_have_captions_and_pictures_have_names(small: str) -> None:
    outline = Outline(small)
    assert small.count("<caption>") == len(outline.all("table")) > 15
    named = [a for a in outline.all("svg") if a.get("class") != "defs"]
    assert all(a["aria-label"] for a in named)
    assert len(named) == 4 + 4  # map, matrix, hotspots, roadmap, and a focus for each of the four services


def test_ticks_in_the_plan_set_off_code() -> None:
    plan = plans.small_plan()
    action = plan.first_actions[0].model_copy(update={"why": "run `pytest <x>` first"})
    page = write_html(plan.model_copy(update={"first_actions": (action,)}))
    assert "Run <code>pytest &lt;x&gt;</code> first" in page


def test_every_lens_has_a_bar_and_no_finding_is_left_out_of_them() -> None:
    plan = plans.small_plan()
    rows = lenses(plan)
    assert {row.lens for row in rows} == {finding.lens or finding.rule.partition(".")[0] for finding in plan.findings}
    assert sum(number for row in rows for _, number in row.counts) == len(plan.findings)
    assert max(sum(share for _, share in row.shares) for row in rows) == pytest.approx(100)
    assert write_html(plan).count('class="stack lens"') == len(rows)
