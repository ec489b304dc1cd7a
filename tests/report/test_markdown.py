"""plan.md is short, in order, and repository text stays text on a forge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from agent.report import write_markdown
from agent.report.markdown_text import cell, code, prose
from tests.report import plans

FORGE = "https://github.com/example/shop/blob/" + plans.COMMIT
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def tokens(text: str) -> Iterator[Token]:
    for block in PARSER.parse(text):
        yield block
        yield from block.children or ()


def plain(text: str) -> str:
    """What a reader sees of inline Markdown."""
    return "".join(t.content for t in tokens(text) if t.type in ("text", "code_inline"))


def test_sections_come_in_order() -> None:
    text = write_markdown(plans.small_plan())
    assert re.findall(r"^## (.+)$", text, re.M) == [
        "What to do first",
        "What was not understood",
        "The system at a glance",
        "Verdict",
        "Services",
        "Data",
        "Contested units",
        "Hotspots",
        "Roadmap",
        "Findings",
    ]


@pytest.mark.parametrize(
    ("make", "lines"),
    [(plans.empty_plan, 60), (plans.single_plan, 150), (plans.small_plan, 300), (plans.big_plan, 400)],
)
def test_it_stays_short(make: object, lines: int) -> None:
    text = write_markdown(make())  # type: ignore[operator]
    assert text.count("\n") < lines
    assert len(text) < 60_000  # forges cut a comment at 65,536


def test_files_beside_it_are_linked_and_only_those_that_are_there() -> None:
    text = write_markdown(plans.small_plan(), ["parity.csv", "runbooks/orders.md", "issues.json", "modules/map.md"])
    linked = [href for href in re.findall(r"\]\(([^)]+)\)", text) if "://" not in href]
    assert sorted(linked) == ["modules/map.md", "parity.csv", "runbooks/orders.md"]
    assert "Files beside this one" not in write_markdown(plans.small_plan())


def test_what_is_cut_is_counted() -> None:
    text = write_markdown(plans.medium_plan())
    assert "Not listed here: 40 of the 60 services, see `plan.html`." in text
    assert "Not listed here: 45 of the 60 findings, see `plan.html`." in text


def test_numbers_and_places_are_there() -> None:
    text = write_markdown(plans.small_plan())
    assert "- 310 of 8,565 references (4%) could not be resolved, 85 have several possible targets." in text
    assert f"[`src/shop/accounts/service.py:41`]({FORGE}/src/shop/accounts/service.py#L41)" in text
    assert "Python 3.7 since 2023-06-27" in text


def test_without_a_forge_places_are_text() -> None:
    plan = plans.small_plan()
    bare = plan.model_copy(update={"repository": plan.repository.model_copy(update={"remote": "git.example.org/a/b"})})
    text = write_markdown(bare)
    assert "](" not in text
    assert "`src/shop/accounts/service.py:41`" in text


def test_mermaid_only_for_a_small_map() -> None:
    small = write_markdown(plans.small_plan())
    assert '  s0["accounts"]' in small
    assert "  s0 -->|57| s3" in small
    assert "mermaid" not in write_markdown(plans.medium_plan())
    assert "mermaid" not in write_markdown(plans.single_plan())


def test_a_hostile_repository_changes_nothing_but_text() -> None:
    text = write_markdown(plans.hostile_plan())
    assert len(text) < 200_000
    found = list(tokens(text))
    assert {t.content for t in found if t.type in ("html_inline", "html_block")} <= {"<!-- -->"}
    assert not [t for t in found if t.type == "image"]
    links = [str(t.attrs["href"]) for t in found if t.type == "link_open"]
    assert links
    assert all(link.startswith(FORGE + "/") for link in links)
    assert not [t.content for t in found if t.type == "text" and re.search(r"@octocat|http://|www\.", t.content)]
    fences = [t for t in found if t.type == "fence"]
    assert [t.info for t in fences] == ["mermaid"]
    assert "<" not in fences[0].content
    assert [t for t in found if t.type == "heading_open" and t.tag == "h2"]
    assert text.count("\n## ") == 10


def test_hostile_tables_keep_their_columns() -> None:
    rows = [t for t in tokens(write_markdown(plans.hostile_plan())) if t.type in ("tr_open", "td_open", "th_open")]
    starts = [place for place, t in enumerate(rows) if t.type == "tr_open"] + [len(rows)]
    widths = {end - start - 1 for start, end in pairwise(starts)}
    assert widths <= {2, 3, 5, 6, 7, 8}
    plain_rows = [t for t in tokens(write_markdown(plans.small_plan())) if t.type == "tr_open"]
    assert len(starts) - 1 == len(plain_rows)


@given(st.text())
def test_prose_reads_as_written(text: str) -> None:
    shown = prose("x " + text.replace("`", "'") + " y", 10_000)
    assert {t.type for t in tokens(shown)} <= {
        "paragraph_open", "inline", "text", "paragraph_close", "html_inline", "softbreak", "text_special",
    }  # fmt: skip


@given(st.text(min_size=1, max_size=60))
def test_a_code_span_stays_one_cell(text: str) -> None:
    table = "\n".join([cell("a", "b"), cell("---", "---"), cell(code(text), "end")])
    cells = [t for t in tokens(table) if t.type == "td_open"]
    assert len(cells) == 2
    assert [t.content for t in tokens(table) if t.type == "text"][-1] == "end"


def test_ticks_set_off_code() -> None:
    assert prose("run `python -m pytest` twice") == "run `python -m pytest` twice"
    assert plain(prose("a lone ` tick")) == "a lone ` tick"
    assert prose("ask @octocat about #1") == "ask @<!-- -->octocat about \\#<!-- -->1"
    assert prose("1. not a list") == "1<!-- -->. not a list"
