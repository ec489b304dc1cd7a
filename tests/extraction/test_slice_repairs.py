"""The repair loop in a real sandbox: what no reading of the code shows is asked for by the error that it makes."""

from __future__ import annotations

import os
import subprocess

import pytest

from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.adapters.work_folders import WorkFolders
from agent.composition import toolchains
from agent.extracting.python_stack import PythonCutter
from agent.extracting.slices import BuiltSlice, build_slice
from agent.extraction import Ground, Recording
from tests.extraction.slicing.slices import program_of, texts

WHY_NOT = BubblewrapSandbox().unusable()
if WHY_NOT and os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX") == "bubblewrap":
    raise RuntimeError(WHY_NOT)
pytestmark = [pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT), pytest.mark.timeout(120)]

# A framework of its own makes the test need no network: only its name and its decorators are Flask's.
APP = {
    "shop/__init__.py": "",
    "shop/web.py": (
        "from flask import Flask\n\nfrom shop.plugs import load\n\napp = Flask(__name__)\n\nload('fast')\nload('safe')\n\n\n"
        "@app.route('/mine')\ndef mine():\n    return 'mine'\n\n\n@app.route('/other')\ndef other():\n    return 'other'\n"
    ),
    "shop/plugs.py": (
        "import importlib\n\nfrom shop import registry\n\n\ndef load(name):\n"
        "    importlib.import_module('shop.plugins_' + name).start(getattr(registry, name.upper() + '_KEY'))\n"
    ),
    "shop/registry.py": "FAST_KEY = 1\nSAFE_KEY = 2\nOLD_KEY = 3\n",
    "shop/plugins_fast.py": "def start(key):\n    assert key == 1\n\n\ndef stop(key):\n    pass\n",
    "shop/plugins_safe.py": "def start(key):\n    assert key == 2\n",
    "shop/plugins_never.py": "def start(key):\n    pass\n",
}
FLASK = (
    "class Flask(object):\n    def __init__(self, name):\n        pass\n\n"
    "    def route(self, path, **more):\n        return lambda view: view\n\n\nclass Response(object):\n    pass\n"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuiltSlice:
    python = toolchains().best("python", ">=3.8")
    assert python is not None
    folder = tmp_path_factory.mktemp("ground")
    subprocess.run([python.executable, "-m", "venv", "--without-pip", folder / "env" / "venv"], check=True, timeout=60)
    site = next((folder / "env" / "venv" / "lib").glob("python*/site-packages"))
    (site / "flask.py").write_text(FLASK)
    program, cut = program_of(APP, "GET /mine")
    with WorkFolders(folder / "work") as folders:
        ground = Ground(BubblewrapSandbox(), folders, folder, folder / "env", (), (python,), {})
        return build_slice(ground, PythonCutter(ground, Recording(folder, (), ()), program, cut))


def test_what_is_loaded_by_a_name_made_while_it_runs_is_added(built: BuiltSlice) -> None:
    files = texts(built.slice)
    assert "def start" in files["shop/plugins_fast.py"]
    assert "def start" in files["shop/plugins_safe.py"]
    assert "shop/plugins_never.py" not in files


def test_every_round_says_what_it_added_and_why(built: BuiltSlice) -> None:
    asked = [[(d.kind, d.name) for d in one.demands] for one in built.rounds]
    assert ("module", "shop.plugins_fast") in asked[0]
    assert asked[-1] == []
    assert len(built.rounds) > 2
    assert any("No module named 'shop.plugins_fast'" in d.reason for d in built.rounds[0].demands)


def test_a_slice_that_no_request_reaches_does_not_pass(built: BuiltSlice) -> None:
    assert not built.passed
    assert built.notes[0] == "no recorded request reaches a route of the service"
    assert ("shop/plugs.py", 7, "import_module") in built.slice.dynamic
