"""The sample plan that the README shows is what the program writes now."""

from __future__ import annotations

import subprocess
import sys

from tests.program import ROOT

FOLDER = ROOT / "docs" / "sample-plan"


def test_it_is_current():
    done = subprocess.run(
        [sys.executable, "docs/make_sample_plan.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_it_is_small_enough_to_be_looked_at():
    assert (FOLDER / "plan.html").stat().st_size < 500_000
