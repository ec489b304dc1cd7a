"""What JavaScript runners report, read into cases; and the driver, run for real."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.environment import Recipe
from agent.domain.execution import Outcome
from agent.domain.verdict import Suite
from agent.validation.ecosystems.node import ECOSYSTEM
from agent.validation.runners.glyphs import read_glyphs, read_summary
from agent.validation.runners.tap import is_tap, read_tap

SUITE = Suite(runner="mocha", ecosystem="node", options=("run: node run_tests.js",))
RECIPE = Recipe(ecosystem="node")


def outcome(stdout: str = "", code: int = 0, stderr: str = "") -> Outcome:
    return Outcome(exit_code=code, stdout=stdout.encode(), stderr=stderr.encode(), seconds=1.0)


def told(tap: str) -> list[tuple[str, str]]:
    return [(case.id, case.status) for case in read_tap(tap).cases]


def test_tap_of_tape_groups_by_comment() -> None:
    text = "TAP version 13\n# adds\nok 1 should be equal\nnot ok 2 should throw\n  ---\n    at: x.js\n  ...\nnoise\n# empties\nok 3 should be equal\n\n1..3\n# tests 3\n# pass  2\n"
    assert told(text) == [
        ("adds > should be equal", "passed"),
        ("adds > should throw", "failed"),
        ("empties > should be equal", "passed"),
    ]
    assert "at: x.js" in read_tap(text).cases[1].message
    assert read_tap(text).trouble == ""


NODE_TEST = """TAP version 13
# Subtest: cart
    # Subtest: adds
    ok 1 - adds
      ---
      duration_ms: 12.5
      ...
    # Subtest: fails
    not ok 2 - fails
      ---
      error: 'no'
      ...
    1..2
not ok 1 - cart
# Subtest: alone
ok 2 - alone # SKIP later
1..2
"""
OLD_NODE_TAP = """TAP version 13
    # Subtest: first
    ok 1 - one
    ok 2 - two # TODO not yet
    1..2
