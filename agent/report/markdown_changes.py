"""What moved between two plans, as Markdown: sections of changes in, short text out."""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain.boundary import SHARED, Change
from agent.report.markdown_text import cell, code, prose
from agent.report.number_format import plural

__all__ = ["summary_of_changes", "write_changes"]

MOST = 40
Sections = Sequence[tuple[str, Sequence[Change]]]


def write_changes(sections: Sections) -> str:
    """A table for each section; what is too long is counted."""
    lines = ["# What moved", ""]
    if not sections:
        return "\n".join([*lines, "Nothing: both plans say the same.", ""])
    lines.append(f"{summary_of_changes(sections)}.")
    for title, changes in sections:
        lines += ["", f"## {title}", "", cell("what", "before", "after"), cell("---", "---", "---")]
        lines += [cell(code(c.what, 90), _shown(c.before), _shown(c.after)) for c in changes[:MOST]]
        if len(changes) > MOST:
            lines += [
                "",
                f"Not listed here: {len(changes) - MOST:,} of {len(changes):,}; `--format json` has them all.",
            ]
    return "\n".join(lines) + "\n"


def _shown(text: str) -> str:
    return prose(text.replace(SHARED, "shared code"), 160) if text else "not there"


def summary_of_changes(sections: Sections) -> str:
    """``Dispositions: 2 changes; Steps: 1 change``."""
    return "; ".join(f"{title}: {plural(len(changes), 'change')}" for title, changes in sections)
