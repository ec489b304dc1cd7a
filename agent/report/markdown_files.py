"""The files beside plan.md as a section of it, each a link: their names in, Markdown out.

What is linked here goes along when the plan is delivered to the repository that it is about; pictures and data that a program
reads stay where they were written.
"""

from __future__ import annotations

from collections.abc import Collection

from agent.domain.handover import Runbook
from agent.report.file_names import file_names
from agent.report.markdown_text import link

__all__ = ["runbook_links", "write_files_beside"]

_WHAT = (
    ("runbooks/", "How to carry out each extraction"),
    ("contracts/", "What each extraction has to answer and to send"),
    ("modules/", "The modules, and rules for their borders that pass today"),
    ("baseline/", "The baseline: levels of service to fill in, and instrumentation to apply"),
    ("questions.toml", "Every open question, ready to answer"),
    ("parity.csv", "Every function of today, and what proves it"),
    ("workshop.csv", "Concepts for an event-storming workshop"),
    ("steps.csv", "The steps, as trackers import them"),
    ("boundaries.toml", "Which unit goes where, to be edited"),
)


def write_files_beside(beside: Collection[str]) -> list[str]:
    """Nothing when there are none. Files without a line of their own here are not linked."""
    lines = []
    for start, what in _WHAT:
        names = sorted(name for name in beside if name.startswith(start))
        if names:
            shown = ", ".join(link(f"`{name.removeprefix(start) or name}`", name) for name in names)
            lines.append(f"- {what}: {shown}")
    return ["## Files beside this one", "", *lines] if lines else []


def runbook_links(runbooks: Collection[Runbook], beside: Collection[str]) -> dict[str, str]:
    """Step -> a link to its runbook."""
    names = file_names(runbook.service for runbook in runbooks)
    paths = {runbook.step: f"runbooks/{names[runbook.service]}.md" for runbook in runbooks}
    return {step: link(f"`{path}`", path) for step, path in paths.items() if path in beside}
