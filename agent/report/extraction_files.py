"""What is written about an extraction, and what a plan of the same commit says of it: evidence in, texts by file name out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from markupsafe import Markup

from agent.domain.evidence import parity_counts, verdict_line
from agent.domain.extraction import Evidence
from agent.report.extraction_page import parity_file, write_extraction_page
from agent.report.json_text import read_json
from agent.report.ledgers import fill_parity, write_measured_parity
from agent.report.markdown_extraction import write_extraction_markdown
from agent.report.markdown_text import code, link, prose
from agent.report.visible_text import cut_middle, cut_tail
from agent.report.wording import as_sentence

__all__ = ["add_extractions", "write_extraction"]

_BEFORE = '<section class="part" id="findings"'  # text of a repository cannot hold it: its tags are escaped
_ENTRY = '<li><a href="#findings">'


def write_extraction(evidence: Evidence) -> dict[str, str]:
    """The evidence for machines, for people, for a request, and the ledger for spreadsheets."""
    files = {
        "extraction.json": evidence.model_dump_json(indent=1) + "\n",
        "extraction.html": write_extraction_page(evidence),
        "extraction.md": write_extraction_markdown(evidence),
    }
    if evidence.parity:
        files[parity_file(evidence.service)] = write_measured_parity(evidence.parity)
    return files


def add_extractions(files: Mapping[str, str], found: Sequence[tuple[str, Evidence]]) -> dict[str, str]:
    """The plan's files, with links to evidence of its own commit, and its parity ledger filled in; plan.json stays as it is.

    ``found`` are (folder beside the plan, evidence).
    """
    if not found:
        return dict(files)
    plan = read_json(files["plan.json"])
    measured = [row for _, evidence in found for row in evidence.parity]
    page = files["plan.html"].replace(_ENTRY, f'<li><a href="#extractions">Extractions</a></li>\n{_ENTRY}', 1)
    return {
        **files,
        "plan.md": files["plan.md"].rstrip("\n") + "\n\n" + _markdown(found),
        "plan.html": page.replace(_BEFORE, f"{_section(found)}\n{_BEFORE}", 1),
        "parity.csv": fill_parity(plan.handover.parity, measured),
    }


def _markdown(found: Sequence[tuple[str, Evidence]]) -> str:
    lines = ["## Extractions that were run on this commit", ""]
    for folder, evidence in found:
        shown = link(code(evidence.service), f"{quote(folder)}/extraction.md")
        lines.append(f"- {shown}: {prose(as_sentence(verdict_line(evidence), ()))}{prose(_counted(evidence))}")
    return "\n".join([*lines, "", "`parity.csv` is filled in from them; what `plan.json` says was read from code alone."]) + "\n"  # fmt: skip


def _section(found: Sequence[tuple[str, Evidence]]) -> Markup:
    row = Markup('<li><a href="{}/extraction.html">{}</a>: {}{}</li>')
    rows = Markup("").join(
        row.format(quote(folder), cut_middle(one.service, 60), cut_tail(as_sentence(verdict_line(one), ())), _counted(one))
        for folder, one in found
    )  # fmt: skip
    return Markup(
        '<section class="part" id="extractions" aria-labelledby="h-ex"><h2 id="h-ex">Extractions</h2>\n'
        '<p class="lead">Services that were run beside the monolith, on this commit. <code>parity.csv</code> is filled in from them; '
        'all else here was read from code alone.</p>\n<ul class="tight">{}</ul></section>'
    ).format(rows)


def _counted(evidence: Evidence) -> str:
    counts = ", ".join(f"{number:,} {text}" for text, number in parity_counts(evidence))
    return f" Of its functions: {counts}." if counts else ""
