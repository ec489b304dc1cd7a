"""`figwright refactor` as a user runs it: a real repository, a real sandbox, and `git am` at the end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.adapters.machine_toolchains import MachineToolchains
from tests.program import ROOT, commit_all, figwright, git, tree, write_repository
from tests.test_refactoring_killed import known

WHY_NOT = BubblewrapSandbox().unusable()
if WHY_NOT and os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX") == "bubblewrap":
    raise RuntimeError(WHY_NOT)
boxed = [pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT), pytest.mark.timeout(300), pytest.mark.slow]
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_RETRIES": "0"}

SHOP = {
    "settings.py": 'SMTP_HOST = "mail.example.com"\nSMTP_PORT = 25\n',
    "mailer.py": 'import settings\n\n\ndef server():\n    return "%s:%d" % (settings.SMTP_HOST, settings.SMTP_PORT)\n',
    "test_mailer.py": (
        "import unittest\n\nfrom mailer import server\n\n\nclass MailerTest(unittest.TestCase):\n    def test_server(self):\n"
        '        self.assertEqual(server(), "mail.example.com:25")\n'
    ),
}
RECIPE = "cloud-config-from-environment"


def _python(version: str) -> bool:
    return MachineToolchains().best("python", f"=={version}.*") is not None


def run(repository: Path, tmp_path: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return figwright(
        "refactor", repository, "--recipe", RECIPE, "--runner", "unittest", "--runs", 1, "--mutants", 4,
        "--out", tmp_path / "out", *arguments, cache=tmp_path / "cache", env=OFFLINE, timeout=280,
    )  # fmt: skip


def written(folder: Path) -> dict[str, bytes | None]:
    return {name: content for name, content in tree(folder).items() if name != "measurements.json"}


def killed(shop: Path, folder: Path) -> bool:
    """Start a run and kill it half a second after the next thing that it wrote down: the environment or an answer."""
    environment = {
        **os.environ, **OFFLINE, "FIGWRIGHT_CACHE_DIR": str(folder / "cache"), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [
        sys.executable, "-m", "agent.cli", "refactor", str(shop), "--recipe", RECIPE, "--runner", "unittest", "--runs", "1",
        "--mutants", "4", "--out", str(folder / "out"),
    ]  # fmt: skip

    def kept() -> int:
        memos = sum(known(memo) for memo in (folder / "cache/repositories").glob("*/memo.sqlite"))
        return memos + len(list((folder / "cache/validation/environments").glob("*/made.json")))

    before = kept()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while kept() == before and process.poll() is None:
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return not (folder / "out/verdicts.json").exists()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    repository = write_repository(tmp_path / "shop", SHOP)
    commit_all(repository)
    return repository


def test_the_recipes_are_listed(tmp_path: Path) -> None:
    done = figwright("refactor", "--list", cache=tmp_path / "cache")
    assert done.returncode == 0, done.stderr
    assert f"* {RECIPE}" in done.stdout
    listed = json.loads(figwright("refactor", "--list", "--format", "json", cache=tmp_path / "cache").stdout)
    assert {"id", "title", "languages", "default"} == set(listed[0])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "no repository was given"),
        (("shop", "--recipe", "nonsense"), "--recipe 'nonsense' is not known"),
        (("shop", "--sandbox", "hope"), "--sandbox 'hope' is not known"),
        (("shop", "--out", "shop/out"), "lies inside the repository"),
    ],
)
def test_what_cannot_be_carried_out_is_one_sentence(arguments: tuple[str, ...], says: str, tmp_path: Path) -> None:
    write_repository(tmp_path / "shop", SHOP)
    done = figwright("refactor", *arguments, cache=tmp_path / "cache", cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "shop/out").exists()


class TestInTheSandbox:
    pytestmark = boxed

    def test_patches_apply_with_git_am_and_the_tests_pass_with_them(self, shop: Path, tmp_path: Path) -> None:
        before = tree(shop)
        done = run(shop, tmp_path, "--unprotected")
        assert tree(shop) == before, "the repository was written to"
        verdicts = json.loads((tmp_path / "out/verdicts.json").read_text())
        assert [patch["verdict"]["lost"] for patch in verdicts["patches"]] == [[]] * len(verdicts["patches"])
        assert verdicts["tested"][0]["passed"] == ["test_mailer.MailerTest.test_server"]
        assert verdicts["tested"][0]["recipe"]["ecosystem"] == "python"
        patches = sorted((tmp_path / "out").glob("*.patch"))
        assert patches, done.stdout + done.stderr
        git(shop, "am", *(str(patch) for patch in patches))
        assert "environ" in (shop / "settings.py").read_text()
        command = [sys.executable, "-B", "-m", "unittest"]
        assert subprocess.run(command, cwd=shop, capture_output=True, check=False).returncode == 0
        again = run(shop, tmp_path, "--unprotected")
        assert "0 proposals: nothing to change" in again.stdout
        assert again.returncode == 0
        assert not list((tmp_path / "out").glob("*.patch"))

    def test_killed_at_several_points_the_next_run_goes_on_and_says_the_same(self, shop: Path, tmp_path: Path) -> None:
        whole = run(shop, tmp_path)
        other = tmp_path / "other"
        other.mkdir()
        kills = 0
        while kills < 4 and killed(shop, other):
            kills += 1
        assert kills >= 2, "it was not killed in time, so this shows nothing"
        done = run(shop, other)
        assert done.returncode == whole.returncode
        assert written(other / "out") == written(tmp_path / "out")
        assert not list((other / "cache/validation/runs").iterdir())
        again = run(shop, other)
        cost = json.loads((other / "out/measurements.json").read_text())
        assert cost["test_runs"] == 0
        assert cost["answers_of_an_earlier_run"] > 0
        assert again.stdout == done.stdout

    def test_without_tests_it_says_so_and_writes_patches_to_choose_from(self, tmp_path: Path) -> None:
        repository = write_repository(tmp_path / "shop", {"settings.py": SHOP["settings.py"]})
        done = run(repository, tmp_path)
        assert done.returncode == 1
        assert "NOT TRIED  no test suite" in done.stdout
        assert not list((tmp_path / "out").glob("*.patch"))
        patches = sorted((tmp_path / "out/unprotected").glob("*.patch"))
        assert patches
        git(repository, "apply", *(str(patch) for patch in patches))

    @pytest.mark.skipif(not _python("2.7"), reason="there is no Python 2.7 on this machine")
    def test_python_2_goes_to_3_with_every_test(self, tmp_path: Path) -> None:
        files = {
            "shop.py": 'def total(prices):\n    print "total of", len(prices)\n    return sum(prices.itervalues()) / 2\n',
            "test_shop.py": (
                "import unittest\n\nfrom shop import total\n\n\nclass ShopTest(unittest.TestCase):\n    def test_total(self):\n"
                "        self.assertEquals(total({'a': 2, 'b': 3L}), 2)\n"
            ),
        }
        repository = write_repository(tmp_path / "shop", files)
        commit_all(repository)
        done = figwright(
            "refactor", repository, "--recipe", "python3", "--runner", "unittest", "--runs", 1, "--mutants", 4, "--unprotected",
            "--out", tmp_path / "out", cache=tmp_path / "cache", env=OFFLINE, timeout=280,
        )  # fmt: skip
        verdicts = json.loads((tmp_path / "out/verdicts.json").read_text())
        assert [tested["toolchains"][0][:10] for tested in verdicts["tested"]] == ["python 2.7", "python 3.1"], (
            done.stdout
        )
        counts = [patch["counts"] for patch in verdicts["patches"] if patch["counts"]]
        assert (counts[0]["before"], counts[-1]["after"], counts[-1]["baseline"]) == (0, 1, 1), done.stdout
        git(repository, "am", *(str(path) for path in sorted((tmp_path / "out").glob("*.patch"))))
        command = [sys.executable, "-B", "-m", "unittest"]
        assert subprocess.run(command, cwd=repository, capture_output=True, check=False).returncode == 0
        again = figwright("refactor", repository, "--recipe", "python3", "--out", tmp_path / "again", cache=tmp_path / "cache",
                          env=OFFLINE, timeout=280)  # fmt: skip
        assert "0 proposals" in again.stdout, again.stdout
