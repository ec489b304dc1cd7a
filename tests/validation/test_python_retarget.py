"""An environment of a newer Python for code that was written for an older one: the lowest that will do, without old pins."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.domain.environment import Need
from agent.domain.verdict import Suite
from agent.errors import EnvironmentUnmakeableError
from agent.ports import Retargeting
from agent.validation.ecosystems.python import PythonEcosystem
from agent.validation.ecosystems.python_retarget import resolved_as_of, without_pins
from tests.validation.test_python_ecosystem import CASE, MACHINE, Installed, tree_of

RUNS_ON = [Need(name="python", versions=">=3.11")]


def test_pins_go_and_lower_bounds_stay() -> None:
    loose, reasons = without_pins(
        [
            "Flask==0.9",
            "six>=1.4,<2",
            "argparse",
            "PyYAML[x]~=3.0",
            "mock==1.0; python_version < '3'",
            "pycrypto",
            "-e .",
        ]
    )
    assert loose == ("Flask", "six>=1.4", "PyYAML[x]", "pycryptodome")
    assert any("argparse" in reason.text for reason in reasons)
    assert any(reason.text.startswith("Flask for Flask==0.9") for reason in reasons)


def test_the_lowest_python_that_will_do_with_libraries_of_its_time(tmp_path: Path) -> None:
    files = {
        "setup.py": "from setuptools import setup\nsetup(name='shop', install_requires=['Flask==0.9'])\n",
        "shop/__init__.py": "print('converted')\n",
        "tests/test_shop.py": CASE.format("shop"),
    }
    tree = tree_of(tmp_path, files, "2012-01-01")
    ecosystem = PythonEcosystem()
    assert isinstance(ecosystem, Retargeting)
    recipe = ecosystem.recipe_on(tree, ecosystem.suites(tree)[0], MACHINE, RUNS_ON)
    assert recipe.needs == (Need(name="python", versions="==3.11.*"),)
    assert recipe.as_of == resolved_as_of("3.11") == "2023-01-24"
    steps = {step.name: step for step in recipe.steps}
    assert "Flask" in steps["install Flask"].run
    assert not steps["install Flask"].needed
    assert "--exclude-newer" in steps["install Flask"].run
    if "install the test runner" in steps:
        assert "--exclude-newer" not in steps["install the test runner"].run


def test_nose_has_a_successor(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, {"test_a.py": "def test_a():\n    assert True\n", "a.py": "x = 1\n"})
    recipe = PythonEcosystem().recipe_on(tree, Suite(runner="nose", ecosystem="python"), MACHINE, RUNS_ON)
    assert any("pynose" in step.run for step in recipe.steps)


def test_a_machine_without_one_is_told_which(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, {"test_a.py": CASE.format("a")})
    ecosystem = PythonEcosystem()
    with pytest.raises(EnvironmentUnmakeableError, match=r">=3\.11 to run on, and this machine has 2\.7\.18"):
        ecosystem.recipe_on(tree, ecosystem.suites(tree)[0], Installed("2.7.18"), RUNS_ON)
