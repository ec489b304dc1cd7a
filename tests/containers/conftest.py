"""What the tests of containers share: deployables of a few files, and a builder with base images behind the public names."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from agent.composition import open_builder, workbench
from agent.containerizing import Containers, plan_containers
from agent.errors import ContainerError
from agent.inventory import take_inventory
from agent.pipeline import Run, make_graph
from agent.ports import ImageBuilder
from agent.settings import Settings
from tests.containers import base_images, docker_daemon

Plan = Callable[[Mapping[str, str] | Path], Containers]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Containers of files by path, or of a repository."""

    def planned(files: Mapping[str, str] | Path) -> Containers:
        folder = files if isinstance(files, Path) else tmp_path / "system"
        if not isinstance(files, Path):
            for path, text in files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text)
        with workbench(str(folder), Settings(cache_dir=tmp_path / "cache"), None, None) as bench:
            inventory = take_inventory(bench.snapshot, as_of=None)
            graph, _ = make_graph(bench, inventory, Run())
            return plan_containers(inventory, graph, bench.snapshot)

    return planned


@pytest.fixture(scope="session")
def builder() -> Iterator[ImageBuilder]:
    """A real one; skipped with the reason where there is none."""
    name = base_images.CHOSEN or "auto"
    with docker_daemon.daemon() if name in ("auto", "docker") else contextlib.nullcontext("") as why:
        try:
            found = open_builder(name)
        except ContainerError as error:
            pytest.skip(f"{why}; {error}")
        yield found
        found.close()


@pytest.fixture(scope="session")
def base(builder: ImageBuilder) -> Callable[[str], None]:
    """Makes a base image from this machine's own parts unless it is there; skips with the reason where that cannot be done."""

    def ensured(name: str) -> None:
        try:
            base_images.ensure(name)
        except (base_images.UnavailableError, OSError) as error:
            pytest.skip(str(error))

    assert not builder.unusable()
    return ensured
