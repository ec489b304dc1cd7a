"""The evidence of an extraction as a page, as Markdown and as tables: what comes first, what is never claimed, and no attack acts."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from agent.domain.evidence import best_rung, gaps, verdict_line
from agent.domain.extraction import Evidence, OwnContainer, Ownership
from agent.report import add_extractions, write_extraction, write_json
from agent.report.extraction_matrix import Cell, matrix
from agent.report.extraction_page import write_extraction_page
from agent.report.extraction_table import write_extraction_table
from agent.report.html import write_html
from agent.report.ledgers import write_parity
from agent.report.markdown import write_markdown
from agent.report.markdown_extraction import write_extraction_markdown
from agent.report.number_format import figure
from agent.report.pictures.extraction_ladder import draw_ladder
from tests.report import plans
from tests.report.extractions import (  # fmt: skip
    CONTROL,
    CONTROL_VERDICT,
    ORACLE,
    SERVICE,
    SLICE,
    control_only,
    empty_evidence,
    full_evidence,
    hostile_evidence,
)
from tests.report.test_html import Outline
from tests.report.test_pictures import parsed, texts

if TYPE_CHECKING:
    from playwright.sync_api import Page

MAKERS = {"full": full_evidence, "control": control_only, "empty": empty_evidence, "hostile": hostile_evidence}


@pytest.fixture(scope="module")
def full() -> str:
    return write_extraction_page(full_evidence())


def test_the_policy_allows_this_script_and_nothing_is_fetched(full: str) -> None:
    outline = Outline(full)
    policy = next(m["content"] for m in outline.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    script = re.search(r"<script>(.*)</script>", full, re.S)
    assert script
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert policy.startswith("default-src 'none'")
    assert f"script-src 'sha256-{digest}'" in policy
    assert {t for t, _ in outline.tags}.isdisjoint({"img", "link", "iframe", "object", "embed", "base", "form"})
    assert not [a for _, a in outline.tags if "src" in a or any(key.startswith("on") for key in a)]
    hrefs = [a["href"] for _, a in outline.tags if "href" in a]
    assert {href[1:] for href in hrefs} <= set(outline.ids)
    assert len(outline.ids) == len(set(outline.ids))


def test_what_was_not_shown_comes_first(full: str) -> None:
    sections = [a["id"] for a in Outline(full).all("section")]
    assert sections == ["not-shown", "ladder", "requests", "ownership", "defects", "live", "drills", "lines", "parity"]
    markdown = write_extraction_markdown(full_evidence())
    assert re.findall("^## .*", markdown, re.M)[:2] == ["## What was not shown", "## The ladder"]


def test_the_gaps_name_every_kind_with_its_count() -> None:
    told = {one.what: (one.count, one.items) for one in gaps(full_evidence())}
    assert told["Requests that cannot be replayed"] == (5, ("5: the test replaces smtplib.SMTP",))
    assert told["Requests that show nothing (vacuous)"][0] == 3
    assert told["Answers that differ on rung 2 (slice)"][0] == 1
    assert told["Generated requests with answers that differ on rung 2 (slice)"] == (1, ())
    assert told["Generated requests that show nothing on rung 2 (slice)"] == (12, ())
    assert told["Recorded answers that were errors of the server (5xx)"][0] == 4
    assert told["Defects that nothing noticed"][0] == 2
    assert told["Tests that cannot run live"][0] == 8
    assert told["Tests that fail with the service"] == (1, ("tests/test_shipping.py::test_rates",))
    assert told["Drills that failed"] == (1, ("lost event: not found",))
    assert told["Tables that cannot move"] == (1, ("orders: order 139 and shipping 42",))
    assert told["Functions of the parity ledger"] == (1, ("route POST /shipping/carriers",))
    assert told["Rungs that were not tried"] == (1, ("4 branch by abstraction",))
    assert "The climb stopped" in told


def test_gaps_of_what_nobody_did_are_told_and_those_of_what_was_done_are_not() -> None:
    bare = full_evidence().model_copy(update={"rungs": (ORACLE, CONTROL, SLICE.model_copy(update={"mutants": None, "live": None}))})  # fmt: skip
    told = {one.what for one in gaps(bare)}
    assert {"Whether a mistake in the service would be noticed", "The repository's own tests against the running service"} <= told  # fmt: skip
    moved = full_evidence().rungs[3].model_copy(update={"passed": True, "drills": ()})
    done = {one.what for one in gaps(full_evidence().model_copy(update={"rungs": (ORACLE, CONTROL, SLICE, moved)}))}
    assert done.isdisjoint({"Whether a mistake in the service would be noticed", "Drills that failed"})
    assert "Tables that cannot move" in done, "that some tables moved does not make the others the service's own"


def test_memory_that_both_sides_change_is_a_gap() -> None:
    split = SLICE.model_copy(update={"split_memory": ("shop.auth.LAST_SEEN",)})
    told = {one.what: one.items for one in gaps(full_evidence().model_copy(update={"rungs": (ORACLE, CONTROL, split)}))}
    assert told["Values in the memory of the process"] == ("shop.auth.LAST_SEEN",)
    assert "Values in the memory of the process" not in {one.what for one in gaps(full_evidence())}


@pytest.mark.parametrize(
    ("container", "why", "said"),
    [
        (OwnContainer(health="/rates"), "its Dockerfile is written and was not built: --build does", "written, and not built"),
        (OwnContainer(health="/rates", level="healthy", rounds=1), "", "built and started, and answered /rates"),
        (OwnContainer(level="healthy", rounds=3), "", "built and started, and listened, after 2 repaired builds"),
        (
            OwnContainer(health="/rates", level="started", failed="health: 500", rounds=1),
            "started, and no further: health: 500",
            "built and started, and /rates was not answered: health: 500",
        ),
    ],
)  # fmt: skip
def test_how_far_the_services_own_image_was_proved(container: OwnContainer, why: str, said: str) -> None:
    packed = SLICE.model_copy(update={"container": container})
    found = full_evidence().model_copy(update={"rungs": (ORACLE, CONTROL, packed)})
    told = {one.what: one.why for one in gaps(found)}
    assert told.get("The service's own container", "") == why
    assert f"The image of rung 2 is {said}." in write_extraction_page(found)
    assert f"its own image is {said}" in write_extraction_markdown(found)
    assert f"its own image: {said}\n" in write_extraction_table(found)


def test_the_headline_is_the_slice_and_names_what_stands_above_it() -> None:
    held = full_evidence().rungs[3].model_copy(update={"passed": True})
    line = verdict_line(
        full_evidence().model_copy(update={"rungs": (ORACLE, CONTROL, SLICE.model_copy(update={"passed": True}), held)})
    )
    assert line == f"Rung 2 (slice) holds: {SLICE.verdict}; rung 3 (own schema) holds"


def test_the_control_is_marked_and_never_the_headline(full: str) -> None:
    for make in (full_evidence, control_only):
        evidence = make()
        best = best_rung(evidence)
        assert best is not None
        assert not best.control
        assert CONTROL_VERDICT not in verdict_line(evidence)
    assert verdict_line(control_only()).startswith("Only the oracle holds, and nothing is shown of shipping yet")
    assert full.count("control, holds") >= 2  # in the picture and in the table
    assert CONTROL_VERDICT not in full[: full.index('id="ladder"')].replace("&#39;", "'")
    assert "a control, holds" in write_extraction_markdown(control_only())


def test_the_matrix_sets_what_was_seen_against_what_was_predicted() -> None:
    made = matrix(full_evidence())
    assert made.columns == ("shipping", "order", "monolith")
    rows = {row.table: row.cells for row in made.rows}
    assert rows["carriers"] == (Cell(2, "predicted"), Cell(0, "not seen"), None)
    assert rows["orders"] == (Cell(42, "shared"), Cell(139, "predicted"), None)
    assert rows["sessions"] == (None, None, Cell(5, "not predicted"))
    assert (made.agreed, made.shared, made.unpredicted, made.unseen) == (2, 1, 1, 1)
    assert (made.alone, made.written) == (1, 2)
    assert "| `orders` | 42 ~ | 139 |  | order |" in write_extraction_markdown(full_evidence())


def test_the_ladder_draws_all_rungs_and_shares_that_add_up() -> None:
    svg = draw_ladder(full_evidence())
    shown = texts(svg)
    assert [text for text in shown if text in "01234"] == list("01234")
    assert [text for text in shown if text in ("holds", "a control, holds", "does not hold", "not tried")] == ["holds", "a control, holds", "holds", "does not hold", "not tried"]  # fmt: skip
    assert "60 of these 548 are of the service's routes" in shown
    assert "2 of 3 drills held" in shown
    bars = [e for e in parsed(svg).iter("{http://www.w3.org/2000/svg}rect") if "share" in e.get("class", "")]
    wide = [float(e.get("width", "0")) for e in bars]
    assert sum(wide) == pytest.approx(3 * 640, abs=6)
    assert all(float(e.get("x", "0")) + float(e.get("width", "0")) <= 880.1 for e in bars)
    for make in MAKERS.values():
        ElementTree.fromstring(str(draw_ladder(make())))


def test_a_share_of_one_in_thousands_is_seen_and_stays_in_its_bar() -> None:
    tally = ORACLE.tally.model_copy(update={"recorded": 90_000, "identical": 89_996, "masked": 1, "different": 1, "vacuous": 1, "not_replayable": 1})  # fmt: skip
    svg = draw_ladder(full_evidence().model_copy(update={"rungs": (ORACLE.model_copy(update={"tally": tally}),)}))
    bars = [e for e in parsed(svg).iter("{http://www.w3.org/2000/svg}rect") if "share" in e.get("class", "")]
    assert len(bars) == 5
    edges = [(float(e.get("x", "0")), float(e.get("width", "0"))) for e in bars]
    assert all(width >= 2 for _, width in edges)
    assert all(x + width <= 880.1 for x, width in edges)


def test_a_hostile_repository_adds_no_element(full: str) -> None:
    hostile = write_extraction_page(hostile_evidence())
    assert {t for t, _ in Outline(hostile).tags} <= {t for t, _ in Outline(full).tags}
    assert "<script>window.pwned" not in hostile
    assert "[U+202E]" in hostile
    markdown = write_extraction_markdown(hostile_evidence())
    plain = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", markdown)  # nothing acts inside a code span
    assert "<script>" not in plain
    assert not re.search(r"(?<!\\)\]\(javascript", plain)
    assert "\u202e" not in hostile + markdown + write_extraction_table(full_evidence())
    tables = [
        list(block) for is_row, block in groupby(markdown.splitlines(), lambda line: line.startswith("|")) if is_row
    ]
    assert len(tables) > 6
    for rows in tables:  # a pipe in a name breaks no table
        assert len({line.replace("\\|", "").count("|") for line in rows}) == 1


def test_the_same_evidence_gives_the_same_bytes_and_nothing_of_the_machine() -> None:
    files = write_extraction(full_evidence())
    assert sorted(files) == ["extraction.html", "extraction.json", "extraction.md", "parity-shipping.csv"]
    assert files == write_extraction(Evidence.model_validate_json(files["extraction.json"]))
    assert sorted(write_extraction(empty_evidence())) == ["extraction.html", "extraction.json", "extraction.md"]


def test_the_ledger_has_the_plans_columns_and_the_measured_ones() -> None:
    (head, *rows) = csv.reader(io.StringIO(write_extraction(full_evidence())["parity-shipping.csv"]))
    assert head[:6] == next(csv.reader(io.StringIO(write_parity(plans.handed_plan()))))
    assert head[6:] == ["recorded", "replayable", "identical", "masked", "different", "vacuous", "not replayable", "shown", "why not"]  # fmt: skip
    assert [(row[1], row[4], row[-2]) for row in rows][:2] == [("GET /shipping/", "replayed", "replayed"), ("POST /shipping/carriers", "tested", "no")]  # fmt: skip


def test_a_plan_of_the_same_commit_links_to_it_and_its_ledger_is_filled_in() -> None:
    plan = plans.handed_plan()
    row = next(one for one in plan.handover.parity if one.kind == "route")
    filled = row.model_copy(
        update={"status": "replayed", "proof": "2 of 2 recorded requests answered as by the monolith"}
    )
    measured = full_evidence().parity[0].model_copy(update={"row": filled})
    evidence = full_evidence().model_copy(update={"parity": (measured,)})
    files = {"plan.json": write_json(plan), "plan.md": write_markdown(plan, {}), "plan.html": write_html(plan), "parity.csv": write_parity(plan)}  # fmt: skip
    assert add_extractions(files, ()) == files
    made = add_extractions(files, [("extraction-shipping", evidence)])
    assert made["plan.json"] == files["plan.json"]
    assert "[`shipping`](extraction-shipping/extraction.md): Rung 2 (slice) holds" in made["plan.md"].replace("\\", "")
    assert "extraction-shipping/extraction.html" in [a.get("href") for a in Outline(made["plan.html"]).all("a")]
    assert {"extractions"} == set(Outline(made["plan.html"]).ids) - set(Outline(files["plan.html"]).ids) - {"h-ex"}
    changed = set(made["parity.csv"].splitlines()) - set(files["parity.csv"].splitlines())
    assert len(changed) == 1
    assert "replayed,2 of 2 recorded requests" in changed.pop()
    odd = add_extractions(files, [('x"><script>', hostile_evidence())])
    assert "<script>window" not in odd["plan.html"]
    assert odd["plan.html"].count("<script>") == files["plan.html"].count("<script>")


def test_measured_values_have_as_many_places_as_they_need() -> None:
    assert [figure(n) for n in (0, 10_000, 0.31, 0.0042, 41.237, 1234.5)] == ["0", "10,000", "0.31", "0.0042", "41.24", "1,234.50"]  # fmt: skip


def test_long_lists_are_cut_and_counted() -> None:
    many = tuple(Ownership(table=f"t{n:03}", owner="", writers=((f"s{n:03}", 1),), routes=()) for n in range(400))
    page = write_extraction_page(full_evidence().model_copy(update={"ownership": many}))
    assert "Not listed here: 280 of the 400 tables; extraction.json has them all." in page
    assert "of the 400 writers" in page
    assert len(page) < 400_000


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("extractions")
    for name, make in MAKERS.items():
        (folder / f"{name}.html").write_text(write_extraction_page(make()), "utf-8")
    return {name: folder / f"{name}.html" for name in MAKERS}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    open_page: Callable[..., Page], axe: Callable[..., list[tuple[str, str, str]]], files: dict[str, Path], scheme: str
) -> None:
    page = open_page(files["full"], scheme=scheme)
    page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert axe(page) == []


@pytest.mark.parametrize("width", [390, 1000, 1600])
@pytest.mark.parametrize("name", list(MAKERS))
def test_no_sideways_scrolling(open_page: Callable[..., Page], files: dict[str, Path], name: str, width: int) -> None:
    page = open_page(files[name], width=width)
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    assert page.evaluate("() => window.pwned === undefined")


def test_tables_fit_a_middle_screen(open_page: Callable[..., Page], files: dict[str, Path]) -> None:
    page = open_page(files["full"], width=1000)
    wide = "() => [...document.querySelectorAll('.scroll')].filter(s => s.scrollWidth > s.clientWidth + 1).map(s => s.ariaLabel)"
    assert page.evaluate(wide) == []


def test_every_section_is_named_in_the_contents(full: str) -> None:
    outline = Outline(full)
    hrefs = {a["href"][1:] for a in outline.all("a")}
    assert {a["id"] for a in outline.all("section")} <= hrefs
    assert full.count("<caption>") == len(outline.all("table"))
    assert SERVICE in full
