"""The storefront sample: Node with callbacks as of 2014, and its tests pass on a Node of today."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from tests.samples.expectations import SAMPLES, sources

FOLDER = SAMPLES / "storefront"
# what nobody wrote in 2014, at the beginning of a statement or an expression
MODERN = re.compile(r"(?m)^\s*(?:let|const|class|import|export|async)\s|=>|\bnew Promise\b|\.then\(|\bawait\b|`")
OFFLINE = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network")


def test_it_is_a_system_of_callbacks():
    paths = sources("storefront", ".js")
    assert 45 <= len(paths) <= 75
    assert sum(len(path.read_text("utf-8").splitlines()) for path in paths) >= 3000
    modern = {path.name: MODERN.findall(path.read_text("utf-8")) for path in sources("storefront", ".js", tests=True)}
    assert {name: found for name, found in modern.items() if found} == {}


def test_its_dependencies_are_pinned_and_name_no_place():
    package = json.loads((FOLDER / "package.json").read_text("utf-8"))
    lock = json.loads((FOLDER / "package-lock.json").read_text("utf-8"))
    wanted = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert {name: lock["packages"][f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)
    assert "node_modules/" in (FOLDER / ".gitignore").read_text("utf-8").splitlines()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="no Node with npm on this machine")
def test_its_tests_pass(tmp_path):
    copy = shutil.copytree(FOLDER, tmp_path / "storefront", ignore=shutil.ignore_patterns("node_modules"))
    installed = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund"], cwd=copy, capture_output=True, text=True, check=False, timeout=300
    )
    if installed.returncode and OFFLINE.search(installed.stderr):
        pytest.skip("npm cannot reach its registry")
    assert installed.returncode == 0, installed.stderr
    command = ["npm", "test", "--silent", "--", "--reporter", "json"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False, timeout=120)
    report = json.loads(done.stdout[done.stdout.index("{") :])
    assert [test["fullTitle"] for test in report["failures"]] == []
    titles = [test["fullTitle"] for test in report["passes"]]
    assert len(titles) == len(set(titles)) >= 150
    assert done.returncode == 0
