"""Every attempt to get out (tests/cases/escapes), in every sandbox of this machine, and some without one as a control.

FIGWRIGHT_REQUIRE_SANDBOX names sandboxes that must not be skipped here (``bubblewrap,container``): CI sets it.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.adapters.bare_sandbox import BareSandbox
from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.adapters.container_sandbox import ContainerSandbox
from agent.adapters.sandbox_folders import remove_tree
from agent.domain.execution import Command, Folders, Limits, Outcome
from agent.ports import Sandbox

CASES = {
    f"{path.stem}/{name}": case
    for path in sorted((Path(__file__).parents[1] / "cases" / "escapes").glob("*.yaml"))
    for name, case in yaml.safe_load(path.read_text(encoding="utf-8")).items()
}
TOKEN_NAME = "FIGWRIGHT_PLANTED_TOKEN"
SANDBOXES = {"bubblewrap": BubblewrapSandbox, "container": ContainerSandbox, "none": BareSandbox}
PYTHON = shutil.which("python3", path="/usr/bin:/bin:/usr/local/bin") or "/usr/bin/python3"
PATIENCE = Limits(wall_seconds=20, cpu_seconds=60, memory_bytes=512 << 20, processes=100, file_bytes=1 << 30)


@dataclass(frozen=True)
class Machine:
    """What on this machine a program would like to have."""

    secret: str
    port: int
    abstract: str


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """A server on the loopback interface and on an abstract socket, a secret in our environment and in our keyring."""
    secret = secrets.token_hex(16)
    tcp, abstract = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)
    name = f"figwright-{secrets.token_hex(8)}"
    abstract.bind("\0" + name)
    abstract.listen()
    for server in (tcp, abstract):
        threading.Thread(target=_serve, args=(server, secret), daemon=True).start()
    os.environ[TOKEN_NAME] = secret
    # /proc/PID/environ shows what a process was started with, so somebody else must have been.
    holder = subprocess.Popen([shutil.which("sleep") or "sleep", "600"], env={TOKEN_NAME: secret})
    if os.uname().machine == "x86_64":
        ctypes.CDLL(None).syscall(248, b"user", b"figwright-planted", secret.encode(), len(secret), -3)
    yield Machine(secret, tcp.getsockname()[1], name)
    del os.environ[TOKEN_NAME]
    holder.kill()
    holder.wait()
    for server in (tcp, abstract):
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()


def _serve(server: socket.socket, secret: str) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            connection.sendall(secret.encode())


@pytest.fixture(scope="module")
def sandboxes() -> dict[str, Sandbox]:
    return {name: make() for name, make in SANDBOXES.items()}


@dataclass(frozen=True)
class Place:
    """The folders of one case on this machine."""

    root: Path

    @property
    def folders(self) -> Folders:
        return Folders(self.root / "repo", self.root / "env", self.root / "out", kept=("node_modules",))

    def contents(self) -> dict[str, str]:
        """All that must be the same afterwards."""
        found = {}
        for name in ("env", "pristine", "outside", "secret"):
            for path in sorted((self.root / name).rglob("*")):
                status = path.lstat()
                text = path.read_text() if stat.S_ISREG(status.st_mode) else ""
                found[str(path)] = f"{stat.filemode(status.st_mode)} {status.st_uid} {status.st_nlink} {text}"
        return found


@pytest.fixture
def place(machine: Machine) -> Iterator[Place]:
    """Where every user may enter: no box is helped by a closed parent (pytest's own temporary folders have one)."""
    root = Path(tempfile.mkdtemp(prefix="figwright-escape-"))
    for name in ("repo", "env/kept/node_modules", "out", "pristine", "outside", "secret"):
        (root / name).mkdir(parents=True)
    (root / "repo" / "code.py").write_text("print('hello')\n")
    (root / "pristine" / "code.py").write_text("print('hello')\n")
    (root / "env" / "runner.py").write_text("print('1 failed')\n")
    (root / "env" / "kept" / "node_modules" / "dependency.js").write_text("module.exports = 1\n")
    (root / "secret" / "key").write_text(machine.secret)
    root.chmod(0o755)
    (root / "outside").chmod(0o777)
    yield Place(root)
    remove_tree(root)


def attempt(sandbox: Sandbox, case: dict[str, Any], place: Place, machine: Machine) -> Outcome:
    variables = {
        "SECRET_FILE": str(place.root / "secret" / "key"),
        "PRISTINE": str(place.root / "pristine"),
        "OUTSIDE": str(place.root / "outside"),
        "PORT": str(machine.port),
        "ABSTRACT": machine.abstract,
        "HOST_PID": str(os.getpid()),
        "HOST_HOME": str(Path.home()),
        "TOKEN_NAME": TOKEN_NAME,
        "ENV": "{env}",
        "REPO": "{repo}",
        "OUT": "{out}",
    }
    if "python" in case:
        body = "".join(f"    {line}\n" for line in case["python"].splitlines())
        text = f"import os\ntry:\n{body}except (OSError, AssertionError) as error:\n    print(error)\nprint('TRIED')\n"
        argv = [PYTHON, "-u", "-c", text]
    else:
        argv = ["/bin/sh", "-c", case["sh"] + "\necho TRIED\n"]
    values = {field: getattr(PATIENCE, field) for field in PATIENCE.__slots__} | case.get("limits", {})
    return sandbox.run(Command(tuple(argv), variables), place.folders, (), Limits(**values))


def escaped(case: dict[str, Any], outcome: Outcome, place: Place, before: dict[str, str], machine: Machine) -> str:
    """What got out; empty when nothing did."""
    printed = (outcome.stdout + outcome.stderr).decode(errors="replace")
    if "ESCAPED" in printed or machine.secret in printed:
        return printed[printed.find("ESCAPED") :][:300]
    if place.contents() != before:
        return f"changed outside: {sorted(set(place.contents().items()) ^ set(before.items()))}"
    if case.get("leaves"):
        beat = place.root / "repo" / "beat"
        size = beat.stat().st_size
        time.sleep(0.3)
        if beat.stat().st_size != size:
            return "a process was left behind"
    return ""


def end_strays() -> None:
    """Daemons that the control left."""
    for process in Path("/proc").iterdir():
        with suppress(OSError):
            if process.name.isdigit() and b"figwright-escape-daemon" in (process / "cmdline").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)


