"""The report: a plan in; Markdown for the pull request, HTML for people, JSON for machines out, all from the one value."""

from __future__ import annotations

from agent.report.extraction_files import add_extractions, write_extraction
from agent.report.handover_files import write_handover
from agent.report.html import write_html
from agent.report.json_text import plan_schema, read_json, write_json
from agent.report.markdown import write_markdown
from agent.report.markdown_advice import write_decisions
from agent.report.markdown_changes import write_changes
from agent.report.sarif import write_sarif

__all__ = [
    "add_extractions",
    "plan_schema",
    "read_json",
    "write_changes",
    "write_decisions",
    "write_extraction",
    "write_handover",
    "write_html",
    "write_json",
    "write_markdown",
    "write_sarif",
]
