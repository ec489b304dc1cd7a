"""The recipes' own docstrings -> docs/recipes.md; with --check it only says whether that page is current."""

from __future__ import annotations

import sys
from pathlib import Path

from generated_page import write_or_check

from agent.patches.catalogue import HEADINGS, page, recipes, sections

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "recipes.md"
HEAD = """\
<!-- Generated from the docstrings in agent/patches/recipes/ by `make docs`; edit those, not this page. -->

# Recipes

What `figwright refactor` can do by itself ([guide](guide/refactor.md)). Recipes marked with * are tried when no `--recipe` is
given and the repository has one of their languages.
"""


def recipes_page() -> str:
    """What the page should say."""
    parts = [HEAD, "| recipe | languages | what it does |\n|---|---|---|"]
    for name, recipe in recipes().items():
        star = "*" if recipe.default else ""
        languages = ", ".join(sorted(recipe.languages)) or "any"
        parts.append(f"| [{name}](#{name}){star} | {languages} | {recipe.title} |")
    for name in recipes():
        found = sections(page(name))
        parts += ["", f"## {name}", "", found[""]]
        for heading in HEADINGS:
            parts += ["", f"### {heading}", "", found.get(heading, "").rstrip()]
    lines = (line.rstrip() for line in "\n".join(parts).splitlines())
    return "\n".join(line if line.startswith("    ") else line.replace("``", "`") for line in lines) + "\n"


if __name__ == "__main__":
    sys.exit(write_or_check(PAGE, recipes_page(), "the recipes"))