def unsafe_to_read(root: Path, machine: Machine) -> list[str]:
    """What a reader of results would trip over."""
    odd = []
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(folder, name)
            status = path.lstat()
            if stat.S_ISLNK(status.st_mode) and not path.resolve().is_relative_to(root.resolve()):
                odd.append(f"{path!r} leads out")
            elif not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode) or stat.S_ISLNK(status.st_mode)):
                odd.append(f"{path!r} is a special file")
            elif (
                stat.S_ISREG(status.st_mode)
                and status.st_size < 1 << 20
                and machine.secret.encode() in path.read_bytes()
            ):
                odd.append(f"{path!r} holds the secret")
    return odd


def left_in_repository(root: Path) -> list[str]:
    """What we could not read or remove, or somebody could run as us."""
    odd = []
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            status = Path(folder, name).lstat()
            if stat.S_ISLNK(status.st_mode):
                continue
            if (
                status.st_uid != os.geteuid()
                or status.st_mode & (stat.S_ISUID | stat.S_ISGID)
                or status.st_mode & 0o600 != 0o600
            ):
                odd.append(f"{name!r} {stat.filemode(status.st_mode)} {status.st_uid}")
            if stat.S_ISFIFO(status.st_mode) or stat.S_ISSOCK(status.st_mode):
                odd.append(f"{name!r} blocks a reader")
    return odd


def usable(sandboxes: dict[str, Sandbox], name: str) -> Sandbox:
    reason = sandboxes[name].unusable()
    if reason:
        assert name not in os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX", "").split(","), reason
        pytest.skip(reason)
    return sandboxes[name]


# A container takes a second to start: only these are tried every time.
QUICK = frozenset(
    {
        "limits/fills-memory",
        "limits/fork-bomb",
        "network/loopback-server",
        "processes/daemon-left-behind",
        "reading/secret-file",
    }
    | {"writing/harness", "writing/nobody-may-read", "writing/outside"}
)
ATTEMPTS = [
    pytest.param(
        backend,
        name,
        id=f"{backend}-{name}",
        marks=[pytest.mark.slow] if backend == "container" and name not in QUICK else [],
    )
    for backend in ("bubblewrap", "container")
    for name, case in sorted(CASES.items())
    if backend in case.get("only", [backend])
]


@pytest.mark.parametrize(("backend", "name"), ATTEMPTS)
def test_nothing_gets_out(
    backend: str, name: str, sandboxes: dict[str, Sandbox], place: Place, machine: Machine
) -> None:
    case = CASES[name]
    sandbox = usable(sandboxes, backend)
    before = place.contents()
    started = time.monotonic()
    outcome = attempt(sandbox, case, place, machine)
    assert time.monotonic() - started < PATIENCE.wall_seconds + 15
    assert not escaped(case, outcome, place, before, machine)
    if "stopped_by" in case:
        assert outcome.stopped_by in case["stopped_by"], outcome
        assert outcome.exit_code != 0 or outcome.stopped_by == "file size", outcome  # which a program may survive
    else:
        assert not outcome.stopped_by, outcome
        assert b"TRIED" in outcome.stdout or "only a link" in case.get("python", ""), outcome
    assert not unsafe_to_read(place.root / "out", machine)
    assert not left_in_repository(place.root / "repo")
    kept = place.root / "repo" / "node_modules"
    assert not kept.exists(), "a mount point was left in the repository"
    limit = case.get("limits", {}).get("output_bytes", PATIENCE.output_bytes)
    assert len(outcome.stdout) <= limit + 100
    assert len(outcome.stderr) <= limit + 100


CONTROLS = [name for name, case in CASES.items() if case.get("control")]


@pytest.mark.parametrize("name", CONTROLS)
def test_without_a_sandbox_it_does(name: str, sandboxes: dict[str, Sandbox], place: Place, machine: Machine) -> None:
    case = CASES[name]
    if case.get("root_control") and os.geteuid() != 0:
        pytest.skip("only root could do that")
    before = place.contents()
    try:
        outcome = attempt(sandboxes["none"], case, place, machine)
        assert escaped(case, outcome, place, before, machine), outcome
    finally:
        end_strays()
