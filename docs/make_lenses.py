"""The lenses' docstrings and rules -> docs/lenses.md; with --check it only says whether that page is current."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from generated_page import write_or_check

from agent.assessment import LENSES
from agent.domain.finding import Rule

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "lenses.md"
HEAD = """\
<!-- Generated from the lenses' docstrings and rules by docs/make_lenses.py; edit agent/assessment/, not this page. -->

# Lenses and rules

What `figwright assess` looks for, and why. How to run it, accept findings and fail a build: [guide/assessment.md](guide/assessment.md).
"""


def lenses_page() -> str:
    """What the page should say."""
    parts = [HEAD]
    for lens in LENSES:
        parts.append(f"\n## {lens.name}\n\n{lens.page}\n")
        for rule in lens.rules:
            parts += _rule(rule)
    return "".join(parts)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"\n### `{rule.id}`\n\n{rule.title} ({rule.severity}).\n\n"
    yield f"- **Looks for:** {_escaped(rule.matches)}\n- **Why:** {_escaped(rule.why)}\n- **Remedy:** {_escaped(rule.remedy)}\n"
    if rule.step:
        yield f"- **Roadmap step:** {rule.step}\n"
    if rule.references:
        yield f"- **References:** {', '.join(rule.references)}\n"
    for question in rule.questions:
        yield f"- **To ask:** {question}\n"


def _escaped(text: str) -> str:
    """Markdown of a sentence in which only back-ticks are marks; what stands between them stays."""
    return "".join(
        part if part.startswith("`") else part.replace("*", r"\*").replace("<", "&lt;")
        for part in re.split(r"(`[^`]*`)", text)
    )


if __name__ == "__main__":
    sys.exit(write_or_check(PAGE, lenses_page(), "the lenses"))
