"""What needs more than a box: another user, the network. Each says why it is skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.adapters.container_sandbox import ContainerSandbox
from agent.adapters.sandbox_folders import remove_tree
from agent.domain.execution import Command, Folders, Limits, Outcome
from agent.ports import Sandbox

ROOT = Path(__file__).parents[2]
ORDINARY = 12345
TRY = """
from pathlib import Path
from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.domain.execution import Command, Folders, Limits
box = BubblewrapSandbox()
assert not box.unusable(), box.unusable()
root = Path("WHERE")
folders = Folders(root / "repo", root / "env", root / "out")
def run(*words, **limits):
    return box.run(Command(words), folders, (), Limits(wall_seconds=20, **limits))
print(run("sh", "-c", "id -u; echo x > /repo/made; cat /etc/shadow; ls /proc | grep -c '^[0-9]'"))
threads = "import threading, time; [threading.Thread(target=time.sleep, args=(60,)).start() for _ in range(100)]"
print(run("python3", "-c", threads, processes=40).stopped_by)
print(run("python3", "-c", "import time; held = b'x' * (400 << 20); time.sleep(60)", memory_bytes=100 << 20).stopped_by)
print(run("sh", "-c", "mkdir /repo/d; chmod 0 /repo/d").exit_code, (root / "repo/d").stat().st_mode & 0o777 == 0o700)
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that another user may enter, which pytest's own may not be."""
    root = Path(tempfile.mkdtemp(prefix="figwright-open-"))
    root.chmod(0o755)
    yield root
    remove_tree(root)


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests are this one, for an ordinary user")
def test_an_ordinary_user_without_control_groups(open_folder: Path) -> None:
    for name in ("repo", "env", "out"):
        (open_folder / name).mkdir()
        os.chown(open_folder / name, ORDINARY, ORDINARY)

    def as_ordinary(program: str, text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, "-B", "-c", text],
            env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "TMPDIR": str(open_folder / "out")},
            user=ORDINARY,
            group=ORDINARY,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    for program in (sys.executable, "/usr/bin/python3"):
        try:
            if as_ordinary(program, "import agent.adapters.bubblewrap_sandbox").returncode == 0:
                break
        except OSError:
            continue
    else:
        pytest.skip("no interpreter or checkout that another user may read")
    if reason := BubblewrapSandbox().unusable():
        assert "bubblewrap" not in os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX", "").split(","), reason
        pytest.skip(reason)
    said = as_ordinary(program, TRY.replace("WHERE", str(open_folder)))
    assert said.returncode == 0, said.stderr
    first, *others = said.stdout.splitlines()
    assert "stdout=b'1000\\n" in first
    assert "No such file" in first
    assert others == ["processes", "memory", "0 True"]
    assert (open_folder / "repo" / "made").read_text() == "x\n"


CLIENTS = {
    "pip": ("python3 -m pip download --no-deps --dest {out}", "toolz", "*.whl"),
    "npm": ("npm pack --pack-destination {out}", "left-pad@1.3.0", "*.tgz"),
    "mvn": (
        "mvn -q -B -Dmaven.repo.local={out} dependency:get",
        "-Dartifact=junit:junit:4.13.2",
        "junit/junit/4.13.2/*.jar",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", [BubblewrapSandbox, ContainerSandbox])
@pytest.mark.parametrize("client", sorted(CLIENTS))
def test_package_clients_reach_their_registries(client: str, kind: type[Sandbox], tmp_path: Path) -> None:
    if os.environ.get("FIGWRIGHT_TEST_NETWORK") != "1":
        pytest.skip("fetches from the network: set FIGWRIGHT_TEST_NETWORK=1")
    words, package, made = CLIENTS[client]
    sandbox = kind()
    if reason := sandbox.unusable():
        pytest.skip(reason)
    if shutil.which(words.split()[0], path="/usr/bin:/bin:/usr/local/bin") is None:
        pytest.skip(f"no {client} here")
    for name in ("repo", "env", "out"):
        (tmp_path / name).mkdir()
    folders = Folders(tmp_path / "repo", tmp_path / "env", tmp_path / "out")

    def run(network: bool) -> Outcome:
        command = Command((*words.split(), package))
        return sandbox.run(command, folders, (), Limits(wall_seconds=60 if not network else 200), network=network)

    outcome = run(network=True)
    if client == "pip" and b"No module named pip" in outcome.stderr:
        pytest.skip("the system's Python has no pip")
    assert outcome.exit_code == 0, outcome
    assert list(folders.out.glob(made))