ok 1 - first # time=3ms
1..1
"""
BUFFERED = """TAP version 13
ok 1 - first # time=3ms {
    ok 1 - one
    1..1
}
1..1
"""


def test_tap_with_subtests() -> None:
    assert told(NODE_TEST) == [("cart > adds", "passed"), ("cart > fails", "failed"), ("alone", "skipped")]
    assert read_tap(NODE_TEST).cases[0].seconds == 0.0125
    assert told(OLD_NODE_TAP) == [("first > one", "passed"), ("first > two", "unexpected pass")]
    assert told(BUFFERED) == [("first > one", "passed")]


def test_a_tap_stream_that_breaks_off_is_told() -> None:
    assert read_tap("1..5\nok 1 - a\n").trouble == "the plan says 5 tests and 1 ran"
    assert "database" in read_tap("ok 1 - a\nBail out! no database\n").trouble
    assert not is_tap("ok, that was it\nnot ok\n")
    assert is_tap("1..1\nok 1\n")


@given(st.text(alphabet=st.sampled_from("ok not#-{}.1 2\n\t:S"), max_size=300))
def test_any_text_can_be_read_as_tap_and_as_ticks(text: str) -> None:
    assert read_tap(text).seen >= 0
    assert all(case.id for case in read_glyphs(text))
    read_summary(text)


def test_ticks_under_headings() -> None:
    spec = "\n  Cart\n    \u2713 adds (12ms)\n    total\n      \u2713 sums\n      1) fails\n    - later\n\n  3 passing (1s)\n  1 failing\n\n  1) Cart total fails:\n"
    assert [(case.id, case.status) for case in read_glyphs(spec)] == [
        ("Cart > adds", "passed"),
        ("Cart > total > sums", "passed"),
        ("Cart > total > fails", "failed"),
        ("Cart > later", "skipped"),
    ]
    nodeunit = (
        "\n\x1b[1mset_tests\x1b[22m\n\u2714 has\n\u2714 has_not\n\nother\n\u2714 has\n\nOK: 364 assertions (12ms)\n"
    )
    assert [case.id for case in read_glyphs(nodeunit)] == ["set_tests > has", "set_tests > has_not", "other > has"]
    summary = read_summary(nodeunit)
    assert summary is not None
    assert (summary.count, summary.failed, summary.text) == (364, 0, "OK: 364 assertions (12ms)")
    failures = read_summary("FAILURES: 2/364 assertions failed (3ms)")
    assert failures is not None
    assert (failures.count, failures.failed) == (364, 2)


def test_mocha_lines(tmp_path: Path) -> None:
    lines: list[dict[str, object]] = [
        {"start": True},
        {"n": "0 0", "titles": ["Cart", "adds"], "status": "passed", "ms": 20},
        {"n": "0 1", "titles": ["Cart", "twice"], "status": "passed"},
        {"n": "0 1", "titles": ["Cart", "twice"], "status": "failed", "message": "done() called twice"},
        {"n": "0 2", "titles": ["Cart", '"before each" hook'], "status": "failed", "hook": True},
        {"n": "0 3", "titles": ["Cart", "adds"], "status": "passed"},
        {"end": True},
    ]
    (tmp_path / "mocha.jsonl").write_text("\n".join(json.dumps(line) for line in lines) + "\n{broken", "utf-8")
    result = ECOSYSTEM.runners["mocha"].read(SUITE, outcome(code=2), tmp_path)
    assert [(case.id, case.status) for case in result.cases] == [
        ('Cart > "before each" hook', "error"),
        ("Cart > adds", "passed"),
        ("Cart > adds[2]", "passed"),
        ("Cart > twice", "failed"),
    ]
    assert result.trouble == ""


def test_a_mocha_that_ran_nothing_is_trouble(tmp_path: Path) -> None:
    mocha = ECOSYSTEM.runners["mocha"]
    assert mocha.read(SUITE, outcome(), tmp_path).trouble == "mocha ended with exit code 0 and ran no test"
    stack = "Error: Cannot find module './gone'\nRequire stack:\n- /box/repo/test/cart.js\n- /box/repo/node_modules/mocha/lib/mocha.js\n"
    assert mocha.read(SUITE, outcome(stderr=stack, code=1), tmp_path).collection_errors == ("test/cart.js",)
    (tmp_path / "mocha.jsonl").write_text('{"start":true}\n{"n":"0 0","titles":["a"],"status":"passed"}\n', "utf-8")
    assert mocha.read(SUITE, outcome(), tmp_path).trouble == "mocha ended before its last test"


def test_jest_report(tmp_path: Path) -> None:
    report = {
        "testResults": [
            {
                "name": "/box/repo/test/a.test.js",
                "status": "failed",
                "assertionResults": [
                    {"ancestorTitles": ["cart"], "title": "adds", "status": "passed", "duration": 5},
                    {"ancestorTitles": [], "title": "fails", "status": "failed", "failureMessages": ["no"]},
                    {"ancestorTitles": [], "title": "later", "status": "todo"},
                ],
            },
            {"name": "/box/repo/test/b.test.js", "status": "failed", "assertionResults": [], "message": "broken"},
        ]
    }
    (tmp_path / "jest0.json").write_text(json.dumps(report), "utf-8")
    (tmp_path / "driver.json").write_text(json.dumps({"root": "/box/repo", "failed": ""}), "utf-8")
    result = ECOSYSTEM.runners["jest"].read(SUITE, outcome(code=1), tmp_path)
    assert [(case.id, case.status) for case in result.cases] == [
        ("test/a.test.js > cart > adds", "passed"),
        ("test/a.test.js > fails", "failed"),
        ("test/a.test.js > later", "skipped"),
    ]
    assert result.collection_errors == ("test/b.test.js",)


def test_a_failed_build_step_is_named(tmp_path: Path) -> None:
    (tmp_path / "driver.json").write_text(json.dumps({"root": "/r", "failed": "babel src"}), "utf-8")
    for runner in ECOSYSTEM.runners.values():
        result = runner.read(SUITE, outcome(code=1), tmp_path)
        assert result.trouble == "the build step before the tests failed: babel src"


def test_npm_says_what_it_can(tmp_path: Path) -> None:
    npm = ECOSYSTEM.runners["npm"]
    assert "ran no test" in npm.read(SUITE, outcome(), tmp_path).trouble
    summed = npm.read(SUITE, outcome("OK: 364 assertions (3ms)\n"), tmp_path)
    assert [case.id for case in summed.cases] == ["npm test (node run_tests.js)"]
    assert summed.last_lines == ("the runner says: OK: 364 assertions (3ms)",)
    gone = npm.read(SUITE, outcome("Error: spawn phantomjs ENOENT\n", code=8), tmp_path)
    assert gone.trouble == "the test command could not run (exit code 8): spawn phantomjs ENOENT"
    failed = npm.read(SUITE, outcome("AssertionError: 1 == 2\n", code=1), tmp_path)
    assert [case.status for case in failed.cases] == ["failed"]
    odd = npm.read(SUITE, outcome("\nset\n\u2714 has\n", code=3), tmp_path)
    assert odd.trouble == "no test failed, and yet npm ended with exit code 3"


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_a_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    out = tmp_path_factory.mktemp("out")
    for name in ("mocha.jsonl", "jest0.json", "driver.json", "result.tap", "lines.json"):
        (out / name).write_bytes(data)
    for runner in ECOSYSTEM.runners.values():
        runner.read(SUITE, Outcome(exit_code=0, stdout=data, stderr=data, seconds=0.1), out)
        runner.coverage(SUITE, out)


def test_links_among_the_results_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"testResults": []}', "utf-8")
    out = tmp_path / "out"
    out.mkdir()
    (out / "jest0.json").symlink_to(secret)
    assert "left no report" in ECOSYSTEM.runners["jest"].read(SUITE, outcome(), out).trouble


needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js here")


def run(
    repo: Path, out: Path, suite: Suite, *, only: tuple[str, ...] = (), order: int = 0, coverage: bool = False
) -> Outcome:
    """The runner's command as a sandbox would run it, without one."""
    runner = ECOSYSTEM.runners[suite.runner]
    command = runner.command(suite, RECIPE, only=only, order=order, coverage=coverage)
    node = shutil.which("node") or ""
    words = [
        word.replace("{toolchain:node}", node).replace("{repo}", str(repo)).replace("{out}", str(out))
        for word in command.argv
    ]
    done = subprocess.run(
        words, cwd=repo, env={"PATH": "/usr/bin:/bin", **command.env}, capture_output=True, check=False
    )
    return Outcome(exit_code=done.returncode, stdout=done.stdout, stderr=done.stderr, seconds=1.0)


