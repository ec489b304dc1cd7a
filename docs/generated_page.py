"""What the scripts that generate a page share: write it, or say with --check whether it is current."""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["write_or_check"]


def write_or_check(page: Path, text: str, source: str) -> int:
    """0 when the page is current or was written, 1 when ``--check`` finds it stale. ``source`` is what it is made from."""
    if "--check" not in sys.argv:
        page.write_text(text, "utf-8")
        print(page)
        return 0
    if page.is_file() and page.read_text("utf-8") == text:
        return 0
    print(f"{page} is not what {source} says: run `make docs`", file=sys.stderr)
    return 1
