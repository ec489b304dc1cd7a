"""Suites, recipes and amendments of JavaScript packages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from agent.adapters.folder import Folder
from agent.domain.environment import Recipe
from agent.domain.execution import Toolchain
from agent.domain.verdict import Suite
from agent.errors import EnvironmentUnmakeableError
from agent.validation.ecosystems.node import ECOSYSTEM
from agent.validation.ecosystems.node_rules import node_version


class Machine:
    """A machine with these toolchains."""

    def __init__(self, **versions: str) -> None:
        self._versions = versions

    def all(self, name: str) -> Sequence[Toolchain]:
        version = self._versions.get(name)
        return [Toolchain(name, version, Path("/usr/bin") / name, Path("/usr"))] if version else []

    def best(self, name: str, versions: str = "") -> Toolchain | None:
        return next(iter(self.all(name)), None)


class Dated(Folder):
    """A folder that was committed on a day."""

    def committed_on(self) -> str:
        return "2016-05-10"


def tree(folder: Path, files: Mapping[str, object]) -> Dated:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return Dated(folder, "shop")


MACHINE = Machine(node="20.20.2")


def recipe_of(folder: Path, files: Mapping[str, object]) -> tuple[Recipe, Suite]:
    snapshot = tree(folder, files)
    suite = ECOSYSTEM.suites(snapshot)[0]
    return ECOSYSTEM.recipe(snapshot, suite, MACHINE), suite


def test_a_suite_knows_its_steps_and_its_files(tmp_path: Path) -> None:
    files = {
        "package.json": {"scripts": {"test": "npm run build && jest", "build": "tsc"}},
        "src/a.ts": "",
        "src/a.test.ts": "",
        "jest.config.js": "",
        "test/data.json": "{}",
        "node_modules/x/package.json": {"scripts": {"test": "mocha"}},
    }
    (suite,) = ECOSYSTEM.suites(tree(tmp_path, files))
    assert (suite.runner, suite.options) == ("jest", ("before: tsc", "run: jest"))
    assert suite.files == ("jest.config.js", "src/a.test.ts", "test/data.json")


def test_two_runners_are_two_suites_and_two_calls_of_one_are_one(tmp_path: Path) -> None:
    scripts = {"test": "npm run unit && mocha api && npm run web", "unit": "mocha unit", "web": "jest web"}
    suites = ECOSYSTEM.suites(tree(tmp_path, {"package.json": {"scripts": scripts}}))
    assert [(suite.runner, suite.options) for suite in suites] == [
        ("mocha", ("run: mocha unit", "run: mocha api")),
        ("jest", ("run: jest web",)),
    ]


def test_a_makefile_is_read_and_a_script_of_ones_own_is_npm(tmp_path: Path) -> None:
    files = {"package.json": {"scripts": {"test": "make test"}}, "Makefile": "test:\n\t./node_modules/.bin/mocha -b\n"}
    assert ECOSYSTEM.suites(tree(tmp_path / "a", files))[0].options == ("run: ./node_modules/.bin/mocha -b",)
    own = ECOSYSTEM.suites(tree(tmp_path / "b", {"package.json": {"scripts": {"test": "node run.js"}}, "run.js": ""}))[
        0
    ]
    assert (own.runner, own.files) == ("npm", ("run.js",))
    tape = {"scripts": {"test": "node test"}, "devDependencies": {"tape": "^4"}}
    assert ECOSYSTEM.suites(tree(tmp_path / "c", {"package.json": tape}))[0].runner == "tape"


def test_without_a_script_the_tests_tell_their_runner(tmp_path: Path) -> None:
    files = {"package.json": {"devDependencies": {"mocha": "1"}}, "test/cart.js": "describe('x')"}
    assert ECOSYSTEM.suites(tree(tmp_path / "a", files))[0].runner == "mocha"
    files = {"package.json": {}, "test/cart.test.js": "import test from 'node:test';"}
    assert ECOSYSTEM.suites(tree(tmp_path / "b", files))[0].runner == "node"
    assert ECOSYSTEM.suites(tree(tmp_path / "c", {"package.json": {}, "index.js": ""})) == []


def test_a_lock_is_installed_as_it_is(tmp_path: Path) -> None:
    files = {"package.json": {"scripts": {"test": "jest"}}, "package-lock.json": {"lockfileVersion": 2}}
    recipe, _ = recipe_of(tmp_path, files)
    assert recipe.steps[0].run[:2] == ("npm", "ci")
    assert "--ignore-scripts" in recipe.steps[0].run
    assert (recipe.kept, recipe.as_of) == (("node_modules",), "")


def test_without_a_lock_versions_are_of_the_commits_day(tmp_path: Path) -> None:
    recipe, _ = recipe_of(tmp_path, {"package.json": {"scripts": {"test": "jest"}}})
    assert recipe.as_of == "2016-05-11"
    assert {"--before=2016-05-11", "--legacy-peer-deps"} <= set(recipe.steps[0].run)


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({}, ""),
        ({".nvmrc": "v8.17.0"}, "8.17.0"),
        ({".travis.yml": "node_js:\n  - '0.8'\n  - '0.10'\n"}, "0.10"),
        ({".travis.yml": "node_js:\n  - 0.6\n"}, "0.10"),
        ({".travis.yml": "node_js:\n  - 6\n  - 7\n"}, "6"),
        ({".travis.yml": "node_js:\n  - 8\n  - node\n"}, ""),
        ({".travis.yml": "node_js:\n  - 14\n"}, ""),
    ],
)
def test_the_node_that_the_repository_asks_for(tmp_path: Path, files: dict[str, str], version: str) -> None:
    recipe, _ = recipe_of(tmp_path, {"package.json": {"scripts": {"test": "mocha"}}, **files})
    assert node_version(recipe) == version


def test_engines_that_the_machine_does_not_meet(tmp_path: Path) -> None:
    recipe, _ = recipe_of(tmp_path, {"package.json": {"scripts": {"test": "mocha"}, "engines": {"node": "^8 || ^6"}}})
    assert node_version(recipe) == "8"
    assert recipe.variables["FIGWRIGHT_NODE_BIN"] == "{env}/node/node_modules/node/bin"


def test_no_node_is_said(tmp_path: Path) -> None:
    snapshot = tree(tmp_path, {"package.json": {"scripts": {"test": "mocha"}}})
    with pytest.raises(EnvironmentUnmakeableError, match=r"need Node\.js, and this machine has none"):
        ECOSYSTEM.recipe(snapshot, ECOSYSTEM.suites(snapshot)[0], Machine())


# What npm and Node.js print, a word that the amended recipe then has, and a word of what is told.
SAID = [
    (
        "npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync",
        "install",
        "npm ci",
    ),
    ("npm error code ERESOLVE", "--legacy-peer-deps", "peer"),
    ("npm error code ETARGET\nnpm error notarget No matching version found for x@2", "--before=2016-07-09", "60 days"),
    ("npm error git ls-remote ssh://git@github.invalid/a/b.git", "leave out dependencies that no registry has", "git"),
    ("Error: Could not locate the bindings file.", "build native modules", "native"),
    ("ReferenceError: primordials is not defined", "node@4.x", "Node.js 4"),
    ("mocha ended with exit code 0 and ran no test", "node@4.x", "Node.js 4"),
    ("Error: Cannot find module 'should'", "install should", "should is added"),
    ("sh: 1: nodeunit: not found", "install nodeunit", "nodeunit is added"),
    ("error:0308010C:digital envelope routines::unsupported", "--openssl-legacy-provider", "hash"),
    ("Error: EROFS: read-only file system, mkdir '/r/node_modules/.cache'", "{out}/cache", "caches"),
]


@pytest.mark.parametrize(("said", "word", "told"), SAID)
def test_what_is_printed_has_a_remedy_that_comes_once(tmp_path: Path, said: str, word: str, told: str) -> None:
    files: dict[str, object] = {"package.json": {"scripts": {"test": "mocha"}}}
    if "npm ci" in said or "ERESOLVE" in said:
        files["package-lock.json"] = {"lockfileVersion": 2}
    recipe, suite = recipe_of(tmp_path, files)
    amended = ECOSYSTEM.amend(recipe, suite, said)
    assert amended is not None
    changed, note = amended
    assert told in note
    assert word in changed.model_dump_json()
    assert word not in recipe.model_dump_json() or word == "install"
    again = ECOSYSTEM.amend(changed, suite, said)
    assert again is None or again[0].key() not in (recipe.key(), changed.key())


def test_a_registry_whose_dates_do_not_reach_back(tmp_path: Path) -> None:
    recipe, suite = recipe_of(tmp_path, {"package.json": {"scripts": {"test": "mocha"}}})
    amended = ECOSYSTEM.amend(recipe, suite, "npm error code ENOVERSIONS\nnpm error No versions available for x")
    assert amended is not None
    assert not any(word.startswith("--before") for word in amended[0].steps[0].run)
    assert amended[0].as_of == ""


def test_todays_dependencies_may_want_a_newer_node(tmp_path: Path) -> None:
    files = {"package.json": {"scripts": {"test": "mocha"}}, ".nvmrc": "4"}
    recipe, suite = recipe_of(tmp_path, files)
    amended = ECOSYSTEM.amend(recipe, suite, "/r/node_modules/x/a.js:3\nSyntaxError: Unexpected token {\n    at Module")
    assert amended is not None
    assert node_version(amended[0]) == "8"


def test_what_nobody_knows_has_none(tmp_path: Path) -> None:
    recipe, suite = recipe_of(tmp_path, {"package.json": {"scripts": {"test": "mocha"}}})
    assert ECOSYSTEM.amend(recipe, suite, "AssertionError: 1 == 2") is None
    assert ECOSYSTEM.amend(recipe, suite, "Error: Cannot find module './lib/gone'") is None
