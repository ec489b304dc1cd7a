"""What every sandbox does for the command that it runs, tried in each that this machine has."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.adapters.bare_sandbox import BareSandbox
from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.adapters.container_sandbox import ContainerSandbox
from agent.adapters.sandbox_folders import remove_tree
from agent.domain.execution import Command, Folders, Limits, Outcome, Toolchain
from agent.errors import SandboxError
from agent.ports import Sandbox

PYTHON = shutil.which("python3", path="/usr/bin:/bin:/usr/local/bin") or "/usr/bin/python3"
SHORT = Limits(wall_seconds=20, memory_bytes=512 << 20, processes=100)


@pytest.fixture(scope="module", params=["bubblewrap", pytest.param("container", marks=pytest.mark.slow), "none"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    made: dict[str, type[Sandbox]] = {
        "bubblewrap": BubblewrapSandbox,
        "container": ContainerSandbox,
        "none": BareSandbox,
    }
    chosen = made[request.param]()
    assert chosen.name == request.param
    if reason := chosen.unusable():
        assert chosen.name not in os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX", "").split(","), reason
        pytest.skip(reason)
    return chosen


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Folders]:
    """In a folder that nobody else may enter, as work copies are."""
    for name in ("repo/sub folder", "env", "out"):
        (tmp_path / name).mkdir(parents=True)
    tmp_path.chmod(0o700)
    yield Folders(tmp_path / "repo", tmp_path / "env", tmp_path / "out")
    remove_tree(tmp_path)


def sh(sandbox: Sandbox, folders: Folders, script: str, limits: Limits = SHORT, **env: str) -> Outcome:
    return sandbox.run(Command(("/bin/sh", "-c", script), env), folders, (), limits)


def test_exit_code_output_and_time_come_back(sandbox: Sandbox, folders: Folders) -> None:
    outcome = sh(sandbox, folders, "echo out; echo err >&2; exit 3")
    assert (outcome.exit_code, outcome.stdout, outcome.stderr) == (3, b"out\n", b"err\n")
    assert outcome.stopped_by == ""
    assert 0 < outcome.seconds < 20


def test_a_signal_is_a_negative_code(sandbox: Sandbox, folders: Folders) -> None:
    assert sh(sandbox, folders, "kill -SEGV $$").exit_code == -11


def test_an_exit_code_above_the_signals_stays(sandbox: Sandbox, folders: Folders) -> None:
    assert sh(sandbox, folders, "exit 255").exit_code == 255


def test_a_missing_program_is_127(sandbox: Sandbox, folders: Folders) -> None:
    outcome = sandbox.run(Command(("no-such-program-anywhere",)), folders, (), SHORT)
    assert outcome.exit_code == 127
    assert b"no-such-program-anywhere" in outcome.stderr


def test_placeholders_and_working_folder(sandbox: Sandbox, folders: Folders) -> None:
    (folders.env / "tool").write_text("a tool")
    command = Command(
        ("/bin/sh", "-c", 'cat "$1"; pwd > "$WHERE"; echo x > made; cat made', "sh", "{env}/tool"),
        {"WHERE": "{out}/where"},
        "sub folder",
    )
    outcome = sandbox.run(command, folders, (), SHORT)
    assert (outcome.exit_code, outcome.stdout) == (0, b"a toolx\n"), outcome
    assert (folders.out / "where").read_text().endswith("repo/sub folder\n")
    assert (folders.repo / "sub folder" / "made").read_text() == "x\n"


def test_the_environment_is_the_commands_own(
    sandbox: Sandbox, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OURS", "secret")
    outcome = sh(sandbox, folders, 'env; touch "$HOME/a" "$TMPDIR/b"', THEIRS="1", LANG="xx")
    lines = outcome.stdout.decode().splitlines()
    assert "THEIRS=1" in lines
    assert "LANG=xx" in lines
    assert not [line for line in lines if line.startswith("OURS=")]
    assert {"HOME", "TMPDIR", "PATH"} <= {line.partition("=")[0] for line in lines}
    assert outcome.stderr == b""


def test_home_is_empty_each_time(sandbox: Sandbox, folders: Folders) -> None:
    assert sh(sandbox, folders, 'touch "$HOME/left" "$TMPDIR/left"').exit_code == 0
    assert sh(sandbox, folders, 'ls "$HOME"; ls "$TMPDIR"').stdout in (b"", b"home\n")


def test_standard_input_is_empty(sandbox: Sandbox, folders: Folders) -> None:
    assert sh(sandbox, folders, "cat; echo end").stdout == b"end\n"


def test_long_output_keeps_both_ends(sandbox: Sandbox, folders: Folders) -> None:
    script = "i=0; while [ $i -lt 30000 ]; do echo line-$i; i=$((i+1)); done; echo last"
    outcome = sh(sandbox, folders, script, Limits(wall_seconds=20, output_bytes=10_000))
    assert outcome.exit_code == 0
    assert outcome.stdout.startswith(b"line-0\n")
    assert outcome.stdout.endswith(b"last\n")
    assert b"bytes left out" in outcome.stdout
    assert len(outcome.stdout) < 10_100


def test_the_environment_is_made_and_then_only_read(sandbox: Sandbox, folders: Folders) -> None:
    making = Folders(folders.repo, folders.env, folders.out, env_writable=True)
    script = "umask 077; mkdir $ENV/bin; printf '#!/bin/sh\\necho made\\n' > $ENV/bin/tool; chmod 700 $ENV/bin/tool"
    assert sh(sandbox, making, script, ENV="{env}").exit_code == 0
    assert (folders.env / "bin" / "tool").stat().st_uid == os.geteuid()
    assert sandbox.run(Command(("{env}/bin/tool",)), folders, (), SHORT).stdout == b"made\n"
    if sandbox.name != "none":
        assert sh(sandbox, folders, "echo x > $ENV/bin/other", ENV="{env}").exit_code != 0


def test_kept_paths_are_in_their_places(sandbox: Sandbox, folders: Folders) -> None:
    (folders.env / "kept" / "web" / "node_modules" / "dep").mkdir(parents=True)
    (folders.env / "kept" / "web" / "node_modules" / "dep" / "index.js").write_text("dep")
    (folders.env / "kept" / "lock").write_text("a file")
    with_kept = Folders(folders.repo, folders.env, folders.out, kept=("web/node_modules", "lock", "never-made"))
    outcome = sh(sandbox, with_kept, "cat web/node_modules/dep/index.js lock; ls")
    assert outcome.stdout == b"depa filelock\nsub folder\nweb\n", outcome
    assert sorted(path.name for path in folders.repo.iterdir()) == ["sub folder"]
    assert (folders.env / "kept" / "lock").read_text() == "a file"


def test_a_kept_path_never_follows_a_link_of_the_repository(sandbox: Sandbox, folders: Folders, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folders.repo / "web").symlink_to(tmp_path / "elsewhere")
    (folders.env / "kept" / "web" / "node_modules").mkdir(parents=True)
    with_kept = Folders(folders.repo, folders.env, folders.out, kept=("web/node_modules",))
    with pytest.raises(SandboxError, match="web/node_modules"):
        sh(sandbox, with_kept, "true")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_toolchain_in_a_closed_home_works(sandbox: Sandbox, folders: Folders, tmp_path: Path) -> None:
    home = tmp_path / "closed" / "toolchain"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "greet").write_text("#!/bin/sh\necho hello from $0\n")
    (home / "bin" / "greet").chmod(0o755)
    (tmp_path / "closed" / "private").write_text("private")
    (tmp_path / "closed").chmod(0o700)
    toolchain = Toolchain("greet", "1", home / "bin" / "greet", home)
    outcome = sandbox.run(Command(("greet",)), folders, (toolchain,), SHORT)
    assert outcome.stdout.decode() == f"hello from {home}/bin/greet\n", outcome
    if sandbox.name != "none":
        assert sandbox.run(Command(("cat", str(home.parent / "private"))), folders, (toolchain,), SHORT).exit_code == 1


def test_a_home_folder_is_no_toolchain(sandbox: Sandbox, folders: Folders) -> None:
    if sandbox.name == "none":
        pytest.skip("shows everything anyway")
    toolchain = Toolchain("all", "1", Path("/bin/sh"), Path.home())
    with pytest.raises(SandboxError, match="toolchain"):
        sandbox.run(Command(("true",)), folders, (toolchain,), SHORT)


def test_files_with_a_second_name_elsewhere_stay_as_they_are(
    sandbox: Sandbox, folders: Folders, tmp_path: Path
) -> None:
    pristine = tmp_path / "object"
    pristine.write_text("shared")
    os.link(pristine, folders.repo / "object")
    assert sh(sandbox, folders, "chmod 666 object; echo changed > object").exit_code == 0
    assert pristine.read_text() == "shared"
    assert pristine.stat().st_uid == os.geteuid()
    assert (folders.repo / "object").read_text() == "changed\n"


def test_links_inside_results_stay(sandbox: Sandbox, folders: Folders) -> None:
    sh(sandbox, folders, "cd $OUT; echo 1 > a; ln -s a current; ln -s /etc/passwd outside", OUT="{out}")
    assert (folders.out / "current").read_text() == "1\n"
    assert sorted(path.name for path in folders.out.iterdir()) == ["a", "current"]


def test_what_is_not_a_command_is_refused(sandbox: Sandbox, folders: Folders) -> None:
    for command in (
        Command(()),
        Command(("a\0b",)),
        Command(("true",), {"A=B": "c"}),
        Command(("true",), {}, "../out"),
    ):
        with pytest.raises(SandboxError):
            sandbox.run(command, folders, (), SHORT)
    with pytest.raises(SandboxError, match="not there"):
        sandbox.run(Command(("true",)), Folders(folders.repo / "gone", folders.env, folders.out), (), SHORT)
    with pytest.raises(SandboxError, match="apart"):
        sandbox.run(Command(("true",)), Folders(folders.repo, folders.repo / "sub folder", folders.out), (), SHORT)


def test_boxes_run_side_by_side(sandbox: Sandbox, tmp_path: Path) -> None:
    results: dict[int, Outcome] = {}

    def one(number: int) -> None:
        places = [tmp_path / f"{number}" / name for name in ("repo", "env", "out")]
        for place in places:
            place.mkdir(parents=True)
        results[number] = sh(sandbox, Folders(*places), "echo $N > n; sleep 0.3; cat n", N=str(number))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number: outcome.stdout for number, outcome in results.items()} == {n: b"%d\n" % n for n in range(3)}


def test_processor_time_is_counted_for_all(sandbox: Sandbox, folders: Folders) -> None:
    script = "(i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done) & (i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done); wait"
    outcome = sh(sandbox, folders, script)
    assert 0.1 < outcome.cpu_seconds < 15


PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
from agent.adapters.{module} import {name}
from agent.domain.execution import Command, Folders, Limits
root = Path({root!r})
script = "(setsid sleep 4321.{tag} &) ; while :; do echo x >> $REPO/beat; sleep 0.02; done"
{name}(Path({state!r})).run(
    Command(("/bin/sh", "-c", script), {{"REPO": "{{repo}}"}}), Folders(root / "repo", root / "env", root / "out"),
    (), Limits(wall_seconds=60)
)
"""


