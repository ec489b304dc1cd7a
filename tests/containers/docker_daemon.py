"""A Docker daemon of the tests' own, where none answers: no bridge, no rules of the firewall, its data in the tests' cache."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CACHE = Path(os.environ.get("FIGWRIGHT_BASE_CACHE", Path.home() / ".cache" / "figwright-base-images"))
NO_DAEMON = 75  # the exit code when there is none, so that a caller can tell it from the command's own
_PATIENCE = 40.0


def answers() -> bool:
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


@contextmanager
def daemon() -> Iterator[str]:
    """DOCKER_HOST leads to it while the block lasts; the reason why there is none, or empty."""
    if answers():
        yield ""
        return
    if shutil.which("dockerd") is None or os.geteuid() != 0:
        yield "docker does not answer, and a daemon of our own needs dockerd and root"
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "daemon.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one daemon to a folder: another test process waits until it has ended
        yield from _own()


def _own() -> Iterator[str]:
    run = Path(tempfile.mkdtemp(prefix="figwright-dockerd-"))
    words = ["dockerd", f"--host=unix://{run}/docker.sock", f"--data-root={CACHE}/docker", f"--exec-root={run}/exec", f"--pidfile={run}/pid",
             "--bridge=none", "--iptables=false", "--ip-forward=false", "--ip-masq=false"]  # fmt: skip
    before = os.environ.get("DOCKER_HOST")
    with (run / "log").open("wb") as log:
        child = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True)
    try:
        os.environ["DOCKER_HOST"] = f"unix://{run}/docker.sock"
        end = time.monotonic() + _PATIENCE
        while not answers() and child.poll() is None and time.monotonic() < end:
            time.sleep(0.5)
        last = (run / "log").read_text(errors="replace").strip().splitlines()[-1:]
        yield "" if answers() else f"dockerd does not start: {' '.join(last)[-300:]}"
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
        if before is None:
            os.environ.pop("DOCKER_HOST", None)
        else:
            os.environ["DOCKER_HOST"] = before
        shutil.rmtree(run, ignore_errors=True)


if __name__ == "__main__":  # run a command beside it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the daemon ends with it
    with daemon() as why:
        if why:
            print(why, file=sys.stderr)
            sys.exit(NO_DAEMON)
        sys.exit(subprocess.run(sys.argv[1:], check=False).returncode)
