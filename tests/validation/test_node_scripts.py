"""What ``npm test`` means: chains of scripts, wrappers, Makefiles, and the Node.js that is wanted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.validation.ecosystems.makefile import commands_of
from agent.validation.ecosystems.node_scripts import read_scripts
from agent.validation.ecosystems.node_versions import node_of_the_time, older_node, satisfies, wanted_version

CHAINS = [
    ({"test": "mocha"}, [("mocha", "mocha")]),
    ({"test": "npm run lint && mocha", "lint": "eslint ."}, [("mocha", "mocha")]),
    (
        {"test": "npm run build && cross-env NODE_ENV=test jest", "build": "babel src -d lib"},
        [("babel src -d lib", ""), ("cross-env NODE_ENV=test jest", "jest")],
    ),
    ({"pretest": "npm run build", "build": "tsc", "test": "ava"}, [("tsc", ""), ("ava", "ava")]),
    ({"test": "nyc --reporter lcov mocha test/*.js --exit"}, [("mocha test/*.js --exit", "mocha")]),
    (
        {"test": "istanbul cover node_modules/mocha/bin/_mocha -- -R dot"},
        [("node_modules/mocha/bin/_mocha -R dot", "mocha")],
    ),
    ({"test": "standard && tap test/*.js"}, [("tap test/*.js", "tap")]),
    ({"test": "tape 'test/**/*.js' | faucet"}, [("tape 'test/**/*.js'", "tape")]),
    (
        {"test": "run-s lint test:*", "lint": "eslint .", "test:unit": "jest", "test:e2e": "mocha e2e"},
        [("jest", "jest"), ("mocha e2e", "mocha")],
    ),
    (
        {"test": "npm run ci -- --verbose", "ci": "NODE_ENV=test npm run unit -- -x", "unit": "mocha 'a b.js'"},
        [("NODE_ENV=test mocha 'a b.js' -x --verbose", "mocha")],
    ),
    ({"test": "node ./node_modules/mocha/bin/mocha -R dot"}, [("node ./node_modules/mocha/bin/mocha -R dot", "mocha")]),
    ({"test": "node --test test/"}, [("node --test test/", "node")]),
    ({"test": "node run_tests.js"}, [("node run_tests.js", "script")]),
    ({"test": "npx jest --ci"}, [("jest --ci", "jest")]),
    ({"test": "react-scripts test"}, [("react-scripts test", "jest")]),
    ({"test": "make test"}, [("make test", "make")]),
    ({"test": 'echo "Error: no test specified" && exit 1'}, []),
    ({"test": "npm test"}, []),  # calls itself for ever
    ({}, []),
]


@pytest.mark.parametrize(("scripts", "jobs"), CHAINS)
def test_the_commands_of_a_chain(scripts: dict[str, str], jobs: list[tuple[str, str]]) -> None:
    assert [(job.text, job.runner) for job in read_scripts(scripts)] == jobs


@given(st.dictionaries(st.sampled_from(["test", "pretest", "a", "b"]), st.text(max_size=80)))
def test_any_scripts_can_be_read(scripts: dict[str, str]) -> None:
    for job in read_scripts(scripts):
        assert job.text


MAKEFILE = """
REPORTER ?= dot
MOCHA = ./node_modules/.bin/mocha
test: test-unit \\
      test-acceptance
test-unit: lib
\t@NODE_ENV=test $(MOCHA) \\
\t\t--reporter $(REPORTER)
test-acceptance:
\t@$(MAKE) inner
inner:
\techo $$HOME
clever:
\t$(shell find .)
.PHONY: test
"""


def test_a_makefile_gives_its_targets_commands() -> None:
    lines = [" ".join(part.split()) for part in commands_of(MAKEFILE, "test").split(" && ")]
    assert lines == ["NODE_ENV=test ./node_modules/.bin/mocha --reporter dot", "echo $HOME"]


def test_what_a_makefile_computes_is_not_guessed() -> None:
    assert commands_of(MAKEFILE, "clever") == ""
    assert commands_of(MAKEFILE, "not there") == ""


@given(st.text(max_size=300))
def test_any_makefile_can_be_read(text: str) -> None:
    assert isinstance(commands_of(text, "test"), str)


@pytest.mark.parametrize(
    ("version", "wanted", "met"),
    [
        ("20.20.2", ">=12", True),
        ("20.20.2", ">= 0.8.0", True),
        ("20.20.2", "^8.0.0 || ^10", False),
        ("20.20.2", "0.10.x", False),
        ("0.10.48", "0.10.x", True),
        ("10.24.1", "~10.24", True),
        ("11.0.0", "6 - 10", False),
        ("20.20.2", ">=10 <20", False),
        ("20.20.2", "*", True),
        ("20.20.2", "whatever", True),
        ("8.1.0", "<=8", True),
    ],
)
def test_ranges(version: str, wanted: str, met: bool) -> None:
    assert satisfies(version, wanted) is met


def test_node_of_its_time_and_the_way_back() -> None:
    assert node_of_the_time("2013-06-01") == "0.10"
    assert node_of_the_time("2018-12-24") == "10"
    assert node_of_the_time("") == ""
    assert older_node("20", "2016-12-01") == "6"
    assert older_node("6", "2016-12-01") == "0.10"
    assert older_node("0.10", "2016-12-01") == ""


def test_version_files() -> None:
    assert wanted_version("v10.3\n") == "10.3"
    assert wanted_version("lts/*") == ""
