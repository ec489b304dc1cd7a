"""What is said where no environment for the tests can be made: what the failing step printed, not all that it was to install."""

from __future__ import annotations

import pytest

from agent.domain.environment import Attempt, Environment, Recipe
from agent.extracting.ladder import _why_none


def environment(*said: str) -> Environment:
    tried = Attempt(step="install the dependencies", command=("uv", "pip"), exit_code=1, seconds=1.0, last_lines=said)
    return Environment(
        recipe=Recipe(ecosystem="python"), key="k", attempts=(tried,), failed="install", reason="a long command"
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            (
                "  x Failed to build `y==1`",
                "    ImportError: no setuptools",
                "hint: Build failures usually indicate a problem",
            ),
            "ImportError: no setuptools",
        ),
        (
            ('File "x.py", line 3, in get_requires_for_build_wheel', "Specify THIS_CFLAGS", "hint: Build failures", ""),
            "Specify THIS_CFLAGS",
        ),
        (("hint: only this",), "hint: only this"),
    ],
)
def test_the_telling_line_is_chosen(said: tuple[str, ...], told: str) -> None:
    assert _why_none(environment(*said)) == f"the step 'install the dependencies' failed: {told}"


def test_a_step_that_printed_nothing_is_told_by_its_command() -> None:
    assert _why_none(environment()) == "a long command"
