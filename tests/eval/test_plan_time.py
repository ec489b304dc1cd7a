"""A command's cost comes from the kernel, its children's included."""

from __future__ import annotations

import os
import sys

from eval.tasks.plan_time import measure_command

BURN = "import time\nwhile time.process_time() < 0.3: pass\nblock = bytearray(60_000_000)"


def test_cost_includes_what_children_used(tmp_path):
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN!r}], check=True)"
    cost = measure_command([sys.executable, "-c", parent], os.environ, tmp_path / "log")
    assert cost.code == 0
    assert 0.3 <= cost.cpu_seconds < 5
    assert cost.memory_mb > 60


def test_a_failure_is_told_with_its_words(tmp_path):
    cost = measure_command(
        [sys.executable, "-c", "import sys; sys.exit('no such thing')"], os.environ, tmp_path / "log"
    )
    assert (cost.code, cost.errors) == (1, "no such thing")
