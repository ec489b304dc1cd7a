"""The command line's own help -> docs/cli.md; with --check it only says whether that page is current."""

from __future__ import annotations

import html
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "cli.md"
HEAD = """\
<!-- Generated from `figwright --help` by `make docs`; edit agent/cli/, not this page. -->

"""


def cli_page() -> str:
    """What the page should say."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120", "NO_COLOR": "1"}
    command = [
        sys.executable,
        "-m",
        "typer",
        "agent.cli",
        "utils",
        "docs",
        "--name",
        "figwright",
        "--title",
        "Command line",
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True, text=True)  # noqa: S603
    lines = (line.rstrip() for line in html.unescape(done.stdout).strip().splitlines())
    return HEAD + "\n".join(lines) + "\n"


def main() -> int:
    """0 when the page is current or was written, 1 when ``--check`` finds it stale."""
    page = cli_page()
    if "--check" not in sys.argv:
        PAGE.write_text(page, "utf-8")
        print(PAGE)
        return 0
    if PAGE.is_file() and PAGE.read_text("utf-8") == page:
        return 0
    print(f"{PAGE} is not what the program says: run `make docs`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
