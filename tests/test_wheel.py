"""The wheel works where there is no checkout: built, installed into an empty environment, and run from there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.program import ORDERDESK, ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, so that nothing is left in the checkout."""
    source = tmp_path_factory.mktemp("source")
    for name in ("agent", "prompts"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_holds_the_program_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"agent", "figwright"}
    packed = {name for name in names if name.startswith("agent/") and not name.startswith("agent/_prompts/")}
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "agent").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == wanted
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_every_prompt_renders_from_the_wheel(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "from agent.prompting import load_prompt, prompt_names, _folder\n"
        "print(_folder().name, len([load_prompt(n).render(dict.fromkeys(load_prompt(n).variables, 'x')) for n in prompt_names()]))"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.stdout.split() == ["_prompts", str(len(list((ROOT / "prompts").glob("*/*.yaml"))))], done.stderr


def test_the_wheel_plans_in_an_empty_environment(wheel, tmp_path):
    place = tmp_path / "env"
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    install(python, wheel)
    sample = tmp_path / "orderdesk"
    shutil.copytree(ORDERDESK, sample)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "FIGWRIGHT_"))}
    environment["FIGWRIGHT_CACHE_DIR"] = str(tmp_path / "cache")
    command = [str(place / "bin" / "figwright"), "plan", str(sample), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "plan.html").stat().st_size > 10_000
    command = [str(place / "bin" / "figwright"), "ask", str(sample), "where is the tax computed?"]
    asked = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "orderdesk/services/tax.py" in asked.stdout, asked.stderr


def install(python: Path, wheel: Path) -> None:
    """The wheel with exactly the locked versions of what it declares, by uv (from the lock as well)."""
    uv = Path(sys.executable).parent / "uv"
    assert uv.exists(), "uv is not in the environment: run `make test-slow`"
    command = [
        str(uv),
        "pip",
        "install",
        "--quiet",
        "--python",
        str(python),
        "--constraint",
        constraints(wheel),
        str(wheel),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def constraints(wheel: Path) -> str:
    """requirements.lock without hashes, which uv cannot ask of a local wheel."""
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pins = [line.rstrip(" \\") for line in lines if line[:1].isalnum()]
    path = wheel.parent / "constraints.txt"
    path.write_text("\n".join(pins) + "\n", "utf-8")
    return str(path)