def test_nothing_outlives_a_killed_figwright(
    sandbox: Sandbox, folders: Folders, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    state = Path(tempfile.mkdtemp(prefix="figwright-state-"))  # the box's user must get through to it
    request.addfinalizer(lambda: remove_tree(state))
    state.chmod(0o711)
    kind = type(sandbox)
    text = PROGRAM.format(
        here=str(Path(__file__).parents[2]),
        module=kind.__module__.rpartition(".")[2],
        name=kind.__name__,
        root=str(tmp_path),
        state=str(state),
        tag=os.getpid(),
    )
    process = subprocess.Popen([sys.executable, "-c", text])
    beat = folders.repo / "beat"
    assert within(15, beat.exists), "it never started"
    process.kill()
    process.wait()
    if sandbox.name != "none":  # which promises it for the next run only
        assert within(10, lambda: not sleeping()), "a process was left"
    kind(state).run(Command(("true",)), folders, (), SHORT)
    assert within(5, lambda: not sleeping())
    size = beat.stat().st_size
    time.sleep(0.2)
    assert beat.stat().st_size == size
    assert not list(state.glob("box-*"))
    assert not list(Path("/sys/fs/cgroup").glob(f"**/figwright-{process.pid}-*"))


def within(seconds: float, holds: object) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if callable(holds) and holds():
            return True
        time.sleep(0.02)
    return False


def sleeping() -> list[str]:
    needle = f"4321.{os.getpid()}".encode()
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                words = (place / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[0].endswith(b"sleep") and needle in words:
                found.append(place.name)
    return found


def test_modes_of_the_work_copy_are_kept(sandbox: Sandbox, folders: Folders) -> None:
    for name, mode in (("run.sh", 0o755), ("plain", 0o644), ("read-only", 0o444)):
        (folders.repo / name).write_text("x")
        (folders.repo / name).chmod(mode)
    assert sh(sandbox, folders, "true").exit_code == 0
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folders.repo.iterdir() if path.is_file()}
    assert found == {"run.sh": 0o755, "plain": 0o644, "read-only": 0o644}


def test_a_program_of_the_system_runs(sandbox: Sandbox, folders: Folders) -> None:
    outcome = sandbox.run(Command((PYTHON, "-c", "import ssl, json; print('ok')")), folders, (), SHORT)
    assert outcome.stdout == b"ok\n"
