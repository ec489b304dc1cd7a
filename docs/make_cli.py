"""The command line's own help -> docs/cli.md; with --check it only says whether that page is current."""

from __future__ import annotations

import html
import os
import subprocess
import sys
from pathlib import Path

from generated_page import write_or_check

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


if __name__ == "__main__":
    sys.exit(write_or_check(PAGE, cli_page(), "the program"))