FAKE_MOCHA = """#!/usr/bin/env node
const Reporter = require(process.argv[process.argv.indexOf('--reporter') + 1]);
const on = {};
const root = { suites: ['a', 'b', 'c', 'd'].map((title) => ({ title: title })) };
new Reporter({ suite: root, on: (name, call) => { on[name] = call; } });
const cart = require(process.cwd() + '/cart.js');
for (const suite of root.suites) on.pass({ title: String(cart.add(1, 1)), parent: suite, duration: 3 });
on.fail({ title: 'fails', parent: root.suites[0] }, new Error('no'));
on.end();
"""
CART = (
    "exports.add = function (a, b) {\n  if (a > b) {\n    return 'never';\n  }\n  return a + b;\n};\n\n// a comment\n"
)


@needs_node
def test_the_driver_builds_runs_and_measures(tmp_path: Path) -> None:
    repo, out = tmp_path / "repo", tmp_path / "out"
    (repo / "node_modules" / ".bin").mkdir(parents=True)
    out.mkdir()
    (repo / "node_modules" / ".bin" / "mocha").write_text(FAKE_MOCHA, "utf-8")
    (repo / "node_modules" / ".bin" / "mocha").chmod(0o755)
    (repo / "cart.source").write_text(CART, "utf-8")
    suite = Suite(runner="mocha", ecosystem="node", options=("before: cp cart.source cart.js", "run: mocha 'a b.js'"))
    ran = run(repo, out, suite, order=3, coverage=True)
    result = ECOSYSTEM.runners["mocha"].read(suite, ran, out)
    expected = {"a > 2": "passed", "b > 2": "passed", "c > 2": "passed", "d > 2": "passed"}
    assert {case.id: case.status for case in result.cases} == {**expected, f"{first_of(out)} > fails": "failed"}
    assert first_of(out) != "a"  # the seed put another suite first
    assert ECOSYSTEM.runners["mocha"].coverage(suite, out) == {"cart.js": {1: True, 2: True, 3: False, 5: True}}


def first_of(out: Path) -> str:
    line = (out / "mocha.jsonl").read_text("utf-8").splitlines()[1]
    return str(json.loads(line)["titles"][0])


@needs_node
def test_a_build_that_fails_stops_the_driver(tmp_path: Path) -> None:
    suite = Suite(runner="npm", ecosystem="node", options=("before: exit 3", "run: echo never"))
    ran = run(tmp_path, tmp_path, suite)
    assert ran.exit_code == 3
    assert b"never" not in ran.stdout
    assert "exit 3" in ECOSYSTEM.runners["npm"].read(suite, ran, tmp_path).trouble
