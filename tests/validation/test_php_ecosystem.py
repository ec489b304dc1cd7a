"""PHPUnit suites, scripts that are their own runner, and what is done about older tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.adapters.folder import Folder
from agent.domain.environment import Recipe
from agent.domain.execution import Outcome, Toolchain
from agent.domain.verdict import Suite
from agent.errors import EnvironmentUnmakeableError
from agent.validation.ecosystems.php import ECOSYSTEM

SUITE = Suite(runner="phpunit", ecosystem="php", paths=("tests",))


class Machine:
    def __init__(self, *names: str) -> None:
        self._names = names

    def all(self, name: str) -> Sequence[Toolchain]:
        return [Toolchain(name, "8.2.1", Path("/usr/bin") / name, Path("/usr"))] if name in self._names else []

    def best(self, name: str, versions: str = "") -> Toolchain | None:
        return next(iter(self.all(name)), None)


MACHINE = Machine("php", "composer")


def tree(folder: Path, files: Mapping[str, object]) -> Folder:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return Folder(folder, "desk")


def outcome(stdout: str = "", code: int = 0) -> Outcome:
    return Outcome(exit_code=code, stdout=stdout.encode(), stderr=b"", seconds=1.0)


def test_a_configured_suite_and_a_script(tmp_path: Path) -> None:
    files = {
        "phpunit.xml.dist": "<phpunit/>",
        "src/a.php": "",
        "tests/ATest.php": "",
        "tests/run.php": "",
        "vendor/tests/run.php": "",
    }
    suites = ECOSYSTEM.suites(tree(tmp_path, files))
    assert [(suite.runner, suite.options, suite.paths) for suite in suites] == [
        ("phpunit", ("--configuration", "phpunit.xml.dist"), ()),
        ("php_script", (), ("tests/run.php",)),
    ]
    assert suites[0].files == ("phpunit.xml.dist", "tests/ATest.php", "tests/run.php")


def test_a_configuration_among_the_tests_is_called_from_above(tmp_path: Path) -> None:
    (suite,) = ECOSYSTEM.suites(tree(tmp_path, {"lib/tests/phpunit.xml": "", "lib/tests/ATest.php": ""}))
    assert (suite.folder, suite.options) == ("lib", ("--configuration", "tests/phpunit.xml"))


def test_tests_without_configuration(tmp_path: Path) -> None:
    (suite,) = ECOSYSTEM.suites(tree(tmp_path, {"tests/ATest.php": "", "composer.json": {}}))
    assert (suite.paths, suite.options) == (("tests",), ("--bootstrap", "vendor/autoload.php"))
    assert ECOSYSTEM.suites(tree(tmp_path / "b", {"index.php": ""})) == []


def test_composer_installs_only_what_it_must(tmp_path: Path) -> None:
    snapshot = tree(tmp_path / "a", {"composer.json": {"require": {"php": ">=5.3"}}, "tests/ATest.php": ""})
    recipe = ECOSYSTEM.recipe(snapshot, SUITE, MACHINE)
    assert [step.name for step in recipe.steps] == ["make the autoloader"]
    assert not recipe.steps[0].network
    snapshot = tree(
        tmp_path / "b", {"composer.json": {"require-dev": {"phpunit/phpunit": "^9"}}, "tests/ATest.php": ""}
    )
    recipe = ECOSYSTEM.recipe(snapshot, SUITE, MACHINE)
    assert [step.name for step in recipe.steps] == ["composer install"]
    assert recipe.kept == ("vendor",)
    amended = ECOSYSTEM.amend(recipe, SUITE, "curl error 6 while downloading: Could not resolve host")
    assert amended is not None
    assert next(step.name for step in amended[0].steps) == "make the autoloader"
    assert ECOSYSTEM.amend(amended[0], SUITE, "curl error 6 while downloading") is None
    with pytest.raises(EnvironmentUnmakeableError, match="need PHP"):
        ECOSYSTEM.recipe(snapshot, SUITE, Machine())


@pytest.mark.parametrize(
    "said",
    [
        'PHP Fatal error:  Uncaught Error: Class "PHPUnit_Framework_TestCase" not found',
        "Declaration of ATest::setUp() must be compatible with PHPUnit\\Framework\\TestCase::setUp(): void",
        "Call to undefined method ATest::setExpectedException()",
    ],
)
def test_older_tests_get_an_adapted_phpunit_once(said: str) -> None:
    amended = ECOSYSTEM.amend(Recipe(ecosystem="php"), SUITE, said)
    assert amended is not None
    recipe, note = amended
    assert recipe.variables == {"FIGWRIGHT_PHP_PREPEND": "{env}/phpunit/older.php"}
    assert "older PHPUnit" in note
    assert ECOSYSTEM.amend(recipe, SUITE, said) is None


JUNIT = """<testsuites><testsuite name="all"><testsuite name="Acme\\CartTest" file="/r/tests/CartTest.php">
<testcase name="testAdds" class="Acme\\CartTest" classname="Acme.CartTest" file="/r/tests/CartTest.php" time="0.01"/>
<testsuite name="Acme\\CartTest::testSums"><testcase name="testSums with data set #0" class="Acme\\CartTest" classname="Acme.CartTest">
<failure type="x">no</failure></testcase></testsuite></testsuite></testsuite></testsuites>"""


def test_results_by_class_and_method(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(JUNIT, "utf-8")
    result = ECOSYSTEM.runners["phpunit"].read(SUITE, outcome(code=1), tmp_path)
    assert [(case.id, case.status) for case in result.cases] == [
        ("Acme\\CartTest::testAdds", "passed"),
        ("Acme\\CartTest::testSums with data set #0", "failed"),
    ]
    assert result.trouble == ""


def test_a_fatal_error_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "root.txt").write_text("/box/repo\n", "utf-8")
    said = 'PHP Fatal error:  Uncaught Error: Class "X" not found in /box/repo/tests/ATest.php:3\n'
    result = ECOSYSTEM.runners["phpunit"].read(SUITE, outcome(said, 255), tmp_path)
    assert result.collection_errors == ("tests/ATest.php",)
    assert "ran no test: PHP Fatal error" in result.trouble


def test_lines_from_clover(tmp_path: Path) -> None:
    (tmp_path / "root.txt").write_text("/box/repo\n", "utf-8")
    clover = '<coverage><project><file name="/box/repo/src/a.php"><line num="3" type="stmt" count="1"/><line num="4" type="stmt" count="0"/><line num="2" type="method" count="1"/></file></project></coverage>'
    (tmp_path / "clover.xml").write_text(clover, "utf-8")
    assert ECOSYSTEM.runners["phpunit"].coverage(SUITE, tmp_path) == {"src/a.php": {3: True, 4: False}}


def test_a_script_is_read_as_it_prints(tmp_path: Path) -> None:
    script = ECOSYSTEM.runners["php_script"]
    suite = Suite(runner="php_script", ecosystem="php", paths=("tests/run.php",))
    result = script.read(suite, outcome("1..2\nok 1 - adds\nnot ok 2 - sums\n", 1), tmp_path)
    assert [(case.id, case.status) for case in result.cases] == [("adds", "passed"), ("sums", "failed")]
    assert "ran no test" in script.read(suite, outcome("hello\n"), tmp_path).trouble
    assert "every test passed, and yet" in script.read(suite, outcome("1..1\nok 1 - adds\n", 255), tmp_path).trouble
    assert "plan says 2" in script.read(suite, outcome("1..2\nok 1 - adds\n"), tmp_path).trouble


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_a_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    out = tmp_path_factory.mktemp("out")
    for name in ("junit.xml", "clover.xml", "root.txt"):
        (out / name).write_bytes(data)
    for runner in ECOSYSTEM.runners.values():
        runner.read(SUITE, Outcome(exit_code=1, stdout=data, stderr=data, seconds=0.1), out)
        runner.coverage(SUITE, out)
