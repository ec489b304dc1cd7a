"""What surrounds an extraction: a port of the machine that is in use, and a run that is killed for good."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.adapters.work_folders import WorkFolders
from agent.domain.execution import Command
from agent.extraction import Ground
from agent.extraction.facade import facade_config
from agent.extraction.replaying import FACADE_PORT
from agent.extraction.staging import in_box, stage_box
from tests.program import ORDERDESK, ROOT

WHY_NOT = BubblewrapSandbox().unusable()
if WHY_NOT and os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX") == "bubblewrap":
    raise RuntimeError(WHY_NOT)
PYTHON = "/usr/bin/python3"
PORTS = (FACADE_PORT, FACADE_PORT + 1, FACADE_PORT + 2)
IN_THE_BOX = """
import json, os, sys, urllib.error, urllib.request
from figwright_box import drive
facade = drive.Facade(sys.argv[1], "/tmp/facade", int(sys.argv[2]))
print(facade.failure, end="")
try:
    urllib.request.urlopen("http://127.0.0.1:%s/" % sys.argv[2], timeout=10)
except urllib.error.HTTPError as error:
    print(error.code, error.headers["Server"].partition("/")[0])
facade.end()
"""


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
@pytest.mark.skipif(
    shutil.which("nginx", path="/usr/sbin:/usr/bin") is None or not Path(PYTHON).exists(),
    reason="nginx is not installed",
)
def test_a_port_of_the_machine_in_use_does_not_disturb(tmp_path: Path) -> None:
    listeners = []
    for port in PORTS:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError:  # somebody has it already: that is what is wanted
            listening.close()
            continue
        listening.listen(8)
        listening.settimeout(0.2)
        listeners.append(listening)
    with WorkFolders(tmp_path / "cache") as folders:
        ground = Ground(BubblewrapSandbox(), folders, tmp_path, folders.fresh("env"), (), (), {})
        box = stage_box(ground, recorder=False)
        text = facade_config((), PORTS)
        command = Command((PYTHON, "-c", IN_THE_BOX, text, str(FACADE_PORT)), {"PYTHONPATH": str(box)})
        outcome = in_box(ground, command, folders.fresh("repo"), folders.fresh("out"), (box,), 60)
    # The box's own nginx, behind which the box has no server
    assert outcome.stdout.decode() == "502 nginx\n", outcome.stderr.decode()[-2000:]
    for listening in listeners:
        with pytest.raises(TimeoutError):
            listening.accept()
        listening.close()


def _below(pid: int) -> dict[int, str]:
    """Processes that this one started, and theirs: number -> when it began and what it runs."""
    parents: dict[int, list[int]] = {}
    told: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue
            if fields[0] != "Z":
                parents.setdefault(int(fields[1]), []).append(int(folder.name))
                told[int(folder.name)] = f"{fields[19]} {words}"
    found: dict[int, str] = {}
    pending = [pid]
    while pending:
        for one in parents.get(pending.pop(), ()):
            if one not in found:
                found[one] = told[one]
                pending.append(one)
    return found


def _left(known: dict[int, str]) -> dict[int, str]:
    left = {}
    for pid, told in known.items():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z" and fields[19] == told.partition(" ")[0]:
            left[pid] = told[:200]
    return left


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_a_run_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    """Killed while its servers answer in the box."""
    cache = tmp_path / "cache"
    env = {**os.environ, "FIGWRIGHT_CACHE_DIR": str(cache), "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "agent.cli"]
    words = [*program, "extract", str(ORDERDESK), "shipping", "--level", "0", "--out", str(tmp_path / "out")]
    with (tmp_path / "log").open("wb") as log:
        run = subprocess.Popen(words, stdout=log, stderr=log, env=env, cwd=tmp_path)
    try:
        known: dict[int, str] = {}
        until = time.monotonic() + 480
        while time.monotonic() < until and run.poll() is None:
            known = _below(run.pid)
            # The program that was made, and a fork of it that answers
            if sum("serve.main" in told for told in known.values()) >= 2:
                break
            time.sleep(0.5)
        assert run.poll() is None, (tmp_path / "log").read_text()[-2000:]
        assert sum("serve.main" in told for told in known.values()) >= 2, json.dumps(known)
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    until = time.monotonic() + 20
    while time.monotonic() < until and _left(known):
        time.sleep(0.2)
    assert _left(known) == {}
