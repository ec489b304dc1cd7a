"""The samples, built, started and tested for real; and what a build may not do to the machine."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.composition import open_builder, open_sandbox, place_for, workbench
from agent.containerizing import containerize, plan_containers
from agent.domain.container import LEVELS, ContainerReport
from agent.domain.execution import Command, Limits
from agent.errors import ContainerError
from agent.pipeline import Run, make_graph, make_inventory
from agent.ports import ImageBuilder
from agent.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.builds]
SAMPLES = Path(__file__).parents[2] / "sample_repos"
HERE = Path(__file__).parent
Base = Callable[[str], None]
SMALL = Limits(wall_seconds=120, memory_bytes=1 << 30, disk_bytes=1 << 30)


def prove(name: str, tmp_path: Path, builder: ImageBuilder, base: Base) -> ContainerReport:
    settings = Settings(cache_dir=tmp_path / "cache")
    work = tmp_path / "work"
    work.mkdir()
    with workbench(str(SAMPLES / name), settings, None, None) as bench:
        run = Run()
        inventory = make_inventory(bench, run, None)
        graph, _ = make_graph(bench, inventory, run)
        containers = plan_containers(inventory, graph, bench.snapshot)
        for image in containers.images:
            for needed in filter(None, (image.build_base, image.base)):
                base(needed)
        with place_for(bench.snapshot, settings.cache_dir, open_sandbox("bubblewrap")) as place:
            report, _ = containerize(containers, inventory, graph, builder, place, work, run=True, test=True)
    return report


@pytest.mark.parametrize(
    ("name", "tests"),
    [("orderdesk", 139), ("stockroom", 344), ("storefront", 200), ("helpdesk", 134), ("claims", 142), ("ledger", 81)],
)
def test_every_sample_is_tested_inside(
    name: str, tests: int, tmp_path: Path, builder: ImageBuilder, base: Base
) -> None:
    report = prove(name, tmp_path, builder, base)
    first = report.deployables[0]
    assert first.level == "tested", [(one.failed, one.last_lines) for one in first.rounds]
    assert (first.tests_outside, first.tests_inside, first.lost) == (tests, tests, ())
    assert first.image_bytes > 0
    assert "(" in first.base  # what really stands behind the name
    assert all(LEVELS.index(proof.level) >= LEVELS.index("started") for proof in report.deployables)


def test_orderdesk_is_about_as_large_as_written_by_hand(tmp_path: Path, builder: ImageBuilder, base: Base) -> None:
    base("python:3.11-slim")
    context = tmp_path / "context"
    shutil.copytree(SAMPLES / "orderdesk", context)
    by_hand = builder.build(context, HERE / "orderdesk.Dockerfile", "orderdesk-by-hand", Limits())
    assert by_hand.exit_code == 0, by_hand.stderr[-2000:]
    settings = Settings(cache_dir=tmp_path / "cache")
    with workbench(str(SAMPLES / "orderdesk"), settings, None, None) as bench:
        run = Run()
        inventory = make_inventory(bench, run, None)
        containers = plan_containers(inventory, None, bench.snapshot)
        (tmp_path / "work").mkdir()
        with place_for(bench.snapshot, settings.cache_dir, open_sandbox("bubblewrap")) as place:
            report, _ = containerize(
                containers, inventory, None, builder, place, tmp_path / "work", run=False, test=False
            )
    assert report.deployables[0].level == "built"
    assert report.deployables[0].image_bytes <= 1.15 * builder.size("orderdesk-by-hand")


def _write(folder: Path, dockerfile: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text(dockerfile)
    return folder / "Dockerfile"


def left_over(builder: ImageBuilder) -> str:
    """What goes on, or stays on the disk, once another run has looked around."""
    open_builder(builder.name).close()
    if builder.name == "buildah":
        return subprocess.run(["buildah", "containers", "--quiet"], capture_output=True, text=True, check=True).stdout
    words = [builder.name, "ps", "--quiet"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def test_a_build_that_hangs_is_ended(tmp_path: Path, builder: ImageBuilder, base: Base) -> None:
    base("debian:12-slim")
    file = _write(tmp_path / "hangs", "FROM debian:12-slim\nRUN sleep 600\n")
    done = builder.build(file.parent, file, "hangs", Limits(wall_seconds=5))
    assert done.stopped_by == "wall time"
    assert done.seconds < 40
    assert not left_over(builder)


def test_a_build_that_fills_the_disk_is_ended(tmp_path: Path, builder: ImageBuilder, base: Base) -> None:
    base("debian:12-slim")
    file = _write(tmp_path / "fills", "FROM debian:12-slim\nRUN head -c 6000000000 /dev/zero > /filled\n")
    done = builder.build(file.parent, file, "fills", Limits(wall_seconds=120, disk_bytes=1 << 30))
    assert done.stopped_by == "disk"
    assert not left_over(builder)


def test_nothing_is_pulled_unless_asked(tmp_path: Path, builder: ImageBuilder) -> None:
    file = _write(tmp_path / "absent", "FROM figwright.invalid/not/here:1\n")
    done = builder.build(file.parent, file, "absent", SMALL)
    assert done.exit_code != 0


def test_a_running_container_is_asked_and_stopped(tmp_path: Path, builder: ImageBuilder, base: Base) -> None:
    base("debian:12-slim")
    file = _write(
        tmp_path / "runs",
        'FROM debian:12-slim\nENV NAME=here\nCMD ["sh", "-c", "echo up; while :; do sleep 1; done"]\n',
    )
    assert builder.build(file.parent, file, "runs", SMALL).exit_code == 0
    running = builder.start("runs", (), {"MORE": "yes"}, SMALL)
    said = builder.execute(running, ("sh", "-c", "echo $NAME; cat /proc/net/dev | wc -l"), 20)
    assert said.stdout.split()[:1] == [b"here"]
    assert builder.ended(running) is None
    assert builder.stop(running, 2) < 20


def test_a_command_that_is_not_there_is_an_error(tmp_path: Path, builder: ImageBuilder, base: Base) -> None:
    base("debian:12-slim")
    file = _write(tmp_path / "wrong", 'FROM debian:12-slim\nCMD ["gunicorn", "app"]\n')
    assert builder.build(file.parent, file, "wrong", SMALL).exit_code == 0
    running = ""
    with contextlib.suppress(ContainerError):  # Docker refuses at once; with Buildah it ends at once
        running = builder.start("wrong", (), {}, SMALL)
    if running:
        end = time.monotonic() + 30
        while builder.ended(running) is None and time.monotonic() < end:
            time.sleep(0.2)
        assert builder.ended(running) not in (None, 0)
        builder.stop(running, 1)


DIES = """
import os, sys
from pathlib import Path
from agent.composition import open_builder
from agent.domain.execution import Limits
builder = open_builder("auto")
file = Path(sys.argv[1])
assert builder.build(file.parent, file, "dies", Limits()).exit_code == 0
print(builder.start("dies", (), {}, Limits()), builder.local_name("dies"), flush=True)
os.kill(os.getpid(), 9)
"""


def test_what_a_killed_run_left_is_gone_after_the_next(tmp_path: Path, builder: ImageBuilder, base: Base) -> None:
    base("debian:12-slim")
    file = _write(tmp_path / "dies", 'FROM debian:12-slim\nRUN echo one > /one\nCMD ["sleep", "300"]\n')
    done = subprocess.run([sys.executable, "-c", DIES, str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr
    container, image = done.stdout.split()
    open_builder(builder.name).close()
    words = ["inspect", container] if builder.name != "buildah" else ["inspect", "--type", "container", container]
    for asked in (words, ["inspect", image]):
        assert subprocess.run([builder.name, *asked], capture_output=True, check=False).returncode != 0


def test_files_come_out_and_no_link_leads_elsewhere(tmp_path: Path, builder: ImageBuilder, base: Base) -> None:
    base("debian:12-slim")
    file = _write(tmp_path / "out", "FROM debian:12-slim\nRUN mkdir -p /figwright/out\n")
    assert builder.build(file.parent, file, "out", SMALL).exit_code == 0
    out = tmp_path / "copied"
    out.mkdir()
    script = "echo kept > /figwright/out/a.txt; ln -s /etc/passwd /figwright/out/link"
    done = builder.run("out", Command(("sh", "-c", script)), SMALL, out=out, root=True)
    assert done.exit_code == 0
    assert (out / "a.txt").read_text() == "kept\n"
