"""A slice's own image, as ``figwright extract --build`` makes it: built, started and asked for an address that was recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.cli.extract_image import Images, healthy
from agent.domain.extraction import Evidence, OwnContainer, Rung
from agent.ports import ImageBuilder
from agent.settings import Settings

APP = """from flask import Flask

app = Flask(__name__)


@app.get("/orders/open")
def orders():
    return "none"
"""
SLICE = {
    "slice/wsgi.py": "from shop import app as application\n",
    "slice/shop.py": APP,
    "slice/requirements.txt": "flask==3.0.3\n",
    "containers/old": "",
    "facade/nginx.conf": "",
}


def evidence(health: str, *, passed: bool = True) -> Evidence:
    rung = Rung(level=2, name="slice", passed=passed, verdict="alike", container=OwnContainer(health=health))
    return Evidence(name="shop", commit="", service="orders", sandbox="bubblewrap", rungs=(rung,))


def prove(found: Evidence, builder: ImageBuilder, tmp_path: Path) -> tuple[OwnContainer, dict[str, str], bool]:
    shown, files = Images(builder, pull=False).prove(
        found, SLICE, Settings(cache_dir=tmp_path / "cache"), lambda _: None
    )
    container = shown.rungs[0].container
    assert container is not None
    return container, files, healthy(shown)


@pytest.mark.slow
@pytest.mark.builds
@pytest.mark.parametrize(("health", "level"), [("/orders/open", "healthy"), ("/gone", "started")])
def test_the_image_is_asked_for_what_was_recorded(
    health: str, level: str, tmp_path: Path, builder: ImageBuilder, base: Callable[[str], None]
) -> None:
    base("python:3.11-slim")
    container, files, well = prove(evidence(health), builder, tmp_path)
    assert (container.level, well) == (level, level == "healthy"), container
    assert bool(container.failed) is (level != "healthy")
    assert f"c.request('GET', '{health}')" in files["containers/orders/Dockerfile"]
    assert json.loads(files["containers/containers.json"])["deployables"][0]["level"] == level
    assert "containers/old" not in files
    assert files["slice/shop.py"] == APP


def test_a_slice_that_does_not_hold_is_not_built(tmp_path: Path) -> None:
    class Never:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(name)

    found = evidence("/orders/open", passed=False)
    shown, files = Images(Never(), pull=False).prove(
        found, SLICE, Settings(cache_dir=tmp_path / "cache"), lambda _: None
    )
    assert (shown, files) == (found, SLICE)
    assert not healthy(shown)
